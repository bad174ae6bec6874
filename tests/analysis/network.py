"""An invented network: stations that share their city's air and differ by place, noise and the grain of instruments."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from lantian.analysis.observations import Observations
from lantian.standards.ambient import POLLUTANTS

LEVEL = {"SO2": 14.0, "NO2": 45.0, "PM10": 95.0, "PM2.5": 55.0, "CO": 1.0, "O3": 60.0}
NAMES = ("东湖", "北站", "南苑", "柳塘公园", "云溪一中", "石桥", "西山", "高新区")


def network(seed: int, days: int = 200, stations: int = 8, holes: float = 0.02) -> Observations:
    """Hours whose logarithm is a slow and a quick wave of the city, a daily course, and a little of each station."""
    chance = np.random.default_rng(seed)
    hours = days * 24
    values = {}
    for name in POLLUTANTS:
        city = 0.7 * walk(chance, 1, hours, 0.985)[0] + 0.15 * walk(chance, 1, hours, 0.8)[0]
        course = 0.25 * np.sin(2 * np.pi * (np.arange(hours) % 24 - (9 if name == "O3" else 2)) / 24)
        own = chance.normal(0, 0.15, (stations, 1)) + 0.12 * walk(chance, stations, hours, 0.9)
        array = LEVEL[name] * np.exp(city + course + own + chance.normal(0, 0.04, (stations, hours)))
        grain = 0.1 if name == "CO" else 1.0
        array = np.maximum(np.round(array / grain) * grain, 2 * grain)
        array[chance.random((stations, hours)) < holes] = np.nan
        values[name] = array
    values["PM2.5"] = np.fmin(values["PM2.5"], values["PM10"])
    spans = tuple((0, days - 1) for _ in range(stations))
    return Observations(NAMES[:stations], date(2024, 1, 1), days, values, spans)


def walk(chance: np.random.Generator, rows: int, hours: int, memory: float) -> NDArray[np.float64]:
    """A wave with unit variance: each hour keeps ``memory`` of the hour before."""
    noise = chance.normal(0, np.sqrt(1 - memory**2), (hours, rows))
    found = np.empty((hours, rows))
    found[0] = chance.normal(0, 1, rows)
    for hour in range(1, hours):
        found[hour] = memory * found[hour - 1] + noise[hour]
    return found.T
