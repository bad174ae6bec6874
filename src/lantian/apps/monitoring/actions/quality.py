"""Quality control: a run asked for, its findings stored, and a person's word on them. Values are never overwritten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.analysis.observations import Observations
from lantian.analysis.qc import Run
from lantian.apps.areas.models import Area
from lantian.apps.core import audit, jobs, policy
from lantian.apps.core.models import User
from lantian.apps.monitoring.actions import reviews
from lantian.apps.monitoring.errors import RegistryError, StaleError
from lantian.apps.monitoring.models import FindingState, QualityFinding, QualityRun, Station
from lantian.apps.monitoring.rights import EDIT

RUN = "monitoring.quality"
MOST_DAYS = 100  # of one run
AT_ONCE = 200  # findings that are decided together
DECISIONS = (FindingState.CONFIRMED, FindingState.KEPT, FindingState.OPEN)
_ZONE = ZoneInfo("Asia/Shanghai")  # in which analysis.qc counts its hours
_BATCH = 500


@transaction.atomic
def start_run(by: User, area: Area, start: date, end: date) -> QualityRun:
    """Ask for a run over the stations of an area; a job does it. Raises PermissionDenied, RegistryError (days)."""
    policy.require(by, EDIT, QualityRun(area=area))
    if end < start:
        raise RegistryError(_("The last day lies before the first."), "end")
    if (end - start).days >= MOST_DAYS:
        raise RegistryError(_("At most %(n)s days at a time.") % {"n": MOST_DAYS}, "end")
    run = QualityRun.objects.create(area=area, start=start, end=end, created_by=by)
    run.job = jobs.enqueue(by, RUN, {"run": str(run.uid)}, key=f"{RUN}:{run.uid}")
    run.save(update_fields=["job"])
    days = {"from": start.isoformat(), "to": end.isoformat()}
    audit.record(by, "quality.run", run, after={"area": area.code} | days)
    return run


@transaction.atomic
def store_run(
    run: QualityRun, stations: Mapping[str, Station], data: Observations, found: Sequence[Run], *, hours: int,
    version: int,
) -> dict[str, Any]:  # fmt: skip
    """Keep what a run found. What a person decided stays decided; what was open and is no longer found becomes *gone*.

    Of a finding that begins before the run's first day the hours before it are kept as well. Checks no right: the job
    does its work for who asked for it.
    """
    first = datetime.combine(run.start, datetime.min.time(), _ZONE)
    last = datetime.combine(run.end + timedelta(days=1), datetime.min.time(), _ZONE)
    near = QualityFinding.objects.select_for_update(of=("self",)).filter(
        station__in=[row.pk for row in stations.values()], start__lt=last, end__gt=first
    )
    known = {(row.station_id, row.pollutant, row.rule, row.start, row.end): row for row in near}
    decided = [row for row in known.values() if row.state in (FindingState.CONFIRMED, FindingState.KEPT)]
    made: list[QualityFinding] = []
    seen: list[int] = []
    for item in found:
        row = _finding(run, stations[item.station], data, item)
        old = known.get((row.station_id, row.pollutant, row.rule, row.start, row.end))
        if old is not None:
            seen.append(old.pk)
        elif not any(_covers(one, row) for one in decided):
            made.append(row)
    # A finding that had gone and is there again waits again; who decided keeps having decided.
    QualityFinding.objects.filter(pk__in=seen).update(run=run)
    QualityFinding.objects.filter(pk__in=seen, state=FindingState.GONE).update(state=FindingState.OPEN)
    gone = [row.pk for row in known.values() if row.state == FindingState.OPEN and row.pk not in set(seen)]
    QualityFinding.objects.filter(pk__in=gone).update(state=FindingState.GONE)
    QualityFinding.objects.bulk_create(made, batch_size=_BATCH)
    run.found = dict(sorted(Counter(item.rule.id for item in found).items()))
    run.stations, run.hours, run.lake_version, run.finished = len(stations), hours, version, timezone.now()
    run.save(update_fields=["found", "stations", "hours", "lake_version", "finished"])
    counts = {"findings": len(found), "new": len(made), "gone": len(gone)}
    audit.record(run.created_by, "quality.found", run, after=counts)
    return counts


def _covers(old: QualityFinding, new: QualityFinding) -> bool:
    """Whether what a person decided already says all that the new finding would."""
    same = (old.station_id, old.pollutant, old.rule) == (new.station_id, new.pollutant, new.rule)
    return same and old.start <= new.start and old.end >= new.end


def _finding(run: QualityRun, station: Station, data: Observations, item: Run) -> QualityFinding:
    return QualityFinding(
        run=run, station=station, pollutant=item.pollutant, rule=item.rule.id, severity=item.rule.severity,
        start=item.start(data).replace(tzinfo=_ZONE), end=item.end(data).replace(tzinfo=_ZONE), hours=item.hours,
        value=item.value, zh=item.zh[:300], en=item.en[:300],
    )  # fmt: skip


@transaction.atomic
def decide(by: User, given: Mapping[UUID, int], decision: str, reason: str) -> int:
    """A person's word on findings (uid → the revision that was seen): all of them or none; returns how many changed.

    ``confirmed``: their hours do not count. ``kept``: they do. ``open``: decided again later. Raises PermissionDenied
    (one lies in an area that is not the person's), StaleError (somebody decided meanwhile), RegistryError (nothing
    chosen, too many, no reason, already so). The lake follows by a job.
    """
    policy.require(by, EDIT)
    if decision not in DECISIONS:
        raise RegistryError(_("Say whether the hours count or not."), "decision")
    reason = reason.strip()[:300]
    if not reason and decision != FindingState.OPEN:
        raise RegistryError(_("A decision needs its reason: it is read by those whose hours are meant."), "reason")
    if not given or len(given) > AT_ONCE:
        raise RegistryError(_("Choose 1 to %(n)s findings.") % {"n": AT_ONCE})
    rows = list(
        QualityFinding.objects.select_for_update(of=("self",)).select_related("station__area")
        .filter(uid__in=given).order_by("pk")
    )  # fmt: skip
    if len(rows) != len(given) or any(row.revision != given[row.uid] for row in rows):
        raise StaleError(_("Somebody else decided on one of these meanwhile. Nothing was changed: look again."))
    for row in rows:
        policy.require(by, EDIT, row)
        if row.state == FindingState.GONE:
            raise RegistryError(_("One of these was not found again and needs no decision."))
    now = timezone.now()
    for row in rows:
        before = {"state": row.state, "reason": row.reason}
        row.state, row.reason, row.revision = decision, reason, row.revision + 1
        # Reopened, too: what pages have kept is thrown away by the moment of the last decision.
        row.decided, row.decided_by = now, by
        row.save(update_fields=["state", "reason", "revision", "decided", "decided_by"])
        audit.record(by, "quality.decide", row, before=before, after=_said(row))
    reviews.send(by, rows)
    return len(rows)


def _said(row: QualityFinding) -> dict[str, Any]:
    hours = f"{timezone.localtime(row.start):%Y-%m-%d %H:%M} – {timezone.localtime(row.end):%Y-%m-%d %H:%M}"
    words = {"station": row.station.name, "pollutant": row.pollutant, "rule": row.rule, "hours": hours}
    return words | {"state": row.state, "reason": row.reason}
