"""Rows of a plan table: every printed row with its cells by meaning, before anything is repaired."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Literal

from lantian.reading.columns import Field, Header
from lantian.reading.layout import Paragraph
from lantian.reading.model import CellRef, Flag
from lantian.reading.numerals import numeral
from lantian.reading.text import compare_form, join_layout

Kind = Literal["measure", "section", "note"]

DASHES = re.compile(r"^[-—–－_/／\s]+$|^(无|空)$")
_NUMBER = re.compile(r"^[（(]?(\d{1,4}|[一二三四五六七八九十]{1,3})[）).、．]?$")
_COMPOUND = re.compile(
    r"^[（(]?[\d一二三四五六七八九十]{1,3}([-—–.．·、][\d一二三四五六七八九十]{1,3}){1,3}[）).、．]?$"
)


@dataclass(slots=True)
class RowCell:
    """What one row prints for one field. ``covered``: a merged cell reaches down into this row."""

    paragraphs: list[str]
    ref: CellRef
    origin: tuple[int, int, int]
    covered: bool = False
    spans: tuple[Field, ...] = ()
    confidence: float | None = None
    auto_number: bool = False

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)

    @property
    def blank(self) -> bool:
        """Nothing printed here (a dash is something: it says none)."""
        return not self.text.strip()

    @property
    def dashed(self) -> bool:
        """Printed as none: —— or 无."""
        return bool(DASHES.match(self.text.strip()))


@dataclass(slots=True)
class Row:
    """One printed row. ``table`` counts the tables of the document; ``opens_table`` marks the first body row of one."""

    kind: Kind
    cells: dict[Field, RowCell]
    table: int
    page: int | None
    number: int
    opens_table: bool = False
    after_page_break: bool = False
    cut_top: bool | None = None
    geometry: bool = False  # the source knows which cells are merged
    surplus: list[str] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)

    def text(self, name: Field) -> str:
        cell = self.cells.get(name)
        return "" if cell is None else cell.text

    def blank(self, name: Field) -> bool:
        cell = self.cells.get(name)
        return cell is None or cell.blank

    def own(self, name: Field) -> bool:
        """Whether this row itself prints something here."""
        cell = self.cells.get(name)
        return cell is not None and not cell.blank and not cell.covered


@dataclass(slots=True)
class PlanRows:
    """The rows of one plan with the paragraphs before it. ``headings``: section lines printed between its tables, each
    with the row before which it stands; ``notes``: what the table itself prints below its measures."""

    header: Header
    rows: list[Row]
    before: list[Paragraph]
    flags: list[Flag] = field(default_factory=list)
    headings: list[tuple[int, Row]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def parse_number(text: str) -> int | None:
    """The 序号 of a cell: ``12``, ``（三）``, ``四、``, ``①``; a number printed twice in one cell counts once."""
    lines = {join_layout(line) for line in text.split("\n") if line.strip()}
    if len(lines) != 1:
        return None
    match = _NUMBER.match(_plain(lines.pop()))
    return None if match is None else numeral(match[1])


def is_compound_number(text: str) -> bool:
    """A number of several levels: 1.2, 3-1, 一.2."""
    return bool(_COMPOUND.match(join_layout(text))) and parse_number(text) is None


def number_form(text: str) -> str:
    """How a number is printed, all numerals made equal: 一 and 二 share a form, （一）, 1, 1.1 and ① have others."""
    text = join_layout(text)
    if len(text) == 1 and _plain(text).isascii() and not text.isascii():
        return "①"
    return re.sub(r"[一二三四五六七八九十]+", "一", re.sub(r"\d+", "1", text)).strip("、.．")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text) if len(text) == 1 else text


def section_title(text: str) -> str:
    """A section row as it is shown: ``一、主要目标``; a dash in a section column says that there is none."""
    return "" if DASHES.match(text.strip()) else join_layout(text)


def same_words(one: str, other: str) -> bool:
    """Whether two printings say the same (spaces, widths and dashes aside)."""
    return compare_form(one) == compare_form(other)
