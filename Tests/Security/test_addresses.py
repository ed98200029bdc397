"""Addresses that lead elsewhere: on this service (paths), and from it to other machines (CWE-918)."""
import http.server
import os
import subprocess
import threading
import urllib.parse

import pytest

import fault_proxy
import hub_calls
import unefois_server
from fault_proxy import Answer, FaultProxy, Provider
from http_stream import exchange

PATHS = [
    "/../../etc/passwd", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/%252e%252e/etc/passwd", "/..%c0%af../etc/passwd",
    "/%c0%ae%c0%ae/etc/passwd", "/..;/etc/passwd", "/..\\..\\etc\\passwd", "/%5c..%5cetc", "/assets/../../Package.swift",
    "/assets/..%2f..%2fPackage.swift", "/assets/%2e%2e/%2e%2e/Package.swift", "/assets//etc/passwd", "/dsfr/../../etc/passwd",
    "/dsfr/..%2f..%2f..%2fetc%2fpasswd", "/documents/../keys/proofs.key", "/documents/..%2fkeys/proofs.key.pdf", "/assets/%00",
    "/documents/%2e%2e%2f%2e%2e%2fkeys%2fproofs.key/x.pdf", "/documents/x/..%2f..%2fkeys%2fproofs.key", "/openapi/../../etc/passwd",
    "/openapi/..%2f..%2fPackage.json", "/proxy/../keys/proofs.key", "/data/unefois.sqlite", "/unefois.sqlite", "/.env", "/.git/config",
    "//etc/passwd", "///", "/./", "/v3/../health/../../etc/passwd", "/erreurs/..%2f..%2fx", "/cas-usages/..%2f..%2fPackage.swift",
    "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:22/", "http://user:pw@evil.example/",
]


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_to_a_file_of_the_machine(hub, path):
    for host in ("x", "169.254.169.254"):
        answers, _ = exchange(hub.address, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        assert len(answers) == 1 and (answers[0][0] < 500), answers
        for trace in (b"root:x:", b"swift-tools-version", b"SQLite format", b"BEGIN", b"ami-id", b"[core]"):
            assert trace not in answers[0][1]


def test_a_call_in_disguise_is_the_same_call_or_none(hub):
    """Each spelling of an operation's path asks for the same token, or is no operation."""
    for path in ["/v3/insee/sirene/unites_legales/012345674", "/v3/insee/sirene/unites_legales/%30%31%32345674", "/%763/insee/sirene/x",
                 "/v3//insee/sirene/unites_legales/012345674", "/V3/insee/sirene/unites_legales/012345674", "/v3/insee/./sirene/x",
                 "/v3/insee/sirene/unites_legales/012345674/", "/v3/insee/sirene/unites_legales/012345674;a=b",
                 "/v3/insee/sirene/unites_legales/012345674%00", "/v3/insee/sirene/unites%5flegales/012345674", "/v3/insee%2fsirene/x",
                 "http://hub.example/v3/insee/sirene/unites_legales/012345674", "/x/../v3/insee/sirene/unites_legales/012345674"]:
        for headers in ("", "X-Original-URL: /health\r\nX-Rewrite-URL: /health\r\nX-Forwarded-Prefix: /x\r\n"):
            answers, _ = exchange(hub.address, f"GET {path} HTTP/1.1\r\nHost: x\r\n{headers}Connection: close\r\n\r\n".encode())
            assert len(answers) == 1 and answers[0][0] in (400, 401, 404), (path, answers)


class Trap(http.server.BaseHTTPRequestHandler):
    """Where nothing may ever come."""
    asked = []

    def do_GET(self):
        Trap.asked.append(self.path)
        self.send_response(200)
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *_):
        pass


class Redirecting(Provider):
    """Sends every question elsewhere."""
    status, location = 302, ""

    async def answer(self, method, target):
        if method == "POST":
            return await super().answer(method, target)
        self.asked += 1
        return Answer(self.status, b"", [("Location", self.location)])


def test_no_redirection_of_a_provider_is_followed(binary, tmp_path):
    trap = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Trap)
    threading.Thread(target=trap.serve_forever, daemon=True).start()
    provider = Redirecting()
    insee, cnav = FaultProxy(provider), FaultProxy(Provider())
    with fault_proxy.running(insee, cnav):
        environment = {"UNEFOIS_SANDBOX": "false", "UNEFOIS_PROVIDERS_INSEE_URL": insee.url,
                       "UNEFOIS_PROVIDERS_CNAV_URL": cnav.url}
        with unefois_server.unefois(tmp_path, binary=binary, environment=environment) as (base, process):
            hub = hub_calls.Hub(base, unefois_server.token(tmp_path, binary))
            hub.wait_until_ready()
            port = trap.server_port
            places = [f"http://127.0.0.1:{port}/siren/010000016", f"http://localhost:{port}/", f"//127.0.0.1:{port}/x", f"http://[::1]:{port}/",
                      "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "gopher://127.0.0.1:11211/_stats",
                      f"http://127.1:{port}/", f"http://2130706433:{port}/", f"{insee.url}@127.0.0.1:{port}/", "/siren/010000016", ""]
            for provider.location in places:
                for provider.status in (301, 302, 303, 307, 308):
                    asked = provider.asked
                    _, answer = hub.ask_company()
                    assert answer.status in (404, 502), (provider.location, provider.status, answer.text)
                    # Asked once more at most, and of the same provider: a retry is no redirection followed.
                    assert provider.asked - asked <= 2
            assert process.poll() is None
    trap.shutdown()
    assert Trap.asked == []


@pytest.mark.parametrize("url", [
    "file:///etc/passwd", "ftp://provider.example/", "gopher://127.0.0.1:70/", "http://user:secret@provider.example", "http:///x", "//provider",
    "http://provider.example/#x", "unix:/run/docker.sock", "jar:http://x!/", "provider.example", "http:provider.example", "http://",
])
def test_a_provider_is_at_an_http_address_without_identifiers(binary, tmp_path, url):
    refused = subprocess.run(
        [binary, "serve", "--data", tmp_path / "data", "--port", "0"], capture_output=True, text=True, timeout=60,
        env={**os.environ, "UNEFOIS_PROVIDERS_INSEE_URL": url, "UNEFOIS_SANDBOX": "false"})
    assert refused.returncode != 0 and "secret" not in refused.stdout + refused.stderr
    assert "PROVIDERS_INSEE_URL" in refused.stderr + refused.stdout


def test_an_address_of_a_file_that_the_hub_has_not_sealed_is_none(hub):
    for sealed in ["AAAA", "a" * 9000, "..%2f..", urllib.parse.quote("http://127.0.0.1:22/", safe=""), "%00", "é".encode().hex()]:
        for path in (f"/proxy/files/{sealed}", f"/proxy/insee/{sealed}", f"/proxy/files/{sealed}/x"):
            request = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {hub.token}\r\nConnection: close\r\n\r\n"
            answers, _ = exchange(hub.address, request.encode())
            assert len(answers) == 1 and 400 <= answers[0][0] < 500, (path, answers)
