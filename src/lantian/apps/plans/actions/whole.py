"""Plans whose whole text comes at once and from no reader: 交办事项, and plans of other offices brought by exchange."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F

from lantian.apps.core import audit
from lantian.apps.core.models import StoredFile, User
from lantian.apps.plans.actions.rows import audit_rows, change_rows, touch
from lantian.apps.plans.actions.versions import READING, contents_of, keep_version, lock
from lantian.apps.plans.content import Content
from lantian.apps.plans.models import Measure, Plan

_ASIDE = 1_000_000  # a row that comes back must not meet the number of another until all are numbered anew


@transaction.atomic
def store_whole(user: User, head: Mapping[str, Any], rows: Sequence[Content], stored: StoredFile, name: str) -> Plan:
    """Store a plan: ``head`` gives fields of :class:`Plan`, ``rows`` its contents in order, ``stored`` the source.

    Checks no right: the actions of the apps that bring such plans do, and call it inside their transaction.
    """
    plan = Plan.objects.create(file=stored, file_name=name[-255:], created_by=user, **head)
    change_rows(plan, rows)
    keep_version(user, plan, READING, note="")
    if plan.version:
        keep_version(user, plan, plan.version, note="")
    after = {"title": plan.title, "year": plan.year, "measures": len(rows), "sha256": stored.sha256}
    audit.record(user, "plan.create", plan, after=after | {"kind": str(plan.kind), "status": str(plan.status)})
    return plan


@transaction.atomic
def renew_whole(user: User, plan: Plan, head: Mapping[str, Any], rows: Sequence[Content], *, note: str) -> Plan:
    """Put a new text of such a plan in force as version ``head["version"]``; rows are the same by their uid.

    Rows that it no longer has are withdrawn, as an amendment does; what hangs on them stays. Checks no right.
    """
    lock(plan)
    before = contents_of(plan)
    order = [item["uid"] for item in rows]
    gone = [item["uid"] for item in before if item["uid"] not in set(order)]
    Measure.objects.filter(plan=plan, uid__in=gone).update(withdrawn=head["version"])
    Measure.everything.filter(plan=plan, uid__in=order).exclude(withdrawn=None).update(
        withdrawn=None, n=F("id") + 3 * _ASIDE
    )
    change_rows(plan, rows, order=order)
    audit_rows(user, plan, "amend", before, rows)
    was = {name: str(getattr(plan, name)) for name in head}
    for field, value in head.items():
        setattr(plan, field, value)
    plan.save(update_fields=list(head))
    keep_version(user, plan, plan.version, note=note)
    touch(plan)
    audit.record(user, "plan.renew", plan, before=was, after={name: str(getattr(plan, name)) for name in head})
    return plan
