"""The alignment of a district's plan with its city's plans."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from lantian.comparing.alignment.clauses import Clause, Row, rows_of
from lantian.comparing.alignment.model import Alignment, Change, Link, Piece, RowRef
from lantian.comparing.alignment.partners import Match, Rarity, find_partners, row_likeness
from lantian.comparing.alignment.relation import CityClause, Matched, is_demand, judge, match_clauses
from lantian.comparing.alignment.wording import is_same
from lantian.reading.model import Plan

_MAIN = 0.6  # share of a split city row from which one district row answers for what is missing
_SAME_OFFICE = 0.6  # likeness from which two names are the same office of two levels
_COLLECTIVE = re.compile("^(?:各|相关|有关)")
_LEVEL = re.compile("^(?:市|区|县)")


@dataclass(frozen=True, slots=True)
class City:
    """A city's plans in comparable form: made once, compared with every district."""

    rows: tuple[Row, ...]
    rarity: Rarity


def prepare(plans: Sequence[Plan]) -> City:
    """The form in which a city's plans are compared with many districts."""
    rows = tuple(row for plan in plans for row in rows_of(plan))
    return City(rows, Rarity(rows))


def align(city: Sequence[Plan] | City, district: Plan) -> Alignment:
    """Which city rows each row of a district's plan implements, how, and what of the city's plans nobody took.

    The plans may be of different years. A city plan against 16 district plans: :func:`prepare` it once.
    """
    ready = city if isinstance(city, City) else prepare(city)
    rows = rows_of(district)
    likeness = row_likeness(ready.rarity, Rarity(rows))
    partners, matches = find_partners(ready.rows, rows, likeness)
    matched = _matched(ready.rows, rows, partners, matches)
    missing = _missing(ready.rows, rows, partners, matched, district.region)
    links = tuple(_link(d, row, ready.rows, partners, matched, missing, district.region) for d, row in enumerate(rows))
    taken = {c for cs in partners.values() for c in cs}
    return Alignment(
        links,
        tuple(_ref(row) for c, row in enumerate(ready.rows) if c not in taken),
        tuple((_ref(ready.rows[c]), clause.text) for c, clauses in missing.untaken for clause in clauses),
    )


def _matched(
    city: Sequence[Row], district: Sequence[Row], partners: dict[int, tuple[int, ...]], matches: Sequence[Match]
) -> dict[int, Matched]:
    """Every linked row's clauses with their city clauses. A clause of the city that one row says is not another's,
    unless that is the same row printed twice or found nothing else.
    """
    sure: dict[int, dict[int, CityClause]] = defaultdict(dict)
    owner: dict[CityClause, int] = {}
    for match in matches:
        (d, i), at = match.district, match.city
        if at[0] in partners.get(d, ()):
            sure[d][i] = at
            owner[at] = d
    result = {}
    for d, rows in partners.items():
        others = {at for at, other in owner.items() if district[other].form != district[d].form} if sure[d] else ()
        result[d] = match_clauses(district[d], {c: city[c] for c in rows}, sure[d], frozenset(others))
    return result


@dataclass(frozen=True, slots=True)
class _Missing:
    """Demands of city rows that no district row says: by the district row that answers for them, and the rest."""

    of_row: dict[int, list[Clause]]
    untaken: list[tuple[int, list[Clause]]]


def _missing(
    city: Sequence[Row],
    district: Sequence[Row],
    partners: dict[int, tuple[int, ...]],
    matched: dict[int, Matched],
    region: str,
) -> _Missing:
    """A row alone answers for the whole city row; of several only one that says most of it, else nobody."""
    users: dict[int, list[int]] = defaultdict(list)
    for d, cs in partners.items():
        for c in cs:
            users[c].append(d)
    of_row: dict[int, list[Clause]] = defaultdict(list)
    untaken: list[tuple[int, list[Clause]]] = []
    for c, ds in sorted(users.items()):
        said = {j for d in ds for row, j in matched[d].said if row == c}
        gone = [x for j, x in enumerate(city[c].clauses) if j not in said and is_demand(city[c], j, region)]
        if not gone:
            continue
        untaken.append((c, gone))
        for d in ds:
            mine = {j for row, j in matched[d].said if row == c}
            of_row[d] += _answers_for(city[c], gone, mine, [district[user] for user in ds])
    return _Missing(of_row, untaken)


def _answers_for(city: Row, gone: Sequence[Clause], said: set[int], users: Sequence[Row]) -> list[Clause]:
    """What of a city row's missing demands one district row answers for: all if it has the row to itself or says most
    of it, else those in a sentence of which it says another part.
    """
    alone = len({row.form for row in users}) == 1
    if alone or sum(city.clauses[j].weight for j in said) >= _MAIN * city.weight:
        return list(gone)
    sentences = {city.clauses[j].sentence for j in said}
    return [clause for clause in gone if clause.sentence in sentences]


def _link(
    d: int,
    row: Row,
    city: Sequence[Row],
    partners: dict[int, tuple[int, ...]],
    matched: dict[int, Matched],
    missing: _Missing,
    region: str,
) -> Link:
    if d not in partners:
        pieces = tuple(Piece("new", "", clause.text) for clause in row.clauses)
        return Link(row.measure.n, (), "added", (), pieces)
    mine = {c: city[c] for c in partners[d]}
    lost = missing.of_row.get(d, [])
    finding = judge(row, mine, matched[d], lost, region)
    found = sum(row.clauses[i].weight for i in matched[d].pairs)
    return Link(
        row.measure.n, tuple(_ref(city[c]) for c in partners[d]), finding.relation,
        (*finding.changes, *_units(row, list(mine.values()))), _pieces(row, mine, matched[d], lost),
        round(found / (row.weight or 1), 4),
    )  # fmt: skip


def _ref(row: Row) -> RowRef:
    return RowRef(row.medium, row.measure.seq, row.measure.n)


def _pieces(row: Row, city: dict[int, Row], matched: Matched, lost: Sequence[Clause]) -> tuple[Piece, ...]:
    pieces = []
    for i, ours in enumerate(row.clauses):
        at = matched.pairs.get(i)
        if at is None:
            pieces.append(Piece("new", "", ours.text))
            continue
        theirs = city[at[0]].clauses[at[1]]
        pieces.append(Piece("same" if is_same(theirs, ours) else "reworded", theirs.text, ours.text, _ref(city[at[0]])))
    where = {id(clause): _ref(r) for r in city.values() for clause in r.clauses}
    return (*pieces, *(Piece("lost", clause.text, "", where[id(clause)]) for clause in lost))


def _units(district: Row, city: Sequence[Row]) -> list[Change]:
    """Offices of one side that have no counterpart on the other; collective units (各区政府) have none by nature."""
    theirs = _offices(city, support=False)
    ours = _offices([district])
    gone = [name for name in theirs if not any(_is_same_office(name, other) for other in ours)]
    come = [name for name in ours if not any(_is_same_office(name, other) for other in theirs)]
    return [Change("unit", "、".join(gone) or None, "、".join(come) or None)] if gone else []


def _offices(rows: Sequence[Row], *, support: bool = True) -> list[str]:
    names = (role.name for row in rows for role in row.measure.roles if support or role.role != "support")
    return list(dict.fromkeys(name for name in names if not _COLLECTIVE.match(name)))


def _is_same_office(a: str, b: str) -> bool:
    short, long = sorted((_LEVEL.sub("", a), _LEVEL.sub("", b)), key=len)
    return Indel.normalized_similarity(short, long) >= _SAME_OFFICE or short in long
