"""The tables of examples in docs/reading are read again: a page must not show what the grammar does not do."""

from __future__ import annotations

import pytest

from lantian.reading.grammar.deadlines import read_deadline
from lantian.reading.grammar.targets import find_targets
from lantian.reading.grammar.units import read_unit_lists
from lantian.reading.model import ROLE_NAMES
from lantian.reading.prose.brackets import find_duties
from tests.conftest import ROOT

YEAR = 2026
NOTHING = "–"


def examples(name: str, *header: str) -> list[tuple[str, ...]]:
    """The rows of the table of a page that has this header."""
    lines = (ROOT / "docs" / "reading" / name).read_text(encoding="utf-8").splitlines()
    start = lines.index("| " + " | ".join(header) + " |")
    rows: list[tuple[str, ...]] = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append(tuple(cell.strip() for cell in line.strip("|").split("|")))
    assert all(len(row) == len(header) for row in rows)
    return rows


def shown(value: object) -> str:
    return NOTHING if value is None or value == "" else str(value)


@pytest.mark.parametrize(("print_", "kind", "start", "end"), examples("deadlines.md", "print", "kind", "start", "end"))
def test_deadlines(print_: str, kind: str, start: str, end: str):
    deadline = read_deadline(print_, year=YEAR, region="北京市")
    assert (deadline.kind, shown(deadline.start), shown(deadline.end), deadline.also) == (kind, start, end, ())


@pytest.mark.parametrize(("print_", "units", "flags"), examples("units.md", "print", "units", "flags"))
def test_units(print_: str, units: str, flags: str):
    text = print_.replace("⏎", "\n")
    [found] = read_unit_lists([text], region="云川市", level="municipal", year=YEAR)
    raised = {flag.id for item in (found, *found.mentions) for flag in item.flags}
    assert shown(" · ".join(mention.name for mention in found.mentions)) == units
    assert shown(" ".join(sorted(raised))) == flags


@pytest.mark.parametrize(
    ("text", "kind", "comparator", "value", "unit", "subject"),
    examples("targets.md", "text", "kind", "comparator", "value", "unit", "subject"),
)
def test_targets(text: str, kind: str, comparator: str, value: str, unit: str, subject: str):
    [target] = find_targets(text, year=YEAR, due=None)
    found = (target.kind, shown(target.comparator), shown(target.value), shown(target.unit), target.subject)
    assert found == (kind, comparator, value, unit, subject)


@pytest.mark.parametrize(("text", "_why"), examples("targets.md", "text", "why"))
def test_no_targets(text: str, _why: str):
    assert find_targets(text, year=YEAR, due=None) == ()


@pytest.mark.parametrize(
    ("bracket", "lists"),
    [(row[0], row[1:]) for row in examples("prose.md", "bracket", "lead", "responsible", "support")],
)
def test_role_brackets(bracket: str, lists: tuple[str, ...]):
    text = f"推进治理。{bracket}"
    found = find_duties(text)
    roles = [role for item in found for role in item.duties.roles]
    printed = tuple(shown("；".join(role.text for role in roles if role.role == name)) for name in ROLE_NAMES)
    assert printed == lists
    assert [text[item.start : item.end] for item in found] == ([] if set(lists) == {NOTHING} else [bracket])
