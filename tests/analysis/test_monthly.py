"""Months ranked, and figures of a lake computed group by group."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from lantian.analysis.annual import annual_statistics, in_order, pollutant_years
from lantian.analysis.hourly import Observations
from lantian.analysis.monthly import MonthFigure, month_figures, rank_months
from lantian.cli.lakedata import in_groups, observations
from lantian.cli.main import main
from lantian.lake import Lake
from lantian.standards import standard

CHINA = timezone(timedelta(hours=8))
RULE = standard("gb3095-2012")


def test_months_are_ranked_with_ties_and_compared_with_the_year_before() -> None:
    figures = [
        MonthFigure("甲", "2025-03", 31, True, 40.0),
        MonthFigure("甲", "2026-03", 31, True, 30.0),
        MonthFigure("乙", "2026-03", 30, True, 30.0),
        MonthFigure("丙", "2026-03", 28, True, 33.0),
        MonthFigure("丁", "2026-03", 0, False, None),
    ]
    found = {(row.station, row.month): (row.rank, row.yoy_pct) for row in rank_months(figures)}
    assert found["甲", "2026-03"] == (1, pytest.approx(-25.0))
    assert found["乙", "2026-03"] == (1, None)
    assert found["丙", "2026-03"] == (3, None)
    assert found["丁", "2026-03"] == (None, None)


def test_a_month_is_the_mean_of_its_valid_days() -> None:
    hours = np.full((1, 59 * 24), 10.0)  # January and February
    hours[0, :5] = np.nan  # 19 hours: no valid day
    hours[0, 24:48] = 40.0
    data = Observations(("甲",), date(2026, 1, 1), 59, {"PM2.5": hours}, ((0, 58),))
    january, february = month_figures(data, "PM2.5", RULE)
    assert (january.month, january.days, january.valid) == ("2026-01", 30, True)
    assert january.mean == pytest.approx((29 * 10 + 40) / 30)
    assert (february.month, february.days, february.mean) == ("2026-02", 28, 10.0)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of 130 stations, which are two groups, with a gap; one station has no ozone."""
    root = tmp_path_factory.mktemp("lake")
    chance = np.random.default_rng(7)
    names = [f"云溪{number:03d}" for number in range(130)]
    lake = Lake(root)
    for pollutant, unit in (("PM2.5", "µg/m³"), ("O3", "µg/m³")):
        own = names if pollutant == "PM2.5" else names[1:]
        values = np.round(chance.gamma(2.0, 25.0, (len(own), 40 * 24)))
        values[:, 100:130] = np.nan
        lake.write_hours(own, pollutant, datetime(2025, 12, 10, tzinfo=CHINA), values, unit, "test")
    return root


def test_groups_of_stations_give_what_all_at_once_give(network: Path) -> None:
    rows, _out = in_groups(network, lambda data, name: pollutant_years(data, name, RULE), ("PM2.5", "O3"), counted=True)
    assert in_order(rows) == annual_statistics(observations(network).data, RULE)
    assert len(rows) == 2 * (130 + 129)


def test_the_command(network: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stats", "rank", "--monthly", "PM2.5", "--lake", str(network)]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert list(rows[0]) == ["station", "month", "days", "valid", "mean", "rank", "yoy_pct"]
    assert len(rows) == 260
    assert sum(row["rank"] == "1" for row in rows if row["month"] == "2026-01") >= 1
    with pytest.raises(SystemExit):
        main(["stats", "annual", "--monthly", "PM2.5", "--lake", str(network)])
