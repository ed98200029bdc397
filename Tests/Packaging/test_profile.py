"""The profile that release builds are compiled by, as the compiler of this machine sees it."""
import pathlib
import re
import shutil
import subprocess

import pytest

from needs import need

PROFILE = pathlib.Path(__file__).resolve().parents[2] / "Benchmarks/calls.profdata"
MODULES = ["Values", "CatalogueModel", "DataProviders", "Gateway", "Ledger"]


@pytest.fixture(scope="module")
def functions():
    swiftc = pathlib.Path(need("swiftc", shutil.which("swiftc"))).resolve()
    reader = need("llvm-profdata", shutil.which("llvm-profdata", path=str(swiftc.parent)))
    shown = subprocess.run([reader, "show", "--all-functions", PROFILE], capture_output=True, text=True)
    assert shown.returncode == 0, f"Benchmarks/profile la refait : {shown.stderr}"
    assert "Instrumentation level: IR" in shown.stdout
    return re.findall(r"^  (\S.*):$", shown.stdout, re.MULTILINE)


@pytest.mark.parametrize("module", MODULES)
def test_each_module_of_a_call_is_in_it(functions, module):
    mangled = f"s{len(module)}{module}"
    assert sum(mangled in name for name in functions) > 50


def test_it_names_no_folder_of_the_machine_that_made_it(functions):
    assert [name for name in functions if "/" in name] == []
