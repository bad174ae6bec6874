"""Writers of the test suite: any grid of merged cells as DOCX or HTML, and DOCX and XLSX files from raw XML."""

from __future__ import annotations

import html
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT_W = "http://purl.oclc.org/ooxml/wordprocessingml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)


@dataclass(frozen=True)
class Block:
    """A cell of a grid: its top left place, how many places it covers, its paragraphs."""

    row: int
    col: int
    rowspan: int
    colspan: int
    paragraphs: tuple[str, ...]


def p(text: str = "", properties: str = "", run: str = "") -> str:
    """A WordprocessingML paragraph of one run."""
    words = f'<w:t xml:space="preserve">{escape(text)}</w:t>'
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr>{words}</w:r></w:p>"


def tc(content: str, properties: str = "") -> str:
    """A WordprocessingML cell."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    """A WordprocessingML row."""
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def tbl(*rows: str, widths: Sequence[int] = ()) -> str:
    """A WordprocessingML table."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def write_docx(path: Path, body: str, parts: Mapping[str, str] | None = None, *, strict: bool = False) -> Path:
    """A DOCX of this body; ``parts`` are inner XML of styles, numbering, footnotes, comments by name."""
    parts = parts or {}
    documents = {"word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>"}
    documents |= {f"word/{name}.xml": f"<w:{name} {NAMESPACES}>{inner}</w:{name}>" for name, inner in parts.items()}
    relations = "".join(
        f'<Relationship Id="r{i}" Type="{OFFICE}/{name}" Target="{name}.xml"/>' for i, name in enumerate(parts)
    )
    documents["word/_rels/document.xml.rels"] = f'<Relationships xmlns="{RELATIONSHIPS}">{relations}</Relationships>'
    if strict:
        documents = {name: text.replace(W, STRICT_W) for name, text in documents.items()}
    return write_zip(path, documents)


def write_zip(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    """A zip container of these parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return path


def grid_docx(path: Path, rows: int, cols: int, blocks: Sequence[Block]) -> Path:
    """A DOCX of one table: gridSpan across, vMerge down."""
    starts = {(block.row, block.col): block for block in blocks}
    below = {
        (row, block.col): block for block in blocks for row in range(block.row + 1, block.row + block.rowspan)
    }  # fmt: skip
    lines = []
    for row in range(rows):
        cells = []
        for col in range(cols):
            block = starts.get((row, col)) or below.get((row, col))
            if block is None:
                continue
            span = f'<w:gridSpan w:val="{block.colspan}"/>' if block.colspan > 1 else ""
            first = (row, col) in starts
            merge = "" if block.rowspan == 1 else '<w:vMerge w:val="restart"/>' if first else "<w:vMerge/>"
            content = "".join(p(text) for text in block.paragraphs) if first else ""
            cells.append(tc(content or "<w:p/>", span + merge))
        lines.append(tr(*cells))
    return write_docx(path, tbl(*lines, widths=[1000] * cols))


def grid_html(path: Path, rows: int, cols: int, blocks: Sequence[Block]) -> Path:
    """An HTML page of one table: rowspan, colspan."""
    lines = []
    for row in range(rows):
        cells = "".join(
            f'<td rowspan="{block.rowspan}" colspan="{block.colspan}">'
            + "".join(f"<p>{html.escape(text)}</p>" for text in block.paragraphs)
            + "</td>"
            for block in sorted(blocks, key=lambda block: block.col)
            if block.row == row
        )
        lines.append(f"<tr>{cells}</tr>")
    columns = "<col>" * cols
    page = f'<!DOCTYPE html><meta charset="utf-8"><table><colgroup>{columns}</colgroup>{"".join(lines)}</table>'
    path.write_text(page, encoding="utf-8")
    return path


def list_level(level: int, number_format: str, text: str, start: int = 1, more: str = "") -> str:
    """A ``w:lvl`` of numbering.xml."""
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="{start}"/><w:numFmt w:val="{number_format}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbered(text: str, number: int, level: int = 0) -> str:
    """A paragraph of list ``number``."""
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')
