"""Numerals with units in running text: 180万辆次, 4.5吨/平方公里·月, 100—150个, 三十家, 百分之十五, 三分之一, 双100%.

Values are plain numbers with 万 and 亿 multiplied out; units stay as printed (contracts §1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from lantian.reading.grammar.targets.words import comparators_after, match_unit
from lantian.reading.model import Comparator
from lantian.reading.numerals import amount

Number = float | int

_SCALES = {"百": 100, "千": 1000, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8, "十亿": 10**9,
           "百亿": 10**10, "千亿": 10**11, "万亿": 10**12}  # fmt: skip
_LARGEST = Decimal(10) ** 18

_ARABIC = r"\d{1,3}(?:,\d{3}(?!\d))+(?:\.\d+)?|\d{1,15}(?:\.\d{1,8})?"
_SCALE = r"(?:万亿|千亿|百亿|十亿|千万|百万|亿|万|百(?!分)|千(?![瓦米克伏帕卡焦乏兆]))"
_CHINESE = (
    r"(?:[百千](?=[余多])|[一二两三四五六七八九十][零〇一二两三四五六七八九十百千万亿]{0,14}"
    r"(?:点[零〇一二三四五六七八九]{1,6})?)"
)
_DASH = r"(?P<dash>[—–―\-－~～〜至到]{1,2})"
_FRACTION = re.compile(
    rf"(?P<percent>百分之|千分之|万分之)(?P<part>{_ARABIC}|{_CHINESE})|(?P<den>{_CHINESE})分之(?P<num>{_CHINESE})"
)
_NUMERAL = re.compile(
    rf"(?P<double>双)?(?<![A-Za-z\d.．/])(?:(?P<arabic>{_ARABIC})(?P<scale>{_SCALE})?|(?P<chinese>{_CHINESE}))"
)
_SECOND = re.compile(
    rf"(?P<unit>[^\d一二两三四五六七八九十]{{0,10}}?){_DASH}(?:(?P<arabic>{_ARABIC})(?P<scale>{_SCALE})?|(?P<chinese>{_CHINESE}))"
)
_LOOSE = re.compile(r"余|多|几")
_AFTER = re.compile("\x01{0,8}(?P<word>" + "|".join(re.escape(word) for word, _ in comparators_after()) + ")")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．％", "0123456789.%")

UnitClass = Literal["ratio", "point", "count", "extent", "size", "indicator", "time", "rate", "none"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A numeral with its unit. ``span`` covers numeral and unit, ``end`` also the comparator word after it.

    ``unit_class`` is ``rate`` for a unit with a denominator (吨/日), ``none`` for a bare numeral in a list whose last
    item carries the unit (40、42、45微克/立方米) or after an index (综合指数).
    """

    start: int
    unit_end: int
    end: int
    value: Number
    value_max: Number | None
    unit: str | None
    unit_class: UnitClass
    after: Comparator | None
    loose: bool = False
    double: bool = False
    chinese: bool = False


def fold_digits(text: str) -> str:
    """Full-width digits, point and percent sign as half-width ones; the length stays the same."""
    return text.translate(_FULL_WIDTH)


def plain(value: Decimal) -> Number:
    """A Decimal as int where it is whole, else as float."""
    return int(value) if value == value.to_integral_value() else float(value)


def find_quantities(masked: str) -> Iterator[Quantity]:
    """Every numeral with its unit, left to right. ``masked`` has half-width digits (:func:`fold_digits`)."""
    position = 0
    while True:
        numeral = _NUMERAL.search(masked, position)
        fraction = _FRACTION.search(masked, position, (numeral.end() + 12) if numeral else len(masked))
        if fraction and (numeral is None or fraction.start() <= numeral.start()):
            position = fraction.end()
            if (quantity := _fraction(masked, fraction)) is not None:
                position = quantity.end
                yield quantity
            continue
        if numeral is None:
            return
        quantity = _quantity(masked, numeral)
        position = numeral.end() if quantity is None else max(quantity.unit_end, numeral.end())
        if quantity is not None:
            yield quantity


def _decimal(match: re.Match[str]) -> Decimal | None:
    try:
        if match["chinese"]:
            value = amount(match["chinese"])
        else:
            value = Decimal(match["arabic"].replace(",", "")) * _SCALES.get(match["scale"] or "", 1)
    except InvalidOperation:
        return None
    return value if value is not None and value < _LARGEST else None


def _repeats_unit(match: re.Match[str]) -> bool:
    """Whether the first figure of a range has its own unit (3%—5%); 提高5个百分点到80% is no range."""
    return (
        (unit := match_unit(match["unit"], 0)) is not None
        and unit.end == len(match["unit"])
        and (match["dash"] not in "至到" or match["unit"] == "%")
    )


def _fraction(text: str, match: re.Match[str]) -> Quantity | None:
    if match["percent"]:
        part = match["part"]
        value = Decimal(part.replace(",", "")) if part[0].isdecimal() else amount(part)
        if value is None:
            return None
        unit = {"百分之": "%", "千分之": "‰", "万分之": "‱"}[match["percent"]]
    else:
        top, bottom = amount(match["num"]), amount(match["den"])
        if top is None or not bottom or top > bottom:
            return None
        value, unit = round(100 * top / bottom, 2), "%"
    return _finish(text, match.start(), match.end(), plain(value), None, unit, "ratio", chinese=True)


def _quantity(text: str, match: re.Match[str]) -> Quantity | None:
    value = _decimal(match)
    if value is None:
        return None
    start, end = match.start("double") if match["double"] else match.start(), match.end()
    top: Decimal | None = None
    second = _SECOND.match(text, end)
    if second and (not second["unit"] or _repeats_unit(second)):
        top = _decimal(second)
        if top is not None:
            end = second.end()
            if second["scale"] and not match["scale"] and not second["unit"] and value < top:
                value *= _SCALES[second["scale"]]
            if top <= value:
                return None
    loose = _LOOSE.match(text, end)
    if loose:
        end = loose.end()
        scale = re.compile(_SCALE).match(text, end)
        if scale:
            value *= _SCALES[scale[0]]
            end = scale.end()
    unit = match_unit(text, end)
    maximum = None if top is None else plain(top)
    chinese = bool(match["chinese"])
    if unit is None or (match["double"] and unit.name != "%"):
        if chinese:
            return None
        return _finish(text, start, end, plain(value), maximum, None, "none", loose=bool(loose))
    name = unit.name
    if name == "成":
        value, maximum = value * 10, None if top is None else plain(top * 10)
        name = "%"
    if name in ("％", "﹪"):
        name = "%"
    return _finish(
        text, start, unit.end, plain(value), maximum, name, unit.unit_class,  # type: ignore[arg-type]
        loose=bool(loose), double=bool(match["double"]), chinese=chinese,
    )  # fmt: skip


def _finish(
    text: str, start: int, unit_end: int, value: Number, maximum: Number | None, unit: str | None, kind: UnitClass,
    *, loose: bool = False, double: bool = False, chinese: bool = False,
) -> Quantity:  # fmt: skip
    after = _AFTER.match(text, unit_end)
    end = after.end() if after else unit_end
    comparator = dict(comparators_after())[after["word"]] if after else None
    return Quantity(start, unit_end, end, value, maximum, unit, kind, comparator, loose, double, chinese)
