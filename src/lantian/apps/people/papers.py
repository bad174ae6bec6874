"""What leaves the house: lists to fill in, the register as a workbook, 移交单 as a Word document.

These go from office to office, so they are Chinese in every language of the site. Texts in workbooks are typed
strings: nothing becomes a formula (contracts §8).
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.utils import translation

from lantian.apps.core import policy
from lantian.apps.people.lists import POST_WORDS, columns
from lantian.apps.people.models import Handover, ListKind, Post
from lantian.apps.people.queries import Line
from lantian.reading.output.xlsx import workbook

if TYPE_CHECKING:
    from docx.document import Document

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TITLES = {ListKind.PEOPLE: "人员名单", ListKind.LIAISONS: "联络员名单"}
SHEET = "工作移交单"
_GAP = "\u3000"  # as wide as a character
_DUTY_COLUMNS = (("序号", 10), ("计划", 34), ("工作措施", 74), ("分工", 14), ("完成时限", 22), ("进展", 22))


def empty_list(kind: ListKind) -> bytes:
    """The list to fill in: headings, choices in the columns that have them, and a page of notes."""
    return _book(kind, [])


def register_book(lines: Iterable[Line]) -> bytes:
    """The register in the columns in which it can be brought back; one row per person."""
    rows = [
        [line.unit.name, POST_WORDS[Post(post)], row.name, row.title, row.phone, row.email, row.since.isoformat(),
         row.note]
        for line in lines
        for post, _label, row in line.cells
        if row is not None
    ]  # fmt: skip
    return _book(ListKind.LIAISONS, rows)


def _book(kind: ListKind, rows: list[list[str]]) -> bytes:
    stream = BytesIO()
    book = workbook(stream)
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#E8EEF4", "text_wrap": True})
    body = book.add_format({"border": 1, "num_format": "@", "valign": "top"})
    page = book.add_worksheet(_TITLES[kind])
    wanted = list(columns(kind).values())
    for place, column in enumerate(wanted):
        page.set_column(place, place, column.width, body if not rows else None)
        page.write_string(0, place, column.zh, head)
    for line, cells in enumerate(rows, start=1):
        for place, text in enumerate(cells):
            page.write_string(line, place, text, body)
    choices = {"post": list(POST_WORDS.values()), "roles": _roles()}
    for place, column in enumerate(wanted):
        if column.field in choices:
            rule = {"validate": "list", "source": choices[column.field], "error_type": "warning"}
            page.data_validation(1, place, max(len(rows), 500), place, rule)
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer("&C第 &P 页，共 &N 页")
    _notes(book, kind, head)
    book.close()
    return stream.getvalue()


def _roles() -> list[str]:
    with translation.override("zh-hans"):
        return [str(label) for label in policy.ROLES.values()]


def _notes(book: Any, kind: ListKind, head: Any) -> None:
    page = book.add_worksheet("说明")
    page.set_column(0, 0, 14)
    page.set_column(1, 1, 8)
    page.set_column(2, 2, 60)
    for place, text in enumerate(("列", "必填", "怎样填写")):
        page.write_string(0, place, text, head)
    for line, column in enumerate(columns(kind).values(), start=1):
        for place, text in enumerate((column.zh, "是" if column.required else "", column.note)):
            page.write_string(line, place, text)


def handover_sheet(row: Handover) -> bytes:
    """移交单: who hands what to whom from which day, the open duties of that day, three signatures."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    document = docx.Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(20)
    page.top_margin = page.bottom_margin = Mm(22)
    _fonts(document)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run(SHEET)
    run.bold, run.font.size = True, Pt(18)
    for text in facts(row):
        document.add_paragraph(text).paragraph_format.space_after = Pt(3)
    _duties(document, row)
    document.add_paragraph()
    for words in signatures(row):
        line = document.add_paragraph(f"{words}签字：{_GAP * 11}日期：{_GAP * 4}年{_GAP * 2}月{_GAP * 2}日")
        line.paragraph_format.space_before = Pt(14)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def facts(row: Handover) -> list[str]:
    """The lines above the table of duties."""
    old = row.old
    lines = [f"单位：{row.unit.name}　　岗位：{POST_WORDS[Post(row.post)]}"]
    if old is not None:
        lines.append(f"移交人：{_who(old.name, old.title, old.phone)}（任至{old.until}）")
    lines.append(f"接收人：{_who(row.new.name, row.new.title, row.new.phone)}（自{row.day}起）")
    lines.append(f"截至移交日未完成的责任事项共{len(row.content)}项" + ("：" if row.content else "。"))
    return lines


def signatures(row: Handover) -> list[str]:
    """Who signs: the two, and the witness, whose name may be left to be written."""
    named = (("移交人", row.old.name if row.old else ""), ("接收人", row.new.name), ("监交人", row.witness))
    return [f"{what}（{name or _GAP * 4}）" for what, name in named]


def printed_duties(row: Handover) -> tuple[list[str], list[list[str]]]:
    """The table of open duties: headings, and one line of texts for each."""
    lines = [
        [str(item["seq"] or item["n"]), item["plan"], item["text"], item["role"], item["end"] or "—", item["state"]]
        for item in row.content
    ]
    return [name for name, _width in _DUTY_COLUMNS], lines


def sheet_words(row: Handover) -> dict[str, Any]:
    """Everything that the sheet says, for its page; Chinese in every language of the site, as the paper is."""
    columns, lines = printed_duties(row)
    signing = [f"{words}签字：" for words in signatures(row)]
    return {
        "title": SHEET,
        "facts": facts(row),
        "columns": columns,
        "duties": lines,
        "signing": signing,
        "on": "日期：",
    }


def _who(name: str, title: str, phone: str) -> str:
    return "，".join(part for part in (name, title, phone) if part)


def _duties(document: Document, row: Handover) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Mm, Pt

    columns, lines = printed_duties(row)
    if not lines:
        return
    total = sum(width for _name, width in _DUTY_COLUMNS)
    table = document.add_table(rows=len(lines) + 1, cols=len(columns), style="Table Grid")
    table.autofit = False
    printed = [columns, *lines]
    for line, texts in zip(table.rows, printed, strict=True):
        properties = line._tr.get_or_add_trPr()
        if texts is printed[0]:
            properties.append(OxmlElement("w:tblHeader"))
        properties.append(OxmlElement("w:cantSplit"))
        for cell, text, (_name, width) in zip(line.cells, texts, _DUTY_COLUMNS, strict=True):
            cell.width = Mm(170 * width / total)
            run = cell.paragraphs[0].add_run("".join(sign for sign in str(text) if sign >= " " or sign == "\n"))
            run.font.size = Pt(9)
            run.bold = texts is printed[0]


def _fonts(document: Document) -> None:
    """宋体 for Chinese, which every office has; python-docx sets only the Latin font by itself."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "宋体")
