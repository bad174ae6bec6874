"""Background work of monitoring: quality control of hours, and the way of decisions on them to the lake."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.utils.translation import gettext_noop

from lantian.analysis import qc
from lantian.apps.core import jobs
from lantian.apps.core.models import Job
from lantian.apps.monitoring import hooks
from lantian.apps.monitoring.actions.quality import RUN, store_run
from lantian.apps.monitoring.actions.reviews import TO_LAKE, settle
from lantian.apps.monitoring.models import QualityRun, Station
from lantian.apps.monitoring.queries.registry import in_use
from lantian.apps.monitoring.readings import lake, raw

BEHIND = 91  # days before the run that the rules compare with: their usual level is the median of so many
TOO_MANY = 10_000  # findings of one run: more say that the data are broken, not that somebody should review them


def register() -> None:
    """Register the jobs of this app (once, when Django starts)."""
    jobs.handles(RUN)(check_hours)
    jobs.handles(TO_LAKE)(to_lake)
    jobs.daily(TO_LAKE, lambda: [("all", {})])


def to_lake(job: Job) -> dict[str, Any]:
    """``{"findings": [uid, …]}`` → ``{"written": n}``: decisions written to the lake; without ``findings`` all that the
    lake does not have, whatever got lost on the way."""
    jobs.progress(job, 50, gettext_noop("Writing to the lake"))
    chosen = job.payload.get("findings")
    written = settle(None if chosen is None else [UUID(uid) for uid in chosen])
    if written or chosen:  # the job that wrote them may have been killed before it told
        hooks.hours_reviewed()
    return {"written": written}


def check_hours(job: Job) -> dict[str, Any]:
    """``{"run": uid}`` → ``{"findings": n}``. The rules see the stations of the area and those beside it in the city,
    which they compare with; only findings of the run's own stations and days are kept."""
    run = QualityRun.objects.select_related("area").filter(uid=job.payload["run"]).first()
    if run is None:
        raise jobs.RefusedError("质控检查已不存在。", "The run is gone.")
    city = "/".join(run.area.path.split("/")[:2]) + "/"
    rows = list(Station.objects.filter(in_use(run.end), area__path__startswith=city).select_related("area"))
    own = {row.code: row for row in rows if row.area.path.startswith(run.area.path)}
    version = lake().table("hours").version()
    jobs.progress(job, 10, "Reading hours")
    data = raw(sorted(row.code for row in rows), run.start - timedelta(days=BEHIND), run.end)
    jobs.progress(job, 30, "Applying the rules")
    points = {row.code: (row.lon, row.lat) for row in rows if row.lon is not None and row.lat is not None}
    found = qc.check(data, nearest=qc.nearest_three(points))
    kept = [item for item in found.runs if item.station in own and item.first + item.hours > BEHIND * 24]
    if len(kept) > TOO_MANY:
        raise jobs.RefusedError(
            f"疑点超过 {TOO_MANY} 条，数据很可能整体有误。请先检查数据来源，或缩小范围。",
            f"More than {TOO_MANY} findings: the data as a whole are probably wrong. Check the source or ask for less.",
        )
    jobs.progress(job, 90, "Storing findings")
    places = [data.stations.index(code) for code in own if code in data.stations]
    hours = sum(int((~np.isnan(array[places, BEHIND * 24 :])).sum()) for array in data.values.values())
    return store_run(run, own, found.data, kept, hours=hours, version=version)
