"""A TCP proxy before a data provider that misbehaves on demand, and a data provider to put behind it.

The proxy reads each request whole, has the provider behind it answer, and hands the answer over as its fault says.
Nothing outside the standard library. In a test all of it runs on one thread of its own: see `running`. As a program
(`fault_proxy.py --delay 0.2`) it says its port, and `GET /_fault/<name>` begins a fault that `GET /_fault` ends.
"""
import argparse
import asyncio
import contextlib
import gzip
import json
import random
import re
import socket
import struct
import threading
import urllib.parse

FOREVER = 3600


class Answer:
    """An answer of the provider, before it goes over the wire."""

    def __init__(self, status, body, headers=()):
        self.status, self.body, self.headers = status, body, list(headers)

    def wire(self, headers=None, length=None):
        lines = [f"HTTP/1.1 {self.status} X", *(f"{name}: {value}" for name, value in (headers or self.headers)),
                 f"Content-Length: {len(self.body) if length is None else length}", "", ""]
        return "\r\n".join(lines).encode() + self.body


class Provider:
    """The INSEE's and the CNAV's services, as far as tests ask them: each company is named after its number."""

    def __init__(self, delay=0.0):
        self.delay, self.asked, self.tokens, self.at_once, self.most_at_once = delay, 0, 0, 0, 0
        self.token_lifetime, self.refuses_tokens = 3600, False

    async def answer(self, method, target):
        if method == "POST":
            self.tokens += 1
            return self.json(200, {"access_token": f"t{self.tokens}", "expires_in": self.token_lifetime})
        self.asked += 1
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            if self.delay:
                await asyncio.sleep(self.delay)
        finally:
            self.at_once -= 1
        if self.refuses_tokens:
            return self.json(401, {})
        if company := re.search(r"/siren/(\d{9})$", target):
            return self.json(200, self.company(company[1]))
        return self.json(200, self.family(target), [("X-APISECU-FD", "00810011")])

    @staticmethod
    def json(status, value, headers=()):
        return Answer(status, json.dumps(value).encode(), [("Content-Type", "application/json"), *headers])

    @staticmethod
    def company(siren):
        return {"header": {"statut": 200}, "uniteLegale": {
            "siren": siren, "statutDiffusionUniteLegale": "O", "dateCreationUniteLegale": "2015-03-01",
            "categorieEntreprise": "PME", "trancheEffectifsUniteLegale": "11", "anneeEffectifsUniteLegale": "2023",
            "dateDernierTraitementUniteLegale": "2026-02-03T08:40:23.000", "activitePrincipaleNAF25UniteLegale": "01.12Y",
            "periodesUniteLegale": [{
                "dateFin": None, "dateDebut": "2025-06-30", "etatAdministratifUniteLegale": "A",
                "changementEtatAdministratifUniteLegale": False, "denominationUniteLegale": f"ENTREPRISE {siren}",
                "categorieJuridiqueUniteLegale": "5710", "activitePrincipaleUniteLegale": "01.12Z",
                "nicSiegeUniteLegale": "00017", "economieSocialeSolidaireUniteLegale": "N"}]}}

    @staticmethod
    def family(target):
        asked = urllib.parse.parse_qs(urllib.parse.urlsplit(target).query)
        first = next(iter(asked.get("listePrenoms", asked.get("prenoms", ["CLAIRE"]))))
        return {"quotientFamilial": 620, "annee": 2026, "mois": 5, "allocataires": [
            {"nomNaissance": "LEFEBVRE", "nomUsage": "", "listePrenoms": first, "dateNaissance": "1987-06-27", "genre": "F"}],
            "enfants": None, "adresse": {"identite": "MME LEFEBVRE", "codePostalVille": "08000 VILLERS"}}


class Fault(Exception):
    """Raised by a fault to end its connection at once."""


def reset(writer):
    """Closes with RST: what was not read or sent is lost."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    raise Fault


async def put(writer, data):
    writer.write(data)
    await writer.drain()


async def drip(writer, data, seconds=1.0):
    for byte in data:
        await put(writer, bytes([byte]))
        await asyncio.sleep(seconds)


def head(*lines):
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def chunked(*parts):
    return b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts)


CHUNKED = head("HTTP/1.1 200 X", "Content-Type: application/json", "Transfer-Encoding: chunked")


def other_company(answer):
    """The same answer about another company."""
    found = re.search(rb"\d{9}", answer.body)[0]
    changed = b"%09d" % ((int(found) + 9) % 10**9)
    return Answer(answer.status, answer.body.replace(found, changed), answer.headers)


class Faults:
    """Each method is a fault: it gets the writer and the right answer, and does what it is named after."""

    async def nothing_then_close(self, writer, answer):
        raise Fault

    async def reset_before_answer(self, writer, answer):
        reset(writer)

    async def reset_in_head(self, writer, answer):
        await put(writer, answer.wire()[:20])
        await asyncio.sleep(0.02)
        reset(writer)

    async def reset_in_body(self, writer, answer):
        await put(writer, answer.wire()[:-20])
        await asyncio.sleep(0.02)
        reset(writer)

    async def half_close_in_body(self, writer, answer):
        await put(writer, answer.wire()[:-20])
        writer.write_eof()
        await asyncio.sleep(FOREVER)

    async def dripping_head(self, writer, answer):
        await drip(writer, answer.wire())

    async def dripping_body(self, writer, answer):
        await put(writer, answer.wire()[:-len(answer.body)])
        await drip(writer, answer.body)

    async def stall(self, writer, answer):
        await asyncio.sleep(FOREVER)

    async def stall_in_body(self, writer, answer):
        await put(writer, answer.wire()[:-10])
        await asyncio.sleep(FOREVER)

    async def truncated_json(self, writer, answer):
        await put(writer, Answer(200, answer.body[:-15], answer.headers).wire())

    async def length_too_long(self, writer, answer):
        await put(writer, answer.wire(length=len(answer.body) + 50))
        raise Fault

    async def length_too_long_and_open(self, writer, answer):
        await put(writer, answer.wire(length=len(answer.body) + 50))
        await asyncio.sleep(FOREVER)

    async def length_too_short(self, writer, answer):
        await put(writer, answer.wire(length=len(answer.body) - 15))

    async def two_lengths(self, writer, answer):
        await put(writer, answer.wire(headers=[("Content-Length", "5")]))

    async def length_and_chunks(self, writer, answer):
        await put(writer, head("HTTP/1.1 200 X", "Transfer-Encoding: chunked", "Content-Length: 5")
                  + chunked(answer.body, b""))

    async def broken_chunk(self, writer, answer):
        await put(writer, CHUNKED + b"zz\r\n" + answer.body + b"\r\n0\r\n\r\n")

    async def chunks_without_end(self, writer, answer):
        await put(writer, CHUNKED + chunked(answer.body))
        raise Fault

    async def web_page(self, writer, answer):
        await put(writer, Answer(200, b"<html>Bienvenue</html>", [("Content-Type", "text/html")]).wire())

    async def error_in_success(self, writer, answer):
        await put(writer, Provider.json(200, {"error": "panne", "code": 500}).wire())

    async def empty_success(self, writer, answer):
        await put(writer, Answer(200, b"").wire())

    async def no_content(self, writer, answer):
        await put(writer, head("HTTP/1.1 204 X"))

    async def huge_announced(self, writer, answer):
        await put(writer, head("HTTP/1.1 200 X", "Content-Length: 524288000"))
        await self._pour(writer, b" " * 65536)

    async def huge_unannounced(self, writer, answer):
        await put(writer, CHUNKED)
        await self._pour(writer, chunked(b" " * 65536))

    async def _pour(self, writer, part):
        for _ in range(524288000 // 65536):
            await put(writer, part)

    async def gzip_bomb(self, writer, answer):
        bomb = gzip.compress(b" " * (100 << 20), 9)
        await put(writer, Answer(200, bomb, [("Content-Encoding", "gzip")]).wire())

    async def broken_gzip(self, writer, answer):
        body = gzip.compress(answer.body)
        await put(writer, Answer(200, body[:12] + b"\xff" * 20 + body[32:], [("Content-Encoding", "gzip")]).wire())

    async def redirect_to_private_address(self, writer, answer):
        await put(writer, Answer(302, b"", [("Location", "http://169.254.169.254/latest/meta-data/")]).wire())

    async def redirect_loop(self, writer, answer):
        await put(writer, Answer(301, b"", [("Location", "/siren/010000016")]).wire())

    async def too_many_requests(self, writer, answer):
        await put(writer, Answer(429, b"{}", [("Retry-After", "120")]).wire())

    async def unavailable(self, writer, answer):
        await put(writer, Answer(503, b"{}", [("Retry-After", "120")]).wire())

    async def bad_gateway(self, writer, answer):
        await put(writer, Answer(502, b"<html>", [("Content-Type", "text/html")]).wire())

    async def gateway_timeout(self, writer, answer):
        await put(writer, Answer(504, b"").wire())

    async def garbage(self, writer, answer):
        await put(writer, random.Random(6).randbytes(4096))
        raise Fault

    async def body_without_head(self, writer, answer):
        await put(writer, answer.body)
        raise Fault

    async def giant_header(self, writer, answer):
        await put(writer, answer.wire(headers=[("X-Large", "x" * 1_000_000)]))

    async def many_headers(self, writer, answer):
        await put(writer, answer.wire(headers=[(f"X-{number}", "x" * 50) for number in range(20_000)]))

    async def continue_first(self, writer, answer):
        await put(writer, head("HTTP/1.1 100 Continue") + answer.wire())

    async def continue_only(self, writer, answer):
        await put(writer, head("HTTP/1.1 100 Continue"))
        await asyncio.sleep(FOREVER)

    async def switching_protocols(self, writer, answer):
        await put(writer, head("HTTP/1.1 101 X", "Upgrade: websocket", "Connection: upgrade") + answer.body)
        await asyncio.sleep(FOREVER)

    async def answered_twice(self, writer, answer):
        await put(writer, answer.wire() + other_company(answer).wire())

    async def answered_again_later(self, writer, answer):
        await put(writer, answer.wire())
        await asyncio.sleep(0.05)
        await put(writer, other_company(answer).wire())

    async def another_company(self, writer, answer):
        await put(writer, other_company(answer).wire())

    @classmethod
    def names(cls):
        return [name for name in vars(cls) if not name.startswith("_") and name != "names"]


class FaultProxy:
    """Listens before `provider`. `fault` names what befalls questions for data, `token_fault` those for a token."""

    def __init__(self, provider, tls=None):
        self.provider, self.tls, self.fault, self.token_fault = provider, tls, None, None
        self.writers, self.port, self.faults = set(), None, Faults()

    async def start(self):
        self.loop = asyncio.get_running_loop()
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls, backlog=1024)
        self.port = self.server.sockets[0].getsockname()[1]

    @property
    def url(self):
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def hang_up(self):
        """Ends all connections, those on which a fault still goes on included. From any thread but the proxy's."""
        async def abort():
            for writer in list(self.writers):
                writer.transport.abort()

        asyncio.run_coroutine_threadsafe(abort(), self.loop).result(5)

    async def _serve(self, reader, writer):
        self.writers.add(writer)
        try:
            while request := await self._request(reader):
                if request[1].startswith("/_fault"):
                    self.fault = request[1].removeprefix("/_fault").strip("/") or None
                    await put(writer, Answer(200, b"").wire())
                    continue
                answer = await self.provider.answer(*request)
                fault = self.token_fault if request[0] == "POST" else self.fault
                if callable(fault):
                    fault = fault()
                if fault:
                    await getattr(self.faults, fault)(writer, answer)
                else:
                    await put(writer, answer.wire())
        except (Fault, OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.writers.discard(writer)
            writer.close()

    @staticmethod
    async def _request(reader):
        try:
            text = (await reader.readuntil(b"\r\n\r\n")).decode()
        except asyncio.IncompleteReadError:
            return None
        method, target, _ = text.split("\r\n")[0].split(" ")
        if length := re.search(r"(?i)^content-length: *(\d+)", text, re.MULTILINE):
            await reader.readexactly(int(length[1]))
        return method, target


@contextlib.contextmanager
def running(*proxies):
    """Runs the proxies on a thread of its own until the block ends. Yields the event loop."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        for proxy in proxies:
            asyncio.run_coroutine_threadsafe(proxy.start(), loop).result(10)
        yield loop
    finally:
        for proxy in proxies:
            proxy.hang_up()
        for task in asyncio.all_tasks(loop):
            loop.call_soon_threadsafe(task.cancel)
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.1), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


def company_numbers(start=10_000_000):
    """SIREN numbers whose check digit is right, each once."""
    for base in range(start, 99_999_999):
        digits = [int(digit) for digit in f"{base:08d}"]
        total = sum(sum(divmod(digit * 2, 10)) if place % 2 else digit for place, digit in enumerate(digits))
        yield f"{base:08d}{-total % 10}"


async def serve(delay):
    proxy = FaultProxy(Provider(delay))
    await proxy.start()
    print(proxy.port, flush=True)
    await asyncio.sleep(float("inf"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args().delay))
