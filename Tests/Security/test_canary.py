"""What a caller says about a person stays in memory: markers in every part of calls are found nowhere afterwards.

    CANARY_CALLS=5000 pytest Tests/Security/test_canary.py
"""
import base64
import os
import pathlib
import random
import re
import socket
import subprocess
import urllib.parse
import urllib.request

import fault_proxy
import hub_calls
import unefois_server
from fault_proxy import FaultProxy, Provider
from http_stream import Stream

CALLS = int(os.environ.get("CANARY_CALLS", "400"))
PREFIX = "QZXKWVJY"  # no word, and no sign that an encoding would change
AHEAD = 10


class Markers:
    """Each is unique; all hold the prefix."""

    def __init__(self, seed):
        self.random, self.made, self.text = random.Random(seed), 0, ""

    def next(self):
        self.made += 1
        return PREFIX + "".join(self.random.choices("ABCDEFGHIKLMNOPRSTU", k=8))


def marked(target, markers):
    """The same question with markers for what may be any text, often for all of it."""
    path, _, query = target.partition("?")
    pairs = urllib.parse.parse_qsl(query)
    everything = markers.random.random() < 0.3
    changed = []
    for name, value in pairs:
        is_text = name in ("context", "object") or not re.fullmatch(r"[\d/.-]*|[MF]", value)
        # The recipient is an administration, and in the ledger as such.
        if name != "recipient" and (everything or (is_text and markers.random.random() < 0.7)):
            value = markers.next()
        changed.append((name, value))
    if everything and markers.random.random() < 0.5:
        path = path.rsplit("/", 1)[0] + "/" + markers.next()
    if markers.random.random() < 0.2:
        changed.append((markers.next(), markers.next()))
    if markers.random.random() < 0.05:
        changed.append(("token", markers.next()))
    return path + "?" + urllib.parse.urlencode(changed)


def request(target, token, markers):
    pick = markers.random.random
    body, lines = b"", []
    if pick() < 0.15:
        token = markers.random.choice([
            markers.next(), f"{markers.next()}.{markers.next()}.{markers.next()}", "fc-" + markers.next(), token + markers.next()])
    lines.append(("X-Api-Key: " if target.startswith("/api/") else "Authorization: Bearer ") + token)
    for name, chance in [("X-Case-Reference", 0.3), ("X-Agent-Id", 0.3), ("X-Purpose", 0.1), ("X-Delegation-Id", 0.1), ("User-Agent", 0.3),
                         ("Referer", 0.2), ("Cookie", 0.2), ("X-Forwarded-For", 0.2), ("DPoP", 0.1), ("Client-Cert", 0.1), ("Accept", 0.1)]:
        if pick() < chance:
            lines.append(f"{name}: {markers.next()}")
    if pick() < 0.2:
        lines.append(f"{markers.next()}: {markers.next()}")
    if pick() < 0.1:
        lines.append("X-Generate-Proof: " + markers.random.choice(["pdf", "proof-only", markers.next()]))
    if pick() < 0.1:
        body = f"{markers.next()}={markers.next()}".encode()
        lines.append(f"Content-Length: {len(body)}")
    method = "POST" if body and pick() < 0.5 else "GET"
    return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: hub.example", *lines, "", ""]).encode() + body


def send(address, requests):
    """Ten requests ahead on each connection. Gives how often each status came."""
    statuses = []
    for start in range(0, len(requests), AHEAD):
        with socket.create_connection(address, timeout=60) as connection:
            connection.sendall(b"".join(requests[start:start + AHEAD]))
            stream = Stream(connection)
            for _ in requests[start:start + AHEAD]:
                answer = stream.answer()
                assert answer, "the hub hung up"
                statuses.append(answer[0])
    return statuses


def needles():
    """The prefix as it would look in the encodings at hand. Base64 is looked for at its three places."""
    found = {PREFIX.lower().encode(), PREFIX.encode().hex().encode(), PREFIX.lower().encode("utf-16-le")}
    for place in range(3):
        text = base64.b64encode(b"\0" * place + PREFIX.encode() + b"\0" * 2).decode()
        found.add(text[(0, 2, 3)[place]:][:9].lower().encode())
    return found


def traces(data):
    lowered = data.lower()
    return [needle for needle in needles() if needle in lowered]


def traces_below(folder):
    return {str(path.relative_to(folder)): found for path in pathlib.Path(folder).rglob("*")
            if path.is_file() and (found := traces(path.read_bytes()))}


def test_the_search_finds_a_marker_in_each_encoding():
    for data in (PREFIX.encode(), PREFIX.lower().encode(), base64.b64encode(f"a {PREFIX}".encode()), base64.b64encode(f"{PREFIX}".encode()),
                 base64.b64encode(f"ab{PREFIX} z".encode()), PREFIX.encode().hex().encode(), PREFIX.encode("utf-16-le")):
        assert traces(b"before " + data + b" after"), data
    assert not traces(os.urandom(100_000))


def test_what_calls_say_is_written_nowhere(binary, tmp_path):
    temporary, admin = tmp_path / "temporary", unefois_server.free_port()
    temporary.mkdir()
    cnav, markers = FaultProxy(Provider()), Markers(6)
    environment = {"UNEFOIS_LOG_LEVEL": "trace", "TMPDIR": str(temporary), "UNEFOIS_ADMIN_PORT": str(admin)}
    with fault_proxy.running(cnav):
        environment["UNEFOIS_PROVIDERS_CNAV_URL"] = cnav.url
        with unefois_server.unefois(tmp_path, binary=binary, environment=environment) as (base, process):
            token = unefois_server.token(tmp_path, binary)
            caller = hub_calls.Hub(base, token)
            caller.wait_until_ready()
            host, port = caller.host.split(":")
            right = hub_calls.examples(base, token)
            requests = []
            while len(requests) < CALLS:
                if len(requests) % 4 == 0:
                    # The CNAV's answer repeats the first name: the marker comes back, and may be kept in memory.
                    requests.append(request(hub_calls.family(markers.next()), token, markers))
                else:
                    target, bearer = right[len(requests) % len(right)]
                    requests.append(request(marked(target, markers), bearer, markers))
            statuses = send((host, int(port)), requests)
            with urllib.request.urlopen(f"http://127.0.0.1:{admin}/metrics") as response:
                metrics = response.read()
            assert markers.made > CALLS * 2 and cnav.provider.asked > CALLS / 10
            for status in (200, 401, 422):
                assert statuses.count(status) > CALLS / 50, {status: statuses.count(status) for status in set(statuses)}
            assert b"unefois_" in metrics and traces(metrics) == []
            # While it runs: the database's journal too, and what it may have put aside.
            assert traces_below(tmp_path) == {}
            subprocess.run([binary, "backup", "keygen", tmp_path / "backup.key"], check=True, capture_output=True)
            made = subprocess.run([binary, "backup", "--data", tmp_path / "data", "--recipients", tmp_path / "backup.key.pub", tmp_path / "a.backup"],
                                  capture_output=True, text=True)
            assert made.returncode == 0, made.stderr
            assert process.poll() is None
        assert (tmp_path / "serve.log").stat().st_size > 1_000
        assert traces_below(tmp_path) == {}
    print(f"{len(requests)} calls with {markers.made} markers, answers: "
          f"{ {status: statuses.count(status) for status in sorted(set(statuses))} }; markers found: 0")
