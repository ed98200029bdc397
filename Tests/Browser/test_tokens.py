"""Clients, their short tokens and their calls, as programs written elsewhere make them: PyJWT and cryptography."""
import base64
import contextlib
import datetime
import hashlib
import json
import pathlib
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

import unefois_server
from needs import need

CALL = "/v3/dss/quotient_familial/identite"
PERSON = [("recipient", "13002526500013"), ("nomNaissance", "LEFEBVRE"), ("prenoms[]", "CLAIRE"), ("prenoms[]", "MARIE"),
          ("anneeDateNaissance", "1987"), ("moisDateNaissance", "6"), ("jourDateNaissance", "27"), ("sexeEtatCivil", "F"),
          ("codeCogInseePaysNaissance", "99100"), ("codeCogInseeCommuneNaissance", "08480")]
KEYS = {"ES256": lambda: ec.generate_private_key(ec.SECP256R1()), "EdDSA": ed25519.Ed25519PrivateKey.generate,
        "PS256": lambda: rsa.generate_private_key(65537, 2048), "RS256": lambda: rsa.generate_private_key(65537, 3072)}
SERVER = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """(base address, data folder, identifier of a grant) of a UneFois behind a proxy of this machine."""
    need("unefois", unefois_server.executable())
    folder = tmp_path_factory.mktemp("tokens")
    with unefois_server.unefois(folder, "--trusted-proxies", "127.0.0.1", "--client-cert-header") as (base, _):
        said = run(folder, "token", "create", "--scope", "cnaf_quotient_familial", "--scope", "cnaf_enfants")
        yield base, folder, said.split("Habilitation")[1].split()[0]


def run(folder, *arguments):
    command = [unefois_server.executable(), *arguments, "--data", folder / "data"]
    return subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def public(key, algorithm):
    """The public half as a JWK."""
    names = {"ES256": jwt.algorithms.ECAlgorithm, "EdDSA": jwt.algorithms.OKPAlgorithm}
    kind = names.get(algorithm, jwt.algorithms.RSAAlgorithm)
    jwk = kind.to_jwk(key.public_key(), as_dict=True)
    return {name: value for name, value in jwk.items() if name != "key_ops"} | {"alg": algorithm}


def client(hub, key, algorithm, *options):
    _, folder, grant = hub
    file = folder / (uuid.uuid4().hex + ".json")
    file.write_text(json.dumps({"keys": [public(key, algorithm)]}))
    identifier = run(folder, "client", "create", grant, "--jwks", file, *options)
    time.sleep(1)  # it is known within a second
    return identifier


def assertion(base, identifier, key, algorithm, **changes):
    now = int(time.time())
    claims = {"iss": identifier, "sub": identifier, "aud": base + "/oauth/token", "iat": now, "exp": now + 60,
              "jti": uuid.uuid4().hex}
    return jwt.encode(claims | changes, key, algorithm)


def proof(key, algorithm, method, address, token=None):
    claims = {"htm": method, "htu": address, "iat": int(time.time()), "jti": uuid.uuid4().hex}
    if token:
        claims["ath"] = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
    return jwt.encode(claims, key, algorithm, headers={"typ": "dpop+jwt", "jwk": public(key, algorithm)})


def send(address, form=None, tls=None, **headers):
    """(status, body, headers) of a GET, or of the POST of a form."""
    data = urllib.parse.urlencode(form).encode() if form else None
    request = urllib.request.Request(address, data, {name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=15, context=tls) as answer:
            return answer.status, json.load(answer), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, json.load(error), error.headers


def ask(base, signed, **headers):
    return send(base + "/oauth/token", {
        "grant_type": "client_credentials", "client_assertion": signed,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, **headers)


def code(answer):
    return answer[0], answer[1]["errors"][0]["code"]


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_stolen_token_is_worth_nothing_without_its_key(hub, algorithm):
    base, key = hub[0], KEYS[algorithm]()
    identifier = client(hub, key, algorithm, "--dpop-required")
    metadata = send(base + "/.well-known/oauth-authorization-server")[1]
    assert metadata["token_endpoint"] == base + "/oauth/token" and algorithm in metadata["dpop_signing_alg_values_supported"]
    status, given, headers = ask(base, assertion(base, identifier, key, algorithm),
                                 DPoP=proof(key, algorithm, "POST", base + "/oauth/token"))
    assert (status, given["token_type"], given["expires_in"]) == (200, "DPoP", 600) and headers["Cache-Control"] == "no-store"
    token, address = given["access_token"], base + CALL
    call = address + "?" + urllib.parse.urlencode(PERSON)
    shown = proof(key, algorithm, "GET", address, token)
    status, body, _ = send(call, Authorization="DPoP " + token, DPoP=shown)
    assert status == 200 and "quotient_familial" in body["data"]
    assert code(send(call, Authorization="DPoP " + token, DPoP=shown)) == (401, "00461")
    refused = send(call, Authorization="Bearer " + token)
    assert code(refused) == (401, "00462") and refused[2]["WWW-Authenticate"].startswith("DPoP ")
    thief = KEYS[algorithm]()
    assert code(send(call, Authorization="DPoP " + token, DPoP=proof(thief, algorithm, "GET", address, token))) == (401, "00462")
    other = proof(key, algorithm, "GET", base + "/v3/token/introspect", token)
    assert code(send(call, Authorization="DPoP " + token, DPoP=other)) == (401, "00460")


def test_an_assertion_serves_once_and_for_us(hub):
    base, key = hub[0], KEYS["ES256"]()
    identifier = client(hub, key, "ES256")
    signed = assertion(base, identifier, key, "ES256")
    status, given, _ = ask(base, signed)
    assert status == 200 and given["token_type"] == "Bearer"
    call = base + CALL + "?" + urllib.parse.urlencode(PERSON)
    assert send(call, Authorization="Bearer " + given["access_token"])[0] == 200
    assert code(ask(base, signed)) == (401, "00461")
    for changes in [{"aud": "https://other.example"}, {"exp": int(time.time()) - 1}, {"exp": int(time.time()) + 900},
                    {"sub": "other"}]:
        assert code(ask(base, assertion(base, identifier, key, "ES256", **changes))) == (401, "00465")
    assert code(ask(base, assertion(base, identifier, KEYS["ES256"](), "ES256"))) == (401, "00465")
    run(hub[1], "client", "revoke", identifier)
    time.sleep(1)
    assert code(send(call, Authorization="Bearer " + given["access_token"])) == (401, "00105")


def test_a_token_of_a_certificate_comes_with_it(hub):
    base, folder, grant = hub
    certificates = [certificate(KEYS["ES256"]()) for _ in range(2)]
    file = folder / "client.pem"
    file.write_bytes(certificates[0].public_bytes(serialization.Encoding.PEM))
    identifier = run(folder, "client", "create", grant, "--certificate", file)
    time.sleep(1)
    mine, theirs = (":" + base64.b64encode(one.public_bytes(serialization.Encoding.DER)).decode() + ":" for one in certificates)
    form = {"grant_type": "client_credentials", "client_id": identifier}
    assert code(send(base + "/oauth/token", form)) == (401, "00465")
    assert code(send(base + "/oauth/token", form, Client_Cert=theirs)) == (401, "00465")
    status, given, _ = send(base + "/oauth/token", form, Client_Cert=mine)
    assert status == 200
    call, bearer = base + CALL + "?" + urllib.parse.urlencode(PERSON), "Bearer " + given["access_token"]
    assert send(call, Authorization=bearer, Client_Cert=mine)[0] == 200
    assert code(send(call, Authorization=bearer)) == (401, "00463")
    assert code(send(call, Authorization=bearer, Client_Cert=theirs)) == (401, "00463")
    told = send(base + "/v3/token/introspect", Authorization=bearer, Client_Cert=mine)[1]["data"]
    digest = certificates[0].fingerprint(hashes.SHA256())
    assert told["cnf"] == {"x5t#S256": base64.urlsafe_b64encode(digest).rstrip(b"=").decode()}


def test_a_proxy_that_ends_tls_vouches_for_the_certificate_that_it_has_seen(hub):
    """HAProxy with the lines of packaging/haproxy.cfg: what the client writes in Client-Cert is of no use."""
    base, folder, grant = hub
    haproxy = need("haproxy", shutil.which("haproxy") or next(pathlib.Path("/usr/sbin").glob("haproxy"), None))
    key = KEYS["ES256"]()
    for name, made in [("server", certificate()), ("mine", certificate(key)), ("theirs", certificate(other := KEYS["ES256"]()))]:
        pem = made.public_bytes(serialization.Encoding.PEM)
        (folder / f"{name}.crt").write_bytes(pem)
        (folder / f"{name}.pem").write_bytes(pem + private({"server": SERVER, "mine": key, "theirs": other}[name]))
    published = (unefois_server.ROOT / "packaging/haproxy.cfg").read_text()
    rule = next(line.strip(" #") for line in published.splitlines() if "set-header Client-Cert" in line)
    assert "http-request del-header Client-Cert" in published
    port = unefois_server.free_port()
    (folder / "haproxy.cfg").write_text(f"""
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend public
    bind 127.0.0.1:{port} ssl crt {folder}/server.pem ca-file {folder}/server.crt verify optional ca-ignore-err all crt-ignore-err all
    http-request del-header Client-Cert
    {rule}
    default_backend hub
backend hub
    server hub {base.removeprefix("http://")}
""")
    identifier = run(folder, "client", "create", grant, "--certificate", folder / "mine.crt")
    time.sleep(1)
    form = {"grant_type": "client_credentials", "client_id": identifier}
    forged = ":" + base64.b64encode(x509.load_pem_x509_certificate((folder / "mine.crt").read_bytes())
                                    .public_bytes(serialization.Encoding.DER)).decode() + ":"
    process = subprocess.Popen([haproxy, "-q", "-f", folder / "haproxy.cfg"])
    try:
        front = f"https://127.0.0.1:{port}"
        await_port(port)
        call = front + CALL + "?" + urllib.parse.urlencode(PERSON)
        for stranger in ["theirs", None]:
            assert code(send(front + "/oauth/token", form, tls=tls(folder, stranger), Client_Cert=forged)) == (401, "00465")
        status, given, _ = send(front + "/oauth/token", form, tls=tls(folder, "mine"))
        assert status == 200
        bearer = "Bearer " + given["access_token"]
        assert send(call, tls=tls(folder, "mine"), Authorization=bearer)[0] == 200
        for stranger in ["theirs", None]:
            assert code(send(call, tls=tls(folder, stranger), Authorization=bearer, Client_Cert=forged)) == (401, "00463")
    finally:
        process.terminate()
        process.wait(15)


def test_a_certificate_shown_to_the_service_itself_binds_the_token(tmp_path):
    need("unefois", unefois_server.executable())
    key, other = KEYS["ES256"](), KEYS["ES256"]()
    for name, made, own in [("server", certificate(), SERVER), ("mine", certificate(key), key), ("theirs", certificate(other), other)]:
        pem = made.public_bytes(serialization.Encoding.PEM)
        (tmp_path / f"{name}.crt").write_bytes(pem)
        (tmp_path / f"{name}.key").write_bytes(private(own))
        (tmp_path / f"{name}.pem").write_bytes(pem + private(own))
    port, admin = unefois_server.free_port(), unefois_server.free_port()
    base = f"https://127.0.0.1:{port}"
    command = [unefois_server.executable(), "serve", "--data", tmp_path / "data", "--port", port, "--public-url", base,
               "--tls-certificate", tmp_path / "server.crt", "--tls-key", tmp_path / "server.key", "--tls-client-certificates"]
    ready = f"http://127.0.0.1:{admin}/metrics"
    with unefois_server.started(command, ready, tmp_path / "serve.log", {"UNEFOIS_ADMIN_PORT": str(admin)}):
        await_port(port)
        grant = run(tmp_path, "token", "create", "--scope", "cnaf_quotient_familial").split("Habilitation")[1].split()[0]
        identifier = run(tmp_path, "client", "create", grant, "--certificate", tmp_path / "mine.crt")
        time.sleep(1)
        form = {"grant_type": "client_credentials", "client_id": identifier}
        for stranger in ["theirs", None]:
            assert code(send(base + "/oauth/token", form, tls=tls(tmp_path, stranger))) == (401, "00465")
        status, given, _ = send(base + "/oauth/token", form, tls=tls(tmp_path, "mine"))
        assert status == 200
        call, bearer = base + CALL + "?" + urllib.parse.urlencode(PERSON), "Bearer " + given["access_token"]
        assert send(call, tls=tls(tmp_path, "mine"), Authorization=bearer)[0] == 200
        for stranger in ["theirs", None]:
            assert code(send(call, tls=tls(tmp_path, stranger), Authorization=bearer)) == (401, "00463")


def tls(folder, name):
    """A connection's settings: the client's certificate of that name, or none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if name:
        context.load_cert_chain(folder / f"{name}.pem")
    return context


def await_port(port):
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise RuntimeError("haproxy does not listen")


def private(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def certificate(key=SERVER):
    """A certificate that signs itself, as RFC 8705 §2.2 allows."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "client")])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now,
                                      now + datetime.timedelta(days=1))
    return builder.sign(key, hashes.SHA256())
