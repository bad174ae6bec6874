"""Figures that need the history of a ledger, or two ledgers: on rows small enough to count by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lantian.indicators.headers import Level
from lantian.indicators.running import Sources, compute
from lantian.indicators.snapshots import Snapshots
from lantian.indicators.sources import ForecastRow
from tests.indicators.invented import AREAS
from tests.indicators.test_shipped_values import EAST, END, START, WEST, city, kept, shipped, values


def again(root: Path, name: str, row: dict[str, Any], valid_from: str) -> None:
    """A later change of one row."""
    register = shipped().packs.registers[name]
    key = "|".join(str(row[part]) for part in register.key)
    Snapshots(root).append(register, [{"valid_from": valid_from, "gone": False, **row, "key": key}], 2)


def plot(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "name": code, "street": EAST, "keeper": "u1", "size": "20000", **more}


def test_bare_land_is_counted_in_the_period_in_which_it_was_treated(tmp_path: Path) -> None:
    green = {"covered": "20000", "method": "绿化"}
    rows = [
        plot("P1", **green, treated="2031-03-01"),
        plot("P2", covered="10000", method="苫盖", treated="2031-06-30"),
        plot("P3", **green, treated="2030-12-31"),
        plot("P4", street=WEST, method="未治理"),
    ]
    kept(tmp_path, "bare_land", rows)
    assert city(tmp_path, "bare_land_treated") == pytest.approx(3)
    assert city(tmp_path, "bare_land_greened") == pytest.approx(2)
    assert city(tmp_path, "bare_plots_treated") == 2


def test_a_plot_that_left_the_ledger_still_counts_and_a_corrected_one_only_once(tmp_path: Path) -> None:
    kept(tmp_path, "bare_land", [plot("P1", covered="5000", method="绿化", treated="2031-03-01")])
    mended = plot("P1", covered="20000", method="绿化", treated="2031-03-01")
    again(tmp_path, "bare_land", {**mended, "gone": True}, "2031-05-01")
    assert city(tmp_path, "bare_land_treated") == pytest.approx(0.5)
    other = tmp_path / "other"
    kept(other, "bare_land", [plot("P1", covered="5000", method="绿化", treated="2031-03-01")])
    again(other, "bare_land", mended, "2031-04-01")
    assert city(other, "bare_land_treated") == pytest.approx(2)


def test_a_green_site_counts_in_the_period_even_after_it_lost_its_grade(tmp_path: Path) -> None:
    def site(code: str, rating: str | None) -> dict[str, Any]:
        return {
            "code": code,
            "name": code,
            "works": "房屋建筑",
            "status": "在施",
            "street": EAST,
            "keeper": "u1",
            "rating": rating,
        }

    kept(tmp_path, "construction_site", [site("S1", "绿"), site("S2", "绿"), site("S3", "黄"), site("S4", None)])
    again(tmp_path, "construction_site", site("S2", "红"), "2031-04-01")
    assert city(tmp_path, "green_sites") == 2
    assert city(tmp_path, "site_green_share") == pytest.approx(100 / 3)


def test_charging_points_in_service_are_not_those_opened(tmp_path: Path) -> None:
    def spot(code: str, points: int, opened: str, status: str = "运行") -> dict[str, Any]:
        return {"code": code, "name": code, "kind": "公用充电", "points": points, "opened": opened, "status": status}

    rows = [
        spot("C1", 10, "2029-05-01"),
        spot("C2", 5, "2031-02-01"),
        spot("C3", 7, "2028-01-01", "停用"),
        spot("C4", 9, "2031-08-01"),
    ]
    kept(tmp_path, "charging_site", rows)
    assert city(tmp_path, "charging_points_total") == 15
    assert city(tmp_path, "charging_points_opened") == 5


def test_the_ninetieth_percentile_of_ozone_lies_between_two_days(tmp_path: Path) -> None:
    rows = [
        {"area": "880101", "date": f"2031-01-{day:02}", "aqi": 50, "grade": "优", "o3": str(10 * day), "keeper": "u1"}
        for day in range(1, 13)
    ]
    kept(tmp_path, "air_day", [*rows, {**rows[0], "area": "880102", "o3": "77"}])
    # HJ 663-2013: 1 + 0.9 × 11 = 10.9, so nine tenths of the way from 100 to 110; a single day is itself.
    district = values(tmp_path, "o3_p90", level="district")
    assert district == {"880101": pytest.approx(109), "880102": pytest.approx(77)}
    assert city(tmp_path, "good_days") is None  # the city's days are not those of its districts added up


def test_a_forecast_is_held_against_the_day(tmp_path: Path) -> None:
    days = [("880100", 1, 60), ("880100", 2, 120), ("880101", 2, 80)]
    kept(tmp_path, "air_day", [
        {"area": area, "date": f"2031-02-{day:02}", "aqi": aqi, "grade": "良", "keeper": "u1"}
        for area, day, aqi in days
    ])  # fmt: skip
    said = [("880100", 1, 55, 85), ("880100", 2, 60, 90), ("880100", 3, 40, 70), ("880101", 2, 60, 90)]
    forecasts = [ForecastRow(area, date(2031, 2, day), 1, low, high) for area, day, low, high in said]
    hit = shipped().indicators["forecast_hit_rate"]

    def rate(level: Level) -> dict[str, float | None]:
        answer = compute(hit, START, END, Sources(tmp_path, areas=AREAS, forecasts=forecasts), level=level)
        return dict(answer.rows)

    assert rate("city") == {"880100": 50}
    assert rate("district") == {"880101": 100}


def test_shares_of_what_was_checked(tmp_path: Path) -> None:
    stations = [{"code": f"Y{n}", "name": "站", "kind": "加油站", "status": "营业", "keeper": "u1"} for n in range(4)]
    kept(tmp_path, "fuel_station", [*stations, {**stations[0], "code": "Y9", "status": "停业"}])
    checks = [("J1", "Y0", "2031-05-01"), ("J2", "Y0", "2031-06-01"), ("J3", "Y1", "2030-06-01")]
    kept(
        tmp_path,
        "vapour_check",
        [{"code": code, "station": at, "date": day, "cause": "日常", "result": "合格"} for code, at, day in checks],
    )
    assert city(tmp_path, "vapour_checked_share") == pytest.approx(25)
    firms = [
        {"code": f"E{n}", "name": "厂", "industry": "化工", "status": "在产", "alert_list": n < 4} for n in range(6)
    ]
    kept(tmp_path, "enterprise", firms)
    rows = [{"code": "A1", "date": "2031-01-09", "enterprise": "E1", "alert": "橙色", "team": "u1"}]
    kept(tmp_path, "alert_check", rows)
    assert city(tmp_path, "alert_checked_share") == pytest.approx(25)


def test_grades_monitors_and_works_of_enterprises(tmp_path: Path) -> None:
    grades = ["A", "B", "引领性", "C", None]
    firms = [
        {"code": f"E{n}", "name": "厂", "industry": "水泥", "status": "在产", "grade": grade}
        for n, grade in enumerate(grades)
    ]
    kept(tmp_path, "enterprise", firms)
    assert city(tmp_path, "good_grade_share") == pytest.approx(75)
    works = [
        ("E1", "有组织", "水泥", "2031-02-01"),
        ("E1", "无组织", "水泥", "2031-03-01"),
        ("E2", "全流程", "焦化", None),
    ]
    rows = [{"enterprise": e, "part": p, "industry": i, "done": d, "keeper": "u1"} for e, p, i, d in works]
    kept(tmp_path, "ultra_low_project", rows)
    assert city(tmp_path, "ultra_low_cement") == 1
    assert city(tmp_path, "ultra_low_coking") is None
    assert city(tmp_path, "ultra_low_done") == 1


def test_restaurants_that_need_no_monitor_leave_the_denominator(tmp_path: Path) -> None:
    base = {"name": "馆", "status": "营业", "keeper": "u1"}
    rows = [
        {**base, "code": "R1", "online": True, "complained": True, "treated": "2031-02-01"},
        {**base, "code": "R2", "online": False},
        {**base, "code": "R3", "online_due": False, "treated": "2031-02-01"},
    ]
    kept(tmp_path, "restaurant", rows)
    assert city(tmp_path, "restaurants_online_rate") == pytest.approx(50)
    assert city(tmp_path, "fume_spots_solved") == 1
