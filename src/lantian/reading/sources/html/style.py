"""What the markup of a web page says about how its text looks: bold, centred, hidden, heading level."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from lantian.reading.lexicon import table

if TYPE_CHECKING:
    from lxml.etree import _Element

_BOLD = frozenset(("b", "strong", "h1", "h2", "h3", "h4", "h5", "h6", "th"))
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)", re.I)
_WEIGHT = re.compile(r"font-weight\s*:\s*(\w+)", re.I)
_ALIGN = re.compile(r"text-align\s*:\s*([\w-]+)", re.I)
_BORDER = re.compile(r"border(?:-(?:left|width|style))?\s*:\s*([^;]+)", re.I)
_NO_BORDER = re.compile(r"^\s*(?:none|hidden|0)", re.I)
_LANDMARKS = frozenset(("navigation", "contentinfo", "search", "complementary"))


@cache
def _tags(kind: str) -> frozenset[str]:
    return frozenset(row["tag"] for row in table("html_tags") if row["kind"] == kind)


@dataclass(frozen=True, slots=True)
class Look:
    """How text looks where it stands; inherited down the tree."""

    bold: bool = False
    centred: bool = False
    level: int | None = None
    raised: bool = False
    preformatted: bool = False


def look_of(element: _Element, outer: Look) -> Look:
    """The look inside ``element``, given the look around it."""
    tag = element.tag
    look = outer
    if tag in _BOLD:
        look = replace(look, bold=True)
    if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
        look = replace(look, level=int(tag[1]))
    elif tag == "sup":
        look = replace(look, raised=True)
    elif tag == "sub":
        look = replace(look, raised=False)
    elif tag == "pre":
        look = replace(look, preformatted=True)
    style = element.get("style", "")
    if weight := _WEIGHT.search(style):
        word = weight[1].lower()
        look = replace(look, bold=word in ("bold", "bolder") or (word.isdigit() and int(word) >= 600))
    align = _ALIGN.search(style)
    word = align[1] if align else element.get("align", "center" if tag == "center" else "")
    if word:
        look = replace(look, centred=word.lower() in ("center", "middle"))
    return look


def is_hidden(element: _Element) -> bool:
    """Whether the markup itself hides the element."""
    return "hidden" in element.attrib or _HIDDEN.search(element.get("style", "")) is not None


def is_block(element: _Element) -> bool:
    """Whether the element stands on lines of its own."""
    return element.tag in _tags("block")


def is_dropped(element: _Element) -> bool:
    """Whether the element is no text of the page: scripts, forms, media, navigation, hidden parts."""
    return element.tag in _tags("dropped") or element.get("role", "") in _LANDMARKS or is_hidden(element)


def is_bordered(element: _Element) -> bool:
    """Whether the markup draws a border round a table or a cell."""
    if element.get("border", "0").strip() not in ("", "0"):
        return True
    border = _BORDER.search(element.get("style", ""))
    return border is not None and not _NO_BORDER.match(border[1])
