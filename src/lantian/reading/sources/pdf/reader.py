"""PDF in, :class:`Document` out: ruled and unruled tables, the text around them, scanned pages by recognition.

One :class:`Table` per table of a page; pages are not stitched (that is the assembler's work), only a paragraph of
running text that a page break cut is joined, because nobody but the page can tell.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantian.reading.errors import MissingExtra, ReadingError
from lantian.reading.guard import pages_found
from lantian.reading.layout import Document, Paragraph, Table
from lantian.reading.model import Flag
from lantian.reading.sources.pdf.characters import Faces, Frame, Glyph, PageText, page_text
from lantian.reading.sources.pdf.file import loaded, opened, raw
from lantian.reading.sources.pdf.furniture import without_furniture
from lantian.reading.sources.pdf.limits import LIMITS
from lantian.reading.sources.pdf.lines import Line, lines_of
from lantian.reading.sources.pdf.prose import Block, Body, blocks_of, body_of, goes_on
from lantian.reading.sources.pdf.render import grey_page, render_page
from lantian.reading.sources.pdf.rulings import Drawing, page_drawing
from lantian.reading.sources.pdf.tables import PageTables, ruled_tables
from lantian.reading.sources.pdf.unruled import unruled_tables

if TYPE_CHECKING:
    from lantian.reading.sources.scan.reader import PageReading

__all__ = ["read", "render_page"]

_FEW = 40  # characters on a page that is otherwise a picture: a stamp or a page number, not its text
_WIDE = 0.9  # em: advance of a full-width character


@dataclass(slots=True)
class _Page:
    number: int
    frame: Frame
    drawing: Drawing
    tables: PageTables
    lines: list[Line]
    sizes: Counter[float]
    unreadable: int = 0
    scanned: bool = False
    fallback: bool = False
    blocks: list[Block | Table] = field(default_factory=list)


def read(path: Path) -> Document:
    """Read a PDF file.

    Raises :class:`ReadingError` for files that are encrypted, cut short, broken, empty, too long, or whose text cannot
    be read, and :class:`MissingExtra` where a page needs text recognition that is not installed.
    """
    faces = Faces()
    with opened(path) as document:
        pages = _read_pages(document, path.name, faces)
        recognised = _recognise(document, path.name, pages)
    _cut_lines(pages)
    texts = [page for page in pages if page.number not in recognised]
    body = body_of([page.lines for page in texts], [page.sizes for page in texts])
    flags: dict[str, list[int]] = {}
    for page in texts:
        _lay_out(page, body, faces.heavy, flags)
    _tell_cuts(texts)
    blocks = _joined(pages, recognised)
    if not blocks:
        raise ReadingError(f"{path.name} 中没有文字", f"{path.name} holds no text")
    result = Document("pdf", blocks, len(pages))
    result.flags = [Flag(rule, f"第{'、'.join(map(str, numbers))}页") for rule, numbers in sorted(flags.items())]
    result.flags.extend(flag for reading in recognised.values() for flag in reading.flags)
    scores = [reading.confidence for reading in recognised.values() if reading.confidence is not None]
    result.confidence = sum(scores) / len(scores) if scores else None
    return result


def _read_pages(document: Any, name: str, faces: Faces) -> list[_Page]:
    pages: list[_Page] = []
    before: list[float] | None = None
    count = raw.FPDF_GetPageCount(document)
    pages_found(count)
    for index in range(count):
        with loaded(document, index, name) as handle:
            text = page_text(handle, faces)
            drawing = page_drawing(handle, text.frame)
        number = index + 1
        scanned, fallback = _needs_recognition(text, drawing)
        glyphs = text.glyphs if not scanned or fallback else []
        tables = ruled_tables(glyphs, drawing, text.frame, number, faces.heavy, before)
        before = tables.columns
        sizes = Counter(map(attrgetter("size"), glyphs))
        lines = lines_of(tables.outside)
        page = _Page(number, text.frame, drawing, tables, lines, sizes, text.unreadable, scanned, fallback)
        pages.append(page)
    return pages


def _needs_recognition(text: PageText, drawing: Drawing) -> tuple[bool, bool]:
    """Whether a page must be recognised from its image, and whether its text layer would do where that fails."""
    picture = drawing.picture_share >= LIMITS["picture"]
    if not text.count:
        return drawing.picture_share > 0.02 or drawing.items > 0, False
    if text.unreadable > LIMITS["garbage"] * text.count or _is_gibberish(text.glyphs):
        return True, False
    if picture and (text.invisible == text.count or text.count < _FEW):
        return True, True
    return False, False


def _is_gibberish(glyphs: list[Glyph]) -> bool:
    """Glyphs as wide as Chinese ones that claim to be anything else: a font without a character map."""
    if len(glyphs) < _FEW:
        return False
    wide = sum(glyph.x1 - glyph.x0 >= _WIDE * glyph.size for glyph in glyphs)
    han = sum(glyph.char > "\u2e7f" for glyph in glyphs)
    return wide > 0.5 * len(glyphs) and han < 0.05 * len(glyphs)


def _recognise(document: Any, name: str, pages: list[_Page]) -> dict[int, PageReading]:
    """What recognition gives for the scanned pages, by page number; empty where all of them can do without it."""
    waiting = [page for page in pages if page.scanned]
    found: dict[int, PageReading] = {}
    if not waiting:
        return found
    try:
        scan = import_module("lantian.reading.sources.scan")
        step = int(LIMITS["scan_batch"])
        for start in range(0, len(waiting), step):
            images = []
            for page in waiting[start : start + step]:
                with loaded(document, page.number - 1, name) as handle:
                    images.append((page.number, grey_page(handle)))
            for (number, _), reading in zip(images, scan.read_page_images(images), strict=True):
                found[number] = reading
    except (MissingExtra, ModuleNotFoundError) as error:
        if isinstance(error, ModuleNotFoundError) and (error.name or "").startswith("lantian"):
            raise
        if not all(page.fallback for page in waiting):
            raise _unread(name, [page.number for page in waiting if not page.fallback]) from error
        return {}
    return found


def _unread(name: str, numbers: list[int]) -> MissingExtra:
    shown = "、".join(map(str, numbers[:10])) + ("…" if len(numbers) > 10 else "")
    return MissingExtra(
        f"{name} 第 {shown} 页没有可用的文字层（扫描件，或字体缺少 Unicode 映射），"
        "需要文字识别组件：请安装 lantian[ocr]",
        f"{name}: page {shown} has no usable text layer (a scan, or fonts without a Unicode map); "
        "text recognition is needed: install lantian[ocr]",
    )


def _cut_lines(pages: list[_Page]) -> None:
    """Take headers, footers and page numbers out of the lines of every page."""
    kept = without_furniture(
        [(page.frame.height, page.lines, [bounds[1] for bounds in page.tables.bounds]) for page in pages]
    )
    for page, lines in zip(pages, kept, strict=True):
        page.lines = lines


def _lay_out(page: _Page, body: Body, heavy: list[bool], flags: dict[str, list[int]]) -> None:
    """Set the blocks of a page in reading order and note its flags."""
    tables = page.tables
    places: list[tuple[float, Block | Table]] = list(tables.tables)
    drawing = page.drawing
    free = Drawing(
        [rule for rule in drawing.level if not any(box[1] - 4 <= rule.at <= box[3] + 4 for box in tables.bounds)],
        [],
        [
            area
            for area in drawing.shaded
            if not any(box[1] - 4 <= area.y1 and area.y0 <= box[3] + 4 for box in tables.bounds)
        ],
        0.0,
    )
    inferred = unruled_tables(page.lines, free, page.frame, page.number, heavy)
    used = {id(line) for found in inferred for line in found.lines}
    places.extend((found.top, found.table) for found in inferred)
    edges = [top for top, _ in places]
    lines = [line for line in page.lines if id(line) not in used]
    for block in blocks_of(lines, body, page.frame, page.number, heavy, edges):
        places.append((block.lines[0].top, block))
    for some in tables.boxed:
        for block in blocks_of(some, body, page.frame, page.number, heavy, []):
            block.paragraph.boxed = True
            places.append((block.lines[0].top, block))
    page.blocks = [block for _, block in sorted(places, key=lambda place: place[0])]
    for rule, raised in (
        ("R21", page.unreadable),
        ("R42", page.frame.turn or page.frame.rotated),
        ("R43", inferred),
        ("R44", tables.nested),
        ("R47", tables.repaired),
    ):
        if raised:
            flags.setdefault(rule, []).append(page.number)


def _tell_cuts(pages: list[_Page]) -> None:
    """Set ``cut_top`` and ``cut_bottom`` where the page tells: text around the table, or room left under it."""
    feet = [page.tables.bounds[-1][3] / page.frame.height for page in pages if page.tables.bounds]
    foot = max(feet, default=1.0)
    before: Table | None = None
    for page in pages:
        blocks = page.blocks
        tables = [block for block in blocks if isinstance(block, Table)]
        for table in tables:
            if table is not blocks[0] or before is None:
                table.cut_top = False
            elif before.cut_bottom is not None:
                table.cut_top = before.cut_bottom
            if table is not blocks[-1] or page is pages[-1]:
                table.cut_bottom = False
            elif table.cut_bottom is None and page.tables.bounds:
                room = (foot - page.tables.bounds[-1][3] / page.frame.height) * page.frame.height
                if room > LIMITS["free_foot"] * 1.4 * max(page.sizes, key=lambda size: page.sizes[size]):
                    table.cut_bottom = False
        before = blocks[-1] if blocks and isinstance(blocks[-1], Table) else None


def _joined(pages: list[_Page], recognised: dict[int, PageReading]) -> list[Paragraph | Table]:
    """All blocks in order; a paragraph cut by a page break is one, on the page where it starts."""
    blocks: list[Paragraph | Table] = []
    last: Block | None = None
    for page in pages:
        if page.number in recognised:
            blocks.extend(recognised[page.number].blocks)
            last = None
        for index, block in enumerate(page.blocks):
            if not isinstance(block, Block):
                blocks.append(block)
                last = None
                continue
            if index == 0 and last is not None and goes_on(last, block):
                last.paragraph.text += "\n" + block.paragraph.text
                block.paragraph = last.paragraph
            else:
                blocks.append(block.paragraph)
            last = block
    for number, paragraph in enumerate((block for block in blocks if isinstance(block, Paragraph)), 1):
        paragraph.line = number
    return blocks
