"""The certificate of the service is replaced while it runs: no call is lost, and a faulty one changes nothing."""
import hashlib
import http.client
import signal
import ssl
import subprocess
import time

import pytest

import unefois_server

LIMIT = 15  # seconds until a signal has had its effect


@pytest.fixture
def service(binary, tmp_path):
    environment = {"UNEFOIS_SERVER_TLS_CERTIFICATE": str(tmp_path / "certificate.pem"),
                   "UNEFOIS_SERVER_TLS_KEY": str(tmp_path / "key.pem")}
    issue(tmp_path)
    with unefois_server.unefois(tmp_path, binary=binary, environment=environment) as (base, process):
        yield base.removeprefix("https://"), process


def issue(folder, names=("certificate.pem", "key.pem")):
    """Writes a new pair; only the files named are put in place. Returns the certificate's digest."""
    fresh = {name: folder / f"fresh-{name}" for name in ("certificate.pem", "key.pem")}
    unefois_server.certify(fresh["certificate.pem"], fresh["key.pem"])
    certificate = ssl.PEM_cert_to_DER_cert(fresh["certificate.pem"].read_text())
    for name in names:
        fresh[name].replace(folder / name)
    return hashlib.sha256(certificate).hexdigest()


def connect(address):
    connection = http.client.HTTPSConnection(address, timeout=10, context=unefois_server.ANY_CERTIFICATE)
    connection.connect()
    return connection


def shown(address):
    connection = connect(address)
    try:
        return hashlib.sha256(connection.sock.getpeercert(binary_form=True)).hexdigest()
    finally:
        connection.close()


def is_served(connection):
    connection.request("GET", "/health")
    response = connection.getresponse()
    response.read()
    return response.status == 200


def await_log(folder, text, times=1):
    deadline = time.monotonic() + LIMIT
    while (folder / "serve.log").read_text().count(text) < times:
        assert time.monotonic() < deadline, f"{text!r} was not logged"
        time.sleep(0.05)


def test_a_new_certificate_serves_new_connections_and_old_ones_go_on(service, tmp_path):
    address, process = service
    connection, first = connect(address), shown(address)
    second = issue(tmp_path)
    process.send_signal(signal.SIGHUP)
    await_log(tmp_path, "certificat TLS lu", times=2)
    assert first != second == shown(address)
    assert is_served(connection), "the connection made before is still good"


@pytest.mark.parametrize("fault", ["other key", "no certificate", "garbage", "missing"])
def test_a_faulty_pair_is_refused_and_the_former_stays(service, tmp_path, fault):
    address, process = service
    first = shown(address)
    if fault == "other key":
        issue(tmp_path, names=["certificate.pem"])
    elif fault == "missing":
        (tmp_path / "certificate.pem").unlink()
    else:
        (tmp_path / "certificate.pem").write_text("" if fault == "no certificate" else "-----BEGIN CERTIFICATE-----\n!!")
    process.send_signal(signal.SIGHUP)
    await_log(tmp_path, "certificat TLS refusé")
    assert shown(address) == first
    second = issue(tmp_path)
    process.send_signal(signal.SIGHUP)
    await_log(tmp_path, "certificat TLS lu", times=2)
    assert shown(address) == second
    assert "PRIVATE KEY" not in (tmp_path / "serve.log").read_text()


def test_a_certificate_and_its_key_may_share_a_file(binary, tmp_path):
    digest = issue(tmp_path)
    parameters, key = (
        subprocess.run(["openssl", *words], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
        for words in (["ecparam", "-name", "prime256v1"], ["ec", "-in", tmp_path / "key.pem"]))
    both = tmp_path / "both.pem"
    both.write_text("Bag Attributes\n" + (tmp_path / "certificate.pem").read_text() + parameters + key)
    environment = {"UNEFOIS_SERVER_TLS_CERTIFICATE": str(both), "UNEFOIS_SERVER_TLS_KEY": str(both)}
    with unefois_server.unefois(tmp_path, binary=binary, environment=environment) as (base, _):
        assert shown(base.removeprefix("https://")) == digest


def test_a_service_whose_certificate_is_not_its_keys_does_not_start(binary, tmp_path):
    issue(tmp_path)
    issue(tmp_path, names=["key.pem"])
    ended = subprocess.run(
        [binary, "serve", "--data", tmp_path / "data", "--port", "0", "--admin-port", "0", "--tls-certificate",
         tmp_path / "certificate.pem", "--tls-key", tmp_path / "key.pem"], capture_output=True, text=True, timeout=60,
        cwd=unefois_server.ROOT)
    assert ended.returncode != 0
    assert "le certificat TLS ou sa clé ne peuvent pas être lus" in ended.stderr + ended.stdout
