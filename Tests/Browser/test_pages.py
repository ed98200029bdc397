"""Every public page: readable at any width, with and without JavaScript, by keyboard, and clean for axe."""
import pytest

API = "/catalogue/quotient-familial"
PAGES = {  # name: (path, a text that the page must show)
    "home": ("/", "Votre premier appel"),
    "catalogue": ("/catalogue", "Quotient familial"),
    "search": ("/catalogue?q=QUÔTIENT+enfants&bouquet=particulier", "Quotient familial"),
    "filtered": ("/catalogue?theme=famille&public=communes&acces=franceconnect", "Tout afficher"),
    "empty": ("/catalogue?q=quotient&theme=cotisations", "Sans le filtre"),
    "api": (API, "cnaf_quotient_familial"),
    "api-issue": ("/catalogue/participation-familiale-eaje", "Anomalie connue depuis le 28 avril 2026"),
    "providers": ("/fournisseurs", "répertoire Sirene"),
    "provider": ("/fournisseurs/cnav", "de 23 h à 23 h 45"),
    "use-cases": ("/cas-usages", "Attribuer un marché public"),
    "use-case": ("/cas-usages/tarification_municipale_enfance", "Interdites"),
    "news": ("/nouveautes", "Quinze cas d'usage"),
    "data": ("/donnees", "Allocation de rentrée scolaire"),
    "data-state": ("/donnees?etat=pas-encore", "Toutes les données"),
    "data-request": ("/donnees/ars/demander", "Numéro SIRET de votre administration"),
    "developers": ("/developpeurs", "Commencer par le bac à sable"),
    "try": (f"{API}/essayer", "Avec une personne inventée"),
    "openapi": ("/openapi", "/openapi/particulier.json"),
    "explain": ("/explain", "Identifiant de l’appel"),
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


@pytest.mark.parametrize("path", [API, "/developpeurs"])
@pytest.mark.parametrize("screen", ["wide", "narrow"])
def test_everything_unfolded(open_page, assert_accessible, screen, path):
    page = open_page(path, *SCREENS[screen])
    unfold = "document.querySelectorAll('details').forEach(fold => { fold.removeAttribute('name'); fold.open = true })"
    page.evaluate(unfold)
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
def test_filters_by_keyboard_make_an_address_to_share(open_page, javascript):
    page = open_page("/catalogue", javascript=javascript)
    tab_to(page, "select[name=theme]")
    page.keyboard.type("Famille")
    tab_to(page, "form button.fr-btn--secondary")
    page.keyboard.press("Enter")
    page.wait_for_url("**/catalogue?*theme=famille*")
    count = page.locator(".uf-results h2").inner_text()
    shared = open_page(page.url, javascript=javascript)
    assert shared.locator(".uf-results h2").inner_text() == count
    tab_to(shared, ".uf-chosen a")
    shared.keyboard.press("Enter")
    shared.wait_for_url("**/catalogue")
    assert shared.locator(".uf-results h2").inner_text() != count


def test_an_empty_search_has_a_way_out_by_keyboard(open_page):
    page = open_page("/catalogue?q=quotient&theme=cotisations", javascript=False)
    tab_to(page, ".uf-note a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/catalogue?q=quotient")
    assert page.locator(f"main a[href$='{API}']").first.is_visible()


def test_one_sample_is_open_at_a_time(open_page):
    page = open_page(API, javascript=False)
    python = page.locator("summary", has_text="Python").first
    python.focus()
    page.keyboard.press("Enter")
    folds = page.locator("section.uf-operation").first.locator("details.uf-sample[open]")
    assert [text.strip() for text in folds.locator("summary").all_inner_texts()] == ["Python"]


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
def test_a_datum_is_asked_for_by_keyboard(open_page, assert_accessible, javascript):
    page = open_page("/donnees?etat=pas-encore", width=320, javascript=javascript)
    tab_to(page, "a[href='/donnees/titre-de-sejour/demander']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/demander")
    tab_to(page, "input[name=siret]")
    page.keyboard.type("123")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    assert page.locator("[role=alert] a").all_inner_texts()
    assert page.locator("input[name=siret]").input_value() == "123"
    assert "123" not in page.url
    if javascript:
        assert_accessible(page)
    page.locator("input[name=siret]").fill("130 025 265 00013")
    tab_to(page, "textarea[name=motif]")
    page.keyboard.type("Inscription à la cantine, 1200 familles par an")
    tab_to(page, "form button[type=submit]")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="Votre demande est enregistrée").wait_for()
    if javascript:
        assert_accessible(page)
    assert page.get_by_text("Demandée par 1 organisme").is_visible()
    assert_no_sideways_scroll(page)


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
