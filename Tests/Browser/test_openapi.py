"""The OpenAPI documents: valid, and with examples that their own schemas accept."""
import json
import re
import urllib.request

import pytest
import yaml
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

ALIASES = ["/api/open-api-v3.yml", "/api/open-api.yml", "/v3/openapi-entreprise.yaml"]


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as response:
        return response.headers.get_content_type(), response.read().decode()


@pytest.fixture(scope="module")
def documents(base_url):
    """Every document that the page /openapi links to, by path."""
    paths = sorted(set(re.findall(r'href="(/openapi/[^"]+\.json)"', fetch(base_url + "/openapi")[1])))
    assert "/openapi/particulier.json" in paths
    return {path: json.loads(fetch(base_url + path)[1]) for path in paths}


def test_documents_are_valid(documents):
    for path, document in documents.items():
        faults = [f"{path}: {fault.message}" for fault in OpenAPIV31SpecValidator(document).iter_errors()]
        assert faults == []


def test_examples_fit_their_schemas(documents):
    for document in documents.values():
        schemas, shared = document["components"]["schemas"], document["components"]["examples"]
        for path, item in document["paths"].items():
            for status, response in item["get"]["responses"].items():
                content = response["content"]["application/json"]
                schema = {**content["schema"], "components": {"schemas": schemas}}
                named = [shared[e["$ref"].split("/")[-1]] if "$ref" in e else e for e in content.get("examples", {}).values()]
                for example in [content["example"]] if "example" in content else [e["value"] for e in named]:
                    faults = [fault.message for fault in OAS31Validator(schema).iter_errors(example)]
                    assert faults == [], f"{path} {status}"


def test_operation_names_are_unique(documents):
    for document in documents.values():
        names = [item["get"]["operationId"] for item in document["paths"].values()]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("path", ALIASES)
def test_addresses_that_clients_know(base_url, documents, path):
    bouquet = "entreprise" if "entreprise" in path else "particulier"
    if f"/openapi/{bouquet}.json" not in documents:
        pytest.skip(f"the catalogue has no API of the bouquet {bouquet}")
    kind, text = fetch(base_url + path)
    assert kind == "application/yaml"
    assert yaml.safe_load(text) == documents[f"/openapi/{bouquet}.json"]


def test_the_document_of_version_2(base_url, documents):
    text = yaml.safe_load(fetch(base_url + "/api/open-api-v2.yml")[1])
    assert [f.message for f in OpenAPIV31SpecValidator(text).iter_errors()] == []
    whole = documents["/openapi/particulier.json"]["paths"]
    assert text["paths"] == {path: item for path, item in whole.items() if path.startswith("/api/v2/")}
