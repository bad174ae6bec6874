"""The background job that reads a stored document, in a worker that a hostile file cannot leave (contracts §8)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_noop

from lantian.apps.core import jobs, staging
from lantian.apps.core.models import Job, StoredFile
from lantian.apps.plans import actions, prints, worker
from lantian.apps.plans.models import Plan
from lantian.reading import model as read
from lantian.reading.errors import ReadingError


def register() -> None:
    """Tell the job runner who imports plans (once, when Django starts)."""
    jobs.handles(actions.IMPORT)(perform_import)


def perform_import(job: Job) -> dict[str, Any]:
    """Read the document of an import job and store its plans as drafts; the result names them.

    Raises :class:`lantian.apps.core.jobs.RefusedError` with the reader's own words when the document is refused.
    """
    stored = StoredFile.objects.get(uid=job.payload["file"])
    jobs.progress(job, 10, gettext_noop("Reading the document"))
    try:
        plans, printed = staging.read_stored(worker.read_with_print, stored, job.payload["name"])
    except ReadingError as refusal:
        raise jobs.RefusedError(refusal.zh, refusal.en) from refusal
    jobs.progress(job, 80, gettext_noop("Storing the measures"))
    prints.keep(stored, printed)
    if "replaces" in job.payload:
        return {"plans": [str(_replace(job, stored, plans).uid)]}
    rows = actions.store_plans(job, stored, plans)
    return {"plans": [str(plan.uid) for plan in rows]}


def _replace(job: Job, stored: StoredFile, plans: list[read.Plan]) -> Plan:
    """Merge a corrected document; what cannot be done is final, in both languages."""
    try:
        return actions.perform_replace(job, stored, plans)
    except actions.VersionError as refusal:
        raise jobs.RefusedError(refusal.zh, refusal.en) from refusal
    except PermissionDenied as refusal:
        raise jobs.RefusedError(
            "您已没有修改这份计划的权限。", "You no longer have the right to change this plan."
        ) from refusal
