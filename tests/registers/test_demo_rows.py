"""The demonstration's tables: complete, without a problem, the same again, and of every state."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from shapely.geometry import shape

from lantian.apps.indicators.spans import spans
from lantian.cli import demo
from lantian.cli.demo_city import City
from lantian.cli.demo_draw import Row, SpecError, draw
from lantian.cli.demo_rows import Drawn, by_day, ordered, rows_of, tables
from lantian.indicators.packs import load as load_indicators
from lantian.indicators.running import AreaRow, Sources, compute
from lantian.indicators.snapshots import Snapshots
from lantian.registers import Register
from lantian.registers.packs import load
from lantian.registers.rows import check, key_of, reading
from lantian.status import Duty, Fact, Figure, Goal, Report, goal_status

TODAY = date(2026, 11, 22)
# Drawn by cli/demo_registers.py: sites with a history of their own.
OWN = {"construction_site", "site_inspection", "site_video", "bare_land", "dustfall_sample"}
LEVELS = {"municipal": "city", "district": "district", "town": "street"}


class Names:
    """Codes, uids and keys are taken at their word."""

    def areas(self, text: str, _near: str) -> Sequence[str]:
        return [text]

    def units(self, text: str, _near: str) -> Sequence[str]:
        return [text]

    def like(self, _kind: str, _text: str) -> str:
        return ""

    def known(self, _register: str, keys: Collection[str]) -> Collection[str]:
        return keys

    def to_wgs84(self, lon: float, lat: float, _datum: str) -> tuple[float, float]:
        return lon, lat


def read_csv(name: str) -> list[dict[str, str]]:
    with (demo.data_folder() / name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def city() -> City:
    text = (demo.data_folder() / "boundaries.geojson").read_text(encoding="utf-8")
    outlines = {item["properties"]["code"]: shape(item["geometry"]) for item in json.loads(text)["features"]}
    areas: dict[str, list[tuple[str, str]]] = defaultdict(list)
    parents: dict[str, str] = {}
    for row in read_csv("areas.csv"):
        areas[row["level"]].append((row["code"], row["name"]))
        parents[row["code"]] = row["parent"]
    units: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for n, row in enumerate(read_csv("units.csv")):
        if row["collective"] != "yes":
            units[row["area"]].append((row["name"], f"unit-{n}"))
    return City(areas, parents, outlines, units)


def canonical(register: Register, drawn: Sequence[Drawn]) -> list[dict[str, Any]]:
    """The rows as they are kept; fails on the first problem of one."""
    read = reading(register, Names())
    found = []
    for item in drawn:
        row = read(item.values)
        values = {field.name: None for field in register.shown} | row.values
        assert row.problems + check(register, values) == [], (register.name, item.values)
        found.append(values)
    return found


def made(today: date, wanted: Collection[str] | None = None) -> dict[str, list[Drawn]]:
    """The rows of all registers (or of those and what they refer to) on a day."""
    registers = load().registers
    found, words = tables(Path(demo.data_folder() / "rows"))
    queue = ordered({name: found[name] for name in found if wanted is None or name in wanted}, registers)
    streets = city().streets
    sites = [
        {"_key": f"S-{n}", "_area": streets[n % len(streets)][0], "status": "在施", "works": "房屋建筑"}
        for n in range(40)
    ]
    known: dict[str, Sequence[Mapping[str, Any]]] = {"construction_site": sites}
    drawn: dict[str, list[Drawn]] = {}
    for table in queue:
        register = registers[table.register]
        drawn[register.name] = list(rows_of(table, register, city(), known, words, today))
        some = drawn[register.name][:: 20 if register.store == "lake" else 1]
        last = {key_of(register, values): values for values in canonical(register, some)}
        known[register.name] = [row | {"_key": key, "_area": row.get(register.area)} for key, row in last.items()]
    return drawn


def test_every_register_of_every_pack_has_rows_without_a_problem() -> None:
    drawn = made(TODAY)
    registers = load().registers
    assert set(drawn) | OWN == set(registers)
    assert {
        name for name, rows in drawn.items() if len({key_of(registers[name], row.values) for row in rows}) < 3
    } == set()
    counts = Counter({name: len(rows) for name, rows in drawn.items()})
    assert counts.total() < 70_000  # it must stay fast
    late = [name for name, table in tables(demo.data_folder() / "rows")[0].items() if table.late]
    assert counts.total() - sum(counts[name] for name in late) < 30_000


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2027, 2, 28), date(2028, 2, 29), date(2026, 12, 31)])
def test_rows_are_right_on_any_day_of_a_year_and_the_same_again(today: date) -> None:
    some = {
        "fleet_user", "boiler", "enterprise", "disclosure", "air_day",  "street_rank", "delivery_duty",
        "delivery", "heat_supply", "restaurant", "filter_cleaning", "night_work_permit",
    }  # fmt: skip
    once = made(today, some)
    assert once == made(today, some)
    registers = load().registers
    for name, rows in once.items():
        assert all(row.since <= today for row in rows), name
        if registers[name].kind == "event":
            assert all(row.values[registers[name].date] <= today.isoformat() for row in rows), name


def goal(kind: str, sign: str, value: int, unit: str, curve: str = "", by: date | None = None) -> Goal:
    return Goal("g", kind, comparator=sign, value=Decimal(value), unit=unit, curve=curve, by=by)


# An indicator, a target of the plan, and what the city's ledger makes of it on 22 November.
STATES = [
    ("product_samples", goal("count", ">=", 160, "批次", "even_months"), "met"),
    ("gas_boiler_low_nox", goal("count", ">=", 320, "蒸吨", "linear"), "met"),
    ("nrmm_checks", goal("count", ">=", 800, "台次", "even_months"), "on_track"),
    ("bus_nev_share", goal("rate", ">=", 85, "%"), "behind"),
    ("fire_spots", goal("level", "<=", 0, "个"), "at_risk"),
    ("tanks_rebuilt", goal("count", ">=", 36, "座", by=date(2026, 10, 31)), "overdue"),
]


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Decimal]:
    """The city's newest figures of the indicators above, computed from the drawn rows."""
    root = str(tmp_path_factory.mktemp("lake"))
    packs = load()
    indicators = load_indicators(packs).indicators
    wanted = {register.name for name, _aim, _state in STATES for register in indicators[name].reads}
    wanted |= {"enterprise"}
    lake = Snapshots(root)
    for name, drawn in made(TODAY, wanted).items():
        register = packs.registers[name]
        for change, (since, rows) in enumerate(by_day(iter(drawn)).items(), 1):
            kept = canonical(register, [Drawn(since, row) for row in rows])
            lake.append(register, [_version(register, row, since) for row in kept], change)
    areas = [
        AreaRow(code, name, LEVELS[level], city().parents.get(code) or None, "")
        for level, rows in city().areas.items()
        for code, name in rows
    ]
    given = Sources(root, areas=areas, units=[])
    found: dict[str, Decimal] = {}
    for name in [*(name for name, _aim, _state in STATES), "sanitation_new_clean_share"]:
        item = indicators[name]
        start, end = list(spans(item.period, item.cumulative, TODAY, TODAY))[-1]
        answer = compute(item, start, end, given, level="city")
        assert answer.failed is None
        found[name] = Decimal(repr(dict(answer.rows)["990100"]))
    return found


def _version(register: Register, values: Mapping[str, Any], since: date) -> dict[str, Any]:
    happened = values[register.date] if register.kind == "event" else None
    return {**values, "key": key_of(register, values), "valid_from": happened or since.isoformat(), "gone": False}


@pytest.mark.parametrize(("indicator", "aim", "state"), STATES, ids=[name for name, _aim, _state in STATES])
def test_every_state_occurs(figures: Mapping[str, Decimal], indicator: str, aim: Goal, state: str) -> None:
    duty = Duty(year=2026, start=date(2026, 1, 1), end=date(2026, 12, 31), since=date(2026, 1, 20))
    fact = Fact("g", TODAY, figures[indicator])
    assert goal_status(duty, aim, [], [fact], TODAY).state == state


def test_a_return_says_more_than_the_ledger_bears(figures: Mapping[str, Decimal]) -> None:
    duty = Duty(year=2026, start=date(2026, 1, 1), end=date(2026, 12, 31), since=date(2026, 1, 20))
    report = Report(
        "r", "2026-10", received=date(2026, 11, 4), verdict="accepted", decided=date(2026, 11, 5),
        figures=(Figure("g", cumulative=Decimal(80)),),
    )  # fmt: skip
    fact = Fact("g", TODAY, figures["sanitation_new_clean_share"])
    status = goal_status(duty, goal("rate", ">=", 70, "%"), [report], [fact], TODAY)
    assert (status.state, status.rule) == ("at_risk", "S28")


def test_what_a_table_cannot_mean_is_refused() -> None:
    row = Row(Random(1), 1, TODAY, city(), {})  # noqa: S311
    with pytest.raises(SpecError, match="nonsense"):
        draw({"nonsense": "x"}, row)
    with pytest.raises(SpecError, match="unknown"):
        draw("{unknown}", row)
