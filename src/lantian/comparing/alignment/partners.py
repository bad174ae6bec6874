"""Which rows of the city's plans a row of the district's plan implements, told by its clauses.

A clause of the district is given to one clause of the city and the other way round, the likest first, so that a row
that was split finds its pieces and a row that only uses the same words is left without a partner. A row of the
district implements a city row where enough of its letters, or a whole demand of the city, was found there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt

from rapidfuzz.distance import Indel

from lantian.comparing.alignment.clauses import Clause, Row

_LOOK = 0.06  # likeness of two rows' rare words from which their clauses are looked at
_LOOKED_AT = 20  # city rows that are looked at for one district row
_SAME = 0.58  # likeness of two clauses from which one may be the other
_CONTAINED = 0.75  # likeness of a clause to a longer one that has all of its letters in one piece
_PART_OF = 0.18  # share of the longer clause below which containing means nothing
_SHORT = 4  # letters up to which a clause stands anywhere
_SHARE = 0.33  # of a district row's letters that must be found in a city row
_FURTHER = 0.16  # the same for a second city row
_DEMAND = 10  # letters of a clause that make a second city row a partner
_ROW = 0.25  # what two rows that are alike add to their clauses: many rows end in the same words
_HEADING = 0.1
_AS_WELL = 0.2  # a clause that the main partner says nearly as well is no reason for a further one
_PLAIN = 0.85  # likeness from which one clause alone, if long enough, makes its row the main partner
_PLAIN_LETTERS = 15
_AGAIN = 0.62  # likeness of rows from which a city row that others took is taken once more
_TOPIC = 0.32  # likeness of rare words, heading and vacancy together from which a reworded row is the partner
_RARE = 0.2  # likeness of rare words that this needs at least where some clause was found
_RARE_ALONE = 0.3  # and where none was
_PHRASE = 8  # letters of a clause that stand as they are
_COVER = 0.2  # share of a row's letters whose clauses must be alike at least a little
_ALIKE = 0.5
_TASK = 0.12  # what an equal heading adds; alone it never makes a partner
_SAME_HEADING = 0.9  # likeness of headings that, with half of the letters, makes a vacant city row the partner
_HALF = 0.45
_FREE = 0.1  # what it adds that nobody else took the city row


@dataclass(frozen=True, slots=True)
class Match:
    """A clause of the district (row, clause) that says what a clause of the city (row, clause) says."""

    district: tuple[int, int]
    city: tuple[int, int]
    score: float


class Rarity:
    """Rows as vectors of letter pairs, each weighed by how few rows have it."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.counts = [_pairs(row.form) for row in rows]
        self.frequency = Counter(pair for count in self.counts for pair in count)

    def vectors(self, frequency: Counter[str], rows: int) -> list[dict[str, float]]:
        """Unit vectors under the frequencies of both plans together."""
        return [_unit(count, frequency, rows) for count in self.counts]


def _pairs(text: str) -> Counter[str]:
    return Counter(text[i : i + 2] for i in range(len(text) - 1))


def _unit(count: Counter[str], frequency: Counter[str], rows: int) -> dict[str, float]:
    weighed = {pair: (1 + log(n)) * log((rows + 1) / frequency[pair]) for pair, n in count.items()}
    length = sqrt(sum(value * value for value in weighed.values())) or 1.0
    return {pair: value / length for pair, value in weighed.items()}


def row_likeness(city: Rarity, district: Rarity) -> dict[tuple[int, int], float]:
    """(district row, city row) → cosine of their rare words, of those that share any."""
    together = city.frequency + district.frequency
    total = len(city.counts) + len(district.counts)
    where: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for place, vector in enumerate(city.vectors(together, total)):
        for pair, value in vector.items():
            where[pair].append((place, value))
    found: dict[tuple[int, int], float] = {}
    for place, vector in enumerate(district.vectors(together, total)):
        sums: dict[int, float] = defaultdict(float)
        for pair, value in vector.items():
            for other, theirs in where.get(pair, ()):
                sums[other] += value * theirs
        # The likeliest, with all that are as likely as the last of them: no order of rows decides.
        least = max(_LOOK, sorted(sums.values(), reverse=True)[_LOOKED_AT - 1] if len(sums) > _LOOKED_AT else 0.0)
        found |= {(place, other): value for other, value in sums.items() if value >= least}
    return found


def clause_likeness(a: Clause, b: Clause) -> float:
    """0 to 1 by the letters in order; a clause that is wholly contained in a longer one counts as mostly there."""
    return form_likeness(a.form, b.form, 0.0)


def form_likeness(a: str, b: str, least: float) -> float:
    """:func:`clause_likeness` of two forms; 0 where it is below ``least`` or one is hardly a part of the other."""
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if len(short) < _PART_OF * len(long) and least:
        return 0.0
    likeness = Indel.normalized_similarity(a, b, score_cutoff=least)
    if likeness < _CONTAINED and len(short) > _SHORT and short in long:
        return _CONTAINED
    return likeness


def find_partners(
    city: Sequence[Row], district: Sequence[Row], likeness: dict[tuple[int, int], float]
) -> tuple[dict[int, tuple[int, ...]], list[Match]]:
    """District row → city rows that it implements, the first the main one; and the clauses that were found."""
    tasks = _task_likeness(city, district, likeness)
    matches = _exclusive(city, district, likeness, tasks)
    partners = _by_share(city, district, matches)
    taken = frozenset(c for rows in partners.values() for c in rows)
    found = frozenset((match.district[0], match.city[0]) for match in matches)
    printed = {district[d].form: rows for d, rows in sorted(partners.items(), reverse=True)}
    for d, row in enumerate(district):
        if d in partners:
            continue
        if row.form in printed:  # the same row printed twice
            partners[d] = printed[row.form]
        elif (again := _reworded(d, city, district, likeness, tasks, taken, found)) is not None:
            partners[d] = (again,)
    return partners, matches


def _task_likeness(
    city: Sequence[Row], district: Sequence[Row], likeness: dict[tuple[int, int], float]
) -> dict[tuple[int, int], float]:
    known: dict[tuple[str, str], float] = {}
    result = {}
    for d, c in likeness:
        key = (district[d].task, city[c].task)
        if key not in known:
            known[key] = Indel.normalized_similarity(*key) if all(key) else 0.0
        result[d, c] = known[key]
    return result


def _exclusive(
    city: Sequence[Row],
    district: Sequence[Row],
    likeness: dict[tuple[int, int], float],
    tasks: dict[tuple[int, int], float],
) -> list[Match]:
    found = []
    known: dict[tuple[str, str], float] = {}
    forms = [[[clause.form for clause in row.clauses] for row in side] for side in (district, city)]
    for (d, c), rows in likeness.items():
        around = _ROW * rows + _HEADING * tasks[d, c]
        for i, ours in enumerate(forms[0][d]):
            for j, theirs in enumerate(forms[1][c]):
                key = (ours, theirs)
                alike = known.get(key)
                if alike is None:
                    alike = known[key] = form_likeness(ours, theirs, _SAME)
                if alike:
                    found.append((alike + around, Match((d, i), (c, j), alike)))
    # Equal scores are decided by what the rows say, never by where they stand.
    found.sort(key=lambda item: (-item[0], *_said(city, district, item[1])))
    ours_taken: set[tuple[int, int]] = set()
    theirs_taken: set[tuple[int, int]] = set()
    result = []
    for _score, match in found:
        if match.district not in ours_taken and match.city not in theirs_taken:
            ours_taken.add(match.district)
            theirs_taken.add(match.city)
            result.append(match)
    return result


def _said(city: Sequence[Row], district: Sequence[Row], match: Match) -> tuple[str, str, int, int]:
    return (
        district[match.district[0]].measure.measure, city[match.city[0]].measure.measure, *match.district,
    )  # fmt: skip


def _by_share(city: Sequence[Row], district: Sequence[Row], matches: Sequence[Match]) -> dict[int, tuple[int, ...]]:
    found: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    clauses: dict[tuple[int, int], list[tuple[int, float]]] = defaultdict(list)
    plain: set[tuple[int, int]] = set()
    for match in matches:
        (d, i), (c, _j) = match.district, match.city
        letters = district[d].clauses[i].weight * match.score
        found[d][c] += letters
        clauses[d, c].append((i, match.score))
        if match.score >= _PLAIN and letters >= _PLAIN_LETTERS:
            plain.add((d, c))
    partners = {}
    for d, shares in found.items():
        whole = district[d].weight or 1
        order = sorted(shares, key=lambda c: (-shares[c], city[c].measure.measure))
        main = order[0]
        if shares[main] < _SHARE * whole and shares[main] < 0.5 * city[main].weight and (d, main) not in plain:
            continue
        partners[d] = (
            main,
            *(
                c
                for c in order[1:]
                if shares[c] >= _FURTHER * whole and _is_its_own(district[d], city[main], clauses[d, c])
            ),
        )
    return partners


def _is_its_own(district: Row, main: Row, found: Sequence[tuple[int, float]]) -> bool:
    """Whether a further city row says a whole demand that the main partner does not say."""
    return any(
        district.clauses[i].weight * score >= _DEMAND
        and not any(clause_likeness(district.clauses[i], theirs) >= score - _AS_WELL for theirs in main.clauses)
        for i, score in found
    )


def _reworded(
    row: int,
    city: Sequence[Row],
    district: Sequence[Row],
    likeness: dict[tuple[int, int], float],
    tasks: dict[tuple[int, int], float],
    taken: frozenset[int],
    found: frozenset[tuple[int, int]],
) -> int | None:
    """A city row that the row repeats although others took its clauses, or says in words of its own."""
    best: tuple[float, str, int] | None = None
    for (d, c), rare in likeness.items():
        if d != row:
            continue
        alike = Indel.normalized_similarity(district[d].form, city[c].form)
        topic = rare + _TASK * tasks[d, c] + _FREE * (c not in taken)
        telling = rare >= (_RARE if (d, c) in found else _RARE_ALONE)
        headed = tasks[d, c] >= _SAME_HEADING and alike >= _HALF and c not in taken
        if alike >= _AGAIN or headed or (telling and topic >= _TOPIC and _cover(district[d], city[c]) >= _COVER):
            score = max(alike, topic)
            if best is None or (-score, city[c].measure.measure) < (-best[0], best[1]):
                best = (score, city[c].measure.measure, c)
    return None if best is None else best[2]


def _cover(district: Row, city: Row) -> float:
    """Share of a row's letters in clauses that the other row says more or less; 1 where it says one as it is."""
    if any(c.weight >= _PHRASE and c.form in city.form and not c.background for c in district.clauses):
        return 1.0
    found = sum(
        ours.weight
        for ours in district.clauses
        if any(clause_likeness(ours, theirs) >= _ALIKE for theirs in city.clauses)
    )
    return found / (district.weight or 1)
