"""The peers of ``bench.scale``: Polars and DuckDB over the same hours as plain Parquet files, one row per station-hour.

Run by whatever Python has them: ``python bench/scale_peers.py polars|duckdb annual|month FOLDER OUT.csv``. It needs
nothing of this project. Each engine reads what suits it: a column per pollutant, one file for 100 stations (so Polars
holds one file at a time, which is what keeps its memory small).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

MEANS = ("SO2", "NO2", "PM10", "PM2.5", "CO")
# HJ 663: percentile of the year's daily values; limit of grade II (GB 3095-2012) for the days above it.
JUDGED = {"SO2": (0.98, 150.0), "NO2": (0.98, 80.0), "PM10": (0.95, 150.0), "PM2.5": (0.95, 75.0), "CO": (0.95, 4.0),
          "O3": (0.90, 160.0)}  # fmt: skip


def polars_annual(folder: Path) -> Any:
    """Means, percentiles, valid days and months, days above the limit; O3 the daily maximum 8 h mean."""
    import polars as pl

    parts = []
    for path in sorted(folder.glob("*.parquet")):
        hours = pl.scan_parquet(path).with_columns(pl.col("time").dt.date().alias("day"))
        daily = hours.group_by("station", "day").agg(
            pl.when(pl.col(name).count() >= 20).then(pl.col(name).mean()).alias(name) for name in MEANS
        )
        eight = pl.col("O3").rolling_mean(8, min_samples=6).over("station")
        ozone = (
            hours.select("station", "day", pl.col("time").dt.hour().alias("hour"), eight.alias("eight"))
            .filter(pl.col("hour") >= 7)
            .group_by("station", "day")
            .agg(pl.col("eight").max().alias("top"), pl.col("eight").count().alias("windows"))
            .select("station", "day",
                    pl.when((pl.col("windows") >= 14) | (pl.col("top") > 160)).then(pl.col("top")).alias("O3"))
        )  # fmt: skip
        year, month = pl.col("day").dt.year().alias("year"), pl.col("day").dt.month().alias("month")
        days = daily.join(ozone, on=["station", "day"], how="left").with_columns(year, month).collect()
        figures = days.group_by("station", "year").agg(
            one
            for name, (share, limit) in JUDGED.items()
            for one in (
                pl.col(name).count().alias(f"{name}_days"),
                pl.col(name).mean().alias(f"{name}_mean"),
                pl.col(name).quantile(share, interpolation="linear").alias(f"{name}_percentile"),
                (pl.col(name).round(9) > limit).sum().alias(f"{name}_above"),
            )
        )
        needed = pl.when(pl.col("month") == 2).then(25).otherwise(27)
        months = (
            days.group_by("station", "year", "month")
            .agg(pl.col(name).count() for name in JUDGED)
            .group_by("station", "year")
            .agg((pl.col(name) >= needed).sum().alias(f"{name}_months") for name in JUDGED)
        )
        parts.append(figures.join(months, on=["station", "year"]))
    return pl.concat(parts).sort("station", "year")


def polars_month(folder: Path) -> Any:
    """PM2.5 by month, its rank among all stations, its change against the month a year before."""
    import polars as pl

    return (
        pl.scan_parquet(folder / "*.parquet")
        .group_by("station", pl.col("time").dt.date().alias("day"))
        .agg(pl.when(pl.col("PM2.5").count() >= 20).then(pl.col("PM2.5").mean()).alias("mean"))
        .group_by("station", (pl.col("day").dt.year() * 100 + pl.col("day").dt.month()).alias("month"))
        .agg(pl.col("mean").mean())
        .sort("station", "month")
        .with_columns(
            pl.col("mean").rank("min").over("month").alias("rank"),
            (pl.col("mean") / pl.col("mean").shift(12).over("station") - 1).alias("change"),
        )
        .collect(engine="streaming")
    )


def _duck(query: str, folder: Path) -> Any:
    import duckdb

    connection = duckdb.connect()
    connection.execute("set threads = 2")
    connection.execute(f"set temp_directory = '{folder}/spilled'")
    return connection.sql(query.replace("HOURS", f"read_parquet('{folder}/*.parquet')"))


def duckdb_annual(folder: Path) -> Any:
    """The same in SQL."""
    means = ", ".join(f'case when count("{name}") >= 20 then avg("{name}") end as "{name}"' for name in MEANS)
    figures = ", ".join(
        f'count("{name}") as "{name}_days", avg("{name}") as "{name}_mean", '
        f'quantile_cont("{name}", {share}) as "{name}_percentile", '
        f'count(*) filter (round("{name}", 9) > {limit}) as "{name}_above"'
        for name, (share, limit) in JUDGED.items()
    )
    counts = ", ".join(f'count("{name}") as "{name}"' for name in JUDGED)
    months = ", ".join(
        f'count(*) filter ("{name}" >= case when month = 2 then 25 else 27 end) as "{name}_months"' for name in JUDGED
    )
    return _duck(
        f"""
        with daily as (select station, time::date as day, {means} from HOURS group by all),
        eight as (
          select station, time, case when count("O3") over w >= 6 then avg("O3") over w end as eight from HOURS
          window w as (partition by station order by time rows 7 preceding)),
        ozone as (
          select station, time::date as day,
            case when count(eight) >= 14 or max(eight) > 160 then max(eight) end as "O3"
          from eight where hour(time) >= 7 group by all),
        days as (
          select daily.*, "O3", year(day) as year, month(day) as month
          from daily left join ozone using (station, day)),
        figures as (select station, year, {figures} from days group by all),
        months as (
          select station, year, {months}
          from (select station, year, month, {counts} from days group by all) group by all)
        select * from figures join months using (station, year) order by station, year""",  # noqa: S608
        folder,
    )


def duckdb_month(folder: Path) -> Any:
    """The same in SQL."""
    return _duck(
        """
        with daily as (
          select station, time::date as day, case when count("PM2.5") >= 20 then avg("PM2.5") end as mean
          from HOURS group by all),
        monthly as (select station, year(day) * 100 + month(day) as month, avg(mean) as mean from daily group by all)
        select *, rank() over (partition by month order by mean) as rank,
          mean / lag(mean, 12) over (partition by station order by month) - 1 as change
        from monthly order by station, month""",
        folder,
    )


TASKS: dict[str, Callable[[Path], Any]] = {
    "polars annual": polars_annual,
    "polars month": polars_month,
    "duckdb annual": duckdb_annual,
    "duckdb month": duckdb_month,
}


if __name__ == "__main__":
    found = TASKS[f"{sys.argv[1]} {sys.argv[2]}"](Path(sys.argv[3]))
    found.write_csv(sys.argv[4])  # both call it so
