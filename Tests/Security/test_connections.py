"""Connections at the edge of what HTTP allows: each request has one answer, in order, and what follows is well."""
import contextlib
import socket
import time

import hub_calls
import unefois_server
from http_stream import Stream, exchange


def call(token, *headers, method="GET", version="1.1"):
    lines = [f"{method} {hub_calls.company('012345674')} HTTP/{version}", "Host: x", f"Authorization: Bearer {token}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


PING = b"GET /v3/ping HTTP/1.1\r\nHost: x\r\n\r\n"
HEALTH = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
UNKNOWN = b"GET /v3/nothing HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = b"GET /v3/ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def statuses(answers):
    return [status for status, _ in answers]


def test_calls_and_pages_sent_ahead_are_answered_in_order(hub):
    answers, ended = exchange(hub.address, (call(hub.token) + HEALTH + UNKNOWN + PING) * 25 + LAST)
    assert ended and statuses(answers) == [200, 200, 404, 200] * 25 + [200]
    assert all(b"012345674" in answers[place][1] for place in range(0, 100, 4))


def test_a_client_that_has_said_all_is_answered_all(hub):
    for requests, expected in [
        ([call(hub.token)], [200]), ([HEALTH], [200]), ([call(hub.token), HEALTH, UNKNOWN] * 40, [200, 200, 404] * 40),
        ([call(hub.token)] * 100, [200] * 100), ([HEALTH] * 100, [200] * 100), ([HEALTH, call(hub.token)], [200, 200]),
    ]:
        answers, ended = exchange(hub.address, b"".join(requests), half_close=True)
        assert ended and statuses(answers) == expected


def test_the_head_of_an_answer_is_not_followed_by_a_body(hub):
    token = f"Authorization: Bearer {hub.token}"
    for target in [hub_calls.company("012345674"), "/health", "/", "/v3/nothing", "/nothing", "/proxy/files/AAAA", "/v3/ping",
                   "/documents/a/b.pdf", "/api/introspect", "/geo/communes?nom=paris", "/geo/communes/%00", "/v3/privileges"]:
        with socket.create_connection(hub.address, timeout=10) as connection:
            connection.sendall(f"HEAD {target} HTTP/1.1\r\nHost: x\r\n{token}\r\n\r\n".encode() + LAST)
            stream = Stream(connection)
            assert stream.answer(is_head=True), target
            assert stream.answer()[:2] == (200, b'"pong"'), target
            assert stream.rest() == b"", target


def test_versions_and_wishes_to_close(hub):
    for data in [call(hub.token, "Connection: close"), call(hub.token, version="1.0"), call(hub.token, "Connection: Close"),
                 call(hub.token, "Connection: keep-alive, close")]:
        answers, ended = exchange(hub.address, data + PING)
        assert ended and statuses(answers) == [200], data
    # What a page's client says after its last request may be told that it is too late.
    answers, ended = exchange(hub.address, HEALTH.replace(b"1.1", b"1.0") + PING)
    assert ended and statuses(answers) in ([200], [200, 400])
    kept = call(hub.token, "Connection: keep-alive", version="1.0")
    assert statuses(exchange(hub.address, kept + LAST)[0]) == [200, 200]


def test_garbage_after_a_call_ends_the_connection_after_its_answer(hub):
    for data in [b"\x00\x01\x02\r\n\r\n", b"GARB\x00AGE\r\n\r\n", b"GET / HTTP/1.1\r\nNo colon\r\n\r\n", b"\xff" * 5000]:
        for requests, expected in [([call(hub.token)], [200]), ([call(hub.token), HEALTH], [200, 200])]:
            answers, ended = exchange(hub.address, b"".join(requests) + data)
            assert ended and statuses(answers) in (expected, expected + [400]), data


def test_a_call_in_pieces_is_answered(hub):
    whole = call(hub.token)
    for pieces in [1, 2, 3, 5, 12, len(whole)]:
        with socket.create_connection(hub.address, timeout=10) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for _ in range(2):
                for place in range(pieces):
                    connection.sendall(whole[place * len(whole) // pieces:(place + 1) * len(whole) // pieces])
                    time.sleep(0.02 / pieces)
                status, body, _ = Stream(connection).answer()
                assert status == 200 and b"012345674" in body, pieces


def test_a_head_without_its_end_ends_with_its_connection(hub):
    whole = call(hub.token)
    for data in [whole[:10], whole[:60], whole[:-2], whole[:-1], PING[:20], PING[:-1], call(hub.token) + PING[:-3]]:
        began = time.monotonic()
        answers, ended = exchange(hub.address, data, half_close=True)
        assert ended and time.monotonic() - began < 5, data
        assert statuses(answers) in ([], [400], [200], [200, 400]), data


def test_what_cannot_become_a_request_is_refused_at_once(hub):
    for data in [b"GET /v3/ping HTTP/1.1\n\n", b"GET /v3/ping HTTP/1.1\r\nBad header\r\n", b"GET /v3/\x00", b"GET /v3/ping HTTP/1.1\r\nA : b\r\n"]:
        began = time.monotonic()
        answers, ended = exchange(hub.address, data)
        assert ended and statuses(answers) == [400] and time.monotonic() - began < 5, data


def test_no_method_but_get_reaches_an_operation(hub):
    for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]:
        answers, _ = exchange(hub.address, call(hub.token, "Content-Length: 5", "Connection: close", method=method) + b"hello")
        assert len(answers) == 1 and answers[0][0] in (200, 204, 405) and b"012345674" not in answers[0][1], method


def test_clients_that_leave_cost_nothing(hub):
    for number in range(300):
        with socket.create_connection(hub.address) as connection:
            connection.sendall((call(hub.token), call(hub.token)[:50], PING * 50, b"")[number % 4])
    assert hub.is_well()


def test_a_call_under_way_is_answered_when_the_service_stops(binary, tmp_path):
    with unefois_server.unefois(tmp_path, binary=binary) as (base, process):
        caller = hub_calls.Hub(base, unefois_server.token(tmp_path, binary))
        caller.wait_until_ready(caller.ask_sandbox)
        host, port = caller.host.split(":")
        with contextlib.ExitStack() as stack:
            connections = [stack.enter_context(socket.create_connection((host, int(port)), timeout=30)) for _ in range(10)]
            for connection in connections:
                # One answer more on a connection that is known to be served.
                connection.sendall(PING)
                assert Stream(connection).answer()[0] == 200
                connection.sendall(call(caller.token, "Cache-Control: no-cache"))
            begun = stack.enter_context(socket.create_connection((host, int(port)), timeout=30))
            begun.sendall(call(caller.token)[:60])
            time.sleep(0.01)
            process.terminate()
            answers = [Stream(connection).answer() for connection in connections]
        # A request that the hub has not begun to read may be left; one that it answers it answers whole.
        assert all(answer is None or answer[0] in (200, 409) for answer in answers) and any(answers)
        assert process.wait(25) == 0
