"""What the service holds when nothing happens: the code that only its start needed is given back."""
import time
import urllib.request

import unefois_server

MOST = 80_000_000  # resident bytes


def resident(process, what):
    with open(f"/proc/{process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(what + ":")) * 1024


def test_a_service_at_rest_gives_back_the_code_of_its_start_and_answers_still(binary, tmp_path):
    with unefois_server.unefois(tmp_path, "--no-sandbox", binary=binary) as (base, process):
        at_start = resident(process, "RssFile")
        deadline = time.monotonic() + 10
        while resident(process, "RssFile") > at_start * 2 / 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert resident(process, "RssFile") <= at_start * 2 / 3
        assert resident(process, "VmRSS") <= MOST
        for page in ("/health", "/catalogue", "/openapi"):
            with urllib.request.urlopen(base + page) as answer:
                assert answer.status == 200 and answer.read()
