"""The words of targets: what a word of a phrase may look like in print, and which units count the same things.

Words, units and who publishes which figure are tables (``tables/*.csv``); here they are only looked up.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lantian.registers import Label

_TABLES = Path(__file__).with_name("tables")
# Words that say that something is done, not what: they explain nothing and need no explaining.
_EMPTY = re.compile(
    "符合条件|具备条件|设备|设施|场站|新建|完成|建设|实施|开展|推进|组织|使用|采用|实现|达到|力争|任务|工程|工作|项目|改造|整治|重点|排放标准|标准|运输|车辆|企业|行业"
    "|全市|全区|各区|各街道|当年|年度|全年|累计|水平|以上|以下|左右|其中|对|的|了|中|或|和|与|及|为|在|等|开|级"
)


@cache
def table(name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of ``tables/<name>.csv``."""
    with (_TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def normal(text: str) -> str:
    """A text as it is compared: full width folded, subscripts joined, no blanks."""
    folded = unicodedata.normalize("NFKC", text).translate(_SAME)
    return re.sub(r"\s+", "", folded)


_SAME = {ord("μ"): "µ", ord("～"): "~", ord("﹣"): "-", ord("−"): "-", ord("•"): "·", ord("・"): "·"}


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a phrase: how it may be printed, and whether it must stand in the target's own words."""

    text: str
    pattern: re.Pattern[str]
    own: bool


@cache
def word(text: str) -> Word:
    """A word of a phrase: a word of the table stands for all its forms; ``a|b`` for either."""
    rows = {row["word"]: row for row in table("wording")}
    forms, own = [], True
    for part in text.split("|"):
        row = rows.get(part)
        forms.append(row["forms"] if row else re.escape(normal(part)))
        own = own and row is not None and row["where"] == "own"
    return Word(text, re.compile("|".join(forms), re.IGNORECASE), own)


@cache
def phrase(text: str) -> tuple[Word, ...]:
    """The words of a phrase of an indicator's ``answers``."""
    return tuple(word(part) for part in text.split())


def residue(subject: str, words: tuple[Word, ...], title: str) -> float:
    """How much of a target's subject the words and the indicator's title leave unexplained: 0 nothing, 1 all of it."""
    whole = _EMPTY.sub("", normal(subject))
    if not whole:
        return 0.0
    rest = whole
    for item in words:
        rest = item.pattern.sub(" ", rest)
    rest = re.sub("[率量数](?= |$)", "", _unsaid(rest, normal(title)))  # the kind of figure is no subject
    return len(re.sub(r"\W", "", rest)) / max(len(re.sub(r"\W", "", whole)), 1)


def _unsaid(text: str, title: str) -> str:
    """What of a text the title does not say: runs of two characters and more that stand in the title go."""
    kept, at = "", 0
    while at < len(text):
        length = next((n for n in range(len(text) - at, 1, -1) if text[at : at + n] in title), 0)
        kept += "" if length else text[at]
        at += length or 1
    return kept


def sorts(unit: str) -> frozenset[str]:
    """What a printed unit counts (``tables/units.csv``); a unit that the table lacks is a sort of its own."""
    row = _units().get(normal(unit))
    return frozenset(row["sorts"].split()) if row else frozenset({normal(unit)})


def factor(printed: str, wanted: str) -> float:
    """By what a figure in the printed unit is multiplied to stand in the wanted one."""
    rows = _units()
    one, other = rows.get(normal(printed)), rows.get(normal(wanted))
    return float(one["factor"]) / float(other["factor"]) if one and other else 1.0


@cache
def _units() -> dict[str, Mapping[str, str]]:
    return {normal(row["unit"]): row for row in table("units")}


def published(text: str) -> Label | None:
    """Who publishes the figure that a text speaks of, where it is not ours to count (``tables/external.csv``)."""
    for row in table("external"):
        if re.search(row["pattern"], text):
            return Label(row["zh"], row["en"])
    return None


def uncounted(text: str) -> Label | None:
    """Why no register counts what a text speaks of, where that can be said (``tables/uncounted.csv``)."""
    for row in table("uncounted"):
        if re.search(row["pattern"], text):
            return Label(row["zh"], row["en"])
    return None
