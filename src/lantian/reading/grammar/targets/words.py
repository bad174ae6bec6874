"""Word tables of the target grammar (``tables/target_*.csv``), compiled once: words are data, rules are code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from lantian.reading.lexicon import table
from lantian.reading.model import Comparator

HAN = r"[^\W\dA-Za-z_]"  # letters that are none of ours: [一-龥] takes a millisecond to compile, each time


@cache
def _groups() -> dict[str, str]:
    return {row["group"]: row["pattern"] for row in table("target_words")}


@cache
def fragment(group: str) -> str:
    """The alternation of one group of ``target_words.csv`` as a non-capturing regex fragment, longest word first."""
    pattern = _groups()[group]
    words = [pattern] if "(" in pattern else sorted(pattern.split("|"), key=len, reverse=True)
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
    return {row["unit"]: row["class"] for row in table("target_units")}


@dataclass(frozen=True, slots=True)
class UnitMatch:
    """A unit found in a text: as printed, its class (``rate`` with a denominator), and where it ends."""

    name: str
    unit_class: str
    end: int


def match_unit(text: str, position: int) -> UnitMatch | None:
    """The unit that stands at ``position``, with its denominators (``吨/平方公里·月``); None where none does."""
    base = _base_unit().match(text, position)
    if base is None:
        return None
    unit_class, end = unit_classes()[base[0]], base.end()
    if text[end : end + 1] in ("/", "／", "∕", "每") and (under := _denominators().match(text, end)):
        unit_class, end = "rate", under.end()
    return UnitMatch(text[position:end], unit_class, end)


@cache
def _base_unit() -> re.Pattern[str]:
    units = sorted(unit_classes(), key=len, reverse=True)
    share = r"(?=以上|以下|以内|左右|[的，,。；;、）)]|\Z)"  # 八成以上, not 十成果
    listed = "|".join(re.escape(unit) + (share if unit == "成" else "") for unit in units)
    return re.compile(f"(?:{listed})(?![A-Za-z])")


@cache
def _denominators() -> re.Pattern[str]:
    units = sorted((row["unit"] for row in table("target_denominators")), key=len, reverse=True)
    one = "(?:" + "|".join(re.escape(unit) for unit in units) + ")"
    return re.compile(
        rf"(?:[/／∕每][(（]?[百千万亿]{{0,2}}{one}(?:国内生产总值|GDP)?(?:[·•・∙⋅．.﹒*×]{one})*[)）]?){{1,2}}(?:标准煤|标煤)?"
    )


@cache
def comparators() -> dict[str, Comparator]:
    """Word printed before the figure → comparator."""
    return dict(_comparators("before"))


@cache
def tail_words() -> re.Pattern[str]:
    """Comparison words and fillers at the end of the words before a figure (力争, 均, 控制在 …), longest first."""
    listed = [*(word for word, _ in _comparators("before")), *(word for word, _ in _comparators("filler") if word)]
    each = {"均": "(?<![人年月户日平])均"}  # 均 of 人均, 年均 belongs to the indicator
    return re.compile(
        "(?:" + "|".join(each.get(word, re.escape(word)) for word in sorted(listed, key=len, reverse=True)) + r")\Z"
    )


@cache
def comparators_after() -> tuple[tuple[str, Comparator], ...]:
    """(word, comparator) printed after the figure, longest word first."""
    return _comparators("after")


@cache
def _comparators(position: str) -> tuple[tuple[str, Comparator], ...]:
    pairs: list[tuple[str, Comparator]] = []
    for row in table("target_comparators"):
        if row["position"] == position:
            pairs += [(word, row["comparator"]) for word in row["pattern"].split("|")]  # type: ignore[misc]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))
