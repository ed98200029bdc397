"""The page where an attestation is checked: by keyboard, with and without JavaScript, clean for axe."""
import json
import re
import urllib.parse
import urllib.request

import pytest

from test_pages import SCREENS, assert_no_sideways_scroll, tab_to

CALL = "/v3/dss/quotient_familial/identite"
PERSON = [("recipient", "13002526500013"), ("nomNaissance", "LEFEBVRE"), ("prenoms[]", "CLAIRE"), ("prenoms[]", "MARIE"),
          ("anneeDateNaissance", "1987"), ("moisDateNaissance", "6"), ("jourDateNaissance", "27"), ("sexeEtatCivil", "F"),
          ("codeCogInseePaysNaissance", "99100"), ("codeCogInseeCommuneNaissance", "08480")]


@pytest.fixture(scope="module")
def proof(base_url):
    """Path of the verification page and code of a proof, made with the demonstration token."""
    with urllib.request.urlopen(base_url + "/", timeout=10) as home:
        token = re.search(r"JETON=(?:'|&#39;|&#x27;)([^'&]+)", home.read().decode()).group(1)
    request = urllib.request.Request(f"{base_url}{CALL}?{urllib.parse.urlencode(PERSON)}", headers={
        "Authorization": f"Bearer {token}", "X-Generate-Proof": "proof-only"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        meta = json.load(answer)["meta"]
    return urllib.parse.urlsplit(meta["pdf_verification_link"]).path, meta["pdf_verification_code"]


def check(page, code):
    tab_to(page, "input[name=code]")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_selector(".fr-alert")


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
@pytest.mark.parametrize("screen", SCREENS)
def test_an_attestation_is_checked_by_keyboard(open_page, assert_accessible, proof, screen, javascript):
    path, code = proof
    page = open_page(path, *SCREENS[screen], javascript=javascript)
    assert "LEFEBVRE" not in page.content()
    assert_no_sideways_scroll(page)
    if javascript:
        assert_accessible(page)
    check(page, code.lower().replace("-", " "))
    assert page.locator(".fr-alert").get_by_text("Attestation authentique").is_visible()
    assert page.locator("main").get_by_text("LEFEBVRE").first.is_visible()
    assert page.url.endswith(path) and page.locator("h1").count() == 1
    assert_no_sideways_scroll(page)
    if javascript:
        assert_accessible(page)
    assert page.problems == []


def test_a_wrong_code_is_told_beside_its_field(open_page, assert_accessible, proof):
    page = open_page(proof[0])
    check(page, "AAAA")
    assert page.locator(".fr-alert").get_by_text("Ce code ne convient pas").is_visible()
    assert page.locator("#code-erreur").is_visible()
    assert page.locator("input[name=code]").get_attribute("aria-describedby") == "code-erreur"
    assert_accessible(page)


def test_an_unknown_attestation_is_told(open_page, assert_accessible, proof):
    page = open_page("/attestations/verification/AAAAAAAAAAAAAAAAAAAAAA")
    check(page, proof[1])
    assert page.locator(".fr-alert").get_by_text("Attestation inconnue").is_visible()
    assert_accessible(page)
