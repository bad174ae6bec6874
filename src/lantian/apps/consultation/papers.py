"""What leaves the house: the reply form to fill in, and the 意见采纳情况表, each as DOCX and XLSX.

These go from office to office, so they are Chinese in every language of the site. Texts in workbooks are typed
strings: nothing becomes a formula (contracts §8).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from lantian.apps.consultation import returned
from lantian.apps.consultation.frozen import Line
from lantian.apps.consultation.models import Comment, Decision, Round
from lantian.apps.consultation.queries import Asked, Progress, standing_words
from lantian.apps.consultation.words import tidy
from lantian.apps.plans.models import RoleKind
from lantian.reading.output.xlsx import workbook

if TYPE_CHECKING:
    from docx.document import Document

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA = {"docx": DOCX, "xlsx": XLSX}

FORM_COLUMNS = (
    (returned.NUMBER, 12), (returned.TASK, 24), (returned.TEXT, 76), (returned.DUE, 20), (returned.UNITS, 40),
    (returned.KIND, 18), (returned.PROPOSAL, 50), (returned.REASON, 36),
)  # fmt: skip
TABLE_COLUMNS = (
    ("序号", 12), ("征求意见单位", 30), ("条目（任务/措施）", 62), ("修改意见", 62), ("理由", 40), ("采纳情况", 20),
    ("说明", 48),
)  # fmt: skip
VERDICTS = {
    Decision.OPEN: "待定",
    Decision.ADOPTED: "采纳",
    Decision.PARTLY: "部分采纳",
    Decision.REJECTED: "不采纳",
}
_ROLES = {
    RoleKind.LEAD: "牵头", RoleKind.RESPONSIBLE: "主责", RoleKind.SUPPORT: "协办", RoleKind.INHERITED: "承接",
}  # fmt: skip
_QUOTE = 60  # characters of a measure's text in the table
_CELL = 32_767  # characters that a cell of a workbook holds


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table on paper: a title, lines above it, columns with relative widths, rows of text."""

    name: str
    title: str
    above: list[str]
    columns: Sequence[tuple[str, int]]
    rows: list[list[str]]
    choices: tuple[int, list[str]] | None = None  # a column that offers words to choose from


def reply_form(row: Round, lines: Iterable[Line], unit: str = "") -> Sheet:
    """The form that units fill in: one row per measure with 意见类型, 修改意见 and 理由 left empty."""
    above = [
        f"{returned.UNIT_LINE}：{unit}",
        f"{returned.ROUND_LINE}：{row.uid}",
        f"请只填写“{returned.KIND}”“{returned.PROPOSAL}”“{returned.REASON}”三列，其他各列请勿改动；没有意见的行留空。"
        f"对整个文件的意见填在“{returned.WHOLE_PLAN}”行；没有意见的，在该行填写“无意见”。{clause(row)}",
    ]
    rows = [[returned.WHOLE_PLAN, "", "（对整个文件的意见）", "", "", "", "", ""]]
    rows += [[str(line.n), line.head, line.text, line.deadline, units_text(line), "", "", ""] for line in lines]
    kinds = list(returned.KINDS)
    return Sheet("意见反馈表", f"{row.title}——意见反馈表", above, FORM_COLUMNS, rows, (5, kinds))


def clause(row: Round) -> str:
    """Until when, and what silence means: printed below every letter and on every form."""
    due = f"{row.due.year}年{row.due.month}月{row.due.day}日"
    return f"请于{due}前（含当日）反馈" + ("；逾期未反馈的，视为无异议。" if row.silence_is_consent else "。")


def units_text(line: Line) -> str:
    """The units of a row in one cell, each role on its line."""
    return "\n".join(f"{_ROLES[RoleKind(role)]}：{names}" for role, names in line.units)


def adoption_table(row: Round, state: Progress, comments: Sequence[Comment], lines: Iterable[Line]) -> Sheet:
    """意见采纳情况表: every comment with its decision, then the units that said nothing or 无意见."""
    heads = {line.n: line.head for line in lines}
    rows = [_comment_row(comment, heads) for comment in comments]
    rows += [
        [item.invitation.unit.name, "—", standing_words(item), "—", "—", _remark(item)]
        for item in state.asked
        if not item.comments
    ]
    numbered = [[str(n), *cells] for n, cells in enumerate(rows, start=1)]
    title = f"《{row.plan.title}》意见采纳情况表" + (f"（第{row.number}轮）" if row.number > 1 else "")
    return Sheet("意见采纳情况表", title, [summary(state)], TABLE_COLUMNS, numbered)


def _comment_row(comment: Comment, heads: dict[int, str]) -> list[str]:
    place = "全文"
    if comment.n is not None:
        quote = comment.quote[:_QUOTE] + ("…" if len(comment.quote) > _QUOTE else "")
        place = f"{heads.get(comment.n, '')}\n第{comment.n}条：{quote}".strip()
    late = "（逾期反馈）" if comment.invitation.late else ""
    return [
        comment.invitation.unit.name + late, place, comment.proposal, comment.reason or "—",
        VERDICTS[Decision(comment.decision)], comment.decision_reason or "—",
    ]  # fmt: skip


def _remark(item: Asked) -> str:
    if not item.invitation.has_answered:
        return "—"
    return "盖章回复" if item.invitation.how == "paper" else "书面回复"


def summary(state: Progress) -> str:
    """One sentence with the figures of the round."""
    counts, verdicts = {value: n for value, _label, n in state.figures}, state.decisions
    parts = [f"共征求{state.total}个单位意见，收到{state.answered}个单位反馈"]
    parts.append(f"其中{counts['no_objection']}个单位无意见、{counts['commented']}个单位提出意见{state.comments}条")
    if counts["overdue_consent"]:
        parts.append(f"{counts['overdue_consent']}个单位逾期未反馈，视为无异议")
    if counts["waiting"]:
        parts.append(f"{counts['waiting']}个单位尚未反馈")
    decided = "、".join(f"{VERDICTS[value]}{verdicts[value]}条" for value in Decision if verdicts[value])
    return "，".join(parts) + (f"。{decided}。" if decided else "。")


def make(sheet: Sheet, kind: str) -> bytes:
    """The paper as ``docx`` or ``xlsx``."""
    return docx(sheet) if kind == "docx" else xlsx(sheet)


def xlsx(sheet: Sheet) -> bytes:
    """A workbook of one sheet, printable on A4 across with its header on every page."""
    stream = BytesIO()
    book = workbook(stream)
    page = book.add_worksheet(sheet.name)
    formats = _formats(book)
    last = len(sheet.columns) - 1
    page.merge_range(0, 0, 0, last, "", formats["title"])
    page.write_string(0, 0, sheet.title, formats["title"])
    line = 1
    for text in sheet.above:
        page.merge_range(line, 0, line, last, "", formats["plain"])
        page.write_string(line, 0, text, formats["plain"])
        page.set_row(line, 18 * (1 + len(text) // 90))
        line += 1
    for column, (name, width) in enumerate(sheet.columns):
        page.set_column(column, column, width / 2)
        page.write_string(line, column, name, formats["head"])
    first = line
    for cells in sheet.rows:
        line += 1
        for column, text in enumerate(cells):
            page.write_string(line, column, tidy(text)[:_CELL], formats["cell"])
    if sheet.choices is not None:
        column, words = sheet.choices
        page.data_validation(first + 1, column, max(line, first + 1), column, {"validate": "list", "source": words})
    page.freeze_panes(first + 1, 0)
    page.repeat_rows(first)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer("&C第 &P 页，共 &N 页")
    book.close()
    return stream.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    wrapped = {"text_wrap": True, "valign": "top"}
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}),
        "plain": book.add_format({**wrapped, "valign": "vcenter"}),
        "head": book.add_format({"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True,
                                 "bg_color": "#E8EEF4"}),
        "cell": book.add_format({**wrapped, "border": 1}),
    }  # fmt: skip


def docx(sheet: Sheet) -> bytes:
    """A document on A4 across: title, lines, one table whose header is repeated on every page."""
    import docx as library
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    document = library.Document()
    page = document.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    page.left_margin = page.right_margin = Mm(15)
    page.top_margin = page.bottom_margin = Mm(18)
    _fonts(document)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run(tidy(sheet.title))
    run.bold, run.font.size = True, Pt(16)
    for text in sheet.above:
        document.add_paragraph(tidy(text)).paragraph_format.space_after = Pt(2)
    _table(document, sheet)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _fonts(document: Document) -> None:
    """宋体 for Chinese, which every office has; python-docx sets only the Latin font by itself."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "宋体")


def _table(document: Document, sheet: Sheet) -> None:
    """The table with fixed widths. Cells are reached by row: asking a table for a cell costs more the larger it is."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.shared import Mm, Pt

    total = sum(width for _name, width in sheet.columns)
    widths = [Mm(267 * width / total) for _name, width in sheet.columns]
    table = document.add_table(rows=len(sheet.rows) + 1, cols=len(sheet.columns), style="Table Grid")
    table.autofit = False
    printed = [[name for name, _width in sheet.columns], *sheet.rows]
    for row, texts in zip(table.rows, printed, strict=True):
        properties = row._tr.get_or_add_trPr()
        if texts is printed[0]:
            properties.append(OxmlElement("w:tblHeader"))
        properties.append(OxmlElement("w:cantSplit"))
        for cell, text, width in zip(row.cells, texts, widths, strict=True):
            cell.width = width
            for place, part in enumerate(tidy(text).split("\n")):
                paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
                run = paragraph.add_run(part)
                run.font.size = Pt(9)
                if texts is printed[0]:
                    run.bold = True
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
