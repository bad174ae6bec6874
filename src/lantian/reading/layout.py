"""What a source reader gives: a document as paragraphs and tables, before anybody asks what the columns mean.

Every source (docx, pdf, scan, html, xlsx, text) ends in a :class:`Document`; everything after it is the same for all.
Text is *as printed*: sub- and superscripts joined to their letters (PM2.5, NOx, m³), markup gone, but layout spaces
and line wraps still there. Inside ``Cell.paragraphs`` and ``Paragraph.text`` a ``\n`` is a line that the page layout
(or a hard line break) wrapped; a new paragraph is a new item.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lantian.reading.model import Box, Flag


@dataclass(slots=True)
class Cell:
    """A printed cell at its top left (``row``, ``col``), spanning ``rowspan`` × ``colspan`` grid places.

    ``inherits`` marks a place that the print leaves open because the cell above is merged over it, where the source
    cannot say so by ``rowspan`` (lone tab of a cell-per-line dump).
    """

    row: int
    col: int
    paragraphs: list[str] = field(default_factory=list)
    rowspan: int = 1
    colspan: int = 1
    box: Box | None = None
    confidence: float | None = None  # of OCR, 0–1
    auto_number: bool = False  # the text is a list number that the file computes, not typed text
    inherits: bool = False
    bold: bool = False

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)


@dataclass(slots=True)
class Table:
    """A grid of ``rows`` × ``cols`` places; ``cells`` lists each printed cell once, in reading order.

    ``row_numbers[i]`` is what provenance calls row *i*: the line of a text, else the 1-based row of the table.
    ``cut_top`` / ``cut_bottom``: the page break went through the first / last row (None: the source cannot tell).
    """

    rows: int
    cols: int
    cells: list[Cell]
    page: int | None = None
    row_numbers: list[int] = field(default_factory=list)
    cut_top: bool | None = None
    cut_bottom: bool | None = None
    caption: str = ""

    def grid(self) -> list[list[Cell | None]]:
        """The places, each holding the cell that covers it (the same object for all places of a merged cell)."""
        places: list[list[Cell | None]] = [[None] * self.cols for _ in range(self.rows)]
        for cell in self.cells:
            for r in range(cell.row, min(cell.row + cell.rowspan, self.rows)):
                for c in range(cell.col, min(cell.col + cell.colspan, self.cols)):
                    if places[r][c] is None:
                        places[r][c] = cell
        return places

    def row_number(self, row: int) -> int:
        return self.row_numbers[row] if row < len(self.row_numbers) else row + 1


@dataclass(slots=True)
class Paragraph:
    """Text outside tables. ``label`` is an automatic list number (``（一）``, ``1.``) that the file computes."""

    text: str
    page: int | None = None
    line: int = 0  # 1-based line of a text, else 1-based paragraph
    level: int | None = None  # heading level, 1 = highest, None = body
    label: str = ""
    box: Box | None = None
    boxed: bool = False  # stands in a frame (专栏)
    bold: bool = False
    centred: bool = False


@dataclass(slots=True)
class Document:
    """A document as its source reader saw it. ``flags`` speak of the whole file (tracked changes, footnotes …)."""

    kind: str  # docx, pdf, scan, html, xlsx, text
    blocks: list[Paragraph | Table] = field(default_factory=list)
    pages: int | None = None
    flags: list[Flag] = field(default_factory=list)
    confidence: float | None = None

    def tables(self) -> Iterator[Table]:
        return (block for block in self.blocks if isinstance(block, Table))

    def paragraphs(self) -> Iterator[Paragraph]:
        return (block for block in self.blocks if isinstance(block, Paragraph))
