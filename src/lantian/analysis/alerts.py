"""Which alert a forecast would call for (预警启动条件) by ``tables/alerts.yaml``: a hint for 会商, never a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import yaml

SOURCE = "环大气〔2024〕6号"


@dataclass(frozen=True, slots=True)
class Called:
    """The alert (yellow, orange, red) and the first and last day of the run that calls for it."""

    alert: str
    first: date
    last: date


@cache
def _conditions() -> tuple[tuple[str, tuple[tuple[int, int], ...]], ...]:
    rows = yaml.safe_load((Path(__file__).parent / "tables" / "alerts.yaml").read_text(encoding="utf-8"))
    return tuple((row["alert"], tuple((part[0], part[1]) for part in row["all"])) for row in rows)


def called_for(days: Mapping[date, float]) -> Called | None:
    """The strongest alert whose condition the forecast daily AQI (day → value) meets; None if none does.

    A run is broken by a day that is not forecast. Its first part sets the run; the others are counted within it.
    """
    for alert, ((above, least), *others) in _conditions():
        for run in _runs(days, above):
            if len(run) >= least and all(sum(days[day] > more for day in run) >= number for more, number in others):
                return Called(alert, run[0], run[-1])
    return None


def _runs(days: Mapping[date, float], above: int) -> list[list[date]]:
    """Stretches of days in a row above a value."""
    runs: list[list[date]] = []
    for day in sorted(day for day, value in days.items() if value > above):
        if runs and runs[-1][-1] == day - timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs
