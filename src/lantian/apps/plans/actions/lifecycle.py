"""A plan's life: its versions, its status, who may read it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from lantian.apps.core import audit, policy
from lantian.apps.core.models import User
from lantian.apps.plans import hooks
from lantian.apps.plans.actions.amend import check_conflicts, publish_amendment
from lantian.apps.plans.actions.versions import VersionError, keep_version, lock
from lantian.apps.plans.models import Edit, Plan, PlanStatus, Secrecy

__all__ = [
    "STEPS", "StepError", "VersionError", "keep_version", "lock", "publish_plan", "set_secrecy", "set_status",
]  # fmt: skip

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


@transaction.atomic
def publish_plan(user: User, plan: Plan, note: str = "") -> Plan:
    """Publish a plan in preparation as its next version; an amendment becomes the next version of what it amends.

    Returns the plan that is now in force. Raises PermissionDenied and :class:`VersionError` where conflicts with a new
    document are undecided; publishing twice changes nothing.
    """
    policy.require(user, "plan.publish", plan)
    lock(plan)
    if not plan.in_preparation:
        return plan.amends or plan
    check_conflicts(plan)
    if plan.amends is not None:
        whole = publish_amendment(user, plan, note)
        hooks.published(user, whole)
        return whole
    before = {"status": plan.status, "version": plan.version}
    plan.version += 1
    plan.status, plan.published = PlanStatus.PUBLISHED, timezone.now()
    plan.save(update_fields=["status", "published", "version"])
    keep_version(user, plan, plan.version, note=note)
    Edit.objects.filter(plan=plan).update(closed=True)
    audit.record(
        user, "plan.publish", plan, before=before, after={"status": plan.status, "version": plan.version, "note": note}
    )
    hooks.published(user, plan)
    return plan


@transaction.atomic
def set_status(user: User, plan: Plan, status: str) -> None:
    """Take one of :data:`STEPS`. Raises PermissionDenied or :class:`StepError`."""
    policy.require(user, "plan.publish", plan)
    lock(plan)
    # A published amendment lives on in its plan; its own row is only the record.
    if status not in STEPS[plan.status] or (plan.amends_id and not plan.in_preparation):
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
    lock(plan)
    before, plan.secrecy = plan.secrecy, Secrecy(secrecy)
    plan.save(update_fields=["secrecy"])
    audit.record(user, "plan.secrecy", plan, before={"secrecy": before}, after={"secrecy": plan.secrecy})
