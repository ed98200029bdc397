"""`unefois try`, as a person at a terminal uses it and as a script does."""
import json
import os
import pty
import select
import subprocess
import time

import pytest
import unefois_server
from needs import need


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """(base URL, token, a file that holds it) of a UneFois of these tests' own."""
    need("unefois", unefois_server.executable())
    folder = tmp_path_factory.mktemp("try")
    with unefois_server.unefois(folder, "--families", "50", "--companies", "50") as (base, _):
        # A terminal takes lines of 4,095 signs: a token with every scope is longer, that of an organisation is not.
        scopes = ["cnaf_quotient_familial", "cnaf_allocataires", "cnaf_enfants", "unites_legales_etablissements_insee"]
        token = unefois_server.token(folder, None, *[part for scope in scopes for part in ("--scope", scope)])
        (folder / "token").write_text(token + "\n")
        deadline = time.monotonic() + 5
        while b"00106" in run("quotient-familial", "--json", "--url", base, token=token).stdout:
            assert time.monotonic() < deadline, "the token never took effect"
            time.sleep(0.1)
        yield base, token, folder / "token"


def run(*arguments, token=None, answers=""):
    environment = {**os.environ, **({"UNEFOIS_TOKEN": token} if token else {})}
    command = [unefois_server.executable(), "try", *map(str, arguments)]
    return subprocess.run(command, input=answers.encode(), capture_output=True, timeout=60, env=environment,
                          cwd=unefois_server.ROOT)


def test_a_script_gets_the_body_alone(hub):
    base, token, file = hub
    done = run("quotient-familial", "--json", "--url", base, token=token)
    assert done.returncode == 0 and done.stderr == b""
    assert json.loads(done.stdout)["data"]["quotient_familial"]["valeur"] == 620
    done = run("unites-legales", "--json", "--url", base, "--token-file", file)
    assert done.returncode == 0 and json.loads(done.stdout)["data"]["siren"]


def test_a_refusal_ends_in_failure_and_says_what_to_do(hub):
    base, token, _ = hub
    done = run("quotient-familial", "--param", "nomNaissance=1", "--param", "recipient=1", "--url", base, token=token)
    text = done.stdout.decode()
    assert done.returncode == 1 and "422 refusé" in text and "00210" in text
    assert "recipient : Donnez les quatorze chiffres" in text


@pytest.mark.parametrize("arguments, reason", [
    (["quotient-familial", "--json"], "UNEFOIS_TOKEN"), (["rien-de-tel", "--json"], "Aucune API"),
    (["quotient-familial", "--param", "nom=X"], "n'a pas de paramètre nom"),
    (["quotient-familial", "--json", "--url", "http://hub.example"], "https"), (["insee", "--json"], "Laquelle ?"),
    (["quotient-familial", "--json", "--token-file", "/nowhere"], "ne contient pas un jeton"),
])
def test_what_cannot_be_done_is_told(arguments, reason):
    need("unefois", unefois_server.executable())
    token = None if reason == "UNEFOIS_TOKEN" else "a.b.c"
    done = run(*arguments, token=token)
    assert done.returncode != 0 and reason in done.stderr.decode()


def test_answers_may_come_through_a_pipe(hub):
    base, token, _ = hub
    done = run(answers="\n".join(["quotient familial", "3", "1", base, token] + [""] * 15) + "\n")
    assert done.returncode == 0
    assert "200 accepté" in done.stdout.decode() and '"valeur": 620' in done.stdout.decode()
    assert token not in done.stdout.decode() + done.stderr.decode()
    assert "\x1b[" not in done.stdout.decode()


def test_at_a_terminal_the_token_is_hidden_and_the_answer_coloured(hub):
    base, token, _ = hub
    process, terminal = pty.fork()
    if process == 0:
        os.environ.pop("NO_COLOR", None)
        os.environ.pop("UNEFOIS_TOKEN", None)
        os.chdir(unefois_server.ROOT)
        os.execv(unefois_server.executable(), ["unefois", "try", "quotient-familial", "--url", base])
    seen = until(terminal, "Version, de 1 à 3 [1] : ")
    os.write(terminal, b"1\n")
    seen += until(terminal, "(rien ne s'affiche) : ")
    time.sleep(0.3)  # the question is asked just before the terminal stops showing what is typed
    os.write(terminal, token.encode() + b"\n")
    for _ in range(14):
        seen += until(terminal, "] : ", " : ")
        os.write(terminal, b"\n")
    seen += until(terminal, "a : autre API. ")
    os.write(terminal, b"\n")
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0
    assert "\x1b[32m200 accepté" in seen and "\x1b[33m620\x1b[0m" in seen
    assert token not in seen


def until(terminal, *ends, seconds=30):
    """What the program writes until it asks."""
    seen, deadline = b"", time.monotonic() + seconds
    while not any(seen.decode(errors="ignore").endswith(end) for end in ends):
        assert time.monotonic() < deadline, seen.decode(errors="replace")
        if select.select([terminal], [], [], 0.1)[0]:
            seen += os.read(terminal, 4096)
    return seen.decode(errors="replace")
