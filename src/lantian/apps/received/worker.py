"""Reading a bulletin that came in: a job, in a guarded worker that a hostile file cannot leave (contracts §8)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from lantian.apps.core import jobs, staging
from lantian.apps.core.models import Job
from lantian.apps.received.actions.bring import READ, keep_reading
from lantian.apps.received.models import Bulletin, Status
from lantian.apps.received.reading import read_with_print
from lantian.reading.errors import ReadingError


def register() -> None:
    """Tell the job runner who reads bulletins (once, when Django starts)."""
    jobs.handles(READ)(perform)


def perform(job: Job) -> dict[str, Any]:
    """Read the bulletin of a job and store its figures, to be checked by a person.

    Raises :class:`lantian.apps.core.jobs.RefusedError` with the reader's own words when the document is refused.
    """
    row = Bulletin.objects.select_related("file", "area").get(uid=job.payload["bulletin"])
    if row.status != Status.READING or row.file is None:
        return {"bulletin": str(row.uid)}
    jobs.progress(job, 10, gettext_noop("Reading the document"))
    try:
        read, printed = staging.read_stored(read_with_print, row.file, row.file_name)
    except ReadingError as refusal:
        raise jobs.RefusedError(refusal.zh, refusal.en) from refusal
    jobs.progress(job, 80, gettext_noop("Storing the figures"))
    keep_reading(job.created_by, row, read, printed)
    return {"bulletin": str(row.uid)}
