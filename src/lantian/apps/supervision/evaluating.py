"""States of commitments: what they and their returns say, judged by ``lantian.status``, kept where lists filter by it.

:func:`evaluate` answers for any day; :func:`refresh` writes the answer of today. :func:`touch` is what every action
calls that changes what a state rests on; a daily job does the rest, since time alone makes a commitment late.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from lantian.apps.core import jobs
from lantian.apps.indicators.queries.facts import Asked, facts_of
from lantian.apps.plans.models import IN_FORCE, Plan
from lantian.apps.supervision.days import workdays
from lantian.apps.supervision.models import Commitment, Rhythm, Share, ShareOrigin
from lantian.apps.supervision.reports import reports_of
from lantian.status import (
    Deadline,
    DueRule,
    Duty,
    Goal,
    Outlook,
    Report,
    Settings,
    Status,
    Workdays,
    computed,
    duty_status,
    light,
    outlook,
    years_of,
)  # fmt: skip

REFRESH = "commitments.refresh"
BATCH = 500  # commitments computed and written at once
AT_ONCE = 500  # so many are computed where they changed; more are left to the job

T = TypeVar("T")
_DUTY = ("state", "state_rule", "state_args", "state_on", "light")
_SHARE = ("state", "state_rule", "state_args")


def settings_of(rhythm: Rhythm | None, days: Workdays) -> Settings:
    """What an office set for one plan, as the rules of status want it."""
    row = rhythm or Rhythm()
    return Settings(near_days=row.near_days, review=row.review, due=DueRule(days=row.due), workdays=days)


def prepared(rows: QuerySet[Commitment]) -> QuerySet[Commitment]:
    """Commitments with what evaluating them reads; shares that the text still asks for."""
    shares = Prefetch("shares", Share.objects.filter(withdrawn=None).select_related("line__sheet"), "live_shares")
    return rows.select_related("measure", "plan__rhythm", "unit__area").prefetch_related(shares)


def evaluate(commitments: QuerySet[Commitment], as_of: date) -> dict[int, Status]:
    """The status of each commitment on a day, by key; only what was known by that day counts."""
    rows = list(prepared(commitments))
    return _statuses(rows, reports_of([row.pk for row in rows], as_of), as_of, workdays())


class Course(NamedTuple):
    """进程: what indicators counted for a share, by month (the last figure in it), and where it will end."""

    counted: dict[str, Decimal]
    outlook: Outlook | None


def courses(row: Commitment, reports: Sequence[Report], as_of: date) -> dict[str, Course]:
    """The course of each target of one commitment, by goal.

    ``row`` has ``live_shares``; ``reports`` are those known by ``as_of``. Two queries.
    """
    shares = [share for share in row.live_shares if _counts(share)]  # type: ignore[attr-defined]
    facts = facts_of([_asked(share, row) for share in shares], as_of)
    settings, duty = settings_of(getattr(row.plan, "rhythm", None), workdays()), duty_of(row)
    found = {}
    for share in shares:
        goal = goal_of(share, row)
        own = facts.get(goal.id, ())
        counted = {f"{point.day:%Y-%m}": point.value for point in computed(goal, own, as_of)}
        found[goal.id] = Course(counted, outlook(duty, goal, reports, own, as_of, settings))
    return found


def _statuses(
    rows: Sequence[Commitment], reports: Mapping[int, Sequence[Report]], as_of: date, days: Workdays
) -> dict[int, Status]:
    known: dict[int, Settings] = {}
    found = {}
    facts = facts_of([_asked(share, row) for row in rows for share in row.live_shares if _counts(share)], as_of)  # type: ignore[attr-defined]
    for row in rows:
        if row.plan_id not in known:
            known[row.plan_id] = settings_of(getattr(row.plan, "rhythm", None), days)
        goals = [goal_of(share, row) for share in row.live_shares if _counts(share)]  # type: ignore[attr-defined]
        own = [fact for goal in goals for fact in facts.get(goal.id, ())]
        found[row.pk] = duty_status(duty_of(row), goals, reports.get(row.pk, []), own, as_of, known[row.plan_id])
    return found


def _asked(share: Share, row: Commitment) -> Asked:
    """A share as the indicators are asked for its computed figures."""
    years = years_of(share.spec["period"] or "")
    return Asked(
        str(share.uid), row.measure_id, share.spec["subject"] or "", share.spec["text"], row.unit,
        since=years[0].year if years else None,
    )  # fmt: skip


def _counts(share: Share) -> bool:
    """A total that nobody divided yet asks no figure of this unit: it is judged by its words."""
    return share.origin != ShareOrigin.NONE


def duty_of(row: Commitment) -> Duty:
    """A commitment as the rules of status want it; ``measure`` and ``plan`` are loaded."""
    measure, plan = row.measure, row.plan
    published = timezone.localtime(plan.published).date() if plan.published else None
    also = tuple(
        Deadline(item["kind"], _day(item.get("start")), _day(item.get("end"))) for item in measure.deadline_also
    )
    return Duty(
        year=plan.year or (row.end or published or timezone.localdate()).year,
        role=row.role,
        kind=measure.deadline_kind,
        start=row.start,
        end=row.end,
        also=also,
        cadence=row.cadence,  # type: ignore[arg-type]  # the same words
        internal_due=row.internal_due,
        since=published,
        closed_on=row.closed,
    )


def goal_of(share: Share, row: Commitment) -> Goal:
    """A share as the rules of status want it."""
    spec = share.spec
    sheet = share.line.sheet if share.line else None
    return Goal(
        id=str(share.uid),
        kind=spec["kind"],
        subject=spec["subject"],
        text=spec["text"],
        comparator=spec["comparator"],
        value=share.value,
        value_max=share.value_max,
        stretch=_figure(spec.get("stretch")) if share.origin == ShareOrigin.PRINTED else None,
        unit=spec["unit"] or "",
        baseline=int(spec["baseline"]) if (spec["baseline"] or "").isdigit() else spec["baseline"],
        sense=spec["sense"],
        statistic=spec["statistic"] or "",
        period=spec["period"] or "",
        strength=spec["strength"],
        exempt=share.exempt or Decimal(0),
        by=share.by,
        start=row.start,
        carried_in=share.carried_in,
        curve=share.curve,
        points=tuple((key, Decimal(part)) for key, part in share.points),
        letter=sheet.letter_number if sheet else "",
        set_on=sheet.letter_date if sheet else None,
    )


def _figure(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def refresh(rows: Plan | Iterable[int], told: Callable[[int], None] = lambda _percent: None) -> int:
    """Compute today's states of a plan's commitments, or of those with these keys; returns how many changed.

    Written in batches, each its own short transaction unless the caller holds one.
    """
    keys = _keys(rows) if isinstance(rows, Plan) else list(rows)
    today, days, changed = timezone.localdate(), workdays(), 0
    for number, batch in enumerate(_batches(keys), start=1):
        changed += _refresh(batch, today, days)
        told(min(99, 100 * number * BATCH // max(len(keys), 1)))
    return changed


def _keys(plan: Plan) -> list[int]:
    """The commitments of a plan, a unit's together: their returns are read once."""
    rows = Commitment.objects.filter(plan=plan, withdrawn=None).order_by("unit", "pk")
    return list(rows.values_list("pk", flat=True))


def _batches(keys: Sequence[T]) -> Iterable[list[T]]:
    source = iter(keys)
    while batch := list(islice(source, BATCH)):
        yield batch


def _refresh(keys: Sequence[int], today: date, days: Workdays) -> int:
    rows = list(prepared(Commitment.objects.filter(pk__in=keys, withdrawn=None)))
    reports = reports_of([row.pk for row in rows], today)
    found = _statuses(rows, reports, today, days)
    duties: list[Commitment] = []
    shares: list[Share] = []
    for row in rows:
        status = found[row.pk]
        settings = settings_of(getattr(row.plan, "rhythm", None), days)
        shown = light(duty_of(row), status, reports.get(row.pk, ()), today, settings) or ""
        if _set(row, status, light=shown):
            row.state_on = today
            duties.append(row)
        parts = {part.goal: part for part in status.parts}
        shares += [
            share
            for share in row.live_shares  # type: ignore[attr-defined]  # prefetched
            if (part := parts.get(str(share.uid))) and _set(share, part)
        ]
    with transaction.atomic():
        _write(Commitment, duties, _DUTY)
        _write(Share, shares, _SHARE)
    return len(duties)


def _write(model: type[Commitment] | type[Share], rows: Sequence[Commitment | Share], fields: Sequence[str]) -> None:
    """Write computed fields: rows that say the same in one UPDATE (bulk_update takes ten times as long for many)."""
    alike: dict[str, list[Commitment | Share]] = defaultdict(list)
    for row in rows:
        alike[json.dumps([str(getattr(row, name)) for name in fields], sort_keys=True)].append(row)
    for same in alike.values():
        values = {name: getattr(same[0], name) for name in fields}
        model._default_manager.filter(pk__in=[row.pk for row in same]).update(**values)


def _set(row: Commitment | Share, status: Status, **more: Any) -> bool:
    values = {"state": status.state, "state_rule": status.rule, "state_args": dict(status.args), **more}
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    return before != values


def touch(keys: Iterable[int]) -> None:
    """Tell that something changed on which these commitments' states rest; call it in the transaction of the change.

    A few are computed at once; where a change concerns many, the plans' jobs do it.
    """
    wanted = sorted(set(keys))
    if len(wanted) <= AT_ONCE:
        refresh(wanted)
        return
    plans: set[UUID] = set()
    for batch in _batches(wanted):
        plans |= set(Commitment.objects.filter(pk__in=batch).order_by().values_list("plan__uid", flat=True))
    for uid in plans:
        jobs.enqueue(None, REFRESH, {"plan": str(uid)})


def on_facts(measures: Collection[int]) -> None:
    """Hear that computed figures of measures (keys) changed."""
    touch(Commitment.objects.filter(measure__in=measures, withdrawn=None).values_list("pk", flat=True))


def daily() -> Iterable[tuple[str, dict[str, Any]]]:
    """What the day asks for: every plan in force, by its uid."""
    for uid in Plan.objects.filter(status__in=IN_FORCE, amends=None).values_list("uid", flat=True):
        yield str(uid), {"plan": str(uid)}
