"""Who sends too much, too slowly, or does not read: refused or cut off, at a bounded cost, and others do not feel it."""
import contextlib
import socket
import time

import pytest

from patience import PATIENCE
from http_stream import Stream, exchange

CALL = b"GET /v3/insee/sirene/unites_legales/012345674 HTTP/1.1\r\nHost: x\r\n"
PAGE = b"GET /health HTTP/1.1\r\nHost: x\r\n"
SLACK = 20  # of a machine that does other things
KIB, MIB = 1024, 1024 * 1024


def seconds_until_cut_off(hub, first, part, every=0.2):
    """Sends `first`, then `part` again and again; the time after which the hub has ended the connection."""
    with socket.create_connection(hub.address) as connection:
        connection.settimeout(every)
        connection.sendall(first)
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE + SLACK:
            with contextlib.suppress(TimeoutError):
                try:
                    if part:
                        connection.sendall(part)
                    if not connection.recv(65536):
                        return time.monotonic() - began
                except (ConnectionResetError, BrokenPipeError):
                    return time.monotonic() - began
    return None


@pytest.mark.parametrize("first, part", [
    (b"", b"G"), (b"GET /", b"a"), (b"GET / HTTP/1.1\r\nX: ", b"b"), (CALL + b"X: ", b"b"), (CALL, b"X: y\r\n"),
    (CALL + b"Content-Length: 1000\r\n\r\n", b"c"), (CALL + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nd\r\n"),
    (b"POST /donnees HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n", b"e"), (PAGE + b"\r\n", b""), (b"", b""),
], ids=["method", "target", "header", "header of a call", "headers of a call", "body of a call", "chunks of a call",
        "body of a page", "rests", "says nothing"])
def test_slow_clients_are_cut_off(hub, first, part):
    seconds = seconds_until_cut_off(hub, first, part)
    assert seconds is not None and seconds <= PATIENCE + SLACK / 2


def test_many_slow_clients_do_not_keep_others_out(hub):
    with contextlib.ExitStack() as stack:
        for _ in range(500):
            stack.enter_context(socket.create_connection(hub.address)).sendall(CALL + b"X: ")
        answers, _ = exchange(hub.address, CALL + b"Connection: close\r\n\r\n")
        assert answers[0][0] == 401


@pytest.mark.parametrize("head", [
    b"GET /" + b"a" * (8 * MIB) + b" HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nX: " + b"b" * (8 * MIB) + b"\r\n",
    b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * MIB, b"GET / HTTP/1.1\r\n" + b"c" * (8 * MIB), b"d" * (8 * MIB), b"\r\n" * (4 * MIB),
    CALL + b"Authorization: Bearer " + b"e" * (8 * MIB) + b"\r\n",
], ids=["target", "header", "headers", "name", "method", "empty lines", "token"])
def test_a_huge_head_is_refused_and_costs_no_memory(hub, head):
    before = hub.memory()
    answers, ended = exchange(hub.address, head + b"\r\n", seconds=PATIENCE + SLACK)
    assert ended and len(answers) <= 1 and all(400 <= status < 500 for status, _ in answers)
    assert hub.memory() - before < 40 and hub.is_well()


def test_a_call_takes_no_body_beyond_its_bound(hub):
    for headers, body in [
        (b"Content-Length: 65537\r\n\r\n", b"x" * 65537), (b"Content-Length: 9999999999\r\n\r\n", b"x" * MIB),
        (b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n1\r\nx\r\n0\r\n\r\n"),
    ]:
        answers, ended = exchange(hub.address, CALL + headers + body)
        assert ended and [status for status, _ in answers] in ([413], []), answers
    answers, _ = exchange(hub.address, CALL + b"Connection: close\r\nContent-Length: 65536\r\n\r\n" + b"x" * 65536)
    assert [status for status, _ in answers] == [401]


def test_a_form_takes_no_body_beyond_its_bound(hub):
    before = hub.memory()
    head = b"POST /donnees HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    answers, _ = exchange(hub.address, head + b"Content-Length: 33554432\r\n\r\n" + b"a=" + b"x" * (32 * MIB - 2))
    assert all(400 <= status < 500 for status, _ in answers)
    assert hub.memory() - before < 40 and hub.is_well()


@pytest.mark.parametrize("request_bytes", [CALL + b"\r\n", PAGE + b"\r\n", b"GET /errors HTTP/1.1\r\nHost: x\r\n\r\n"],
                         ids=["calls", "small pages", "large pages"])
def test_who_does_not_read_answers_gets_no_more_of_them(hub, request_bytes):
    before, sent, is_stopped = hub.memory(), 0, False
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
        connection.settimeout(PATIENCE + SLACK)
        connection.connect(hub.address)
        many, until = request_bytes * 200, time.monotonic() + 90
        while not is_stopped and time.monotonic() < until:
            try:
                connection.sendall(many)
                sent += 200
            except OSError:
                is_stopped = True  # the hub does not read any more, or has hung up
        assert hub.memory() - before < 40, f"{sent} sent"
    assert is_stopped and hub.is_well(), f"{sent} sent"


def test_who_reads_slowly_gets_every_answer(hub):
    count = 2_000
    with socket.create_connection(hub.address, timeout=30) as connection:
        connection.settimeout(30)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        data = memoryview((CALL + b"\r\n") * count)
        stream, answered = Stream(connection), 0
        while answered < count:
            if data:
                connection.settimeout(0.05)
                with contextlib.suppress(TimeoutError):
                    data = data[connection.send(data[:65536]):]
                connection.settimeout(30)
            for _ in range(20):
                if answered < count - len(data) // len(CALL) - 1 or not data:
                    assert stream.answer()[0] == 401
                    answered += 1
                    if answered == count:
                        break
