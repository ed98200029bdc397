"""HTTP/2 over TLS: calls as over HTTP/1.1, and nothing to gain by its own ways of costing a server much (RFC 9113 §10.5)."""
import contextlib
import json
import os
import random
import select
import socket
import ssl
import struct
import time

import h2.config
import h2.connection
import h2.events
import pytest

import hub_calls
import unefois_server
from http_stream import Stream
from listening import Listening
from patience import PATIENCE

SLACK = 20  # of a machine that does other things
HEADERS, RST_STREAM, SETTINGS, PING, CONTINUATION = 1, 3, 4, 6, 9
END_STREAM, END_HEADERS = 1, 4
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


class Hub(Listening):
    @contextlib.contextmanager
    def connection(self, *protocols):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_alpn_protocols(list(protocols))
        with socket.create_connection(self.address, timeout=PATIENCE + SLACK) as plain:
            with context.wrap_socket(plain) as secure:
                yield secure

    @contextlib.contextmanager
    def frames(self):
        """A connection that has said its preface, to send frames of any kind."""
        with self.connection("h2") as secure:
            secure.sendall(PREFACE + frame(SETTINGS))
            yield secure

    @contextlib.contextmanager
    def client(self):
        with self.connection("h2") as secure:
            client = Client(secure)
            yield client


@pytest.fixture(scope="module")
def hub(binary, tmp_path_factory):
    folder = tmp_path_factory.mktemp("http2")
    unefois_server.certify(folder / "certificate.pem", folder / "key.pem")
    environment = {"UNEFOIS_SERVER_IDLE_TIMEOUT": str(PATIENCE),
                   "UNEFOIS_SERVER_REQUEST_TIMEOUT": str(PATIENCE),
                   "UNEFOIS_SERVER_TLS_CERTIFICATE": str(folder / "certificate.pem"),
                   "UNEFOIS_SERVER_TLS_KEY": str(folder / "key.pem")}
    with unefois_server.unefois(folder, binary=binary, environment=environment) as (base, process):
        hub = Hub(base, process, unefois_server.token(folder, binary))
        for _ in range(100):
            with hub.client() as client:
                if client.get(hub_calls.company("012345674"), hub.token)[0] == 200:
                    break
            time.sleep(0.1)
        yield hub


def frame(kind, flags=0, stream=0, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


class SentAhead:
    """Sends while it reads, in one thread: OpenSSL takes no two at once."""

    def __init__(self, secure, data):
        secure.setblocking(False)
        self.secure, self.data = secure, memoryview(data)

    def recv(self, size):
        while True:
            with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLWantWriteError):
                while self.data:
                    self.data = self.data[self.secure.send(self.data[:16_384]):]
            with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return self.secure.recv(size)
            if not any(select.select([self.secure], [self.secure] if self.data else [], [], PATIENCE + SLACK)):
                raise TimeoutError


class Client:
    def __init__(self, secure):
        self.socket, self.statuses, self.bodies, self.ended = secure, {}, {}, set()
        self.is_over = False
        self.state = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self.state.initiate_connection()
        self.flush()

    def flush(self):
        self.socket.sendall(self.state.data_to_send())

    def ask(self, target, token=None, headers=(), method="GET", end=True):
        stream = self.state.get_next_available_stream_id()
        said = [(":method", method), (":scheme", "https"), (":authority", "x"), (":path", target)]
        if token:
            said.append(("authorization", f"Bearer {token}"))
        self.state.send_headers(stream, said + list(headers), end_stream=end)
        self.flush()
        return stream

    def read(self):
        """Takes what has come; false at the end of the connection."""
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        if not data:
            self.is_over = True
            return False
        for event in self.state.receive_data(data):
            if isinstance(event, h2.events.ResponseReceived):
                self.statuses[event.stream_id] = int(dict(event.headers)[":status"])
            elif isinstance(event, h2.events.DataReceived):
                self.bodies[event.stream_id] = self.bodies.get(event.stream_id, b"") + event.data
                self.state.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, (h2.events.StreamEnded, h2.events.StreamReset)):
                self.ended.add(event.stream_id)
        with contextlib.suppress(OSError):
            self.flush()
        return True

    def get(self, target, token=None, headers=()):
        stream = self.ask(target, token, headers)
        while stream not in self.ended and self.read():
            pass
        return self.statuses.get(stream), self.bodies.get(stream, b"")


def seconds_until_end(secure, poll=lambda: None):
    """When the hub hangs up; None where it does not."""
    began = time.monotonic()
    secure.settimeout(0.2)
    while time.monotonic() - began < PATIENCE + SLACK:
        try:
            poll()
            if not secure.recv(65536):
                return time.monotonic() - began
        except TimeoutError:
            continue
        except OSError:
            return time.monotonic() - began
    return None


def test_a_call_is_answered_as_over_http_1(hub):
    target = hub_calls.company("012345674")
    with hub.client() as client, hub.connection("http/1.1") as plain:
        status, body = client.get(target, hub.token)
        plain.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {hub.token}\r\nConnection: close\r\n\r\n".encode())
        head, _, old = b"".join(iter(lambda: plain.recv(65536), b"")).partition(b"\r\n\r\n")
        assert status == 200 and head.startswith(b"HTTP/1.1 200") and json.loads(body) == json.loads(old)
        assert client.get(target)[0] == 401
        assert client.get("/health")[0] == 200


def test_many_calls_of_one_connection_are_answered_side_by_side(hub):
    with hub.client() as client:
        streams = [client.ask(hub_calls.company("012345674") + f"&n={number}", hub.token) for number in range(60)]
        while not client.ended.issuperset(streams) and client.read():
            pass
        assert {client.statuses[stream] for stream in streams} <= {200, 429} and len(client.statuses) == 60


def test_thousands_of_refused_requests_sent_ahead_over_tls_are_answered_one_by_one(hub):
    refused = f"POST {hub_calls.company('012345674')} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with hub.connection("http/1.1") as secure:
        stream = Stream(SentAhead(secure, b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n" + refused * 4_000))
        assert [stream.answer()[0] for _ in range(4_001)] == [200] + [405] * 4_000
    assert hub.is_well()


def test_calls_that_are_taken_back_at_once_are_bounded(hub):
    # Rapid reset (CVE-2023-44487).
    before, sent = hub.memory(), 0
    with hub.client() as client:
        began = time.monotonic()
        with contextlib.suppress(OSError):
            while sent < 20_000 and time.monotonic() - began < 60:
                stream = client.state.get_next_available_stream_id()
                client.state.send_headers(stream, [(":method", "GET"), (":scheme", "https"), (":authority", "x"), (":path", "/errors")],
                                          end_stream=True)
                client.state.reset_stream(stream)
                sent += 1
                if sent % 100 == 0:
                    client.flush()
        assert seconds_until_end(client.socket) is not None and sent < 20_000
    assert hub.memory() - before < 40 and hub.is_well()


@pytest.mark.parametrize("flood", ["continuation", "ping", "settings", "headers"])
def test_floods_are_cut_off_and_cost_no_memory(hub, flood):
    before = hub.memory()
    with hub.frames() as secure:
        first = {"continuation": frame(HEADERS, 0, 1, b"\x00\x01a\x01b"), "headers": b""}.get(flood, b"")
        part = {"continuation": frame(CONTINUATION, 0, 1, b"\x00\x01a\x01b" * 1000), "ping": frame(PING, 0, 0, b"12345678") * 100,
                "settings": frame(SETTINGS) * 100, "headers": frame(HEADERS, END_HEADERS, 1, b"\x00\x01a\x01b" * 2000)}[flood]
        secure.settimeout(5)
        with contextlib.suppress(OSError):
            secure.sendall(first)
            for _ in range(5_000):
                secure.sendall(part)
        if flood in ("continuation", "headers"):
            assert seconds_until_end(secure) is not None
    assert hub.memory() - before < 40 and hub.is_well()


def test_a_request_that_never_ends_is_cut_off(hub):
    with hub.client() as client:
        client.ask("/donnees", headers=[("content-type", "application/x-www-form-urlencoded")], method="POST", end=False)
        client.socket.settimeout(0.2)
        began = time.monotonic()
        while not client.ended and not client.is_over and time.monotonic() - began < PATIENCE + SLACK:
            with contextlib.suppress(TimeoutError):
                client.read()
        assert client.ended or client.is_over


@pytest.mark.parametrize("said", ["nothing", "a part of a handshake", "handshake", "preface", "headers begun"])
def test_who_says_too_little_is_cut_off(hub, said):
    if said in ("nothing", "a part of a handshake"):
        with socket.create_connection(hub.address) as plain:
            plain.sendall(b"" if said == "nothing" else b"\x16\x03\x01\x02\x00\x01\x00")
            seconds = seconds_until_end(plain)
    elif said == "handshake":
        with hub.connection("h2") as secure:
            seconds = seconds_until_end(secure)
    else:
        with hub.frames() as secure:
            if said == "headers begun":
                secure.sendall(frame(HEADERS, 0, 1, b"\x82\x84"))
            seconds = seconds_until_end(secure)
    assert seconds is not None and seconds <= PATIENCE + SLACK / 2


def test_who_does_not_read_answers_costs_a_bounded_memory(hub):
    before = hub.memory()
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            secure = stack.enter_context(hub.connection("h2"))
            client = h2.connection.H2Connection()
            client.initiate_connection()
            client.update_settings({4: 1})  # SETTINGS_INITIAL_WINDOW_SIZE: one byte of each answer
            for _ in range(90):
                client.send_headers(client.get_next_available_stream_id(), [
                    (":method", "GET"), (":scheme", "https"), (":authority", "x"), (":path", "/errors")], end_stream=True)
            secure.sendall(client.data_to_send())
        time.sleep(3)
        assert hub.is_well()
        grown = hub.memory() - before
    assert grown < 400, grown


def test_no_more_streams_at_once_than_announced(hub):
    with hub.frames() as secure:
        ask = b"\x82\x87\x84\x41\x01x"  # GET https / x
        with contextlib.suppress(OSError):
            secure.sendall(b"".join(frame(HEADERS, END_HEADERS, 1 + 2 * number, ask) for number in range(500)))
        assert seconds_until_end(secure) is not None
    assert hub.is_well()


def test_frames_of_any_kind_do_no_harm(hub):
    chance = random.Random(int(os.environ.get("SEED", "5")))
    before = hub.memory()
    for _ in range(int(os.environ.get("HTTP2_CONNECTIONS", "150"))):
        with contextlib.suppress(OSError), hub.frames() as secure:
            secure.settimeout(0.05)
            data = b"".join(frame(chance.randrange(12), chance.randrange(256), chance.choice([0, 1, 1, 3, 5, 2**31 - 1]),
                                  chance.randbytes(chance.choice([0, 1, 4, 5, 8, 50, 300]))) for _ in range(30))
            if chance.random() < 0.5:
                data = frame(HEADERS, END_HEADERS, 1, b"\x82\x87\x84\x41\x01x") + data
            secure.sendall(data)
            with contextlib.suppress(TimeoutError):
                secure.recv(65536)
    assert hub.memory() - before < 60 and hub.is_well()
