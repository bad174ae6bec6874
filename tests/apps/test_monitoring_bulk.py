"""Observations in bulk over HTTP: every row has its fate, repeating changes nothing, pages join without a seam."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.apps.areas.models import Area
from lantian.apps.core import tokens
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.monitoring import actions, bulk
from lantian.apps.monitoring.models import DataSource
from lantian.lake import Lake
from tests.apps.test_monitoring_pages import station
from tests.conftest import examples

pytestmark = [pytest.mark.django_db, pytest.mark.db]

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 5, 1, tzinfo=UTC)
HEAD = "station,factor,time,interval,value,unit\n"
ADDRESS = "/api/v1/observations"


@pytest.fixture
def source(people: dict[str, User]) -> DataSource:
    user = people["coordinator"]
    for code in ("N1", "N2"):
        station(user, code, "880101")
    head = {"area": Area.objects.get(code="880000"), "kind": "api", "hour_label": "end", "unit_policy": "stated"}
    return actions.save_source(user, head | {"name": "省级平台", "time_zone": "Asia/Shanghai"})


def bearer(user: User, *scopes: str) -> dict[str, str]:
    _token, secret = tokens.create_token(user, "平台", scopes, 30)
    return {"Authorization": f"Bearer {secret}"}


def send(user: User, source: DataSource, body: str, kind: str = "text/csv") -> Any:
    headers = bearer(user, "write:observations")
    address = f"{ADDRESS}?source={source.uid}"
    return Client().post(address, body.encode(), content_type=kind, headers=headers)


def test_hours_are_taken_with_the_label_and_unit_that_were_stated(people: dict[str, User], source: DataSource) -> None:
    body = HEAD + "N1,PM2.5,2026-03-01T01:00,hour,35,µg/m³\nN1,a21005,2026-03-01T02:00,hour,800,ug/m3\n"
    answer = send(people["coordinator"], source, body)
    assert answer.status_code == 200, answer.content
    assert answer.json() == {
        "rows": 2, "taken": 2, "added": 2, "corrected": 0, "repeated": 0, "refused_rows": 0, "refused": [],
    }  # fmt: skip
    day = date(2026, 3, 1)
    hours = Lake(django.LANTIAN_LAKE).hours(["PM2.5", "CO"], day, day)
    assert hours.values["PM2.5"][0, 0] == 35  # 01:00 is the end of the first hour
    assert hours.values["CO"][0, 1] == 0.8
    source.refresh_from_db()
    assert source.last_received
    assert AuditEvent.objects.filter(action="observation.take").exists()


def test_the_same_again_changes_nothing_and_another_value_corrects(people: dict[str, User], source: DataSource) -> None:
    body = HEAD + "N1,PM2.5,2026-03-01T01:00,hour,35,µg/m³\n"
    send(people["coordinator"], source, body)
    again = send(people["coordinator"], source, body).json()
    assert (again["added"], again["corrected"]) == (0, 0)
    other = send(people["coordinator"], source, body.replace(",35,", ",53,")).json()
    assert (other["added"], other["corrected"]) == (0, 1)
    kept = Lake(django.LANTIAN_LAKE).sql("select old_value, new_value from correction").to_pylist()
    assert kept == [{"old_value": 35.0, "new_value": 53.0}]


def test_every_refused_row_says_why_and_the_rest_is_taken(people: dict[str, User], source: DataSource) -> None:
    rows = {
        "N1,PM2.5,2026-03-01T01:00,hour,35,": "missing",
        "N1,PM2.5,2026-03-01T01:00,hour,35,ppb": "unit",
        "N1,PM2.5,2026-03-01T01:30,hour,35,µg/m³": "time",
        "N1,PM2.5,2999-03-01T01:00,hour,35,µg/m³": "future",
        "N1,PM2.5,2026-03-01T03:00,hour,9999,µg/m³": "value",
        "N1,PM2.5,2026-03-01T03:00,hour,-1,µg/m³": "value",
        "N1,PM2.5,2026-03-01T03:00,hour,nan,µg/m³": "value",
        "ZZ,PM2.5,2026-03-01T03:00,hour,1,µg/m³": "station",
        "N1,PM99,2026-03-01T03:00,hour,1,µg/m³": "factor",
        "N1,PM2.5,2026-03-01T03:00,week,1,µg/m³": "interval",
    }
    answer = send(
        people["coordinator"], source, HEAD + "\n".join([*rows, "N2,O3,2026-03-01T03:00,hour,60,µg/m³"])
    ).json()
    assert [item["code"] for item in answer["refused"]] == list(rows.values())
    assert [item["line"] for item in answer["refused"]] == list(range(2, 12))
    assert (answer["rows"], answer["taken"], answer["refused_rows"]) == (11, 1, 10)


def test_json_lines_and_what_is_no_hourly_mean_goes_to_the_raw_table(
    people: dict[str, User], source: DataSource
) -> None:
    row = {
        "station": "N1",
        "factor": "a01001",
        "time": "2026-03-01T08:15:00+08:00",
        "interval": "minute",
        "value": 21.5,
    }
    lines = [json.dumps(row | {"unit": "℃"}), "{", json.dumps(row | {"unit": "℃"})]
    answer = send(people["coordinator"], source, "\n".join(lines), "application/x-ndjson").json()
    assert (answer["taken"], answer["repeated"], answer["refused_rows"]) == (1, 1, 1)
    found = Lake(django.LANTIAN_LAKE).sql('select "time", unit, value from observation').to_pylist()
    assert found == [{"time": datetime(2026, 3, 1, 0, 15, tzinfo=UTC), "unit": "℃", "value": 21.5}]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("station,factor\nN1,O3\n", "text/csv", 422),
        (HEAD, "text/csv", 422),
        ("\xff", "text/plain", 422),
        (HEAD + "N1,O3,2024-01-01T01:00,hour,1,µg/m³\nN1,O3,2026-01-01T01:00,hour,1,µg/m³\n", "text/csv", 422),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_as_a_whole(
    people: dict[str, User], source: DataSource, body: str, kind: str, status: int
) -> None:
    assert send(people["coordinator"], source, body, kind).status_code == status
    assert not Lake(django.LANTIAN_LAKE).exists()


def test_pages_join_without_a_seam_as_json_and_csv(people: dict[str, User], source: DataSource) -> None:
    first = datetime(2026, 3, 1, 1, tzinfo=ZONE)
    times = [first + timedelta(hours=n) for n in range(30)]
    lines = [f"{code},PM10,{at.isoformat()},hour,{n},µg/m³\n" for code in ("N1", "N2") for n, at in enumerate(times)]
    body = HEAD + "".join(lines)
    assert send(people["coordinator"], source, body).json()["taken"] == 60
    headers = bearer(people["viewer"], "read:observations")
    address: str | None = f"{ADDRESS}?station=N2,N1&factor=PM10&start=2026-03-01&end=2026-03-02&limit=17"
    seen: list[dict[str, Any]] = []
    while address:
        page = Client().get(address, headers=headers).json()
        seen += page["items"]
        address = page["next"]
    assert [(row["station"], row["value"]) for row in seen] == [(code, n) for code in ("N1", "N2") for n in range(30)]
    answer = Client().get(f"{ADDRESS}?station=N1&start=2026-03-01&end=2026-03-01&format=csv", headers=headers)
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert len(list(csv.reader(StringIO(answer.content.decode())))) == 1 + 24


@pytest.mark.parametrize(
    "query",
    [
        "station=NOBODY&start=2026-03-01&end=2026-03-01",
        "station=N1&start=2026-03-02&end=2026-03-01",
        "station=N1&start=2025-01-01&end=2026-03-01",
        "station=N1&start=2026-03-01&end=2026-03-01&cursor=xyz",
        "station=,&start=2026-03-01&end=2026-03-01",
    ],
)
def test_questions_that_make_no_sense_are_refused(people: dict[str, User], source: DataSource, query: str) -> None:  # noqa: ARG001
    headers = bearer(people["viewer"], "read:observations")
    assert Client().get(f"{ADDRESS}?{query}", headers=headers).status_code == 422


def test_rights_are_those_of_the_person_and_the_token(
    people: dict[str, User], source: DataSource, login: Callable[[str], Client]
) -> None:
    body, address = HEAD + "N1,O3,2026-03-01T01:00,hour,1,µg/m³\n", f"{ADDRESS}?source={source.uid}"
    only_read = bearer(people["coordinator"], "read:observations")
    refused = Client().post(address, body, content_type="text/csv", headers=only_read)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "insufficient_scope")
    assert "write:observations" not in tokens.open_to(people["viewer"])
    assert login("viewer").post(address, body, content_type="text/csv").status_code == 403
    other = actions.save_source(
        people["coordinator"],
        {"area": source.area, "kind": "file", "hour_label": "end", "unit_policy": "stated", "name": "文件"},
    )
    assert send(people["coordinator"], other, body).status_code == 422


CELL = st.one_of(
    st.none(), st.booleans(), st.floats(), st.text(max_size=8), st.sampled_from(["N1", "PM2.5", "hour", "µg/m³"])
)


@settings(max_examples=examples(50))
@given(st.lists(st.one_of(st.none(), st.dictionaries(st.sampled_from(bulk.COLUMNS), CELL)), max_size=20))
def test_whatever_rows_come_each_has_exactly_one_fate(rows: list[Any]) -> None:
    numbered = list(enumerate(rows, 1))
    taken, refused, repeated = bulk.checked(numbered, {"N1"}, hour_label="begin", zone=ZONE, now=NOW)
    assert len(taken) + len(refused) + repeated == len(rows)
    assert all(item.said(zh=True) and item.said(zh=False) for item in refused)
