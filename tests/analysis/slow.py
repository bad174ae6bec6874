"""The rules a second time, in plain Python from the printed clauses: hours in dicts, sums of fractions, no shared code.

Slow on purpose. It reads its own CSV, keeps its own limits, and takes every sum exactly.
"""

from __future__ import annotations

import csv
import gzip
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

Hours = Mapping[datetime, float]
DAILY_LIMITS = {
    "gb3095-2012": {"SO2": 150, "NO2": 80, "PM10": 150, "PM2.5": 75, "CO": 4, "O3": 160},
    "gb3095-2026-interim": {"SO2": 150, "NO2": 80, "PM10": 120, "PM2.5": 60, "CO": 4, "O3": 160},
    "gb3095-2026-final": {"SO2": 50, "NO2": 50, "PM10": 100, "PM2.5": 50, "CO": 4, "O3": 160},
}
PERCENT = {"SO2": 98, "NO2": 98, "PM10": 95, "PM2.5": 95, "CO": 95, "O3": 90}
STEPS = (0, 50, 100, 150, 200, 300, 400, 500)
POINTS = {
    "SO2": (0, 50, 150, 475, 800, 1600, 2100, 2620),
    "NO2": (0, 40, 80, 180, 280, 565, 750, 940),
    "PM10": (0, 50, 150, 250, 350, 420, 500, 600),
    "PM2.5": (0, 35, 75, 115, 150, 250, 350, 500),
    "CO": (0, 2, 4, 14, 24, 36, 48, 60),
    "O3_1h": (0, 160, 200, 300, 400, 800, 1000, 1200),
    "O3_8h": (0, 100, 160, 215, 265, 800),
}


def read_prsa(path: Path, label: str) -> dict[str, Hours]:
    """pollutant → hour's beginning → value (CO mg/m³)."""
    found: dict[str, dict[datetime, float]] = defaultdict(dict)
    opener = gzip.open if path.suffix == ".gz" else open
    shift = timedelta(hours=1 if label == "end" else 0)
    with opener(path, "rt", encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            at = datetime(*(int(row[part]) for part in ("year", "month", "day", "hour"))) - shift  # noqa: DTZ001
            for name in PERCENT:
                if row[name] not in ("", "NA"):
                    found[name][at] = float(row[name]) / (1000 if name == "CO" else 1)
    return found


def days_of(hours: Hours) -> dict[date, list[float | None]]:
    days: dict[date, list[float | None]] = defaultdict(lambda: [None] * 24)
    for at, value in hours.items():
        days[at.date()][at.hour] = value
    return days


def mean(values: Iterable[float]) -> float:
    known = list(values)
    return math.fsum(known) / len(known)


def daily(name: str, hours: Hours) -> dict[date, float]:
    """Valid daily values: 24 h means, for O3 the largest 8 h mean."""
    found = {}
    for day, cells in days_of(hours).items():
        if name == "O3":
            value = largest_8h(cells)
        else:
            known = [cell for cell in cells if cell is not None]
            value = mean(known) if len(known) >= 20 else None
        if value is not None:
            found[day] = value
    return found


def largest_8h(cells: list[float | None]) -> float | None:
    """08:00 to 24:00: the windows that end with those hours; 14 of them, or a maximum over 160."""
    means = []
    for last in range(8, 25):
        window = [cell for cell in cells[last - 8 : last] if cell is not None]
        if len(window) >= 6:
            means.append(mean(window))
    if not means or (len(means) < 14 and round(max(means), 9) <= 160):
        return None
    return max(means)


def percentile(values: Iterable[float], percent: int) -> float:
    ordered = sorted(values)
    k = 1 + Fraction(percent, 100) * (len(ordered) - 1)
    s = math.floor(k)
    if s == len(ordered):
        return ordered[-1]
    return ordered[s - 1] + (ordered[s] - ordered[s - 1]) * float(k - s)


def years(
    name: str, hours: Hours, standard: str
) -> Iterator[tuple[int, int, int, bool, float | None, float | None, int]]:
    """(year, valid days, valid months, valid, mean, percentile, days above) of every year with any datum."""
    values = daily(name, hours)
    for year in sorted({at.year for at in hours}):
        own = {day: value for day, value in values.items() if day.year == year}
        months = 0
        for month in range(1, 13):
            months += sum(day.month == month for day in own) >= (25 if month == 2 else 27)
        yield (
            year,
            len(own),
            months,
            len(own) >= 324 and months == 12,
            mean(own.values()) if own else None,
            percentile(own.values(), PERCENT[name]) if own else None,
            sum(round(value, 9) > DAILY_LIMITS[standard][name] for value in own.values()),
        )


def half_even(value: float, places: int) -> Fraction:
    scaled = Fraction(repr(round(value, 9))) * 10**places
    below = math.floor(scaled)
    rest = scaled - below
    up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and below % 2 == 1)
    return Fraction(below + up, 10**places)


def sub_index(name: str, value: float, new_rule: bool) -> int | None:
    points = list(POINTS[name])
    if new_rule and name in ("PM2.5", "PM10"):
        points[2] = {"PM2.5": 60, "PM10": 120}[name]
    rounded = half_even(value, 1 if name == "CO" else 0)
    if rounded > points[-1]:
        return (300 if new_rule else None) if name == "O3_8h" else 500
    place = next(at for at in range(1, len(points)) if rounded <= points[at])
    low, high = points[place - 1], points[place]
    return math.ceil(STEPS[place - 1] + (STEPS[place] - STEPS[place - 1]) * (rounded - low) / (high - low))


def indices(station: Mapping[str, Hours], new_rule: bool) -> dict[date, tuple[int | None, str]]:
    """day → (AQI, primary pollutants) for every day with a datum."""
    columns: dict[str, dict[date, float]] = {
        name: daily(name, station.get(name, {})) for name in PERCENT if name != "O3"
    }
    ozone = station.get("O3", {})
    if not new_rule:
        columns["O3_1h"] = {
            day: max(cell for cell in cells if cell is not None) for day, cells in days_of(ozone).items()
        }
    columns["O3_8h"] = daily("O3", ozone)
    found = {}
    for day in {at.date() for hours in station.values() for at in hours}:
        parts = {
            name: part
            for name, values in columns.items()
            if day in values and (part := sub_index(name, values[day], new_rule)) is not None
        }
        complete = all(day in values for values in columns.values())
        top = max(parts.values(), default=None)
        if top is None or (not complete and top <= 100):
            found[day] = (None, "")
        else:
            found[day] = (top, ";".join(name for name in parts if parts[name] == top) if top > 50 else "")
    return found
