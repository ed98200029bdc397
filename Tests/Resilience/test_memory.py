"""What the service holds when nothing happens: its start needs twice as much as it keeps."""
import time
import urllib.request

import unefois_server

MOST = 70e6  # resident bytes; 80 MB are promised


def resident(process):
    with open(f"/proc/{process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) * 1024


def test_a_service_at_rest_is_small_and_answers_still(binary, tmp_path):
    with unefois_server.unefois(tmp_path, "--no-sandbox", binary=binary) as (base, process):
        for _ in range(100):
            if resident(process) <= MOST:
                break
            time.sleep(0.1)
        assert resident(process) <= MOST
        for page in ("/health", "/catalogue", "/openapi"):
            with urllib.request.urlopen(base + page) as answer:
                assert answer.status == 200 and answer.read()
