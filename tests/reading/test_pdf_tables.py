"""Ruled tables: whatever way the borders are drawn, the same cells come out."""

from __future__ import annotations

from pathlib import Path

import pytest

from lantian.reading.layout import Document, Paragraph, Table
from lantian.reading.sources.pdf import read
from tests.reading.pdf_builder import PLAN, STYLES, XS, YS, Spec, new_page, plan, rotated, save, strokes, write

#: Turning the plan about these points keeps it on the page.
CENTRES = {90: (400, 400), 180: (297, 421), 270: (220, 220)}


def printed(table: Table) -> list[tuple[int, int, int, int, str]]:
    return [(cell.row, cell.col, cell.rowspan, cell.colspan, cell.text) for cell in table.cells]


def expected(specs: tuple[Spec, ...] = PLAN) -> list[tuple[int, int, int, int, str]]:
    return [(spec.row, spec.col, spec.rowspan, spec.colspan, "\n".join(spec.lines)) for spec in specs]


def flags(document: Document) -> set[str]:
    return {flag.id for flag in document.flags}


@pytest.mark.parametrize("style", STYLES)
def test_cells_do_not_depend_on_how_borders_are_drawn(style: str, tmp_path: Path) -> None:
    document = read(save(plan(style), tmp_path))
    (table,) = document.tables()
    assert printed(table) == expected()
    assert (document.kind, document.pages, table.page) == ("pdf", 1, 1)
    assert not flags(document)


def test_boxes_are_fractions_of_the_page(tmp_path: Path) -> None:
    (table,) = read(save(plan(), tmp_path)).tables()
    width, height = 595.28, 841.89
    box = table.cells[0].box
    assert box is not None
    assert box.page == 1
    fractions = [box.x0, box.y0, box.x1, box.y1]
    assert fractions == pytest.approx([XS[0] / width, YS[0] / height, XS[1] / width, YS[1] / height], abs=1e-3)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_text_drawn_turned_is_read_upright(degrees: int, tmp_path: Path) -> None:
    pdf = new_page()
    with pdf.rotation(degrees, *CENTRES[degrees]):
        strokes(pdf, PLAN, XS, YS)
        write(pdf, PLAN, XS, YS)
    document = read(save(pdf, tmp_path))
    (table,) = document.tables()
    assert printed(table) == expected()
    assert flags(document) == {"R42"}
    # The box stands where the page shows the cell, not where the upright text would.
    first = table.cells[0].box
    assert first is not None
    assert {90: first.x0 < 0.5 < first.y0, 180: first.x0 > 0.5 and first.y0 > 0.5, 270: first.x0 > 0.5 > first.y0}[
        degrees
    ]


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_rotate_entry_and_turned_text_cancel_out(degrees: int, tmp_path: Path) -> None:
    pdf = new_page()
    with pdf.rotation(degrees, *CENTRES[degrees]):
        strokes(pdf, PLAN, XS, YS)
        write(pdf, PLAN, XS, YS)
    path = rotated(save(pdf, tmp_path), degrees)
    (table,) = read(path).tables()
    assert printed(table) == expected()
    first, last = table.cells[0].box, table.cells[-1].box
    assert first is not None
    assert last is not None
    assert first.x1 < last.x0
    assert first.y1 < last.y0


def test_open_sides_are_closed(tmp_path: Path) -> None:
    pdf = new_page()
    for y in YS:
        pdf.line(XS[0], y, XS[-1], y)
    for x in XS[1:-1]:
        pdf.line(x, YS[0], x, YS[-1])
    specs = tuple(Spec(row, col, (f"r{row}c{col}",)) for row in range(4) for col in range(7))
    write(pdf, specs, XS, YS)
    (table,) = read(save(pdf, tmp_path)).tables()
    assert printed(table) == expected(specs)


def test_borders_that_run_on_tell_a_page_cut(tmp_path: Path) -> None:
    specs = tuple(Spec(row, col, (f"r{row}c{col}",)) for row in range(3) for col in range(3))
    xs, ys = (60.0, 120.0, 300.0, 500.0), (700.0, 730.0, 760.0, 800.0)
    pdf = new_page()
    for y in ys[:-1]:
        pdf.line(xs[0], y, xs[-1], y)
    for x in xs:
        pdf.line(x, ys[0], x, ys[-1])
    write(pdf, specs, xs, ys)
    pdf.add_page()
    strokes(pdf, specs, xs, (60.0, 90.0, 120.0, 160.0))
    write(pdf, specs, xs, (60.0, 90.0, 120.0, 160.0))
    first, second = read(save(pdf, tmp_path)).tables()
    assert (first.rows, first.cut_top, first.cut_bottom) == (3, False, True)
    assert (second.cut_top, second.cut_bottom) == (True, False)


def test_text_below_a_table_means_that_no_row_was_cut(tmp_path: Path) -> None:
    pdf = plan()
    pdf.text(60, 700, "The table ends above.")
    pdf.add_page()
    strokes(pdf, PLAN, XS, YS)
    write(pdf, PLAN, XS, YS)
    first, second = read(save(pdf, tmp_path)).tables()
    assert (first.cut_bottom, second.cut_top) == (False, False)


def test_columns_merged_on_a_whole_page_keep_their_places(tmp_path: Path) -> None:
    pdf = plan()
    pdf.add_page()
    wide = (Spec(0, 0, ("2",)), Spec(0, 1, ("Air",)), Spec(0, 2, ("Test fuel.",)), Spec(0, 3, ("May",)),
            Spec(0, 4, ("All offices",), colspan=2), Spec(0, 6, ("None",)))  # fmt: skip
    strokes(pdf, wide, XS, (60, 90))
    write(pdf, wide, XS, (60, 90))
    _, second = read(save(pdf, tmp_path)).tables()
    assert printed(second) == expected(wide)


def test_several_tables_and_text_keep_their_order(tmp_path: Path) -> None:
    pdf = new_page()
    pdf.text(60, 60, "Before the first table.")
    strokes(pdf, PLAN, XS, YS)
    write(pdf, PLAN, XS, YS)
    pdf.text(60, 250, "Between the tables.")
    below = tuple(y + 200 for y in YS)
    strokes(pdf, PLAN, XS, below)
    write(pdf, PLAN, XS, below)
    pdf.text(60, 450, "After both.")
    blocks = read(save(pdf, tmp_path)).blocks
    kinds = [block.text if isinstance(block, Paragraph) else "table" for block in blocks]
    assert kinds == ["Before the first table.", "table", "Between the tables.", "table", "After both."]
    assert [printed(block) for block in blocks if isinstance(block, Table)] == [expected(), expected()]


def test_table_inside_a_cell_is_read_into_the_cell(tmp_path: Path) -> None:
    pdf = new_page()
    outer = (Spec(0, 0, ("a",)), Spec(0, 1, ()), Spec(1, 0, ("b",)), Spec(1, 1, ("c",)))
    inner = (Spec(0, 0, ("x",)), Spec(0, 1, ("y",)))
    strokes(pdf, outer, (60, 200, 500), (80, 200, 240))
    strokes(pdf, inner, (220, 300, 380), (100, 130))
    write(pdf, outer, (60, 200, 500), (80, 200, 240))
    write(pdf, inner, (220, 300, 380), (100, 130))
    document = read(save(pdf, tmp_path))
    (table,) = document.tables()
    assert [cell.text.split() for cell in table.cells] == [["a"], ["x", "y"], ["b"], ["c"]]
    assert flags(document) == {"R44"}


def test_broken_border_is_repaired_and_flagged(tmp_path: Path) -> None:
    pdf = new_page()
    specs = tuple(Spec(row, col, (f"r{row}c{col}",)) for row in range(2) for col in range(2))
    xs, ys = (60, 200, 400), (80, 160, 240)
    for y in ys:
        pdf.line(xs[0], y, xs[-1], y)
    for x in (xs[0], xs[2]):
        pdf.line(x, ys[0], x, ys[-1])
    pdf.line(xs[1], ys[0], xs[1], ys[0] + 30)
    pdf.line(xs[1], ys[0] + 45, xs[1], ys[-1])
    write(pdf, specs, xs, ys)
    document = read(save(pdf, tmp_path))
    (table,) = document.tables()
    assert printed(table) == expected(specs)
    assert flags(document) == {"R47"}


def test_frame_of_one_column_gives_boxed_paragraphs(tmp_path: Path) -> None:
    pdf = new_page()
    pdf.rect(60, 100, 475, 80)
    pdf.text(255, 120, "Box 1: three works")
    pdf.text(90, 140, "Plant trees along every road of the town, four thousand a year until the last")
    pdf.text(70, 153, "road is green.")
    document = read(save(pdf, tmp_path))
    assert all(isinstance(block, Paragraph) and block.boxed for block in document.blocks)
    title, text = document.paragraphs()
    assert (title.text, title.centred) == ("Box 1: three works", True)
    assert text.text.endswith("\nroad is green.")


def test_a_border_around_the_page_is_no_table(tmp_path: Path) -> None:
    pdf = plan()
    pdf.rect(20, 20, 555, 800)
    (table,) = read(save(pdf, tmp_path)).tables()
    assert printed(table) == expected()


def test_underlines_are_no_table(tmp_path: Path) -> None:
    pdf = new_page()
    for number, word in enumerate(("First", "Second", "Third", "Fourth")):
        pdf.text(60, 100 + 40 * number, word)
        pdf.line(60, 103 + 40 * number, 100, 103 + 40 * number)
    assert not list(read(save(pdf, tmp_path)).tables())


def test_borders_that_step_aside_from_row_to_row_are_one(tmp_path: Path) -> None:
    pdf = new_page()
    specs = tuple(Spec(row, col, (f"r{row}c{col}",)) for row in range(3) for col in range(3))
    xs, ys = (60.0, 120.0, 300.0, 500.0), (80.0, 110.0, 150.0, 190.0)
    for row in range(3):
        aside = (60.0, 120.0 + 6 * (row == 1), 300.0 + 5 * (row == 2), 500.0)
        strokes(pdf, [spec for spec in specs if spec.row == row], aside, ys)
    write(pdf, specs, xs, ys, pad=12)
    document = read(save(pdf, tmp_path))
    (table,) = document.tables()
    assert printed(table) == expected(specs)
    assert flags(document) == {"R47"}
