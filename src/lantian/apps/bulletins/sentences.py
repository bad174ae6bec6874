"""Sentences built from figures, as Chinese offices write them. Pure.

A change is said in words (同比下降5.6%, 同比持平), never with a sign; what is not known is left out, not called zero.
Ties are named: 依次为 is said only as far as an order exists.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from lantian.apps.bulletins.figures import Ranked
from lantian.apps.bulletins.kinds import Indicator, Kind, Period
from lantian.standards.rounding import round_half_even

_MOST_NAMES = 30  # of one tie or one reason in a sentence
_DIGITS = "零一二三四五六七八九十"
_WORDS = {
    "percent": ("上升", "下降", "%"),
    "days": ("增加", "减少", "天"),
    "points": ("上升", "下降", "个百分点"),
}


def facts(kind: Kind, period: Period, place: str, by: Mapping[str, Sequence[Ranked]]) -> dict[str, Any]:
    """The slots of a template: sentences (each whole, or empty) and single words."""
    one = kind.main
    items = by[one.id]
    ranked = [item for item in items if item.best is not None and not item.apart]
    apart = [item for item in items if item.best is not None and item.apart]
    return {
        "place": place, "period": period.words, "subject": kind.subject, "unit": one.unit, "indicator": one.zh,
        "count": len(ranked), "overall": overall(kind, one, items), "others": others(kind, by),
        "worst": end_of_list(kind, ranked, best=False), "best": end_of_list(kind, ranked, best=True),
        "apart": apart_sentence(kind, apart), "changes": changes(kind, ranked), "missing": missing(kind, items),
    }  # fmt: skip


def numeral(count: int) -> str:
    """十个, 11个: Chinese numerals up to ten, as such lists write them."""
    return _DIGITS[count] if 0 < count <= 10 else str(count)


def compared(indicator: Indicator, change: Decimal | None) -> str:
    """同比上升2.1%, 同比减少3天, 同比持平; nothing where there is no comparison."""
    if change is None:
        return ""
    up, down, unit = _WORDS[indicator.compare]
    if change == 0:
        return "同比持平"
    return f"同比{up if change > 0 else down}{abs(change):f}{unit}"


def measured(indicator: Indicator, value: Decimal) -> str:
    """A value with its unit in words: 118微克/立方米."""
    return f"{value:f}{indicator.words}"


def overall(kind: Kind, one: Indicator, items: Sequence[Ranked]) -> str:
    """The figure of the whole city, or, where none was given, the plain mean of what is ranked, called that."""
    whole = next((item for item in items if item.out == "whole" and item.value is not None), None)
    ranked = [item for item in items if item.best is not None and not item.apart]
    if whole is not None and whole.value is not None:
        said = _sentence(_clause(one, whole.row.subject, whole.value, whole.change))
        if len(ranked) == 1 and ranked[0].value is not None:
            only = f"{_named(ranked[0])}（{measured(one, ranked[0].value)}）"
            return f"{said}本期参与排名的{kind.subject}仅有{only}。"
        return said
    if not ranked:
        return f"本期没有可参与排名的{kind.subject}。"
    if len(ranked) == 1:
        item = ranked[0]
        assert item.value is not None
        clause = _clause(one, item.row.subject, item.value, item.change)
        return f"本期参与排名的{kind.subject}仅有{_named(item)}。{_sentence(clause)}"
    values = [item.value for item in ranked if item.value is not None]
    mean = round_half_even(sum(values, Decimal(0)) / len(values), one.places)
    mean_word = "" if one.compare == "days" else "平均"
    return f"参与排名的{len(ranked)}个{kind.subject}{one.zh}{mean_word}{one.said}为{measured(one, mean)}。"


def _clause(one: Indicator, subject: str, value: Decimal, change: Decimal | None) -> str:
    mean = f"平均{one.said}" if one.said else ""
    words = compared(one, change)
    return f"{subject}{one.zh}{mean}为{measured(one, value)}{f'，{words}' if words else ''}"


def _sentence(clause: str) -> str:
    return f"{clause}。"


def others(kind: Kind, by: Mapping[str, Sequence[Ranked]]) -> str:
    """The other indicators of the whole city, one clause each; those without a figure are not named."""
    clauses = []
    for one in kind.indicators[1:]:
        whole = next((item for item in by[one.id] if item.out == "whole" and item.value is not None), None)
        if whole is not None and whole.value is not None:
            words = compared(one, whole.change)
            clauses.append(f"{one.name}为{measured(one, whole.value)}{f'，{words}' if words else ''}")
    return _sentence("；".join(clauses)) if clauses else ""


def end_of_list(kind: Kind, ranked: Sequence[Ranked], *, best: bool) -> str:
    """The so many best or worst, named with their values; ties at the edge are all named, and 并列 says so."""
    one = kind.main
    if len(ranked) < 2:
        return ""
    values = {item.value for item in ranked}
    if len(values) == 1:
        value = ranked[0].value
        assert value is not None
        return "" if best else f"{len(ranked)}个{kind.subject}{one.name}相同，均为{measured(one, value)}。"
    short = len(ranked) < 2 * kind.named
    if short and best and len(ranked) <= kind.named:
        return ""  # the other sentence names all of them
    count = kind.named if len(ranked) >= 2 * kind.named else max(1, len(ranked) // 2)
    if len(ranked) <= kind.named:
        count = len(ranked)

    def rank(item: Ranked) -> int:
        return (item.best if best else item.worst) or 0

    chosen = sorted((item for item in ranked if 0 < rank(item) <= count), key=rank)
    names = _listed(kind, chosen, rank)
    word = _extreme(one, best)
    if len(ranked) <= kind.named:
        order = "由高到低" if (one.better == "low") != best else "由低到高"
        return f"{len(ranked)}个{kind.subject}{one.name}{order}依次为{names}。"
    if len(chosen) == 1:
        return f"{one.name}{word}的{kind.subject}为{names}。"
    tied = "（含并列）" if len(chosen) != count else ""
    return f"{one.name}{word}的{numeral(len(chosen))}个{kind.subject}{tied}依次为{names}。"


def _extreme(one: Indicator, best: bool) -> str:
    high = (one.better == "high") == best
    if one.compare == "days":
        return "最多" if high else "最少"
    return "最高" if high else "最低"


def _listed(kind: Kind, chosen: Sequence[Ranked], rank: Any) -> str:
    """Names with values, those of one rank together: A（岚东区，152微克/立方米）、B和C（并列，均为150微克/立方米）."""
    one = kind.main
    parts: list[str] = []
    for place in dict.fromkeys(rank(item) for item in chosen):
        same = [item for item in chosen if rank(item) == place]
        value = same[0].value
        assert value is not None
        if len(same) == 1:
            group = f"{same[0].row.group}，" if same[0].row.group else ""
            parts.append(f"{same[0].row.subject}（{group}{measured(one, value)}）")
        else:
            joined = _joined([_named(item) for item in same], kind)
            parts.append(f"{joined}（并列，均为{measured(one, value)}）")
    return "、".join(parts)


def _joined(names: Sequence[str], kind: Kind) -> str:
    """A、B和C; of very many the first ones and how many they are: the tables name them all."""
    if len(names) > _MOST_NAMES:
        return f"{'、'.join(names[:_MOST_NAMES])}等{len(names)}个{kind.subject}"
    return "、".join(names[:-1]) + "和" + names[-1] if len(names) > 1 else names[0]


def _named(item: Ranked) -> str:
    return f"{item.row.group}{item.row.subject}"


def apart_sentence(kind: Kind, apart: Sequence[Ranked]) -> str:
    """The streets that are ranked among themselves (经开区)."""
    if not apart:
        return ""
    one = kind.main
    group = apart[0].row.group
    ordered = sorted(apart, key=lambda item: item.worst or 0)
    names = _listed(kind, ordered, lambda item: item.worst or 0)
    if len(apart) == 1:
        return f"{group}单独统计，{names}。"
    values = {item.value for item in apart}
    if len(values) == 1 and apart[0].value is not None:
        return f"{group}单独排名，{len(apart)}个{kind.subject}{one.name}均为{measured(one, apart[0].value)}。"
    order = "由高到低" if one.better == "low" else "由低到高"
    return f"{group}单独排名，{one.name}{order}依次为{names}。"


def changes(kind: Kind, ranked: Sequence[Ranked]) -> str:
    """How many went up and down against the year before, and the largest rise; nothing without any comparison."""
    one = kind.main
    known = [item for item in ranked if item.change is not None]
    if len(known) < 2:
        return ""
    counts = [
        (sum(1 for item in known if (item.change or 0) < 0), _WORDS[one.compare][1]),
        (sum(1 for item in known if item.change == 0), "持平"),
        (sum(1 for item in known if (item.change or 0) > 0), _WORDS[one.compare][0]),
    ]
    happened = [(count, word) for count, word in counts if count]
    said = "、".join(f"{count}个{word}" for count, word in happened) if len(happened) > 1 else f"均{happened[0][1]}"
    text = f"与上年同期相比，有可比数据的{len(known)}个{kind.subject}中，{said}"
    top = max(item.change or Decimal(0) for item in known)
    if top > 0:
        names = _joined([_named(item) for item in known if item.change == top], kind)
        up, _down, unit = _WORDS[one.compare]
        text += f"，{up}幅度最大的为{names}（{up}{top:f}{unit}）"
    return f"{text}。"


def missing(kind: Kind, items: Sequence[Ranked]) -> str:
    """Who is not ranked and why, so that an absent name is never taken for a good one."""
    none = [_named(item) for item in items if item.out == "missing"]
    few = [_named(item) for item in items if item.out == "completeness"]
    parts = []
    if none:
        parts.append(f"{_joined(none, kind)}无有效数据")
    if few:
        parts.append(f"{_joined(few, kind)}数据有效率不足{kind.least}%")
    return f"{'，'.join(parts)}，未参与排名。" if parts else ""
