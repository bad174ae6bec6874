"""HTML → Document: paragraphs with their look, tables with spans; page layout made of tables is opened. No fetching."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lantian.reading.errors import ReadingError
from lantian.reading.layout import Cell, Document, Paragraph, Table
from lantian.reading.model import Flag
from lantian.reading.sources.frames import open_layout_frames
from lantian.reading.sources.hard_lines import paragraph_groups, starts_numbered
from lantian.reading.sources.html.encoding import decode_html
from lantian.reading.sources.html.grid import (
    TooManyPlacesError,
    inner_text,
    is_frame,
    is_layout,
    read_grid,
    row_cells,
    table_rows,
)
from lantian.reading.sources.html.lists import OrderedList
from lantian.reading.sources.html.style import Look, is_block, is_bordered, is_dropped, look_of
from lantian.reading.sources.limits import limit, quote
from lantian.reading.sources.raised import raised

if TYPE_CHECKING:
    from lxml.etree import _Element

Block = Paragraph | Table
_SOURCE_SPACE = re.compile("[ \t\r\n\f]+")


def read(path: Path) -> Document:
    """Read an .html or .htm file. Raises ReadingError for an empty or too large file and for an oversized table."""
    if path.stat().st_size > limit("html_bytes"):
        megabytes = limit("html_bytes") // 1024**2
        raise ReadingError(
            f"“{path.name}”过大（上限 {megabytes} MB），拒绝读取。",
            f"{path.name} is too large (limit {megabytes} MB); refused.",
        )
    text = decode_html(path.read_bytes(), path.name)
    root = _parse(text)
    if root is None:
        raise ReadingError(f"“{path.name}”是空文件。", f"{path.name} is empty.")
    reader = _Reader()
    try:
        blocks = reader.blocks(root)
    except TooManyPlacesError as error:
        raise ReadingError(
            f"“{path.name}”中有一张表格过大，拒绝读取。", f"{path.name} holds a table that is too large; refused."
        ) from error
    except RecursionError as error:
        raise ReadingError(
            f"“{path.name}”嵌套过深，无法读取。", f"{path.name} is nested too deeply to be read."
        ) from error
    open_layout_frames(blocks, reader.frames)
    for line, paragraph in enumerate((block for block in blocks if isinstance(block, Paragraph)), start=1):
        paragraph.line = line
    return Document("html", blocks, flags=reader.flags(whole="\ufffd" not in text))


def _parse(text: str) -> _Element | None:
    from lxml import etree

    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False, recover=True
    )
    data = text.replace("\0", "").encode("utf-8", errors="replace")
    try:
        return etree.fromstring(data, parser) if data.strip() else None
    except etree.XMLSyntaxError:  # nothing in it that could be a page
        return None


@dataclass(slots=True)
class _Lines:
    """The words since the last paragraph began, by hard line, each piece with whether it is bold."""

    lines: list[list[tuple[str, bool]]] = field(default_factory=lambda: [[]])
    label: str = ""

    def add(self, text: str, look: Look) -> None:
        if look.preformatted:
            first, *rest = text.split("\n")
            self.lines[-1].append((first, look.bold))
            self.lines.extend([(line, look.bold)] for line in rest)
            return
        text = _SOURCE_SPACE.sub(" ", text)
        if look.raised:
            text = raised(text, "".join(piece for piece, _ in self.lines[-1]))
        self.lines[-1].append((text, look.bold))

    def paragraphs(self, look: Look) -> list[Paragraph]:
        """The paragraphs in what was gathered; gathering begins anew."""
        lines, label = self.lines, self.label
        self.lines, self.label = [[]], ""
        texts = [_SOURCE_SPACE.sub(" ", "".join(piece for piece, _ in line)).strip(" ") for line in lines]
        found: list[Paragraph] = []
        for group in paragraph_groups(texts):
            text = "\n".join(texts[index].strip() for index in group)
            bold = all(heavy for index in group for piece, heavy in lines[index] if piece.strip())
            found.append(
                Paragraph(
                    text,
                    level=look.level,
                    label="" if starts_numbered(text) else label,
                    bold=bold,
                    centred=look.centred,
                )
            )
            label = ""
        if not found:
            self.label = label
        return found


class _Reader:
    def __init__(self) -> None:
        self.frames: list[list[Block]] = []
        self._nested: list[str] = []
        self._deleted: list[str] = []
        self._notes: list[str] = []
        self._hidden_rows: list[str] = []

    def blocks(self, root: _Element, look: Look | None = None, *, boxed: bool = False) -> list[Block]:
        """The paragraphs and tables inside one element, in order."""
        from lxml import etree

        found: list[Block] = []
        gathered = _Lines()
        looks = [look_of(root, look or Look())]
        lists: list[OrderedList | None] = []

        def flush() -> None:
            for paragraph in gathered.paragraphs(looks[-1]):
                paragraph.boxed = boxed
                found.append(paragraph)

        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            tag = element.tag
            if event == "start":
                if element is not root:
                    if is_block(element):
                        flush()
                    looks.append(look_of(element, looks[-1]))
                    if self._skips(element):
                        walker.skip_subtree()
                        continue
                    if tag == "table":
                        flush()
                        found.extend(self._table(element, looks[-1], boxed=boxed))
                        walker.skip_subtree()
                        continue
                    if tag == "br":
                        gathered.lines.append([])
                    elif tag in ("ol", "ul", "menu"):
                        lists.append(OrderedList(element) if tag == "ol" else None)
                    elif tag == "li":
                        gathered.label = lists[-1].label(element) if lists and lists[-1] else ""
                if element.text:
                    gathered.add(element.text, looks[-1])
            else:
                if element is root or is_block(element):
                    flush()
                if tag in ("ol", "ul", "menu") and lists and not is_dropped(element):
                    lists.pop()
                if element is not root:
                    looks.pop()
                    if element.tail:
                        gathered.add(element.tail, looks[-1])
        return found

    def flags(self, *, whole: bool) -> list[Flag]:
        """The flags of the document; ``whole`` says whether every byte of it could be decoded."""
        found = [
            Flag(rule, quote("；".join(words)))
            for rule, words in (
                ("R40", [f"－{words}" for words in self._deleted]),
                ("R41", self._notes),
                ("R44", self._nested),
                ("R45", self._hidden_rows),
            )
            if words
        ]
        return found if whole else [*found, Flag("R21")]

    def _skips(self, element: _Element) -> bool:
        if is_dropped(element):
            return True
        if element.tag == "del":
            self._deleted.append(inner_text(element).strip())
            return True
        if element.tag == "sup" and element.find(".//a") is not None:
            self._notes.append(inner_text(element).strip())
            return True
        return False

    def _table(self, table: _Element, look: Look, *, boxed: bool) -> list[Block]:
        rows = table_rows(table)
        if is_frame(rows) or is_layout(rows):
            framed = boxed or (is_frame(rows) and _is_box(table, rows))
            inner = [
                block for row in rows if not is_dropped(row) for cell in row_cells(row)
                for block in self.blocks(cell, look, boxed=framed)
            ]  # fmt: skip
            if framed:
                self.frames.append(inner)
            return inner
        grid = read_grid(table)
        if grid.hidden:
            self._hidden_rows.append("、".join(map(str, grid.hidden)))
        cells = []
        for place in grid.cells:
            inside = self.blocks(place.element, look)
            paragraphs = list(_words(inside))
            nested = [block for block in inside if isinstance(block, Table)]
            self._nested.extend("".join(_words([block])) for block in nested)
            typed = [block for block in inside if isinstance(block, Paragraph)]
            bold = bool(typed) and all(block.bold for block in typed) and not nested
            cells.append(
                Cell(place.row, place.col, paragraphs, rowspan=place.rowspan, colspan=place.colspan, bold=bold)
            )
        if not cells:
            return []
        return [Table(grid.rows, grid.cols, cells, row_numbers=grid.row_numbers, caption=grid.caption)]


def _is_box(table: _Element, rows: list[_Element]) -> bool:
    return is_bordered(table) or any(is_bordered(cell) for row in rows for cell in row_cells(row))


def _words(blocks: Iterable[Block]) -> Iterable[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.label + block.text
        else:
            for cell in block.cells:
                yield from cell.paragraphs
