"""Bringing in plans that another program has already read: rows as JSON instead of a document."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from lantian.apps.core import audit, files, policy
from lantian.apps.core.models import Job, JobState, User
from lantian.apps.plans.actions.importing import store_plans
from lantian.apps.plans.models import Plan
from lantian.reading import model as read

IMPORT_ROWS = "plans.import_rows"


def import_rows(user: User, name: str, document: bytes, plans: Sequence[read.Plan]) -> list[Plan]:
    """Store plans as drafts, all or none; ``document`` is what was sent, kept as their file under ``name``.

    The same bytes again give the same drafts. Raises PermissionDenied and
    :class:`lantian.apps.core.files.TooLargeError`.
    """
    policy.require(user, "plan.upload")
    stored = files.store(user, name, [document])
    with transaction.atomic():
        job, new = Job.objects.get_or_create(
            key=f"{IMPORT_ROWS}:{stored.sha256}",
            defaults={
                "kind": IMPORT_ROWS, "payload": {"file": str(stored.uid), "name": name}, "created_by": user,
                "state": JobState.DONE, "percent": 100, "finished": timezone.now(),
            },
        )  # fmt: skip
        rows = store_plans(job, stored, plans)
        if new:
            Job.objects.filter(pk=job.pk).update(result={"plans": [str(row.uid) for row in rows]})
            audit.record(user, "plan.import_rows", stored, after={"job": str(job.uid), "plans": len(rows)})
    return rows
