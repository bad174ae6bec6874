"""A bulletin comes in: kept, read by a job, its figures stored to be checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Area
from lantian.apps.core import audit, files, jobs, policy
from lantian.apps.core.holding import NotPossible
from lantian.apps.core.models import JobState, User
from lantian.apps.monitoring.actions import received
from lantian.apps.received.expecting import source_of
from lantian.apps.received.matching import Names
from lantian.apps.received.models import Bulletin, Figure, Method, Status
from lantian.apps.received.rights import RECEIVE
from lantian.reading.received.model import Figure as Read
from lantian.reading.received.model import Received

READ = "received.read"  # kind of the job
MOST_FIGURES = 20_000
_MOST = Decimal(10) ** 9
PASTED = 200_000  # characters


def bring_file(user: User, area: Area, name: str, chunks: Iterable[bytes]) -> Bulletin:
    """Keep a document and have it read. Raises PermissionDenied, TooLargeError."""
    return _bring(user, area, name, chunks, Method.DOCUMENT)


def bring_text(user: User, area: Area, text: str) -> Bulletin:
    """The same for text that somebody pasted. Raises NotPossible for nothing or too much."""
    if not text.strip():
        raise NotPossible(_("Nothing was pasted."))
    if len(text) > PASTED:
        raise NotPossible(_("That is more than %(n)s characters; bring it as a file.") % {"n": PASTED})
    return _bring(user, area, "pasted.txt", [text.encode()], Method.PASTED)


def _bring(user: User, area: Area, name: str, chunks: Iterable[bytes], method: str) -> Bulletin:
    row = Bulletin(area=area, method=method, received_by=user)
    policy.require(user, RECEIVE, row)
    stored = files.store(user, name, chunks)
    with transaction.atomic():
        row.file, row.file_name = stored, files.short_name(name)
        row.save()
        row.job = jobs.enqueue(user, READ, {"bulletin": str(row.uid)})
        row.save(update_fields=["job"])
        audit.record(user, "received.bring", row, after={"file_name": row.file_name, "method": method})
    return row


@transaction.atomic
def read_again(user: User, row: Bulletin) -> None:
    """Try a reading that failed again. Raises PermissionDenied."""
    policy.require(user, RECEIVE, row)
    if row.status == Status.READING and row.job is not None and row.job.state == JobState.FAILED:
        jobs.requeue(row.job)


@transaction.atomic
def keep_reading(user: User | None, row: Bulletin, read: Received, printed: list[dict[str, Any]]) -> None:
    """Store what was read: figures with the areas that their names mean, for a person to check."""
    row.refresh_from_db(from_queryset=Bulletin.objects.select_for_update())
    if row.status != Status.READING:
        return
    if len(read.figures) > MOST_FIGURES:
        raise jobs.RefusedError(
            f"表格超过 {MOST_FIGURES} 个数值，请拆分后再读取。", f"More than {MOST_FIGURES} figures; split the table."
        )
    row.title, row.issuer, row.unit = read.title[:300], read.issuer[:120], read.unit
    row.indicator, row.listed, row.notes = read.indicator or "", read.listed, list(read.notes)
    if read.period is not None:
        row.period_kind, row.start, row.end = read.period.kind, read.period.start, read.period.end
    row.oddities = [
        {"rule": odd.rule, "detail": odd.detail[:300], "table": odd.table, "row": odd.row} for odd in read.oddities
    ]
    row.printed, row.status, row.source = printed, Status.READ, source_of(row)
    if row.source is not None:
        received(row.source, row.received)
    row.revision += 1
    row.save()
    Figure.objects.bulk_create(figures_of(row, read.figures), batch_size=500)
    audit.record(user, "received.read", row, after={"title": row.title, "figures": len(read.figures)})


def figures_of(row: Bulletin, read: Sequence[Read]) -> list[Figure]:
    """Rows for what was read, each with the one area that its name means on the first day of the period."""
    names = Names(row.area, row.start or timezone.localdate())
    found = []
    for n, item in enumerate(read):
        match = names.find(item.subject, item.district)
        period = item.period
        fits = item.value is not None and abs(item.value) < _MOST
        found.append(
            Figure(
                bulletin=row, order=n, table_no=item.place.table, row=item.place.row, col=item.place.col,
                page=item.place.page, subject=item.subject[:120], district=item.district[:60], area=match.area,
                no_area=match.whole, indicator=item.indicator or "", unit=item.unit,
                period_kind=period.kind if period else "", start=period.start if period else None,
                end=period.end if period else None, value=item.value if fits else None,
                value_text=item.value_text[:60], rank=item.rank, direction=item.direction or "",
                side=item.side or "", yoy=_small(item.yoy), yoy_text=item.yoy_text[:40],
                previous=item.previous if item.previous is None or abs(item.previous) < _MOST else None,
            )
        )  # fmt: skip
    return found


def _small(change: Decimal | None) -> Decimal | None:
    return change if change is not None and abs(change) < 10**6 else None
