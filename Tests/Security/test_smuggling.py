"""Requests whose end two readers could see in two places: refused, or read in one way only (RFC 9112 §6, §11.2).

Behind each stands another request, as an attacker would hide it from a proxy. The hub must not answer it where the
framing is ambiguous; where it is not, each request has exactly one answer, and the connection goes on or ends.
"""
import pytest

from http_stream import exchange

HIDDEN = b"GET /v3/ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
CALL = "/v3/insee/sirene/unites_legales/012345674"
TARGETS = [CALL, "/health"]

# What stands after the head, as seen by who takes the body for chunked and ended at once.
ENDED = b"0\r\n\r\n" + HIDDEN
LENGTH = str(len(HIDDEN)).encode()

AMBIGUOUS = {
    "length then chunked": (b"Content-Length: 5\r\nTransfer-Encoding: chunked", ENDED),
    "chunked then length": (b"Transfer-Encoding: chunked\r\nContent-Length: 5", ENDED),
    "two lengths": (b"Content-Length: 0\r\nContent-Length: " + LENGTH, HIDDEN),
    "two lengths, the other way": (b"Content-Length: " + LENGTH + b"\r\nContent-Length: 0", HIDDEN),
    "two lengths in one": (b"Content-Length: 0, " + LENGTH, HIDDEN),
    "negative length": (b"Content-Length: -1", HIDDEN),
    "signed length": (b"Content-Length: +0", HIDDEN),
    "hexadecimal length": (b"Content-Length: 0x0", HIDDEN),
    "decimal length": (b"Content-Length: 0.0", HIDDEN),
    "exponent": (b"Content-Length: 0e1", HIDDEN),
    "length and a semicolon": (b"Content-Length: 0;", HIDDEN),
    "length in words": (b"Content-Length: zero", HIDDEN),
    "length in quotes": (b'Content-Length: "0"', HIDDEN),
    "length with a space inside": (b"Content-Length: 0 0", HIDDEN),
    "length that overflows": (b"Content-Length: 18446744073709551616", HIDDEN),
    "length that overflows twice": (b"Content-Length: 36893488147419103232", HIDDEN),
    "space before the colon of a length": (b"Content-Length : 0", HIDDEN),
    "length on a folded line": (b"X: y\r\n Content-Length: 5", HIDDEN),
    "folded length": (b"Content-Length:\r\n 0", HIDDEN),
    "space before the colon": (b"Transfer-Encoding : chunked", ENDED),
    "tab before the colon": (b"Transfer-Encoding\t: chunked", ENDED),
    "space before the name": (b" Transfer-Encoding: chunked", ENDED),
    "folded coding": (b"Transfer-Encoding:\r\n chunked", ENDED),
    "vertical tab": (b"Transfer-Encoding: \x0bchunked", ENDED),
    "coding and NUL": (b"Transfer-Encoding: chunked\0", ENDED),
    "name and NUL": (b"Transfer-Encoding\0: chunked", ENDED),
    "unknown coding": (b"Transfer-Encoding: xchunked", ENDED),
    "identity": (b"Transfer-Encoding: identity", ENDED),
    "chunked, identity": (b"Transfer-Encoding: chunked, identity", ENDED),
    "gzip alone": (b"Transfer-Encoding: gzip", ENDED),
    "chunked in quotes": (b'Transfer-Encoding: "chunked"', ENDED),
    "chunked with a parameter": (b"Transfer-Encoding: chunked;q=1", ENDED),
    "empty coding": (b"Transfer-Encoding: ", ENDED),
    "coding and a length after": (b"Transfer-Encoding: x\r\nContent-Length: 0", HIDDEN),
    "bare CR in a value": (b"X: y\rTransfer-Encoding: chunked", ENDED),
    "NUL in a value": (b"X: y\0z\r\nContent-Length: 0", HIDDEN),
    "no colon": (b"Transfer-Encoding chunked", ENDED),
    "empty name": (b": chunked", ENDED),
    "chunk size in hexadecimal notation": (b"Transfer-Encoding: chunked", b"0x5\r\nhello\r\n" + ENDED),
    "signed chunk size": (b"Transfer-Encoding: chunked", b"+5\r\nhello\r\n" + ENDED),
    "negative chunk size": (b"Transfer-Encoding: chunked", b"-1\r\nhello\r\n" + ENDED),
    "chunk size that overflows": (b"Transfer-Encoding: chunked", b"10000000000000000\r\nhello\r\n" + ENDED),
    "chunk size in words": (b"Transfer-Encoding: chunked", b"five\r\nhello\r\n" + ENDED),
    "no chunk size": (b"Transfer-Encoding: chunked", b"\r\nhello\r\n" + ENDED),
    "chunk longer than said": (b"Transfer-Encoding: chunked", b"3\r\nhello\r\n" + ENDED),
    "chunk shorter than said": (b"Transfer-Encoding: chunked", b"6\r\nhello\r\n" + ENDED),
    "chunk ended by CR and something": (b"Transfer-Encoding: chunked", b"5\r\nhello\rX" + ENDED),
    "chunk size ended by CR alone": (b"Transfer-Encoding: chunked", b"5\rhello\r\n" + ENDED),
    "NUL in a chunk's extension": (b"Transfer-Encoding: chunked", b"5;a=\0\r\nhello\r\n" + ENDED),
    "space in a chunk size": (b"Transfer-Encoding: chunked", b"5 5\r\nhello\r\n" + ENDED),
    "length in a trailer": (b"Transfer-Encoding: chunked", b"0\r\nContent-Length: 5\r\n\r\n" + HIDDEN),
    "folded trailer": (b"Transfer-Encoding: chunked", b"0\r\n Content-Length: 5\r\n\r\n" + HIDDEN),
}

# The framing is clear: this many of the hidden request are requests.
CLEAR = {
    "body is the hidden request": (b"Content-Length: " + LENGTH, HIDDEN, 0),
    "chunk is the hidden request": (b"Transfer-Encoding: chunked", b"%x\r\n%b\r\n0\r\n\r\n" % (len(HIDDEN), HIDDEN), 0),
    "nothing said": (b"X: y", HIDDEN, 1),
    "no length": (b"Content-Length: 0", HIDDEN, 1),
    "chunked": (b"Transfer-Encoding: chunked", ENDED, 1),
    "chunked in capitals": (b"TRANSFER-ENCODING: CHUNKED", ENDED, 1),
    "extension of a chunk": (b"Transfer-Encoding: chunked", b"5;a=b\r\nhello\r\n" + ENDED, 1),
    "zeros before a chunk's size": (b"Transfer-Encoding: chunked", b"0005\r\nhello\r\n" + ENDED, 1),
    "zeros before a length": (b"Content-Length: 005", b"hello" + HIDDEN, 1),
    "trailers": (b"Transfer-Encoding: chunked", b"0\r\nX-Trailer: y\r\n\r\n" + HIDDEN, 1),
    "other spelling of the name": (b"Transfer_Encoding: chunked\r\nContent-Length: 0", HIDDEN, 1),
    "length named hop by hop": (b"Connection: Content-Length\r\nContent-Length: 5", b"hello" + HIDDEN, 1),
    "connection closes": (b"Connection: close", HIDDEN, 0),
    "expects": (b"Expect: 100-continue\r\nContent-Length: 5", b"hello" + HIDDEN, 1),
    "upgrade that nobody does": (b"Upgrade: websocket\r\nConnection: upgrade", HIDDEN, None),
}

LINES = {
    "space in the target": b"GET /v3/x HTTP/1.1 y HTTP/1.1\r\nHost: x\r\n\r\n",
    "version of two digits": b"GET /v3/x HTTP/1.10\r\nHost: x\r\n\r\n",
    "no version": b"GET /v3/x\r\nHost: x\r\n\r\n",
    "control byte in the target": b"GET /v3/\x01 HTTP/1.1\r\nHost: x\r\n\r\n",
    "line feed in the target": b"GET /v3/\nx HTTP/1.1\r\nHost: x\r\n\r\n",
    "method with a colon": b"GE:T /v3/x HTTP/1.1\r\nHost: x\r\n\r\n",
    "answer in place of a request": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "bytes of TLS": b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + b"\x00" * 40,
    "preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}


def pongs(answers):
    return sum(body == b'"pong"' for _, body in answers)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", AMBIGUOUS)
def test_an_ambiguous_request_is_refused_and_ends_its_connection(hub, name, target):
    headers, rest = AMBIGUOUS[name]
    answers, ended = exchange(hub.address, f"POST {target} HTTP/1.1\r\nHost: x\r\n".encode() + headers + b"\r\n\r\n" + rest)
    # What asks for no body may be answered at the head; what comes after is then refused.
    assert ended and pongs(answers) == 0 and len(answers) <= 2, answers
    assert all(status == 400 for status, _ in answers[1:]), answers


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", CLEAR)
def test_a_clear_request_has_one_answer(hub, name, target, method):
    headers, rest, behind = CLEAR[name]
    data = f"{method} {target} HTTP/1.1\r\nHost: x\r\n".encode() + headers + b"\r\n\r\n" + rest
    answers, _ = exchange(hub.address, data)
    if behind is None:
        assert 1 <= len(answers) <= 2, answers
    else:
        assert pongs(answers) == behind and len(answers) == 1 + behind, answers


@pytest.mark.parametrize("name", LINES)
def test_what_is_no_request_line_is_refused(hub, name):
    answers, ended = exchange(hub.address, LINES[name] + HIDDEN)
    assert ended and pongs(answers) == 0 and all(status in (400, 501, 505) for status, _ in answers), answers


def test_there_are_enough_of_them():
    assert 2 * len(AMBIGUOUS) + 4 * len(CLEAR) + len(LINES) >= 60


def test_the_hub_is_well_after_all_that(hub):
    assert hub.is_well()
