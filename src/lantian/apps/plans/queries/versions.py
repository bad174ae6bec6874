"""Reads of a plan's versions and of what was done to a row."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from lantian.apps.core.models import AuditEvent
from lantian.apps.plans.models import Measure, Plan, PlanVersion

LATEST = 200  # events that the history of one row shows


def versions(plan: Plan, *, reading: bool) -> QuerySet[PlanVersion]:
    """The plan's versions without their text, the last first; ``reading``: with what the reader gave (number 0)."""
    rows = plan.versions.select_related("file", "by").defer("content").order_by("-number")
    return rows if reading else rows.exclude(number=0)


def events_of(measure: Measure) -> list[AuditEvent]:
    """What was done to a row, the latest first, also while it was a copy in an amendment; who is loaded with it."""
    uids = [measure.uid, *Measure.everything.filter(origin=measure).values_list("uid", flat=True)]
    rows = AuditEvent.objects.filter(object_uid__in=uids).select_related("user")
    return list(rows.order_by("-id")[:LATEST])


@dataclass(frozen=True, slots=True)
class Standing:
    """A row in one version of its plan; ``content`` is None where the version does not have it."""

    version: PlanVersion
    content: dict[str, object] | None


def standings(measure: Measure, *, reading: bool) -> list[Standing]:
    """The row in each version of its plan, the first version first."""
    found = measure.plan.versions.select_related("by").order_by("number")
    if not reading:
        found = found.exclude(number=0)
    uid = str(measure.uid)
    return [
        Standing(version, next((item for item in version.content["measures"] if item["uid"] == uid), None))
        for version in found
    ]
