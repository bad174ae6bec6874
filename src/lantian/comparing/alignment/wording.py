"""Two clauses on the same thing compared: fewer or more objects, exemptions, how binding the verb is, whose role."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import ceil

from rapidfuzz.distance import Indel, LCSseq

from lantian.comparing.alignment.clauses import Clause
from lantian.comparing.alignment.figures import Direction, Verdict
from lantian.comparing.alignment.words import forces, pattern, replacements
from lantian.reading.numerals import numeral
from lantian.reading.text import compare_form

_SAME = 0.9  # likeness from which other letters are a slip, if figures and objects agree
_NAMED = 0.6  # likeness from which two names of a line of work are one
_SLIP = 2  # letters that may be put in or left out of a clause of some length
_SLIP_LENGTH = 4
_DENIAL = "不非无未禁"
_FOUND = 0.8  # share of an object's letters that must stand together in the other clause
_REWORDED = 0.6  # likeness from which one verb stands for another
_WHOLE = 0.95  # share of a clause's letters that, in their order, make it said
_CERTAIN = 4  # force from which a lone word more or less changes the demand
_WISH = 1  # force up to which a lone word more or less changes it
_EACH_TIME = re.compile(r"([1-9]\d?|[一二两三四五六七八九十]{1,3})[次轮遍]")
_WORDS = re.compile("|".join(sorted(forces(), key=len, reverse=True)))


def is_same(city: Clause, district: Clause) -> bool:
    """Whether two clauses ask for the same in the same words, slips of the pen aside."""
    if has_other_role(city, district) or _objects(city, district) or _cadence(city, district):
        return False
    if _other_bodies(city, district):
        return False
    if city.form == district.form or sorted(city.form) == sorted(district.form):
        return True
    letters = Indel.distance(city.form, district.form)
    slip = letters <= _SLIP and city.weight >= _SLIP_LENGTH and not _turns(city.form, district.form)
    return (
        (slip or Indel.normalized_similarity(city.form, district.form) >= _SAME)
        and city.figures == district.figures
        and len(city.items) == len(district.items)
        and not fewer_acts(city, district)
        and not _loses_ranking(city, district)
        and not _force(city, district)
    )


def _other_bodies(city: Clause, district: Clause) -> bool:
    """Whether the lines of work that are to act (住房城乡建设、水务等部门) are others, not only named otherwise."""
    sides = city.bodies, district.bodies
    if not all(sides):
        return False
    return len(sides[0]) != len(sides[1]) or any(
        all(Indel.normalized_similarity(body, other) < _NAMED for other in sides[1]) for body in sides[0]
    )


def _loses_ranking(city: Clause, district: Clause) -> bool:
    return bool(pattern("ranking").search(city.form)) and not pattern("ranking").search(district.form)


def _turns(a: str, b: str) -> bool:
    """Whether one text has a letter of denial that the other has not."""
    return any(a.count(letter) != b.count(letter) for letter in _DENIAL)


def has_other_role(city: Clause, district: Clause) -> bool:
    """Whether the district carries out (落实, 配合) what the city sets (研究制定, 组织)."""
    return city.role != district.role and bool(pattern("role_down").fullmatch(district.role))


def fewer_objects(city: Clause, district: Clause, around: str) -> list[str]:
    """Objects of the city's enumeration that the district's leaves out without putting others in their place.

    ``around``: all that the district's row says; an object may stand in another clause of it.
    """
    if len(city.items) < 2 or len(district.items) >= len(city.items):
        return []
    return [item for item in city.items if not contains(item, around)]


def fewer_acts(city: Clause, district: Clause) -> list[str]:
    """Acts (排名, 曝光) that the city's clause names and the district's does not."""
    return [act for act in pattern("act").findall(city.form) if act not in district.form]


def wording_verdicts(city: Clause, district: Clause) -> list[Verdict]:
    """What two differing clauses say more or less of; ``weight`` 3, cadences 1."""
    found = []
    if way := _cadence(city, district):
        found.append(Verdict("text", city.text, district.text, way, 1))
    if _other_bodies(city, district):
        found.append(Verdict("unit", "、".join(city.bodies), "、".join(district.bodies), "", 3))
    if _loses_ranking(city, district):
        found.append(Verdict("text", city.text, district.text, "loosened", 3))
    if has_other_role(city, district):
        # What the city asks of the districts themselves is no step down the ladder.
        ours_to_set = bool(pattern("put_to_districts").match(city.text) and pattern("role_up").fullmatch(city.role))
        found.append(Verdict("role", city.role or None, district.role or None, "loosened" if ours_to_set else "", 3))
    elif _is_comparable(city, district) and (way := _force(city, district)):
        found.append(Verdict("text", city.text, district.text, way, 3))
    if way := _objects(city, district):
        found.append(Verdict("text", city.text, district.text, way, 3))
    return found


def _is_comparable(city: Clause, district: Clause) -> bool:
    """Whether verbs can be set against each other: the rest is alike, and no letter sets the demand."""
    alike = Indel.normalized_similarity(city.form, district.form) >= _REWORDED
    return alike and not pattern("given").search(district.text)


def _cadence(city: Clause, district: Clause) -> Direction:
    """每月 → 每季度 asks for less."""
    before, after = (_times(clause.text) for clause in (city, district))
    if before is None or after is None or before == after:
        return ""
    return "tightened" if after > before else "loosened"


def _times(text: str) -> int | None:
    """How often a year a clause asks for something: 每月检查两次 is 24; None where it names no one cadence."""
    found = [int(value) for expression, value in replacements("cadence") if expression.search(text)]
    if len(found) != 1:
        return None
    each = _EACH_TIME.search(text)
    return found[0] * (numeral(each[1]) if each else 1)


def _force(city: Clause, district: Clause) -> Direction:
    """确保 → 力争, 完成 → 推进, 全部 → 基本 ask for less."""
    before, after = (set(_WORDS.findall(compare_form(clause.text))) for clause in (city, district))
    gone, come = ({forces()[word] for word in side} for side in (before - after, after - before))
    if gone and come:
        strongest = max(gone), max(come)
        if (min(strongest) > _WISH and abs(strongest[0] - strongest[1]) < 1) or strongest[0] == strongest[1]:
            return ""
        return "tightened" if strongest[1] > strongest[0] else "loosened"
    if come:
        return "loosened" if max(come) <= _WISH else "tightened" if max(come) >= _CERTAIN else ""
    if gone:
        return "tightened" if max(gone) <= _WISH else "loosened" if max(gone) >= _CERTAIN else ""
    return ""


def _objects(city: Clause, district: Clause) -> Direction:
    """Exemptions that came or went; objects that a demand on all of them has more of."""
    gone = {item for item in city.exempt if item not in district.exempt and not contains(item, district.form)}
    come = {item for item in district.exempt if item not in city.exempt and not contains(item, city.form)}
    if bool(gone) != bool(come):
        return "tightened" if gone else "loosened"
    if not (city.binding and district.binding) or len(district.items) <= len(city.items):
        return ""
    if all(contains(item, district.form) for item in city.items):
        new = [item for item in district.items if not contains(item, city.form)]
        return "tightened" if new else ""
    return ""


def contains(item: str, form: str) -> bool:
    """Whether most letters of an object or a clause stand together in a text."""
    if item in form:
        return True
    reach = max(6, 2 * len(item))
    need = ceil(_FOUND * len(item))
    return any(
        LCSseq.similarity(item, form[start : start + reach], score_cutoff=need) >= need
        for start in range(max(1, len(form) - reach + 1))
    )


def says(clause: Clause, others: Sequence[Clause]) -> bool:
    """Whether a clause stands in the others' words, or all of its letters in order in one of them."""
    if contains(clause.form, "".join(other.form for other in others)):
        return True
    return any(LCSseq.similarity(clause.form, other.form) >= _WHOLE * clause.weight for other in others)
