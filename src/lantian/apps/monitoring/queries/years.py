"""A year under the three standards side by side: good days, composite index, what fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lantian.analysis.ranks import Judgement, under_every_standard
from lantian.apps.core.models import User
from lantian.apps.monitoring.queries.subjects import Subject, city, subjects, values
from lantian.apps.monitoring.readings import kept
from lantian.standards.ambient import STANDARDS, Standard
from lantian.standards.uncertain import Mark, mark

MARKS = ("U-663-2026", "U-INDEX-WEIGHTS", "U-YEAR-2026", "U-ANNUAL-GAS", "U-SITES")


@dataclass(frozen=True, slots=True)
class Line:
    """One subject with its judgement by each standard, in the order of the standards; None without a datum."""

    subject: Subject
    judged: list[Judgement | None]


def lines(user: User, kind: str, year: int, last: date) -> list[Line]:
    """Every subject of the year so far, the city first where districts are asked for."""
    start, end = date(year, 1, 1), min(date(year, 12, 31), last)
    if end < start:
        return []
    found = (city(user, end) if kind == "district" else []) + subjects(user, kind, end)
    if not found:
        return []
    data = values(found, start, end)
    key = ("years", data.stations, tuple(subject.codes for subject in found), start, end)
    judged = kept(key, lambda: under_every_standard(data))
    order = {key: place for place, key in enumerate(STANDARDS)}
    result = []
    for subject in found:
        cells: list[Judgement | None] = [None] * len(order)
        for item in judged.get((subject.key, year), []):
            cells[order[item.standard]] = item
        result.append(Line(subject, cells))
    return result


def standards() -> list[Standard]:
    """The standards, in the order of the columns."""
    return list(STANDARDS.values())


def marks() -> list[Mark]:
    """The rules that this page rests on and whose text was not read in full (规则待核实)."""
    return [mark(identity) for identity in MARKS]
