"""A hub whose patience is short, so that who abuses it is cut off in the time of a test."""
import urllib.parse

import pytest

import hub_calls
import unefois_server
from patience import PATIENCE


class Listening:
    def __init__(self, base, process, token):
        self.base, self.process, self.token = base, process, token
        host, port = urllib.parse.urlsplit(base).netloc.split(":")
        self.address = (host, int(port))

    def is_well(self):
        return self.process.poll() is None and unefois_server.answers(self.base + "/health")

    def memory(self):
        """Resident, in MiB."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


@pytest.fixture(scope="session")
def hub(binary, tmp_path_factory):
    folder = tmp_path_factory.mktemp("security")
    environment = {**hub_calls.CLOCK, "UNEFOIS_SERVER_IDLE_TIMEOUT": str(PATIENCE),
                   "UNEFOIS_SERVER_REQUEST_TIMEOUT": str(PATIENCE)}
    with unefois_server.unefois(folder, binary=binary, environment=environment) as (base, process):
        listening = Listening(base, process, unefois_server.token(folder, binary))
        caller = hub_calls.Hub(base, listening.token)
        caller.wait_until_ready(caller.ask_sandbox)
        yield listening
