"""Names of WordprocessingML (ECMA-376 part 1, chapter 17) and the small questions that every reader of it asks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
VAL = W + "val"

_TRANSPARENT = frozenset(
    [
        W + name
        for name in ("ins", "moveTo", "hyperlink", "fldSimple", "smartTag", "customXml", "bdo", "dir", "sdtContent")
    ]
    + [MC + "Choice", MC + "Fallback"]
)
_OFF = frozenset(("0", "false", "off", "none"))


def on_off(parent: _Element | None, name: str) -> bool | None:
    """A toggle such as ``w:b``: True, False, or None where the element is absent."""
    return is_on(None if parent is None else parent.find(W + name))


def is_on(found: _Element | None) -> bool | None:
    """The value of a toggle element: True, False, or None where there is none."""
    return None if found is None else found.get(VAL, "1").lower() not in _OFF


def value(parent: _Element | None, path: str) -> str | None:
    """``w:val`` of the descendant at ``path`` (names parted by /), or None."""
    found = None if parent is None else parent.find(_path(path))
    return None if found is None else found.get(VAL)


@cache
def _path(path: str) -> str:
    return "/".join(W + step for step in path.split("/"))


def contents(parent: _Element) -> Iterator[_Element]:
    """The children of a container with wrappers opened: content controls, insertions, hyperlinks, smart tags, fields.

    Of alternate content one branch is given, the first choice; a content control that only shows its placeholder
    gives nothing. Wrappers that mark tracked insertions are themselves given first, so that the caller can note them.
    """
    for child in parent:
        tag = child.tag
        if tag == W + "sdt":
            if on_off(child.find(W + "sdtPr"), "showingPlcHdr"):
                continue
            content = child.find(W + "sdtContent")
            if content is not None:
                yield from contents(content)
        elif tag == MC + "AlternateContent":
            branch = child.find(MC + "Choice")
            if branch is None:
                branch = child.find(MC + "Fallback")
            if branch is not None:
                yield from contents(branch)
        elif tag in _TRANSPARENT:
            if tag in (W + "ins", W + "moveTo"):
                yield child
            yield from contents(child)
        else:
            yield child
