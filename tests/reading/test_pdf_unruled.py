"""Tables with level rulings only, stripes, or no drawing: cells are inferred and flagged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fpdf import FPDF

from lantian.reading.layout import Document, Table
from lantian.reading.sources.pdf import read
from tests.reading.pdf_builder import new_page, save

XS = (60, 90, 190, 360, 430)
HEADER = ("No", "Task", "Measure", "Due", "Office")


def put(pdf: FPDF, y: float, row: Sequence[str | Sequence[str]]) -> None:
    """A row at ``y``; a cell of several lines is a sequence."""
    for x, cell in zip(XS, row, strict=True):
        for number, line in enumerate([cell] if isinstance(cell, str) else cell):
            pdf.text(x, y + 12 * number, line)


def words(table: Table) -> list[list[str]]:
    return [[cell.text.replace("\n", " ") if cell else "" for cell in row] for row in table.grid()]


def only(document: Document) -> Table:
    (table,) = document.tables()
    assert [flag.id for flag in document.flags] == ["R43"]
    return table


ROWS = [
    HEADER,
    ("1", "Clean roads", ("Wash forty streets each", "night in June."), "June", "Road office"),
    ("2", "Clean heat", ("Change boilers in all", "schools of the town."), "Year end", "Heat office"),
    ("3", "Clean fuel", "Test the fuel.", "Long term", "Air office"),
]
WORDS = [
    list(HEADER),
    ["1", "Clean roads", "Wash forty streets each night in June.", "June", "Road office"],
    ["2", "Clean heat", "Change boilers in all schools of the town.", "Year end", "Heat office"],
    ["3", "Clean fuel", "Test the fuel.", "Long term", "Air office"],
]


def test_columns_and_rows_by_alignment(tmp_path: Path) -> None:
    pdf = new_page()
    pdf.text(60, 60, "The table of this plan follows without any lines.")
    for number, row in enumerate(ROWS):
        put(pdf, 110 + 36 * number, row)
    document = read(save(pdf, tmp_path))
    table = only(document)
    assert words(table) == WORDS
    assert [paragraph.text for paragraph in document.paragraphs()] == [
        "The table of this plan follows without any lines."
    ]
    box = table.cells[-1].box
    assert box is not None
    assert box.x0 < XS[-1] / 595.28 < box.x1


def test_rows_by_numbers_where_lines_stand_evenly(tmp_path: Path) -> None:
    pdf = new_page()
    y = 110.0
    for row in ROWS:
        put(pdf, y, row)
        y += 12 * max(1 if isinstance(cell, str) else len(cell) for cell in row)
    assert words(only(read(save(pdf, tmp_path))))[1:] == WORDS[1:]


def test_level_rulings_between_rows(tmp_path: Path) -> None:
    pdf = new_page()
    for number, row in enumerate(ROWS):
        pdf.line(55, 96 + 30 * number, 520, 96 + 30 * number)
        put(pdf, 108 + 30 * number, row)
    pdf.line(55, 96 + 30 * 4, 520, 96 + 30 * 4)
    assert words(only(read(save(pdf, tmp_path)))) == WORDS


def test_three_line_table(tmp_path: Path) -> None:
    pdf = new_page()
    put(pdf, 110, HEADER)
    for y in (98, 116, 240):
        pdf.line(55, y, 520, y)
    for number, row in enumerate(ROWS[1:]):
        put(pdf, 130 + 36 * number, row)
    assert words(only(read(save(pdf, tmp_path)))) == WORDS


def test_section_line_inside(tmp_path: Path) -> None:
    pdf = new_page()
    put(pdf, 110, HEADER)
    pdf.text(60, 135, "I. Aims for the roads of the town")
    for number, row in enumerate(ROWS[1:]):
        put(pdf, 160 + 36 * number, row)
    table = only(read(save(pdf, tmp_path)))
    (section,) = [cell for cell in table.cells if cell.colspan == 5]
    assert section.text == "I. Aims for the roads of the town"
    assert [row for row in words(table) if row[0] != section.text] == WORDS


def test_prose_is_no_table(tmp_path: Path) -> None:
    pdf = new_page()
    for number in range(12):
        pdf.text(
            60, 100 + 15 * number, "The words of this text follow each other with the usual gaps only, line by line."
        )
    document = read(save(pdf, tmp_path))
    assert not list(document.tables())
    assert not document.flags
