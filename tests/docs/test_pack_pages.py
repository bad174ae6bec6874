"""docs/coverage.md and docs/packs-shipped.md: every entry once, every name and page true, nothing shipped unnamed."""

from __future__ import annotations

import re
from functools import cache

import pytest

from lantian.indicators.packs import Indicators, load
from lantian.registers import load as load_packs
from tests.conftest import ROOT

PAGES = ROOT / "docs"


@cache
def shipped() -> Indicators:
    return load(load_packs())


def names() -> dict[str, set[str]]:
    found = shipped()
    return {"register": set(found.packs.registers), "indicator": set(found.indicators), "rule": set(found.rules)}


def rows(page: str) -> list[list[str]]:
    lines = (PAGES / page).read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]


def test_every_entry_of_the_catalogues_stands_once() -> None:
    ids = [row[0] for row in rows("coverage.md")]
    assert [int(item) for item in ids if item.isdigit()] == list(range(1, 198))
    district = [item for item in ids if re.fullmatch(r"D\d+", item)]
    assert district == [f"D{number}" for number in range(1, len(district) + 1)]
    assert len(district) >= 20


@pytest.mark.parametrize("kind", ["register", "indicator", "rule"])
def test_what_an_entry_names_is_there(kind: str) -> None:
    text = (PAGES / "coverage.md").read_text(encoding="utf-8")
    assert set(re.findall(rf"{kind} `(\w+)`", text)) <= names()[kind]


def test_every_entry_says_where_or_not_yet() -> None:
    for number, _entry, where in (row for row in rows("coverage.md") if re.fullmatch(r"D?\d+", row[0])):
        assert "`" in where or "](" in where or "not yet" in where, number
        for page in re.findall(r"\]\(([\w-]+\.md)\)", where):
            assert (PAGES / page).is_file(), (number, page)


def test_every_pack_has_a_section_that_names_all_it_ships() -> None:
    text = (PAGES / "packs-shipped.md").read_text(encoding="utf-8")
    sections = {part.split("`", 2)[1]: part for part in re.split(r"^## ", text, flags=re.M)[1:]}
    found = shipped()
    assert set(sections) == {pack.name for pack in found.packs.packs}
    for pack in found.packs.packs:
        section = sections[pack.name]
        own = {item.name for item in pack.registers}
        own |= {item.name for item in (*found.indicators.values(), *found.rules.values()) if item.pack == pack.name}
        named = set(re.findall(r"^\| `(\w+)` \|", section, re.M))
        assert named == own, (pack.name, named ^ own)
        assert "Serves: “" in section
