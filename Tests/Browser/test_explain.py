"""The page that explains refusals: by keyboard, with and without JavaScript, clean for axe in every state."""
import re
import urllib.error
import urllib.parse
import urllib.request

import pytest

from test_pages import SCREENS, assert_no_sideways_scroll, tab_to
from test_proofs import CALL, PERSON


@pytest.fixture(scope="module")
def token(base_url):
    """The demonstration token, as the home page shows it."""
    with urllib.request.urlopen(base_url + "/", timeout=10) as home:
        return re.search(r"JETON=(?:'|&#39;|&#x27;)([^'&]+)", home.read().decode()).group(1)


@pytest.fixture(scope="module")
def refused(base_url, token):
    """Number of a call that names a purpose the grant has not."""
    request = urllib.request.Request(f"{base_url}{CALL}?{urllib.parse.urlencode(PERSON)}", headers={
        "Authorization": f"Bearer {token}", "X-Purpose": "aucune"})
    with pytest.raises(urllib.error.HTTPError) as failure:
        urllib.request.urlopen(request, timeout=10)
    assert failure.value.code == 403
    return failure.value.headers["X-Request-Id"]


def ask(page, number, secret):
    tab_to(page, "input[name=numero]")
    page.keyboard.type(number)
    page.keyboard.press("Tab")
    page.keyboard.type(secret)
    page.keyboard.press("Enter")
    page.wait_for_selector(".fr-alert")


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
@pytest.mark.parametrize("screen", SCREENS)
def test_a_refusal_is_explained_by_keyboard(open_page, assert_accessible, token, refused, screen, javascript):
    page = open_page("/explain", *SCREENS[screen], javascript=javascript)
    assert_no_sideways_scroll(page)
    if javascript:
        assert_accessible(page)
    ask(page, refused, token)
    main = page.locator("main")
    assert main.get_by_text("00452").first.is_visible()
    assert main.get_by_text("La finalité : refus à cette étape").is_visible()
    assert main.get_by_role("heading", name="Que faire").is_visible()
    assert page.url.endswith("/explain") and token not in page.content() and "LEFEBVRE" not in page.content()
    assert page.locator("h1").count() == 1
    assert_no_sideways_scroll(page)
    if javascript:
        assert_accessible(page)
    assert page.problems == []


@pytest.mark.parametrize("number, secret, status, text", [
    ("4f0c2a9e-7b1d-4e6a-9c35-2d8b6f1e0a47", None, 404, "Aucun appel de ce numéro"),
    ("4f0c2a9e-7b1d-4e6a-9c35-2d8b6f1e0a47", "faux", 401, "Ce jeton est refusé"),
    ("court", "faux", 422, "de 8 à 64 signes"),
])
def test_each_other_state_is_told_and_clean(open_page, assert_accessible, token, number, secret, status, text):
    page = open_page("/explain", *SCREENS["narrow"])
    statuses = []
    page.on("response", lambda response: statuses.append(response.status) if response.url.endswith("/explain") else None)
    ask(page, number, secret or token)
    assert statuses[-1] == status
    assert page.locator("main").get_by_text(text).first.is_visible()
    assert page.locator("input[name=jeton]").input_value() == ""
    assert page.locator("input[name=numero]").input_value() == number
    assert_no_sideways_scroll(page)
    assert_accessible(page)


def test_the_page_is_reached_from_the_errors_and_from_the_foot_of_each_page(open_page):
    for path in ["/erreurs", "/developpeurs", "/"]:
        assert open_page(path).locator("a[href='/explain']").count() >= 1
