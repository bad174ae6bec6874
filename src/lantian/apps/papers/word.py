"""A paper as Word, by GB/T 9704-2012. Pure but for python-docx.

Fonts go by name (小标宋, 仿宋, 黑体, 楷体); where a machine lacks them, Word takes others. Page (§5.2): A4, margins
37 mm above, 35 mm below, 28 mm left, 26 mm right, a text area of 156 × 225 mm with 22 lines of 28 characters.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

from lantian.apps.papers.body import Block
from lantian.apps.papers.sheet import Sheet

if TYPE_CHECKING:
    from docx.document import Document

FANGSONG, XIAOBIAOSONG, HEITI, KAITI, SONGTI = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312", "宋体"
TITLE, TEXT, SMALL = 22.0, 16.0, 14.0  # 二号, 三号, 四号
RED = "FF0000"
LINE_PITCH = 580  # twips: 225 mm over 22 lines
CHARACTER_PITCH = -860  # 1/4096 pt off 三号: 28 characters on 156 mm
LEVEL_FONTS = {1: HEITI, 2: KAITI, 3: FANGSONG, 4: FANGSONG}  # §7.3.3
TEXT_WIDTH_MM = 156
MARGINS_MM = {"top": 37, "bottom": 35, "left": 28, "right": 26}
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def write(sheet: Sheet) -> bytes:
    """The paper as a .docx file."""
    import docx

    document = docx.Document()
    _page(document, sheet)
    if sheet.layout == "letter":
        _letter_head(document, sheet)
    else:
        _document_head(document, sheet)
    _paragraph(document, sheet.title, font=XIAOBIAOSONG, size=TITLE, align="center", before=1)
    if sheet.main_to:
        _paragraph(document, sheet.main_to, before=1)
    for block in sheet.blocks:
        _block(document, block)
    _closing(document, sheet)
    _imprint(document, sheet)
    document.core_properties.title = _clean(sheet.title)[:255]
    document.core_properties.author = _clean(sheet.signature)[:255]
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _page(document: Document, sheet: Sheet) -> None:
    """§5.2 the page and its grid, §7.5 the page numbers (not on the first page of a letter, §10.1)."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn
    from docx.shared import Mm, Pt

    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = FANGSONG, Pt(TEXT)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FANGSONG)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(MARGINS_MM["top"]), Mm(MARGINS_MM["bottom"])
    section.left_margin, section.right_margin = Mm(MARGINS_MM["left"]), Mm(MARGINS_MM["right"])
    section.footer_distance = Mm(25)
    properties: Any = section._sectPr
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    properties.append(
        parse_xml(
            f'<w:docGrid {nsdecls("w")} w:type="linesAndChars" w:linePitch="{LINE_PITCH}"'
            f' w:charSpace="{CHARACTER_PITCH}"/>'
        )
    )
    document.settings.odd_and_even_pages_header_footer = True
    section.different_first_page_header_footer = sheet.layout == "letter"
    _page_number(section.footer.paragraphs[0], "right")
    _page_number(section.even_page_footer.paragraphs[0], "left")


def _page_number(paragraph: Any, align: str) -> None:
    """— 1 — in 四号 宋体, odd pages right, even pages left, one character from the edge (§7.5)."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    _align(paragraph, align)
    _indent(paragraph, **({"right": SMALL} if align == "right" else {"left": SMALL}))
    _run(paragraph, "— ", SONGTI, SMALL)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = _run(paragraph, "", SONGTI, SMALL)
        inner = (
            f'<w:fldChar {nsdecls("w")} w:fldCharType="{kind}"/>'
            if kind
            else f'<w:instrText {nsdecls("w")} xml:space="preserve">{text}</w:instrText>'
        )
        run._r.append(parse_xml(inner))
    _run(paragraph, " —", SONGTI, SMALL)


def _document_head(document: Document, sheet: Sheet) -> None:
    """文件 and 纪要: the mark in red 小标宋 below the text area's edge (§7.2.4, §10.3), the number centred two lines
    below (§7.2.5), a red line as wide as the text under it (§7.2.7)."""
    if sheet.secrecy:
        _paragraph(document, sheet.secrecy, font=HEITI)
    _paragraph(
        document, sheet.mark, font=XIAOBIAOSONG, size=_mark_size(sheet.mark), align="center", color=RED,
        before=1 if sheet.secrecy else 2, exact=False,
    )  # fmt: skip
    line = _paragraph(document, sheet.number, align="center", before=2)
    _rule(line, "single", 12, RED)


def _letter_head(document: Document, sheet: Sheet) -> None:
    """函: the mark in red above a red double line (§10.1), the number at the right end of the first line under it."""
    mark = _paragraph(
        document, sheet.mark, font=XIAOBIAOSONG, size=_mark_size(sheet.mark), align="center", color=RED, exact=False
    )  # fmt: skip
    _rule(mark, "thickThinSmallGap", 24, RED)
    if sheet.secrecy:
        _paragraph(document, sheet.secrecy, font=HEITI)
    _paragraph(document, sheet.number, align="right")


def _mark_size(mark: str) -> float:
    """So large that the mark fills the line at most: the standard leaves the size to the issuer (§7.2.4)."""
    return max(22.0, min(44.0, TEXT_WIDTH_MM / 25.4 * 72 / max(1, len(mark))))


def _block(document: Document, block: Block) -> None:
    if block.kind == "table":
        _table(document, block)
        return
    paragraph = _paragraph(document, "", indent=True)
    if block.level:
        _run(paragraph, block.head, LEVEL_FONTS[block.level], TEXT)
    _run(paragraph, block.rest if block.level else block.text, FANGSONG, TEXT)


def _table(document: Document, block: Block) -> None:
    """A ruled table as wide as the text; its first row is the header, printed again on every page."""
    from docx.oxml import OxmlElement
    from docx.shared import Mm

    width = len(block.rows[0])
    table = document.add_table(rows=0, cols=width)
    table.style = "Table Grid"
    table.autofit = False
    sizes = _widths(block.rows)
    for n, row in enumerate(block.rows):
        line = table.add_row()
        for cell, text, size in zip(line.cells, row, sizes, strict=True):
            cell.width = Mm(size)
            paragraph = cell.paragraphs[0]
            _run(paragraph, text, HEITI if n == 0 else FANGSONG, 12.0)
            _align(paragraph, "center" if n == 0 or len(text) < 6 else "left")
        mark = OxmlElement("w:tblHeader" if n == 0 else "w:cantSplit")
        line._tr.get_or_add_trPr().append(mark)


def _widths(rows: tuple[tuple[str, ...], ...]) -> list[float]:
    """Widths in mm by the longest text of each column, the narrowest 14 mm."""
    longest = [min(40, max(4, *(len(row[place]) for row in rows))) for place in range(len(rows[0]))]
    spare = TEXT_WIDTH_MM - 14 * len(longest)
    return [14 + spare * part / sum(longest) for part in longest]


def _closing(document: Document, sheet: Sheet) -> None:
    """附件说明 (§7.3.4), then issuer and date at the right (§7.3.5.2: the date two characters further right)."""
    for n, name in enumerate(sheet.attachments):
        paragraph = _paragraph(document, ("附件：" if n == 0 else "　　　") + name, before=1 if n == 0 else 0)
        _indent(paragraph, left=2 * TEXT)
    if sheet.layout == "minutes":
        return
    name = _paragraph(document, sheet.signature, align="right", before=2)
    _indent(name, right=(4 if len(sheet.signature) < 10 else 2) * TEXT)
    day = _paragraph(document, sheet.dated, align="right")
    _indent(day, right=4 * TEXT if len(sheet.signature) < 10 else 2 * TEXT)
    name.paragraph_format.keep_with_next = True


def _imprint(document: Document, sheet: Sheet) -> None:
    """版记: 抄送 (§7.4.2), 印发机关 and 印发日期 (§7.4.3) between rules (§7.4.1); a letter has 抄送 only (§10.1)."""
    lines = [f"抄送：{sheet.copy_to}"] if sheet.copy_to else []
    if sheet.layout != "letter" and sheet.printed_on:
        lines.append(f"{sheet.printed_by}\t{sheet.printed_on}印发")
    for n, text in enumerate(lines):
        paragraph = _paragraph(document, text, size=SMALL, before=2 if n == 0 else 0)
        _indent(paragraph, left=SMALL, right=SMALL)
        _right_tab(paragraph)
        _rule(paragraph, "single", 8 if n == 0 else 6, "000000", "top")
        if n == len(lines) - 1:
            _rule(paragraph, "single", 8, "000000")


def _paragraph(document: Document, text: str, *, font: str = FANGSONG, size: float = TEXT, align: str = "",
               color: str = "", before: float = 0, indent: bool = False, exact: bool = True) -> Any:  # fmt: skip
    """A paragraph on the grid: ``before`` in lines; ``exact`` keeps the pitch of 22 lines a page."""
    from docx.enum.text import WD_LINE_SPACING
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.space_after = Pt(0)
    form.space_before = Pt(before * LINE_PITCH / 20)
    if exact:
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(max(LINE_PITCH / 20, size * 1.3))
    if align:
        _align(paragraph, align)
    if indent:
        form.first_line_indent = Pt(2 * size)
    _run(paragraph, text, font, size, color)
    return paragraph


def _run(paragraph: Any, text: str, font: str, size: float, color: str = "") -> Any:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    run = paragraph.add_run(_clean(text))
    run.font.name, run.font.size = font, Pt(size)
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if color:
        run.font.color.rgb = RGBColor.from_string(color)
    return run


def _clean(text: str) -> str:
    """Text that XML can hold."""
    return _NOT_XML.sub("", text)


def _align(paragraph: Any, align: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph.alignment = getattr(WD_ALIGN_PARAGRAPH, align.upper())


def _indent(paragraph: Any, *, left: float = 0, right: float = 0) -> None:
    from docx.shared import Pt

    if left:
        paragraph.paragraph_format.left_indent = Pt(left)
    if right:
        paragraph.paragraph_format.right_indent = Pt(right)


def _right_tab(paragraph: Any) -> None:
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Mm

    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(TEXT_WIDTH_MM - 5), WD_TAB_ALIGNMENT.RIGHT)


def _rule(paragraph: Any, kind: str, eighths: int, color: str, side: str = "bottom") -> None:
    """A line over or under a paragraph, ``eighths`` of a point thick."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = paragraph._p.get_or_add_pPr()
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        properties.insert_element_before(
            borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct",
            "w:topLinePunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid",
            "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents", "w:suppressOverlap", "w:jc", "w:rPr",
        )  # fmt: skip
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", kind), ("sz", str(eighths)), ("space", "4"), ("color", color)):
        line.set(qn(f"w:{name}"), value)
    borders.insert(0, line) if side == "top" else borders.append(line)
