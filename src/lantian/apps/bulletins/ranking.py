"""From rows to what is printed: values rounded, ranked, set into tables, and frozen as one JSON document. Pure.

Values are rounded first (GB/T 8170, half to even) and ranked and compared as they are published, so that nobody
finds two equal printed figures at different ranks: equal values share a rank and the next one jumps (3, 3, 5).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, cast

from lantian.apps.bulletins import sentences
from lantian.apps.bulletins.figures import Ranked, Row
from lantian.apps.bulletins.kinds import Indicator, Kind, Period
from lantian.standards.ranking import change_pct, competition_ranks
from lantian.standards.rounding import round_half_even

FORMAT = 1
MISSING, SHARE, INTERNAL, WHOLE = "missing", "completeness", "internal", "whole"


def frozen(kind: Kind, period: Period, place: str, rows: Sequence[Row]) -> dict[str, Any]:
    """The snapshot: every number with its source, the tables as they are printed, and the sentences of the figures."""
    by = {one.id: _ranked(kind, one, rows) for one in kind.indicators}
    main = by[kind.main.id]
    facts = sentences.facts(kind, period, place, by)
    stored = [_stored(item) for found in by.values() for item in found]
    for number, item in enumerate(stored, 1):
        item["n"] = number
    tables = _matrix(kind, by) if len(kind.indicators) > 1 else _tables(kind, main)
    return {
        "format": FORMAT, "kind": kind.id, "place": place, "unit": kind.main.unit,
        "period": {"start": period.start.isoformat(), "end": period.end.isoformat(), "words": period.words},
        "rows": stored, "tables": tables, "facts": facts,
    }  # fmt: skip


def digest(data: dict[str, Any]) -> str:
    """SHA-256 of a snapshot in one canonical writing."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def change_of(indicator: Indicator, now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """Against the year before, from published figures: per cent with one place, or the plain difference."""
    if now is None or before is None:
        return None
    if indicator.compare == "percent":
        return cast("Decimal | None", change_pct(now, before, 1))
    return now - before


def _ranked(kind: Kind, indicator: Indicator, rows: Sequence[Row]) -> list[Ranked]:
    """Rows of one indicator, in the order in which they were given, ranked within the main list or apart."""
    found = []
    for row in rows:
        if row.indicator != indicator.id:
            continue
        value = None if row.value is None else round_half_even(row.value, indicator.places)
        before = None if row.previous is None else round_half_even(row.previous, indicator.places)
        apart = any(word in row.group for word in kind.apart)
        found.append(Ranked(row, value, before, change_of(indicator, value, before), _out(kind, row), apart))
    for apart in (False, True):
        found = _with_ranks(found, indicator, apart)
    return found


def _out(kind: Kind, row: Row) -> str:
    if row.internal:
        return INTERNAL
    if row.whole:
        return WHOLE
    if row.value is None:
        return MISSING
    return SHARE if row.completeness is not None and row.completeness < kind.least else ""


def _with_ranks(items: list[Ranked], indicator: Indicator, apart: bool) -> list[Ranked]:
    """The items with the ranks of the main list, or of those that stand apart."""
    places = [n for n, item in enumerate(items) if not item.out and item.apart == apart]
    values = [float(cast(Decimal, items[n].value)) for n in places]
    high = indicator.better == "high"
    best = competition_ranks(values, high_is_best=high)
    worst = competition_ranks(values, high_is_best=not high)
    made = list(items)
    for n, up, down in zip(places, best, worst, strict=True):
        item = items[n]
        made[n] = Ranked(item.row, item.value, item.previous, item.change, "", item.apart, up, down)
    return made


def _stored(item: Ranked) -> dict[str, Any]:
    """A row of the snapshot: what was given, and what is made of it."""
    made = {"published": item.value, "published_before": item.previous, "change": item.change}
    return item.row.stored() | {name: None if value is None else str(value) for name, value in made.items()} | {
        "rank": item.best, "worst": item.worst, "out": item.out, "apart": item.apart,
    }  # fmt: skip


def _table(key: str, caption: str, head: list[str], rows: list[list[str]], *, internal: bool = False) -> dict[str, Any]:
    return {"key": key, "caption": caption, "head": head, "rows": rows, "internal": internal}


def _tables(kind: Kind, items: list[Ranked]) -> list[dict[str, Any]]:
    """The tables of a ranked bulletin, those without rows left out; captions are numbered in the order of printing."""
    one = kind.main
    ranked = [item for item in items if item.best is not None and not item.apart]
    apart = [item for item in items if item.best is not None and item.apart]
    found = []
    if kind.listed:
        last = sorted((i for i in ranked if i.worst and i.worst <= kind.listed), key=lambda i: cast(int, i.worst))
        which = f"后{kind.listed}名" if len(ranked) > kind.listed else "排名"
        caption = f"{kind.subject}{one.name}{which}（倒序，第1名最差）"
        found.append(_table("last", caption, _head(kind, one, ranked), [_line(i, ranked, last=True) for i in last]))
    else:
        every = sorted(ranked, key=lambda i: cast(int, i.best))
        caption = f"{kind.subject}{one.name}排名（第1名最好）"
        found.append(_table("ranking", caption, _head(kind, one, ranked), [_line(i, ranked) for i in every]))
    if kind.extremes:
        found.append(_extremes(kind, ranked))
    if apart:
        caption = f"{apart[0].row.group}{one.name}排名（单独排名，第1名最好）"
        every = sorted(apart, key=lambda i: cast(int, i.best))
        found.append(_table("apart", caption, _head(kind, one, apart), [_line(i, apart) for i in every]))
    if kind.listed:
        every = sorted(ranked, key=lambda i: cast(int, i.best))
        caption = f"全部{kind.subject}排名（内部，第1名最好）"
        rows = [_line(i, ranked) for i in every]
        found.append(_table("ranking", caption, _head(kind, one, ranked), rows, internal=True))
    found.append(_left_out(one, [item for item in items if item.out in (MISSING, SHARE)]))
    found.append(_reference(one, [item for item in items if item.out == INTERNAL]))
    found.append(_reference(one, [item for item in items if item.out == WHOLE], key="whole"))
    return _numbered(found)


def _numbered(tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Public tables are 表1, 表2 …; internal ones follow as 内表1 …, so that leaving them out changes no number."""
    public = [table for table in tables if table["rows"] and not table["internal"]]
    inner = [table for table in tables if table["rows"] and table["internal"]]
    for word, found in (("表", public), ("内表", inner)):
        for n, table in enumerate(found, 1):
            table["caption"] = f"{word}{n}　{table['caption']}"
    return public + inner


def _grouped(items: Sequence[Ranked]) -> bool:
    return any(item.row.group for item in items)


def _compared(items: Sequence[Ranked]) -> bool:
    return any(item.previous is not None for item in items)


def _head(kind: Kind, one: Indicator, items: Sequence[Ranked]) -> list[str]:
    group = ["区"] if _grouped(items) else []
    change = [f"上年同期（{one.unit}）", "同比（%）"] if _compared(items) else []
    return ["排名", *group, kind.subject, f"{one.said or one.zh}（{one.unit}）", *change]


def _line(item: Ranked, among: Sequence[Ranked], *, last: bool = False) -> list[str]:
    group = [item.row.group] if _grouped(among) else []
    change = [shown(item.previous), signed(item.change)] if _compared(among) else []
    return [str(item.worst if last else item.best), *group, item.row.subject, shown(item.value), *change]


def _extremes(kind: Kind, ranked: Sequence[Ranked]) -> dict[str, Any]:
    """Each district's best and worst three; of fewer than six the half, so that nobody stands at both ends."""
    rows = []
    for group in dict.fromkeys(item.row.group for item in ranked if item.row.group):
        own = [item for item in ranked if item.row.group == group]
        count = min(kind.extremes, len(own) // 2)
        values = [float(cast(Decimal, item.value)) for item in own]
        best = [(rank, item) for rank, item in zip(competition_ranks(values), own, strict=True)]
        worst = [(rank, item) for rank, item in zip(competition_ranks(values, high_is_best=True), own, strict=True)]
        if not count:
            rows.append([group, *_ends([(1, own[0])], 1), ""])
        else:
            rows.append([group, *_ends(best, count), *_ends(worst, count)])
    name = kind.main.said or kind.main.zh
    head = ["区", f"{name}最低（{kind.main.unit}）", f"{name}最高（{kind.main.unit}）"]
    return _table("extremes", f"各区{kind.main.name}最低和最高的{kind.subject}", head, rows)


def _ends(ranked: list[tuple[int | None, Ranked]], count: int) -> list[str]:
    chosen = sorted(((rank, item) for rank, item in ranked if rank and rank <= count), key=lambda pair: pair[0])
    return ["、".join(f"{item.row.subject}（{shown(item.value)}）" for _rank, item in chosen)]


def _left_out(one: Indicator, items: Sequence[Ranked]) -> dict[str, Any]:
    reasons = {MISSING: "无数据", SHARE: "数据有效率不足"}
    rows = [
        [item.row.group, item.row.subject, shown(item.value), shown(item.row.completeness), reasons[item.out]]
        for item in items
    ]
    head = ["区", "名称", f"数值（{one.unit}）", "有效率（%）", "未参与排名的原因"]
    return _table("left_out", "未参与排名", head, rows, internal=True)


def _reference(one: Indicator, items: Sequence[Ranked], key: str = "reference") -> dict[str, Any]:
    head = ["区", "名称", f"数值（{one.unit}）", "上年同期", "同比（%）"]
    rows = [
        [item.row.group, item.row.subject, shown(item.value), shown(item.previous), signed(item.change)]
        for item in items
    ]
    caption = "内部参考（不参与排名）" if key == "reference" else "全域数值"
    return _table(key, caption, head, rows, internal=True)


def _matrix(kind: Kind, by: dict[str, list[Ranked]]) -> list[dict[str, Any]]:
    """Subjects × indicators: the values with the rank of the first indicator, then the changes."""
    order = [item for item in by[kind.main.id] if item.out != INTERNAL]
    order.sort(key=lambda item: (item.out != WHOLE, item.best or 10**6))
    inner = [item for item in by[kind.main.id] if item.out == INTERNAL]
    units = [f"{one.short}（{one.unit}）" for one in kind.indicators]
    values = [[*_cells(by, item, lambda found: shown(found.value)), str(item.best or "")] for item in order]
    changes = [_cells(by, item, lambda found: signed(found.change)) for item in order]
    hidden = [[*_cells(by, item, lambda found: shown(found.value)), ""] for item in inner]
    words = [f"{one.short}（{_CHANGES[one.compare]}）" for one in kind.indicators]
    tables = [
        _table("values", "各项指标数值", [kind.subject, *units, f"{kind.main.short}排名"], values),
        _table("reference", "内部参考（不参与排名）", [kind.subject, *units, ""], hidden, internal=True),
    ]
    if any(any(row[1:]) for row in changes):
        tables.insert(1, _table("changes", "各项指标同比", [kind.subject, *words], changes))
    return _numbered(tables)


_CHANGES = {"percent": "%", "days": "天", "points": "百分点"}


def _cells(by: dict[str, list[Ranked]], item: Ranked, write: Callable[[Ranked], str]) -> list[str]:
    key = (item.row.group, item.row.subject, item.row.internal)
    found = []
    for items in by.values():
        own = next((one for one in items if (one.row.group, one.row.subject, one.row.internal) == key), None)
        found.append(write(own) if own else "")
    return [item.row.subject, *found]


def shown(value: Decimal | None) -> str:
    """A value as it is printed; — where there is none."""
    return "—" if value is None else f"{value:f}"


def signed(value: Decimal | None) -> str:
    """A change in a table: with its sign, 0 without one; nothing where it is not known."""
    if value is None:
        return ""
    return f"{abs(value):f}" if value == 0 else f"{value:+f}"
