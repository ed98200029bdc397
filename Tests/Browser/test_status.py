"""The state of the providers with a past of 90 days: readable without colour, by screen readers and on a phone."""
import datetime
import pathlib
import sqlite3
import urllib.request
import xml.etree.ElementTree

import pytest

import unefois_server
from needs import need

DAY = 86400
SHAPES = {"ok": 32, "maintenance": 24, "degraded": 18, "down": 10, "unknown": 3}  # state: height of its bar


def write_past(database):
    """89 days of the CNAV: good ones, and one of each kind of trouble; the first 40 were not looked at."""
    today = datetime.date.today()
    columns = ["ok", "degraded", "down", "maintenance", "unknown"]
    with sqlite3.connect(database) as connection:
        connection.execute("DELETE FROM provider_days")
        connection.execute("DELETE FROM provider_incidents")
        for age in range(1, 50):
            seconds = {"ok": DAY}
            if age in (3, 7, 20):
                seconds = {"ok": DAY - 7200, {3: "down", 7: "degraded", 20: "down"}[age]: 7200}
            if age == 10:
                seconds = {"maintenance": DAY}
            day = (today - datetime.timedelta(days=age)).isoformat()
            connection.execute("INSERT INTO provider_days VALUES ('cnav', ?, ?, ?, ?, ?, ?)",
                               [day, *(seconds.get(column, 0) for column in columns)])
        start = int(datetime.datetime.now().timestamp() - 3 * DAY) * 1000
        connection.execute("INSERT INTO provider_incidents VALUES ('cnav', ?, ?, 'down')", [start, start + 7_200_000])


@pytest.fixture(scope="module")
def base_url(tmp_path_factory):
    """A service of its own, started again once its past is written."""
    need("unefois", unefois_server.executable())
    folder = tmp_path_factory.mktemp("status")
    with unefois_server.unefois(folder):
        pass
    write_past(next(pathlib.Path(folder).rglob("unefois.sqlite")))
    with unefois_server.unefois(folder) as (base, _):
        yield base


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("path", ["/etat", "/etat/cnav"])
def test_page(open_page, assert_accessible, path, width, javascript):
    page = open_page(path, width, javascript=javascript)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "scrolls sideways"
    assert page.locator("main").get_by_text("Panne").first.is_visible()
    if javascript:
        page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        assert_accessible(page)
    assert page.problems == []


def test_bars_are_told_apart_by_their_height(open_page):
    page = open_page("/etat/cnav")
    bars = page.locator("main svg.uf-bars")
    found = {path.get_attribute("class").removeprefix("uf-bar-"): path.get_attribute("d").rstrip("z").split("z")
             for path in bars.locator("path").all()}
    assert sum(map(len, found.values())) == 90
    for state, outlines in found.items():
        assert {outline.split("v")[1].split("h")[0] for outline in outlines} == {str(SHAPES[state])}
    text = bars.get_attribute("aria-label")
    for part in ["1 jour perturbé", "2 jours avec une panne", "1 jour de maintenance"]:
        assert part in text
    assert bars.get_attribute("role") == "img"


def test_states_have_words_and_signs(open_page):
    page = open_page("/etat")
    states = page.locator("main .uf-providers .uf-state")
    assert states.count() == page.locator("main .uf-providers > li").count()
    for state in states.all():
        assert state.inner_text().strip() and state.locator("svg path").get_attribute("d")


def test_the_days_are_a_table_too(open_page):
    page = open_page("/etat/cnav", javascript=False)
    page.locator("main details summary").click()
    table = page.locator("main details table")
    assert table.locator("tbody tr").count() == 90 and table.locator("caption").count() == 1
    assert table.locator("thead th[scope=col]").count() == table.locator("tbody tr").first.locator("th, td").count()
    assert table.get_by_text("En panne").nth(1).is_visible()


def test_the_way_from_the_home_page_to_a_provider(open_page):
    page = open_page("/")
    page.locator("main a[href='/etat']").click()
    page.locator("main a[href='/etat/cnav']").first.click()
    assert page.url.endswith("/etat/cnav")
    assert page.locator("footer a[href='/etat']").count() == 1


def test_the_feed_is_atom(base_url):
    with urllib.request.urlopen(base_url + "/etat.atom", timeout=10) as response:
        assert response.headers.get_content_type() == "application/atom+xml"
        feed = xml.etree.ElementTree.fromstring(response.read())
    atom = "{http://www.w3.org/2005/Atom}"
    assert feed.tag == atom + "feed"
    for parent in [feed, *feed.findall(atom + "entry")]:
        for name in ["id", "title", "updated"]:
            assert parent.find(atom + name).text
    assert len(feed.findall(atom + "entry")) == 1
