"""Hard line breaks: which of them begin a new paragraph (``<br>`` of a web page, Alt+Enter in a sheet)."""

from __future__ import annotations

import re
from collections.abc import Sequence

_INDENT = re.compile("^(?:[\u3000\u2003]|[ \u00a0\u2002\u2003]{2,})")
_NUMBER = re.compile(
    r"^\s*(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,3}(?:[、．]|\.(?!\d))|第[一二三四五六七八九十]{1,3}[章条节]|[①-⑳])"
)
_SENTENCE_END = re.compile(r"[。；;！？：:][”’）)]?(?:[（(][^（()）]*[)）])?\s*$")


def starts_numbered(text: str) -> bool:
    """Whether typed text begins with a list number of its own: 一、 （一） 1. ① 第一条."""
    return _NUMBER.match(text) is not None


def paragraph_groups(lines: Sequence[str]) -> list[list[int]]:
    """Lines between hard breaks → the indexes of the lines of each paragraph; blank lines separate.

    A line begins a paragraph when it is indented or numbered, or when the line before it ends a sentence (a bracket may
    follow); every other break only wraps (a title over two lines, one unit per line).
    """
    groups: list[list[int]] = []
    before = ""
    for index, line in enumerate(lines):
        text = line.strip()
        if text:
            if before and not (_INDENT.match(line) or _NUMBER.match(line) or _SENTENCE_END.search(before)):
                groups[-1].append(index)
            else:
                groups.append([index])
        before = text
    return groups


def paragraphs_of(lines: Sequence[str]) -> list[str]:
    """Lines between hard breaks → paragraphs; lines of one paragraph stay joined by ``\\n``."""
    return ["\n".join(lines[index].strip() for index in group) for group in paragraph_groups(lines)]
