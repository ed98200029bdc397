"""What release builds are compiled and linked by: the profile, as the compiler of this machine sees it, and the order of
functions."""
import pathlib
import re
import shutil
import subprocess

import pytest

from needs import need

BENCHMARKS = pathlib.Path(__file__).resolve().parents[2] / "Benchmarks"
PROFILE = BENCHMARKS / "calls.profdata"
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


@pytest.fixture(scope="module")
def edges():
    return [line.split(" ") for line in (BENCHMARKS / "calls.edges").read_text().splitlines()]


def test_each_edge_is_two_symbols_and_a_count(edges):
    symbol = re.compile(r"[A-Za-z_$.][\w$.@]*")
    assert [edge for edge in edges if len(edge) != 3 or not edge[2].isdigit()
            or not symbol.fullmatch(edge[0]) or not symbol.fullmatch(edge[1])] == []


@pytest.mark.parametrize("module", [*MODULES, "NIOCore", "NIOPosix"])
def test_the_order_knows_each_module_of_a_call(edges, module):
    mangled = f"s{len(module)}{module}"
    assert len({name for edge in edges for name in edge[:2] if mangled in name}) > 20
