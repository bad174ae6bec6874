"""Word tables of the target grammar, compiled once (``tables/target_*.csv``; the words are data, the rules are code)."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files

from lantian.reading.model import Comparator


def table(name: str) -> list[dict[str, str]]:
    """The rows of one table of the target grammar."""
    with (files("lantian.reading") / "tables" / name).open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@cache
def _groups() -> dict[str, str]:
    return {row["group"]: row["pattern"] for row in table("target_words.csv")}


def fragment(group: str) -> str:
    """The alternation of one group of ``target_words.csv`` as a non-capturing regex fragment, longest word first."""
    words = sorted(_groups()[group].split("|"), key=len, reverse=True)
    return "(?:" + "|".join(words) + ")"


@cache
def words(group: str) -> re.Pattern[str]:
    """The words of one group, to be searched anywhere."""
    return re.compile(fragment(group))


@cache
def words_at_end(group: str) -> re.Pattern[str]:
    """The words of one group at the end of a text."""
    return re.compile(fragment(group) + r"\Z")


@cache
def words_at_start(group: str) -> re.Pattern[str]:
    """The words of one group at the start of a text (use ``match``)."""
    return re.compile(fragment(group))


@cache
def unit_classes() -> dict[str, str]:
    """Unit as printed → class: ratio, point, count, extent, size, indicator, time (``tables/target_units.csv``)."""
    return {row["unit"]: row["class"] for row in table("target_units.csv")}


@cache
def unit_pattern() -> re.Pattern[str]:
    """A unit as printed, with its denominators: ``吨/平方公里·月``, ``蒸吨/小时``, ``微克/立方米``."""
    base = "|".join(re.escape(unit) for unit in sorted(unit_classes(), key=len, reverse=True))
    under = "|".join(
        re.escape(row["unit"]) for row in sorted(table("target_denominators.csv"), key=lambda row: -len(row["unit"]))
    )
    below = rf"[百千万亿]{{0,2}}(?:{under})(?:国内生产总值|GDP)?(?:[·•・∙⋅．.﹒*×](?:{under}))*"
    return re.compile(
        rf"(?P<base>{base})(?![A-Za-z])(?:(?P<per>[/／∕]|每)(?:[(（]{below}[)）]|{below})(?:[/／](?:{under}))?)?"
        r"(?:标准煤|标煤)?"
    )


@cache
def comparators() -> tuple[tuple[str, Comparator], ...]:
    """(word, comparator) printed before the figure, longest word first."""
    return _comparators("before")


@cache
def comparators_after() -> tuple[tuple[str, Comparator], ...]:
    """(word, comparator) printed after the figure, longest word first."""
    return _comparators("after")


@cache
def fillers() -> tuple[str, ...]:
    """Words between subject and figure that mean nothing for the comparison (力争, 均, 累计 …), longest first."""
    return tuple(word for word, _ in _comparators("filler"))


@cache
def _comparators(position: str) -> tuple[tuple[str, Comparator], ...]:
    pairs: list[tuple[str, Comparator]] = []
    for row in table("target_comparators.csv"):
        if row["position"] == position:
            pairs += [(word, row["comparator"]) for word in row["pattern"].split("|")]  # type: ignore[misc]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))
