"""UneFois and a real browser, for the tests of the pages."""
import os
import pathlib
import shutil
import sys

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
import unefois_server  # noqa: E402
from needs import need  # noqa: E402


@pytest.fixture(scope="session")
def base_url(tmp_path_factory):
    """Address of the program under test: $UNEFOIS_URL where one runs already, else one started for the tests."""
    if running := os.environ.get("UNEFOIS_URL"):
        yield running.rstrip("/")
        return
    need("unefois", unefois_server.executable())
    with unefois_server.unefois(tmp_path_factory.mktemp("unefois")) as (base, _):
        yield base


@pytest.fixture(scope="session")
def browser():
    chromium = need("chromium", shutil.which("chromium"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, base_url):
    """open_page(path, width, scale, javascript) → a page, in a browsing context of its own, and what went wrong in it."""
    contexts = []

    def open_page(path, width=1280, scale=1, javascript=True):
        context = browser.new_context(base_url=base_url, java_script_enabled=javascript, locale="fr-FR",
                                      viewport={"width": width, "height": 800}, device_scale_factor=scale)
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(f"script: {error}"))
        page.on("console", lambda line: page.problems.append(f"console: {line.text}") if line.type == "error" else None)
        page.on("response", lambda answer: page.problems.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
        page.on("request", lambda asked: None if asked.url.startswith((base_url, "data:"))
                else page.problems.append(f"elsewhere: {asked.url}"))
        assert page.goto(path).status == 200
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def assert_accessible():
    """Fails on any violation that axe finds."""
    def check(page):
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()

    return check
