"""An invented station: hours made from a formula, with the holes and edges that the rules are about."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

HEADER = "No,year,month,day,hour,PM2.5,PM10,SO2,NO2,CO,O3,TEMP,wd,station\n"
NAMES = ("PM2.5", "PM10", "SO2", "NO2", "CO", "O3")


def write_station(folder: Path, name: str, first: datetime, days: int, seed: int, holes: float = 0.05) -> Path:
    """A PRSA-like CSV of ``days`` × 24 hours; about ``holes`` of the cells, and some whole days, are NA."""
    chance = random.Random(seed)  # noqa: S311  # invented measurements
    level = {"PM2.5": 60, "PM10": 110, "SO2": 20, "NO2": 50, "CO": 1100, "O3": 90}
    lines = []
    for number in range(days * 24):
        at = first + timedelta(hours=number)
        if number % 24 == 0:
            swing = chance.choice((0.3, 0.8, 1.0, 1.6, 3.0, 6.0))
            out = {item for item in NAMES if chance.random() < holes}
        cells = []
        for item in NAMES:
            value = level[item] * swing * (0.6 + 0.8 * chance.random())
            if item == "O3":
                value *= max(0.2, 1 - abs(at.hour - 15) / 9)
            text = str(round(value)) if chance.random() < 0.8 else f"{value:.4f}"
            cells.append("NA" if item in out or chance.random() < holes / 2 else text)
        wind = f'"{chance.choice(("NW", "S", "CV"))}"'
        lines.append(f'{number + 1},{at.year},{at.month},{at.day},{at.hour},{",".join(cells)},-0.5,{wind},"{name}"\n')
    path = folder / f"{name}.csv"
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    return path
