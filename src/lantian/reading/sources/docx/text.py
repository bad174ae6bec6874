"""The words of one DOCX paragraph as printed: runs, fields, tracked changes, symbols, equations, text boxes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from lantian.reading.lexicon import table
from lantian.reading.sources.docx.styles import ParagraphFormat, RunFormat, Styles, run_format
from lantian.reading.sources.docx.xml import MC, M, W, contents, on_off, value
from lantian.reading.sources.raised import raised

if TYPE_CHECKING:
    from lxml.etree import _Element

_PRIVATE = re.compile("[\uf000-\uf0ff]")
_NOTE_MARKS = (W + "footnoteReference", W + "endnoteReference")
_UNREADABLE = "\ufffd"
_BOX = W + "txbxContent"
_MARK = f"{W}pPr/{W}rPr"


@cache
def _symbols() -> dict[tuple[str, str], str]:
    return {(row["font"], row["code"]): row["character"] for row in table("symbol_fonts")}


@dataclass(slots=True)
class Notes:
    """What reading leaves out or changes, for the flags of the document."""

    inserted: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    tracked: bool = False
    references: list[tuple[str, str]] = field(default_factory=list)  # kind (footnote, endnote, comment), id
    unreadable: list[str] = field(default_factory=list)
    nested: list[str] = field(default_factory=list)
    hidden_rows: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Inline:
    """The words of a paragraph so far. ``bold``: every run with a visible character is bold."""

    parts: list[str] = field(default_factory=list)
    bold: bool = True
    boxes: list[_Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.parts)


class TextReader:
    """Reads paragraphs in document order; fields may begin in one paragraph and end in a later one."""

    def __init__(self, styles: Styles, notes: Notes) -> None:
        self._styles = styles
        self._notes = notes
        self._fields: list[bool] = []  # of every open field: has its result begun
        self._handlers: dict[str, Callable[[_Element, Inline, RunFormat], None]] = {
            W + "t": self._text,
            W + "sym": self._symbol,
            W + "br": self._break,
            W + "cr": self._break,
            W + "fldChar": self._field,
            W + "drawing": self._drawing,
            W + "pict": self._drawing,
            W + "object": self._drawing,
            W + "ruby": self._ruby,
        }
        self._constants = {W + "tab": " ", W + "ptab": " ", W + "noBreakHyphen": "-"}

    def read(self, paragraph: _Element, found: ParagraphFormat, into: Inline) -> None:
        """Add the visible words of ``w:p`` to ``into``; ``found`` is its format with styles resolved."""
        self._inline(paragraph, found.run, into)
        # A field code never runs on into the next paragraph: what is still open then lacks its separator.
        self._fields = [True] * len(self._fields)

    def deleted(self, element: _Element) -> None:
        """Note the words of something that tracked changes removed."""
        self._notes.tracked = True
        words = "".join(item.text or "" for item in element.iter(W + "t", W + "delText"))
        if words.strip():
            self._notes.deleted.append(words)

    def _inline(self, parent: _Element, paragraph: RunFormat, into: Inline) -> None:
        for child in contents(parent):
            tag = child.tag
            if tag == W + "r":
                self._run(child, paragraph, into)
            elif tag in (W + "ins", W + "moveTo"):
                self._notes.tracked = True
                words = "".join(item.text or "" for item in child.iter(W + "t"))
                if words.strip():
                    self._notes.inserted.append(words)
            elif tag in (W + "del", W + "moveFrom"):
                self.deleted(child)
            elif tag in (M + "oMath", M + "oMathPara"):
                self._equation(child, into, "")

    def _run(self, run: _Element, paragraph: RunFormat, into: Inline) -> None:
        properties = run.find(W + "rPr")
        own = run_format(properties)
        style = value(properties, "rStyle")
        shown = self._styles.run(own, style, paragraph)
        marks = [item for item in run if item.tag in _NOTE_MARKS]
        for mark in marks:
            self._notes.references.append((mark.tag.removeprefix(W).removesuffix("Reference"), mark.get(W + "id", "")))
        if shown.hidden or any(mark.get(W + "customMarkFollows", "0") in ("1", "true", "on") for mark in marks):
            return
        for child in contents(run):
            if child.tag == W + "commentReference":
                self._notes.references.append(("comment", child.get(W + "id", "")))
            elif (constant := self._constants.get(child.tag)) is not None:
                self._add(constant, into, shown)
            elif (handler := self._handlers.get(child.tag)) is not None:
                handler(child, into, shown)

    def _add(self, text: str, into: Inline, shown: RunFormat) -> None:
        if not text or not all(self._fields):
            return
        if shown.align == "superscript":
            text = raised(text, into.text)
        into.parts.append(text)
        if not shown.bold and text.strip():
            into.bold = False

    def _text(self, item: _Element, into: Inline, shown: RunFormat) -> None:
        text = (item.text or "").replace("\u00ad", "").replace("\u2011", "-")
        if _PRIVATE.search(text):
            text = _PRIVATE.sub(lambda match: self._from_font(shown.font, ord(match[0])), text)
        self._add(text, into, shown)

    def _symbol(self, item: _Element, into: Inline, shown: RunFormat) -> None:
        try:
            code = int(item.get(W + "char", ""), 16)
        except ValueError:
            return
        if 0xF000 <= code <= 0xF0FF:
            self._add(self._from_font(item.get(W + "font"), code), into, shown)
        elif 0x20 <= code <= 0xFFFF and not 0xD800 <= code <= 0xDFFF:
            self._add(chr(code), into, shown)

    def _from_font(self, font: str | None, code: int) -> str:
        name = (font or "").lower()
        known = _symbols().get((name, f"{code & 0xFF:02X}"))
        if known is None:
            self._notes.unreadable.append(f"{font or '?'} U+{code:04X}")
            return _UNREADABLE
        return known

    def _break(self, item: _Element, into: Inline, shown: RunFormat) -> None:
        if item.get(W + "type", "textWrapping") == "textWrapping":
            self._add("\n", into, shown)

    def _field(self, item: _Element, _into: Inline, _shown: RunFormat) -> None:
        kind = item.get(W + "fldCharType")
        if kind == "begin":
            self._fields.append(False)
        elif kind == "separate" and self._fields:
            self._fields[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _drawing(self, item: _Element, into: Inline, _shown: RunFormat) -> None:
        for box in item.iter(_BOX):
            for above in box.iterancestors():
                if above is item:
                    into.boxes.append(box)
                if above is item or above.tag in (_BOX, MC + "Fallback"):
                    break

    def _ruby(self, item: _Element, into: Inline, shown: RunFormat) -> None:
        base = item.find(W + "rubyBase")
        if base is not None:
            self._inline(base, shown, into)

    def _equation(self, parent: _Element, into: Inline, align: str) -> None:
        for child in parent:
            if child.tag == M + "t":
                self._add(child.text or "", into, RunFormat(bold=True, align=align))
            elif child.tag == M + "sup":
                self._equation(child, into, "superscript")
            elif child.tag == W + "del":
                self.deleted(child)
            elif not isinstance(child.tag, str) or child.tag.endswith("Pr"):
                continue
            else:
                self._equation(child, into, align)


def mark_deleted(paragraph: _Element) -> bool:
    """Whether tracked changes removed the paragraph mark, so that the next paragraph joins this one."""
    mark = paragraph.find(_MARK)
    return mark is not None and (mark.find(W + "del") is not None or mark.find(W + "moveFrom") is not None)


def row_deleted(row: _Element) -> bool:
    """Whether tracked changes removed a table row."""
    properties = row.find(W + "trPr")
    return properties is not None and properties.find(W + "del") is not None


def row_hidden(row: _Element) -> bool:
    """Whether a table row is hidden."""
    return bool(on_off(row.find(W + "trPr"), "hidden"))


def note_words(root: _Element | None, kind: str, ids: set[str]) -> list[str]:
    """The words of the footnotes, endnotes or comments with these ids."""
    if root is None:
        return []
    return [
        "".join(text.text or "" for text in item.iter(W + "t"))
        for item in root.iterfind(W + kind)
        if item.get(W + "id") in ids
    ]
