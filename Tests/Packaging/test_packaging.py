"""What can be checked of the packaging without installing anything; `make package-test` does the rest."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

import unefois_server
from needs import need

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "packaging/systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
PROGRAM = os.environ.get("HUB_BIN", str(ROOT / ".build/debug/unefois"))


def systemd_analyze(*arguments):
    program = need("systemd-analyze", shutil.which("systemd-analyze"))
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)


def test_units_are_right(tmp_path):
    for unit in UNITS:
        # The program is not installed here: what is checked is all the rest.
        (tmp_path / unit.name).write_text(unit.read_text().replace("/usr/bin/unefois", "/bin/true"))
    verified = systemd_analyze("verify", "--man=no", *sorted(tmp_path.iterdir()))
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_services_are_exposed_to_little(unit):
    # 1.3 or less of 10, as systemd counts; the network is what remains.
    judged = systemd_analyze("security", "--offline=true", "--threshold=13", unit)
    assert judged.returncode == 0, judged.stdout[-500:]


def test_the_service_has_longer_to_stop_than_its_calls_have_to_end():
    unit = (ROOT / "packaging/systemd/unefois.service").read_text()
    drain = re.search(r"maximumGracefulShutdownDuration = \.seconds\((\d+)\)",
                      (ROOT / "Sources/unefois/Server.swift").read_text())
    assert int(re.search(r"TimeoutStopSec=(\d+)", unit)[1]) > int(drain[1])


def test_every_variable_of_the_package_is_a_setting():
    text = (ROOT / "packaging/unefois.env").read_text() + (ROOT / "Dockerfile").read_text()
    names = set(re.findall(r"\bUNEFOIS_[A-Z_]+(?==)", text))
    known = subprocess.run([PROGRAM, "serve", "--help"], capture_output=True, text=True, check=True).stdout
    assert len(names) >= 8 and names <= set(re.findall(r"UNEFOIS_[A-Z_]+", known))


def test_haproxy_takes_the_example(tmp_path):
    program = need("haproxy", shutil.which("haproxy", path=os.environ["PATH"] + ":/usr/sbin"))
    need("openssl", shutil.which("openssl"))
    pem = tmp_path / "unefois.pem"
    unefois_server.certify(tmp_path / "crt", tmp_path / "key")
    pem.write_text((tmp_path / "crt").read_text() + (tmp_path / "key").read_text())
    example = (ROOT / "packaging/haproxy.cfg").read_text()
    (tmp_path / "haproxy.cfg").write_text(example.replace("/etc/haproxy/unefois.pem", str(pem)))
    checked = subprocess.run([program, "-c", "-q", "-f", tmp_path / "haproxy.cfg"], capture_output=True, text=True)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


@pytest.mark.parametrize("script", ["package", "test", *(f"debian/{name}" for name in ("postinst", "prerm", "postrm"))])
def test_scripts_are_well_formed(script):
    path = ROOT / "packaging" / script
    shell = "bash" if path.read_text().startswith("#!/usr/bin/env bash") else "sh"
    assert subprocess.run([shell, "-n", path]).returncode == 0
    assert os.access(path, os.X_OK)
