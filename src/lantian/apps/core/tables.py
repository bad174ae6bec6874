"""Tables on their way out: the same rows as CSV and as a workbook, numbers as numbers, texts never as formulas."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO

from django.http import Http404, HttpResponse

from lantian.apps.core import downloads
from lantian.reading.output.rows import guard
from lantian.reading.output.xlsx import workbook

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Value = str | int | float | None


@dataclass(frozen=True)
class Table:
    """Heading and rows; ``notes`` say period, unit, source and standard: a row each below the table."""

    name: str
    head: Sequence[str]
    rows: Iterable[Sequence[Value]]
    notes: Sequence[str] = ()


def download(table: Table, form: str) -> HttpResponse:
    """The table as ``csv`` or ``xlsx``; Http404 for another form."""
    if form == "csv":
        return downloads.download(_csv(table), f"{table.name}.csv", CSV)
    if form == "xlsx":
        return downloads.download(_xlsx(table), f"{table.name}.xlsx", XLSX)
    raise Http404


def _csv(table: Table) -> bytes:
    stream = StringIO()
    writer = csv.writer(stream)
    writer.writerow([guard(text) for text in table.head])
    for row in table.rows:
        writer.writerow([guard(cell) if isinstance(cell, str) else "" if cell is None else cell for cell in row])
    for note in table.notes:
        writer.writerow([guard(note)])
    return stream.getvalue().encode("utf-8-sig")


def _xlsx(table: Table) -> bytes:
    stream = BytesIO()
    book = workbook(stream)
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#E8EEF4", "text_wrap": True, "valign": "vcenter"})
    sheet = book.add_worksheet()
    line = 0
    for column, text in enumerate(table.head):
        sheet.write_string(0, column, text, head)
        sheet.set_column(column, column, 20 if column == 0 else 13)
    for line, row in enumerate(table.rows, 1):  # the notes stand below the last line
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(line, column, cell)
            elif cell is not None:
                sheet.write_number(line, column, cell)
    for place, note in enumerate(table.notes, 2):
        sheet.write_string(line + place, 0, note)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    book.close()
    return stream.getvalue()
