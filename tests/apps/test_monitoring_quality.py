"""Quality control on screen: runs, findings, a person's word, and what it does to figures. Values stay as they came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lantian.apps.areas.models import Area
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.monitoring import actions
from lantian.apps.monitoring.errors import RegistryError, StaleError
from lantian.apps.monitoring.models import FindingState, QualityFinding, QualityRun, Station
from lantian.apps.monitoring.queries.findings import effects
from lantian.apps.monitoring.readings import observed, raw
from tests.apps.test_monitoring_pages import ZONE, station, write

pytestmark = [pytest.mark.django_db, pytest.mark.db]

FIRST = date(2026, 3, 1)
DAYS = 40
NAMES = ("S1", "S2", "S3", "S4", "S5")


def wavy(seed: int) -> Any:
    rng = np.random.default_rng(seed)
    hour = np.arange(DAYS * 24)
    return np.round(60 + 20 * np.sin(hour / 30) + 8 * np.sin(hour / 4) + rng.normal(0, 4, len(hour)), 1)


@pytest.fixture
def faulty(people: dict[str, User]) -> dict[str, Station]:
    """Five stations; PM10 of S1 stands still for a day and a half from 5 April, 02:00."""
    rows = {code: station(people["coordinator"], code, "880101") for code in NAMES}
    hours = {code: {"PM10": wavy(n)} for n, code in enumerate(NAMES)}
    hours["S1"]["PM10"][35 * 24 + 2 : 36 * 24 + 14] = 88.0
    write(FIRST, DAYS, hours)
    return rows


@pytest.fixture
def done(people: dict[str, User], faulty: dict[str, Station], run_jobs: Callable[[], int]) -> QualityRun:  # noqa: ARG001
    city = Area.objects.get(code="880000")
    run = actions.start_run(people["coordinator"], city, FIRST + timedelta(days=30), FIRST + timedelta(days=39))
    assert run_jobs() == 1
    run.refresh_from_db()
    return run


def stuck() -> QualityFinding:
    return QualityFinding.objects.get(station__code="S1", pollutant="PM10", rule="Q02")


def test_a_run_finds_what_stands_still_and_keeps_it(done: QualityRun) -> None:
    assert done.finished
    assert done.found["Q02"] >= 1
    row = stuck()
    assert (row.start.astimezone(ZONE), row.hours) == (datetime(2026, 4, 5, 2, tzinfo=ZONE), 36)
    assert "36" in row.zh
    assert row.state == FindingState.OPEN


def test_confirmed_hours_do_not_count_and_the_lake_keeps_them(people: dict[str, User], done: QualityRun) -> None:
    day = date(2026, 4, 5)
    before = observed(["S1"], day, day).values["PM10"]
    assert not np.isnan(before).any()
    row = stuck()
    assert actions.decide(people["coordinator"], {row.uid: row.revision}, "confirmed", "采样头堵塞") == 1
    assert np.isnan(observed(["S1"], day, day).values["PM10"][0]).sum() == 22
    assert not np.isnan(raw(["S1"], day, day).values["PM10"]).any()
    # 5 April has 2 hours left and 6 April 10: both days are lost.
    found = [
        one
        for one in effects(people["viewer"], done.area.path, day, day + timedelta(days=1))
        if one.pollutant == "PM10"
    ]
    assert (found[0].hours[:2], found[0].days[:2]) == ((48, 12), (2, 0))
    row.refresh_from_db()
    assert actions.decide(people["coordinator"], {row.uid: row.revision}, "kept", "运维记录证实为真实值") == 1
    assert not np.isnan(observed(["S1"], day, day).values["PM10"]).any()
    said = AuditEvent.objects.filter(action="quality.decide").latest("id")
    assert (said.before or {})["state"] == "confirmed"
    assert (said.after or {})["reason"] == "运维记录证实为真实值"


@pytest.mark.parametrize(("decision", "reason"), [("confirmed", "  "), ("", "why"), ("gone", "why")])
def test_a_decision_wants_a_word_and_a_reason(
    people: dict[str, User], done: QualityRun, decision: str, reason: str
) -> None:
    assert done.finished
    row = stuck()
    with pytest.raises(RegistryError):
        actions.decide(people["coordinator"], {row.uid: row.revision}, decision, reason)
    row.refresh_from_db()
    assert row.state == FindingState.OPEN


def test_of_two_who_decide_the_second_is_told_and_nothing_is_half_done(
    people: dict[str, User], done: QualityRun
) -> None:
    user = people["coordinator"]
    assert done.finished
    row, other = stuck(), QualityFinding.objects.create(
        run=done, station=Station.objects.get(code="S2"), pollutant="PM10", rule="Q03", severity="doubt",
        start=datetime(2026, 4, 1, tzinfo=ZONE), end=datetime(2026, 4, 1, 2, tzinfo=ZONE), hours=2, zh="跳", en="jump",
    )  # fmt: skip
    actions.decide(user, {row.uid: 1}, "kept", "真实过程")
    with pytest.raises(StaleError):
        actions.decide(user, {row.uid: 1, other.uid: 1}, "confirmed", "故障")
    other.refresh_from_db()
    assert other.state == FindingState.OPEN
    with pytest.raises(PermissionDenied):
        actions.decide(people["viewer"], {other.uid: 1}, "confirmed", "故障")


def test_a_second_run_keeps_decisions_and_names_what_is_gone(
    people: dict[str, User], done: QualityRun, run_jobs: Callable[[], int]
) -> None:
    user = people["coordinator"]
    row = stuck()
    actions.decide(user, {row.uid: row.revision}, "confirmed", "采样头堵塞")
    stale = QualityFinding.objects.create(
        run=done, station=row.station, pollutant="PM10", rule="Q06", severity="doubt", zh="偏", en="off", hours=2,
        start=datetime(2026, 4, 2, tzinfo=ZONE), end=datetime(2026, 4, 2, 2, tzinfo=ZONE),
    )  # fmt: skip
    actions.start_run(user, done.area, done.start, done.end)
    run_jobs()
    row.refresh_from_db()
    stale.refresh_from_db()
    assert (row.state, stale.state) == (FindingState.CONFIRMED, FindingState.GONE)
    assert QualityFinding.objects.filter(station__code="S1", rule="Q02", pollutant="PM10").count() == 1


def test_days_in_the_wrong_order_or_too_many_are_refused(people: dict[str, User]) -> None:
    city = Area.objects.get(code="880000")
    for days in (-1, 100):
        with pytest.raises(RegistryError):
            actions.start_run(people["coordinator"], city, FIRST, FIRST + timedelta(days=days))
    assert not QualityRun.objects.exists()


def test_findings_are_reviewed_on_the_page(login: Callable[[str], Client], done: QualityRun) -> None:
    client, row = login("coordinator"), stuck()
    address = reverse("monitoring:findings")
    page = client.get(address, {"rule": "Q02", "month": "2026-04"}).content.decode()
    assert row.zh in page
    form = {"finding": f"{row.uid}:1", "decision": "confirmed", "back": "rule=Q02&month=2026-04"}
    refused = client.post(reverse("monitoring:findings_decide"), form | {"reason": ""})
    assert refused.status_code == 400
    assert "checked" in refused.content.decode()
    answer = client.post(reverse("monitoring:findings_decide"), form | {"reason": "采样头堵塞"})
    assert answer.headers["Location"] == f"{address}?rule=Q02&month=2026-04"
    page = client.get(reverse("monitoring:quality_run", args=[done.uid])).content.decode()
    assert "Q02" in page
    table = client.get(reverse("monitoring:quality_effects", args=[done.uid, "csv"])).content.decode("utf-8-sig")
    assert "S1" in table
    assert (
        "采样头堵塞"
        in client.get(reverse("monitoring:findings_table", args=["csv"]), {"state": "all"}).content.decode()
    )
    board = client.get(reverse("monitoring:quality"), {"month": "2026-04"}).content.decode()
    assert "Q02" in board


def test_the_list_asks_as_often_for_many_as_for_few(login: Callable[[str], Client], done: QualityRun) -> None:
    client = login("viewer")
    counts = []
    for number in (3, 40):
        QualityFinding.objects.bulk_create(
            QualityFinding(
                run=done, station=Station.objects.get(code="S2"), pollutant="SO2", rule="Q03", severity="doubt",
                start=datetime(2026, 3, 1, tzinfo=ZONE) + timedelta(days=n, minutes=number),
                end=datetime(2026, 3, 1, 2, tzinfo=ZONE) + timedelta(days=n), hours=2, zh="跳", en="jump",
            )
            for n in range(number)
        )  # fmt: skip
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(reverse("monitoring:findings"), {"item": "SO2"}).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
