"""Scanned pages and image files → Document: grid by image processing, text by recognition, all offline.

Needs the extra ``ocr``; where it is missing every entry raises :class:`~lantian.reading.errors.MissingExtra`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantian.reading.errors import ReadingError
from lantian.reading.guard import LIMITS, ocr_job
from lantian.reading.layout import Cell, Document, Paragraph, Table
from lantian.reading.model import Box, Flag
from lantian.reading.sources.scan.limits import SCAN
from lantian.reading.sources.scan.ocr import engine, recognise, require_engine
from lantian.reading.sources.scan.tokens import repair_tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lantian.reading.sources.scan.grid import Grid
    from lantian.reading.sources.scan.image import Sheet
    from lantian.reading.sources.scan.text import Piece, TextLine

    Image = NDArray[np.uint8]

__all__ = ["PageReading", "engine", "read", "read_page", "read_page_images"]

_PAGE_NUMBER = re.compile(r"[-—–一－_\s·.]*第?\s*\d{1,4}\s*页?[-—–一－_\s·.]*")


@dataclass(slots=True)
class PageReading:
    """What one page image gives: blocks from top to bottom, what was repaired, mean score of its lines."""

    blocks: list[Paragraph | Table] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    confidence: float | None = None


@dataclass(slots=True)
class _Look:
    """A page seen one way up: sheet without rulings, grids, their pieces, the pieces outside."""

    sheet: Sheet
    grids: list[Grid]
    inside: list[list[Piece]]
    outside: list[Piece]

    def pieces(self) -> list[Piece]:
        return self.outside + [piece for group in self.inside for piece in group]


def read(path: Path) -> Document:
    """Read an image file (PNG, JPEG, BMP, TIFF with several pages). Boxes are fractions of the upright page.

    Raises :class:`ReadingError` where the image cannot be decoded or shows no text, MissingExtra without the extra.
    """
    require_engine()
    from lantian.reading.sources.scan.image import load_pages

    images = load_pages(path)
    if len(images) > LIMITS.pages:
        raise ReadingError(
            f"{path.name}：共 {len(images)} 页，超过 {LIMITS.pages} 页的上限",
            f"{path.name}: {len(images)} pages, more than the limit of {LIMITS.pages}",
        )
    document = Document("scan", pages=len(images))
    scores = []
    with ocr_job(len(images)):
        for number, image in enumerate(images, 1):
            reading = read_page(number, image)
            document.blocks.extend(reading.blocks)
            document.flags.extend(reading.flags)
            if reading.confidence is not None:
                scores.append(reading.confidence)
    if not document.blocks:
        raise ReadingError(f"{path.name}：图像中没有可识别的文字", f"{path.name}: no readable text in the image")
    document.confidence = sum(scores) / len(scores) if scores else None
    return document


def read_page_images(pages: Sequence[tuple[int, NDArray[Any]]]) -> list[PageReading]:
    """Page images, each given as (1-based page number, grey or RGB array, best at 200 dpi), with flags and confidence.

    One such job runs at a time on a machine.
    """
    require_engine()
    with ocr_job(len(pages)):
        return [read_page(number, image) for number, image in pages]


def read_page(number: int, image: NDArray[Any]) -> PageReading:
    """Read one page image (grey or RGB array): tables, paragraphs, and flags that name the page in ``detail``."""
    from lantian.reading.sources.scan.text import lines_of, paragraphs_of
    from lantian.reading.sources.scan.widths import settle_widths

    look = _upright(image)
    sheet = look.sheet
    settle_widths(look.pieces(), sheet.ink, sheet.em)
    repairs = _take_tokens(look.pieces())
    blocks: list[tuple[float, Paragraph | Table]] = []
    for grid, pieces in zip(look.grids, look.inside, strict=True):
        blocks.append((grid.outline()[1], _table(number, grid, pieces, sheet)))
    lines = [line for line in lines_of(look.outside, sheet.em) if not _is_page_number(line, sheet)]
    for together in paragraphs_of(lines, sheet.em):
        blocks.append((together[0].spot.y0, _paragraph(number, together, sheet)))
    scores = [piece.score for piece in look.pieces() if piece.text and not piece.known]
    return PageReading(
        [block for _, block in sorted(blocks, key=lambda item: item[0])],
        _flags(number, look, repairs),
        sum(scores) / len(scores) if scores else None,
    )


def _upright(image: NDArray[Any]) -> _Look:
    """The page read the right way up: turned if its text runs up or down, or stands on its head."""
    import numpy as np

    look = _look(image, 0)
    spots = [piece.spot for piece in look.pieces()]
    area = sum(spot.height * spot.width for spot in spots)
    upended = sum(spot.height * spot.width for spot in spots if spot.height > 1.5 * spot.width)
    if area and upended > SCAN["upended"] * area:
        candidates = [_look(np.rot90(image, -turned // 90), turned) for turned in (90, 270)]
        look = max(candidates, key=_sample_score)
    elif spots and (score := _sample_score(look)) < SCAN["poor"]:
        reversed_look = _look(np.rot90(image, 2), 180)
        look = reversed_look if _sample_score(reversed_look) > score else look
    _recognise([piece for piece in look.pieces() if not piece.text and not piece.known], look.sheet)
    return look


def _look(image: NDArray[Any], turned: int) -> _Look:
    """Find grids and text of a page as it stands; nothing is recognised yet."""
    from lantian.reading.sources.scan import grid as scan_grid
    from lantian.reading.sources.scan import image as scan_image
    from lantian.reading.sources.scan import ocr as scan_ocr
    from lantian.reading.sources.scan import text as scan_text

    sheet = scan_image.prepare(image)
    sheet.turned = turned
    grids = scan_grid.find_grids(sheet.ink, sheet.em)
    for grid in grids:
        scan_grid.erase(sheet.grey, sheet.ink, grid)
    spots = scan_ocr.detect_in(sheet.grey, sheet.ink, sheet.em)
    inside: list[list[Piece]] = []
    for grid in grids:
        x0, y0, x1, y1 = grid.outline()
        here = [s for s in spots if x0 <= (s.x0 + s.x1) / 2 < x1 and y0 <= (s.y0 + s.y1) / 2 < y1]
        spots = [spot for spot in spots if spot not in here]
        pieces = scan_text.place_pieces(here, grid, sheet.ink, sheet.em)
        scan_text.find_missed(pieces, grid, sheet.ink, sheet.em)
        inside.append(pieces)
    return _Look(sheet, grids, inside, [scan_text.Piece(spot) for spot in spots])


def _sample_score(look: _Look) -> float:
    """Mean score of the page's longest lines, which are recognised for it."""
    longest = sorted(look.pieces(), key=lambda piece: -piece.spot.width)[: int(SCAN["samples"])]
    _recognise(longest, look.sheet)
    return sum(piece.score for piece in longest) / len(longest) if longest else 0.0


def _recognise(pieces: Sequence[Piece], sheet: Sheet) -> None:
    """Read the pieces in place."""
    from lantian.reading.sources.scan import text as scan_text

    crops: list[Image] = []
    stacked: set[int] = set()
    for piece in pieces:
        if not piece.known and scan_text.is_dash(piece.spot, sheet.ink, sheet.em):
            piece.text, piece.known = scan_text.DASH, True
        spot = piece.spot
        crop = sheet.grey[spot.y0 : spot.y1, spot.x0 : spot.x1]
        if spot.height > SCAN["tall"] * spot.width and spot.height > 1.9 * sheet.em:
            crop = scan_text.unstack(crop, sheet.em)
            stacked.add(len(crops))
        crops.append(crop)
    unknown = [i for i, piece in enumerate(pieces) if not piece.known]
    for i, line in zip(unknown, recognise([crops[i] for i in unknown]), strict=True):
        line = line.without_dirt(SCAN["dirt_end"])
        pieces[i].text, pieces[i].score = line.text, line.score
        pieces[i].places = () if i in stacked else line.places
        lettered = any(char.isalnum() for char in line.text)
        if not lettered and (pieces[i].missed or line.score < SCAN["dirt"]):
            pieces[i].text, pieces[i].places = "", ()
    _read_over_rulings(pieces, sheet)


def _read_over_rulings(pieces: Sequence[Piece], sheet: Sheet) -> None:
    """Look again at marks that stand on a ruling or past it, with all of the ruling wiped."""
    room = round(SCAN["ruling_room"] * sheet.em)
    crossed: list[tuple[Piece, Image]] = []
    for piece in pieces:
        if piece.ruling is None or not piece.text or not piece.text[-1].isalnum():
            continue
        start = max(piece.spot.x0, piece.ruling - round(4 * sheet.em))
        tail = sheet.grey[piece.spot.y0 : piece.spot.y1, start : piece.spot.x1 + room].copy()
        tail[:, max(0, piece.ruling - room - start) : piece.ruling + room + 1 - start] = 255
        crossed.append((piece, tail))
    for (piece, _), line in zip(crossed, recognise([tail for _, tail in crossed]), strict=True):
        stem, mark = line.text[:-1], line.text[-1:]
        if stem and not mark.isalnum() and piece.text.endswith(stem[-2:]) and line.score >= SCAN["dirt"]:
            piece.text, piece.places = piece.text + mark, (*piece.places, 1.0)


def _take_tokens(pieces: Sequence[Piece]) -> list[str]:
    repairs: list[str] = []
    for piece in pieces:
        piece.text, found = repair_tokens(piece.text)
        repairs.extend(found)
    return list(dict.fromkeys(repairs))


def _table(number: int, grid: Grid, pieces: Sequence[Piece], sheet: Sheet) -> Table:
    from lantian.reading.sources.scan.text import lines_of, paragraphs_of

    cells = []
    for place in grid.places:
        box = grid.box(place)
        lines = lines_of([piece for piece in pieces if piece.place is place], sheet.em)
        paragraphs = paragraphs_of(lines, sheet.em, box[2] - box[0])
        cells.append(
            Cell(
                place.row,
                place.col,
                ["\n".join(line.text for line in group) for group in paragraphs],
                place.rowspan,
                place.colspan,
                _box(number, box, sheet),
                min((line.score for line in lines), default=None),
            )
        )
    rows = len(grid.levels) - 1
    return Table(rows, len(grid.uprights) - 1, cells, number, list(range(1, rows + 1)), grid.cut_top, grid.cut_bottom)


def _paragraph(number: int, lines: Sequence[TextLine], sheet: Sheet) -> Paragraph:
    spots = [line.spot for line in lines]
    outline = (
        float(min(spot.x0 for spot in spots)), float(min(spot.y0 for spot in spots)),
        float(max(spot.x1 for spot in spots)), float(max(spot.y1 for spot in spots)),
    )  # fmt: skip
    width = sheet.grey.shape[1]
    centred = len(lines) <= 2 and outline[0] > 0.2 * width and abs(outline[0] + outline[2] - width) < 3 * sheet.em
    return Paragraph("\n".join(line.text for line in lines), number, box=_box(number, outline, sheet), centred=centred)


def _box(number: int, outline: tuple[float, float, float, float], sheet: Sheet) -> Box:
    height, width = sheet.grey.shape
    x0, y0, x1, y1 = outline
    return Box(number, *(min(1.0, max(0.0, v)) for v in (x0 / width, y0 / height, x1 / width, y1 / height)))


def _is_page_number(line: TextLine, sheet: Sheet) -> bool:
    height = sheet.grey.shape[0]
    in_margin = line.spot.y1 < SCAN["page_margin"] * height or line.spot.y0 > (1 - SCAN["page_margin"]) * height
    return in_margin and bool(_PAGE_NUMBER.fullmatch(line.text))


def _flags(number: int, look: _Look, repairs: Sequence[str]) -> list[Flag]:
    page = f"第{number}页"
    flags = []
    if look.sheet.turned:
        flags.append(Flag("R42", f"{page} {look.sheet.turned}°"))
    if look.sheet.angle:
        flags.append(Flag("R46", f"{page} {look.sheet.angle:+.2f}°"))
    if any(grid.repaired for grid in look.grids):
        flags.append(Flag("R47", page))
    return flags + [Flag("R50", f"{page} {repair}") for repair in repairs]
