"""A hub over the network before providers of ours that can be told to misbehave."""
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
import unefois_server  # noqa: E402


@pytest.fixture(scope="session")
def binary():
    """A missing program skips the tests on a developer's machine and fails them in continuous integration."""
    found = unefois_server.executable()
    if not found:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("unefois is missing: swift build")
    return found
