"""Indicators against plain Python over random registers: every level, any day, whatever was folded in between."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.indicators.engine import on_duckdb
from lantian.indicators.packs import Indicators
from lantian.indicators.running import Answer, Limits, Sources, StationRow, UnitRow, compute, find, fresh
from lantian.indicators.snapshots import Snapshots
from lantian.lake import Lake
from lantian.lake.reviews import Review
from tests.conftest import examples
from tests.indicators.invented import AREAS, CODES, LARGE, SHARE, check, register, site, trial

START, END = date(2026, 3, 1), date(2026, 3, 31)
LEVELS = {"street": "town", "district": "district", "city": "municipal"}
DAYS = [date(2026, 2, 25) + timedelta(days=number) for number in range(40)]


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Indicators:
    return trial(
        tmp_path_factory.mktemp("packs"),
        share=SHARE,
        large=LARGE,
        endless='select a.code as subject, count(*) as value from "check" a join "check" b on b.date = a.date '
        'join "check" c on c.date = b.date join "check" d on d.date = c.date '
        "where a.weight + b.weight + c.weight <> d.weight group by a.code",
        twice="select street as subject, size as value from site",
        infinite="select street as subject, size * 1e308 as value from site where code = 'A'",
        every="select a.code as subject, count(s.key) as value from area a left join site s on s.street = a.code "
        "group by a.code",
        spared="select street as subject, count(*) as value from site s where not exists "
        "(select 1 from exemption e where e.register = 'site' and e.key = s.key) group by street",
        at_time="select street as subject, count(*) as value from site where seen >= $start and seen < $until "
        "group by street",
        dusty="select t.area as subject, avg(h.value) as value from hour h join station t on t.code = h.station "
        "where h.factor = 'TSP' and h.time >= $start and h.time < $until group by t.area",
        hours="select o.station as subject, count(*) + 0.0 * count(u.uid) as value from observation o "
        "join station t on t.code = o.station join unit u on u.area = t.area where o.time >= $start group by o.station",
        was="select street as subject, count(*) as value from site_history where valid_from <= $start "
        "and (valid_to is null or valid_to > $start) group by street",
    )


def ancestor(code: str | None, level: str) -> str | None:
    """The area at a level above an area, by the invented codes."""
    known = {row.code: row for row in AREAS}
    row = known.get(code or "")
    while row is not None and row.level != LEVELS[level]:
        row = known.get(row.parent or "")
    return None if row is None else row.code


class Model:
    """What registers hold, the plain way."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def add(self, rows: Sequence[dict[str, Any]], change: int) -> None:
        self.rows += [{**row, "change": change} for row in rows]

    def counting(self, kind: str, day: date) -> Iterator[dict[str, Any]]:
        """The rows that count: of sites as of a day, of checks all."""
        found: dict[str, dict[str, Any]] = {}
        for row in self.rows:
            is_site = "size" in row
            if is_site == (kind == "site") and (not is_site or row["valid_from"] <= day.isoformat()):
                found[row["key"]] = row
        return (row for row in found.values() if not row["gone"])

    def share(self, level: str) -> dict[str, float]:
        """What SHARE says, from START to END."""
        passed: dict[str, list[bool]] = defaultdict(list)
        for row in self.counting("check", END):
            place = ancestor(row["street"], level)
            if place and START.isoformat() <= row["date"] <= END.isoformat():
                passed[place].append(row["failed"] is False)
        return {place: 100 * sum(own) / len(own) for place, own in passed.items()}

    def large(self, level: str, day: date) -> dict[str, float | None]:
        """What LARGE says as of a day: the sum of known sizes over all rows."""
        sizes: dict[str, list[float | None]] = defaultdict(list)
        for row in self.counting("site", day):
            place = ancestor(row["street"], level)
            if place and row["status"] == "在施":
                sizes[place].append(None if row["size"] is None else float(row["size"]))
        known = {place: [size for size in own if size is not None] for place, own in sizes.items()}
        return {place: sum(known[place]) / len(own) if known[place] else None for place, own in sizes.items()}


sites = st.builds(
    site,
    st.sampled_from("ABCD"),
    st.sampled_from(DAYS).map(date.isoformat),
    st.booleans(),
    street=st.sampled_from([*CODES, "999999", None]),
    status=st.sampled_from(["在施", "竣工", None]),
    size=st.sampled_from(["1", "2.5", "1000", None]),
)
checks = st.builds(
    check,
    st.sampled_from("PQRSTU"),
    st.sampled_from(DAYS).map(date.isoformat),
    st.booleans(),
    street=st.sampled_from([*CODES, "999999", None]),
    failed=st.sampled_from([True, False, None]),
)
changes = st.lists(
    st.tuples(
        st.one_of(
            st.lists(sites, max_size=5, unique_by=lambda row: row["key"]),
            st.lists(checks, max_size=6, unique_by=lambda row: row["key"]),
        ),
        st.booleans(),
    ),
    max_size=6,
)


@given(changes, st.sampled_from(DAYS))
@settings(max_examples=examples(15))
def test_as_plain_python(packs: Indicators, written: list[tuple[list[dict[str, Any]], bool]], day: date) -> None:
    model = Model()
    with tempfile.TemporaryDirectory() as folder:
        snapshots = Snapshots(folder)
        for change, (rows, folded) in enumerate(written, 1):
            own = register(packs, "site" if rows and "size" in rows[0] else "check")
            snapshots.append(own, rows, change)
            model.add(rows, change)
            if folded:
                snapshots.fold(own)
        sources = Sources(folder, areas=AREAS)
        for level in LEVELS:
            answer = compute(packs.indicators["share"], START, END, sources, level=level)
            assert dict(answer.rows) == pytest.approx(model.share(level), rel=1e-9)
            answer = compute(packs.indicators["large"], day.replace(day=1), day, sources, level=level)
            assert dict(answer.rows) == pytest.approx(model.large(level, day), rel=1e-9)
        keys = {row["key"] for row in model.counting("site", END) if row["status"] == "在施"}
        visited = {row["site"] for row in model.counting("check", END) if "2026-03-01" <= row["date"] <= "2026-03-31"}
        found = find(packs.rules["unchecked"], START, END, sources)
        assert [item.key for item in found] == sorted(keys - visited)


@pytest.fixture
def lake(tmp_path: Path, packs: Indicators) -> Path:
    """Two sites and three checks."""
    snapshots = Snapshots(tmp_path / "lake")
    first = site("A", size="4", seen="2026-03-31T15:59:59Z", phone="138")
    snapshots.append(register(packs, "site"), [first, site("B", size="8", seen="2026-03-31T16:00:00Z")], 1)
    rows = [check("P", "2026-03-01"), check("Q", "2026-03-31", failed=True), check("R", "2026-04-01", failed=True)]
    snapshots.append(register(packs, "check"), rows, 2)
    return tmp_path / "lake"


def ask(packs: Indicators, name: str, lake: Path, level: str | None = "city", **other: Any) -> Answer:
    """The answer of one indicator for March."""
    return compute(packs.indicators[name], START, END, Sources(lake, areas=AREAS, **other), level=level)  # type: ignore[arg-type]


def test_days_are_included(packs: Indicators, lake: Path) -> None:
    assert ask(packs, "share", lake).rows == [("880100", 50.0)]


def test_a_time_belongs_to_its_day_in_china(packs: Indicators, lake: Path) -> None:
    assert ask(packs, "at_time", lake).rows == [("880100", 1.0)]


def test_every_area_of_the_level(packs: Indicators, lake: Path) -> None:
    assert ask(packs, "every", lake, "street").rows == [("880101001", 2.0), ("880101002", 0.0), ("880102001", 0.0)]
    assert ask(packs, "every", lake, "district").rows == [("880101", 2.0), ("880102", 0.0)]


def test_exempted_rows_leave_while_it_is_valid(packs: Indicators, lake: Path) -> None:
    exempt = [("site", "A", date(2026, 1, 1), END), ("site", "B", date(2026, 4, 1), None)]
    assert ask(packs, "spared", lake, exemptions=exempt).rows == [("880100", 1.0)]


def test_what_was_said_on_a_past_day(packs: Indicators, lake: Path) -> None:
    Snapshots(lake).append(register(packs, "site"), [site("B", "2026-02-01", gone=True)], 3)
    assert ask(packs, "was", lake).rows == [("880100", 1.0)]


def test_hours_of_the_lake_in_days_of_china(packs: Indicators, lake: Path) -> None:
    """Forty-eight hours from noon of 31 March in China: twelve of them are March's."""
    values = np.arange(48, dtype=float)[None, :]
    Lake(lake).write_hours(["云溪塔下"], "TSP", datetime(2026, 3, 31, 4, tzinfo=UTC), values, "µg/m³")
    stations, units = [StationRow("云溪塔下", "塔下", "880101002")], [UnitRow("u", "u", "", "town", "880101001")]
    places = {"stations": stations, "units": units}
    assert ask(packs, "dusty", lake, "district", **places).rows == [("880101", sum(range(12)) / 12)]
    assert ask(packs, "hours", lake, "district", **places).rows == [("云溪塔下", 48.0)]
    assert ask(packs, "hours", lake, "street", **places).rows == []  # the unit is of another street
    lineage = ask(packs, "dusty", lake, **places).lineage
    assert lineage.inputs.keys() == {"hour", "station", "area"}
    Lake(lake).write_hours(["云溪塔下"], "TSP", datetime(2026, 3, 31, 4, tzinfo=UTC), values + 1, "µg/m³")
    assert not fresh(lineage, Sources(lake, areas=AREAS, **places), packs.indicators["dusty"])


def test_hours_that_a_person_rejected_count_in_no_figure_and_make_it_stale(packs: Indicators, lake: Path) -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    Lake(lake).write_hours(["云溪塔下"], "TSP", start, np.arange(48, dtype=float)[None, :], "µg/m³")
    places: dict[str, Any] = {"stations": [StationRow("云溪塔下", "塔下", "880101002")]}
    places["units"] = [UnitRow("u", "u", "", "town", "880101002")]
    before = {name: ask(packs, name, lake, "district", **places) for name in ("dusty", "hours")}
    assert before["dusty"].rows == [("880101", sum(range(48)) / 48)]
    word = Review("f", 1, "云溪塔下", "TSP", start, start + timedelta(hours=24), "rejected", "王工", start)
    Lake(lake).review([word])
    now = Sources(lake, areas=AREAS, **places)
    assert not fresh(before["dusty"].lineage, now, packs.indicators["dusty"])
    assert fresh(before["hours"].lineage, now, packs.indicators["hours"]), "observations are as they came"
    after = ask(packs, "dusty", lake, "district", **places)
    assert after.rows == [("880101", sum(range(24, 48)) / 24)]
    assert ask(packs, "hours", lake, "district", **places).rows == before["hours"].rows
    Lake(lake).review([replace(word, sequence=2, state="kept")])
    assert not fresh(after.lineage, Sources(lake, areas=AREAS, **places), packs.indicators["dusty"])
    assert ask(packs, "dusty", lake, "district", **places).rows == before["dusty"].rows


def test_nothing_there_is_no_figure(packs: Indicators, tmp_path: Path) -> None:
    answer = ask(packs, "share", tmp_path / "nowhere")
    assert (answer.rows, answer.failed, answer.lineage.inputs["check"]) == ([], None, 0)


@pytest.mark.parametrize(("name", "says"), [("twice", "comes twice"), ("endless", "stopped after 0.5 s")])
def test_failed_is_not_zero(packs: Indicators, lake: Path, name: str, says: str) -> None:
    many = [check(f"X{number}", "2026-03-05") for number in range(2000)]
    Snapshots(lake).append(register(packs, "check"), many, 9)
    sources = Sources(lake, areas=AREAS)
    answer = compute(packs.indicators[name], START, END, sources, "city", limits=Limits(seconds=0.5))
    assert answer.rows == []
    assert answer.failed is not None
    assert says in answer.failed.en


def test_words_that_come_out_are_no_figure(packs: Indicators, lake: Path) -> None:
    """What a query gives is looked at once more: the kind of a result is not always plain beforehand."""
    large = packs.indicators["large"]
    worded = replace(large, query=replace(large.query, text="select '880101' as subject, '很多' as value"))
    answer = compute(worded, START, END, Sources(lake, areas=AREAS), "city")
    assert answer.rows == []
    assert answer.failed is not None
    assert "is no number" in answer.failed.en


def test_one_connection_for_many_gives_what_one_for_each_gives(packs: Indicators, lake: Path) -> None:
    """Every level and month one after the other, in between what fails, and a change set that comes in."""
    names = ["share", "large", "every", "at_time", "was", "twice", "spared"]
    with on_duckdb() as engine:
        for change in (3, 4):
            sources = Sources(lake, areas=AREAS, exemptions=[("site", "A", START, END)])
            for name in names:
                for level, end in (("street", END), ("city", END), ("district", date(2026, 2, 28)), ("city", END)):
                    asked = (packs.indicators[name], end.replace(day=1), end, sources, level)
                    alone, together = compute(*asked), compute(*asked, engine=engine)  # type: ignore[arg-type]
                    assert (together.rows, together.failed) == (alone.rows, alone.failed), (name, level, end)
            Snapshots(lake).append(register(packs, "site"), [site(f"N{change}", "2026-02-03", size="7")], change)


def test_what_fails_leaves_the_others_alone(packs: Indicators, lake: Path) -> None:
    many = [check(f"X{number}", "2026-03-05") for number in range(2000)]
    Snapshots(lake).append(register(packs, "check"), many, 9)
    sources, short = Sources(lake, areas=AREAS), Limits(seconds=0.5)
    with on_duckdb() as engine:
        for name, says in (
            ("every", None),
            ("endless", "stopped after 0.5 s"),
            ("every", None),
            ("endless", "stopped"),
        ):
            limits = short if says else None
            answer = compute(packs.indicators[name], START, END, sources, "city", limits=limits, engine=engine)
            if says:
                assert answer.failed is not None
                assert says in answer.failed.en
            else:
                assert answer.rows == [("880100", 2.0)]


def test_not_finite_is_no_value(packs: Indicators, lake: Path) -> None:
    Snapshots(lake).append(register(packs, "site"), [site("A", size="9")], 3)
    assert ask(packs, "infinite", lake).rows == [("880100", None)]


def test_damaged_file_is_named(packs: Indicators, lake: Path) -> None:
    for file in (lake / "registers" / "check").rglob("*.parquet"):
        file.write_bytes(b"no")
    answer = ask(packs, "share", lake)
    assert answer.failed is not None
    assert "damaged or gone" in answer.failed.en


def test_level_belongs_to_areas(packs: Indicators, lake: Path) -> None:
    with pytest.raises(ValueError, match="a level belongs"):
        ask(packs, "share", lake, None)


def test_fresh_until_something_changes(packs: Indicators, lake: Path) -> None:
    indicator, units = packs.indicators["share"], [UnitRow("u1", "区住建局", "住建局", "district", "880101")]
    lineage = ask(packs, "share", lake).lineage
    assert lineage.inputs.keys() == {"check", "area"}

    def stands(**other: Any) -> bool:
        return fresh(lineage, Sources(lake, **{"areas": AREAS, **other}), indicator)

    assert stands()
    assert stands(units=units, stations=[StationRow("s", "s", None)])  # not read
    assert not stands(areas=AREAS[:-1])
    Snapshots(lake).append(register(packs, "site"), [], 3)
    assert stands()  # another register
    Snapshots(lake).append(register(packs, "check"), [check("S", "2026-03-02")], 3)
    assert not stands()
    assert not fresh(lineage, Sources(lake, areas=AREAS), packs.indicators["large"])
