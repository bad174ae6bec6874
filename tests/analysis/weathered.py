"""Invented weather and concentrations that follow from it by a known formula."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lantian.analysis.observations import Observations
from lantian.analysis.weather import COMPASS, Weather
from lantian.standards.ambient import POLLUTANTS

Floats = NDArray[np.float64]
HEADER = "year,month,day,hour,PM2.5,TEMP,PRES,DEWP,RAIN,wd,WSPM,station\n"


def observations(values: Floats, first: date = date(2021, 1, 1), pollutant: str = "PM2.5") -> Observations:
    """Stations × hours of one pollutant; the others are missing."""
    stations, hours = values.shape
    empty = np.full(values.shape, np.nan)
    return Observations(
        tuple(f"站{number}" for number in range(stations)),
        first,
        hours // 24,
        {name: values if name == pollutant else empty for name in POLLUTANTS},
        ((0, hours // 24 - 1),) * stations,
    )


@dataclass(frozen=True)
class Invented:
    """A city of a few stations and what its emissions did."""

    data: Observations
    weather: Weather
    emission: Floats


def city(days: int, *, yearly: float = 0.0, stations: int = 1, seed: int = 5) -> Invented:
    """Concentration = emission × a function of wind and humidity; the emission changes by ``yearly`` (log) a year."""
    chance = np.random.default_rng(seed)
    hours = np.arange(days * 24)
    season = np.cos(2 * np.pi * hours / 8766)
    spells = np.repeat(chance.normal(size=days // 2 + 1), 48)[: len(hours)]
    spells = np.convolve(spells, np.ones(12) / 12, mode="same")

    def noisy(base: Floats, width: float) -> Floats:
        return base + chance.normal(0, width, (stations, len(hours)))

    speed = np.abs(noisy(2.2 + 1.2 * spells, 0.4))
    direction = np.where(spells > 0, 315.0, 180.0) + chance.choice((-22.5, 0.0, 22.5), (stations, len(hours)))
    temperature = noisy(13 - 15 * season + 5 * np.sin(2 * np.pi * hours / 24), 1.0)
    dew_point = temperature - np.abs(noisy(8 + 5 * spells, 0.5))
    weather = Weather(
        np.round(speed, 1), direction, temperature, noisy(1012 + 8 * season, 1.0), dew_point, np.zeros(speed.shape)
    )
    emission = np.exp(yearly * hours / 8766)
    stagnant = 90 * np.exp(-speed / 2.5) * (1 + 0.3 * season)
    values = emission * stagnant * np.exp(chance.normal(0, 0.15, speed.shape))
    return Invented(observations(values), weather, emission)


def write(path: Path, invented: Invented, station: int = 0, name: str = "云溪一中") -> Path:
    """One station as a CSV in the PRSA layout, hours by their beginning."""
    data, weather = invented.data, invented.weather
    points = {degrees: point for point, degrees in COMPASS.items()}
    lines = []
    for hour in range(data.days * 24):
        at = (np.datetime64(data.first_day, "h") + hour).astype(object)
        value = data.values["PM2.5"][station, hour]
        cells = (
            "NA" if value != value else f"{value:.2f}",
            f"{weather.temperature[station, hour]:.1f}",
            f"{weather.pressure[station, hour]:.1f}",
            f"{weather.dew_point[station, hour]:.1f}",
            f"{weather.rain[station, hour]:.1f}",
            points[float(weather.wind_direction[station, hour])],
            f"{weather.wind_speed[station, hour]:.1f}",
        )
        lines.append(f"{at.year},{at.month},{at.day},{at.hour},{','.join(cells)},{name}\n")
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    return path
