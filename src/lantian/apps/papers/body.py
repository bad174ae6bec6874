"""The text of a paper: what is typed, line by line ↔ paragraphs and tables. Pure.

A line is a paragraph; lines that begin with ``|`` are rows of a table, cells parted by ``|``. The level of a heading is
told by its numeral, as GB/T 9704-2012 §7.3.3 orders them: 一、 （一） 1. （1）.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from unicodedata import category

PARAGRAPHS = 400
CELLS = 20
LETTERS = 4000  # of one paragraph

_NUMERAL = "[一二三四五六七八九十百]+"
_LEVELS = (
    re.compile(rf"^{_NUMERAL}、"),
    re.compile(rf"^（{_NUMERAL}）|^\({_NUMERAL}\)"),
    re.compile(r"^\d{1,3}[.．](?!\d)"),
    re.compile(r"^（\d{1,3}）|^\(\d{1,3}\)"),
)
_DROPPED = {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}


class BodyError(ValueError):
    """A text that is too long; ``args`` are the limit's name and its value."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (``text``, its heading ``level`` 0–4, ``head`` the part of it that is a heading) or a table."""

    kind: Literal["text", "heading", "table"]
    text: str = ""
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def head(self) -> str:
        """The words set in the heading's type: a whole short line, or its first sentence."""
        if not self.level:
            return ""
        end = self.text.find("。")
        return self.text if end < 0 else self.text[: end + 1]

    @property
    def rest(self) -> str:
        """What follows :attr:`head`."""
        return self.text[len(self.head) :]


def tidy(text: str) -> str:
    """One line without control characters and outer spaces, the indent included: the layout gives it."""
    return "".join(c for c in text.replace("\t", " ") if category(c) not in _DROPPED).strip(" \u3000\u00a0")


def level_of(text: str) -> int:
    """1 for 一、, 2 for （一）, 3 for 1., 4 for （1）, else 0."""
    return next((n for n, form in enumerate(_LEVELS, 1) if form.match(text)), 0)


def parse(typed: str) -> list[dict[str, Any]]:
    """What was typed, as it is kept: ``{"kind": "text"|"heading", "text"}`` or ``{"kind": "table", "rows"}``.

    Raises :class:`BodyError` for more than a paper holds.
    """
    kept: list[dict[str, Any]] = []
    for raw in typed.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        line = tidy(raw)
        if not line:
            continue
        if len(line) > LETTERS:
            raise BodyError("letters", LETTERS)
        if line.startswith("|"):
            cells = [tidy(cell) for cell in line.strip("|").split("|")][:CELLS]
            if kept and kept[-1]["kind"] == "table":
                kept[-1]["rows"].append(cells)
            else:
                kept.append({"kind": "table", "rows": [cells]})
        else:
            kept.append({"kind": "heading" if level_of(line) else "text", "text": line})
    if sum(len(block.get("rows", "1")) for block in kept) > PARAGRAPHS:
        raise BodyError("paragraphs", PARAGRAPHS)
    return kept


def typed(kept: Sequence[dict[str, Any]]) -> str:
    """What :func:`parse` made, as it can be typed again."""
    lines: list[str] = []
    for block in kept:
        if block["kind"] == "table":
            lines.extend("| " + " | ".join(row) + " |" for row in block["rows"])
        else:
            lines.append(block["text"])
    return "\n".join(lines)


def blocks(kept: Sequence[dict[str, Any]]) -> list[Block]:
    """The paragraphs and tables with their levels; rows of a table have the same number of cells."""
    found: list[Block] = []
    for block in kept:
        if block["kind"] == "table":
            width = max(len(row) for row in block["rows"])
            rows = tuple(tuple(row) + ("",) * (width - len(row)) for row in block["rows"])
            found.append(Block("table", rows=rows))
        else:
            level = level_of(block["text"])
            found.append(Block("heading" if level else "text", block["text"], level))
    return found
