"""Polar surfaces: bins to the last bit, symmetry across north, the mask, and the Beijing data beside R's algorithm."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lantian.analysis.observations import read_observations
from lantian.analysis.polar import (
    DIRECTION_SPREAD,
    GRID,
    RANK,
    SPEED_SPREAD,
    TooFewBins,
    _bins,
    _Wind,
    kernel_means,
    polar_surface,
)
from lantian.analysis.surface import bilinear, fit
from lantian.analysis.weather import read_weather
from lantian.cli.main import main
from tests.analysis.weathered import city, write
from tests.conftest import SHARED, examples, require

PRSA = SHARED / "data" / "prsa"
Floats = NDArray[np.float64]


def winds(seed: int, hours: int = 12_000, *, sectors: bool = True) -> tuple[Floats, Floats, Floats]:
    """Speeds in tenths, directions in sixteenths or tenths of a degree, and a source a little east of north."""
    chance = np.random.default_rng(seed)
    speed = np.round(chance.gamma(2.5, 1.0, hours), 1)
    direction = chance.integers(1, 17, hours) * 22.5 if sectors else np.round(chance.uniform(0.1, 360, hours), 1)
    away = (direction - 12 + 180) % 360 - 180
    value = 20 + 40 * np.exp(-0.5 * (away / 15) ** 2) * np.exp(-(((speed - 3) / 1.5) ** 2)) + chance.random(hours)
    return speed, direction, value


def mirrored(direction: Floats) -> Floats:
    """The same winds, east and west exchanged."""
    return np.where(direction == 360, 360.0, 360.0 - direction)


@pytest.mark.parametrize("sectors", [True, False])
def test_wind_regression_is_symmetric_across_north(sectors: bool):
    speed, direction, value = winds(1, 12_000 if sectors else 2_000, sectors=sectors)
    one = polar_surface(speed, direction, value, "nwr").z
    other = polar_surface(speed, mirrored(direction), value, "nwr").z[:, ::-1]
    assert (np.isnan(one) == np.isnan(other)).all()
    assert np.nanmax(np.abs(one - other)) < 1e-9


def test_what_lies_just_east_of_north_is_seen_from_just_west_and_the_other_way_round():
    speeds, directions = np.array([2.0]), np.array([4.0, 180.0, 356.0])
    counts = np.array([[1.0, 1.0, 1.0]])
    east = kernel_means(np.array([2.0]), np.array([358.0]), speeds, directions, counts, np.array([[9.0, 0.0, 0.0]]))
    west = kernel_means(np.array([2.0]), np.array([2.0]), speeds, directions, counts, np.array([[0.0, 0.0, 9.0]]))
    assert east == pytest.approx(west, abs=1e-12)
    assert east[0] > 1


@settings(max_examples=examples(20))
@given(st.integers(0, 1000), st.floats(0.1, 6), st.floats(0, 360))
def test_wind_regression_is_the_kernel_mean_of_all_hours(seed: int, speed: float, direction: float):
    chance = np.random.default_rng(seed)
    hours = np.round(chance.gamma(2, 1, 300), 1), chance.integers(1, 73, 300) * 5.0, chance.random(300)
    away = np.abs(direction - hours[1])
    away = np.minimum(away, 360 - away)
    weight = np.exp(-0.5 * ((speed - hours[0]) / SPEED_SPREAD) ** 2 - 0.5 * (away / DIRECTION_SPREAD) ** 2)
    speeds, ring = np.unique(hours[0], return_inverse=True)
    directions, sector = np.unique(hours[1], return_inverse=True)
    counts, sums = np.zeros((len(speeds), len(directions))), np.zeros((len(speeds), len(directions)))
    np.add.at(counts, (ring, sector), 1)
    np.add.at(sums, (ring, sector), hours[2])
    found = kernel_means(np.array([speed]), np.array([direction]), speeds, directions, counts, sums)
    assert found[0] == pytest.approx((weight * hours[2]).sum() / weight.sum(), rel=1e-9)


def test_a_speed_on_an_edge_belongs_to_the_bin_below():
    """seq(0, 6, length = 31) steps by 0.2: 0.2 closes the first bin, and so does every float that prints as 0.2·k."""
    edges = np.linspace(0, 6, 31)
    speed = np.concatenate([edges[1:], [0.05]])
    wind = _Wind(speed, np.full(len(speed), 90.0), np.ones(len(speed)))
    u, _v, counts, _means = _bins(wind, wind.value)
    assert counts.tolist() == [2, *[1] * 29]
    assert u == pytest.approx(np.linspace(0.05, 6, 30))


def test_directions_round_to_their_sector_and_tens_are_told_from_fives():
    speed = np.array([1.0, 1.0, 1.0, 2.0])
    fives = _Wind(speed, np.array([2.5, 7.5, 7.6, 360.0]), np.ones(4))
    u, v, counts, _ = _bins(fives, fives.value)
    angles = np.rad2deg(np.arctan2(u, v)).round(6) % 360
    assert dict(zip(angles.tolist(), counts.tolist(), strict=True)) == {5.0: 2, 10.0: 1, 0.0: 1}
    tens = _Wind(speed, np.array([10.0, 20.0, 20.0, 360.0]), np.ones(4))
    assert len(_bins(tens, tens.value)[0]) == 3


def test_the_spline_keeps_a_plane_and_follows_what_bends():
    chance = np.random.default_rng(2)
    points = chance.uniform(-5, 5, (150, 2))
    plane = 3 + 2 * points[:, 0] - points[:, 1]
    spline = fit(points, plane, np.ones(150), 60)
    there = chance.uniform(-5, 5, (40, 2))
    assert spline(there) == pytest.approx(3 + 2 * there[:, 0] - there[:, 1], abs=1e-6)
    bent = np.sin(points[:, 0])
    assert np.abs(fit(points, bent, np.ones(150), 60)(points) - bent).max() < 0.1
    noise = chance.normal(0, 1, 150)
    smooth = fit(points, plane + noise, np.ones(150), 60)(points) - plane
    assert np.sqrt((smooth**2).mean()) < 0.5, "noise is smoothed away"
    with pytest.raises(ValueError, match="59 points"):
        fit(points[:59], plane[:59], np.ones(59), 60)


def test_bilinear_keeps_the_corners_and_what_is_linear():
    coarse, fine = np.linspace(-1, 1, 5), np.linspace(-1, 1, 21)
    grid = coarse[:, None] * 2 + coarse[None, :] * 3
    assert bilinear(grid, coarse, fine) == pytest.approx(fine[:, None] * 2 + fine[None, :] * 3)


def test_mean_and_probability_show_the_source_where_it_is():
    speed, direction, value = winds(3)
    for statistic in ("mean", "cpf"):
        surface = polar_surface(speed, direction, value, statistic)
        row, column = np.unravel_index(np.nanargmax(surface.z), surface.z.shape)
        assert surface.axis[row] > 1.5, "north"
        assert abs(surface.axis[column]) < 2
    assert 0 <= np.nanmin(surface.z) <= np.nanmax(surface.z) <= 1
    assert np.isnan(surface.z[0, 0]), "no wind came from the corner"


def test_too_few_winds_are_refused_for_the_surface_and_enough_for_the_kernel():
    speed, direction, value = winds(4, 60)
    with pytest.raises(TooFewBins) as refused:
        polar_surface(speed, direction, value)
    assert 0 < refused.value.bins < RANK
    assert np.isfinite(polar_surface(speed, direction, value, "nwr").z).any()
    with pytest.raises(TooFewBins):
        polar_surface(speed, direction, np.full(60, np.nan), "nwr")
    with pytest.raises(TooFewBins):
        polar_surface(np.zeros(60), direction, value, "nwr")


def test_a_constant_pollutant_gives_a_flat_surface():
    speed, direction, _ = winds(5)
    for statistic in ("mean", "nwr"):
        z = polar_surface(speed, direction, np.full(len(speed), 42.0), statistic).z
        assert z[~np.isnan(z)] == pytest.approx(42.0, rel=1e-6)


def test_the_command(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    path = write(tmp_path / "a.csv", city(4))
    code = main(["polar", "--data", str(path), "--pollutant", "PM2.5", "--statistic", "nwr", "--hour-label", "begin"])
    out, err = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(out)))
    assert (code, err) == (0, "")
    assert list(rows[0]) == ["u", "v", "z"]
    assert len(rows) == GRID * GRID
    assert rows[1]["v"] == rows[0]["v"], "u runs fastest"
    assert float(rows[1]["u"]) > float(rows[0]["u"])
    assert rows[0]["z"] == ""
    code = main(["polar", "--data", str(path), "--pollutant", "PM2.5", "--hour-label", "begin"])
    out, err = capsys.readouterr()
    assert (code, out) == (1, "")
    assert "the surface needs 100" in err
    other = tmp_path / "b.csv"
    other.write_text(path.read_text(encoding="utf-8").replace("云溪一中", "柳塘公园"), encoding="utf-8")
    both = ["polar", "--data", str(path), str(other), "--pollutant", "PM2.5", "--statistic", "nwr"]
    assert main(both) == 1
    assert "several stations" in capsys.readouterr().err
    assert main([*both, "--station", "某站"]) == 1
    assert main([*both, "--station", "柳塘公园"]) == 0


@pytest.mark.shared
def test_a_beijing_surface_has_the_mask_of_r():
    """The count of cells is that of the prototype whose nine masks equal openair's."""
    paths = list(PRSA.glob("*Dongsi*.csv.gz"))
    if not paths:
        require("shared", "the Beijing data (../shared/data/prsa) are not here")
    data = read_observations(paths, "begin")
    weather = read_weather(paths, "begin", data)
    given_ = weather.wind_speed[0], weather.wind_direction[0], data.values["PM2.5"][0]
    surface = polar_surface(*given_)
    assert int((~np.isnan(surface.z)).sum()) == 16985
    assert 5 < np.nanmin(surface.z) < np.nanmax(surface.z) < 200
