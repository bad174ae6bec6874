"""The one way in which rows of a plan are written, and the record that lets a change be undone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import F, Model

from lantian.apps.areas.models import Unit
from lantian.apps.core import audit
from lantian.apps.core.ids import uuid7
from lantian.apps.core.models import User
from lantian.apps.plans import content as rows
from lantian.apps.plans.content import Content
from lantian.apps.plans.models import Assignment, Edit, Measure, MeasureFlag, Plan, Target

_FIELDS = [f.name for f in Measure._meta.concrete_fields if f.name not in ("id", "uid", "plan", "n", "origin")]
_OUT_OF_THE_WAY = 1_000_000  # numbers are unique in a plan, and a renumbering passes through others' places


def change_rows(
    plan: Plan, after: Sequence[Content], *, removed: Collection[str] = (), order: Sequence[str] | None = None
) -> list[Measure]:
    """Write rows of a plan as their content says; returns the written rows.

    A content whose ``uid`` is null or unknown makes a row (with that uid, if it has one). ``removed`` are uids of rows
    to delete. ``order`` lists the uids of all rows where places change; without it existing rows keep their number and
    new rows take the ``n`` of their content. A new row whose content has an ``origin`` (a uid) amends that row.
    Checks no right and writes no record: actions do, and call it inside their transaction.
    """
    known = {str(row.uid): row for row in Measure.objects.filter(plan=plan)}
    Measure.objects.filter(plan=plan, uid__in=list(removed)).delete()
    written: list[Measure] = []
    made: list[Measure] = []
    for item in after:
        row = known.get(item["uid"] or "")
        if row is None:
            place = item["n"] + _OUT_OF_THE_WAY if order else item["n"]
            # A row that comes back must not take a revision that somebody still holds: the plan's is never lower.
            row = Measure(plan=plan, n=place, uid=item["uid"] or uuid7(), revision=plan.revision - 1)
            if origin := item.get("origin"):
                row.origin = Measure.everything.get(uid=origin)
            made.append(row)
        row.revision += 1
        rows.fill(row, item)
        written.append(row)
    Measure.objects.bulk_create(made, batch_size=200)
    for row in written:  # bulk_update of so many fields takes ten times as long
        if str(row.uid) in known:
            row.save(update_fields=_FIELDS)
    if order is not None:
        _renumber(plan, order)
    _write_related(written, after)
    return written


def _write_related(written: Sequence[Measure], after: Sequence[Content]) -> None:
    wanted = {item["unit"] for content in after for item in content["roles"] if item["unit"]}
    units = {str(uid): pk for uid, pk in Unit.objects.filter(uid__in=wanted).values_list("uid", "pk")}
    keys = [row.pk for row in written]
    parts: tuple[tuple[type[Model], Any], ...] = (
        (Assignment, lambda row, item: rows.assignments_of(row, item, units)),
        (Target, rows.targets_of),
        (MeasureFlag, rows.flags_of),
    )
    for model, make in parts:
        manager: Any = model._default_manager
        manager.filter(measure__in=keys).delete()
        manager.bulk_create([part for row, item in zip(written, after, strict=True) for part in make(row, item)])


def _renumber(plan: Plan, order: Sequence[str]) -> None:
    """Number the rows from 1 in the given order, in two steps that never meet."""
    current = {str(row.uid): row for row in Measure.objects.filter(plan=plan).only("uid", "n")}
    moved = []
    for n, uid in enumerate(order, start=1):
        if current[uid].n != n:
            current[uid].n = n
            moved.append(current[uid])
    Measure.objects.filter(pk__in=[row.pk for row in moved], n__lt=_OUT_OF_THE_WAY).update(
        n=F("n") + 2 * _OUT_OF_THE_WAY
    )
    Measure.objects.bulk_update(moved, ["n"], batch_size=100)


def record_edit(
    user: User | None,
    plan: Plan,
    kind: str,
    before: Sequence[Content],
    after: Sequence[Content],
    *,
    order_before: Sequence[str] | None = None,
    order_after: Sequence[str] | None = None,
    head_before: Content | None = None,
    head_after: Content | None = None,
) -> Edit:
    """Keep a change so that it can be undone, and write the audit record of each row it touched.

    What the person had undone before can no longer be done again. Raises the plan's revision.
    """
    Edit.objects.filter(plan=plan, user=user, undone=True, closed=False).update(closed=True)
    edit = Edit.objects.create(
        plan=plan, user=user, kind=kind, before=list(before), after=list(after),
        order_before=None if order_before is None else list(order_before),
        order_after=None if order_after is None else list(order_after),
        head_before=head_before or None, head_after=head_after or None,
    )  # fmt: skip
    touch(plan)
    audit_rows(user, plan, kind, before, after)
    return edit


def touch(plan: Plan) -> None:
    """Raise the plan's revision: whoever polls it sees that something changed."""
    Plan.objects.filter(pk=plan.pk).update(revision=F("revision") + 1)
    plan.refresh_from_db(fields=["revision"])


def audit_rows(user: User | None, plan: Plan, kind: str, before: Iterable[Content], after: Iterable[Content]) -> None:
    """One audit record per row, with the fields that differ before and after."""
    old, new = ({item["uid"]: item for item in side} for side in (before, after))
    measures = {str(row.uid): row for row in Measure.objects.filter(plan=plan, uid__in=[*old, *new]).only("uid")}
    for uid in dict.fromkeys([*old, *new]):
        was, now = old.get(uid), new.get(uid)
        names = [name for name in (now or was or {}) if was is None or now is None or was[name] != now[name]]
        audit.record(
            user,
            f"measure.{kind}",
            measures.get(uid) or plan,
            before=None if was is None else {name: was[name] for name in names},
            after=None if now is None else {name: now[name] for name in names},
        )
