"""Calls at fixed rates, whatever becomes of those before: what waits does not make the rest wait (no coordinated omission).

Shared by `overload`, `isolation` and `ledger/kills`. Nothing outside the standard library.
"""
import asyncio
import contextlib
import pathlib
import subprocess
import sys
import time
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
SUPPORT = HERE.parent / "Tests/Support"
sys.path.insert(0, str(SUPPORT))
import hub_calls  # noqa: E402
import unefois_server  # noqa: E402


class Outcomes(list):
    """(sent at, status, seconds, whose) of each call; times of `time.monotonic`."""

    def seconds(self, *statuses):
        return sorted(call[2] for call in self if call[1] in statuses)

    def count(self, *statuses, whose=None):
        return sum(call[1] in statuses and whose in (None, call[3]) for call in self)


def percentile(values, share):
    """In milliseconds; values in seconds, sorted."""
    return values[min(len(values) - 1, int(len(values) * share))] * 1000 if values else float("nan")


class Client:
    """Sends calls to one hub over connections that it keeps."""

    def __init__(self, base):
        host = urllib.parse.urlsplit(base)
        self.host, self.port, self.idle = host.hostname, host.port, []
        self.secure = unefois_server.ANY_CERTIFICATE if host.scheme == "https" else None
        self.outcomes = Outcomes()

    async def call(self, target, token, whose):
        """Returns the head of the answer, empty where it did not come whole."""
        began, status, head = time.monotonic(), 0, b""
        try:
            reader, writer = self.idle.pop() if self.idle else await asyncio.open_connection(self.host, self.port, ssl=self.secure)
            began = time.monotonic()
            writer.write(f"GET {target} HTTP/1.1\r\nHost: {self.host}\r\nAuthorization: Bearer {token}\r\n"
                         "Cache-Control: no-cache\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            status = int(head[9:12])
            place = head.lower().index(b"content-length:") + 15
            await reader.readexactly(int(head[place:head.index(b"\r", place)]))
            self.idle.append((reader, writer))
        except (OSError, asyncio.IncompleteReadError):
            status, head = 0, b""
        self.outcomes.append((began, status, time.monotonic() - began, whose))
        return head

    async def at_rates(self, seconds, streams):
        """Runs streams of (calls a second, target maker, token, name) side by side. Returns their outcomes."""
        self.outcomes = Outcomes()
        tasks = set()

        async def stream(rate, target, token, name):
            begin = time.monotonic()
            for number in range(int(rate * seconds)):
                await asyncio.sleep(max(0, begin + number / rate - time.monotonic()))
                task = asyncio.create_task(self.call(target(), token, name))
                tasks.add(task)
                task.add_done_callback(tasks.discard)

        await asyncio.gather(*(stream(*one) for one in streams))
        sent = self.outcomes
        if tasks:
            await asyncio.wait(tasks, timeout=15)
        return sent

    async def at_once(self, seconds, workers, target, token):
        """So many callers, each with one call after another."""
        self.outcomes = Outcomes()
        end = time.monotonic() + seconds

        async def worker():
            while time.monotonic() < end:
                await self.call(target(), token, "")

        await asyncio.gather(*(worker() for _ in range(workers)))
        return self.outcomes


def new_company():
    return hub_calls.company(next(hub_calls.COMPANIES))


def new_family():
    return hub_calls.family(next(hub_calls.FIRST_NAMES))


@contextlib.contextmanager
def provider(delay):
    """A data provider in a process of its own. Yields its address."""
    process = subprocess.Popen([sys.executable, str(SUPPORT / "fault_proxy.py"), "--delay", str(delay)],
                               stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.terminate()
        process.wait()


def order(url, fault=""):
    urllib.request.urlopen(f"{url}/_fault/{fault}", timeout=5).read()


@contextlib.contextmanager
def hub(folder, organisations, environment):
    """A hub and the tokens of as many organisations. Yields (base URL, tokens)."""
    binary = unefois_server.executable("release")
    if not binary:
        sys.exit("✗ unefois n'est pas compilé : make release")
    print(f"binaire {binary.parent.name}")
    environment = {"UNEFOIS_SANDBOX": "false", "UNEFOIS_LOG_LEVEL": "critical", **environment}
    with unefois_server.unefois(folder, binary=binary, environment=environment) as (base, _):
        tokens = [unefois_server.token(folder, binary, "--all-scopes", "--siret", siret(number))
                  for number in range(organisations)]
        for token in tokens:
            hub_calls.Hub(base, token).wait_until_ready()
        yield base, tokens


def siret(number):
    """A number that is right, another for each organisation."""
    for end in range(100_000):
        text = f"{130_025_265 + number:09d}{end:05d}"
        total = sum(sum(divmod(int(digit) * 2, 10)) if place % 2 == 0 else int(digit) for place, digit in enumerate(text))
        if total % 10 == 0:
            return text
    raise AssertionError
