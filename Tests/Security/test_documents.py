"""What the documents about security and privacy say must stay true of the code."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
PRIVACY = (ROOT / "docs/privacy.md").read_text()
SECURITY = (ROOT / "docs/security.md").read_text()


def code():
    return {path: path.read_text() for path in (ROOT / "Sources").rglob("*.swift")}


def test_every_table_is_named_with_what_it_holds():
    tables = {name for text in code().values() for name in re.findall(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)", text)}
    assert len(tables) > 15
    assert sorted(table for table in tables if f"`{table}`" not in PRIVACY) == []


def test_every_table_that_is_named_exists():
    section = PRIVACY.split("### Tables")[1].split("\n#")[0]
    named = {name for line in re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE) for name in re.findall(r"`(\w+)`", line)}
    everything = "\n".join(code().values())
    assert len(named) > 15
    assert sorted(name for name in named if not re.search(rf"CREATE TABLE (IF NOT EXISTS )?{name}\b", everything)) == []


def test_every_proof_that_is_named_exists():
    named = set(re.findall(r"`((?:Tests|Fuzz|Benchmarks)/[\w./]+)`", SECURITY))
    assert len(named) > 10 and sorted(name for name in named if not (ROOT / name).exists()) == []
