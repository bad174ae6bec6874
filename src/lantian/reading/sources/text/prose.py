"""Running text: one paragraph a line, hard-wrapped lines put together again where that is certain."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from lantian.reading.layout import Paragraph
from lantian.reading.sources.hard_lines import starts_numbered
from lantian.reading.sources.text.header import clean

Line = tuple[int, str]  # 1-based line, text

_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*$")
_BOLD = re.compile(r"\s*(?:<(b|strong)>(.*)</\1>|\*\*([^*]+)\*\*)\s*", re.I)
_CLOSED = re.compile(r"[。！？!?；;：:]”?[）)]?\s*$")
_OPENS = re.compile(r"^\s*(?:专栏|附件|附表|[—•●■◆·*-])")
_INDENT = re.compile(r"^(?:\u3000| {2,}|\t)")
_WIDEST = 130  # columns of a wrapped line (65 Chinese characters); longer lines are whole paragraphs
_NARROWEST = 30
_SLACK = 3  # columns that a punctuation mark may leave free at the end of a wrapped line
_FEWEST = 6  # full lines that show that the text is wrapped
_SHARE = 0.4


def paragraphs(lines: Sequence[Line]) -> list[Paragraph]:
    """Lines of running text → paragraphs, blank lines dropped. A wrapped line stays as ``\\n`` inside its paragraph."""
    width = wrap_width([text for _, text in lines])
    indented = sum(1 for _, text in lines if _INDENT.match(text)) >= 3
    made: list[Paragraph] = []
    open_end = False
    for number, raw in lines:
        text = clean(raw)
        if not text:
            open_end = False
            continue
        full = width is not None and columns(raw.rstrip()) >= width - _SLACK
        if open_end and made and _carries_on(raw, indented, made[-1].text):
            made[-1].text += f"\n{text}"
        else:
            made.append(_paragraph(number, raw))
        open_end = full
    return made


def columns(text: str) -> int:
    """Width in columns of a fixed-width font: a Chinese character takes two."""
    return len(text) + sum(1 for char in text if unicodedata.east_asian_width(char) in "WF")


def wrap_width(lines: Sequence[str]) -> int | None:
    """The width at which a text was wrapped, or None if its lines are paragraphs.

    Certain only if many lines are equally long, none longer, and most of those end in the middle of a sentence.
    """
    widths = [columns(line.rstrip()) if len(line) <= _WIDEST else _WIDEST + 1 for line in lines if line.strip()]
    widest = max(widths, default=0)
    if not _NARROWEST <= widest <= _WIDEST:
        return None
    full = [line for line in lines if columns(line.rstrip()) >= widest - _SLACK]
    broken = sum(1 for line in full if not _CLOSED.search(line))
    if len(full) < _FEWEST or len(full) < _SHARE * len(widths) or broken < 0.7 * len(full):
        return None
    return widest


def _carries_on(raw: str, indented: bool, before: str) -> bool:
    """Whether a line below a full line belongs to the same paragraph."""
    if starts_numbered(raw) or _OPENS.match(raw) or _INDENT.match(raw) or _HEADING.match(raw):
        return False
    return indented or not _CLOSED.search(before)


def _paragraph(number: int, raw: str) -> Paragraph:
    if heading := _HEADING.match(raw):
        return Paragraph(clean(heading[2]), line=number, level=len(heading[1]))
    if bold := _BOLD.fullmatch(raw):
        return Paragraph(clean(bold[2] or bold[3]), line=number, bold=True)
    return Paragraph(clean(raw), line=number)
