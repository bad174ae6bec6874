"""提示: the text to a street among the last 30, built from the numbers. A paper is Chinese in every language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lantian.apps.received.models import Bulletin, Figure
from lantian.apps.received.series import Standing, last_of
from lantian.reading.received.words import indicators

UNITS = {"µg/m³": "微克/立方米", "mg/m³": "毫克/立方米", "g/m²": "克/平方米", "t/(km²·30d)": "吨/平方公里·30天"}
DUST = frozenset({"tsp", "dustfall", "road_load", "road_residue"})


@dataclass(frozen=True, slots=True)
class Notice:
    """Title, the unit it goes to, and the paragraphs; whoever sends it edits them first."""

    title: str
    to: str
    paragraphs: tuple[str, ...]


def notice_of(name: str, standings: Sequence[Standing], *, issuer: str) -> Notice | None:
    """The notice about the latest ranking in which the street is among the last 30, None if it is not.

    ``standings`` are those of one indicator, the latest first; ``name`` is who gets the notice.
    """
    if not standings or not standings[0].last:
        return None
    now = standings[0]
    indicator = indicators()[now.figure.indicator]
    title = f"关于{in_words(now.figure)}{indicator.zh}排名情况的提示"
    body = [_standing(now, _what(now.figure), issuer), _times(standings, now)]
    if now.gap is not None and now.edge is not None:
        body.append(_gap(now, _what(now.figure)))
    dust = "重点排查施工工地、裸地和道路扬尘等问题，" if now.figure.indicator in DUST else ""
    body.append(f"请认真分析原因，{dust}采取针对性措施，并将原因分析和整改情况报送我单位。")
    return Notice(title, name, tuple(body))


def in_words(figure: Figure | Bulletin) -> str:
    """2025年10月上半月, 2025年9月, 2025年1—9月."""
    start, end = figure.start, figure.end
    if start is None or end is None:
        return ""
    if figure.period_kind == "half_month":
        return f"{start.year}年{start.month}月{'上' if start.day == 1 else '下'}半月"
    if figure.period_kind == "month":
        return f"{start.year}年{start.month}月"
    if figure.period_kind == "year":
        return f"{start.year}年"
    if start.day == 1 and (end.year, end.day > 27) == (start.year, True):
        return f"{start.year}年{start.month}—{end.month}月"
    return f"{_day(start)}至{_day(end)}"


def number(value: Decimal) -> str:
    """A figure without trailing zeros: 145, 0.13."""
    return f"{value.normalize():f}"


def _standing(now: Standing, what: str, issuer: str) -> str:
    figure = now.figure
    n = last_of(figure)
    source = f"据{issuer}通报，" if issuer else ""
    value = f"{what}为{number(figure.value)}{_unit(figure.unit)}，" if figure.value is not None else ""
    text = f"{source}{in_words(figure)}，你单位{value}在全市街道（乡镇）{what}后{n}名中列倒数第{figure.rank}位"
    before = now.before
    if before is not None and before.value is not None and figure.value is not None:
        change = figure.value - before.value
        word = "上升" if change > 0 else "下降" if change < 0 else "持平"
        amount = f"{number(abs(change))}{_unit(figure.unit)}" if change else ""
        text += f"，较{in_words(before)}（{number(before.value)}{_unit(before.unit)}）{word}{amount}"
    return text + "。"


def _times(standings: Sequence[Standing], now: Standing) -> str:
    year, n = now.figure.start.year if now.figure.start else 0, last_of(now.figure)
    periods = [
        standing.figure
        for standing in reversed(standings)
        if standing.last and standing.figure.start and standing.figure.start.year == year
    ]
    if len(periods) == 1:
        return f"这是你单位{year}年首次列入后{n}名。"
    named = "、".join(in_words(figure).removeprefix(f"{year}年") for figure in periods)
    return f"{year}年以来，你单位已{len(periods)}次列入后{n}名（{named}）。"


def _gap(now: Standing, what: str) -> str:
    assert now.gap is not None
    assert now.edge is not None
    unit, n = _unit(now.figure.unit), last_of(now.figure)
    if now.gap <= 0:
        return f"你单位位于后{n}名名单的末位，{what}低于{number(now.edge)}{unit}即可退出。"
    return f"名单中数值最低的为{number(now.edge)}{unit}，你单位须再下降{number(now.gap)}{unit}以上方可退出后{n}名。"


def _what(figure: Figure) -> str:
    """粗颗粒物（TSP）浓度, 道路尘负荷: a pollutant's value is a concentration."""
    name = indicators()[figure.indicator].zh
    return f"{name}浓度" if figure.unit.endswith("g/m³") else name


def _unit(unit: str) -> str:
    return UNITS.get(unit, unit)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
