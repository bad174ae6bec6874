"""What a forecast is worth: hits by hand, persistence as the baseline, alerts that a forecast calls for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.analysis.alerts import called_for
from lantian.analysis.verification import Came, Said, by_lead, persistence, score, verdict
from lantian.standards.aqi import level_of
from tests.conftest import examples

DAY = date(2026, 1, 10)


def said(low: int, high: int, lead: int = 1, day: date = DAY, primary: tuple[str, ...] = ()) -> Said:
    levels = level_of(low).level, level_of(high).level
    return Said(day, day - timedelta(days=lead), levels, low, high, primary)


@pytest.mark.parametrize(
    ("told", "came", "level", "inside", "primary", "error"),
    [
        (said(80, 110, primary=("PM2.5",)), Came(110, ("PM2.5",)), True, True, True, -15.0),
        (said(80, 110, primary=("PM2.5",)), Came(111, ("PM10",)), True, False, False, -16.0),
        (said(80, 100), Came(101, ("PM10",)), False, False, None, -11.0),  # nothing was named: nothing to hit
        (said(30, 60, primary=("O3",)), Came(50), True, True, None, -5.0),  # no primary up to 50
        (Said(DAY, DAY, (2, 3)), Came(140, ("PM2.5",)), True, None, None, None),  # levels only
    ],
)
def test_one_day(
    told: Said, came: Came, level: bool, inside: bool | None, primary: bool | None, error: float | None
) -> None:
    found = verdict(told, came)
    assert (found.level, found.range, found.primary, found.error) == (level, inside, primary, error)


def test_shares_errors_and_polluted_days() -> None:
    rows = [
        (said(80, 100), Came(95, ("PM10",))),  # hit, middle 90, error −5
        (said(100, 140), Came(160, ("PM2.5",))),  # polluted and foreseen, level missed, error −40
        (said(60, 80), Came(120, ("O3",))),  # polluted and missed, error −50
        (said(110, 150), Came(70, ("PM10",))),  # alarm in vain, error +60
    ]
    found = score(rows)
    assert (found.level_share, found.range_share) == (25.0, 25.0)
    assert (found.bias, found.error) == (-8.75, 38.75)
    assert (found.hits, found.misses, found.alarms) == (1, 1, 1)
    assert found.threat == pytest.approx(100 / 3)
    assert score([]).level_share is None


def test_both_lines_of_a_lead_rest_on_the_same_days() -> None:
    came = {DAY - timedelta(days=n): Came(60 + 10 * n, ("PM10",)) for n in range(4)}
    told = [said(55, 75, lead) for lead in (1, 2, 9)]  # of nine days ahead the day before the issue is not known
    found = {one.lead: one for one in by_lead(told, came, (1, 2, 9))}
    # Issued on the 9th: the last whole day is the 8th with 80; on the 8th it is the 7th with 90.
    assert (found[1].forecast.error, found[1].persistence.error) == (5.0, 20.0)
    assert (found[2].forecast.error, found[2].persistence.error) == (5.0, 30.0)
    assert found[1].skill == 75.0
    assert found[9].forecast.days == found[9].persistence.days == 0
    assert found[9].skill is None


def test_persistence_is_as_wide_and_as_vague_as_the_forecast() -> None:
    came = {DAY - timedelta(days=2): Came(100, ("O3",))}
    base = persistence(said(60, 90), came)
    assert base is not None
    assert (base.low, base.high, base.levels, base.primary) == (85, 115, (2, 3), ("O3",))
    vague = persistence(Said(DAY, DAY - timedelta(days=1), (2, 3)), came)
    assert vague is not None
    assert (vague.low, vague.levels) == (None, (2, 3))
    assert persistence(said(60, 90, 3), came) is None


@settings(max_examples=examples(50))
@given(st.lists(st.tuples(st.integers(0, 480), st.integers(0, 60), st.integers(0, 500)), max_size=30))
def test_shares_stay_shares_and_the_mean_error_is_never_below_the_bias(days: list[tuple[int, int, int]]) -> None:
    found = score((said(low, min(500, low + width)), Came(aqi, ("PM10",))) for low, width, aqi in days)
    assert found.in_range <= found.levels <= found.days == len(days)  # in the range is in its levels
    if days:
        assert found.bias is not None
        assert found.error is not None
        assert abs(found.bias) <= found.error + 1e-9
    assert found.hits + found.misses == sum(aqi > 100 for _low, _width, aqi in days)


@pytest.mark.parametrize(
    ("aqi", "alert"),
    [
        ([150, 150, 150], None),
        ([160, 140, 160], None),
        ([160, 170], "yellow"),
        ([201], "yellow"),
        ([160, 160, 160], "orange"),
        ([210, 220], "orange"),
        ([210, 220, 230], "orange"),
        ([210, 301, 230], "red"),
        ([210, 301, 150, 230], "orange"),
    ],
)
def test_alerts_by_runs_of_days(aqi: list[int], alert: str | None) -> None:
    found = called_for({DAY + timedelta(days=n): value for n, value in enumerate(aqi)})
    assert (found.alert if found else None) == alert


def test_a_day_that_is_not_forecast_breaks_the_run() -> None:
    assert called_for({DAY: 160, DAY + timedelta(days=2): 160}) is None
