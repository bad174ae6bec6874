"""Trends: known slopes come back, gaps are filled as stated, STL agrees with the algorithm written a second time."""

from __future__ import annotations

import csv
import io
import itertools
import statistics
import sys
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.analysis.observations import read_observations
from lantian.analysis.trend import (
    Months,
    bootstrap,
    deseasonalise,
    fill_months,
    mann_kendall,
    monthly_means,
    theil_sen,
    trend,
)
from lantian.cli.main import main
from tests.analysis.invented import write_station
from tests.analysis.weathered import observations
from tests.conftest import SHARED, examples, require

pytestmark = pytest.mark.science
PRSA = SHARED / "data" / "prsa"


def monthly(values: list[float] | np.ndarray) -> Months:
    return Months(np.datetime64("2019-01", "M"), np.asarray(values, dtype=np.float64)[None, :])


def test_a_month_needs_three_quarters_of_its_hours():
    values = np.full((1, 59 * 24), 10.0)
    values[0, : 8 * 24] = np.nan  # January keeps 23 of 31 days: 74 %
    values[0, 31 * 24 : 38 * 24] = np.nan  # February keeps exactly 21 of 28 days
    months = monthly_means(observations(values), "PM2.5")
    assert np.isnan(months.means[0, 0])
    assert months.means[0, 1] == 10.0


def test_a_month_that_the_data_cut_is_measured_against_its_whole_length():
    months = monthly_means(observations(np.ones((1, 20 * 24)), date(2021, 1, 12)), "PM2.5")
    assert np.isnan(months.means).all()


def test_a_known_slope_comes_back_from_under_the_season():
    at = np.arange(72)
    values = 60 - 3.0 * at / 12 + 20 * np.cos(2 * np.pi * at / 12)
    found = trend(monthly(values), 0)
    assert found is not None
    assert found.slope == pytest.approx(-3.0, abs=0.02)
    assert found.lower <= found.slope <= found.upper < 0
    assert (found.p, found.months, found.filled, found.deseasonalised) == (0.0, 72, 0, True)


def test_a_missing_month_is_filled_by_the_line_through_its_calendar_month():
    values = np.arange(60, dtype=np.float64)
    values[[14, 27]] = np.nan
    filled = fill_months(values)
    assert filled[14] == pytest.approx(14)
    assert filled[27] == pytest.approx(27)
    lonely = np.array([1.0, *[5.0] * 11, np.nan, *[5.0] * 11])
    assert fill_months(lonely)[12] == 1.0, "one such month: its value"
    found = trend(monthly(values), 0)
    assert found is not None
    assert (found.months, found.filled) == (60, 2)


def test_short_series():
    values = [10.0, 11, 12, np.nan, 14, 15, 16]
    found = trend(monthly(values), 0)
    assert found is not None
    assert (found.months, found.filled, found.deseasonalised) == (6, 0, False), (
        "a gap is not filled where no STL is run"
    )
    assert found.slope == pytest.approx(12, rel=0.03)
    assert trend(monthly(values[:5]), 0) is None


def test_a_constant_series_has_slope_zero_and_no_significance():
    found = trend(monthly([7.0] * 48), 0)
    assert found is not None
    assert (found.slope, found.lower, found.upper, found.p) == (0.0, 0.0, 0.0, 1.0)


def test_the_same_twice_and_wider_where_months_resemble_their_neighbours():
    chance = np.random.default_rng(1)
    walk = np.cumsum(chance.normal(size=96)) + 50
    one, two = trend(monthly(walk), 0), trend(monthly(walk), 0)
    blocks = trend(monthly(walk), 0, autocorrelated=True)
    assert one == two
    assert one is not None
    assert blocks is not None
    assert blocks.slope == one.slope
    assert blocks.upper - blocks.lower > one.upper - one.lower


@settings(max_examples=examples(50))
@given(st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=20))
def test_theil_sen_is_the_median_of_all_pairs(values: list[float]):
    slopes = [(values[j] - values[i]) / (j - i) for i, j in itertools.combinations(range(len(values)), 2)]
    at = np.arange(len(values), dtype=np.float64)
    assert theil_sen(at, np.array(values)) == pytest.approx(statistics.median(slopes), abs=1e-9)


def test_bootstrap_draws_pairs():
    at = np.arange(12, dtype=np.float64)
    assert np.allclose(bootstrap(at, 3 * at + 1), 3.0), "points on a line have that line in every sample"


def test_mann_kendall_against_its_definition():
    values = np.array([3.0, 1, 4, 1, 5, np.nan, 9, 2, 6, 5])
    series = values[~np.isnan(values)]
    s = sum(int(np.sign(b - a)) for a, b in itertools.combinations(series, 2))
    found = mann_kendall(values)
    # Var(S) = [n(n−1)(2n+5) − Σ t(t−1)(2t+5)] / 18 with two pairs of ties.
    variance = (9 * 8 * 23 - 2 * (2 * 1 * 9)) / 18
    assert found.s == s
    assert found.z == pytest.approx((s - 1) / variance**0.5)
    assert 0 < found.p < 1
    assert mann_kendall(np.arange(30.0)).tau == 1.0
    assert mann_kendall(np.full(10, 2.0)).p == 1.0
    with pytest.raises(ValueError, match="three"):
        mann_kendall(np.array([1.0, 2.0]))


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[dict[str, str]], str]:
    code = main([str(item) for item in arguments])
    out, err = capsys.readouterr()
    return code, list(csv.DictReader(io.StringIO(out))), err


def test_the_command(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    path = write_station(tmp_path, "云溪一中", datetime(2023, 1, 1), 250, 3)  # noqa: DTZ001
    code, rows, err = run(capsys, "trend", "--data", path, "--pollutant", "PM2.5")
    assert code == 0
    assert list(rows[0]) == ["station", "slope_per_year", "lower", "upper", "p", "months"]
    assert (rows[0]["station"], rows[0]["months"]) == ("云溪一中", "8")
    assert "taken as the beginning" in err
    assert "not deseasonalised" in err
    assert "weak evidence" in err
    short = write_station(tmp_path, "短", datetime(2023, 1, 1), 40, 3)  # noqa: DTZ001
    code, rows, err = run(capsys, "trend", "--data", short, "--pollutant", "PM2.5", "--hour-label", "end")
    assert (code, rows) == (1, [])
    assert "no station has 6 months" in err


def test_without_the_extra(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "statsmodels.tsa.seasonal", None)
    path = write_station(tmp_path, "云溪一中", datetime(2021, 1, 1), 800, 3)  # noqa: DTZ001
    code, rows, err = run(capsys, "trend", "--data", path, "--pollutant", "PM2.5", "--hour-label", "begin")
    assert (code, rows) == (3, [])
    assert "lantian[science]" in err


def loess(x: np.ndarray, y: np.ndarray, weights: np.ndarray, at: float, span: int) -> float:
    """Local linear fit at one point, as STL defines it (Cleveland et al. 1990)."""
    away = np.abs(x - at)
    width = np.sort(away)[min(span, len(x)) - 1] + (max(span - len(x), 0) // 2)
    near = np.where(away <= 0.999 * width, np.where(away > 0.001 * width, (1 - (away / width) ** 3) ** 3, 1.0), 0.0)
    w = near * weights
    if w.sum() == 0:
        return float("nan")
    w = w / w.sum()
    centre = (w * x).sum()
    spread = (w * (x - centre) ** 2).sum()
    slope = (w * (x - centre) * y).sum() / spread if spread > 1e-12 else 0.0
    return float((w * y).sum() + slope * (at - centre))


def stl_by_hand(y: np.ndarray) -> np.ndarray:
    """Deseasonalised series by the published algorithm: every point fitted (no jumps), robust, 15 outer rounds."""
    n, at = len(y), np.arange(len(y), dtype=np.float64)
    trend_part, rho = np.zeros(n), np.ones(n)
    season = np.zeros(n)
    for _ in range(16):
        detrended = y - trend_part
        cycle = np.zeros(n + 24)
        for month in range(12):
            own = np.arange(month, n, 12)
            x = np.arange(1, len(own) + 1, dtype=np.float64)
            for place in range(len(own) + 2):
                cycle[month + 12 * place] = loess(x, detrended[own], rho[own], place, 11)
        low = np.convolve(np.convolve(np.convolve(cycle, np.ones(12) / 12, "valid"), np.ones(12) / 12, "valid"),
                          np.ones(3) / 3, "valid")  # fmt: skip
        low = np.array([loess(at, low, np.ones(n), place, 13) for place in at])
        season = cycle[12:-12] - low
        trend_part = np.array([loess(at, y - season, rho, place, 21) for place in at])
        rest = np.abs(y - season - trend_part)
        cut = 6 * np.median(rest)
        rho = np.where(rest <= 0.001 * cut, 1.0, np.where(rest <= 0.999 * cut, (1 - (rest / cut) ** 2) ** 2, 0.0))
    return y - season


def test_slopes_against_stl_written_a_second_time():
    """openair interpolates between every second or third fit; without that the slope moves less than the 10 % asked."""
    close = 0
    for seed in range(4):
        chance = np.random.default_rng(seed)
        at = np.arange(48)
        values = 80 - 0.3 * at + 25 * np.cos(2 * np.pi * at / 12) + chance.gamma(2, 8, 48)
        found = trend(monthly(values), 0)
        assert found is not None
        days = (np.datetime64("2019-01", "M") + at).astype("datetime64[D]").astype(np.int64).astype(np.float64)
        slope = theil_sen(days, stl_by_hand(values)) * 365
        close += abs(slope - found.slope) <= 0.1 * (found.upper - found.lower) / 2
        assert np.abs(deseasonalise(values) - stl_by_hand(values)).max() < 5
    assert close >= 3


@pytest.mark.shared
def test_the_twelve_beijing_stations():
    """openair 3.1 finds −2.1 to −7.5 µg/m³ a year, and one station, Dongsi, whose interval holds zero."""
    paths = sorted(PRSA.glob("*.csv.gz"))
    if len(paths) != 12:
        require("shared", "the Beijing data (../shared/data/prsa) are not here")
    data = read_observations(paths, "begin")
    months = monthly_means(data, "PM2.5")
    found = {name: trend(months, place) for place, name in enumerate(data.stations)}
    rows = {name: row for name, row in found.items() if row is not None}
    assert len(rows) == 12
    slopes = [row.slope for row in rows.values()]
    assert round(min(slopes), 1) == -7.5
    assert round(max(slopes), 1) == -2.1
    assert [name for name, row in rows.items() if row.lower < 0 < row.upper] == ["Dongsi"]
    half = (rows["Aotizhongxin"].upper - rows["Aotizhongxin"].lower) / 2
    assert abs(rows["Aotizhongxin"].slope - -3.456) < 0.1 * half, "openair's figure"
    gap_free = sum(int((~np.isnan(monthly_means(data, name).means)).all(axis=1).sum()) for name in data.values)
    assert gap_free == 39, "of 72 series, as under openair's data.thresh = 75"
