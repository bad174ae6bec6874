"""Synthetic scans: plan tables drawn with Pillow, then skewed, dirtied and compressed as office scanners do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
)
PAGE = (2339, 1654)  # A4 landscape at 200 dpi
NO_BREAK_BEFORE = "，。、；：！？）》”,.;:!?)%"


@dataclass
class Drawn:
    """One cell to draw: grid place, spans, text (``\\n`` forces a line)."""

    row: int
    col: int
    text: str
    rowspan: int = 1
    colspan: int = 1


@dataclass
class Look:
    """How a table is drawn and scanned."""

    size: int = 30
    font: int = 0
    line: int = 2
    pad: int = 8
    left: Sequence[int] = (2,)  # columns set flush left with a first-line indent
    skew: float = 0.0
    turn: int = 0
    noise: float = 0.0
    specks: int = 0
    jpeg: int = 0
    breaks: Sequence[tuple[int, int, int, int]] = ()  # rectangles wiped white
    shade: float = 0.0
    keystone: float = 0.0
    open_sides: bool = False
    dashed: bool = False
    double: bool = False
    above: Sequence[str] = ()
    below: Sequence[str] = ()
    edges: dict[str, list[int]] = field(default_factory=dict)


def font_file() -> str | None:
    """A Chinese font of this machine, or None."""
    return next((name for name in FONTS if Path(name).exists()), None)


def draw(widths: Sequence[int], cells: Sequence[Drawn], look: Look) -> Any:
    """A page with one table as a grey array. ``look.edges`` receives where the rulings were drawn."""
    import numpy as np
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.truetype(FONTS[look.font], look.size, index=2)
    page = Image.new("L", PAGE, 255)
    pen = ImageDraw.Draw(page)
    y = 110
    for words in look.above:
        pen.text(((PAGE[0] - pen.textlength(words, font)) / 2, y), words, 0, font)
        y += int(look.size * 1.8)
    rows = max(cell.row + cell.rowspan for cell in cells)
    xs = [110]
    for width in widths:
        xs.append(xs[-1] + width)
    pitch = int(look.size * 1.35)
    wrapped = {
        id(cell): wrap(
            cell.text,
            (xs[cell.col + cell.colspan] - xs[cell.col] - 2 * look.pad),
            pen,
            font,
            cell.col in look.left and cell.row > 0,
        )
        for cell in cells
    }
    heights = [pitch + 2 * look.pad] * rows
    for cell in cells:
        need = len(wrapped[id(cell)]) * pitch + 2 * look.pad
        have = sum(heights[cell.row : cell.row + cell.rowspan])
        if need > have:
            heights[cell.row + cell.rowspan - 1] += need - have
    ys = [y + 20]
    for height in heights:
        ys.append(ys[-1] + height)
    look.edges.update(x=xs, y=ys)
    for cell in cells:
        x0, x1, y0, y1 = xs[cell.col], xs[cell.col + cell.colspan], ys[cell.row], ys[cell.row + cell.rowspan]
        for start, stop, outer in (((x0, y0), (x1, y0), y0 == ys[0]), ((x0, y1), (x1, y1), y1 == ys[-1]),
                                   ((x0, y0), (x0, y1), x0 == xs[0]), ((x1, y0), (x1, y1), x1 == xs[-1])):  # fmt: skip
            if not (look.open_sides and outer and start[0] == stop[0]):
                _rule(pen, start, stop, look)
        lines = wrapped[id(cell)]
        top = (y0 + y1 - len(lines) * pitch) / 2
        for i, line in enumerate(lines):
            flush = cell.col in look.left and cell.row > 0
            x = x0 + look.pad if flush else (x0 + x1 - pen.textlength(line.strip("\u3000"), font)) / 2
            pen.text((x, top + i * pitch - look.size * 0.12), line if flush else line.strip("\u3000"), 0, font)
    y = ys[-1] + 40
    for words in look.below:
        pen.text((110, y), words, 0, font)
        y += pitch
    for box in look.breaks:
        pen.rectangle(box, fill=255)
    return scan(np.asarray(page), look)


def _rule(pen: Any, start: tuple[int, int], stop: tuple[int, int], look: Look) -> None:
    if not look.dashed:
        pen.line([start, stop], fill=0, width=look.line)
        if look.double:
            dx, dy = (6, 0) if start[0] == stop[0] else (0, 6)
            pen.line([(start[0] + dx, start[1] + dy), (stop[0] + dx, stop[1] + dy)], fill=0, width=1)
        return
    length = max(stop[0] - start[0], stop[1] - start[1])
    across = start[1] == stop[1]
    for at in range(0, length, 14):
        end = min(at + 9, length)
        first = (start[0] + at, start[1]) if across else (start[0], start[1] + at)
        last = (start[0] + end, start[1]) if across else (start[0], start[1] + end)
        pen.line([first, last], fill=0, width=look.line)


def wrap(text: str, width: float, pen: Any, font: Any, indent: bool) -> list[str]:
    """Lines of a cell; with ``indent`` every paragraph begins two characters in."""
    lines = []
    for paragraph in text.split("\n"):
        line = "\u3000\u3000" if indent else ""
        for char in paragraph:
            if line.strip() and pen.textlength(line + char, font) > width and char not in NO_BREAK_BEFORE:
                lines.append(line)
                line = char
            else:
                line += char
        lines.append(line)
    return lines


def scan(page: Any, look: Look, seed: int = 7) -> Any:
    """The page after the scanner: keystone, skew, shadow, noise, specks, JPEG."""
    import cv2
    import numpy as np

    rng = np.random.default_rng(seed)
    height, width = page.shape
    if look.keystone:
        shift = look.keystone * width
        source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        target = np.array(
            [[shift, 0], [width - shift, shift / 3], [width, height], [0, height - shift / 3]], np.float32
        )
        page = cv2.warpPerspective(
            page, cv2.getPerspectiveTransform(source, target), (width, height), borderValue=(255,)
        )
    if look.skew:
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), look.skew, 1)
        page = cv2.warpAffine(page, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255,))
    grey = cv2.GaussianBlur(page, (0, 0), 0.7).astype(np.float32)
    if look.shade:
        grey *= 1 - look.shade * np.linspace(0, 1, width, dtype=np.float32)[None, :]
    if look.noise:
        grey += rng.normal(0, look.noise, grey.shape)
    grey = np.clip(grey, 0, 255).astype(np.uint8)
    for x, y in rng.integers(0, (width - 2, height - 2), (look.specks, 2)):
        grey[y : y + 2, x : x + 2] = rng.integers(0, 120)
    if look.jpeg:
        grey = cv2.imdecode(cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, look.jpeg])[1], 0)
    return np.ascontiguousarray(np.rot90(grey, -look.turn // 90))
