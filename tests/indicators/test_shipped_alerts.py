"""Figures and findings of alert lists, hot spots, mobile surveys, land and rivers: on rows counted by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lantian.indicators.running import Sources, find
from tests.indicators.invented import AREAS
from tests.indicators.test_shipped_values import EAST, END, START, WEST, city, kept, shipped, values


def found(root: Path, rule: str) -> list[str]:
    return [item.key for item in find(shipped().rules[rule], START, END, Sources(root, areas=AREAS))]


def emitted(pollutant: str, tonnes: float, year: int = 2029, **more: Any) -> dict[str, Any]:
    return {"year": str(year), "sector": "工艺过程源", "pollutant": pollutant, "tonnes": str(tonnes),
            "compiled": f"{year + 1}-06-01", "keeper": "u1", **more}  # fmt: skip


def line(enterprise: str, alert: str, **cuts: Any) -> dict[str, Any]:
    return {"enterprise": enterprise, "line": "1号线", "alert": alert, "kind": "限产", "measure": "限产一半",
            "hours": "12", "proof": "用电量", "keeper": "u1", **cuts}  # fmt: skip


def test_an_alert_s_cut_is_that_of_the_pollutant_that_is_cut_least(tmp_path: Path) -> None:
    kept(tmp_path, "emission_inventory", [
        emitted("二氧化硫", 36.5), emitted("氮氧化物", 365), emitted("颗粒物", 365), emitted("VOCs", 365),
        emitted("氨", 900), emitted("氮氧化物", 9000, 2028), emitted("VOCs", 365, area=WEST),
    ])  # fmt: skip  # a day: 100 kg of SO2, 1,000 kg of NOx and particles, 1,000 kg of VOCs on either side
    kept(tmp_path, "reduction_line", [
        line("E1", "橙色", so2="50", nox="300", pm="250", voc="400"),
        line("E2", "橙色", nox="100", voc="100", area=WEST),
        line("E3", "橙色", nox="900", pm="900", voc="900", removed="2031-02-01"),
        line("E1", "红色", so2="60", nox="600", pm="600", voc="600"),
    ])  # fmt: skip
    assert city(tmp_path, "alert_cut_orange") == pytest.approx(25)  # particles; SO2 50, NOx 40, VOCs 25 of 2,000
    assert values(tmp_path, "alert_cut_orange", level="district") == pytest.approx({"880101": 25, "880102": 10})
    assert values(tmp_path, "alert_cut_red", level="district")["880102"] == 0  # nothing is listed there


def test_listed_enterprises_have_measures_for_each_alert(tmp_path: Path) -> None:
    def firm(code: str, **more: Any) -> dict[str, Any]:
        return {"code": code, "name": code, "keeper": "u1", "industry": "化工", "status": "在产", "alert_list": True,
                "grade": "C", **more}  # fmt: skip

    kept(
        tmp_path,
        "enterprise",
        [firm("E1"), firm("E2", grade="A"), firm("E3", alert_list=False), firm("E4", grade=None)],
    )
    kept(tmp_path, "reduction_line", [line("E1", "黄色"), line("E1", "橙色"), line("E4", "红色", removed="2031-01-05")])
    assert found(tmp_path, "alert_line_missing") == ["E1 红色", "E4 橙色", "E4 红色", "E4 黄色"]


def test_hot_spots_are_answered_in_time(tmp_path: Path) -> None:
    def grid(number: int, due: str, answered: str | None, **more: Any) -> dict[str, Any]:
        return {"grid": f"G{number}", "flagged": "2031-05-20", "pollutant": "PM2.5", "why": "浓度高值", "handler": "u1",
                "due": due, "answered": answered, **more}  # fmt: skip

    kept(tmp_path, "hotspot_grid", [
        grid(1, "2031-06-01", "2031-05-30"), grid(2, "2031-06-01", "2031-06-02"),
        grid(3, "2031-06-01", None, running="3"), grid(4, "2031-07-02", None),
    ])  # fmt: skip
    assert city(tmp_path, "hotspot_answered_rate") == pytest.approx(100 / 3)
    assert found(tmp_path, "hotspot_not_answered") == ["G3|2031-05-20"]


def test_a_peak_is_brought_down_when_it_is_half_of_what_it_was(tmp_path: Path) -> None:
    def peak(number: int, day: str, again: str | None = None, then: str | None = None) -> dict[str, Any]:
        return {"code": f"P{number}", "run": "R1", "date": day, "peak": "900", "background": "60", "handler": "u1",
                "again": again, "again_peak": then}  # fmt: skip

    kept(tmp_path, "mobile_peak", [
        peak(1, "2031-03-01", "2031-03-20", "200"), peak(2, "2031-03-01", "2031-03-20", "700"), peak(3, "2031-03-01"),
        peak(4, "2031-06-20"),
    ])  # fmt: skip
    assert city(tmp_path, "mobile_peaks_cleared_rate") == pytest.approx(25)
    assert found(tmp_path, "mobile_peak_not_driven_again") == ["P3"]


def test_sites_are_missing_from_a_list_only_where_one_is_kept(tmp_path: Path) -> None:
    def site(code: str) -> dict[str, Any]:
        return {"code": code, "name": code, "works": "房屋建筑", "status": "在施", "street": EAST, "keeper": "u1"}

    kept(tmp_path, "construction_site", [site("S1"), site("S2")])
    kept(tmp_path, "dust_reduction_line", [])
    assert found(tmp_path, "site_without_alert_measure") == []
    other = tmp_path / "other"
    kept(other, "construction_site", [site("S1"), site("S2")])
    kept(other, "dust_reduction_line", [
        {"source": "D1", "alert": "橙色", "name": "S1", "kind": "施工工地", "site": "S1", "keeper": "u1",
         "measure": "停土方"},
    ])  # fmt: skip
    assert found(other, "site_without_alert_measure") == ["S2"]


def test_land_that_nobody_looked_after(tmp_path: Path) -> None:
    def land(code: str, patrolled: str | None) -> dict[str, Any]:
        return {"code": code, "name": code, "keeper": "u1", "kind": "沙地", "size": "3", "every": "30",
                "patrolled": patrolled}  # fmt: skip

    kept(tmp_path, "unused_land", [land("L1", "2031-06-10"), land("L2", "2031-05-20"), land("L3", None)])
    assert found(tmp_path, "unused_land_not_patrolled") == ["L2", "L3"]
    matter = {"date": "2031-04-01", "name": "地块", "keeper": "u1", "matter": "收回"}
    kept(tmp_path, "land_query", [
        {"code": "Q1", **matter, "queried": "2031-04-02", "answer": "不在系统内"}, {"code": "Q2", **matter},
        {"code": "Q3", **matter, "queried": "2031-04-02", "answer": "污染地块"},
    ])  # fmt: skip
    assert found(tmp_path, "land_not_queried") == ["Q2", "Q3"]
    happened = {"name": "泄漏", "keeper": "u1"}
    kept(tmp_path, "soil_incident", [
        {"code": "I1", "date": "2031-06-01", **happened}, {"code": "I2", "date": "2031-06-28", **happened},
        {"code": "I3", "date": "2031-06-01", **happened, "sampled": "2031-06-02"},
    ])  # fmt: skip
    assert found(tmp_path, "incident_soil_not_sampled") == ["I1"]
    alarm = {"date": "2031-05-01", "plot": "B1", "keeper": "u1", "seen": "堆放"}
    kept(tmp_path, "land_change_alarm", [{"code": "A1", **alarm}, {"code": "A2", **alarm, "checked": "2031-05-09"}])
    assert city(tmp_path, "plot_alarms_checked_rate") == 50


def test_rivers(tmp_path: Path) -> None:
    def patrol(number: int, fault: str, due: str | None = None, fixed: str | None = None) -> dict[str, Any]:
        return {"code": f"X{number}", "date": "2031-05-01", "water": "清水河", "chief": "某某", "rank": "区级",
                "handler": "u1", "fault": fault, "due": due, "fixed": fixed}  # fmt: skip

    kept(tmp_path, "river_patrol", [
        patrol(1, "无"), patrol(2, "污水直排", "2031-05-20", "2031-05-19"), patrol(3, "垃圾渣土", "2031-05-20"),
        patrol(4, "违法建设", "2031-08-01"),
    ])  # fmt: skip
    assert city(tmp_path, "river_faults_fixed_rate") == 50
    assert found(tmp_path, "river_fault_open") == ["X3"]
    result = {"water": "清水河", "date": "2031-05-01", "keeper": "u1"}
    kept(tmp_path, "ecology_result", [
        {"point": "1", **result, "grade": "良好"}, {"point": "2", **result, "grade": "较差"},
        {"point": "3", **result, "grade": "优秀"}, {"point": "4", **result, "date": "2030-05-01", "grade": "优秀"},
    ])  # fmt: skip
    assert city(tmp_path, "ecology_good_share") == pytest.approx(200 / 3)
