"""A plan in its own printed table with further columns behind it, as Word and as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

from lantian.reading import model as read
from lantian.reading.output.docx import column_widths, write_shapes
from lantian.reading.output.shape import Column, Line, Place, Shape, shape_of
from lantian.reading.output.xlsx import workbook

_PER_LETTER = 110  # twips of a column of a workbook
Extra = Sequence[Sequence[str]]  # for each further column a text; line breaks part paragraphs


def with_columns(plan: read.Plan, title: str, note: str, columns: Sequence[tuple[str, int]], rows: Extra) -> Shape:
    """The printed table of ``plan`` with further ``columns`` (title, width in twips); one of ``rows`` per measure.

    :raises ValueError: there is not one row for every measure.
    """
    if len(rows) != len(plan.measures):
        raise ValueError("one row for every measure")
    shape = shape_of(plan)
    further = iter(rows)
    lines = []
    for line in shape.lines:
        if line.heading:
            first = line.places[0]
            lines.append(Line((replace(first, span=first.span + len(columns)),), heading=True))
            continue
        places = tuple(Place(tuple(text.split("\n")) if text else ("——",)) for text in next(further))
        lines.append(Line((*line.places, *places)))
    added = tuple(Column("remark", name, width) for name, width in columns)
    return replace(shape, title=title, note=note, columns=(*shape.columns, *added), lines=tuple(lines))


def as_docx(shapes: Sequence[Shape], mark: str = "") -> bytes:
    """The tables as Word."""
    stream = BytesIO()
    write_shapes(shapes, stream, mark=mark)
    return stream.getvalue()


def as_xlsx(shape: Shape, sheet_name: str) -> bytes:
    """The table as a workbook with the same merged cells; every text is a typed string."""
    stream = BytesIO()
    book = workbook(stream)
    base = {"text_wrap": True, "border": 1, "valign": "vcenter"}
    body = book.add_format(base)
    middle = book.add_format(base | {"align": "center"})
    head = book.add_format(base | {"bold": True, "align": "center", "bg_color": "#E7E6E6"})
    sheet = book.add_worksheet(sheet_name[:31])
    width = len(shape.columns)
    for col, twips in enumerate(column_widths(shape.columns)):
        sheet.set_column(col, col, max(6, twips / _PER_LETTER))
    _across(sheet, 0, 0, width, shape.title, book.add_format({"bold": True, "font_size": 16, "align": "center"}))
    _across(sheet, 1, 0, width, shape.note, book.add_format({"align": "right"}))
    for col, column in enumerate(shape.columns):
        sheet.write_string(2, col, column.title, head)
    for number, line in enumerate(shape.lines):
        col = 0
        for place in line.places:
            text = "\n".join(place.paragraphs)
            style = head if line.heading else middle if place.centred else body
            if place.merge == "start":
                _down(sheet, shape.lines, number, col, place, style)
            elif place.merge != "on":
                _across(sheet, number + 3, col, place.span, text, style)
            col += place.span
    sheet.freeze_panes(3, 0)
    sheet.repeat_rows(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    book.close()
    return stream.getvalue()


def _across(sheet: object, row: int, col: int, span: int, text: str, style: object) -> None:
    if span > 1:
        sheet.merge_range(row, col, row, col + span - 1, "", style)  # type: ignore[attr-defined]
    sheet.write_string(row, col, text, style)  # type: ignore[attr-defined]


def _down(sheet: object, lines: Sequence[Line], number: int, col: int, place: Place, style: object) -> None:
    """A cell that goes on over the rows below it."""
    last = number
    while last + 1 < len(lines) and _at(lines[last + 1], col) == "on":
        last += 1
    if last > number:
        sheet.merge_range(number + 3, col, last + 3, col, "", style)  # type: ignore[attr-defined]
    sheet.write_string(number + 3, col, "\n".join(place.paragraphs), style)  # type: ignore[attr-defined]


def _at(line: Line, col: int) -> str:
    """How the cell of a line at a column is merged; blank for a heading."""
    place = 0
    for item in line.places:
        if place == col:
            return item.merge
        place += item.span
    return ""
