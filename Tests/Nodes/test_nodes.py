"""Three UneFois on one PostgreSQL, as an operator runs them."""
import http.client
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
import nodes  # noqa: E402
import postgresql  # noqa: E402
import unefois_server  # noqa: E402
from needs import need  # noqa: E402

CALL = ("/v3/dss/quotient_familial/identite?recipient=13002526500013&nomNaissance=Probe&prenoms%5B%5D=A{}"
        "&anneeDateNaissance=1987&moisDateNaissance=6&jourDateNaissance=27&sexeEtatCivil=F"
        "&codeCogInseePaysNaissance=99100&codeCogInseeCommuneNaissance=08480")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    need("PostgreSQL 15", postgresql.programs())
    need("unefois", unefois_server.executable())
    with nodes.cluster(tmp_path_factory.mktemp("nodes")) as running:
        yield running


def test_nodes_that_start_at_once_agree_on_schema_and_keys(cluster):
    names = ["case-keys/cases.key", "keys/0001.jwk", "keys/proofs.key", "keys/france-connect.pem", "questions.key"]
    for name in names:
        contents = {(cluster.folder / f"node{number}/data" / name).read_bytes() for number in (1, 2, 3)}
        assert len(contents) == 1, name
    pseudonyms = [sorted(path.name for path in (cluster.folder / f"node{number}/data/pseudonym-keys").iterdir())
                  for number in (1, 2, 3)]
    assert pseudonyms[0] == pseudonyms[1] == pseudonyms[2] != []


def test_a_token_made_on_one_node_is_good_on_all_and_a_revocation_too(cluster):
    for _ in range(3):
        kind, token = cluster.grant()
        cluster.accepted(kind, token, seconds=1)
        assert max(cluster.revoke(kind, token)) < 1000


def test_a_limit_counts_the_calls_on_all_nodes(cluster):
    token = cluster.command("token", "create", "--quiet", "--scope", "cnaf_quotient_familial", "--per-minute", "30")
    cluster.accepted("grant", token)
    if time.time() % 60 > 40:
        time.sleep(61 - time.time() % 60)
    answers = []
    for number in range(60):
        node = cluster.nodes[number % 3]
        connection = http.client.HTTPConnection(node.address, timeout=10)
        connection.request("GET", CALL.format("ABCDEFGHIJ"[number // 10] * (1 + number % 10)),
                           headers={"Authorization": "Bearer " + token})
        answers.append(connection.getresponse().status)
        connection.close()
        time.sleep(0.15)
    assert 401 not in answers and 403 not in answers
    # Each node may be one call behind the others when nothing is left; a share may wait for the next exchange.
    assert 27 <= sum(status != 429 for status in answers) <= 33


def test_a_person_forgotten_on_one_node_is_on_all(cluster):
    year = time.gmtime().tm_year
    files = [cluster.folder / f"node{number}/data/pseudonym-keys/{year}.key" for number in (1, 2, 3)]
    before = files[0].read_bytes()
    identity = "nomNaissance=DUPONT\nprenoms=JEAN\nanneeDateNaissance=1980\nmoisDateNaissance=1\njourDateNaissance=2\n"
    assert "C'est fait" in cluster.command("ledger", "forget", input=identity)
    deadline = time.monotonic() + 5
    while len({file.read_bytes() for file in files}) > 1:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert files[0].read_bytes() != before
    assert "détruite" in cluster.command("pseudonyms", "destroy", year)
    time.sleep(3)
    assert len({file.read_bytes() for file in files}) == 1


def test_one_node_does_the_common_work(cluster):
    assert cluster.server.value("SELECT COUNT(*) FROM leases WHERE name = 'work'") == "1"
    assert cluster.server.value("SELECT COUNT(*) FROM leases WHERE name LIKE 'node:%'") == "3"


def serve(cluster, folder, name):
    command = [unefois_server.executable(), "serve", "--no-sandbox", "--data", folder, "--port", "0"]
    environment = {**os.environ, "UNEFOIS_DATABASE": cluster.server.url, "UNEFOIS_NODE": name}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=60, cwd=unefois_server.ROOT)
    return done.returncode, done.stdout


def test_a_node_without_the_key_of_the_others_does_not_start(cluster, tmp_path):
    code, output = serve(cluster, tmp_path / "data", "stranger")
    assert code != 0 and "cluster.key" in output


def test_a_second_node_of_one_name_does_not_start(cluster):
    code, output = serve(cluster, cluster.folder / "node1/data", "node2")
    assert code != 0 and "node2" in output


def test_without_its_database_a_node_says_so_and_refuses_calls_until_it_is_back(cluster):
    kind, token = cluster.grant()
    cluster.accepted(kind, token)
    cluster.server.crash()
    time.sleep(7)
    assert [node.status(token) for node in cluster.nodes] == [503, 503, 503]
    checks = {check["name"]: check["ok"] for check in cluster.nodes[0].health()["checks"]}
    assert not checks["base de données"] and not checks["habilitations"]
    cluster.server.start()
    cluster.accepted(kind, token, seconds=10)
    assert cluster.nodes[0].health()["healthy"]


def test_a_node_that_is_asked_to_end_leaves_its_part_to_the_others(cluster):
    holder = cluster.server.value("SELECT holder FROM leases WHERE name = 'work'")
    number = int(holder.split("-")[0].removeprefix("node"))
    process = cluster.nodes[number - 1].process
    process.send_signal(signal.SIGTERM)
    assert process.wait(25) == 0
    deadline = time.monotonic() + 10
    while cluster.server.value("SELECT holder FROM leases WHERE name = 'work'") in ("", holder):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert cluster.server.value("SELECT COUNT(*) FROM leases WHERE name LIKE 'node:%'") == "2"
