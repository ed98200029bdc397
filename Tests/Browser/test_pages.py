"""Every public page: readable at any width, with and without JavaScript, by keyboard, and clean for axe."""
import pytest

PAGES = {  # name: (path, a text that the page must show)
    "home": ("/", "UneFois"),
    "catalogue": ("/catalogue", "Quotient familial"),
    "search": ("/catalogue?q=quotient", "Quotient familial"),
    "api": ("/catalogue/quotient-familial", "Quotient familial"),
    "openapi": ("/openapi", "OpenAPI"),
}
SCREENS = {  # name: (width, scale); at 200 % zoom a window of 1280 px has room for 640
    "wide": (1280, 1),
    "narrow": (320, 1),
    "zoomed": (640, 2),
}
SKIP_LINK_TARGET = "#content"
SEARCH_FIELD = "input[name=q]"


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
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "scrolls sideways"
    if javascript:  # axe is itself a script
        assert_accessible(page)
    assert page.problems == []


@pytest.mark.parametrize("name", PAGES)
def test_skip_link_is_the_first_stop_of_the_keyboard(open_page, name):
    page = open_page(PAGES[name][0])
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    assert link.get_attribute("href") == SKIP_LINK_TARGET
    assert link.is_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    skipped = f"""document.querySelector('{SKIP_LINK_TARGET}').compareDocumentPosition(document.activeElement)
        & Node.DOCUMENT_POSITION_PRECEDING"""
    assert not page.evaluate(skipped), "the next stop is still before the content"


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
def test_search_by_keyboard(open_page, javascript):
    page = open_page("/catalogue", javascript=javascript)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.locator(SEARCH_FIELD + ":focus").count():
            break
    else:
        pytest.fail("the search field is out of reach of the keyboard")
    page.keyboard.type("quotient")
    page.keyboard.press("Enter")
    page.wait_for_url("**/catalogue?*q=quotient*")
    assert page.locator("main a[href$='/catalogue/quotient-familial']").first.is_visible()
