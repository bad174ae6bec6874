"""Times the statistics of a year of hours: the whole command on twelve CSV.gz and from a lake, and the year in process
beside pandas.

The data are the Beijing stations beside the checkout; pandas is no dependency of ours: without it its line is left out.
"""

from __future__ import annotations

import importlib
import importlib.util
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.measuring import LANTIAN, cpu_seconds, measured
from lantian.analysis.annual import annual_statistics
from lantian.analysis.daily import daily_aqi, daily_values
from lantian.analysis.observations import Observations, read_observations
from lantian.standards import aqi_rule, standard
from lantian.standards.evaluation import STATISTICS

PRSA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "prsa"


def _pandas_year(pandas: Any, frame: Any) -> Any:
    """The same year the plain way: group by station and day, roll ozone, group by year and month."""
    pollutants = [name for name in STATISTICS if name != "O3"]
    groups = frame.groupby(["station", "day"], sort=False)
    daily = groups[pollutants].mean().where(groups[pollutants].count() >= 20)
    rolled = frame.groupby("station", sort=False).O3.rolling(8, min_periods=6).mean().to_numpy()
    ozone = frame.assign(o8=rolled)
    ozone = ozone[ozone.hour >= 7].groupby(["station", "day"], sort=False).o8.agg(["max", "count"])
    daily["O3"] = ozone["max"].where((ozone["count"] >= 14) | (ozone["max"] > 160))
    table = daily.reset_index()
    table["year"], table["month"] = table.day.dt.year, table.day.dt.month
    years = table.groupby(["station", "year"])
    names = list(STATISTICS)
    months = table.groupby(["station", "year", "month"])[names].count()
    needed = np.where(months.index.get_level_values(2) == 2, 25, 27)[:, None]
    valid = (months >= needed).groupby(level=[0, 1]).sum()
    percentiles = pandas.DataFrame(
        {name: years[name].quantile(rule.percentile / 100) for name, rule in STATISTICS.items()}
    )
    return years[names].mean(), percentiles, years[names].count(), valid


def _frame(pandas: Any, data: Observations) -> Any:
    hours = np.datetime64(data.first_day, "h") + np.arange(data.days * 24)
    times = pandas.DatetimeIndex(np.tile(hours.astype("datetime64[ns]"), len(data.stations)))
    frame = pandas.DataFrame({name: values.reshape(-1) for name, values in data.values.items()})
    frame["station"] = np.repeat(data.stations, data.days * 24)
    frame["day"], frame["hour"] = times.floor("D"), times.hour
    return frame


def _lake(paths: list[Path]) -> None:
    """The same commands from a lake that was loaded with these files."""
    with tempfile.TemporaryDirectory() as folder:
        load = [str(LANTIAN), "lake", "load", "--lake", folder, "--hour-label", "begin", "--data", *map(str, paths)]
        begin = time.perf_counter()
        subprocess.run(load, check=True, capture_output=True)
        size = sum(path.stat().st_size for path in Path(folder).rglob("*.parquet")) / 1e6
        seconds = time.perf_counter() - begin
        print(f"{'lantian lake load, twelve CSV.gz':45} {seconds:7.3f} s   {size:.1f} MB of Parquet")
        for verb in ("annual", "daily", "rank"):
            seconds, peak = measured([str(LANTIAN), "stats", verb, "--standard", "gb3095-2012", "--lake", folder], 5)
            print(f"{f'lantian stats {verb}, from the lake':45} {seconds:7.3f} s {peak:7.0f} MB")
        query = (
            "select station, date_trunc('month', time), avg(value) from observation where factor = 'PM2.5' group by all"
        )
        seconds, peak = measured([str(LANTIAN), "sql", "--lake", folder, query], 5)
        print(f"{'lantian sql, monthly means of PM2.5':45} {seconds:7.3f} s {peak:7.0f} MB")


def run() -> None:
    """Print the table; says what is missing."""
    print("\n# Statistics of hours (12 stations × 4 years; in process: CPU seconds)")
    paths = sorted(PRSA.glob("*.csv.gz"))
    if not paths:
        print("The Beijing data are not beside this checkout.")
        return
    for verb in ("annual", "daily", "rank"):
        command = [str(LANTIAN), "stats", verb, "--hour-label", "begin", "--standard", "gb3095-2012", "--data"]
        seconds, peak = measured([*command, *map(str, paths)], 5)
        print(f"{f'lantian stats {verb}, twelve CSV.gz':45} {seconds:7.3f} s {peak:7.0f} MB")
    _lake(paths)
    data, chosen = read_observations(paths, "begin"), standard("gb3095-2012")
    print(
        f"{'reading twelve CSV.gz, in process':45} {cpu_seconds(lambda: read_observations(paths, 'begin'), 3):7.3f} s"
    )
    ours = cpu_seconds(lambda: annual_statistics(data, chosen))
    print(f"{'HJ 663 years, in process':45} {ours:7.3f} s")
    days = daily_values(data, chosen)
    index = cpu_seconds(lambda: daily_aqi(days, aqi_rule(chosen.aqi)))
    print(f"{'AQI of 17,532 station-days, in process':45} {index:7.3f} s")
    if importlib.util.find_spec("pandas") is None:
        print("pandas is not installed: its line is left out.")
        return
    pandas = importlib.import_module("pandas")
    frame = _frame(pandas, data)
    theirs = cpu_seconds(lambda: _pandas_year(pandas, frame), 3)
    print(f"{'the same by pandas, frame in memory':45} {theirs:7.3f} s   ours is {ours / theirs:.2f} of that")


if __name__ == "__main__":
    run()
