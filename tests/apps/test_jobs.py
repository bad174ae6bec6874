"""Background work: claimed once, leased, tried three times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from lantian.apps.core import jobs
from lantian.apps.core.models import Job, JobState, User

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def work() -> Iterator[dict[str, Any]]:
    """A kind of job whose outcome the test sets: a value to return or an exception to raise."""
    box: dict[str, Any] = {"outcome": {"ok": 1}, "runs": 0}

    @jobs.handles("test.work")
    def handle(_job: Job) -> dict[str, Any]:
        box["runs"] += 1
        if isinstance(box["outcome"], Exception):
            raise box["outcome"]
        result: dict[str, Any] = box["outcome"]
        return result

    yield box
    del jobs._handlers["test.work"]


@pytest.mark.usefixtures("work")
def test_a_job_is_done_once() -> None:
    job = jobs.enqueue(None, "test.work", {})
    assert jobs.run_due("a") == 1
    assert jobs.run_due("a") == 0
    job.refresh_from_db()
    assert (job.state, job.result, job.percent, job.attempts) == (JobState.DONE, {"ok": 1}, 100, 1)
    assert job.finished is not None


def test_the_same_key_asks_once_and_again_after_a_failure(work: dict[str, Any]) -> None:
    work["outcome"] = jobs.RefusedError("坏文件", "bad file")
    first = jobs.enqueue(None, "test.work", {}, key="k")
    assert jobs.enqueue(None, "test.work", {}, key="k").pk == first.pk
    jobs.run_due("a")
    first.refresh_from_db()
    assert (first.state, first.error, first.attempts) == (JobState.FAILED, {"zh": "坏文件", "en": "bad file"}, 1)
    work["outcome"] = {"ok": 2}
    again = jobs.enqueue(None, "test.work", {}, key="k")
    assert (again.pk, again.state, again.error) == (first.pk, JobState.QUEUED, None)
    jobs.run_due("a")
    assert jobs.enqueue(None, "test.work", {}, key="k").result == {"ok": 2}


@pytest.mark.usefixtures("work")
def test_what_a_person_waits_for_goes_before_what_the_clock_asks_for(people: dict[str, User]) -> None:
    clock = jobs.enqueue(None, "test.work", {})
    person = jobs.enqueue(people["coordinator"], "test.work", {})
    taken = [jobs.claim("a"), jobs.claim("a")]
    assert [job and job.pk for job in taken] == [person.pk, clock.pk]


@pytest.mark.usefixtures("work")
def test_two_workers_never_get_the_same_job() -> None:
    jobs.enqueue(None, "test.work", {})
    assert jobs.claim("a") is not None
    assert jobs.claim("b") is None


def test_a_dead_workers_job_is_taken_over_and_its_late_word_does_not_count(work: dict[str, Any]) -> None:
    jobs.enqueue(None, "test.work", {})
    dead = jobs.claim("dead")
    assert dead is not None
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    taken = jobs.claim("alive")
    assert taken is not None
    assert taken.attempts == 2
    work["outcome"] = {"from": "dead"}
    jobs.run(dead)
    assert dead.state == JobState.RUNNING
    work["outcome"] = {"from": "alive"}
    assert jobs.run(taken).result == {"from": "alive"}


def test_an_unexpected_failure_is_tried_three_times_then_told(work: dict[str, Any]) -> None:
    work["outcome"] = ValueError("boom")
    job = jobs.enqueue(None, "test.work", {})
    for attempt in range(1, jobs.ATTEMPTS + 1):
        Job.objects.update(due=timezone.now())
        assert jobs.run_due("a") == 1
        job.refresh_from_db()
        assert job.attempts == attempt
    assert work["runs"] == jobs.ATTEMPTS
    assert job.state == JobState.FAILED
    assert job.error is not None
    assert set(job.error) == {"zh", "en"}
    assert "boom" not in str(job.error)


@pytest.mark.usefixtures("work")
def test_a_job_that_kills_its_worker_three_times_is_given_up() -> None:
    job = jobs.enqueue(None, "test.work", {})
    for _ in range(jobs.ATTEMPTS):
        assert jobs.claim("dying") is not None
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert jobs.claim("next") is None
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert job.error


@pytest.mark.usefixtures("work")
def test_a_command_waits_for_the_worker_that_has_the_job_and_takes_over_when_it_dies() -> None:
    job = jobs.enqueue(None, "test.work", {})
    assert jobs.claim("other") is not None
    Job.objects.update(lease_until=timezone.now() + timedelta(seconds=0.3))
    started = timezone.now()
    assert jobs.finish(job).result == {"ok": 1}
    assert timezone.now() - started > timedelta(seconds=0.25)
    assert job.attempts == 2


@pytest.mark.usefixtures("work")
def test_progress_renews_the_lease() -> None:
    jobs.enqueue(None, "test.work", {})
    job = jobs.claim("a")
    assert job is not None
    Job.objects.update(lease_until=timezone.now())
    jobs.progress(job, 40, "Reading the document")
    job.refresh_from_db()
    assert job.percent == 40
    assert job.lease_until is not None
    assert job.lease_until > timezone.now() + timedelta(seconds=30)
