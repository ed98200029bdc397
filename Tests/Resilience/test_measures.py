"""The measures of `Benchmarks`, short and slow: a machine that does other things must not fail them.

What the machine itself decides (milliseconds) is left to `Benchmarks/overload` and `Benchmarks/isolation` as they are;
many kills at random moments, to `Benchmarks/ledger/kills`.
"""
import os
import pathlib
import subprocess
import sys

BENCHMARKS = pathlib.Path(__file__).resolve().parents[2] / "Benchmarks"


def holds(binary, name, *options):
    done = subprocess.run([sys.executable, str(BENCHMARKS / name), *options], capture_output=True, text=True, timeout=180,
                          env={**os.environ, "HUB_BIN": str(binary)})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_full_hub_goes_on_serving_and_shares_its_places(binary):
    printed = holds(binary, "overload", "--seconds", "10", "--limit", "20", "--delay", "1", "--refusal", "2000")
    assert "indice de Jain" in printed


def test_a_provider_that_is_slow_or_dead_is_not_felt_by_the_calls_to_another(binary):
    holds(binary, "isolation", "--seconds", "5", "--rounds", "1", "--rate", "15", "--ratio", "8")


def test_what_was_answered_before_a_kill_is_in_the_ledger(binary):
    assert "perdus : 0 ; doublés : 0" in holds(binary, "ledger/kills", "--serve", "--kills", "3")
