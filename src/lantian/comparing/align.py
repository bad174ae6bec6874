"""Which row of one text of a plan became which row of another: renumbered, moved, split, corrected, reworded."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from lantian.comparing.assign import assign
from lantian.comparing.words import topics
from lantian.reading.model import Measure
from lantian.reading.text import compare_form

# What a pair's score is made of; the words weigh most, place and headings decide between equal words.
_WORDS, _TASK, _SECTION, _SEQ, _PLACE = 0.72, 0.12, 0.04, 0.04, 0.08
_PAIRED = 0.56  # score from which two rows are the same measure
_TOPIC = 0.24  # likeness of topic from which a row of another year carries the measure on
_SAME_TASK = 0.06  # what an equal task adds to the likeness of topic
_ALIKE = 0.35  # words below this are other words, whatever stands around them
_REACH = 12  # rows off the expected place at which the place says nothing any more
_PART = 85.0  # per cent of a piece's characters that the whole must contain
_PART_LENGTH = 8  # characters from which containment says anything
_PAIRS = 400_000  # pairs that are looked at; in longer plans only those near the expected place


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of the old text and the row of the new one that it became, by their ``n``.

    ``old_n`` is None for a new row, ``new_n`` for one that is gone. ``part`` marks the further rows of a split (the
    same ``old_n`` again) or a merge (the same ``new_n`` again). ``score`` is from 0 to 1.
    """

    old_n: int | None
    new_n: int | None
    score: float = 0.0
    part: bool = False


class Line(NamedTuple):
    """What of a row tells who it is, in the form in which words are compared."""

    text: str
    task: str
    section: str
    seq: int | None


def line_of(text: str, task: str, section: str, seq: int | None) -> Line:
    """A row for :func:`align_lines`."""
    return Line(compare_form(text).lower(), compare_form(task).lower(), compare_form(section).lower(), seq)


def align(old: Sequence[Measure], new: Sequence[Measure], *, reworded: bool = False) -> list[Pair]:
    """Pairs in the order of ``new``, rows that are gone where they stood; every row of both sides is in at least one.

    One to one by the best sum of scores (words, task, section, number, order), then rows that are a piece of another.
    ``reworded`` (plans of two years) also pairs what is left by topic, however differently it is said.
    120 × 120 rows take less than 0.3 s.
    """
    sides = [[line_of(m.measure, m.task, m.section, m.seq) for m in side] for side in (old, new)]
    found = align_lines(sides[0], sides[1], reworded=reworded)
    return [
        Pair(
            None if pair.old_n is None else old[pair.old_n].n,
            None if pair.new_n is None else new[pair.new_n].n,
            pair.score,
            pair.part,
        )
        for pair in found
    ]


def align_lines(old: Sequence[Line], new: Sequence[Line], *, reworded: bool = False) -> list[Pair]:
    """:func:`align` for lines; the numbers of the pairs are positions in ``old`` and ``new``, counted from 0."""
    sure = _unchanged(old, new)
    places = _Places(sure, len(old), len(new))
    scores = _scores(old, new, sure, places)
    partner = sure | assign({pair: score - _PAIRED for pair, score in scores.items()})
    if reworded:
        by_topic = _by_topic(old, new, partner)
        scores |= by_topic
        partner |= assign({pair: score - _TOPIC for pair, score in by_topic.items()})
    parts = _parts(old, new, partner)
    pairs = [Pair(i, j, round(1.0 if i in sure else scores[i, j], 4)) for i, j in partner.items()] + parts
    matched_old, matched_new = ({getattr(pair, side) for pair in pairs} for side in ("old_n", "new_n"))
    pairs += [Pair(None, j) for j in range(len(new)) if j not in matched_new]
    return _in_order(pairs, [i for i in range(len(old)) if i not in matched_old])


def _unchanged(old: Sequence[Line], new: Sequence[Line]) -> dict[int, int]:
    """Rows whose words and task stand exactly once on both sides."""
    where: dict[tuple[str, str], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, lines in enumerate((old, new)):
        for place, line in enumerate(lines):
            if line.text:
                where[line.text, line.task][side].append(place)
    return {left[0]: right[0] for left, right in where.values() if len(left) == len(right) == 1}


class _Places:
    """Where a row is expected, told by the rows around it that did not change."""

    def __init__(self, sure: dict[int, int], old_count: int, new_count: int) -> None:
        self._old = sorted(sure)
        self._new = [sure[i] for i in self._old]
        self._stretch = new_count / old_count if old_count else 1.0

    def expected(self, place: int) -> float:
        """The position among the new rows where the old row at ``place`` would stand if nothing moved."""
        if not self._old:
            return place * self._stretch
        after = bisect_left(self._old, place)
        nearest = min(range(max(0, after - 1), min(len(self._old), after + 1)), key=lambda k: abs(self._old[k] - place))
        return self._new[nearest] + place - self._old[nearest]


def _scores(
    old: Sequence[Line], new: Sequence[Line], sure: dict[int, int], places: _Places
) -> dict[tuple[int, int], float]:
    """Scores of the pairs that may be the same measure."""
    lefts = [i for i in range(len(old)) if i not in sure]
    taken = set(sure.values())
    rights = [j for j in range(len(new)) if j not in taken]
    reach = max(_REACH * 2, _PAIRS // max(1, len(lefts))) if len(lefts) * len(rights) > _PAIRS else len(new)
    tasks: dict[tuple[str, str], float] = {}
    found = {}
    for i in lefts:
        expected = places.expected(i)
        for j in rights:
            distance = abs(j - expected)
            if distance > reach:
                continue
            words = _likeness(old[i].text, new[j].text)
            if words < _ALIKE:
                continue
            around = old[i].task, new[j].task
            if around not in tasks:
                tasks[around] = _likeness(*around)
            score = _WORDS * words + _TASK * tasks[around]
            score += _SECTION * (old[i].section == new[j].section)
            score += _SEQ * (old[i].seq == new[j].seq)
            score += _PLACE * max(0.0, 1 - distance / _REACH)
            if score > _PAIRED:
                found[i, j] = score
    return found


def _by_topic(old: Sequence[Line], new: Sequence[Line], partner: dict[int, int]) -> dict[tuple[int, int], float]:
    """Likeness of topic of the rows that have no partner; rarity is counted over all rows."""
    taken = set(partner.values())
    found = {}
    for i, j, likeness in topics([line.text for line in old], [line.text for line in new]):
        if i not in partner and j not in taken:
            score = min(1.0, likeness + _SAME_TASK * (old[i].task == new[j].task != ""))
            if score > _TOPIC:
                found[i, j] = score
    return found


def _likeness(a: str, b: str) -> float:
    """0 to 1; two empty texts are alike. Quick where the lengths alone say that the texts differ."""
    longest = len(a) + len(b)
    if not longest:
        return 1.0
    if 2 * min(len(a), len(b)) < _ALIKE * longest:
        return 0.0
    return Indel.normalized_similarity(a, b, score_cutoff=_ALIKE)


def _parts(old: Sequence[Line], new: Sequence[Line], partner: dict[int, int]) -> list[Pair]:
    """Rows without a partner that are a piece of a neighbour's partner: the rest of a split or of a merge."""
    back = {j: i for i, j in partner.items()}
    split = _pieces(new, old, back)
    merged = _pieces(old, new, partner)
    return [Pair(i, j, score, part=True) for j, i, score in split] + [
        Pair(i, j, score, part=True) for i, j, score in merged
    ]


def _pieces(lines: Sequence[Line], wholes: Sequence[Line], partner: dict[int, int]) -> list[tuple[int, int, float]]:
    """(piece, whole, score) of unpaired ``lines`` beside a line whose partner among ``wholes`` contains them."""
    known = dict(partner)
    first = {whole: place for place, whole in partner.items()}
    result = []
    for order in (range(len(lines)), range(len(lines) - 1, -1, -1)):
        whole: int | None = None
        for place in order:
            if place not in known and whole is not None:
                score = _containment(lines[place].text, wholes[whole].text)
                # What the whole's own partner says already is no piece that was cut off.
                if score >= _PART and _containment(lines[place].text, lines[first[whole]].text) < _PART:
                    known[place] = whole
                    result.append((place, whole, round(score / 100, 4)))
            whole = known.get(place)
    return result


def _containment(piece: str, whole: str) -> float:
    """Per cent of the piece that stands in the whole; too short a piece stands anywhere and says nothing."""
    return fuzz.partial_ratio(piece, whole) if _PART_LENGTH <= len(piece) <= len(whole) else 0.0


def _in_order(pairs: list[Pair], gone: list[int]) -> list[Pair]:
    """By the new rows; a row that is gone follows the row that stood before it."""
    pairs.sort(key=lambda pair: (pair.new_n if pair.new_n is not None else -1, pair.part, pair.old_n or 0))
    at = {pair.old_n: place for place, pair in enumerate(pairs) if pair.old_n is not None}
    behind: dict[int, list[Pair]] = defaultdict(list)
    last = -1
    missing = set(gone)
    for place in sorted({*at, *missing}):
        if place in missing:
            behind[last].append(Pair(place, None))
        else:
            last = at[place]
    result = list(behind[-1])
    for place, pair in enumerate(pairs):
        result += [pair, *behind[place]]
    return result
