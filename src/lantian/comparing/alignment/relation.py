"""The relation of a district row to its city rows: figures decide, then dates and force, then words, then gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel, LCSseq

from lantian.comparing.alignment.clauses import Clause, Row
from lantian.comparing.alignment.figures import (
    NUMERIC,
    Direction,
    Verdict,
    asked_of,
    compare_deadlines,
    compare_targets,
    moved,
    pair_targets,
    shown_target,
    total_of,
)  # fmt: skip
from lantian.comparing.alignment.model import Change, Relation
from lantian.comparing.alignment.partners import clause_likeness
from lantian.comparing.alignment.wording import contains, fewer_acts, fewer_objects, is_same, says, wording_verdicts
from lantian.comparing.alignment.words import pattern
from lantian.reading.model import Target

CityClause = tuple[int, int]  # city row, clause
_PAIRED = 0.36  # likeness from which two clauses of linked rows are one, reworded
_BESIDE = 0.6  # share of the shorter one's letters from which they are, where their neighbours are one
_ASKS = 6  # letters from which a clause asks for something
_OWN = 0.2  # share of a row's own words up to which it is still the city's row, only less of it
_KEPT = 0.75  # likeness from which a clause is the city's
_REST = 0.5  # share of a row's words that must be the city's
_PART = 0.08  # share of the city's demand that must be missing to narrow it
_LISTED = 3  # areas in a clause from which it is a list of their figures


@dataclass(frozen=True, slots=True)
class Matched:
    """Clauses of a district row with their city clause; city clauses that it says in other words."""

    pairs: dict[int, CityClause]
    said: frozenset[CityClause]


def match_clauses(
    district: Row, city: Mapping[int, Row], sure: Mapping[int, CityClause], others: frozenset[CityClause]
) -> Matched:
    """Pair a row's clauses with those of its partners, the likest first; ``others`` belong to other district rows."""
    pairs = {i: at for i, at in sure.items() if at[0] in city}
    taken = set(pairs.values()) | others
    found = []
    for c, row in city.items():
        for j, theirs in enumerate(row.clauses):
            if (c, j) not in taken:
                found += [
                    (alike, i, (c, j))
                    for i, ours in enumerate(district.clauses)
                    if i not in pairs and (alike := clause_likeness(theirs, ours)) >= _PAIRED
                ]
    for _alike, i, at in sorted(found, key=lambda item: (-item[0], item[1], item[2][1], city[item[2][0]].form)):
        if i not in pairs and at not in taken:
            pairs[i] = at
            taken.add(at)
    _by_neighbours(district, city, pairs, taken)
    said = {
        (c, j)
        for c, row in city.items()
        for j, theirs in enumerate(row.clauses)
        if theirs.weight >= _ASKS and says(theirs, district.clauses)
    }
    return Matched(pairs, frozenset(said | set(pairs.values())))


def _by_neighbours(
    district: Row, city: Mapping[int, Row], pairs: dict[int, CityClause], taken: set[CityClause]
) -> None:
    """Pair what stands beside the same clause on both sides if it is a little alike: 以甲、乙为重点 and 以乙为重点."""
    for i, ours in enumerate(district.clauses):
        for step in (1, -1):
            beside = pairs.get(i + step)
            at = (beside[0], beside[1] - step) if beside is not None else None
            if i in pairs or at is None or at in taken or not 0 <= at[1] < len(city[at[0]].clauses):
                continue
            theirs = city[at[0]].clauses[at[1]]
            if LCSseq.similarity(theirs.form, ours.form) >= _BESIDE * min(theirs.weight, ours.weight):
                pairs[i] = at
                taken.add(at)


def is_demand(row: Row, place: int, region: str) -> bool:
    """Whether a city clause asks something of this district: no lead-in, no other area's, no paper of the city's."""
    clause = row.clauses[place]
    if clause.weight < _ASKS or clause.background or clause.condition:
        return False
    if clause.areas and (region not in clause.areas or (len(clause.areas) >= _LISTED and "#" in clause.form)):
        return False
    before = row.clauses[place - 1] if place else None
    own_policy = [clause.role]
    if before is not None and before.sentence == clause.sentence and not clause.role:
        own_policy.append(before.role)  # 修订…标准，不低于…: the second clause is about the first one's paper
    return not any(pattern("role_up").fullmatch(role) for role in own_policy)


@dataclass(frozen=True, slots=True)
class Finding:
    """The relation of one row and everything that was found on the way."""

    relation: Relation
    changes: tuple[Change, ...]


def judge(district: Row, city: Mapping[int, Row], matched: Matched, lost: Sequence[Clause], region: str) -> Finding:
    """Compare a row with its partners. ``lost``: demands of theirs that it should say but does not."""
    words = _words(district, city, matched, lost)
    verdicts = _figures(district, city, matched, region)
    if (due := compare_deadlines(list(city.values()), district)) is not None:
        verdicts.append(due)
    for theirs, ours in words.differing:
        verdicts += wording_verdicts(theirs, ours)
    verdicts += _conditions(district, city, matched)
    texts = [Change("text", theirs.text, ours.text) for theirs, ours in words.differing]
    texts += [Change("text", clause.text, None) for clause in lost]
    texts += [Change("text", None, clause.text) for clause in words.new]
    narrowed = words.narrowed or any(verdict.fewer for verdict in verdicts)
    # 年底前 beside 长期实施 is shown, yet the demand is the same.
    differs = bool(texts) or any(verdict.field != "date" for verdict in verdicts)
    shown = [Change(v.field, v.before, v.after) for v in verdicts if v.field != "text"]
    relation = _relation(verdicts, narrowed=narrowed, differs=differs)
    return Finding(relation, tuple(dict.fromkeys([*shown, *texts])))


@dataclass(frozen=True, slots=True)
class _Words:
    """Paired clauses that differ, clauses that only the district has, whether the row is a mere part of the city's."""

    differing: list[tuple[Clause, Clause]]
    new: list[Clause]
    narrowed: bool


def _words(district: Row, city: Mapping[int, Row], matched: Matched, lost: Sequence[Clause]) -> _Words:
    """Narrowed: objects or demands are gone, nothing else came in their place, and what stays is the city's word."""
    pairs = [(city[c].clauses[j], district.clauses[i]) for i, (c, j) in sorted(matched.pairs.items())]
    differing = [
        (theirs, ours)
        for theirs, ours in pairs
        if not is_same(theirs, ours) and not (theirs.background and ours.background)
    ]
    whole = "".join(row.form for row in city.values())
    alone = [ours for i, ours in enumerate(district.clauses) if i not in matched.pairs and ours.weight >= _ASKS]
    new = [ours for ours in alone if not _says_nothing(ours) and not contains(ours.form, whole)]
    fewer = [
        ours for theirs, ours in differing if fewer_objects(theirs, ours, district.form) or fewer_acts(theirs, ours)
    ]
    kept = sum(
        ours.weight
        for theirs, ours in pairs
        if ours in fewer or Indel.normalized_similarity(theirs.form, ours.form) >= _KEPT or is_same(theirs, ours)
    )
    added = sum(clause.weight for clause in new)
    stays = kept >= _REST * district.weight and added <= _OWN * district.weight
    gone = _is_part(lost, city) and sum(clause.weight for clause in lost) > added
    return _Words(differing, new, stays and (bool(fewer) or gone))


def _relation(verdicts: Sequence[Verdict], *, narrowed: bool, differs: bool) -> Relation:
    """The weightiest kind of change that has a direction decides; asking for less outweighs asking for more."""
    for weight in (1, 2, 3):
        ways = {verdict.direction for verdict in verdicts if verdict.weight == weight and verdict.direction}
        if "loosened" in ways:
            return "loosened"
        if "tightened" in ways:
            return "tightened"
    if narrowed:
        return "narrowed"
    return "adapted" if differs else "verbatim"


def _says_nothing(clause: Clause) -> bool:
    return clause.background or bool(pattern("role_down").fullmatch(clause.text.strip()))


def _is_part(lost: Sequence[Clause], city: Mapping[int, Row]) -> bool:
    whole = sum(row.weight for row in city.values()) or 1
    return sum(clause.weight for clause in lost) >= max(_ASKS, _PART * whole)


def _conditions(district: Row, city: Mapping[int, Row], matched: Matched) -> list[Verdict]:
    """A ban or a demand on all that holds only 期间 or 条件下 for one of both."""
    found = []
    for i, (c, j) in matched.pairs.items():
        theirs, ours = _condition_of(city[c], j), _condition_of(district, i)
        if city[c].clauses[j].binding and district.clauses[i].binding and bool(theirs) != bool(ours):
            found.append(Verdict("text", theirs, ours, "tightened" if theirs else "loosened", 3))
    return found


def _condition_of(row: Row, place: int) -> str | None:
    before = row.clauses[place - 1] if place else None
    if before is None or not before.condition or before.sentence != row.clauses[place].sentence:
        return None
    return before.text


def _clause_at(row: Row, target: Target) -> int | None:
    if target.span is None:
        return None
    ends = [i for i, clause in enumerate(row.clauses) if clause.start < target.span[1] and target.span[0] < clause.end]
    return ends[-1] if ends else None


def _figures(district: Row, city: Mapping[int, Row], matched: Matched, region: str) -> list[Verdict]:
    """Every figure of the city that is asked of this row against the row's own."""
    partners = {at: i for i, at in matched.pairs.items()}
    theirs: list[tuple[Target, Clause, int, bool]] = []
    for c, row in city.items():
        for target in asked_of(row.measure.targets, region):
            j = _clause_at(row, target)
            own = bool(target.scope) and target.applies == "owner"
            if target.kind in NUMERIC and j is not None:
                theirs.append((target, row.clauses[j], c, own or (c, j) in matched.said))
    placed = [(target, _clause_at(district, target)) for target in district.measure.targets]
    ours = [(t, district.clauses[i]) for t, i in placed if t.kind in NUMERIC and i is not None]
    alike = {
        (id(city[c].clauses[j]), id(district.clauses[i])) for (c, j), i in partners.items()
    }  # fmt: skip
    before = [(moved(t, _shift(city[c], district)), clause) for t, clause, c, _said in theirs]
    paired = pair_targets(before, ours, alike)
    again = _once_more(before, ours, set(paired.values()), alike)
    found: list[Verdict] = []
    for i, j in [*paired.items(), *again]:
        found += compare_targets(before[i][0], ours[j][0], 0)
        if (total := total_of(before[i][0], city[theirs[i][2]].measure.targets)) is not None:
            found.append(Verdict("target", shown_target(total), shown_target(ours[j][0])))
    answered = set(paired.values()) | {j for _i, j in again}
    found += _dropped([t for i, (t, _c) in enumerate(before) if i not in paired and theirs[i][3]], district)
    found += _come([ours[j] for j in range(len(ours)) if j not in answered], district, city, matched)
    return found


def _shift(city: Row, district: Row) -> int:
    return district.year - city.year if city.year and district.year else 0


def _once_more(
    theirs: Sequence[tuple[Target, Clause]],
    ours: Sequence[tuple[Target, Clause]],
    answered: set[int],
    alike: set[tuple[int, int]],
) -> list[tuple[int, int]]:
    """Further figures of the district under the same figure of the city: each street its own."""
    rest = [j for j in range(len(ours)) if j not in answered]
    found = pair_targets(theirs, [ours[j] for j in rest], alike)
    return [(i, rest[j]) for i, j in found.items()]


def _dropped(targets: Sequence[Target], district: Row) -> list[Verdict]:
    """Figures of the city that the row does not print: set by letter, or given up."""
    given = next((t for t in district.measure.targets if t.kind == "external"), None)
    by_letter = given.text if given else None
    if by_letter is None and (words := pattern("given").search(district.measure.measure)):
        by_letter = words[0]
    if by_letter is not None:
        return [Verdict("target", shown_target(t), by_letter) for t in targets]
    return [Verdict("target", shown_target(t), None, "loosened", 1 if t.strength == "hard" else 3) for t in targets]


def _come(
    ours: Sequence[tuple[Target, Clause]], district: Row, city: Mapping[int, Row], matched: Matched
) -> list[Verdict]:
    """Figures that only the district prints: stricter than words, but a share of less than all is weaker than 全部."""
    found = []
    for target, clause in ours:
        at = matched.pairs.get(district.clauses.index(clause))
        said = city[at[0]].clauses[at[1]].text if at else ""
        if said and pattern("given").search(said):
            found.append(Verdict("target", None, shown_target(target)))  # the letter's figure, printed
        elif target.kind == "rate" and (target.value or 0) < 100 and _means_all(said):
            found.append(Verdict("target", said, shown_target(target), "loosened"))
        elif target.kind == "count" and _means_all(said):
            found.append(Verdict("target", said, shown_target(target), fewer=True))
        else:
            way: Direction = "tightened" if target.strength == "hard" else ""
            found.append(Verdict("target", None, shown_target(target), way))
    return found


def _means_all(text: str) -> bool:
    return bool(pattern("universal").search(text) or pattern("nearly").search(text))
