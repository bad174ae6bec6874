"""Automatic numbers of a DOCX: the label that ``numbering.xml`` gives each paragraph (ECMA-376 part 1, 17.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lantian.reading.sources.attributes import integer
from lantian.reading.sources.docx.xml import VAL, W, on_off, value
from lantian.reading.sources.list_formats import format_number

if TYPE_CHECKING:
    from lxml.etree import _Element

_LEVELS = 9
_PLACEHOLDER = re.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    format: str = "decimal"
    text: str = ""
    restart: int | None = None  # w:lvlRestart: 0 never, n after level n (from 1); None after any level above
    legal: bool = False
    style: str = ""


@dataclass(slots=True)
class _List:
    """One ``w:num``: the abstract list whose counters it shares, its levels, and the starts it overrides."""

    abstract: int
    levels: dict[int, _Level]
    starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The counters of all lists of one document; ask for labels in document order."""

    def __init__(self, root: _Element | None) -> None:
        self._lists = {} if root is None else _read_lists(root)
        self._counters: dict[int, list[int | None]] = {}
        self._started: set[tuple[int, int]] = set()

    def level_of_style(self, number: int, style: str) -> int:
        """The list level that a paragraph style stands for (``w:pStyle``), else the first."""
        found = self._lists.get(number)
        levels = found.levels.items() if found else ()
        return next((index for index, level in levels if level.style == style), 0)

    def label(self, number: int, level: int) -> str:
        """Count one paragraph of list ``number`` at ``level`` (0–8) and give its label, e.g. ``（二）``.

        Empty for list 0 (no list), bullets and lists or levels that the file does not define.
        """
        found = self._lists.get(number)
        if found is None or not 0 <= level < _LEVELS:
            return ""
        counters = self._counters.setdefault(found.abstract, [None] * _LEVELS)
        if level in found.starts and (number, level) not in self._started:
            self._started.add((number, level))
            counters[level] = found.starts[level]
        else:
            current = counters[level]
            counters[level] = found.levels.get(level, _Level()).start if current is None else current + 1
        for below in range(level + 1, _LEVELS):
            restart = found.levels.get(below, _Level()).restart
            if restart is None or level < restart:
                counters[below] = None
        return self._print(found, level, counters)

    @staticmethod
    def _print(found: _List, level: int, counters: list[int | None]) -> str:
        own = found.levels.get(level)
        if own is None or own.format in ("bullet", "none"):
            return ""

        def place(match: re.Match[str]) -> str:
            index = int(match[1]) - 1
            shown = found.levels.get(index, _Level())
            current = counters[index]
            name = "decimal" if own.legal else shown.format
            return format_number(shown.start if current is None else current, name)

        return _PLACEHOLDER.sub(place, own.text).strip()


def _read_lists(root: _Element) -> dict[int, _List]:
    abstracts: dict[int, dict[int, _Level]] = {}
    by_style: dict[str, int] = {}
    links: dict[int, str] = {}
    for item in root.iterfind(W + "abstractNum"):
        key = integer(item.get(W + "abstractNumId"))
        if key is None:
            continue
        abstracts[key] = dict(filter(None, map(_read_level, item.iterfind(W + "lvl"))))
        if style := value(item, "styleLink"):
            by_style[style] = key
        if style := value(item, "numStyleLink"):
            links[key] = style
    lists: dict[int, _List] = {}
    for item in root.iterfind(W + "num"):
        key = integer(item.get(W + "numId"))
        abstract = integer(value(item, "abstractNumId"))
        if not key or abstract is None:
            continue
        abstract = by_style.get(links.get(abstract, ""), abstract)
        found = _List(abstract, dict(abstracts.get(abstract, {})))
        for override in item.iterfind(W + "lvlOverride"):
            index = integer(override.get(W + "ilvl"))
            if index is None:
                continue
            replaced = override.find(W + "lvl")
            if replaced is not None and (level := _read_level(replaced)):
                found.levels[index] = level[1]
                if level[1].start != 1:
                    found.starts[index] = level[1].start
            start = integer(value(override, "startOverride"))
            if start is not None:
                found.starts[index] = start
        lists[key] = found
    return lists


def _read_level(item: _Element) -> tuple[int, _Level] | None:
    index = integer(item.get(W + "ilvl"))
    if index is None:
        return None
    start = integer(value(item, "start"))
    text = item.find(W + "lvlText")
    number_format = value(item, "numFmt")
    if number_format is None:  # a custom format stands in alternate content
        number_format = next((found.get(VAL) for found in item.iter(W + "numFmt")), None)
    return index, _Level(
        start=1 if start is None else start,
        format=number_format or "decimal",
        text="" if text is None else text.get(VAL, ""),
        restart=integer(value(item, "lvlRestart")),
        legal=bool(on_off(item, "isLgl")),
        style=value(item, "pStyle") or "",
    )
