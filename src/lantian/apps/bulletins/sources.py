"""Where the figures of a bulletin come from: one function for each way, all giving the same rows.

A source takes :class:`Asked` and gives rows with their origin and the moment they were taken, and problems; a new one
is one more line of :data:`SOURCES`. Figures from elsewhere in the house are taken as they are there at that moment and
frozen by the snapshot.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lantian.apps.areas.models import Area
from lantian.apps.bulletins.figures import Problem, Row, read_table, split, whole_name
from lantian.apps.bulletins.kinds import Kind, Period
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.received.models import Figure, Status

Found = tuple[list[Row], list[Problem]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a bulletin wants. ``lines`` is what was pasted or read from a workbook, ``name`` how it is called."""

    user: User
    kind: Kind
    period: Period
    area: Area
    text: str = ""
    lines: list[tuple[int, list[str]]] = field(default_factory=list)
    name: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A way by which figures come."""

    label: str | Promise
    rows: Callable[[Asked], Found]


def now() -> str:
    """The moment at which figures are taken, as a snapshot keeps it."""
    return f"{timezone.localtime():%Y-%m-%d %H:%M}"


def pasted(asked: Asked) -> Found:
    """A table that somebody typed or pasted, first line its header."""
    return read_table(asked.kind, split(asked.text), _("pasted table, line"), now(), asked.area.name)


def filed(asked: Asked) -> Found:
    """The first table of a workbook."""
    return read_table(asked.kind, asked.lines, _("%(file)s, row") % {"file": asked.name}, now(), asked.area.name)


def published(asked: Asked) -> Found:
    """Figures that others published (lantian.apps.received): checked, of exactly this period, of the area and below.

    Of a subject with several figures the newest bulletin's counts.
    """
    wanted = [one.id for one in asked.kind.indicators]
    rows = Figure.objects.filter(
        indicator__in=wanted, start=asked.period.start, end=asked.period.end,
        bulletin__status=Status.CHECKED, bulletin__superseded_by=None,
    )  # fmt: skip
    rows = rows.filter(area__path__startswith=asked.area.path) | rows.filter(area=None, bulletin__area=asked.area)
    seen: dict[tuple[str, str, str], Row] = {}
    scope = policy.scope(asked.user, rows.select_related("bulletin", "area__parent"))
    for item in scope.order_by("-bulletin__id", "order"):
        row = _figure(asked, item)
        seen.setdefault((row.group, row.subject, row.indicator), row)
    if not seen:
        text = _("No checked bulletin that was received has these figures for %(period)s.")
        return [], [Problem(0, text % {"period": asked.period.words})]
    return sorted(seen.values(), key=lambda row: (row.indicator, row.group, row.subject)), []


def _figure(asked: Asked, item: Figure) -> Row:
    area = item.area
    whole = area is not None and area.pk == asked.area.pk
    subject = whole_name(asked.area.name) if whole else (area.name if area else item.subject)
    above = area.parent.name if area and area.parent and area.parent.pk != asked.area.pk else ""
    group = "" if whole else (above or item.district)
    return Row(
        subject=subject, value=item.value, group=group, indicator=item.indicator, previous=item.previous,
        source=f"{item.bulletin} ({_('table')} {item.table_no + 1}, {_('row')} {item.row})", as_of=now(),
    )  # fmt: skip


def measured(asked: Asked) -> Found:
    """Means of the lake's hours over the assessed stations of each area (monitoring.queries.subjects), days by HJ 663.

    Only for the pollutants of the ambient standard; what a kind wants beyond them is simply not there.
    """
    import numpy as np

    from lantian.apps.monitoring.queries import subjects
    from lantian.standards.ambient import POLLUTANTS

    wanted = [one for one in asked.kind.indicators if _pollutant(one.id) in POLLUTANTS]
    if not wanted:
        return [], [Problem(0, _("Stations of the lake do not measure this."))]
    level = subjects.DISTRICT if asked.kind.subject == "区" else subjects.STREET
    found = [*subjects.city(asked.user, asked.period.end), *subjects.subjects(asked.user, level, asked.period.end)]
    codes = set(Area.objects.filter(path__startswith=asked.area.path).values_list("code", flat=True))
    found = [subject for subject in found if subject.key in codes]
    present = _means(found, asked.period, [_pollutant(one.id) for one in wanted])
    before = _means(found, _year_before(asked.period), [_pollutant(one.id) for one in wanted])
    rows = []
    for place, subject in enumerate(found):
        whole = subject.key == asked.area.code
        for one in wanted:
            value, share = present[_pollutant(one.id)][place]
            earlier, _share = before[_pollutant(one.id)][place]
            if whole and np.isnan(value):
                continue
            rows.append(
                Row(
                    subject=whole_name(asked.area.name) if whole else subject.name,
                    group="" if whole or level == subjects.DISTRICT else subject.above, indicator=one.id,
                    value=_exact(value), previous=_exact(earlier), completeness=_exact(share, 1),
                    source=_("mean of %(n)s stations") % {"n": len(subject.codes)}, as_of=now(),
                )
            )  # fmt: skip
    if not any(row.value is not None for row in rows):
        return [], [
            Problem(0, _("The lake has no hours of these areas for %(period)s.") % {"period": asked.period.words})
        ]
    return rows, []


def _means(found: list[Any], period: Period, names: list[str]) -> dict[str, list[tuple[float, float]]]:
    """For each pollutant and subject the mean of its hours, and the share of hours with a value in per cent."""
    import numpy as np

    from lantian.apps.monitoring.queries import subjects

    if not found:
        return {name: [] for name in names}
    data = subjects.values(found, period.start, period.end)
    means = {}
    for name in names:
        cells = data.values[name]
        known = ~np.isnan(cells)
        count = known.sum(axis=1)
        sums = np.where(known, cells, 0.0).sum(axis=1)
        mean = np.where(count > 0, sums / np.maximum(count, 1), np.nan)
        means[name] = list(zip(mean.tolist(), (100 * count / cells.shape[1]).tolist(), strict=True))
    return means


def _pollutant(indicator: str) -> str:
    return {"pm25": "PM2.5", "pm10": "PM10", "so2": "SO2", "no2": "NO2"}.get(indicator, "")


def _year_before(period: Period) -> Period:
    """The same stretch a year earlier; a month's end stays a month's end, whatever February does."""
    start, year = period.start.replace(year=period.start.year - 1), period.end.year - 1
    last = monthrange(year, period.end.month)[1]
    at_end = period.end.day == monthrange(period.end.year, period.end.month)[1]
    return Period(start, period.end.replace(year=year, day=last if at_end else period.end.day))


def _exact(value: float, places: int = 6) -> Decimal | None:
    return None if value != value else Decimal(repr(round(value, places)))


SOURCES: dict[str, Source] = {
    "table": Source(gettext_lazy("typed or pasted table"), pasted),
    "workbook": Source(gettext_lazy("workbook (.xlsx, .csv)"), filed),
    "received": Source(gettext_lazy("bulletins received"), published),
    "lake": Source(gettext_lazy("stations of the lake"), measured),
}
