"""Where the role brackets of a prose plan stand: （A牵头，B、C负责）, and 责任单位：… without a bracket.

A bracket is a role bracket by its content (names of units with a role word), never by its place alone; every other
bracket ((VOCs), （含手续）) stays in the text. What the words say: :mod:`lantian.reading.prose.duties`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from lantian.reading.grammar.units import is_unit_name
from lantian.reading.prose.duties import (
    BOXED_LABEL,
    CLOSING,
    FIRST_LEADS,
    LABEL,
    LONGEST,
    LONGEST_NAME,
    OPENING,
    STOPS,
    WHEN_LABEL,
    Duties,
    depth_at,
    is_owner,
    read_duties,
)
from lantian.reading.prose.labels import read_label


@dataclass(frozen=True, slots=True)
class Found:
    """A role bracket in a text: ``text[start:end]`` is to be taken out."""

    start: int
    end: int
    duties: Duties


@lru_cache(maxsize=4096)
def find_duties(text: str) -> tuple[Found, ...]:
    """Every role bracket of a text, and the 责任单位：… that closes it without a bracket, in order, not overlapping.

    ``text`` is joined (no layout spaces). Brackets may be nested, of any shape, and unclosed at the end of the text.
    """
    found: list[Found] = []
    for start, end in bracket_spans(text):
        if found and start < found[-1].end:
            continue
        if (duties := _duties_at(text, start, end)) is not None:
            found.append(Found(start, end, duties))
    return (*found, *_unbracketed(text, found[-1].end if found else 0))


def bracket_spans(text: str) -> list[tuple[int, int]]:
    """Balanced brackets ``[start, end)`` by position, outer before inner; one that never closes ends with the text."""
    stack: list[int] = []
    spans: list[tuple[int, int]] = []
    for index, char in enumerate(text):
        if char in OPENING:
            stack.append(index)
        elif char in CLOSING and stack:
            spans.append((stack.pop(), index + 1))
    spans.extend((start, len(text)) for start in stack if len(text) - start <= LONGEST)
    return sorted(spans, key=lambda span: (span[0], -span[1]))


def _duties_at(text: str, start: int, end: int) -> Duties | None:
    closed = text[end - 1] in CLOSING
    read = read_duties(text[start + 1 : end - 1 if closed else end])
    if read is None:
        return None
    duties, kind = read
    if kind in ("label", "note"):
        return duties
    before, after = text[max(0, start - LONGEST_NAME) : start], text[end : end + 1]
    ends_sentence = not after or after[0] in STOPS + OPENING
    if kind == "bare":
        good = not before or before[-1] in STOPS or (ends_sentence and not _ends_in_unit(before))
    else:
        good = (
            not before or before[-1] in STOPS + CLOSING or ends_sentence or after[0] in "，,、" or before[-1] in "，,"
        )
    return duties if good else None


def _unbracketed(text: str, start: int) -> list[Found]:
    """责任单位：… without a bracket: a line of its own, or the end of a paragraph; also a line 完成时限：….

    A dump may run the next item on behind it: 责任单位：市科技局。2.加快….
    """
    boxed = BOXED_LABEL.search(text, start)
    if boxed and (read := read_duties(text[boxed.start() :])) and any(map(is_owner, read[0].names)):
        return [Found(boxed.start(), len(text), read[0])]
    if not start and (when := WHEN_LABEL.match(text)):
        return [Found(0, len(text), Duties(deadline=when["when"].strip("。；; ")))]
    found: list[Found] = []
    depth = depth_counted = 0
    for match in LABEL.finditer(text, start):
        depth, depth_counted = depth_at(text[depth_counted : match.start()], depth), match.start()
        if depth or (found and match.start() < found[-1].end):
            continue
        before = text[max(0, match.start() - LONGEST_NAME) : match.start()].rstrip()
        opens = not before or before[-1] in STOPS + CLOSING
        if opens and (match[0][-1] in ":：") and len(match["word"]) > 2:
            end = _next_item(text, match.end())
            read = read_duties(text[match.start() : end]) if end - match.start() <= LONGEST else None
            if read and read[1] == "label" and any(map(is_owner, read[0].names)):
                found.append(Found(match.start(), end, read[0]))
    return found


def _next_item(text: str, start: int) -> int:
    """Where the next numbered item begins behind a full stop; the end of the text where none does."""
    for match in re.finditer("[。；;]", text[start : start + LONGEST]):
        end = start + match.end()
        if read_label(text[end : end + LONGEST_NAME]) is not None:
            return end
    return len(text)


def _ends_in_unit(before: str) -> bool:
    tail = re.split(r"[，。；、：:,;]", before)[-1][-20:]
    return any(is_unit_name(tail[index:]) for index in range(len(tail) - 1))


def first_leads(texts: Iterable[str]) -> bool:
    """Whether a note outside the brackets says that the first-named unit leads (注：列第一位的为牵头单位)."""
    return any(FIRST_LEADS.search(text) for text in texts)
