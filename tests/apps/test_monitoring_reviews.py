"""A person's word on hours reaches the lake: SQL, statistics and indicators count what the pages count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from lantian.apps.areas.models import Area
from lantian.apps.core import jobs
from lantian.apps.core.models import Job, User
from lantian.apps.indicators import background
from lantian.apps.indicators.models import Run, Value
from lantian.apps.monitoring import actions, hooks
from lantian.apps.monitoring.actions.reviews import TO_LAKE, settle
from lantian.apps.monitoring.errors import RegistryError
from lantian.apps.monitoring.models import QualityFinding, QualityRun, Station
from lantian.apps.monitoring.readings import observed
from lantian.lake import Lake, LakeError
from tests.apps.test_monitoring_pages import ZONE, last_month, station, write

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Who is told of decisions counts them: to compute a year of figures after each would take long."""
    found: list[int] = []
    monkeypatch.setattr(hooks, "_on_review", [lambda: found.append(1)])
    return found


@pytest.fixture
def first(people: dict[str, User]) -> date:
    """The first day of last month, of which two stations have ten days: PM10 is 50, and 450 on the third day of S1."""
    first = last_month()
    for code in ("S1", "S2"):
        station(people["coordinator"], code, "880101")
    hours: Any = [50.0] * 48 + [450.0] * 24 + [50.0] * 168
    write(first, 10, {"S1": {"PM10": hours}, "S2": {"PM10": 50.0}})
    return first


@pytest.fixture
def finding(people: dict[str, User], first: date) -> QualityFinding:
    """The third day of S1."""
    city = Area.objects.get(code="880000")
    run = QualityRun.objects.create(area=city, start=first, end=first, created_by=people["coordinator"])
    start = datetime(first.year, first.month, 3, tzinfo=ZONE)
    return QualityFinding.objects.create(
        run=run, station=Station.objects.get(code="S1"), pollutant="PM10", rule="Q03", severity="doubt",
        start=start, end=start + timedelta(days=1), hours=24, zh="跳变", en="jump",
    )  # fmt: skip


@pytest.fixture
def decide(people: dict[str, User], finding: QualityFinding) -> Callable[[str], None]:
    def say(state: str) -> None:
        finding.refresh_from_db()
        assert actions.decide(people["coordinator"], {finding.uid: finding.revision}, state, "采样头堵塞") == 1

    return say


def lake() -> Lake:
    return Lake(settings.LANTIAN_LAKE)


def counted() -> int:
    """Hours of PM10 of S1 that SQL counts."""
    query = "select count(*) as n from hour where station = 'S1' and factor = 'PM10'"
    return int(lake().sql(query).column("n")[0].as_py())


def agrees(first: date) -> bool:
    """Whether SQL counts the hours that pages count."""
    page = observed(["S1"], first, first + timedelta(days=9)).values["PM10"][0]
    return counted() == int((page == page).sum())


def words() -> list[tuple[int, str]]:
    rows = lake().sql("select sequence, state from review order by sequence").to_pylist()
    return [(row["sequence"], row["state"]) for row in rows]


def test_a_decision_reaches_the_lake_and_each_later_one_counts(
    decide: Callable[[str], None], run_jobs: Callable[[], int], first: date
) -> None:
    assert counted() == 240
    for state, hours in (("confirmed", 216), ("open", 240), ("confirmed", 216), ("kept", 240)):
        decide(state)
        run_jobs()
        assert counted() == hours
        assert agrees(first)
    assert words() == [(2, "rejected"), (3, "reopened"), (4, "rejected"), (5, "kept")]
    row = next(iter(lake().reviews().values()))
    assert (row.station, row.factor, row.by) == ("S1", "PM10", "coordinator")


def test_a_decision_that_is_refused_says_nothing_to_the_lake(people: dict[str, User], finding: QualityFinding) -> None:
    with pytest.raises(RegistryError):
        actions.decide(people["coordinator"], {finding.uid: 1}, "confirmed", " ")
    assert not Job.objects.filter(kind=TO_LAKE).exists()


def test_a_worker_killed_between_database_and_lake_is_followed_by_another(
    decide: Callable[[str], None], run_jobs: Callable[[], int], first: date
) -> None:
    decide("confirmed")
    job = Job.objects.get(kind=TO_LAKE)
    assert jobs.claim("killed before it wrote", job.pk) is not None
    run_jobs()
    assert (counted(), words()) == (240, []), "the other one still has its lease"
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    run_jobs()
    assert agrees(first)
    assert words() == [(2, "rejected")]


def test_a_worker_killed_after_it_wrote_is_followed_by_another_that_writes_nothing_and_tells(
    decide: Callable[[str], None], run_jobs: Callable[[], int], first: date, told: list[int]
) -> None:
    decide("confirmed")
    job = jobs.claim("killed after it wrote", Job.objects.get(kind=TO_LAKE).pk)
    assert job is not None
    assert settle() == 1
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    run_jobs()
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"written": 0})
    assert told == [1]
    assert agrees(first)
    assert words() == [(2, "rejected")]


def test_a_lake_that_takes_nothing_leaves_the_decision_for_the_day_after(
    decide: Callable[[str], None], run_jobs: Callable[[], int], first: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: Any) -> int:
        raise LakeError("磁盘已满", "the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(Lake, "review", full)
        decide("confirmed")
        for _attempt in range(jobs.ATTEMPTS):
            Job.objects.filter(kind=TO_LAKE).update(due=timezone.now())
            run_jobs()
    assert Job.objects.get(kind=TO_LAKE).state == "failed"
    assert not agrees(first)
    jobs.enqueue_daily()
    jobs.finish(Job.objects.get(kind=TO_LAKE, state="queued"))
    assert agrees(first)
    assert words() == [(2, "rejected")]


def test_decisions_made_before_the_lake_knew_of_any_are_brought_there(
    decide: Callable[[str], None], first: date
) -> None:
    decide("confirmed")
    Job.objects.filter(kind=TO_LAKE).delete()
    assert settle() == 1
    assert agrees(first)
    version = lake().version()
    assert settle() == 0
    assert lake().version() == version


def test_a_database_restored_from_a_copy_counts(
    decide: Callable[[str], None], finding: QualityFinding, first: date, run_jobs: Callable[[], int]
) -> None:
    decide("confirmed")
    copy = QualityFinding.objects.filter(pk=finding.pk).values("state", "revision", "decided", "decided_by").get()
    decide("kept")
    decide("open")
    settle()
    assert counted() == 240
    QualityFinding.objects.filter(pk=finding.pk).update(**copy)
    assert settle() == 1
    assert agrees(first)
    assert counted() == 216
    # A copy from before anybody decided, and a decision after it.
    QualityFinding.objects.filter(pk=finding.pk).update(state="open", revision=1, decided=None, decided_by=None)
    assert settle() == 1
    assert counted() == 240
    decide("confirmed")
    run_jobs()
    assert agrees(first)
    assert counted() == 216
    decide("kept")
    run_jobs()
    assert counted() == 240
    assert settle() == 0


def test_a_decision_makes_figures_over_hours_stale_and_they_are_computed_anew(
    decide: Callable[[str], None], run_jobs: Callable[[], int], first: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "_on_review", [background.on_review])
    end = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)

    def mean() -> float:
        runs = Run.objects.filter(indicator="pm10_mean", level="district", end=end, superseded=None)
        return float(Value.objects.get(run__in=runs, subject="880101").value or 0)

    def compute() -> bool:
        job = jobs.finish(jobs.enqueue(None, background.COMPUTE, {"names": ["pm10_mean"], "since": first.isoformat()}))
        assert job.state == "done", job.error
        return bool((job.result or {})["changed"])

    assert compute()
    assert mean() == pytest.approx(70)
    assert not compute()
    decide("confirmed")
    settle()
    assert compute()
    assert mean() == pytest.approx(50)
    decide("kept")
    run_jobs()
    assert mean() == pytest.approx(70), "the decision itself asks for the figures"


def test_without_decisions_no_lake_is_made(tmp_path: Path, settings: Any) -> None:
    settings.LANTIAN_LAKE = tmp_path / "none"
    assert settle() == 0
    assert not settings.LANTIAN_LAKE.exists()
