"""Printed Chinese text: joining what the page layout broke, and the normal form in which names are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_SPACE = "[ \t\r\n\f\v\u00a0\u2002-\u200b\u202f\u205f\u3000\ufeff]"
_RUN = re.compile(f"{_SPACE}+")
_LATIN = re.compile(r"[0-9A-Za-z]")
# Every repetition is bounded: a hostile dump must not make one pass over it quadratic.
_MARKUP = (
    (re.compile(r"\[bookmark: ?[^\]\n]{0,80}\]"), ""),
    (re.compile(r"[ \t]{0,8}<(sub|sup)>\s{0,8}([^<>]{0,40}?)\s{0,8}</\1>"), r"\2"),
    (re.compile(r"[ \t]{0,8}_\{\s{0,8}([^{}\n]{1,12}?)\s{0,8}\}"), r"\1"),
    (re.compile(r"(?<=[A-Za-z])[ \t]{0,8}_([0-9xX.]{1,4})(?![A-Za-z])"), r"\1"),
    (re.compile(r"[ \t]{0,8}\^\{?[ \t]{0,8}([23])[ \t]{0,8}\}?"), lambda m: {"2": "²", "3": "³"}[m[1]]),
    (re.compile(r"</?[a-z][a-z0-9]{0,15}(?: [^<>\n]{0,200})?/?>", re.I), ""),
)


def strip_markup(text: str) -> str:
    """Take out what a dump adds to the print: ``<b>``, ``_{2.5}``, ``_x``, ``[bookmark: …]``, not ``<p>``."""
    for pattern, replacement in _MARKUP:
        text = pattern.sub(replacement, text)
    return text


def join_layout(text: str) -> str:
    """Remove the spaces and line breaks that a page layout puts inside Chinese text.

    A space survives only between two Latin letters or digits (``GB/T 38597-2020``); everything else joins
    (reading conventions, *Text*).
    """

    def gap(match: re.Match[str]) -> str:
        start, end = match.start(), match.end()
        if start > 0 and end < len(text) and _LATIN.match(text[start - 1]) and _LATIN.match(text[end]):
            return " "
        return ""

    return _RUN.sub(gap, text)


def join_paragraphs(paragraphs: Iterable[str]) -> str:
    """Paragraphs of one measure, joined without a separator."""
    return "".join(join_layout(part) for part in paragraphs)


def compare_form(text: str) -> str:
    """The form in which printed words are compared, never shown: NFKC, no spaces, one kind of dash and bracket."""
    text = unicodedata.normalize("NFKC", text)
    text = _RUN.sub("", text)
    return text.translate(_FOLD)


_FOLD = str.maketrans(
    "〔〕［］[]【】—–－~～﹒•・“”‘’",
    "()()()()-----···\"\"''",
)
