"""A hundred million hours: a lake of them, the year by HJ 663 and the monthly ranking, beside Polars and DuckDB.

``python -m bench.scale [STATIONS] [--folder DIR]``: stations × 4 years × 6 pollutants, invented hour by hour (475
stations are 99.9 million values). The lake is filled by ``Lake.write_blocks`` as every import fills it. The peers read
the same hours as plain Parquet files with a column per pollutant (``bench.scale_peers``); Polars is no dependency of
ours: LANTIAN_BENCH_PYTHON names a Python that has it, without one its lines are left out. Whole processes: wall and CPU
seconds, peak of resident memory; the figures of all are compared.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lantian.lake import Lake
from lantian.lake.blocks import HourBlock
from lantian.standards.ambient import POLLUTANTS

LANTIAN = Path(sys.executable).with_name("lantian")
STATIONS = 475
DAYS = 1461
PART = 100
_START = datetime(2013, 3, 1, tzinfo=timezone(timedelta(hours=8)))
# (median, spread of the logarithm, decimals) of an hour; a share of them is missing, some days wholly.
_LEVELS = {"SO2": (12, 0.8, 0), "NO2": (45, 0.5, 0), "PM10": (85, 0.7, 0), "PM2.5": (60, 0.8, 0), "CO": (1.0, 0.6, 1),
           "O3": (50, 0.9, 0)}  # fmt: skip
_MISSING = 0.02

Cube = dict[str, NDArray[np.float64]]


def hours(count: int, seed: int) -> Cube:
    """Hours of ``count`` stations by pollutant: weather in common, a year's and a day's course, and noise of each."""
    chance = np.random.default_rng(seed)
    at = np.arange(DAYS * 24)
    weather = _slow(np.random.default_rng(1).standard_normal(at.size), 48)
    season, day = np.cos(2 * np.pi * at / 8766), np.cos(2 * np.pi * (at % 24 - 21) / 24)
    found = {}
    for pollutant, (median, spread, decimals) in _LEVELS.items():
        sign = -1.0 if pollutant == "O3" else 1.0
        course = 0.6 * weather + sign * (0.4 * season + 0.2 * day)
        noise = chance.standard_normal((count, at.size))
        level = np.log(median) + 0.15 * chance.standard_normal((count, 1))
        values = np.round(np.exp(level + spread * (course + 0.3 * noise)), decimals)
        values[chance.random(values.shape) < _MISSING] = np.nan
        gaps = chance.random((count, DAYS)) < _MISSING
        values[np.repeat(gaps, 24, axis=1)] = np.nan
        found[pollutant] = values
    return found


def _slow(noise: NDArray[np.float64], span: int) -> NDArray[np.float64]:
    mean = np.convolve(noise, np.ones(span) / span, mode="same")
    slow: NDArray[np.float64] = mean / mean.std()
    return slow


def fill(folder: Path, stations: int) -> None:
    """The lake in ``folder/lake`` and the peers' files in ``folder/wide``; says how long each took."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    lake, wide = Lake(folder / "lake"), folder / "wide"
    wide.mkdir()
    begin = np.datetime64("2013-03-01T00", "us")
    times = pa.array(begin + np.arange(DAYS * 24) * np.timedelta64(3_600_000_000, "us"))
    took, used = 0.0, 0.0
    for number, first in enumerate(range(0, stations, PART)):
        names = [f"YX{at:05d}" for at in range(first, min(first + PART, stations))]
        cube = hours(len(names), seed=number + 2)
        blocks = [
            HourBlock(names, name, _START, values, "mg/m³" if name == "CO" else "µg/m³", "invented",
                      hour_label="begin", time_zone="UTC+08:00")
            for name, values in cube.items()
        ]  # fmt: skip
        wall, cpu = time.perf_counter(), time.process_time()
        lake.write_blocks(blocks)
        took, used = took + time.perf_counter() - wall, used + time.process_time() - cpu
        columns = {
            "station": pa.array(np.repeat(names, times.__len__()), pa.string()),
            "time": pa.concat_arrays([times] * len(names)),
            **{name: pa.array(values.reshape(-1), mask=np.isnan(values.reshape(-1))) for name, values in cube.items()},
        }
        pq.write_table(pa.table(columns), wide / f"{number:04d}.parquet", compression="zstd", compression_level=1)
    rate = stations * DAYS * 24 * len(POLLUTANTS) / max(used, 0.001) / 1e6
    print(f"{'filling the lake':45} {took:7.1f} s {used:7.1f} s of CPU   {rate:.1f} million values a second of CPU")
    print(f"{'':45} {_megabytes(lake.root):.0f} MB; the peers' files {_megabytes(wide):.0f} MB", flush=True)


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*.parquet")) / 1e6


def commands(folder: Path) -> dict[str, dict[str, list[str]]]:
    """Task → whose → command; each ends with the file for its answer (ours: standard output)."""
    lake = ["--standard", "gb3095-2012", "--lake", str(folder / "lake")]
    found = {
        "annual": {"lantian": [str(LANTIAN), "stats", "annual", *lake]},
        "month": {"lantian": [str(LANTIAN), "stats", "rank", "--monthly", "PM2.5", *lake]},
    }
    for engine, python in (("polars", _python_with("polars")), ("duckdb", sys.executable)):
        if python:
            script = str(Path(__file__).with_name("scale_peers.py"))
            for task, known in found.items():
                known[engine] = [python, script, engine, task, str(folder / "wide"), str(folder / f"{engine}.csv")]
    return found


def _python_with(module: str) -> str | None:
    return os.environ.get("LANTIAN_BENCH_PYTHON") or (sys.executable if importlib.util.find_spec(module) else None)


_LAUNCHER = """
import os, sys, time
begin = time.perf_counter()
out = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, out, 1)])
_, status, usage = os.wait4(pid, 0)
print(time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def measured(command: list[str], output: Path) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak MB of a process; ``output`` gets what it prints. CalledProcessError."""
    launched = subprocess.run(
        [sys.executable, "-SE", "-c", _LAUNCHER, str(output), *command], capture_output=True, text=True, check=True
    )
    wall, cpu, peak = map(float, launched.stdout.split())
    return wall, cpu, peak


_LONG = {"valid_days": "days", "mean": "mean", "percentile": "percentile", "exceed_days": "above",
         "valid_months": "months"}  # fmt: skip


def alike(task: str, ours: Path, theirs: Path) -> str:
    """How far the peer's figures lie from ours: the largest relative difference, and what only one of them has."""
    mine, other = _figures(task, ours), _figures(task, theirs)
    differ = len(mine.keys() ^ other.keys())
    worst = max((abs(mine[at] - other[at]) / max(abs(mine[at]), 1e-9) for at in mine.keys() & other.keys()), default=0)
    return f"{len(mine)} figures, {differ} only on one side, alike to {worst:.0e}"


def _figures(task: str, path: Path) -> dict[tuple[str, ...], float]:
    """(station, period, name of the figure) → figure, of our form of the table or of the peers'."""
    found: dict[tuple[str, ...], float] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if task == "month":
                names = {"mean": "mean", "rank": "rank"}
            elif "pollutant" in row:
                names = {ours: f"{row['pollutant']}_{theirs}" for ours, theirs in _LONG.items()}
            else:
                names = {name: name for name in row if name not in ("station", "year")}
            period = row["year" if task == "annual" else "month"].replace("-", "")
            found.update({(row["station"], period, name): float(row[at]) for at, name in names.items() if row[at]})
    return found


def run(stations: int = STATIONS, folder: Path | None = None) -> None:
    """Fill, measure, compare; what it made is deleted again."""
    place = Path(tempfile.mkdtemp(dir=folder))
    values = stations * DAYS * 24 * len(POLLUTANTS)
    print(f"\n# Scale: {stations} stations × {DAYS} days × 6 pollutants = {values / 1e6:.1f} million values; whole "
          f"processes; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")  # fmt: skip
    try:
        fill(place, stations)
        for task, known in commands(place).items():
            for engine, command in known.items():
                answer = place / "lantian.csv" if engine == "lantian" else place / "said"
                wall, cpu, peak = measured(command, answer)
                line = f"{f'{task}, {engine}':45} {wall:7.1f} s {cpu:7.1f} s of CPU {peak:7.0f} MB"
                if engine != "lantian":
                    line += f"   {alike(task, place / 'lantian.csv', place / f'{engine}.csv')}"
                print(line, flush=True)
    finally:
        shutil.rmtree(place)


def main() -> None:
    """Arguments: how many stations, and the folder for them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stations", nargs="?", type=int, default=STATIONS)
    parser.add_argument("--folder", type=Path)
    args = parser.parse_args()
    run(args.stations, args.folder)


if __name__ == "__main__":
    main()
