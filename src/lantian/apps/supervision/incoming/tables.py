"""Tables → rows: columns by the words of their heads wherever they stand; cards (label | text); headless tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lantian.apps.supervision.incoming.model import Item
from lantian.apps.supervision.incoming.words import column_of, plain

Rows = list[dict[str, Any]]
Likeness = Callable[[str], float]  # how much a text looks like one of the rows that the unit owes (0–1)

_HEADER_WITHIN = 12  # rows in which the head of a table is looked for
_SPEAKING = frozenset({"progress", "cumulative", "period", "done"})
_NAMING = frozenset({"measure", "seq", "code", "goal"})
_CARD_FIELDS = 2  # labels that make a table of two columns a card
_TEXTS = ("progress", "problems", "next_step", "period", "cumulative", "done", "party", "seq", "code", "goal")
_TOTALS = frozenset({"合计", "总计", "小计"})
_ALIKE = 0.35  # a column whose texts are so like the owed rows is the column of measures


@dataclass(frozen=True, slots=True)
class Header:
    """The meaning of each column, and the row after the head."""

    fields: tuple[str | None, ...]
    after: int


def header_of(rows: Rows) -> Header | None:
    """The head of a table: of the first rows the one with most columns that are known, two rows where it has two."""
    best: tuple[int, Header] | None = None
    for index, row in enumerate(rows[:_HEADER_WITHIN]):
        fields = [column_of(cell) for cell in row["cells"]]
        if len(set(row["cells"])) < 2 or not _is_head(fields):
            continue
        after = index + 1
        if after < len(rows) and _goes_on(row, rows[after]):
            lower = [column_of(cell) for cell in rows[after]["cells"]]
            fields = [low or high for low, high in zip(lower, fields, strict=False)]
            after += 1
        known = len({name for name in fields if name})
        if best is None or known > best[0]:
            best = known, Header(tuple(fields), after)
    return best[1] if best else None


def _is_head(fields: Sequence[str | None]) -> bool:
    known = {name for name in fields if name}
    return bool(known & _SPEAKING) and (bool(known & _NAMING) or "party" in known or len(known) > 2)


def _goes_on(upper: dict[str, Any], lower: dict[str, Any]) -> bool:
    """Whether the row below still belongs to the head: cells repeat the one above (merged), the rest are heads, too."""
    pairs = list(zip(upper["cells"], lower["cells"], strict=False))
    same = [high == low for high, low in pairs]
    own = [low for (_high, low), repeated in zip(pairs, same, strict=True) if not repeated]
    return any(same) and bool(own) and all(column_of(cell) in _SPEAKING for cell in own if cell)


def items_of(block: int, table: dict[str, Any], likeness: Likeness) -> list[Item]:
    """The rows of a table that say something. A row without a name goes on the one above."""
    rows: Rows = table["rows"]
    header = header_of(rows)
    if header is None:
        card = _card(block, table)
        if card:
            return card
        header = _guessed(rows, likeness)
        if header is None:
            return []
    items: list[Item] = []
    for index in range(header.after, len(rows)):
        item = _row(block, index, rows[index], header, table["caption"])
        if item is None:
            continue
        if items and not item.measure and not item.seq and not item.code and not item.goal:
            _join(items[-1], item)
        else:
            items.append(item)
    return items


def _row(block: int, index: int, row: dict[str, Any], header: Header, caption: str) -> Item | None:
    texts: dict[str, list[str]] = {}
    marks: dict[str, str] = {}
    for col, (name, cell) in enumerate(zip(header.fields, row["cells"], strict=False)):
        if not name or name in ("ignored", "previous"):
            continue
        if mark := row["marks"].get(str(col)):
            marks[name] = mark
        if cell and cell not in texts.setdefault(name, []):
            texts[name].append(cell)
    said = [(name, cell) for name, cell in zip(header.fields, row["cells"], strict=False) if name and cell]
    repeated = [column_of(cell) == name for name, cell in said]  # the head, printed again on the next page
    if not any(texts.get(name) or marks.get(name) == "unsaved" for name in _SPEAKING) or (repeated and all(repeated)):
        return None
    if any(plain(cell) in _TOTALS for cell in row["cells"]):
        return None
    item = Item(block, index, index, block, place_of(caption, row["row"]), strong=True, marks=marks)
    item.measure = "\n".join(texts.get("measure", ()))
    for name in _TEXTS:
        setattr(item, name, "\n".join(texts.get(name, ())))
    item.seq = seq_of(item.seq)
    return item


def place_of(caption: str, row: int) -> str:
    """Where a row stands, as the person finds it in the file."""
    return f"{caption[:40]}第{row}行"


def seq_of(text: str) -> str:
    """A 序号 as digits where it is a number (3. → 3, 第3项 → 3), else as written."""
    form = plain(text).removesuffix(".0").strip(".、,()第项号条")
    return str(int(form)) if form.isascii() and form.isdecimal() and len(form) < 6 else form[:20]


def _join(item: Item, more: Item) -> None:
    item.last = more.last
    for name in ("progress", "problems", "next_step"):
        setattr(item, name, "\n".join(filter(None, (getattr(item, name), getattr(more, name)))))
    for name in ("period", "cumulative", "done"):
        setattr(item, name, getattr(item, name) or getattr(more, name))


def _card(block: int, table: dict[str, Any]) -> list[Item]:
    """A table of labels and texts, one card for each row of the plan."""
    rows: Rows = table["rows"]
    pairs = []
    for index, row in enumerate(rows):
        distinct = list(dict.fromkeys(cell for cell in row["cells"] if cell))
        if len(distinct) == 2 and (name := column_of(distinct[0])):
            pairs.append((index, name, distinct[1]))
    if len({name for _index, name, _text in pairs}) < _CARD_FIELDS:
        return []
    items: list[Item] = []
    for index, name, text in pairs:
        if name not in (*_TEXTS, "measure"):
            continue
        if not items or getattr(items[-1], name):
            items.append(Item(block, index, index, block, place_of(table["caption"], rows[index]["row"]), strong=True))
        setattr(items[-1], name, seq_of(text) if name == "seq" else text)
        items[-1].last = index
    return [item for item in items if item.progress or item.cumulative or item.period]


def _guessed(rows: Rows, likeness: Likeness) -> Header | None:
    """The columns of a table without a head: what looks like the owed rows, and the longest text right of it."""
    cols = max((len(row["cells"]) for row in rows), default=0)
    if cols < 2:
        return None
    columns = [[row["cells"][col] for row in rows if col < len(row["cells"])] for col in range(cols)]
    alike = [sum(map(likeness, filter(None, texts))) / max(1, sum(1 for text in texts if text)) for texts in columns]
    named = max(range(cols), key=lambda col: alike[col])
    rest = [col for col in range(cols) if col != named and any(columns[col])]
    if alike[named] < _ALIKE or not rest:
        return None
    said = max(rest, key=lambda col: len("".join(columns[col])))
    fields: list[str | None] = [None] * cols
    fields[named], fields[said] = "measure", "progress"
    numbers = [seq_of(text).isdecimal() for text in columns[0]]
    if named and said and numbers and all(numbers):
        fields[0] = "seq"
    return Header(tuple(fields), 0)
