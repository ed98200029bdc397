"""Starts UneFois in a folder of its own, waits until it can serve calls, and stops it."""
import contextlib
import os
import pathlib
import signal
import socket
import ssl
import subprocess
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


@contextlib.contextmanager
def started(command, ready, log, environment=None, seconds=60):
    """Runs `command` until the block ends; enters it when the URL `ready` answers 200. Yields the process."""
    with open(log, "ab") as output:
        process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=subprocess.STDOUT, cwd=ROOT, start_new_session=True,
                                   env={**os.environ, **(environment or {})})
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
    return f"{scheme}://127.0.0.1:{port}", [str(part) for part in command], {**os.environ, **environment}


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
