"""The site as a whole: no link leads nowhere, and the feed is one that readers take."""
import html
import re
import urllib.error
import urllib.request
import xml.etree.ElementTree as ElementTree

import pytest

ATOM = "{http://www.w3.org/2005/Atom}"


def fetch(url):
    with urllib.request.urlopen(url, timeout=30) as response:
        return response.headers.get_content_type(), response.read().decode()


def test_every_link_leads_somewhere(base_url):
    """Follows every link of the site, from the home page, and checks the places named after # too."""
    pages, wanted, faults = {}, [("/", "")], []
    seen = set(wanted)
    while wanted:
        path, source = wanted.pop()
        address, _, anchor = path.partition("#")
        if address not in pages:
            try:
                kind, text = fetch(base_url + address)
            except urllib.error.HTTPError as error:
                faults.append(f"{source} → {path}: {error.code}")
                continue
            pages[address] = text if kind == "text/html" else ""
            for link in re.findall(r'href="([^"]*)"', pages[address]):
                link = html.unescape(link)
                link = address.split("?")[0] + link if link.startswith("#") else link
                if link.startswith("/") and (link.split("#")[0], link) not in seen:
                    seen.add((link.split("#")[0], link))
                    wanted.append((link, address))
        if anchor and pages[address] and f'id="{anchor}"' not in pages[address]:
            faults.append(f"{source} → {path}: no such place on the page")
    assert faults == []
    assert len(pages) > 50


def test_no_identifier_is_used_twice_on_a_page(base_url):
    for path in ["/", "/catalogue", "/catalogue/quotient-familial", "/donnees", "/nouveautes", "/cas-usages/ccas",
                 "/developpeurs", "/fournisseurs/cnav"]:
        names = re.findall(r'\sid="([^"]+)"', fetch(base_url + path)[1])
        assert len(names) == len(set(names)), path


@pytest.fixture(scope="module")
def feed(base_url):
    kind, text = fetch(base_url + "/nouveautes.atom")
    assert kind == "application/atom+xml"
    return ElementTree.fromstring(text)


def test_the_feed_has_what_rfc_4287_demands(base_url, feed):
    assert feed.tag == ATOM + "feed"
    for element in [feed, *feed.findall(ATOM + "entry")]:
        for name in ["id", "title", "updated"]:
            assert len(element.findall(ATOM + name)) == 1, name
        assert element.find(ATOM + "id").text.startswith("http")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", element.find(ATOM + "updated").text)
    assert feed.find(f"{ATOM}author/{ATOM}name").text
    [itself] = [link.get("href") for link in feed.findall(ATOM + "link") if link.get("rel") == "self"]
    assert itself == base_url + "/nouveautes.atom"


def test_each_entry_is_named_once_and_told(base_url, feed):
    entries = feed.findall(ATOM + "entry")
    names = [entry.find(ATOM + "id").text for entry in entries]
    assert len(names) == len(set(names)) > 3
    updates = [entry.find(ATOM + "updated").text for entry in entries]
    assert updates == sorted(updates, reverse=True)
    assert feed.find(ATOM + "updated").text == updates[0]
    page = fetch(base_url + "/nouveautes")[1]
    for entry in entries:
        assert entry.find(ATOM + "content").text
        assert f'id="{entry.find(ATOM + "id").text.split("#")[1]}"' in page
        assert fetch(entry.find(ATOM + "link").get("href"))[0] == "text/html"
