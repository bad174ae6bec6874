"""The demonstration's ledgers of every pack (演示数据): filled from ``demo/rows`` while the site is up already.

Rows go through the same action as any other change. What the plans' targets need is computed first, newest figures
first; the past of every other indicator follows register by register, so that whoever looks around is not kept waiting
by some thousands of computations.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from lantian.cli.demo_city import City, city_of
from lantian.cli.demo_rows import Table, by_day, ordered, rows_of, tables

if TYPE_CHECKING:
    from lantian.apps.core.models import User
    from lantian.registers import Register

_ZONE = ZoneInfo("Asia/Shanghai")
_FIRST, _APART = timedelta(minutes=20), timedelta(minutes=2)  # when the past of a register's figures is computed
_ALL_AFTER = timedelta(hours=8)  # later than the last of them
_WHOLE = "演示数据"  # the note of a register's last change set
_PATIENCE = 600.0  # seconds that the lake has to take all change sets
Known = dict[str, Sequence[Mapping[str, Any]]]


def hold_back() -> None:
    """Put off today's computing of everything: what the city has at the start is computed as its registers come in."""
    from django.db import transaction
    from django.utils import timezone

    from lantian.apps.core import jobs
    from lantian.apps.core.models import Job, JobState
    from lantian.apps.indicators.background import COMPUTE
    from lantian.apps.indicators.shelf import indicators

    key = f"{COMPUTE}:{timezone.localdate().isoformat()}:all"
    if Job.objects.filter(key=key).exists():
        return
    with transaction.atomic():
        later = jobs.enqueue(None, COMPUTE, {}, key=key)
        Job.objects.filter(pk=later.pk, state=JobState.QUEUED).update(due=timezone.now() + _ALL_AFTER)
    hours = [item.name for item in indicators().indicators.values() if not item.reads]
    jobs.enqueue(None, COMPUTE, {"names": hours})


def bring_own(user: User, folder: Path) -> bool:
    """Put the city's own packs where an installation keeps them, unless there are some; whether they were put there.

    Their ledger has no rows and their indicator a mistake: so a figure that waits for its rows is seen, and one that
    could not be computed, with its sentence.
    """
    from django.conf import settings

    from lantian.apps.core import jobs
    from lantian.apps.indicators.background import COMPUTE
    from lantian.apps.registers import catalogue

    target = Path(settings.LANTIAN_PACKS)
    if any(target.glob("*/pack.yaml")):
        return False
    target.mkdir(parents=True, exist_ok=True)
    names = {path.parent.name for path in folder.glob("*/pack.yaml")}
    for name in sorted(names):
        half = target.with_name(f".{name}.part")  # beside the folder: half a pack is a broken one
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(folder / name, half)
        half.rename(target / name)
    catalogue.forget()
    own = sorted(item.name for item in catalogue.indicators().indicators.values() if item.pack in names)
    jobs.enqueue(user, COMPUTE, {"names": own})
    return True


def drawn(folder: Path) -> frozenset[str]:
    """The registers that the tables know."""
    return frozenset(tables(folder / "rows")[0])


def fill(user: User, folder: Path, only: Collection[str] = ()) -> int:
    """Fill every register that the tables know and nobody filled yet, or those of them that are named; returns how
    many. Then ask for their figures."""
    from django.db.models import Q

    from lantian.apps.registers import catalogue
    from lantian.apps.registers.models import ChangeSet, Route

    today = datetime.now(_ZONE).date()
    city = city_of(folder)
    if city is None:
        return 0
    registers = catalogue.registers()
    found, words = tables(folder / "rows")
    queue = ordered(found, registers)
    other = ~Q(route=Route.DEMO) | Q(note=_WHOLE)
    had = set(ChangeSet.objects.filter(other).values_list("register", flat=True).distinct())
    new = [table for table in queue if table.register not in had and (not only or table.register in only)]
    _put_off([table.register for table in new])
    known = _held(registers, {item.of for table in queue for item in registers[table.register].shown if item.of})
    for table in sorted(new, key=lambda table: table.late):
        _one(user, table, registers[table.register], city, known, words, today)
    if new and _taken():
        _compute_bound(user, today)
    return len(new)


def _one(
    user: User, table: Table, register: Register, city: City, known: Known, words: Mapping[str, Any], today: date
) -> None:
    """One register: a change set for each day from which rows hold; large ones month by month, so that others write.

    Who was interrupted goes on behind the last change set; the last of all says that it is.
    """
    from lantian.apps.registers import actions
    from lantian.apps.registers.models import ChangeSet, Route

    days = by_day(rows_of(table, register, city, known, words, today))
    parts = [(since, some) for since, rows in days.items() for some in _parts(rows, register)]
    done = ChangeSet.objects.filter(register=register.name, route=Route.DEMO).count()
    for n, (since, some) in enumerate(parts[done:], done + 1):
        note = _WHOLE if n == len(parts) else ""
        change = actions.fill(user, register, some, effective=since, route=Route.DEMO, note=note)
        ChangeSet.objects.filter(pk=change.pk).update(at=datetime.combine(since, clock(9, 30), _ZONE))
    if register.store == "table":
        known.update(_held({register.name: register}, {register.name}))


def _parts(rows: Sequence[Mapping[str, Any]], register: Register) -> Iterable[Sequence[Mapping[str, Any]]]:
    """A register's rows month by month where it lies in the lake."""
    if register.store == "table":
        return [rows]
    months: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        months.setdefault(row[register.date][:7], []).append(row)
    return [months[month] for month in sorted(months)]


def _held(registers: Mapping[str, Register], names: Iterable[str]) -> Known:
    """The rows of registers that others refer to."""
    from lantian.apps.registers.models import Record

    found: Known = {}
    for name in names:
        if name in registers and registers[name].store == "table":
            rows = Record.objects.filter(register=name, gone=False).order_by("key").values_list("key", "values")
            area = registers[name].area
            found[name] = [values | {"_key": key, "_area": values.get(area)} for key, values in rows]
    return found


def _put_off(names: Sequence[str]) -> None:
    """The jobs that compute the past of these registers' figures wait: the lake asks for each but once.

    What waits already, because filling was interrupted, is not asked for again.
    """
    from django.db import transaction
    from django.utils import timezone

    from lantian.apps.core import jobs
    from lantian.apps.core.models import Job, JobState
    from lantian.apps.indicators.background import COMPUTE

    due = timezone.now() + _FIRST
    with transaction.atomic():
        for at, name in enumerate(names):
            payload = {"registers": [name]}
            if Job.objects.filter(kind=COMPUTE, state=JobState.QUEUED, payload=payload).exists():
                continue
            job = jobs.enqueue(None, COMPUTE, payload)
            Job.objects.filter(pk=job.pk).update(due=due + at * _APART)


def _taken() -> bool:
    """Bring the change sets to the lake, beside the site's own worker; False if not all of them came there."""
    from lantian.apps.core import jobs
    from lantian.apps.core.models import Job, JobState
    from lantian.apps.registers.actions.holding import TO_LAKE
    from lantian.apps.registers.models import ChangeSet

    for job in Job.objects.filter(kind=TO_LAKE, state=JobState.QUEUED).order_by("id"):
        jobs.finish(job)
    until = time.monotonic() + _PATIENCE
    while ChangeSet.objects.filter(written=None).exists():
        if time.monotonic() > until:
            return False
        time.sleep(1)
    return True


def _compute_bound(user: User, today: date) -> None:
    """Ask for the newest figures of what settles targets; of what each period answers for, this year's periods, and of
    changes on the year before, both years'."""
    from lantian.apps.core import jobs
    from lantian.apps.indicators.background import COMPUTE
    from lantian.apps.indicators.models import Binding, BindingState, Compare, How
    from lantian.apps.indicators.shelf import indicators

    known = indicators().indicators
    since: dict[date, list[str]] = {}
    bound = Binding.objects.filter(state=BindingState.CONFIRMED, how=How.INDICATOR)
    against = set(bound.filter(compare=Compare.CHANGE).values_list("indicator", flat=True))
    for name in sorted(set(bound.values_list("indicator", flat=True))):
        item = known.get(name)
        if item is None or not item.reads:
            continue
        adds_up = item.cumulative or item.period == "to_date" or "start" not in item.query.parameters
        first = today.replace(day=1) if adds_up else today.replace(month=1, day=1)
        since.setdefault(date(today.year - 1, 12, 1) if name in against else first, []).append(name)
    for first in sorted(since, reverse=True):
        jobs.enqueue(user, COMPUTE, {"names": since[first], "since": first.isoformat()})
