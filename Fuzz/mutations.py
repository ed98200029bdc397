"""Requests as no client should send them; the same ones for the same seed."""
import random
import urllib.parse

PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
METHODS = ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "PROPFIND", "SEARCH", "QUERY"]
TARGETS = [
    "*", "/", "//", "///v3//", "/../../etc/passwd", "/..;/v3", "/%", "/%zz", "/%00", "/%2e%2e/%2e%2e/keys", "/v3%2Fdss",
    "/%c0%ae%c0%ae/%c0%af", "/v3/%e0%80%af", "/%ed%a0%80", "http://evil.example/v3/x", "http://evil.example/health", "http://[::1/x",
    "/v99999999999999999999/x", "/v3/dss/../../x", "/documents/a/b.pdf", "/documents/../keys/0001.jwk",
    "/documents/%2e%2e%2fkeys%2f0001.jwk", "/documents/..%5c..%5ckeys", "/api/%2F/ping", "/ping/%00/%00", "/health?x#y", "/health",
    "/metrics", "/proxy/files/AAAA", "/proxy//", "/proxy/a/download/%00", "/attestations/verification/%2e", "/api/introspect",
    "/attestations/verification/AAAAAAAAAAAAAAAAAAAAAA", "/privileges", "/oauth/token", "/geo/communes?nom=%ff&limit=-1",
    "/geo/communes/%00", "/geo/communes?lat=nan&lon=inf", "/catalogue?q=%00%ff", "/assets/../../Package.swift", "/assets/%2e%2e/x",
    "/openapi/..%2f..%2fx.json", "/openapi/open.json", "/etat.json", "/errors", "/erreurs/00101", "/donnees?siret=%", "/expliquer?id=%00",
    "/index.php", "/.git/config", "/.env", "/v3?" + "a=1&" * 1500, "/" + "a/" * 3000, "/" + "%41" * 2000,
    "/v3/" + "%2e%2e%2f" * 300, "/api/" + "x" * 7000,
]
PIECES = ["%", "%f", "&", "=", "[]", "[0]", "[a][b]", "prenoms[]", "%00", "+", "%FF", "recipient", ";", "annee=", "%5B%5D", "&&==", "object=",
          "%F0%9F%8F%A0", "context=%0d%0aX:%201", "token=x", "'", "\"", "<script>", "{{x}}", "${x}", "1e999", "-0", "9" * 30, "%c0%80", "\\"]
HEADERS = [
    "X-Large: " + "a" * 6000, "X-Request-Id: " + "0" * 300, "Authorization: Bearer a.b.c", "Authorization: Bearer",
    "Authorization: Basic Og==", "Authorization: DPoP x", "DPoP: eyJ.x.y", "X-Api-Key: x", "Host: other", "Expect: 100-continue",
    "Cache-Control: " + "no-cache," * 300, "Cache-Control: no-cache", "X-Forwarded-For: " + "1," * 500, "Client-Cert: :AAAA:",
    "X-Delegation-Id: 1", "X-Agent-Id: \xe9", "X-Agent-Id: " + "a" * 64, "X-Purpose: x", "X-Case-Reference: " + "z" * 500,
    "X-Generate-Proof: pdf", "X-Generate-Proof: PROOF-ONLY", "X-Generate-Proof: \xff", "Upgrade: websocket", "Upgrade: h2c", "Range: bytes=0-1",
    "Accept: " + "*/*," * 500, "Accept-Encoding: gzip;q=nan", "Accept-Language: \xff", "Cookie: formulaire=" + "x" * 3000,
    "If-None-Match: *", "If-Modified-Since: x", "Content-Type: application/x-www-form-urlencoded", "Content-Type: \x80", "TE: trailers",
    "X-HTTP-Method-Override: DELETE", "Forwarded: for=127.0.0.1", "Connection: keep-alive, authorization",
]
# What no parser of requests may take, or must end the connection at.
BROKEN = [
    "GET GET / HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/9.9\r\nHost: x\r\n\r\n", "GET / HTTP/2.0\r\n\r\n", "GET /\r\n\r\n", "get / HTTP/1.1\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/1.1\r\nNoColon\r\n\r\n", "GET / HTTP/1.1\r\n folded: x\r\n\tx\r\n\r\n",
    "GET / HTTP/1.1\r\nA B: c\r\n\r\n", "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "GET / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", "GET / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", "CONNECT evil.example:443 HTTP/1.1\r\n\r\n",
    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nx\r\n", "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked, identity\r\n\r\n",
    "GET / HTTP/1.1\r\nX-Request-Id: \x7f\r\n\r\n", "GET / HTTP/1.1\r\n:path: /x\r\n\r\n", "GET / HTTP/1.1\r\n\xc9: x\r\n\r\n",
    "GET /" + "a" * 90_000 + " HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nX: " + "b" * 100_000 + "\r\n\r\n", "GET / HTTP/1.1\r\n" + "X: y\r\n" * 9000 + "\r\n",
    "GET / HTTP/1.1\nHost: x\n\n", "GET / HTTP/1.1\rHost: x\r\r", "\r\n" * 200, "\0" * 100, "GET /v3/x HTTP/1.1\r\nContent-Length: 70000\r\n\r\n" + "y" * 70_000,
]


class Mutations:
    """`calls` are right targets with the headers they want; most requests are one of them with something wrong."""

    def __init__(self, seed, calls):
        self.random, self.calls = random.Random(seed), calls

    def next(self):
        """(whether it is a HEAD, bytes) of a request that should leave its connection usable."""
        pick, number = self.random.choice, self.random.random()
        target, token = pick(self.calls)
        method, headers, body = "GET", [], b""
        if number < 0.45:
            target = self.bent(target)
        elif number < 0.55:
            target = pick(TARGETS) if self.random.random() < 0.7 else target + pick(TARGETS)
        elif number < 0.70:
            target = self.otherwise_asked(target)
        elif number < 0.85:
            headers = [pick(HEADERS) for _ in range(self.random.randint(1, 4))]
        elif number < 0.90:
            method = pick(METHODS)
        elif number < 0.95:
            method = pick(["GET", "POST", "PUT"])
            body = self.random.randbytes(self.random.randint(0, 200))
            if self.random.random() < 0.5:
                headers, body = ["Transfer-Encoding: chunked"], self.chunks(body)
            else:
                headers = [f"Content-Length: {len(body)}"]
        else:
            token = self.bent(token)
        credential = ("X-Api-Key: " if target.startswith("/api/") else "Authorization: Bearer ") + token
        lines = [f"{method} {target} HTTP/1.1", "Host: hub.example", credential, *headers, "", ""]
        return method == "HEAD", "\r\n".join(lines).encode("latin-1", "replace") + body

    def broken(self):
        """Bytes after which the connection may well be over."""
        if self.random.random() < 0.3:
            return self.random.choice(BROKEN).encode("latin-1")
        data = bytearray(self.next()[1])
        for _ in range(self.random.randint(1, 3)):
            place, kind = self.random.randrange(len(data)), self.random.randrange(4)
            if kind == 0:
                data[place] = self.random.randrange(256)
            elif kind == 1:
                del data[place:place + self.random.randint(1, 20)]
            elif kind == 2:
                data[place:place] = self.random.randbytes(self.random.randint(1, 4))
            else:
                data[place:place] = self.random.choice([b"\r\n", b"\n", b"\r", b"\0", b"\r\n\r\n", b" ", b"\t", b"\xff", b":"])
            data = data or bytearray(b"G")
        return bytes(data)

    def bent(self, text):
        """One to three letters changed, gone, doubled or come from elsewhere."""
        text = text or "/"
        for _ in range(self.random.randint(1, 3)):
            place, kind = self.random.randrange(1, len(text) + 1), self.random.randrange(7)
            if kind == 0:
                text = text[:place] + self.random.choice(PRINTABLE) + text[place + 1:]
            elif kind == 1:
                text = text[:place] + text[place + self.random.randint(1, 5):]
            elif kind == 2:
                text = text[:place] + text[max(0, place - 6):]
            elif kind == 3:
                text = text[:place] + self.random.choice(PIECES) + text[place:]
            elif kind == 4:
                text = text[:place] + f"%{self.random.randrange(256):02x}" + text[place:]
            elif kind == 5:
                text = text[:place] + text[place:].swapcase()
            else:
                text = text[:place]
        return "".join(sign for sign in text if "!" <= sign <= "~") or "/"

    def otherwise_asked(self, target):
        """Other parameters: some gone, twice, emptied, with other values or names."""
        path, _, query = target.partition("?")
        pairs = [pair.split("=", 1) for pair in query.split("&") if "=" in pair]
        for pair in pairs:
            number = self.random.random()
            if number < 0.25:
                pair[1] = self.random.choice(PIECES) if number < 0.15 else urllib.parse.quote(self.random.randbytes(6))
            elif number < 0.30:
                pair[0] += self.random.choice(PIECES)
        self.random.shuffle(pairs)
        pairs = pairs[:self.random.randint(0, len(pairs) + 2)] + self.random.sample(pairs, min(len(pairs), self.random.randint(0, 1)))
        return path + "?" + "&".join("=".join(pair) for pair in pairs).replace(" ", "+")

    def chunks(self, body):
        cut = self.random.randint(0, len(body))
        parts = [part for part in (body[:cut], body[cut:]) if part]
        return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
