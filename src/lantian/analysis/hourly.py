"""Hours of stations as dense arrays: a row per station, a column per hour, NaN where there is no datum.

Apart from :mod:`~lantian.analysis.observations`, because what reads CSV takes longer to import than a year of
statistics takes from the lake.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Observations:
    """Hourly values by pollutant, each ``(stations, days × 24)`` float64, CO in mg/m³, others in µg/m³.

    ``first_day`` begins the arrays; ``spans`` are each station's first and last day with a row, as offsets from it.
    """

    stations: tuple[str, ...]
    first_day: date
    days: int
    values: dict[str, NDArray[np.float64]]
    spans: tuple[tuple[int, int], ...]

    def calendar(self) -> NDArray[np.datetime64]:
        """The days of the arrays."""
        return np.arange(self.days) + np.datetime64(self.first_day, "D")
