"""Who sends what, and what is overdue: of sources that send by the clock, of bulletins and registers by periods."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.monitoring import arrivals
from lantian.apps.monitoring.arrivals import Arrival
from lantian.apps.monitoring.models import DataSource, Rhythm

_MONTHS = {Rhythm.MONTH: 1, Rhythm.QUARTER: 3, Rhythm.YEAR: 12}
_BACK = 24  # periods that are looked back

Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class State:
    """A source at a moment. ``missing``: periods whose day has passed without anything, the oldest first.

    ``due``: when the next delivery is due, None where none is (irregular, ended, or nothing came yet); ``ended``: its
    last day has passed; ``received``: when something came last; ``register``: as the page calls the register whose rows
    it sends.
    """

    source: DataSource
    overdue: bool
    due: datetime | None
    missing: tuple[Days, ...] = ()
    last: Arrival | None = None
    ended: bool = False
    received: datetime | None = None
    register: str = ""


def states(sources: Sequence[DataSource], now: datetime) -> list[State]:
    """The state of each source (with its area), in their order; the number of queries does not grow with them."""
    told = [source for source in sources if source.rhythm or source.register]
    came = arrivals.of(told) if told else {}
    labels = arrivals.registers() if any(source.register for source in told) else {}
    return [
        replace(_state(source, came.get(source.pk, []), now), register=labels.get(source.register, source.register))
        for source in sources
    ]


def overdue(user: User, now: datetime) -> list[State]:
    """The sources in sight that should have sent something by now."""
    rows = policy.scope(user, DataSource.objects.select_related("area", "owner"))
    return [state for state in states(list(rows), now) if state.overdue]


def _state(source: DataSource, came: Sequence[Arrival], now: datetime) -> State:
    received = max((row.at for row in came if row.at is not None), default=source.last_received)
    if source.rhythm:
        return replace(_periodic(source, came, timezone.localdate(now)), received=received)
    return _clocked(source, received, now)


def _clocked(source: DataSource, received: datetime | None, now: datetime) -> State:
    """Late: the next delivery was due, or it was to send and never did."""
    every = source.expected_hours
    due = received + timedelta(hours=every) if received is not None and every is not None else None
    return State(source, every is not None and (due is None or due < now), due, received=received)


def _periodic(source: DataSource, came: Sequence[Arrival], today: date) -> State:
    assert source.since is not None
    assert source.due_days is not None
    there = {(row.start, row.end) for row in came}
    until = min(today, source.until or today)
    periods = list(periods_of(source.rhythm, source.since, until))[-_BACK:]
    wait = timedelta(days=source.due_days)
    late = tuple(pair for pair in periods if pair not in there and pair[1] + wait < today)
    coming = [pair for pair in periods if pair not in there and pair[1] + wait >= today]
    open_end = source.until is None or source.until > today
    if not coming and open_end:
        after = periods_of(source.rhythm, max(source.since, today - timedelta(days=366)), today + timedelta(days=366))
        coming = [pair for pair in after if pair[1] > today and pair not in there][:1]
    due = timezone.make_aware(datetime.combine(coming[0][1] + wait, time(23, 59))) if coming else None
    return State(source, bool(late), due, late, came[-1] if came else None, ended=not late and due is None)


def periods_of(rhythm: str, since: date, until: date) -> Iterator[Days]:
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
