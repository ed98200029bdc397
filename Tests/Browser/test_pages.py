"""Every public page: readable at any width, with and without JavaScript, by keyboard, and clean for axe."""
import pytest

API = "/catalogue/quotient-familial"
PAGES = {  # name: (path, a text that the page must show)
    "home": ("/", "Votre premier appel"),
    "catalogue": ("/catalogue", "Quotient familial"),
    "search": ("/catalogue?q=QUÔTIENT+enfants&bouquet=particulier", "Quotient familial"),
    "empty": ("/catalogue?q=introuvable", "Aucune API"),
    "api": (API, "cnaf_quotient_familial"),
    "try": (f"{API}/essayer", "Avec une personne inventée"),
    "openapi": ("/openapi", "/openapi/particulier.json"),
    "errors": ("/erreurs#code-00101", "Jeton absent ou invalide"),
    "accessibility": ("/accessibilite", "Non encore auditée"),
    "privacy": ("/donnees-personnelles", "pseudonyme"),
    "status": ("/etat", "Une barre par jour"),
    "status-provider": ("/etat/cnav", "quotient-familial"),
    "legal": ("/mentions-legales", "Apache 2.0"),
}
SCREENS = {  # name: (width, scale); at 200 % zoom a window of 1280 px has room for 640
    "wide": (1280, 1),
    "narrow": (320, 1),
    "zoomed": (640, 2),
}
SKIP_LINK_TARGET = "#content"


def tab_to(page, selector, most=120):
    """Presses Tab until the focus is on `selector`."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.locator(selector).and_(page.locator(":focus")).count():
            return
    pytest.fail(f"{selector} is out of reach of the keyboard")


def assert_no_sideways_scroll(page):
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "scrolls sideways"


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("name", PAGES)
def test_page(open_page, assert_accessible, name, screen, javascript):
    path, text = PAGES[name]
    page = open_page(path, *SCREENS[screen], javascript=javascript)
    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.locator("h1").count() == 1
    assert page.title() and page.locator("main").count() == 1
    assert page.locator("main").get_by_text(text, exact=False).first.is_visible()
    assert_no_sideways_scroll(page)
    if javascript:  # axe is itself a script
        assert_accessible(page)
    assert page.problems == []


@pytest.mark.parametrize("name", PAGES)
def test_skip_link_is_the_first_stop_of_the_keyboard(open_page, name):
    page = open_page(PAGES[name][0].split("#")[0])
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    assert link.get_attribute("href") == SKIP_LINK_TARGET
    assert link.is_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    skipped = f"""document.querySelector('{SKIP_LINK_TARGET}').compareDocumentPosition(document.activeElement)
        & Node.DOCUMENT_POSITION_PRECEDING"""
    assert not page.evaluate(skipped), "the next stop is still before the content"


@pytest.mark.parametrize("screen", ["wide", "narrow"])
def test_everything_unfolded(open_page, assert_accessible, screen):
    page = open_page(API, *SCREENS[screen])
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    assert_no_sideways_scroll(page)
    assert_accessible(page)


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
def test_search_by_keyboard(open_page, javascript):
    page = open_page("/catalogue", javascript=javascript)
    tab_to(page, "input[name=q]")
    page.keyboard.type("quotient")
    page.keyboard.press("Enter")
    page.wait_for_url("**/catalogue?*q=quotient*")
    assert page.locator(f"main a[href$='{API}']").first.is_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
@pytest.mark.parametrize("screen", ["wide", "narrow"])
def test_try_with_a_fictional_person_by_keyboard(open_page, assert_accessible, screen, javascript):
    page = open_page(API, *SCREENS[screen], javascript=javascript)
    tab_to(page, "a[href*='/essayer']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/essayer?operation=*")
    tab_to(page, "select[name=sujet]")
    tab_to(page, "form:has(select[name=sujet]) button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".fr-alert")
    assert page.locator(".fr-alert").get_by_text("Appel accepté (200)").is_visible()
    assert page.locator("main pre").first.is_visible()
    assert "Naissance" not in page.url
    assert_no_sideways_scroll(page)
    if javascript:
        assert_accessible(page)
    assert page.problems == []


def test_try_with_typed_values_by_keyboard(open_page, assert_accessible):
    page = open_page(f"{API}/essayer")
    tab_to(page, "summary")
    page.keyboard.press("Enter")
    tab_to(page, "input[name=nomNaissance]")
    page.keyboard.press("Control+A")
    page.keyboard.type("123")
    page.keyboard.press("Enter")
    page.wait_for_selector(".fr-alert")
    assert page.locator(".fr-alert").get_by_text("Appel refusé").is_visible()
    assert page.locator("input[name=nomNaissance]").input_value() == "123"
    assert "123" not in page.url
    assert_accessible(page)


@pytest.mark.parametrize("path", ["/nulle-part", "/catalogue/inconnue"])
def test_unknown_address(browser, base_url, assert_accessible, path):
    page = browser.new_page()
    assert page.goto(base_url + path).status == 404
    assert page.get_by_role("heading", level=1).inner_text() == "Page introuvable"
    assert page.locator("main a[href='/catalogue']").is_visible()
    assert_accessible(page)
    page.close()
