"""A hub whose patience is short, so that who abuses it is cut off in the time of a test."""
import pytest

import hub_calls
import unefois_server
from listening import Listening
from patience import PATIENCE


@pytest.fixture(scope="session")
def hub(binary, tmp_path_factory):
    folder = tmp_path_factory.mktemp("security")
    environment = {"UNEFOIS_SERVER_IDLE_TIMEOUT": str(PATIENCE),
                   "UNEFOIS_SERVER_REQUEST_TIMEOUT": str(PATIENCE)}
    with unefois_server.unefois(folder, binary=binary, environment=environment) as (base, process):
        listening = Listening(base, process, unefois_server.token(folder, binary))
        caller = hub_calls.Hub(base, listening.token)
        caller.wait_until_ready(caller.ask_sandbox)
        yield listening
