"""Times the analysis of one station: polar surfaces, the trend, one weather normalisation, each beside its baseline;
CPU seconds where the work is done in process.

The Beijing data and the baseline scripts lie beside the checkout. The baselines' own functions run in the same process
(polar) or the whole script in its own (normalisation: only with ``LANTIAN_BENCH_DEWEATHER=1``, it takes many minutes).
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType

import numpy as np

from bench.measuring import LANTIAN, cpu_seconds, measured
from bench.stats import PRSA
from lantian.analysis.normalise import normalise
from lantian.analysis.observations import read_observations
from lantian.analysis.polar import polar_surface
from lantian.analysis.trend import monthly_means, trend
from lantian.analysis.weather import read_weather

REFERENCE = PRSA.parent.parent / "reference"
STATIONS = ("Aotizhongxin", "Dongsi", "Dingling")


def _prototype() -> ModuleType | None:
    path = REFERENCE / "proto_polar_tprs.py"
    if not path.exists() or importlib.util.find_spec("pandas") is None:
        return None
    spec = importlib.util.spec_from_file_location("proto_polar_tprs", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _polar() -> None:
    prototype = _prototype()
    ours, theirs, kernel, masks, worst = [], [], [], 0, 0.0
    for station in STATIONS:
        paths = list(PRSA.glob(f"*{station}*.csv.gz"))
        data = read_observations(paths, "begin")
        weather = read_weather(paths, "begin", data)
        for pollutant in ("PM2.5", "SO2", "NO2"):
            hours = weather.wind_speed[0], weather.wind_direction[0], data.values[pollutant][0]
            ours.append(cpu_seconds(lambda hours=hours: polar_surface(*hours), 3))
            kernel.append(cpu_seconds(lambda hours=hours: polar_surface(*hours, "nwr"), 3))
            if prototype is not None:
                theirs.append(cpu_seconds(lambda hours=hours: prototype.surface(*hours), 3))
                z, reference = polar_surface(*hours).z, prototype.surface(*hours)[1]
                masks += bool((np.isnan(z) == np.isnan(reference)).all())
                away = np.nanquantile(np.abs(z - reference), 0.99) / (np.nanmax(reference) - np.nanmin(reference))
                worst = max(worst, float(away))
    print(f"{'polar surface, mean (median of 9)':45} {np.median(ours):7.3f} s")
    print(f"{'polar surface, nwr (median of 9)':45} {np.median(kernel):7.3f} s")
    if theirs:
        print(f"{'the same by the prototype':45} {np.median(theirs):7.3f} s   equal masks {masks} of 9, "
              f"largest p99 of |difference| {worst:.1e} of the range")  # fmt: skip


def _trend() -> None:
    data = read_observations(sorted(PRSA.glob("*.csv.gz")), "begin")
    months = monthly_means(data, "PM2.5")
    seconds = cpu_seconds(lambda: trend(months, 0), 5)
    print(f"{'trend of one station (STL, 599 samples)':45} {seconds:7.3f} s")


def _normalise() -> None:
    paths = sorted(PRSA.glob("*.csv.gz"))
    data = read_observations(paths, "begin")
    weather = read_weather(paths, "begin", data)
    for pollutant in ("PM2.5", "O3"):
        begin = time.process_time()
        skill = normalise(data, weather, pollutant, data.stations.index("Gucheng"), draws=2).skill
        seconds = time.process_time() - begin
        print(f"{f'normalise {pollutant}, one station, 5 fits, 2 draws':45} {seconds:7.1f} s   "
              f"week-block R² {skill.r2:.3f}")  # fmt: skip
    script = REFERENCE / "deweather_baseline.py"
    if os.environ.get("LANTIAN_BENCH_DEWEATHER") and script.exists():
        _baseline(script, paths)


def _baseline(script: Path, paths: list[Path]) -> None:
    """The baseline reads one Parquet of all stations."""
    pandas = importlib.import_module("pandas")
    frame = pandas.concat([pandas.read_csv(path) for path in paths]).rename(columns={"PM2.5": "PM25"})
    frame["CO"] /= 1000
    frame["ts"] = pandas.to_datetime(frame[["year", "month", "day", "hour"]])
    with tempfile.TemporaryDirectory() as folder:
        frame.to_parquet(Path(folder) / "prsa.parquet")
        done = subprocess.run(
            [sys.executable, str(script), f"{folder}/prsa.parquet"], capture_output=True, text=True, check=False
        )
    print("baseline:\n" + done.stdout)


def run() -> None:
    """Print the table; says what is missing."""
    print("\n# Trends and winds (Beijing stations; in process: CPU seconds)")
    if not list(PRSA.glob("*.csv.gz")):
        print("The Beijing data are not beside this checkout.")
        return
    _polar()
    _trend()
    paths = sorted(map(str, PRSA.glob("*.csv.gz")))
    seconds, peak = measured(
        [str(LANTIAN), "trend", "--hour-label", "begin", "--pollutant", "PM2.5", "--data", *paths], 3
    )
    print(f"{'lantian trend, twelve CSV.gz':45} {seconds:7.3f} s {peak:7.0f} MB")
    seconds, peak = measured(
        [str(LANTIAN), "polar", "--hour-label", "begin", "--pollutant", "PM2.5", "--data", paths[3]], 3
    )
    print(f"{'lantian polar, one CSV.gz':45} {seconds:7.3f} s {peak:7.0f} MB")
    _normalise()


if __name__ == "__main__":
    run()
