"""Calls to the hub that tests and measurements make, and a client of few words for them."""
import http.client
import itertools
import json
import time
import urllib.parse
import urllib.request

import fault_proxy

RECIPIENT = "13002526500013"
TRACE = {"recipient": RECIPIENT, "context": "Essai", "object": "essai"}
FIRST_NAMES = ("".join(letters) for letters in itertools.product("ABCDEFGHIJKLMNOPQRSTUVWXYZ", repeat=5))
COMPANIES = fault_proxy.company_numbers()


def company(siren):
    """The INSEE is asked about a company."""
    return f"/v4/insee/sirene/unites_legales/{siren}?" + urllib.parse.urlencode(TRACE)


def family(first_name):
    """The CNAV is asked about a person."""
    return "/v3/dss/quotient_familial/identite?" + urllib.parse.urlencode([
        ("recipient", RECIPIENT), ("nomNaissance", "LEFEBVRE"), ("prenoms[]", first_name), ("anneeDateNaissance", "1987"),
        ("moisDateNaissance", "6"), ("jourDateNaissance", "27"), ("sexeEtatCivil", "F"),
        ("codeCogInseePaysNaissance", "99100"), ("codeCogInseeCommuneNaissance", "08480")])


def examples(base, token):
    """A right target of each operation, from the examples of the documents that the hub publishes, and its token."""
    found = []
    for name in ("particulier", "entreprise", "open"):
        with urllib.request.urlopen(f"{base}/openapi/{name}.json") as response:
            paths = json.load(response)["paths"]
        for path, item in paths.items():
            for operation in filter(lambda value: isinstance(value, dict), item.values()):
                pairs = []
                for parameter in operation.get("parameters", []):
                    value = example(parameter)
                    for one in value if isinstance(value, list) else [value]:
                        if parameter["in"] == "path":
                            path = path.replace("{" + parameter["name"] + "}", urllib.parse.quote(str(one)))
                        elif parameter["in"] == "query":
                            pairs.append((parameter["name"], str(one)))
                bearer = "fc-famille-deux-enfants" if path.endswith("/france_connect") else token
                found.append((path + "?" + urllib.parse.urlencode(pairs), bearer))
    return found


def example(parameter):
    schema = parameter.get("schema", {})
    return parameter.get("example", schema.get("example", schema.get("default", TRACE.get(parameter["name"], "1"))))


class Answer:
    def __init__(self, status, headers, text, seconds):
        self.status, self.headers, self.text, self.seconds = status, headers, text, seconds
        self.json = json.loads(text) if text.startswith("{") else {}
        self.code = next((error["code"] for error in self.json.get("errors", [])), None)
        self.data = self.json.get("data")


class Hub:
    def __init__(self, base, token):
        self.host, self.token = urllib.parse.urlsplit(base).netloc, token

    def get(self, target):
        """One call on a connection of its own. No answer is served from the cache."""
        connection = http.client.HTTPConnection(self.host, timeout=30)
        began = time.monotonic()
        try:
            connection.request("GET", target, headers={
                "Authorization": f"Bearer {self.token}", "Cache-Control": "no-cache"})
            response = connection.getresponse()
            text = response.read().decode()
            return Answer(response.status, response.headers, text, time.monotonic() - began)
        finally:
            connection.close()

    def ask_company(self):
        """A company that was never asked about, and the answer."""
        siren = next(COMPANIES)
        return siren, self.get(company(siren))

    def ask_sandbox(self):
        """About a company of the sandbox."""
        return self.get(company("012345674"))

    def ask_family(self):
        return self.get(family(next(FIRST_NAMES)))

    def wait_until_ready(self, ask=None):
        """A new token takes up to a second. `ask` is a call that will be answered, of a family where there is none."""
        for _ in range(100):
            if (ask or self.ask_family)().status == 200:
                return
            time.sleep(0.1)
        raise RuntimeError("the hub does not answer the calls of the tests")
