"""Background work as rows of one table (contracts §7): claimed by a conditional UPDATE, leased, tried three times."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Case, F, Q, When
from django.utils import timezone

from lantian.apps.core.models import Job, JobState, User

log = logging.getLogger(__name__)

_CLOCK = Case(When(created_by=None, then=1), default=0)  # 1: no person asked for it

LEASE = timedelta(seconds=60)
HEARTBEAT_SECONDS = 15.0
WAIT_SECONDS = 0.2
ATTEMPTS = 3
RETRY_AFTER = timedelta(seconds=5)

Handler = Callable[[Job], dict[str, Any]]
Payloads = Callable[[], Iterable[tuple[str, dict[str, Any]]]]
_handlers: dict[str, Handler] = {}
_daily: dict[str, Payloads] = {}


class RefusedError(Exception):
    """The work cannot be done and trying again would not help; says why in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.zh = zh
        self.en = en


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Decorator: the function does jobs of ``kind``; what it returns becomes ``Job.result``."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def daily(kind: str, payloads: Payloads) -> None:
    """Register work that time alone asks for: once a day a job of ``kind`` for each (name, payload) that is given."""
    _daily[kind] = payloads


def enqueue_daily() -> int:
    """Ask for today's registered work; returns how many jobs were asked for, each once a day however often one asks."""
    today, count = timezone.localdate().isoformat(), 0
    for kind, payloads in _daily.items():
        for name, payload in payloads():
            enqueue(None, kind, payload, key=f"{kind}:{today}:{name}"[:200])
            count += 1
    return count


def enqueue(user: User | None, kind: str, payload: dict[str, Any], key: str | None = None) -> Job:
    """Ask for work. The same ``key`` asks once: the earlier job is returned, put back to work if it had failed."""
    if key is None:
        return Job.objects.create(kind=kind, payload=payload, created_by=user)
    job, new = Job.objects.get_or_create(key=key, defaults={"kind": kind, "payload": payload, "created_by": user})
    if not new and job.state == JobState.FAILED:
        requeue(job)
    return job


def requeue(job: Job) -> None:
    """Put a finished job back to work, its attempts counted anew."""
    Job.objects.filter(pk=job.pk).exclude(state__in=(JobState.QUEUED, JobState.RUNNING)).update(
        state=JobState.QUEUED, attempts=0, due=timezone.now(), percent=0, progress="", error=None, finished=None
    )
    job.refresh_from_db()


def worker_name() -> str:
    """Names this process in ``Job.worker``."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}"


def claim(worker: str, pk: int | None = None) -> Job | None:
    """Take one job that is due or whose worker's lease ran out, else None. Two workers never get the same one.

    What a person asked for goes before what the clock asks for: somebody is waiting.
    """
    now = timezone.now()
    free = Q(state=JobState.QUEUED, due__lte=now) | Q(state=JobState.RUNNING, lease_until__lt=now)
    waiting = Job.objects.filter(free)
    if pk is not None:
        waiting = waiting.filter(pk=pk)
    for candidate in waiting.order_by(_CLOCK, "due", "id").values_list("pk", flat=True)[:10]:
        lost = Job.objects.filter(free, pk=candidate, attempts__gte=ATTEMPTS).update(
            state=JobState.FAILED, finished=now, lease_until=None, error=_INTERRUPTED
        )
        if lost:
            continue
        taken = Job.objects.filter(free, pk=candidate).update(
            state=JobState.RUNNING, worker=worker, lease_until=now + LEASE, attempts=F("attempts") + 1
        )
        if taken:
            return Job.objects.get(pk=candidate)
    return None


def progress(job: Job, percent: int, message: str) -> None:
    """Tell how far the job is; ``message`` is an English msgid. Renews the lease."""
    job.percent, job.progress = percent, message
    Job.objects.filter(pk=job.pk, worker=job.worker, state=JobState.RUNNING).update(
        percent=percent, progress=message, lease_until=timezone.now() + LEASE
    )


def run(job: Job) -> Job:
    """Do a claimed job, and write down how it ended. Never raises: what went wrong stands in ``Job.error``."""
    stop = threading.Event()
    pulse = threading.Thread(target=_heartbeat, args=(job.pk, job.worker, stop), daemon=True)
    pulse.start()
    try:
        outcome: dict[str, Any] = {
            "result": _handlers[job.kind](job), "error": None, "state": JobState.DONE, "percent": 100
        }  # fmt: skip
    except RefusedError as refusal:
        outcome = {"error": {"zh": refusal.zh, "en": refusal.en}, "state": JobState.FAILED}
    except Exception:
        log.exception("job %s (%s) failed, attempt %s", job.uid, job.kind, job.attempts)
        again = job.attempts < ATTEMPTS
        outcome = {"error": _INTERNAL, "state": JobState.QUEUED if again else JobState.FAILED}
        outcome["due"] = timezone.now() + RETRY_AFTER * job.attempts
    finally:
        stop.set()
        pulse.join()
    if outcome["state"] != JobState.QUEUED:
        outcome["finished"] = timezone.now()
    Job.objects.filter(pk=job.pk, worker=job.worker, state=JobState.RUNNING).update(lease_until=None, **outcome)
    job.refresh_from_db()
    return job


def finish(job: Job) -> Job:
    """Do one job here and now, or wait for the worker that has it; for commands whose user waits."""
    while True:
        claimed = claim(worker_name(), job.pk)
        if claimed is not None:
            run(claimed)
        job.refresh_from_db()
        if not job.active:
            return job
        time.sleep(WAIT_SECONDS)


def run_due(worker: str | None = None) -> int:
    """Do every job that is due; returns how many were done."""
    worker = worker or worker_name()
    count = 0
    while (job := claim(worker)) is not None:
        run(job)
        count += 1
    return count


def _heartbeat(pk: int, worker: str, stop: threading.Event) -> None:
    try:
        while not stop.wait(HEARTBEAT_SECONDS):
            with suppress(DatabaseError):  # a busy database: the next beat comes before the lease ends
                Job.objects.filter(pk=pk, worker=worker).update(lease_until=timezone.now() + LEASE)
    finally:
        connection.close()


_INTERNAL = {
    "zh": "处理时发生内部错误，源文件已保存。请稍后重试；若仍失败，请把任务编号告诉管理员。",
    "en": "An internal error occurred; the source file was kept. Try again later, and if it fails again give the"
    " job number to your administrator.",
}
_INTERRUPTED = {
    "zh": "处理三次都中断了，源文件已保存。请把任务编号告诉管理员。",
    "en": "The work was interrupted three times; the source file was kept. Give the job number to your administrator.",
}
