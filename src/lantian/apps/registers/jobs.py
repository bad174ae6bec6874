"""Background work of registers: reading a file, taking it over, and the way of change sets to the lake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from lantian.apps.core import jobs
from lantian.apps.core.models import Job
from lantian.apps.registers import catalogue, checking, hooks
from lantian.apps.registers.actions.files import READ, TAKE
from lantian.apps.registers.actions.holding import TO_LAKE
from lantian.apps.registers.actions.taking import take
from lantian.apps.registers.models import (
    ChangeSet,
    HeaderMemory,
    ImportSession,
    ImportState,
    RecordVersion,
    RegisterState,
    Route,
    StagedRow,
)
from lantian.apps.registers.names import DirectoryNames
from lantian.apps.registers.placing import current
from lantian.indicators.snapshots import Snapshots
from lantian.reading.errors import ReadingError
from lantian.registers import Register
from lantian.registers.columns import match, names_of, shape
from lantian.registers.migrating import mover
from lantian.registers.sheets import Header, Left

LEASE = timedelta(minutes=10)
_WAITING = (ImportState.READING, ImportState.CHECKING)


def register() -> None:
    """Tell the job runner who does what (once, when Django starts)."""
    jobs.handles(READ)(read)
    jobs.handles(TAKE)(take_over)
    jobs.handles(TO_LAKE)(to_lake)
    jobs.daily(TO_LAKE, _behind)


def read(job: Job) -> dict[str, Any]:
    """Find the header of a session's file, then check its rows; or stop where a person must say what columns mean."""
    session = ImportSession.objects.select_related("file", "created_by").get(uid=job.payload["session"])
    if session.state not in _WAITING:
        return {"state": session.state}
    register = catalogue.registers()[session.register]
    known = names_of(register)
    jobs.progress(job, 2, gettext_noop("Reading the file"))
    try:
        with checking.opened(session, known) as (header, hidden):
            if header is None:
                raise ReadingError("文件中没有表格：找不到表头", "there is no table in the file: no header was found")
            _describe(session, header)
            if session.state == ImportState.READING and not _mapped(session, register, header, known):
                session.state = ImportState.MAPPING
            else:
                left = Left()
                checking.check_rows(session, register, header, left, lambda done: _tell(job, done))
                session.remarks = checking.remarks(hidden, left)
                session.state = ImportState.READY
    except ReadingError as refusal:
        session.state, session.error = ImportState.FAILED, {"zh": refusal.zh, "en": refusal.en}
    return _finish(session)


def _tell(job: Job, done: int) -> None:
    jobs.progress(job, 5 + done * 94 // 100, gettext_noop("Checking the rows"))


def _describe(session: ImportSession, header: Header) -> None:
    session.columns = [
        {"at": at, "letter": checking.letter(at), "text": text, "samples": header.samples.get(at, [])}
        for at, text in sorted(header.texts.items())
    ]
    session.shape = shape(column["text"] for column in session.columns)


def _mapped(session: ImportSession, register: Register, header: Header, known: dict[str, str]) -> bool:
    """Fill in the mapping: as somebody confirmed it for this header, else by the headings; whether that is sure."""
    memory = HeaderMemory.objects.filter(register=register.name, shape=session.shape).first()
    if memory is not None:
        session.mapping = memory.mapping
        return True
    places = [column["at"] for column in session.columns]
    found = match(register, [column["text"] for column in session.columns], known)
    session.mapping = {str(places[at]): name for at, name in found.mapping.items()}
    return found.sure and header.known > 0


@transaction.atomic
def _finish(session: ImportSession) -> dict[str, Any]:
    """Write down how it ended, unless a person dropped the file meanwhile."""
    now = ImportSession.objects.select_for_update().get(pk=session.pk)
    if now.state not in _WAITING:
        session.staged.all()._raw_delete(session.staged.db)  # nothing hangs on them
        return {"state": now.state}
    session.revision, session.job = now.revision + 1, now.job
    session.save()
    return {"state": session.state}


def take_over(job: Job) -> dict[str, Any]:
    """Take a session over, in one step; where rows changed since they were checked, check them again instead."""
    session = ImportSession.objects.get(uid=job.payload["session"])
    jobs.progress(job, 10, gettext_noop("Taking the rows over"))
    rows = take(session)
    if rows is None:
        key = f"{READ}:{session.uid}:{session.revision}"
        session.job = jobs.enqueue(session.created_by, READ, {"session": str(session.uid)}, key=key)
        session.save(update_fields=["job"])
        return {"state": session.state}
    if catalogue.registers()[session.register].store == "table":
        session.staged.all()._raw_delete(session.staged.db)  # nothing hangs on them
    return {"state": session.state, "rows": rows}


def to_lake(job: Job) -> dict[str, Any]:
    """Write every change set of a register that the lake does not have, in their order; by one worker at a time.

    Who comes while another is at it may go: that one looks again after it has let go.
    """
    name = job.payload["register"]
    register = catalogue.registers().get(name)
    if register is None:  # the pack is not installed any more
        return {"written": 0}
    written = 0
    while ChangeSet.objects.filter(register=name, written=None).exists():
        now = timezone.now()
        free = Q(lease=None) | Q(lease__lt=now)
        if not RegisterState.objects.filter(free, name=name).update(lease=now + LEASE):
            break
        try:
            written += _drain(job, register)
        finally:
            RegisterState.objects.filter(name=name).update(lease=None)
    if written:
        hooks.snapshot_taken([name])
    return {"written": written}


def _drain(job: Job, register: Register) -> int:
    snapshots = Snapshots(settings.LANTIAN_LAKE)
    written = 0
    while (
        change := ChangeSet.objects.filter(register=register.name, written=None).order_by("number").first()
    ) is not None:
        jobs.progress(job, 50, gettext_noop("Writing to the lake"))
        RegisterState.objects.filter(name=register.name).update(lease=timezone.now() + LEASE)
        if change.route == Route.MIGRATE and register.store == "lake":
            snapshots.move(register, mover(register, DirectoryNames(None)), change.number)
        elif change.route == Route.MIGRATE:
            snapshots.rebuild(register, everything(register, change), change.number)
        else:
            snapshots.append(register, rows_of(register, change), change.number)
        ChangeSet.objects.filter(pk=change.pk).update(written=timezone.now())
        if register.store == "lake":
            _let_go(change)
        written += 1
    return written


def rows_of(register: Register, change: ChangeSet) -> Iterator[dict[str, Any]]:
    """What a change set says, as the lake takes it: canonical values with ``key``, ``valid_from`` and ``gone``; rows
    checked under an earlier declaration as today's has them."""
    move = mover(register, DirectoryNames(None))
    versions = RecordVersion.objects.filter(change=change).order_by("id")
    for key, values, since in versions.values_list("key", "values", "valid_from").iterator(2000):
        yield {**move(values or {})[0], "key": key, "valid_from": since.isoformat(), "gone": values is None}
    if register.store == "lake" and change.route == Route.IMPORT:
        rows = StagedRow.objects.filter(session__change=change, bad=False).order_by("line")
        for key, values, day in rows.values_list("key", "values", "date").iterator(2000):
            yield {**move(values)[0], "key": key, "valid_from": (day or change.effective).isoformat(), "gone": False}


def everything(register: Register, change: ChangeSet) -> Iterator[dict[str, Any]]:
    """What every row said up to a change set; a later change takes the place of earlier ones from its day on."""
    rows = RecordVersion.objects.filter(register=register.name, change__number__lte=change.number)
    said = rows.order_by("key", "revision").values_list("key", "values", "valid_from").iterator(2000)
    for key, versions in groupby(said, key=itemgetter(0)):
        kept: list[tuple[Any, date]] = []
        for _key, values, since in versions:
            while kept and kept[-1][1] >= since:
                kept.pop()
            kept.append((values, since))
        for values, since in kept:
            named = current(register, values) if values is not None else {}
            yield {**named, "key": key, "valid_from": since.isoformat(), "gone": values is None}


def _let_go(change: ChangeSet) -> None:
    """Rows that lie in the lake now are not kept twice; what was changed by hand stays as history."""
    rows = StagedRow.objects.filter(session__change=change)
    rows._raw_delete(rows.db)  # nothing hangs on staged rows
    if change.route in (Route.API, Route.DEMO):
        RecordVersion.objects.filter(change=change, revision=1).delete()


def _behind() -> Iterator[tuple[str, dict[str, Any]]]:
    """Registers whose changes did not reach the lake: asked for again every day."""
    names = ChangeSet.objects.filter(written=None).values_list("register", flat=True).order_by("register").distinct()
    for name in names:
        yield name, {"register": name}
