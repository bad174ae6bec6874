"""A plan's life: its versions, its status, who may read it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from lantian.apps.core import audit, policy
from lantian.apps.core.models import User
from lantian.apps.plans import content, queries
from lantian.apps.plans.models import Edit, Measure, Plan, PlanStatus, PlanVersion, Secrecy

# 草稿 → 征求意见稿 → 送审稿 → 报批稿 → 发布 → 修订 → 办结 → 归档; every step before publication can be taken back.
STEPS: dict[str, tuple[str, ...]] = {
    PlanStatus.DRAFT: (PlanStatus.COMMENT, PlanStatus.REVIEW, PlanStatus.APPROVAL),
    PlanStatus.COMMENT: (PlanStatus.DRAFT, PlanStatus.REVIEW, PlanStatus.APPROVAL),
    PlanStatus.REVIEW: (PlanStatus.DRAFT, PlanStatus.COMMENT, PlanStatus.APPROVAL),
    PlanStatus.APPROVAL: (PlanStatus.DRAFT, PlanStatus.COMMENT, PlanStatus.REVIEW),
    PlanStatus.PUBLISHED: (PlanStatus.CLOSED,),
    PlanStatus.AMENDED: (PlanStatus.CLOSED,),
    PlanStatus.CLOSED: (PlanStatus.PUBLISHED, PlanStatus.ARCHIVED),
    PlanStatus.ARCHIVED: (PlanStatus.CLOSED,),
}


class StepError(Exception):
    """A step that the plan's status does not allow."""


def lock(plan: Plan) -> None:
    """Hold the plan's row until the transaction ends, and see what it says now (SQLite locks as a whole anyway)."""
    plan.refresh_from_db(from_queryset=Plan.objects.select_for_update())


def keep_version(user: User | None, plan: Plan, number: int, *, note: str) -> PlanVersion:
    """Freeze the plan's text as version ``number`` (0: as the reader gave it; a later reading replaces it)."""
    measures = queries.with_details(Measure.objects.filter(plan=plan).order_by("n"))
    text = content.head_of(plan) | {"measures": [content.content_of(row) for row in measures]}
    version, _new = PlanVersion.objects.update_or_create(
        plan=plan,
        number=number,
        defaults={"note": note[:500], "content": text, "file": plan.file, "file_name": plan.file_name, "by": user},
    )
    return version


@transaction.atomic
def publish_plan(user: User, plan: Plan, note: str = "") -> None:
    """Publish a plan in preparation as its next version. Raises PermissionDenied; publishing twice changes nothing."""
    policy.require(user, "plan.publish", plan)
    lock(plan)
    if not plan.in_preparation:
        return
    before = {"status": plan.status, "version": plan.version}
    plan.version += 1
    plan.status, plan.published = PlanStatus.PUBLISHED, timezone.now()
    plan.save(update_fields=["status", "published", "version"])
    keep_version(user, plan, plan.version, note=note)
    Edit.objects.filter(plan=plan).update(closed=True)
    audit.record(
        user, "plan.publish", plan, before=before, after={"status": plan.status, "version": plan.version, "note": note}
    )


@transaction.atomic
def set_status(user: User, plan: Plan, status: str) -> None:
    """Take one of :data:`STEPS`. Raises PermissionDenied or :class:`StepError`."""
    policy.require(user, "plan.publish", plan)
    if status not in STEPS[plan.status]:
        raise StepError(f"{plan.status} → {status}")
    before, plan.status = plan.status, status
    if status == PlanStatus.PUBLISHED and plan.version > 1:
        plan.status = PlanStatus.AMENDED
    plan.save(update_fields=["status"])
    audit.record(user, "plan.status", plan, before={"status": before}, after={"status": plan.status})


@transaction.atomic
def set_secrecy(user: User, plan: Plan, secrecy: str) -> None:
    """Say who may read the plan: 公开, 内部 or 工作秘密."""
    policy.require(user, "plan.publish", plan)
    before, plan.secrecy = plan.secrecy, Secrecy(secrecy)
    plan.save(update_fields=["secrecy"])
    audit.record(user, "plan.secrecy", plan, before={"secrecy": before}, after={"secrecy": plan.secrecy})
