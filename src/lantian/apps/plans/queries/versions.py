"""Reads of a plan's versions and of what was done to a row."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from lantian.apps.core import policy
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.plans.models import Measure, Plan, PlanVersion

LATEST = 200  # events that the history of one row shows


def readable(user: User, plan: Plan) -> QuerySet[PlanVersion]:
    """The versions of a plan in scope that the person may read, the last first.

    What the reader gave (number 0) is for those who may see the plan's draft: it says what nobody decided to publish.
    """
    rows = plan.versions.select_related("file", "by").order_by("-number")
    return rows if policy.can(user, "plan.view_draft", plan) else rows.exclude(number=0)


def events_of(user: User, measure: Measure) -> list[AuditEvent]:
    """What was done to a row, the latest first; who is loaded with it.

    Who may see the plan's draft sees everything, also what was done to copies in amendments; others only what happened
    to the published text itself.
    """
    plan = measure.plan
    rows = AuditEvent.objects.select_related("user").order_by("-id")
    if policy.can(user, "plan.view_draft", plan):
        uids = [measure.uid, *Measure.everything.filter(origin=measure).values_list("uid", flat=True)]
        return list(rows.filter(object_uid__in=uids)[:LATEST])
    if plan.published is None:
        return []
    return list(rows.filter(object_uid=measure.uid, at__gte=plan.published)[:LATEST])


@dataclass(frozen=True, slots=True)
class Standing:
    """A row in one version of its plan; ``content`` is None where the version does not have it."""

    version: PlanVersion
    content: dict[str, object] | None


def standings(user: User, measure: Measure) -> list[Standing]:
    """The row in each version of its plan that the person may read, the first version first."""
    found = readable(user, measure.plan).order_by("number")
    uid = str(measure.uid)
    return [
        Standing(version, next((item for item in version.content["measures"] if item["uid"] == uid), None))
        for version in found
    ]
