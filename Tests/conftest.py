"""What every kind of test over a running hub needs."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "Support"))
import unefois_server  # noqa: E402
from needs import need  # noqa: E402


@pytest.fixture(scope="session")
def binary():
    """The program under test."""
    return need("unefois", unefois_server.executable())
