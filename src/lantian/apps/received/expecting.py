"""Which source a bulletin is of, and what came of each: the sources themselves are kept by monitoring."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.urls import reverse

from lantian.apps.monitoring.arrivals import Arrival, on_arrivals
from lantian.apps.monitoring.models import DataSource, SourceKind
from lantian.apps.received.models import Bulletin, Status


def register() -> None:
    """Tell monitoring what came (once, when Django starts)."""
    on_arrivals(came)


def came(sources: Sequence[DataSource]) -> dict[int, list[Arrival]]:
    """The bulletins of each source that were read, by the source's key. One query."""
    found: dict[int, list[Arrival]] = {}
    rows = Bulletin.objects.filter(source__in=sources, status__in=(Status.READ, Status.CHECKED)).exclude(start=None)
    for source, start, end, uid in rows.order_by("end", "id").values_list("source_id", "start", "end", "uid"):
        assert source is not None
        assert start is not None
        assert end is not None
        found.setdefault(source, []).append(Arrival(start, end, reverse("received:bulletin", args=[uid])))
    return found


def source_of(row: Bulletin) -> DataSource | None:
    """The source whose bulletin this is: the only one of the office with its indicator and rhythm in that time."""
    if row.start is None:
        return None
    found = DataSource.objects.filter(
        area=row.area_id, kind=SourceKind.BULLETIN, indicator=row.indicator, rhythm=row.period_kind
    ).exclude(rhythm="")
    there = Q(since__lte=row.start) & (Q(until=None) | Q(until__gte=row.start))
    sources = list(found.filter(there)[:2])
    return sources[0] if len(sources) == 1 else None
