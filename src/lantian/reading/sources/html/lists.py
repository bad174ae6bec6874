"""Ordered lists of a web page: the number that the browser prints before each item (HTML standard, 4.4.5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lantian.reading.sources.attributes import integer
from lantian.reading.sources.list_formats import format_number, known_format

if TYPE_CHECKING:
    from lxml.etree import _Element

_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([^;]+)", re.I)
_TYPES = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_CHINESE = ("cjk", "chinese", "trad", "simp")


class OrderedList:
    """The counter of one ``ol``."""

    def __init__(self, element: _Element) -> None:
        self._format = _declared(element) or _TYPES.get(element.get("type", "1"), "decimal")
        self._step = -1 if "reversed" in element.attrib else 1
        items = sum(1 for item in element if item.tag == "li")
        start = integer(element.get("start"))
        self._next = start if start is not None else items if self._step < 0 else 1

    def label(self, item: _Element) -> str:
        """Count one ``li`` and give its label with the marker's own punctuation: ``3.``, ``三、``; "" for no marker."""
        number = integer(item.get("value"))
        if number is None:
            number = self._next
        self._next = number + self._step
        name = _declared(item) or _TYPES.get(item.get("type", ""), self._format)
        digits = format_number(number, name)
        if not digits:
            return ""
        return digits + ("、" if any(word in name for word in _CHINESE) else ".")


def _declared(element: _Element) -> str | None:
    """The list style that the element's own style attribute names, if the table of formats has it."""
    style = _STYLE.search(element.get("style", ""))
    for word in style[1].lower().split() if style else ():
        if known_format(word):
            return word
        if word in ("disc", "circle", "square"):
            return "none"
    return None
