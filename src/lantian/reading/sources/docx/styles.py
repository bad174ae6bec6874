"""Paragraph and character styles of a DOCX, as far as reading needs them: outline, list, bold, hidden, centred."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lantian.reading.sources.attributes import integer
from lantian.reading.sources.docx.xml import VAL, W, is_on, value

if TYPE_CHECKING:
    from lxml.etree import _Element

_HEADING = re.compile(r"^(?:heading|标题)\s*([1-9])$", re.I)
_CONTENTS = re.compile(r"^(?:toc|目录)\s*\d$", re.I)
_BODY_LEVEL = 9  # w:outlineLvl of body text


@dataclass(frozen=True, slots=True)
class RunFormat:
    """What a run or a style says of its characters; None where it says nothing."""

    bold: bool | None = None
    hidden: bool | None = None
    align: str | None = None  # superscript, subscript, baseline
    font: str | None = None


@dataclass(frozen=True, slots=True)
class ParagraphFormat:
    """What a paragraph or a style says; ``number`` is w:numId and ``level`` w:ilvl (from 0)."""

    style: str = ""
    outline: int | None = None
    centred: bool | None = None
    number: int | None = None
    level: int | None = None
    boxed: bool | None = None
    contents: bool = False  # a line of the table of contents
    run: RunFormat = RunFormat()


_PLAIN = RunFormat()
_UNSTYLED = ParagraphFormat()


def run_format(properties: _Element | None) -> RunFormat:
    """Read ``w:rPr``."""
    if properties is None:
        return _PLAIN
    found = {child.tag: child for child in properties}
    fonts = found.get(W + "rFonts")
    align = found.get(W + "vertAlign")
    return RunFormat(
        bold=is_on(found.get(W + "b")),
        hidden=is_on(found.get(W + "vanish")),
        align=None if align is None else align.get(VAL),
        font=None if fonts is None else fonts.get(W + "ascii") or fonts.get(W + "hAnsi"),
    )


def paragraph_format(properties: _Element | None) -> ParagraphFormat:
    """Read ``w:pPr`` (its run properties belong to the paragraph mark and are left out)."""
    if properties is None:
        return _UNSTYLED
    found = {child.tag: child for child in properties}
    justified = found.get(W + "jc")
    style = found.get(W + "pStyle")
    outline = found.get(W + "outlineLvl")
    numbered = found.get(W + "numPr")
    return ParagraphFormat(
        style="" if style is None else style.get(VAL, ""),
        outline=None if outline is None else integer(outline.get(VAL)),
        centred=None if justified is None else justified.get(VAL) == "center",
        number=integer(value(numbered, "numId")),
        level=integer(value(numbered, "ilvl")),
        boxed=True if W + "framePr" in found else _boxed(found.get(W + "pBdr")),
    )


def _boxed(border: _Element | None) -> bool | None:
    """Whether a border on the left and on the right draws a box round the paragraph; None where it has no border."""
    if border is None:
        return None
    return all(value(border, side) not in (None, "nil", "none") for side in ("left", "right"))


class Styles:
    """The styles of one document by id, each resolved through the styles it is based on."""

    def __init__(self, root: _Element | None) -> None:
        self._elements: dict[str, _Element] = {}
        self._paragraphs: dict[str, ParagraphFormat] = {}
        self._default = ""
        for item in () if root is None else root.iterfind(W + "style"):
            key = item.get(W + "styleId", "")
            self._elements[key] = item
            if item.get(W + "type") == "paragraph" and item.get(W + "default", "0") in ("1", "true", "on"):
                self._default = key

    def paragraph(self, own: ParagraphFormat) -> ParagraphFormat:
        """The paragraph's own format completed by its style (the default paragraph style where it names none)."""
        key = own.style or self._default
        base = self._style(key)
        return ParagraphFormat(
            style=key,
            outline=base.outline if own.outline is None else own.outline,
            centred=base.centred if own.centred is None else own.centred,
            number=base.number if own.number is None else own.number,
            level=(base.level if own.number is None else None) if own.level is None else own.level,
            boxed=base.boxed if own.boxed is None else own.boxed,
            contents=base.contents,
            run=base.run,
        )

    def run(self, own: RunFormat, style: str | None, paragraph: RunFormat) -> RunFormat:
        """A run's own format completed by its character style and its paragraph's style.

        Bold is a toggle (ECMA-376 part 1, 17.7.3): set in both styles it cancels out.
        """
        base = self._style(style).run if style else RunFormat()
        bold = own.bold
        if bold is None:
            bold = bool(base.bold) != bool(paragraph.bold)
        hidden = next((known for known in (own.hidden, base.hidden, paragraph.hidden) if known is not None), None)
        return RunFormat(
            bold, hidden, own.align or base.align or paragraph.align, own.font or base.font or paragraph.font
        )

    def _style(self, key: str) -> ParagraphFormat:
        known = self._paragraphs.get(key)
        if known is not None:
            return known
        self._paragraphs[key] = ParagraphFormat()  # stands while the chain is followed: a loop ends here
        item = self._elements.get(key)
        if item is None:
            return self._paragraphs[key]
        base = self._style(value(item, "basedOn") or "") if value(item, "basedOn") else ParagraphFormat()
        own = paragraph_format(item.find(W + "pPr"))
        name_element = item.find(W + "name")
        name = "" if name_element is None else name_element.get(VAL, "")
        heading = _HEADING.match(name)
        run = run_format(item.find(W + "rPr"))
        resolved = ParagraphFormat(
            style=key,
            outline=own.outline if own.outline is not None else int(heading[1]) - 1 if heading else base.outline,
            centred=base.centred if own.centred is None else own.centred,
            number=base.number if own.number is None else own.number,
            level=base.level if own.level is None and own.number is None else own.level,
            boxed=base.boxed if own.boxed is None else own.boxed,
            contents=bool(_CONTENTS.match(name)) or base.contents,
            run=RunFormat(
                bold=base.run.bold if run.bold is None else run.bold,
                hidden=base.run.hidden if run.hidden is None else run.hidden,
                align=run.align or base.run.align,
                font=run.font or base.run.font,
            ),
        )
        self._paragraphs[key] = resolved
        return resolved


def heading_level(found: ParagraphFormat) -> int | None:
    """The heading level from 1, or None for body text."""
    return None if found.outline is None or not 0 <= found.outline < _BODY_LEVEL else found.outline + 1
