"""Decisions on findings as the lake has them (lantian.lake.reviews): what counts in SQL, indicators and statistics.

The database decides, the lake follows: whatever was interrupted in between, `settle` makes them agree.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone

from lantian.apps.core import jobs
from lantian.apps.core.models import User
from lantian.apps.monitoring.models import FindingState, QualityFinding
from lantian.apps.monitoring.readings import lake

if TYPE_CHECKING:
    from lantian.lake.reviews import Review, State

TO_LAKE = "monitoring.reviews"
_STATES: dict[str, State] = {FindingState.CONFIRMED: "rejected", FindingState.KEPT: "kept"}


def send(by: User, findings: Collection[QualityFinding]) -> None:
    """Ask for decisions to be written to the lake; in the transaction that makes them, so that none is forgotten."""
    jobs.enqueue(by, TO_LAKE, {"findings": [str(row.uid) for row in findings]})


def settle(findings: Collection[UUID] | None = None) -> int:
    """Write the decisions on these findings (None: all there are) that the lake does not have; returns how many.

    Where the lake has a later one than the database, which was restored from a copy, what the database says counts: it
    gets a later revision, or the hours count again. Checks no right: it repeats what persons said. LakeError: the lake
    is damaged or takes nothing.
    """
    # The lake first: a decision that is there was in the database before.
    known = lake().reviews()
    rows = QualityFinding.objects.filter(decided__isnull=False).select_related("station", "decided_by")
    if findings is not None:
        rows = rows.filter(uid__in=findings)
    fresh: list[Review] = []
    said = set()
    for row in rows.iterator():
        review = _review(row)
        said.add(review.finding)
        there = known.get(review.finding)
        if there is not None and there.sequence >= row.revision:
            if there.state == review.state or not _outdone(row, there.sequence):
                continue
            review = _review(row)
        fresh.append(review)
    if findings is None:
        fresh += [_reopened(row) for key, row in known.items() if row.state == "rejected" and key not in said]
    return lake().review(fresh) if fresh else 0


def _outdone(row: QualityFinding, sequence: int) -> bool:
    """Give a finding a revision beyond the lake's; False where somebody decides on it meanwhile, which is sent anew."""
    before, row.revision = row.revision, sequence + 1
    return bool(QualityFinding.objects.filter(pk=row.pk, revision=before).update(revision=row.revision))


def _review(row: QualityFinding) -> Review:
    from lantian.lake.reviews import Review

    assert row.decided is not None
    by = row.decided_by.username if row.decided_by else None
    state = _STATES.get(row.state, "reopened")
    station = row.station.code
    return Review(str(row.uid), row.revision, station, row.pollutant, row.start, row.end, state, by, row.decided)


def _reopened(row: Review) -> Review:
    """A decision taken back that the database knows nothing of."""
    from dataclasses import replace

    return replace(row, sequence=row.sequence + 1, state="reopened", by=None, at=timezone.now())
