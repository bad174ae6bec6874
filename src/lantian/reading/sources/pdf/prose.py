"""Paragraphs outside tables: lines grouped by indent, short last line, distance, size and centring; heading levels."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lantian.reading.layout import Paragraph
from lantian.reading.sources.pdf.characters import Frame
from lantian.reading.sources.pdf.limits import LIMITS
from lantian.reading.sources.pdf.lines import Line, is_bold
from lantian.reading.sources.pdf.paragraphs import Setting, starts_new

_CENTRED = 0.6  # em: how far the middle of a centred line may be off
_INSET = 2.0  # em: least space on both sides of a centred line
_RUNNING = 200  # characters outside tables from which they, and not the tables, are the running text
_WIDE = 0.7  # of the text area: a centred line of running text is shorter than this
_FAR = 1.7  # times the usual line distance: a gap between paragraphs


@dataclass(frozen=True, slots=True)
class Body:
    """The running text of a document: its size, its usual line distance in em, sizes of headings (largest first)."""

    size: float
    pitch: float
    headings: tuple[float, ...]

    def level(self, size: float) -> int | None:
        """Heading level of a size: 1 for the largest; None for body text and smaller."""
        for level, heading in enumerate(self.headings, 1):
            if size >= heading - 0.3:
                return level
        return None


@dataclass(slots=True)
class Block:
    """A paragraph as it stands on a page: its lines and what the print says about it."""

    lines: list[Line]
    paragraph: Paragraph
    ends_full: bool  # the last line reaches the right edge without ending a sentence
    starts_flush: bool  # the first line starts at the left edge without an indent


def body_of(pages: Sequence[Sequence[Line]], printed: Sequence[Counter[float]]) -> Body:
    """The body text of a document, from its lines outside tables and the sizes of all its characters by page."""
    sizes: Counter[float] = Counter()
    for line in (line for lines in pages for line in lines):
        sizes[round(line.size * 2) / 2] += len(line.glyphs)
    if sizes.total() < _RUNNING:
        for counts in printed:
            for exact, count in counts.items():
                sizes[round(exact * 2) / 2] += count
    if not sizes:
        return Body(10.5, 1.5, ())
    size = sizes.most_common(1)[0][0]
    larger = sorted((item for item in sizes if item >= size * LIMITS["level_size"]), reverse=True)
    headings: list[float] = []
    for item in larger:
        if not headings or headings[-1] - item >= 1:
            headings.append(item)
    steps = sorted(
        (after.y - line.y) / line.size
        for lines in pages
        for line, after in itertools.pairwise(lines)
        if abs(line.size - after.size) < 0.5 and 0.9 < (after.y - line.y) / line.size < 3
    )
    return Body(size, steps[len(steps) // 3] if steps else 1.5, tuple(headings[:4]))


def blocks_of(
    lines: Sequence[Line], body: Body, frame: Frame, page: int, heavy: list[bool], edges: Sequence[float]
) -> list[Block]:
    """The paragraphs of one page; ``edges`` are the top edges of tables, which part what stands above and below."""
    if not lines:
        return []
    setting = _setting(lines, body)
    blocks: list[Block] = []
    group: list[Line] = []
    for line in lines:
        if group and _parts(group, line, setting, body, frame, heavy, edges):
            blocks.append(_block(group, setting, body, frame, page, heavy))
            group = []
        group.append(line)
    blocks.append(_block(group, setting, body, frame, page, heavy))
    return blocks


def _setting(lines: Sequence[Line], body: Body) -> Setting:
    """The text area of a page: where most full lines start and the farthest they reach."""
    running = [line for line in lines if abs(line.size - body.size) <= 1] or list(lines)
    starts = Counter(round(line.x0 / 2) * 2 for line in running)
    most = max(starts.values())
    left = min(start for start, count in starts.items() if count >= max(1, most / 2))
    return Setting(float(left), max(line.x1 for line in running), True)


def is_centred(line: Line, frame: Frame, setting: Setting, body: Body) -> bool:
    """Whether a line stands in the middle of the page with room on both sides."""
    em = line.size
    if min(line.x0 - setting.left, setting.right - line.x1) < _INSET * em and line.x1 - line.x0 > 0.5 * frame.width:
        return False
    if line.size <= body.size * LIMITS["level_size"] and line.x1 - line.x0 > _WIDE * (setting.right - setting.left):
        return False
    middle = (line.x0 + line.x1) / 2
    return abs(middle - frame.width / 2) <= _CENTRED * em and line.x0 - setting.left >= _INSET * em


def _parts(
    group: list[Line],
    line: Line,
    setting: Setting,
    body: Body,
    frame: Frame,
    heavy: list[bool],
    edges: Sequence[float],
) -> bool:
    last = group[-1]
    if any(last.y < edge < line.y for edge in edges):
        return True
    if abs(line.size - last.size) > 0.1 * max(line.size, last.size):
        return True
    if line.y - last.y > _FAR * max(body.pitch, 1.2) * last.size:
        return True
    centred = is_centred(line, frame, setting, body)
    if centred != is_centred(last, frame, setting, body):
        # the last line of a justified paragraph may happen to end in the middle
        return centred or len(group) == 1
    if centred:
        return False
    if is_bold([line], heavy) != is_bold([last], heavy):
        return True
    return starts_new(last, line, setting) or last.x1 < setting.right - 6 * last.size


def _block(group: list[Line], setting: Setting, body: Body, frame: Frame, page: int, heavy: list[bool]) -> Block:
    first, last = group[0], group[-1]
    x0, x1 = min(line.x0 for line in group), max(line.x1 for line in group)
    centred = is_centred(first, frame, setting, body)
    paragraph = Paragraph(
        "\n".join(line.text for line in group),
        page,
        level=body.level(first.size),
        box=frame.box(page, x0, first.top, x1, last.bottom),
        bold=is_bold(group, heavy),
        centred=centred,
    )
    full = not centred and last.x1 >= setting.right - LIMITS["short_line"] * last.size
    flush = not centred and abs(first.x0 - setting.left) <= 0.8 * first.size
    return Block(list(group), paragraph, full, flush)


def goes_on(before: Block, after: Block) -> bool:
    """Whether ``after`` on the next page is the rest of the paragraph ``before`` that the page break cut."""
    if before.paragraph.centred or after.paragraph.centred or before.paragraph.level or after.paragraph.level:
        return False
    same = (before.paragraph.bold, before.paragraph.boxed) == (after.paragraph.bold, after.paragraph.boxed)
    several = len(before.lines) > 1 or len(after.lines) > 1
    return same and several and before.ends_full and after.starts_flush
