"""What a test cannot do without."""
import os

import pytest


def need(what, found):
    """A missing tool skips the tests on a developer's machine and fails them in continuous integration."""
    if not found:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{what} is missing: scripts/setup --test, swift build")
    return found
