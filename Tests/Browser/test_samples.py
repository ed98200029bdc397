"""The code that pages show runs as it is: against the program itself, and with values that only right quoting brings through."""
import re
import urllib.parse
import urllib.request

import pytest
import samples

API = "/catalogue/quotient-familial"
IDENTITY = "api_particulier_v3_cnav_quotient_familial_with_civility"
FRANCECONNECT = "api_particulier_v3_cnav_quotient_familial_with_france_connect"
COMPANY = ("/catalogue/unites-legales", "api_entreprise_v4_insee_unites_legales")
HOSTILE = """L'ABBÉ "x" $(id) `id` ${a} $b #{c} \\(d) \\n + % & = ; é 漢 \\"""
LANGUAGES = sorted(samples.TOOLS)


@pytest.fixture(scope="module")
def read(base_url):
    return lambda path: urllib.request.urlopen(base_url + path, timeout=30).read().decode()


@pytest.fixture(scope="module")
def token(read):
    return re.search(r"JETON=&#39;([^&]+)&#39;", read("/"))[1]


def need(language):
    if tool := samples.missing(language):
        pytest.skip(f"{tool} is not on this machine")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_call_is_shown_in_every_language(read, language):
    for operation in (IDENTITY, FRANCECONNECT):
        assert language in samples.of_page(read(API), operation)
    assert language in samples.of_page(read(COMPANY[0]), COMPANY[1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_call_about_a_person_succeeds(read, token, language):
    need(language)
    written = samples.run(language, samples.of_page(read(API), IDENTITY)[language], JETON=token)
    assert '"quotient_familial"' in written
    assert "200" in written.split() or language == "curl"


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language not in ("java", "swift")])
def test_a_call_about_a_company_succeeds(read, token, language):
    need(language)
    written = samples.run(language, samples.of_page(read(COMPANY[0]), COMPANY[1])[language], JETON=token)
    assert '"siren"' in written


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_is_shown_too(read, language):
    need(language)
    written = samples.run(language, samples.of_page(read(API), IDENTITY)[language], JETON="faux")
    assert "00101" in written


@pytest.fixture(scope="module")
def hostile(base_url):
    """The programs of a call whose values were typed in the try-it form."""
    page = urllib.request.urlopen(f"{base_url}{API}/essayer", timeout=30)
    cookie = page.headers["Set-Cookie"].split(";")[0]
    ticket = re.search(r'name="formulaire" value="(\w+)"', page.read().decode())[1]
    fields = {"formulaire": ticket, "operation": IDENTITY, "nomNaissance": HOSTILE, "prenoms[]": "ANNE, ZOÉ",
              "recipient": "13002526500013"}
    request = urllib.request.Request(f"{base_url}{API}/essayer", headers={"Cookie": cookie},
                                     data=urllib.parse.urlencode(fields).encode())
    return samples.of_page(urllib.request.urlopen(request, timeout=30).read().decode())


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_arrive_as_they_were_typed(base_url, hostile, language):
    need(language)
    with samples.Echo() as echo:
        samples.run(language, hostile[language].replace(base_url, echo.url), JETON="le-jeton")
    [(path, values, authorization)] = echo.calls
    assert path == "/v3/dss/quotient_familial/identite"
    assert values == [("nomNaissance", HOSTILE), ("prenoms[]", "ANNE"), ("prenoms[]", "ZOÉ"),
                      ("recipient", "13002526500013")]
    assert authorization == "Bearer le-jeton"
