"""DOCX and DOCM → Document, straight from the XML: body text, automatic numbers, tables with merged cells.

Kept: tracked insertions, field results, hyperlinks, content controls, text boxes. Left out: tracked deletions, hidden
text, notes and comments, headers and footers, the generated table of contents, macros.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lantian.reading.errors import ReadingError
from lantian.reading.layout import Cell, Document, Paragraph, Table
from lantian.reading.model import Flag
from lantian.reading.sources.docx.numbering import Numbering
from lantian.reading.sources.docx.styles import ParagraphFormat, Styles, heading_level, paragraph_format
from lantian.reading.sources.docx.tables import GridCell, read_grid
from lantian.reading.sources.docx.text import Inline, Notes, TextReader, mark_deleted, note_words
from lantian.reading.sources.docx.xml import W, contents, value
from lantian.reading.sources.frames import open_layout_frames
from lantian.reading.sources.limits import limit, quote
from lantian.reading.sources.package import Package

if TYPE_CHECKING:
    from lxml.etree import _Element

Block = Paragraph | Table


def read(path: Path) -> Document:
    """Read a .docx or .docm file.

    Raises ReadingError for what is no DOCX, encrypted, damaged, too large unpacked, or holds a DTD.
    """
    with Package(path) as package:
        main = package.main_part("word/document.xml")
        root = package.xml(main)
        body = None if root is None else root.find(W + "body")
        if body is None:
            raise ReadingError(
                f"“{path.name}”中没有 Word 正文（缺少 word/document.xml）。",
                f"{path.name} has no Word document in it (word/document.xml is missing).",
            )
        parts = {kind: package.xml(part) for _, kind, part in package.related(main) if kind in ("styles", "numbering")}
        reader = _Reader(Styles(parts.get("styles")), Numbering(parts.get("numbering")), path.name)
        try:
            blocks = reader.blocks(body)
        except RecursionError as error:
            raise package.damaged() from error
        open_layout_frames(blocks, reader.frames)
        for line, paragraph in enumerate((block for block in blocks if isinstance(block, Paragraph)), start=1):
            paragraph.line = line
        return Document("docx", blocks, flags=_flags(reader.notes, package, main))


@dataclass(slots=True)
class _Words:
    """A paragraph with its words: what body and cells build their own kind from."""

    text: str
    label: str
    format: ParagraphFormat
    bold: bool
    boxes: list[_Element] = field(default_factory=list)


class _Reader:
    def __init__(self, styles: Styles, numbering: Numbering, name: str) -> None:
        self.notes = Notes()
        self.frames: list[list[Block]] = []
        self._styles = styles
        self._numbering = numbering
        self._text = TextReader(styles, self.notes)
        self._name = name

    def blocks(self, container: _Element, *, boxed: bool = False) -> list[Block]:
        """The paragraphs and tables of a body, a text box or a frame, in order."""
        found: list[Block] = []
        for item in self._flow(container):
            if isinstance(item, _Words):
                if item.text:
                    found.append(
                        Paragraph(
                            item.text,
                            level=heading_level(item.format),
                            label=item.label,
                            boxed=boxed or bool(item.format.boxed),
                            bold=item.bold,
                            centred=bool(item.format.centred),
                        )
                    )
                for box in item.boxes:
                    found.extend(self.blocks(box, boxed=True))
            else:
                found.extend(self._table(item, boxed=boxed))
        return found

    def _flow(self, container: _Element) -> Iterator[_Words | _Element]:
        """Paragraphs as words, tables as elements; paragraphs whose mark was deleted run on into the next one."""
        running: Inline | None = None
        for child in contents(container):
            if child.tag == W + "tbl":
                yield child
            elif child.tag == W + "p":
                found = self._styles.paragraph(paragraph_format(child.find(W + "pPr")))
                inline = running or Inline()
                self._text.read(child, found, inline)
                if mark_deleted(child):
                    self.notes.tracked = True
                    running = inline
                    continue
                running = None
                if not found.contents:
                    yield self._words(inline, found)
        if running is not None:
            yield self._words(running, ParagraphFormat())

    def _words(self, inline: Inline, found: ParagraphFormat) -> _Words:
        label = ""
        if found.number:
            level = found.level
            if level is None:
                level = self._numbering.level_of_style(found.number, found.style)
            label = self._numbering.label(found.number, level)
        text = inline.text.strip()
        return _Words(text, label, found, bool(text) and inline.bold, inline.boxes)

    def _table(self, table: _Element, *, boxed: bool) -> list[Block]:
        grid = read_grid(table)
        for element in grid.deleted:
            self._text.deleted(element)
        if grid.hidden:
            self.notes.hidden_rows.append("、".join(map(str, grid.hidden)))
        if grid.rows * grid.cols > limit("table_places"):
            raise ReadingError(
                f"“{self._name}”中有一张表格过大（{grid.rows} 行 × {grid.cols} 列），拒绝读取。",
                f"{self._name} holds a table that is too large ({grid.rows} rows × {grid.cols} columns); refused.",
            )
        if grid.is_frame:
            framed = boxed or not _borderless(table)
            inner = [block for cell in grid.cells for block in self.blocks(cell.element, boxed=framed)]
            if framed:
                self.frames.append(inner)
            return inner
        cells = [self._cell(cell) for cell in grid.cells]
        return [Table(grid.rows, grid.cols, cells, row_numbers=grid.row_numbers)] if cells else []

    def _cell(self, place: GridCell) -> Cell:
        paragraphs: list[str] = []
        typed: list[_Words] = []
        labelled = False
        for item in self._flow(place.element):
            if isinstance(item, _Words):
                paragraphs.append(item.label + item.text)
                labelled = labelled or bool(item.label)
                if item.text:
                    typed.append(item)
                boxes = (block for box in item.boxes for block in self.blocks(box))
                paragraphs.extend(_block_text(boxes))
            else:
                nested = [text for text in _block_text(self._table(item, boxed=False)) if text]
                paragraphs.extend(nested)
                self.notes.nested.append("".join(nested))
        return Cell(
            place.row,
            place.col,
            _trim(paragraphs),
            rowspan=place.rowspan,
            colspan=place.colspan,
            auto_number=labelled and not typed,
            inherits=place.inherits,
            bold=bool(typed) and all(item.bold for item in typed),
        )


def _block_text(blocks: Iterator[Block] | list[Block]) -> list[str]:
    texts: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            texts.append(block.label + block.text)
        else:
            texts.extend(text for cell in block.cells for text in cell.paragraphs)
    return texts


def _trim(paragraphs: list[str]) -> list[str]:
    """Without the empty paragraphs at both ends."""
    start, end = 0, len(paragraphs)
    while start < end and not paragraphs[start]:
        start += 1
    while end > start and not paragraphs[end - 1]:
        end -= 1
    return paragraphs[start:end]


def _borderless(table: _Element) -> bool:
    """Whether the table itself says that it has no borders."""
    borders = table.find(f"{W}tblPr/{W}tblBorders")
    return borders is not None and all(
        value(borders, side) in (None, "nil", "none") for side in ("top", "left", "bottom")
    )


def _flags(notes: Notes, package: Package, main: str) -> list[Flag]:
    flags: list[Flag] = []
    if notes.tracked:
        changes = [f"－{words}" for words in notes.deleted] + [f"＋{words}" for words in notes.inserted]
        flags.append(Flag("R40", quote(" ".join(changes))))
    if notes.references:
        left_out = _left_out(notes.references, package, main)
        flags.append(Flag("R41", quote("；".join(left_out))))
    if nested := [words for words in notes.nested if words]:
        flags.append(Flag("R44", quote("；".join(nested))))
    if notes.hidden_rows:
        flags.append(Flag("R45", quote("；".join(notes.hidden_rows))))
    if notes.unreadable:
        flags.append(Flag("R21", quote("、".join(dict.fromkeys(notes.unreadable)))))
    return flags


def _left_out(references: list[tuple[str, str]], package: Package, main: str) -> list[str]:
    """The words of the notes that the text refers to; a note that the file lacks counts by its id."""
    ids: dict[str, set[str]] = {}
    for kind, key in references:
        ids.setdefault(kind, set()).add(key)
    words: list[str] = []
    for _, relation, part in package.related(main):
        kind = relation.removesuffix("s")
        if kind in ids:
            words.extend(text.strip() for text in note_words(package.xml(part), kind, ids[kind]))
    return [text for text in words if text]
