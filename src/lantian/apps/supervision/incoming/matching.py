"""Which owed row each item is about: likeness of words, 序号 and units of figures, then the best one-to-one assignment.

The letters of a row are compared by pairs, weighted by how few of the unit's rows have them: 车 says much where one row
speaks of cars, 完成 says nothing. A 序号 counts only as far as the words do not speak against it, because units number
their own lists. Two items may share a row only where they are lines of one printed row (:func:`same_row`).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from lantian.apps.supervision.incoming.figures import figures
from lantian.apps.supervision.incoming.model import Duty, Item
from lantian.apps.supervision.incoming.words import plain, table, unit_form
from lantian.comparing.assign import assign

_FLOOR = 0.25  # a pair less alike is no candidate
_SEQ, _LIST_NUMBER, _UNIT = 0.3, 0.1, 0.12  # what agreement adds: 序号, list number, unit of a figure
_CANDIDATES = 4
_SPEECH = 240  # letters of a passage that are compared
_NOT_LETTERS = re.compile(r"[\d\W_]+")


@dataclass(frozen=True, slots=True)
class Match:
    """The owed row of an item (None: none is like it), how sure, and further candidates."""

    duty: str | None
    confidence: float
    candidates: list[tuple[str, float]]


class Matcher:
    """The rows that one unit owes, made once and asked for every item."""

    def __init__(self, duties: Sequence[Duty]) -> None:
        self.duties = list(duties)
        self._grams = [_grams(_speech(duty)) for duty in self.duties]
        spread = Counter(gram for grams in self._grams for gram in grams)
        total = max(1, len(self.duties))
        self._weight = {gram: math.log(1 + total / count) for gram, count in spread.items()}
        self._mass = [sum(self._weight[gram] for gram in grams) for grams in self._grams]
        self._titles = [(plain(duty.text), plain(duty.task)) for duty in self.duties]

    def likeness(self, text: str) -> float:
        """How much a text looks like any of the rows (0–1)."""
        return self.best(text)[1]

    def best(self, text: str) -> tuple[str | None, float]:
        """The row that a passage looks most like."""
        scores = [self._words(index, text, _grams(text[:_SPEECH])) for index in range(len(self.duties))]
        top = max(range(len(scores)), key=lambda index: scores[index], default=None)
        return (None, 0.0) if top is None or scores[top] <= 0 else (self.duties[top].key, scores[top])

    def match(self, items: Sequence[Item]) -> list[Match]:
        """The row of every item; each row once, but for lines of one printed row."""
        scores = [self._scores(item) for item in items]
        pairs = {
            (left, right): score
            for left, row in enumerate(scores)
            for right, score in enumerate(row)
            if score >= _FLOOR
        }
        partners = assign(pairs)
        for left, item in enumerate(items):
            if left not in partners and (shared := self._shared(left, item, items, partners, scores)) is not None:
                partners[left] = shared
        return [self._outcome(row, partners.get(left)) for left, row in enumerate(scores)]

    def _shared(
        self, left: int, item: Item, items: Sequence[Item], partners: dict[int, int], scores: list[list[float]]
    ) -> int | None:
        """The row that another line of the same printed row has, if this one is most like it, too."""
        for other, right in partners.items():
            if same_row(item, items[other]) and scores[left][right] >= max(_FLOOR, max(scores[left])):
                return right
        return None

    def _outcome(self, scores: list[float], chosen: int | None) -> Match:
        ranked = sorted((index for index, score in enumerate(scores) if score >= _FLOOR), key=lambda i: -scores[i])
        further = [(self.duties[index].key, round(min(1.0, scores[index]), 3)) for index in ranked[:_CANDIDATES]]
        if chosen is None:
            return Match(None, 0.0, further)
        rival = max((scores[index] for index in range(len(scores)) if index != chosen), default=0.0)
        margin = min(1.0, max(0.0, scores[chosen] - rival) / 0.25)
        sure = min(1.0, scores[chosen] / 0.75) * (0.55 + 0.45 * margin)
        return Match(self.duties[chosen].key, round(min(0.99, sure), 3), further)

    def _scores(self, item: Item) -> list[float]:
        words = item.words if not item.measure else item.measure
        grams, said = _grams(words[:_SPEECH]), _grams(item.progress[:_SPEECH])
        units = self._units(item)
        result = []
        for index, duty in enumerate(self.duties):
            score = self._words(index, words, grams)
            if item.measure:
                score = max(score, 0.85 * score + 0.15 * self._shared_words(index, said))
            if item.seq and item.seq == duty.seq:
                score += _SEQ * (1 if item.strong else 0) + (0 if item.strong else _LIST_NUMBER)
            if units and any(unit_form(goal.unit) in units for goal in duty.goals if goal.unit):
                score += _UNIT
            result.append(score)
        return result

    def _units(self, item: Item) -> set[str]:
        known = [goal.unit for duty in self.duties for goal in duty.goals if goal.unit]
        text = "\n".join((item.progress, item.period, item.cumulative))
        return {figure.unit for figure in figures(text, known)}

    def _words(self, index: int, text: str, grams: set[str]) -> float:
        """Likeness of a passage and a row: as a copy of its text, or by the words that set the row apart."""
        form = plain(text)
        copied = 0.0
        if len(form) >= 6:
            measure, task = self._titles[index]
            copied = max(fuzz.ratio(form, measure), fuzz.ratio(form, task) if task else 0.0) / 100
            head = form.split("\n", 1)[0].split(":", 1)[0]
            if len(measure) >= 8 and measure in form:
                copied = 1.0
            elif len(head) >= 8 and head in measure:
                copied = max(copied, 0.9)
        return max(copied if copied > 0.6 else 0.0, self._shared_words(index, grams))

    def _shared_words(self, index: int, grams: set[str]) -> float:
        """Weight of the pairs that both have, against what of the passage speaks of other rows, and a little against
        what of the row it does not mention (a message is shorter than a measure)."""
        shared = sum(self._weight[gram] for gram in grams & self._grams[index])
        if not shared:
            return 0.0
        elsewhere = sum(self._weight[gram] for gram in grams - self._grams[index] if gram in self._weight)
        unsaid = self._mass[index] - shared
        evidence = shared / (shared + 1.2)
        return evidence * shared / (shared + 0.6 * elsewhere + 0.06 * unsaid)


def same_row(one: Item, other: Item) -> bool:
    """Whether two items carry the same 序号, or without one the same words: lines of one printed row."""
    return one.seq == other.seq and bool(one.seq or (one.measure and one.measure == other.measure))


def _speech(duty: Duty) -> str:
    return "\n".join((duty.task, duty.text, *(goal.subject for goal in duty.goals)))


def _grams(text: str) -> set[str]:
    """Pairs of letters of the words that mean something."""
    form = plain(text)
    for word in table()["common"]:
        form = form.replace(word, " ")
    return {part[at : at + 2] for part in _NOT_LETTERS.split(form) for at in range(len(part) - 1)}
