"""Characters and lines of a PDF: sub- and superscripts, spaces, paragraphs, headings, headers and footers."""

from __future__ import annotations

from pathlib import Path

from fpdf import FPDF

from lantian.reading.layout import Paragraph
from lantian.reading.sources.pdf import read
from lantian.reading.sources.pdf.lines import letters
from tests.reading.pdf_builder import SIZE, Spec, new_page, save, strokes, write


def texts(pdf: FPDF, tmp_path: Path) -> list[str]:
    return [block.text for block in read(save(pdf, tmp_path)).paragraphs()]


def put(pdf: FPDF, x: float, y: float, *parts: tuple[str, float, float]) -> None:
    """Parts of one line: text, size, how far its baseline lies below the line's."""
    for text, size, drop in parts:
        pdf.set_font_size(size)
        pdf.text(x, y + drop, text)
        x += pdf.get_string_width(text)
    pdf.set_font_size(SIZE)


def test_subscripts_join_their_letters(tmp_path: Path) -> None:
    pdf = new_page()
    put(
        pdf, 60, 100, ("Less PM", 10, 0), ("2.5", 6.5, 2), (" and NO", 10, 0), ("x", 8.5, 5), (" than last year", 10, 0)
    )
    put(pdf, 60, 113, ("and O", 10, 0), ("3", 6, 3), (" as well.", 10, 0))
    assert texts(pdf, tmp_path) == ["Less PM2.5 and NOx than last year\nand O3 as well."]


def test_raised_powers_after_a_letter(tmp_path: Path) -> None:
    pdf = new_page()
    put(pdf, 60, 100, ("35 ug/m", 10, 0), ("3", 6.5, -4), (" over 4.5 t/km", 10, 0), ("2", 6.5, -2.5), (" here", 10, 0))
    put(pdf, 60, 113, ("and note", 10, 0), ("4", 6.5, -4), (" at the end of it.", 10, 0))
    assert texts(pdf, tmp_path) == ["35 ug/m³ over 4.5 t/km² here\nand note4 at the end of it."]


def test_small_print_of_its_own_stays_a_line(tmp_path: Path) -> None:
    pdf = new_page()
    put(pdf, 60, 100, ("A line of the usual size.", 10, 0))
    put(pdf, 300, 106, ("a small note far to the right", 6, 0))
    found = " ".join(texts(pdf, tmp_path))
    assert "usual size." in found
    assert "a small note far to the right" in found


def test_a_word_printed_twice_for_boldness_is_read_once(tmp_path: Path) -> None:
    pdf = new_page()
    pdf.text(60, 100, "Aims of the year")
    pdf.text(60.4, 100, "Aims of the year")
    assert texts(pdf, tmp_path) == ["Aims of the year"]


def test_leaning_watermark_is_left_out(tmp_path: Path) -> None:
    pdf = new_page()
    pdf.text(60, 100, "The text of the page.")
    with pdf.rotation(45, 300, 400):
        pdf.text(200, 400, "DRAFT DRAFT DRAFT")
    assert texts(pdf, tmp_path) == ["The text of the page."]


def test_paragraphs_in_a_cell_by_first_line_indent(tmp_path: Path) -> None:
    pdf = new_page()
    cell = Spec(0, 1, ())
    specs = (Spec(0, 0, ("1",)), cell, Spec(1, 0, ("2",)), Spec(1, 1, ("Other", "words.")))
    xs, ys = (60, 100, 300), (80, 180, 230)
    strokes(pdf, specs, xs, ys)
    write(pdf, specs, xs, ys)
    lines = (
        ("Sweep every road of the town", 20),
        ("before the morning begins;", 0),
        ("wash the walls in the next", 20),
        ("month and again in autumn.", 0),
    )
    for number, (line, inset) in enumerate(lines):
        pdf.text(104 + inset, 95 + 13 * number, line)
    (table,) = read(save(pdf, tmp_path)).tables()
    assert table.cells[1].paragraphs == [
        "Sweep every road of the town\nbefore the morning begins;",
        "wash the walls in the next\nmonth and again in autumn.",
    ]
    assert table.cells[3].paragraphs == ["Other\nwords."]


def test_paragraphs_in_a_cell_by_a_short_last_line(tmp_path: Path) -> None:
    pdf = new_page()
    specs = (Spec(0, 0, ("1",)),
             Spec(0, 1, ("Sweep every road of the old", "town.", "Wash the walls in the mud", "of May and in autumn.")),
             Spec(0, 2, ("Road office", "Water office", "Fire office")))  # fmt: skip
    xs, ys = (60, 100, 240, 400), (80, 160)
    strokes(pdf, specs, xs, ys)
    write(pdf, specs, xs, ys)
    (table,) = read(save(pdf, tmp_path)).tables()
    assert table.cells[1].paragraphs == [
        "Sweep every road of the old\ntown.",
        "Wash the walls in the mud\nof May and in autumn.",
    ]
    assert table.cells[2].paragraphs == ["Road office\nWater office\nFire office"]


def prose(pdf: FPDF, lines: list[str], top: float = 120) -> None:
    for number, line in enumerate(lines):
        inset = 20 if line.startswith(">") else 0
        pdf.text(60 + inset, top + 15 * number, line.lstrip(">"))


def test_title_and_paragraphs_of_running_text(tmp_path: Path) -> None:
    pdf = new_page()
    pdf.set_font("Helvetica", style="B", size=20)
    title = "Blue sky plan for the year"
    pdf.text((595.28 - pdf.get_string_width(title)) / 2, 80, title)
    pdf.set_font("Helvetica", size=SIZE)
    prose(pdf, [
        ">The first paragraph of this plan runs over two lines, because it says a lot about the",
        "air of the town.",
        ">The second paragraph is shorter than the first one but also runs over its first line and",
        "ends here.",
    ])  # fmt: skip
    first, second, third = read(save(pdf, tmp_path)).paragraphs()
    assert (first.text, first.level, first.centred, first.bold, first.page) == (title, 1, True, True, 1)
    assert second.text.startswith("The first paragraph")
    assert second.text.endswith("\nair of the town.")
    assert (third.level, third.centred, third.bold) == (None, False, False)
    assert third.box is not None
    assert 0.05 < third.box.x0 < 0.15


def numbered_pages(count: int) -> FPDF:
    pdf = new_page()
    for number in range(1, count + 1):
        if number > 1:
            pdf.add_page()
        pdf.text(60, 40, "Office of the clean air")
        prose(
            pdf,
            [f">Page text number {word} stands here and differs." for word in ("one", "two", "six")][: 1 + number % 3],
            120 + number * 7,
        )
        pdf.text(280, 810, f"- {number} -")
    return pdf


def test_headers_footers_and_page_numbers_are_dropped(tmp_path: Path) -> None:
    found = texts(numbered_pages(4), tmp_path)
    assert found
    assert all(text.startswith("Page text number") for text in found)


def test_page_number_of_a_single_page_is_dropped(tmp_path: Path) -> None:
    pdf = new_page()
    pdf.text(60, 100, "Only text.")
    pdf.text(280, 800, "\x96 7 \x96".replace("\x96", "-"))
    assert texts(pdf, tmp_path) == ["Only text."]


def test_a_number_inside_the_page_stays(tmp_path: Path) -> None:
    pdf = new_page()
    pdf.text(60, 400, "12")
    pdf.text(60, 440, "words below it")
    assert "12" in " ".join(texts(pdf, tmp_path))


def test_paragraph_cut_by_a_page_break_is_one(tmp_path: Path) -> None:
    pdf = new_page()
    full = "The words of this long paragraph reach the right edge of the page in every line"
    prose(pdf, [f">{full[:-4]}", full, full], 740)
    pdf.add_page()
    prose(pdf, [full, "and here it ends.", f">{full[:-4]}", "Another ends."], 60)
    first, second = read(save(pdf, tmp_path)).paragraphs()
    assert (first.page, second.page) == (1, 2)
    assert first.text.endswith("and here it ends.")
    assert first.text.count("\n") == 4


def test_radicals_of_a_bad_character_map_become_letters() -> None:
    assert letters("⼤⽓污染防治⺠⽣⻓期") == "大气污染防治民生长期"
    assert letters("PM2.5 ㎡ Ⅲ（一）") == "PM2.5 ㎡ Ⅲ（一）"


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    path = save(numbered_pages(3), tmp_path)
    assert read(path) == read(path)
    assert all(isinstance(block, Paragraph) for block in read(path).blocks)


def test_letter_spacing_of_a_justified_line_makes_no_spaces(tmp_path: Path) -> None:
    pdf = new_page()
    pdf.set_char_spacing(2.5)
    pdf.text(60, 100, "less VOCs by GB 37822 in May")
    assert texts(pdf, tmp_path) == ["less VOCs by GB 37822 in May"]
