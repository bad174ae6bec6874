"""What the shipped packs count, on rows small enough to count by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lantian.indicators.known import views_of
from lantian.indicators.packs import Indicators
from lantian.indicators.packs import load as load_indicators
from lantian.indicators.running import Sources, compute, find
from lantian.indicators.snapshots import Snapshots
from lantian.indicators.sources import ExemptionRow
from lantian.registers import load
from tests.indicators.invented import AREAS

START, END = date(2031, 1, 1), date(2031, 6, 30)
EAST, WEST = "880101001", "880102001"


@cache
def shipped() -> Indicators:
    return load_indicators(load())


def kept(root: Path, name: str, rows: Iterable[dict[str, Any]]) -> None:
    register = shipped().packs.registers[name]
    whole = []
    for row in rows:
        row = {"area": EAST, "valid_from": row.get(register.date) or "2030-01-01", "gone": False, **row}
        row["key"] = "|".join(str(row[part]) for part in register.key)
        whole.append(row)
    Snapshots(root).append(register, whole, 1)


def values(root: Path, name: str, level: str = "city", exempt: Iterable[Any] = ()) -> dict[str, float | None]:
    sources = Sources(root, areas=AREAS, exemptions=list(exempt))
    answer = compute(shipped().indicators[name], START, END, sources, level=level)  # type: ignore[arg-type]
    assert answer.failed is None, answer.failed
    return dict(answer.rows)


def city(root: Path, name: str, **more: Any) -> float | None:
    return values(root, name, **more).get("880100")


def vehicle(number: int, sector: str, energy: str, used: str, **more: Any) -> dict[str, Any]:
    return {"plate": f"云A{number:05d}", "sector": sector, "energy": energy, "used": used, "status": "在用", **more}


def test_shares_of_the_stock_and_of_what_is_new(tmp_path: Path) -> None:
    rows = [
        vehicle(1, "环卫", "柴油", "2024-05-01", mass="4.5吨及以上"),
        vehicle(2, "环卫", "纯电动", "2025-05-01"),
        vehicle(3, "环卫", "纯电动", "2031-02-01", mass="4.5吨及以上"),
        vehicle(4, "环卫", "柴油", "2031-03-01", mass="4.5吨及以上"),
        vehicle(5, "环卫", "氢燃料电池", "2031-03-01", area=WEST),
        vehicle(6, "环卫", "柴油", "2020-03-01", status="淘汰", left="2031-01-05"),
        vehicle(7, "公交", "插电式混合动力", "2031-03-01"),
        vehicle(8, "渣土运输", "柴油", "2025-05-01"),
        vehicle(9, "渣土运输", "纯电动", "2031-02-01"),
    ]
    kept(tmp_path, "fleet_vehicle", rows)
    assert city(tmp_path, "sanitation_clean_share") == pytest.approx(60)
    assert city(tmp_path, "sanitation_new_clean_share") == pytest.approx(100 * 2 / 3)
    assert city(tmp_path, "sanitation_heavy_new_share") == pytest.approx(50)
    assert city(tmp_path, "bus_nev_share") == pytest.approx(100)
    assert city(tmp_path, "muck_truck_new_clean_share") == pytest.approx(100)
    assert city(tmp_path, "muck_truck_clean_share") == pytest.approx(50)
    assert values(tmp_path, "sanitation_clean_share", level="district") == {"880101": 50.0, "880102": 100.0}


def test_an_exempt_row_leaves_the_denominator(tmp_path: Path) -> None:
    kept(
        tmp_path,
        "fleet_vehicle",
        [vehicle(1, "环卫", "柴油", "2024-05-01"), vehicle(2, "环卫", "纯电动", "2025-05-01")],
    )

    spared = ExemptionRow("fleet_vehicle", "云A00001", date(2031, 1, 1), None)
    assert city(tmp_path, "sanitation_clean_share", exempt=[spared]) == 100


def test_checks_are_counted_by_fuel_and_day(tmp_path: Path) -> None:
    def check(number: int, day: str, fuel: str) -> dict[str, Any]:
        return {
            "code": f"J{number}",
            "date": day,
            "plate": "云A00001",
            "fuel": fuel,
            "spot": "主要道路",
            "result": "合格",
        }

    rows = [check(1, "2031-01-01", "柴油"), check(2, "2031-06-30", "天然气"), check(3, "2031-07-01", "柴油")]
    kept(tmp_path, "heavy_vehicle_check", rows)
    assert city(tmp_path, "heavy_diesel_checks") == 1
    assert city(tmp_path, "heavy_vehicle_checks") == 2


def test_a_change_is_against_the_same_months_of_the_year_before(tmp_path: Path) -> None:
    kept(tmp_path, "enterprise", [{"code": "E1", "name": "云溪石化", "industry": "石化", "status": "在产"}])
    months = [("2030-03-01", "50"), ("2030-09-01", "900"), ("2031-02-01", "20"), ("2031-03-01", "25")]
    rows = [{"enterprise": "E1", "month": month, "pollutant": "VOCs", "tonnes": tonnes} for month, tonnes in months]
    kept(tmp_path, "enterprise_emission", rows)
    assert city(tmp_path, "petrochemical_voc_change") == pytest.approx(-10)


def test_heat_per_floor_takes_the_last_season(tmp_path: Path) -> None:
    def season(day: str, heat: str) -> dict[str, Any]:
        return {"supplier": "云溪热力", "season": day, "floor": "1000000", "heat": heat, "hours": "1000"}

    kept(tmp_path, "heat_supply", [season("2029-11-15", "999999"), season("2030-11-15", "151200")])
    assert city(tmp_path, "heat_per_floor") == pytest.approx(42)


def test_treated_waters_that_relapsed_do_not_count(tmp_path: Path) -> None:
    def body(number: int, **more: Any) -> dict[str, Any]:
        return {"code": f"H{number}", "name": f"水体{number}", "kind": "黑臭水体", "done": "2029-01-01", **more}

    rows = [
        body(1),
        body(2, relapsed="2031-05-01"),
        body(3, relapsed="2031-02-01", cleared="2031-03-01"),
        body(4, done=None),
    ]
    kept(tmp_path, "water_body", rows)
    assert city(tmp_path, "black_waters_clear") == 2
    assert city(tmp_path, "black_waters_clear_share") == 50


def test_least_samplings_of_a_government_project(tmp_path: Path) -> None:
    def site(code: str, government: bool) -> dict[str, Any]:
        return {
            "code": code,
            "name": code,
            "works": "房屋建筑",
            "status": "在施",
            "street": EAST,
            "government": government,
        }

    kept(tmp_path, "construction_site", [site("S1", True), site("S2", True), site("S3", False)])
    sample = {"code": "C1", "date": "2031-02-01", "site": "S1", "product": "涂料", "result": "合格"}
    kept(tmp_path, "site_material_sample", [sample])
    assert city(tmp_path, "government_works_least_samples") == 0
    assert city(tmp_path, "government_works_sampled_rate") == 50
    assert city(tmp_path, "site_sampled_rate") == pytest.approx(100 / 3)


def test_outfalls_and_farmland(tmp_path: Path) -> None:
    outfalls = [("P1", True, "2031-01-01"), ("P2", True, None), ("P3", False, None), ("P4", True, "2031-12-01")]
    kept(tmp_path, "outfall", [{"code": code, "needed": needed, "done": done} for code, needed, done in outfalls])
    assert city(tmp_path, "outfalls_done_rate") == pytest.approx(100 / 3)
    assert city(tmp_path, "outfalls_done") == 1
    plots = [
        {"code": "F1", "use": "耕地", "grade": "安全利用", "size": "60", "safe": "54"},
        {"code": "F2", "use": "耕地", "grade": "严格管控", "size": "40", "closed": "2031-03-01"},
        {"code": "F3", "use": "耕地", "grade": "优先保护", "size": "900"},
    ]
    kept(tmp_path, "farmland_plot", plots)
    assert city(tmp_path, "farmland_safe_rate") == pytest.approx(94)


def test_rules_name_what_is_wrong(tmp_path: Path) -> None:
    def sample(code: str, day: str, result: str, handed: str | None = None) -> dict[str, Any]:
        return {"code": code, "date": day, "product": "涂料", "result": result, "agency": "u1", "handed": handed}

    rows = [
        sample("Y1", "2031-03-01", "不合格"),
        sample("Y2", "2031-03-01", "不合格", "2031-03-09"),
        sample("Y3", "2031-06-20", "不合格"),
        sample("Y4", "2031-03-01", "合格"),
    ]
    kept(tmp_path, "product_sample", rows)
    found = find(shipped().rules["failed_sample_not_handed"], START, END, Sources(tmp_path, areas=AREAS))
    assert [(item.key, item.unit) for item in found] == [("Y1", "u1")]


def test_points_of_a_station_add_up_over_the_year(tmp_path: Path) -> None:
    kept(
        tmp_path,
        "inspection_station",
        [{"code": "T1", "name": "检测站", "warn": "12", "status": "正常", "keeper": "u1"}],
    )

    def points(number: int, day: str, amount: str) -> dict[str, Any]:
        return {"code": f"K{number}", "date": day, "station": "T1", "points": amount}

    kept(
        tmp_path,
        "station_demerit",
        [points(1, "2030-12-01", "9"), points(2, "2031-02-01", "6"), points(3, "2031-05-01", "6")],
    )
    found = find(shipped().rules["station_points_high"], START, END, Sources(tmp_path, areas=AREAS))
    assert [item.key for item in found] == ["T1"]


def test_every_shipped_query_runs_on_empty_views() -> None:
    """DuckDB binds types as it starts: a date held against a text stops here, not in the evening of a deadline."""
    types = {"text": "varchar", "integer": "bigint", "decimal": "double", "date": "date", "datetime": "timestamp"}
    connection = duckdb.connect()
    for name, view in views_of(shipped().packs.registers).items():
        columns = ", ".join(f'"{column}" {types.get(kind, "boolean")}' for column, kind in view.columns.items())
        connection.execute(f'create table "{name}" ({columns})')
    days = {"start": START, "end": END, "until": date(2031, 7, 1), "as_of": END}
    for query in (*shipped().indicators.values(), *shipped().rules.values()):
        given = {name: days[name] for name in query.query.parameters}
        assert connection.execute(query.query.text, given or None).fetchall() == [], query.name
