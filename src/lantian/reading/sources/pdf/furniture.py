"""Headers, footers and page numbers: lines in the margin zones that repeat from page to page, or only count pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from lantian.reading.sources.pdf.limits import LIMITS
from lantian.reading.sources.pdf.lines import Line

_DASH = "[-—–―－─·•.~ ]*"
_PAGE_NUMBER = re.compile(
    rf"^{_DASH}(第? *[0-9０-９]{{1,4}} *页?|[ivxlIVXL]{{1,6}}|第 *[一二三四五六七八九十百]+ *页)"
    rf"( *[/／,，]? *(of|共)? *[0-9０-９]{{1,4}} *页?)?{_DASH}$|^page [0-9]+( of [0-9]+)?$",
    re.I,
)
_DIGITS = re.compile(r"[0-9０-９]+")
_SPACES = re.compile(r"\s+")


def without_furniture(pages: Sequence[tuple[float, Sequence[Line], list[float]]]) -> list[list[Line]]:
    """The lines of each page without headers, footers and page numbers.

    ``pages`` gives height, lines outside tables, and top edges of the tables. The first copy of a repeated line that
    is set larger than the text below it (a title) stays.
    """
    seen = Counter(
        key for height, lines, _ in pages for key in {_key(line, height) for line in lines if _in_zone(line, height)}
    )
    enough = max(2.0, LIMITS["furniture_share"] * len(pages))
    repeated = {key for key, count in seen.items() if count >= enough and len(pages) > 1}
    kept: list[list[Line]] = []
    titles: set[tuple[str, int]] = set()
    for height, lines, edges in pages:
        page: list[Line] = []
        for line in lines:
            key = _key(line, height)
            if _in_zone(line, height):
                if _counts_pages(line, lines, edges):
                    continue
                if key in repeated and not (_is_title(line, lines) and key not in titles):
                    continue
                titles.add(key)
            page.append(line)
        kept.append(page)
    return kept


def _in_zone(line: Line, height: float) -> bool:
    zone = LIMITS["margin"] * height
    return line.y < zone or line.y > height - zone


def _key(line: Line, height: float) -> tuple[str, int]:
    """Text without numbers and spaces, and the height at which it stands in steps of half a line."""
    return _SPACES.sub("", _DIGITS.sub("#", line.text)), round(line.y / height * 100)


def _counts_pages(line: Line, lines: Sequence[Line], edges: list[float]) -> bool:
    """A page number that is the outermost line of its page, top or bottom."""
    if not _PAGE_NUMBER.match(line.text.strip()):
        return False
    others = [other.y for other in lines if other is not line and abs(other.y - line.y) > 0.5 * line.size]
    others.extend(edges)
    return all(line.y < y for y in others) or all(line.y > y for y in others)


def _is_title(line: Line, lines: Sequence[Line]) -> bool:
    sizes = sorted(other.size for other in lines)
    return line.size >= LIMITS["level_size"] * sizes[len(sizes) // 2] and len(lines) > 1
