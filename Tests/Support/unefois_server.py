"""Starts UneFois in a folder of its own, waits until it can serve calls, and stops it."""
import atexit
import contextlib
import functools
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.request

# Certificates of tests are made for one run: nobody vouches for them.
ANY_CERTIFICATE = ssl._create_unverified_context()

ROOT = pathlib.Path(__file__).resolve().parents[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def executable(build="debug"):
    """The program under test: $HUB_BIN, else the one that `swift build` left, or None."""
    if named := os.environ.get("HUB_BIN"):
        return pathlib.Path(named)
    other = {"debug": "release", "release": "debug"}[build]
    return next((path for path in (ROOT / f".build/{kind}/unefois" for kind in (build, other)) if path.exists()), None)


@functools.cache
def open_catalogue():
    """A copy of the catalogue whose providers close three days from now, and not when their time comes tonight: they
    would refuse calls that tests expect to be answered."""
    day = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"][(time.localtime().tm_wday + 3) % 7]
    folder = pathlib.Path(tempfile.mkdtemp(prefix="unefois-catalogue-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in ("Catalogue", "Procedures"):
        shutil.copytree(ROOT / name, folder / name)
    for file in folder.glob("Catalogue/*/*/provider.yaml"):
        file.write_text(re.sub(r'(from: "[0-9:]+", to: "[0-9:]+")(, day: \w+)?', rf"\1, day: {day}", file.read_text()))
    return folder / "Catalogue"


def surroundings(environment=None):
    """The whole environment of a UneFois under test."""
    return {"UNEFOIS_CATALOGUE": str(open_catalogue()), **os.environ, **(environment or {})}


@contextlib.contextmanager
def started(command, ready, log, environment=None, seconds=60):
    """Runs `command` until the block ends; enters it when the URL `ready` answers 200. Yields the process."""
    with open(log, "ab") as output:
        process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=subprocess.STDOUT, cwd=ROOT, start_new_session=True,
                                   env=surroundings(environment))
    try:
        deadline = time.monotonic() + seconds
        while not answers(ready):
            if process.poll() is not None or time.monotonic() > deadline:
                reason = f"{command[0]} did not become ready ({ready})"
                raise RuntimeError(reason + "\n" + pathlib.Path(log).read_text(errors="replace")[-3000:])
            time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(15)
        with contextlib.suppress(ProcessLookupError):  # whatever it started and left behind
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2, context=ANY_CERTIFICATE) as response:
            return response.status == 200
    except OSError:
        return False


def serving(folder, *arguments, binary=None, environment=None):
    """What runs a UneFois that keeps its data in `folder`/data: (its base URL, the command, its whole environment)."""
    environment = {"UNEFOIS_ADMIN_PORT": str(free_port()), **(environment or {})}
    scheme, port = "https" if "UNEFOIS_SERVER_TLS_CERTIFICATE" in environment else "http", free_port()
    command = [binary or executable(), "serve", "--data", pathlib.Path(folder) / "data", "--port", port, *arguments]
    return f"{scheme}://127.0.0.1:{port}", [str(part) for part in command], surroundings(environment)


@contextlib.contextmanager
def unefois(folder, *arguments, binary=None, environment=None):
    """Yields (base URL, process) of a UneFois that keeps its data in `folder`/data."""
    base, command, environment = serving(folder, *arguments, binary=binary, environment=environment)
    with started(command, base + "/health", pathlib.Path(folder) / "serve.log", environment) as process:
        yield base, process


def token(folder, binary=None, *options):
    """A token of a new grant: with every scope and without rate limits where no option says otherwise."""
    command = [binary or executable(), "token", "create", "--quiet", "--data", pathlib.Path(folder) / "data",
               *(options or ["--all-scopes"])]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout.strip()


def certify(certificate, key):
    """Writes a new key and a certificate of this machine's loopback, good for a day."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
                    "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
