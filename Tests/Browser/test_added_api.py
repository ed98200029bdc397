"""An API added as files to a running service: it is served, described, listed and simulated, and no call is lost meanwhile."""
import json
import pathlib
import shutil
import signal
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

import unefois_server

PROVIDER = """
provider: jardins
title: "Registre des jardins partagés (inventé)"
about: "Un registre inventé pour un essai."
errors: { prefix: "90", as: Jardins }
addresses: { token: /token, parcelles: /parcelles }
authentication:
  jardins:
    oauth2: "{token}"
    form: { grant_type: "'client_credentials'", client_id: "@setting.client_id", client_secret: "@setting.client_secret" }
"""

API = """
api: parcelles
title: Parcelle de jardin partagé
summary: "La parcelle qu'une entreprise cultive dans un jardin partagé."
bouquet: entreprise
provider: jardins
audience: "Communes."
perimeter: "Les jardins d'un essai."
freshness: "Le moment de l'appel."
legal-basis: [CRPA L114-8]
keywords: [jardin]
limit: json-entreprise
scopes: { parcelle_jardin: Parcelle cultivée }
ask: { get: "{parcelles}/{@siren}", authentication: jardins }
refusals: [{ when: "@status = 404", code: NN003 }]
answer:
  data:
    nom: { text: Nom du cultivateur }
    surface: { integer: "Surface, en mètres carrés", from: surface }
operations:
  api_essai_v3_parcelles:
    get: /v3/jardins/parcelles/{siren}
    parameters: siren
recordings:
  - { operation: api_essai_v3_parcelles, status: 404, expect: { status: 404, code: "90003" } }
"""

SIMULATOR = """
simulates: jardins
routes:
  - post: /token
    needs: { user: "@form.client_id", secret: "@form.client_secret" }
    answers: [{ json: { access_token: "@issued", expires_in: 600 } }]
  - get: /parcelles/{siren}
    needs: token
    company: "@path.siren"
    answers: [{ json: { nom: name, surface: "siren | draw 'surface' 90 | plus 10" } }]
"""

CALL = "/v3/jardins/parcelles/{}?context=essai&object=essai&recipient=13002526500013"
FAMILY = "/v3/dss/quotient_familial/identite?" + urllib.parse.urlencode([
    ("recipient", "13002526500013"), ("nomNaissance", "LEFEBVRE"), ("prenoms[]", "CLAIRE"), ("prenoms[]", "MARIE"),
    ("anneeDateNaissance", 1987), ("moisDateNaissance", 6), ("jourDateNaissance", 27), ("sexeEtatCivil", "F"),
    ("codeCogInseePaysNaissance", 99100), ("codeCogInseeCommuneNaissance", "08480")])


def get(url, token=None):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def until(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.2)
    return False


class Load:
    """Calls an API over and over; `statuses` are those of all its answers."""

    def __init__(self, base, token):
        self.statuses, self.going = [], True
        self.threads = [threading.Thread(target=self.run, args=(base, token, part)) for part in range(4)]
        for thread in self.threads:
            thread.start()

    def run(self, base, token, part):
        number = 0
        while self.going:
            # Another month each time: equal calls in flight are refused, as they should be.
            number += 1
            self.statuses.append(get(base + FAMILY + f"&mois={1 + part}&appel={part}.{number}", token)[0])

    def stop(self):
        self.going = False
        for thread in self.threads:
            thread.join()


@pytest.fixture
def catalogue(tmp_path):
    for name in ("Catalogue", "Procedures"):
        if (unefois_server.ROOT / name).exists():
            shutil.copytree(unefois_server.ROOT / name, tmp_path / name)
    return tmp_path / "Catalogue"


def add(catalogue):
    folder = catalogue / "entreprise/jardins"
    folder.mkdir()
    (folder / "provider.yaml").write_text(PROVIDER)
    (folder / "parcelles.yaml").write_text(API)
    (folder / "simulator.yaml").write_text(SIMULATOR)
    errors = catalogue / "errors.yaml"
    errors.write_text(errors.read_text().replace("numbers:\n", 'numbers:\n  "90": Jardins\n', 1))


def test_an_api_added_as_files_is_served_after_a_reload_that_loses_no_call(tmp_path, catalogue):
    with unefois_server.unefois(tmp_path, "--catalogue", catalogue) as (base, process):
        token = unefois_server.token(tmp_path)
        assert until(lambda: get(base + FAMILY, token)[0] == 200)
        assert get(base + CALL.format("012345674"), token)[0] == 404
        load = Load(base, token)
        add(catalogue)
        process.send_signal(signal.SIGHUP)
        assert until(lambda: "jardins" in get(base + "/openapi/entreprise.json")[1])
        # The token's grant opens what was there when it was made; the new scope asks for one of its own.
        assert get(base + CALL.format("012345674"), token)[0] == 403
        wide = unefois_server.token(tmp_path, None, "--catalogue", catalogue, "--scope", "parcelle_jardin")
        answer = {}
        assert until(lambda: answer.update(zip("sb", get(base + CALL.format("012345674"), wide))) or answer["s"] == 200), answer
        data = json.loads(answer["b"])["data"]
        assert data["nom"] == "BOULANGERIE DES QUATRE VENTS" and 10 <= data["surface"] < 100
        assert get(base + CALL.format("999999990"), wide)[0] in (404, 422)
        assert "Parcelle de jardin partagé" in get(base + "/catalogue?q=jardin")[1]
        assert get(base + "/catalogue/parcelles")[0] == 200
        for _ in range(5):
            process.send_signal(signal.SIGHUP)
            time.sleep(0.4)
        load.stop()
        assert len(load.statuses) > 50 and set(load.statuses) == {200}


def test_a_faulty_file_leaves_the_service_as_it_was(tmp_path, catalogue):
    with unefois_server.unefois(tmp_path, "--catalogue", catalogue) as (base, process):
        token = unefois_server.token(tmp_path)
        assert until(lambda: get(base + FAMILY, token)[0] == 200)
        add(catalogue)
        (catalogue / "entreprise/jardins/parcelles.yaml").write_text(API.replace("integer:", "intger:"))
        process.send_signal(signal.SIGHUP)
        log = pathlib.Path(tmp_path) / "serve.log"
        assert until(lambda: "parcelles.yaml" in log.read_text() and "refusé" in log.read_text())
        assert get(base + FAMILY, token)[0] == 200
        assert get(base + CALL.format("012345674"), token)[0] == 404
