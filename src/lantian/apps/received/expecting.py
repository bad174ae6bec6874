"""What should have come: the periods of a source, which of them came, which are overdue. Reads only."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lantian.apps.received.models import Bulletin, Expected, Rhythm, Status

_MONTHS = {Rhythm.MONTH: 1, Rhythm.QUARTER: 3, Rhythm.YEAR: 12}
_BACK = 24  # periods that are looked back


@dataclass(frozen=True, slots=True)
class Waited:
    """A source as of a day: the last bulletin that came, periods overdue (oldest first), the next with its due day."""

    source: Expected
    last: Bulletin | None
    overdue: tuple[tuple[date, date], ...]
    next_period: tuple[date, date] | None
    next_due: date | None


def periods_of(rhythm: str, since: date, until: date) -> Iterator[tuple[date, date]]:
    """First and last day of every period that begins on or after ``since`` and ends by ``until``."""
    year, month = since.year, since.month
    while date(year, month, 1) <= until:
        last = monthrange(year, month)[1]
        if rhythm == Rhythm.HALF_MONTH:
            stretches = [
                (date(year, month, 1), date(year, month, 15)),
                (date(year, month, 16), date(year, month, last)),
            ]
            step = 1
        else:
            step = _MONTHS[Rhythm(rhythm)]
            month = (month - 1) // step * step + 1
            end_month = month + step - 1
            stretches = [(date(year, month, 1), date(year, end_month, monthrange(year, end_month)[1]))]
        yield from (pair for pair in stretches if since <= pair[0] and pair[1] <= until)
        month += step
        year, month = year + (month - 1) // 12, (month - 1) % 12 + 1


def waited(sources: Sequence[Expected], today: date) -> list[Waited]:
    """The state of each source; one query for all."""
    came: dict[int, list[Bulletin]] = {}
    rows = Bulletin.objects.filter(source__in=sources, status__in=(Status.READ, Status.CHECKED)).order_by("end", "id")
    for row in rows.defer("printed", "oddities"):
        came.setdefault(row.source_id or 0, []).append(row)
    return [_waited(source, came.get(source.pk, []), today) for source in sources]


def _waited(source: Expected, came: Sequence[Bulletin], today: date) -> Waited:
    there = {(row.start, row.end) for row in came}
    until = min(today, source.until or today)
    ended = list(periods_of(source.rhythm, source.since, until))[-_BACK:]
    wait = timedelta(days=source.due_days)
    late = tuple(pair for pair in ended if pair not in there and pair[1] + wait < today)
    coming = [pair for pair in ended if pair not in there and pair[1] + wait >= today]
    if not coming and (source.until is None or source.until > today):
        after = periods_of(source.rhythm, max(source.since, today - timedelta(days=366)), today + timedelta(days=366))
        coming = [pair for pair in after if pair[1] > today and pair not in there][:1]
    following = coming[0] if coming else None
    return Waited(source, came[-1] if came else None, late, following, following[1] + wait if following else None)


def source_of(row: Bulletin) -> Expected | None:
    """The source whose bulletin this is: the only one of the office with its indicator and rhythm."""
    if row.start is None:
        return None
    found = Expected.objects.filter(area=row.area_id, indicator=row.indicator, rhythm=row.period_kind)
    sources = list(found[:2])
    return sources[0] if len(sources) == 1 else None
