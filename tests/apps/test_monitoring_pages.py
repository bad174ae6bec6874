"""Pages over a lake of our own: figures that can be checked by hand, empty states, fixed numbers of queries."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import openpyxl
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Area, Unit
from lantian.apps.core import actions as core
from lantian.apps.core.models import User
from lantian.apps.monitoring import actions
from lantian.apps.monitoring.charts import line_chart, scale
from lantian.apps.monitoring.models import Station
from lantian.apps.monitoring.queries.periods import needs, neighbours, period_of
from lantian.cli import demo_air
from lantian.lake import Lake
from lantian.standards.ambient import POLLUTANTS

pytestmark = [pytest.mark.django_db]

ZONE = ZoneInfo("Asia/Shanghai")
PAGES = ("map", "stations", "rankings", "years", "quality", "live", "sources")
NAN = float("nan")


def station(by: User, code: str, area: str, kind: str = "national", **changes: Any) -> Station:
    given = {
        "code": code, "name": f"站{code}", "kind": kind, "area": Area.objects.get(code=area), "for_assessment": True,
        "valid_from": None, "valid_to": None, "source": None, "mn": None, "point": (116.0, 40.0), "datum": "WGS-84",
    }  # fmt: skip
    return actions.save_station(by, given | changes)


def write(start: date, days: int, stations: dict[str, dict[str, Any]]) -> None:
    """Constant or given hours of every pollutant: station → pollutant → value or array of hours."""
    lake, first = Lake(settings.LANTIAN_LAKE), datetime(start.year, start.month, start.day, tzinfo=ZONE)
    for name in POLLUTANTS:
        rows = [np.broadcast_to(np.asarray(own.get(name, 1.0), dtype=float), (days * 24,)) for own in stations.values()]
        unit = "mg/m³" if name == "CO" else "µg/m³"
        lake.write_hours(list(stations), name, first, np.stack(rows).copy(), unit=unit, source="ours", by="test")


def last_month() -> date:
    """The first day of the month before this one: finished, whatever day the test runs on."""
    return (datetime.now(ZONE).date().replace(day=1) - timedelta(days=1)).replace(day=1)


def rows(answer: Any) -> list[list[str]]:
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))


@pytest.fixture
def air(people: dict[str, User]) -> dict[str, Station]:
    """Three stations over the finished month: two of one district, one of the other."""
    user = people["coordinator"]
    found = {
        code: station(user, code, area) for code, area in (("E1", "880101"), ("E2", "880101001"), ("W1", "880102"))
    }
    month = last_month()
    days = ((month + timedelta(days=32)).replace(day=1) - month).days
    half = np.full(days * 24, NAN)
    half[: 24 * 10] = 80.0
    write(month, days, {"E1": {"PM2.5": 40.4}, "E2": {"PM2.5": 20.4}, "W1": {"PM2.5": half}})
    return found


def test_every_page_says_what_to_do_before_there_is_anything(login: Callable[[str], Client]) -> None:
    client = login("viewer")
    for name in PAGES:
        answer = client.get(reverse(f"monitoring:{name}"))
        assert answer.status_code == 200, name
        assert 'class="empty-page"' in answer.content.decode(), name
    assert client.get(reverse("monitoring:frames")).json()["stations"] == []


@pytest.mark.usefixtures("air")
def test_a_district_is_the_hourly_mean_of_its_stations_and_few_days_have_no_rank(
    login: Callable[[str], Client],
) -> None:
    found = rows(login("viewer").get(reverse("monitoring:rankings_table", args=["csv"])))
    east, west = found[1:3]
    assert east[:2] == ["1", "东塘区"]
    assert float(east[3]) == 30  # (40.4 + 20.4) / 2, whole number
    assert west[:2] == ["", "西塘区"]  # ten valid days of a month
    assert west[7] == "10"
    stations = rows(login("viewer").get(reverse("monitoring:rankings_table", args=["csv"]) + "?kind=station"))
    assert [row[1] for row in stations[1:4]] == ["站E2", "站E1", "站W1"]


def test_rank_and_change_come_from_printed_figures(people: dict[str, User], login: Callable[[str], Client]) -> None:
    user, month = people["coordinator"], last_month()
    for code in ("A", "B", "C"):
        station(user, code, "880101")
    before = month.replace(year=month.year - 1)
    write(before, 31, {"A": {"PM2.5": 50.0}, "B": {"PM2.5": 40.0}, "C": {"PM2.5": 40.0}})
    write(month, 31, {"A": {"PM2.5": 40.4}, "B": {"PM2.5": 39.6}, "C": {"PM2.5": 41.0}})
    address = reverse("monitoring:rankings_table", args=["csv"]) + f"?kind=station&at={month:%Y-%m}"
    found = {row[1]: row for row in rows(login("viewer").get(address))[1:4]}
    assert {name: row[0] for name, row in found.items()} == {"站A": "1", "站B": "1", "站C": "3"}
    assert {name: float(row[5]) for name, row in found.items()} == {"站A": -20.0, "站B": 0.0, "站C": 2.5}
    page = login("viewer").get(reverse("monitoring:rankings") + f"?kind=station&by=change&at={month:%Y-%m}")
    text = page.content.decode()
    assert text.index("<summary>站A") < text.index("<summary>站B") < text.index("<summary>站C")
    assert "40.4" in text  # the unrounded figure, in the line's reason


@pytest.mark.usefixtures("air")
def test_the_map_and_its_list_say_the_same(login: Callable[[str], Client]) -> None:
    client, month = login("viewer"), last_month()
    at = f"?per=day&item=PM2.5&at={month.isoformat()}"
    found = client.get(reverse("monitoring:frames") + at).json()
    place = found["keys"].index(month.isoformat())
    told = {one["code"]: found["texts"][place][n] for n, one in enumerate(found["stations"])}
    assert told == {"E1": "40", "E2": "20", "W1": "80"}
    page = client.get(reverse("monitoring:map") + at).content.decode()
    assert page.index("站W1") < page.index("站E1") < page.index("站E2")  # the worst first
    assert "aq aq-3" in page  # 80 µg/m³ is IAQI above 100


@pytest.mark.parametrize("query", ["?at=nonsense", "?per=month&at=9999-99", "?per=day&at=0001-01-01", "?item=<b>"])
def test_nonsense_in_addresses_shows_the_newest(
    query: str, air: dict[str, Station], login: Callable[[str], Client]
) -> None:
    client = login("viewer")
    for name in ("map", "rankings", "quality", "years"):
        assert client.get(reverse(f"monitoring:{name}") + query).status_code == 200, name
    page = client.get(reverse("monitoring:station", args=[air["E1"].uid]) + "?year=99999&standard=x&item=y")
    assert page.status_code == 200


def test_a_station_gives_its_hours_and_a_correction_is_seen(
    air: dict[str, Station], login: Callable[[str], Client]
) -> None:
    client, month = login("viewer"), last_month()
    address = reverse("monitoring:station_data", args=[air["E1"].uid, "csv"])
    found = rows(client.get(f"{address}?from={month}&to={month}"))
    assert len([row for row in found if row[0].startswith(month.isoformat())]) == 24
    column = found[0].index("PM2.5 µg/m³")
    assert float(found[1][column]) == 40.4
    write(month, 1, {"E1": {"PM2.5": 99.0}})
    assert float(rows(client.get(f"{address}?from={month}&to={month}"))[1][column]) == 99
    book = openpyxl.load_workbook(BytesIO(client.get(address.replace("csv", "xlsx")).content))
    assert book.worksheets[0].cell(2, column + 1).data_type == "n"


@pytest.mark.usefixtures("air")
def test_the_quality_board_counts_hours(login: Callable[[str], Client]) -> None:
    address = reverse("monitoring:quality_table", args=["csv"]) + f"?month={last_month():%Y-%m}"
    found = {row[0]: row[2] for row in rows(login("viewer").get(address))[1:4]}
    assert (found["E1"], found["E2"]) == ("100", "100")
    assert found["W1"] in ("32", "33", "34", "35")  # ten days of the month
    page = login("viewer").get(reverse("monitoring:quality") + f"?month={last_month():%Y-%m}").content.decode()
    assert "✕*" in page


@pytest.mark.usefixtures("air")
def test_a_year_stands_under_three_standards(login: Callable[[str], Client]) -> None:
    address = reverse("monitoring:years_table", args=["csv"]) + f"?kind=station&year={last_month().year}"
    found = {row[0]: row for row in rows(login("viewer").get(address)) if row}
    west = found["站W1"]
    assert [west[place] for place in (2, 9, 16)] == ["0", "0", "0"]  # 80 is good under none of them
    assert found["站E1"][7].startswith("PM2.5")  # 40.4 is above 35


def test_measurements_are_of_the_city_and_not_of_another(
    air: dict[str, Station], login: Callable[[str], Client]
) -> None:
    above = Area.objects.create(
        code="770000", name="远山市", short_name="远山", kind="city", level="municipal", path="/770000/"
    )
    office = Unit.objects.create(name="远山局", level="municipal", area=above)
    foreign = core.create_user(None, "foreign", "foreign", must_change_password=False)
    add_membership(None, foreign, office, "coordinator")
    client = Client()
    client.force_login(foreign)
    assert client.get(reverse("monitoring:station", args=[air["E1"].uid])).status_code == 404
    assert client.get(reverse("monitoring:station_edit", args=[air["E1"].uid])).status_code == 404
    assert client.get(reverse("monitoring:frames")).json()["stations"] == []
    assert login("reporter").get(reverse("monitoring:station", args=[air["E1"].uid])).status_code == 200


@pytest.mark.db
@pytest.mark.usefixtures("air")
def test_pages_ask_as_often_for_many_stations_as_for_few(
    people: dict[str, User], login: Callable[[str], Client]
) -> None:
    def count() -> dict[str, int]:
        client, found = login("coordinator"), {}
        for name in PAGES:
            with CaptureQueriesContext(connection) as asked:
                client.get(reverse(f"monitoring:{name}"))
            found[name] = len(asked)
        return found

    count()
    few = count()
    for number in range(60):
        station(people["coordinator"], f"N{number:02d}", "880102", "town")
    count()  # what is read for the first time is read from the lake, and asks once for the hours taken out
    assert count() == few
    assert max(few.values()) <= 12


def test_the_live_board_shows_what_devices_sent(people: dict[str, User], login: Callable[[str], Client]) -> None:
    import pyarrow as pa

    from lantian.lake.schema import OBSERVATION

    station(people["coordinator"], "E1", "880101", mn="MN0001")
    now = datetime.now(ZONE)
    row = {
        "station": "MN0001", "factor": "a34004", "attribute": "Rtd", "time": now, "interval": "instant", "value": 35.5,
        "unit": None, "flag": "N", "quality": None, "source": "gateway", "received": now,
    }  # fmt: skip
    hour = row | {
        "station": "E1", "factor": "PM2.5", "attribute": "Avg", "interval": "hour", "value": 591.37,
        "time": now - timedelta(hours=1),
    }  # fmt: skip
    stranger = row | {"station": "MN9999", "value": 77.7}
    Lake(settings.LANTIAN_LAKE).append(pa.Table.from_pylist([row, hour, stranger], schema=OBSERVATION))
    page = login("viewer").get(reverse("monitoring:live_rows")).content.decode()
    assert "35.5" in page
    assert "591" not in page  # the hour of the same pollutant is older
    assert "state-done" in page
    assert "77.7" not in page  # nobody registered it


@pytest.mark.parametrize(
    ("kind", "key", "start", "end", "wanted"),
    [
        ("month", "2026-02", date(2026, 2, 1), date(2026, 2, 28), 25),
        ("month", "2026-10", date(2026, 10, 1), date(2026, 10, 31), 27),
        ("half", "2026-10-2", date(2026, 10, 16), date(2026, 10, 31), 15),
        ("half", "", date(2026, 11, 1), date(2026, 11, 15), 14),
        ("ytd", "2026-03", date(2026, 1, 1), date(2026, 3, 31), 81),
        ("month", "2027-01", date(2026, 11, 1), date(2026, 11, 20), 18),
        ("month", "", date(2026, 10, 1), date(2026, 10, 31), 27),
    ],
)
def test_periods(kind: str, key: str, start: date, end: date, wanted: int) -> None:
    found = period_of(kind, key, date(2026, 11, 20))
    assert (found.start, found.end, needs(found.days)) == (start, end, wanted)


def test_periods_have_neighbours_and_the_leap_day_a_year_before() -> None:
    last = date(2026, 11, 20)
    assert neighbours(period_of("half", "2026-11-1", last), last) == ("2026-10-2", "2026-11-2")
    assert neighbours(period_of("month", "2026-11", last), last) == ("2026-10", "")
    before = period_of("month", "2024-02", last).days.year_before()
    assert (before.start, before.end) == (date(2023, 2, 1), date(2023, 2, 28))
    assert period_of("month", "2025-02", last).days.year_before().end == date(2024, 2, 29)


def test_a_chart_breaks_where_hours_are_missing() -> None:
    chart = line_chart([("x", [1.0, 2.0, NAN, 4.0])], [(0.5, "here")], [(3.0, "3")])
    assert chart is not None
    assert (len(chart.lines[0].parts), len(chart.lines[0].dots)) == (1, 1)
    assert line_chart([("x", [NAN])], []) is None
    assert scale(134.0) == (150.0, 50.0)


def test_the_demonstration_goes_on_where_it_ended() -> None:
    stations = [("QL101", "990101002", "national"), ("QL901", "990101002", "micro")]
    begin = datetime(2026, 1, 1, tzinfo=ZONE)
    whole = demo_air.generate(stations, begin, 300)
    later = demo_air.generate(stations, begin + timedelta(hours=101), 199)
    for factor, values in whole.items():
        np.testing.assert_array_equal(values[:, 101:], later[factor])
    assert np.isnan(whole["O3"][1]).all()  # micro stations measure particles only
    assert 5 < np.nanmean(whole["PM2.5"]) < 150
