"""Background work of supervision: making commitments, computing their states."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from lantian.apps.core import jobs
from lantian.apps.core.models import Job
from lantian.apps.plans.models import Plan
from lantian.apps.supervision import evaluating
from lantian.apps.supervision.actions import making

_MAKING, _COMPUTING = gettext_noop("making commitments"), gettext_noop("computing states")


def register() -> None:
    """Register the jobs of this app (once, when Django starts)."""
    jobs.handles(making.MAKE)(_make)
    jobs.handles(evaluating.REFRESH)(_refresh)
    jobs.daily(evaluating.REFRESH, evaluating.daily)


def _make(job: Job) -> dict[str, Any]:
    """``{"plan": uid}`` → how many commitments were made, changed, withdrawn, how many questions wait."""
    plan = _plan(job)
    result = making.make(job.created_by, plan, lambda percent: jobs.progress(job, percent, _MAKING))
    evaluating.refresh(plan)
    return result.as_dict()


def _refresh(job: Job) -> dict[str, Any]:
    """``{"plan": uid}`` → how many states changed."""
    return {"changed": evaluating.refresh(_plan(job), lambda percent: jobs.progress(job, percent, _COMPUTING))}


def _plan(job: Job) -> Plan:
    plan = Plan.objects.select_related("area").filter(uid=job.payload["plan"]).first()
    if plan is None:
        raise jobs.RefusedError("计划已被删除。", "The plan was thrown away.")
    return plan
