"""Word: the plan as officials print it, A4 landscape, written part by part (ECMA-376), so that the same plan always
gives the same file. What stands in which cell is told by :mod:`lantian.reading.output.shape`.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

from lantian.reading.model import Plan
from lantian.reading.output.shape import Column, Line, Place, Shape, shape_of

_PARTS = Path(__file__).resolve().parent / "word"
# Part of the package → file of word/ that holds it as it is.
_STATIC = {
    "[Content_Types].xml": "content_types.xml",
    "_rels/.rels": "rels.xml",
    "docProps/app.xml": "app.xml",
    "word/_rels/document.xml.rels": "document_rels.xml",
    "word/styles.xml": "styles.xml",
    "word/settings.xml": "settings.xml",
    "word/fontTable.xml": "font_table.xml",
    "word/footer1.xml": "footer.xml",
}
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STAMP = (1980, 1, 1, 0, 0, 0)  # of every member: the same plan gives the same bytes

# A4 landscape in twips, 2 cm margins.
_PAGE = (16838, 11906)
_MARGIN = 1134
_TABLE = _PAGE[0] - 2 * _MARGIN
_NARROWEST_MEASURE = 3600
_TWIPS_PER_LETTER = 180  # 9 pt
_CELL_PADDING = 140
_LINES_KEPT = 14  # a row of at most so many lines moves to the next page as a whole

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile(r"[\t\r\n\x85\u2028\u2029]+")
# Formulae as officials write them: what stands in the second group is set below the line.
_SUBSCRIPT = re.compile(
    r"(?<![A-Za-z0-9])(PM)(2\.5|10|1)(?![\d.])|(?<![A-Za-z0-9])((?:N|S|C)O)(x|2)(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9])(O)(3)(?![A-Za-z0-9])|(?<![A-Za-z0-9])(NH|CH)([34])(?![A-Za-z0-9])"
)


def write_docx(plans: Sequence[Plan], target: IO[bytes] | str | Path, *, mark: str = "") -> None:
    """A Word document with each plan as the table that officials print, the next plan on a page of its own.

    :param mark: words for the head of every page: 内部, 征求意见稿.
    :raises ValueError: no plan is given.

    Read again, the document gives the same plans: titles and heads, measures, units, deadlines and targets
    (docs/export.md says what print cannot keep). It is Chinese whatever language the person speaks: an official paper.
    """
    if not plans:
        raise ValueError("no plan to write")
    write_shapes([shape_of(plan) for plan in plans], target, mark=mark)


def write_shapes(shapes: Sequence[Shape], target: IO[bytes] | str | Path, *, mark: str = "") -> None:
    """:func:`write_docx` for tables that were given further columns (a draft with its sources)."""
    parts = {name: (_PARTS / file).read_text(encoding="utf-8") for name, file in _STATIC.items()}
    parts["word/document.xml"] = _document(shapes)
    parts["word/header1.xml"] = f"{_DECLARATION}<w:hdr {_W}>{_paragraph('Header', mark)}</w:hdr>"
    parts["docProps/core.xml"] = _core(next((shape.title for shape in shapes if shape.title), ""))
    with zipfile.ZipFile(target, "w") as package:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, text.encode("utf-8"))


def _core(title: str) -> str:
    return (
        f'{_DECLARATION}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
        'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{_clean(title)}</dc:title><dc:language>zh-CN</dc:language></cp:coreProperties>"
    )


def _document(shapes: Sequence[Shape]) -> str:
    body = "".join(part for index, shape in enumerate(shapes) for part in _plan(shape, index, len(shapes)))
    section = (
        '<w:sectPr><w:headerReference w:type="default" r:id="rId4"/><w:footerReference w:type="default" r:id="rId5"/>'
        f'<w:pgSz w:w="{_PAGE[0]}" w:h="{_PAGE[1]}" w:orient="landscape"/>'
        f'<w:pgMar w:top="{_MARGIN}" w:right="{_MARGIN}" w:bottom="{_MARGIN}" w:left="{_MARGIN}" '
        'w:header="680" w:footer="680" w:gutter="0"/><w:cols w:space="425"/></w:sectPr>'
    )
    return f"{_DECLARATION}<w:document {_W} {_R}><w:body>{body}{section}</w:body></w:document>"


def _plan(shape: Shape, index: int, plans: int) -> Iterator[str]:
    if plans > 1:
        yield _paragraph("PlanAnnex", f"附件{index + 1}", "<w:pageBreakBefore/>" if index else "")
    if shape.title:
        yield _paragraph("Title", shape.title)
    if shape.note:
        yield _paragraph("PlanNote", shape.note)
    yield _table(shape)
    yield _paragraph("PlanEnd", "")  # Word wants a paragraph behind a table


def _table(shape: Shape) -> str:
    widths = column_widths(shape.columns)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    head = _row([Place((column.title,)) for column in shape.columns], widths, "PlanHead", head=True)
    rows = "".join(
        _row(line.places, widths, "PlanSection" if line.heading else "", kept=_is_short(line, widths))
        for line in shape.lines
    )
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="PlanTable"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        '<w:jc w:val="center"/><w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{head}{rows}</w:tbl>"
    )


def column_widths(columns: Sequence[Column]) -> list[int]:
    """Widths in twips that fill the page: the measure takes what the others leave, and never less than it can bear."""
    others = sum(column.width for column in columns)
    share = min(1.0, (_TABLE - _NARROWEST_MEASURE) / others) if others else 1.0
    widths = [int(column.width * share) for column in columns]
    return [width or _TABLE - sum(widths) for width in widths]


def _row(places: Sequence[Place], widths: Sequence[int], style: str, *, head: bool = False, kept: bool = True) -> str:
    properties = ("<w:cantSplit/>" if kept else "") + ("<w:tblHeader/>" if head else "")
    cells = []
    column = 0
    for place in places:
        width = sum(widths[column : column + place.span])
        column += place.span
        cells.append(_cell(place, width, style, shaded=head))
    trpr = f"<w:trPr>{properties}</w:trPr>" if properties else ""
    return f"<w:tr>{trpr}{''.join(cells)}</w:tr>"


def _cell(place: Place, width: int, style: str, *, shaded: bool) -> str:
    properties = f'<w:tcW w:w="{width}" w:type="dxa"/>'
    if place.span > 1:
        properties += f'<w:gridSpan w:val="{place.span}"/>'
    if place.merge:
        properties += '<w:vMerge w:val="restart"/>' if place.merge == "start" else "<w:vMerge/>"
    if shaded:
        properties += '<w:shd w:val="clear" w:color="auto" w:fill="E7E6E6"/>'
    properties += '<w:vAlign w:val="center"/>'
    own = style or ("PlanCentred" if place.centred else "PlanText")
    paragraphs = "".join(_paragraph(own, text) for text in place.paragraphs or ("",))
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraphs}</w:tc>"


def _is_short(line: Line, widths: Sequence[int]) -> bool:
    """Whether a row is so low that it should not break over pages."""
    column = 0
    for place in line.places:
        width = sum(widths[column : column + place.span])
        column += place.span
        letters = max(1, (width - _CELL_PADDING) // _TWIPS_PER_LETTER)
        if sum(1 + len(text) // letters for text in place.paragraphs) > _LINES_KEPT:
            return False
    return True


def _paragraph(style: str, text: str, properties: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{"".join(_runs(text))}</w:p>'


def _runs(text: str) -> Iterator[str]:
    """The words of a paragraph; PM2.5, NOx, O3 with their figures set low."""
    done = 0
    for match in _SUBSCRIPT.finditer(text):
        low = match.start(match.lastindex or 0)
        yield _run(text[done:low])
        yield _run(text[low : match.end()], '<w:rPr><w:vertAlign w:val="subscript"/></w:rPr>')
        done = match.end()
    if text[done:]:
        yield _run(text[done:])


def _run(text: str, properties: str = "") -> str:
    return f'<w:r>{properties}<w:t xml:space="preserve">{_clean(text)}</w:t></w:r>'


def _clean(text: str) -> str:
    """Text that XML can hold: markup escaped, control characters gone, line breaks and tabs as spaces."""
    return escape(_NOT_XML.sub("", _BREAKS.sub(" ", text)))
