"""Where the words of a search stand in the printed text: found in the normal form, marked in the original characters.

Pure: no query is made here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lantian.apps.plans.content import search_form

WORDS = 8  # of one search; further ones are not looked at
AROUND = 60  # characters shown before and after a hit in a long text

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text; ``hit`` where a searched word stands."""

    text: str
    hit: bool = False


def search_words(text: str) -> list[str]:
    """The words of a search in their normal form, each once; spaces of any width part them."""
    forms = (search_form(word) for word in text.replace("\x00", "").split())
    return list(dict.fromkeys(form for form in forms if form))[:WORDS]


@lru_cache(maxsize=20_000)
def _form(cluster: str) -> str:
    return search_form(cluster)


def _clusters(text: str) -> list[Span]:
    """A character with the marks that combine with it, as start and end: what the normal form may melt together."""
    if not any(map(unicodedata.combining, text)):
        return [(place, place + 1) for place in range(len(text))]
    starts = [place for place, char in enumerate(text) if place == 0 or not unicodedata.combining(char)]
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def spans(text: str, words: Sequence[str]) -> list[Span]:
    """Where the words (in normal form) stand in ``text``, in order, overlapping ones joined."""
    clusters = _clusters(text)
    forms = [_form(text[start:end]) for start, end in clusters]
    joined = "".join(forms)
    if not any(word in joined for word in words):
        return []
    places = [cluster for cluster, form in zip(clusters, forms, strict=True) for _char in form]
    found: list[Span] = []
    for word in filter(None, words):
        at = joined.find(word)
        while at >= 0:
            found.append((places[at][0], places[at + len(word) - 1][1]))
            at = joined.find(word, at + len(word))
    return _joined(found)


def _joined(found: Iterable[Span]) -> list[Span]:
    result: list[Span] = []
    for start, end in sorted(found):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def marked(text: str, words: Sequence[str]) -> list[Part]:
    """The whole text cut at the hits; the parts joined are the text."""
    return _cut(text, spans(text, words), 0, len(text))


def excerpt(text: str, words: Sequence[str], around: int = AROUND) -> list[Part]:
    """A long text shortened to what stands around its first hit (its beginning where there is none)."""
    found = spans(text, words)
    first = found[0] if found else (0, 0)
    start = max(0, first[0] - around)
    end = min(len(text), max(first[1] + around, start + 3 * around))
    if start <= around // 4:
        start = 0
    if len(text) - end <= around // 4:
        end = len(text)
    parts = _cut(text, found, start, end)
    before, after = ([Part("…")] if cut else [] for cut in (start > 0, end < len(text)))
    return [*before, *parts, *after]


def _cut(text: str, found: Sequence[Span], start: int, end: int) -> list[Part]:
    parts, done = [], start
    for first, last in found:
        first, last = max(first, done), min(last, end)
        if first >= last:
            continue
        if first > done:
            parts.append(Part(text[done:first]))
        parts.append(Part(text[first:last], hit=True))
        done = last
    if done < end:
        parts.append(Part(text[done:end]))
    return parts
