"""Duty lists as files: one sheet of all commitments, or a workbook with one 任务清单 for each unit."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from lantian.apps.supervision.models import Commitment, ShareOrigin
from lantian.apps.supervision.templatetags.duties import figure, sentence
from lantian.reading.output.xlsx import workbook

Rows = Iterable[Commitment]
Cells = list[str | int | None]
_LEADING = ("=", "+", "-", "@", "\t", "\r")
_BAD_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
WIDTHS = (6, 6, 22, 60, 26, 8, 8, 16, 12, 12, 8, 36, 10, 10, 40)
UNIT_WIDTHS = (6, 22, 60, 10, 16, 12, 12, 10, 36)
_LIMIT = 200  # sheets of one workbook: more open badly


def header(*, office: bool) -> list[str]:
    """The headings of the list; the light is the office's alone."""
    titles = [
        _("No."), _("Item"), _("Task"), _("Measure"), _("Unit"), _("Role"), _("Convener"), _("Deadline"),
        _("Until"), _("Internal due"), _("Cadence"), _("Target share"), _("State"), _("Light"), _("Reason"),
    ]  # fmt: skip
    return titles if office else [title for place, title in enumerate(titles) if place != 13]


def line(row: Commitment, *, office: bool) -> Cells:
    """One commitment as cells, in the order of :func:`header`."""
    measure = row.measure
    cells: Cells = [
        row.n, measure.seq, measure.task, measure.text, row.unit.name, str(row.get_role_display()),
        "✓" if row.convener else "", measure.deadline_text, _day(row.end), _day(row.internal_due),
        str(row.get_cadence_display()), share_words(row), str(row.get_state_display()),
        str(row.get_light_display()) if row.light else "", sentence(row),
    ]  # fmt: skip
    return cells if office else [cell for place, cell in enumerate(cells) if place != 13]


def share_words(row: Commitment) -> str:
    """The figures that the commitment is held to, as one cell."""
    found = []
    for share in row.live_shares:  # type: ignore[attr-defined]  # prefetched
        unit = share.spec["unit"] or ""
        if share.value is not None:
            found.append(f"{share.spec['subject'] or share.spec['text']} {figure(share.value)}{unit}")
        elif share.origin == ShareOrigin.NONE:
            waiting = _("not divided yet")
            found.append(f"{share.spec['text']}（{waiting}）")
        else:
            found.append(share.spec["text"])
    return "；".join(found)


def _day(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else ""


def write_csv(rows: Rows, *, office: bool) -> bytes:
    """The list as CSV with a byte order mark; text that a spreadsheet would run gets an apostrophe (contracts §8)."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(header(office=office))
    for row in rows:
        writer.writerow([_safe(cell) for cell in line(row, office=office)])
    return target.getvalue().encode("utf-8-sig")


def _safe(cell: str | int | None) -> str | int:
    if isinstance(cell, str) and cell.startswith(_LEADING):
        return "'" + cell
    return "" if cell is None else cell


def write_xlsx(rows: Rows, title: str, *, office: bool) -> bytes:
    """The list as one printable sheet of typed strings."""
    target = io.BytesIO()
    book = workbook(target)
    sheet = book.add_worksheet(sheet_name(title, set()))
    _fill(book, sheet, header(office=office), (line(row, office=office) for row in rows), WIDTHS)
    book.close()
    return target.getvalue()


def unit_header() -> list[str]:
    """The headings of a unit's 任务清单."""
    return [
        _("Item"), _("Task"), _("Measure"), _("Role"), _("Deadline"), _("Until"), _("Internal due"), _("Cadence"),
        _("Target share"),
    ]  # fmt: skip


def unit_line(row: Commitment) -> Cells:
    """One commitment in its unit's own list."""
    measure = row.measure
    convener = _("Convener")
    role = str(row.get_role_display()) + (f"（{convener}）" if row.convener else "")
    return [
        measure.seq if measure.seq is not None else row.n, measure.task, measure.text, role, measure.deadline_text,
        _day(row.end), _day(row.internal_due), str(row.get_cadence_display()), share_words(row),
    ]  # fmt: skip


def write_units(rows: Rows, title: str) -> bytes:
    """A workbook with a sheet for each unit; ``rows`` come unit by unit."""
    target = io.BytesIO()
    book = workbook(target)
    used: set[str] = set()
    for number, (unit, members) in enumerate(groupby(rows, key=lambda row: row.unit), start=1):
        if number > _LIMIT:
            break
        sheet = book.add_worksheet(sheet_name(unit.name, used))
        lines = (unit_line(row) for row in members)
        _fill(book, sheet, unit_header(), lines, UNIT_WIDTHS, f"{unit.name} · {title}")
    if not used:
        book.add_worksheet(sheet_name(title, used))
    book.close()
    return target.getvalue()


def sheet_name(text: str, used: set[str]) -> str:
    """A name that a workbook takes: 31 characters, none of its signs, each once."""
    bare = _BAD_IN_SHEET_NAME.sub(" ", text).strip()[:28] or "1"
    name, number = bare, 2
    while name.lower() in used:
        name, number = f"{bare[:26]}{number}", number + 1
    used.add(name.lower())
    return name


def _fill(
    book: Any, sheet: Any, titles: Sequence[str], lines: Iterable[Cells], widths: Sequence[int], heading: str = ""
) -> None:
    """A printable sheet with a heading that stays in sight and a filter on every column."""
    make = book.add_format
    head = make({"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "bg_color": "#E8EEF4"})
    body = make({"text_wrap": True, "valign": "top", "border": 1})
    first = 0
    if heading:
        sheet.write_string(0, 0, heading, make({"bold": True, "font_size": 14}))
        first = 1
    for column, text in enumerate(titles):
        sheet.set_column(column, column, widths[column])
        sheet.write_string(first, column, text, head)
    place = first
    for place, cells in enumerate(lines, start=first + 1):
        for column, cell in enumerate(cells):
            if isinstance(cell, int):
                sheet.write_number(place, column, cell, body)
            else:
                sheet.write_string(place, column, cell or "", body)
    sheet.freeze_panes(first + 1, 0)
    sheet.repeat_rows(0, first)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.autofilter(first, 0, max(place, first + 1), len(titles) - 1)
