"""Figures of districts, streets or any subject from the daily values of their stations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from lantian.analysis.rankings.periods import Period
from lantian.analysis.rankings.table import Figure
from lantian.standards.evaluation import sites_suffice


@dataclass(frozen=True)
class StationDays:
    """Valid daily values ``(stations, days)`` from ``first_day``, NaN where a day is not valid (``daily_values``)."""

    stations: tuple[str, ...]
    first_day: date
    values: NDArray[np.float64]


def subject_days(days: StationDays, subject_of: Mapping[str, str]) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Daily values of subjects: the mean of their stations' day, where enough of them are valid (75 %, of fewer than
    four 50 %; U-SITES). Stations first, then days: the order changes the mean."""
    subjects = tuple(sorted({subject_of[name] for name in days.stations if name in subject_of}))
    found = np.full((len(subjects), days.values.shape[1]), np.nan)
    for place, subject in enumerate(subjects):
        rows = [number for number, name in enumerate(days.stations) if subject_of.get(name) == subject]
        own = days.values[rows]
        known = (~np.isnan(own)).sum(axis=0)
        enough = np.array([sites_suffice(count, len(rows)) for count in range(len(rows) + 1)])[known]
        means = np.nansum(own, axis=0) / np.maximum(known, 1)
        found[place] = np.where(enough, means, np.nan)
    return subjects, found


def figures(
    days: StationDays,
    subject_of: Mapping[str, str],
    period: Period,
    *,
    parent_of: Mapping[str, str] | None = None,
    excluded: Mapping[str, str] | None = None,
) -> list[Figure]:
    """The mean of a period's valid days of every subject, its share of the period's days, and the mean a year before.

    Subjects without a day have the value None and are listed all the same.
    """
    subjects, values = subject_days(days, subject_of)
    now, share = _means(days, values, period)
    before, share_before = _means(days, values, period.year_before())
    return [
        Figure(
            subject,
            None if np.isnan(now[place]) else float(now[place]),
            float(share[place]),
            None if np.isnan(before[place]) or share_before[place] == 0 else float(before[place]),
            (parent_of or {}).get(subject, ""),
            (excluded or {}).get(subject),
        )
        for place, subject in enumerate(subjects)
    ]


def _means(
    days: StationDays, values: NDArray[np.float64], period: Period
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    low = (period.start - days.first_day).days
    own = values[:, max(low, 0) : max(low + period.days, 0)]
    known = (~np.isnan(own)).sum(axis=1)
    means = np.where(known > 0, np.nansum(own, axis=1) / np.maximum(known, 1), np.nan)
    return means, known / period.days
