"""Background work of alignment: plans that are too long for the person to wait."""

from __future__ import annotations

from typing import Any

from lantian.apps.alignment.actions.running import RUN, store
from lantian.apps.alignment.reading import propose
from lantian.apps.core import jobs
from lantian.apps.core.models import Job
from lantian.apps.plans.models import Plan


def register() -> None:
    """Register the jobs of this app (once, when Django starts)."""
    jobs.handles(RUN)(_run)


def _run(job: Job) -> dict[str, Any]:
    """``{"plan": uid, "cities": [uid]}`` → how many rows there are of each relation."""
    found = {str(row.uid): row for row in Plan.objects.filter(uid__in=[job.payload["plan"], *job.payload["cities"]])}
    plan, cities = found.get(job.payload["plan"]), [found[uid] for uid in job.payload["cities"] if uid in found]
    if plan is None or not cities:
        raise jobs.RefusedError("计划已不存在。", "A plan is gone.")
    return store(job.created_by, plan, cities, propose(plan, cities))
