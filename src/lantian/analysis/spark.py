"""Statistics of a lake's hours on Spark: each station's hours go to a worker, which runs the same NumPy as here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from lantian.analysis.annual import YearStatistic, annual_statistics
from lantian.analysis.daily import COLUMNS, daily_aqi, daily_values
from lantian.analysis.hourly import Observations
from lantian.analysis.sand import without_sand
from lantian.lake.query import Files
from lantian.lake.reviews import Rejected, rejected
from lantian.lake.spark import by_station, collected, dense
from lantian.standards.ambient import POLLUTANTS, STANDARDS
from lantian.standards.aqi import aqi_rule
from lantian.standards.dust import SandPeriod

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_ANNUAL = pa.schema(
    [
        ("station", pa.string()),
        ("pollutant", pa.string()),
        ("year", pa.int64()),
        ("valid_days", pa.int64()),
        ("valid_months", pa.int64()),
        ("valid", pa.bool_()),
        ("mean", pa.float64()),
        ("percentile", pa.float64()),
        ("exceed_days", pa.int64()),
    ]
)
_DAILY = pa.schema(
    [
        ("station", pa.string()),
        ("date", pa.string()),
        *((name, pa.float64()) for name in COLUMNS),
        ("aqi", pa.int64()),
        ("primary", pa.string()),
    ]
)


def last_day(spark: SparkSession, files: Files, stations: Sequence[str] | None = None) -> date | None:
    """The last day with a row of any pollutant, None where there is none."""
    columns = pa.schema([("day", pa.date32())])

    def work(rows: Any) -> Any:
        first, days, _values = dense(rows, ())
        return pa.table([pa.array([first.toordinal() + days - 1 - _EPOCH], pa.int32()).cast(pa.date32())], columns)

    found = collected(by_station(spark, files, POLLUTANTS, stations, work, columns)).column("day").to_pylist()
    return max(found, default=None)


_EPOCH = date(1970, 1, 1).toordinal()


def annual(
    spark: SparkSession,
    files: Files,
    standard: str,
    stations: Sequence[str] | None = None,
    sand: Sequence[SandPeriod] = (),
    counted: bool = True,
) -> list[YearStatistic]:
    """`annual_statistics` of the lake's hours, under the standard of this key; ``sand``: hours to leave out;
    ``counted``: without those that a person rejected."""
    out = _rejected(files, counted)

    def work(rows: Any) -> Any:
        found = annual_statistics(_observations(rows, sand, out), STANDARDS[standard])
        return pa.table([[getattr(row, name) for row in found] for name in _ANNUAL.names], schema=_ANNUAL)

    rows = collected(by_station(spark, files, POLLUTANTS, stations, work, _ANNUAL)).to_pylist()
    order = {name: place for place, name in enumerate(POLLUTANTS)}
    found = [YearStatistic(**row) for row in rows]
    return sorted(found, key=lambda row: (row.station, order[row.pollutant], row.year))


def daily(
    spark: SparkSession, files: Files, standard: str, stations: Sequence[str] | None = None, counted: bool = True
) -> Iterator[dict[str, Any]]:
    """Every station's days from its first to its last with a row: valid values, AQI (None: not published), primary
    pollutants; ``counted``: without the hours that a person rejected."""
    out = _rejected(files, counted)

    def work(rows: Any) -> Any:
        return _days(_observations(rows, (), out), standard)

    found = collected(by_station(spark, files, POLLUTANTS, stations, work, _DAILY))
    for batch in found.sort_by([("station", "ascending"), ("date", "ascending")]).to_batches():
        yield from batch.to_pylist()


def _rejected(files: Files, counted: bool) -> Rejected:
    return rejected(files.review) if counted else Rejected()


def _observations(rows: Any, sand: Sequence[SandPeriod], out: Rejected) -> Observations:
    """One station's rows of `by_station` as observations."""
    first, days, values = dense(rows, POLLUTANTS, out)
    data = Observations((rows.column("station")[0].as_py(),), first, days, values, ((0, days - 1),))
    return without_sand(data, sand) if sand else data


def _days(data: Observations, standard: str) -> Any:
    chosen = STANDARDS[standard]
    values = daily_values(data, chosen)
    found = daily_aqi(values, aqi_rule(chosen.aqi))
    index = found.index[0]
    return pa.table(
        [
            pa.array([data.stations[0]] * data.days),
            pa.array(data.calendar().astype(str).tolist()),
            *(pa.array(values[name][0], from_pandas=True) for name in COLUMNS),
            pa.array(index, mask=index < 0),
            pa.array([found.names(int(bits)) for bits in found.primary[0]]),
        ],
        schema=_DAILY,
    )
