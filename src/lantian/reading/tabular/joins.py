"""Rows that the page broke: fragments joined to the row they belong to, and groups printed again after a break."""

from __future__ import annotations

import re

from lantian.reading.columns import ROLE_FIELDS, Field
from lantian.reading.grammar.deadlines import is_deadline
from lantian.reading.model import Flag
from lantian.reading.tabular.rows import Row, RowCell, same_words
from lantian.reading.text import join_layout

_ENDED = re.compile(r"[。；;！!？?…][”’\"'）)》]*$")
_BODY: tuple[Field, ...] = ("measure", "goal", "deadline", *ROLE_FIELDS)


def join_cut_rows(rows: list[Row]) -> list[Row]:
    """Join every first row of a page that only continues the last row of the page before (R01)."""
    joined: list[Row] = []
    for row in rows:
        last = joined[-1] if joined else None
        if (
            last is not None
            and row.kind == last.kind == "measure"
            and row.opens_table
            and row.after_page_break
            and _continues(last, row)
        ):
            _append(last, row)
        else:
            joined.append(row)
    return joined


def _continues(last: Row, row: Row) -> bool:
    if row.cut_top:
        return True
    if _names_other_group(last, row):
        return False
    if row.blank("measure"):
        return row.geometry and not row.own("deadline")
    bare = not any(row.own(name) for name in ("deadline", *ROLE_FIELDS))
    ended = bool(_ENDED.search(join_layout(last.text("measure"))))
    if bare:
        return True
    if not row.geometry:
        return False
    if row.own("deadline") and last.own("deadline"):
        first, second = join_layout(last.text("deadline")), join_layout(row.text("deadline"))
        return is_deadline(first + second) and not (is_deadline(first) and is_deadline(second))
    if not row.own("deadline"):
        # A measure of its own would name all its owners again; a remainder prints only what did not fit above.
        partial = any(last.own(name) and not row.own(name) for name in ROLE_FIELDS)
        return not ended or not last.own("deadline") or partial
    return not ended and not last.own("deadline")


def _names_other_group(last: Row, row: Row) -> bool:
    """Whether the row prints a number or task that the row above does not carry."""
    for name in ("seq", "task"):
        here = row.cells.get(name)
        if here is None or here.blank or here.covered:
            continue
        there = last.cells.get(name)
        if there is None or there.blank or not same_words(here.text, there.text):
            return not _continues_name(there, here) if name == "task" else True
    return False


def _continues_name(there: RowCell | None, here: RowCell) -> bool:
    """A task label that the page break itself cut in two has no number beside its second half."""
    return False if there is None or there.blank else here.text.strip()[:1] in "）)”、"


def _append(last: Row, row: Row) -> None:
    for name in _BODY:
        more = row.cells.get(name)
        if more is None or more.blank or more.covered:
            continue
        cell = last.cells.get(name)
        if cell is None or cell.blank:
            last.cells[name] = more
            continue
        cell.paragraphs = [*cell.paragraphs[:-1], cell.paragraphs[-1] + "\n" + more.paragraphs[0], *more.paragraphs[1:]]
        if cell.confidence is not None and more.confidence is not None:
            cell.confidence = min(cell.confidence, more.confidence)
    where = f"p{row.page}" if row.page else f"{row.number}"
    last.flags.append(Flag("R01", where))
