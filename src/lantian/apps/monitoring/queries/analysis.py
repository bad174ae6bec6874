"""A station's analyses: patterns, calendar, trend, the year's outlook, roses, polar surface; each with its figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lantian.analysis import outlook as outlooks
from lantian.analysis.daily import daily_values
from lantian.analysis.errors import MissingExtra
from lantian.analysis.geodesy import distance_m
from lantian.analysis.patterns import By, pattern
from lantian.analysis.polar import TooFewBins, polar_surface
from lantian.analysis.roses import pollution_rose, wind_rose
from lantian.analysis.trend import DESEASONALISED_FROM, LEAST_MONTHS, Months, Trend, monthly_means, trend
from lantian.apps.monitoring import drawings
from lantian.apps.monitoring.charts import Chart, line_chart
from lantian.apps.monitoring.drawings import Drawing
from lantian.apps.monitoring.items import Item, Values
from lantian.apps.monitoring.models import Station
from lantian.apps.monitoring.queries.figures import column
from lantian.apps.monitoring.queries.station import weekdays
from lantian.apps.monitoring.readings import kept, observed, wind
from lantian.standards.ambient import Standard
from lantian.standards.evaluation import STATISTICS

VIEWS = ("patterns", "trend", "outlook", "wind")
NEAR_M = 15_000  # wind of another station is taken up to so far away, and said so
SPEEDS = (0.0, 1.0, 2.0, 3.0, 5.0, 8.0)
_QUANTILES = (0, 25, 50, 75, 90)  # classes of the pollution rose: by how the station's own hours lie

Cell = str | float | int | None


@dataclass(frozen=True)
class Figure:
    """One drawing with the table behind it; ``said`` are sentences below it, ``why_not`` why there is no drawing."""

    key: str
    title: str
    note: str
    head: list[str]
    rows: list[list[Cell]]
    chart: Chart | None = None
    drawing: Drawing | None = None
    said: list[str] = field(default_factory=list)
    why_not: str = ""


def patterns(code: str, item: Item, start: date, end: date) -> list[Figure]:
    """By hour of the day, weekday and month, each with the 95 % interval of its mean."""
    data = observed([code], start, end)
    names: dict[By, tuple[str, str, list[str]]] = {
        "hour": (_("Over the day"), pgettext("of the day", "Hour"), [f"{hour:02d}" for hour in range(24)]),
        "weekday": (_("Over the week"), _("Weekday"), weekdays()),
        "month": (_("Over the year"), _("Month"), [str(number) for number in range(1, 13)]),
    }
    found = []
    for by, (title, key, labels) in names.items():
        own = pattern(data, item.key, 0, by)
        head = [key, _("mean"), _("95 % from"), _("95 % to"), _("days")]
        rows: list[list[Cell]] = [
            [label, *(_some(line[at]) for line in (own.mean, own.lower, own.upper)), int(own.days[at])]
            for at, label in enumerate(labels)
        ]
        step = 3 if by == "hour" else 1
        ticks = [((at + 0.5) / len(labels), labels[at]) for at in range(0, len(labels), step)]
        series = [
            (_("mean"), own.mean.tolist()),
            (_("95 % from"), own.lower.tolist()),
            (_("95 % to"), own.upper.tolist()),
        ]
        note = _("mean with its 95 % interval, days as units")
        found.append(Figure(by, title, note, head, rows, chart=line_chart(series, ticks)))
    return found


def trends(code: str, item: Item, start: date, end: date) -> list[Figure]:
    """Monthly means with the Theil–Sen line; the sentence has slope, interval and what was filled."""

    def compute() -> tuple[list[str], Values, Trend | None, str]:
        months = _since_first(monthly_means(observed([code], start, end), item.key))
        names = [str(months.first + np.timedelta64(at, "M")) for at in range(months.means.shape[1])]
        try:
            return names, months.means[0], trend(months, 0), ""
        except MissingExtra:
            return names, months.means[0], None, "science"

    names, means, found, missing = kept(("trend", code, item.key, start, end), compute)
    said, line = [], np.full(len(means), np.nan)
    if missing:
        said.append(
            _("From %(n)s months on the season is taken out, which needs the extra “science”, not installed here.")
            % {"n": DESEASONALISED_FROM}
        )
    elif found is None:
        said.append(_("A trend needs %(n)s months with three quarters of their hours.") % {"n": LEAST_MONTHS})
    else:
        at = np.arange(len(means)) / 12
        known = ~np.isnan(means)
        line = np.median(means[known] - found.slope * at[known]) + found.slope * at
        words = {
            "slope": f"{found.slope:+.2f}",
            "low": f"{found.lower:+.2f}",
            "high": f"{found.upper:+.2f}",
            "unit": item.unit,
        }
        said.append(_("%(slope)s %(unit)s a year (95 %% interval %(low)s to %(high)s).") % words)
        certain = found.lower > 0 or found.upper < 0
        said.append(
            _("The interval leaves out zero: it is a trend.")
            if certain
            else _("The interval holds zero: no trend can be told from chance.")
        )
        counts = {"n": found.months, "filled": found.filled}
        said.append(_("%(n)s months, %(filled)s of them filled from the same month of other years.") % counts)
        said.append(
            _("The season was taken out.")
            if found.deseasonalised
            else _(
                "Fewer than %(n)s months: the season was not taken out, and a year that is not whole moves the slope."
            )
            % {"n": DESEASONALISED_FROM}
        )
    ticks = [
        ((place + 0.5) / len(names), name)
        for place, name in enumerate(names)
        if len(names) <= 8 or name.endswith(("-01", "-07"))
    ]
    chart = line_chart([(_("monthly mean"), means.tolist()), (_("Theil–Sen line"), line.tolist())], ticks)
    rows: list[list[Cell]] = [[name, _some(means[place]), _some(line[place])] for place, name in enumerate(names)]
    note = _("monthly means; slope by Theil–Sen, interval by 599 bootstrap samples")
    return [
        Figure(
            "trend",
            _("Trend"),
            note,
            [_("Month"), _("monthly mean"), _("Theil–Sen line")],
            rows,
            chart=chart,
            said=said,
        )
    ]


def _since_first(months: Months) -> Months:
    """Months from the first one with a mean: a line before it would speak of a time without a measurement."""
    known = np.flatnonzero(~np.isnan(months.means[0]))
    low = int(known[0]) if known.size else 0
    return Months(months.first + np.timedelta64(low, "M"), months.means[:, low:])


def target_of(item: Item, standard: Standard, limit: float | None) -> outlooks.Target | None:
    """What the year is to meet: the yearly mean, or for CO and O3 the percentile; the standard's limit by default."""
    rule = STATISTICS[item.key]
    mean = rule.divisor == "annual"
    averaging = "annual" if mean else rule.daily
    if limit is None:
        if (item.key, averaging) not in standard.limits:
            return None
        limit = float(standard.limit(item.key, averaging))
    kind: Any = "mean" if mean else "percentile"
    return outlooks.Target(kind, limit, rule.decimals, rule.percentile if not mean else 95)


@dataclass(frozen=True)
class Prospect:
    """The outlook of a year with its target, and the means that the months to come may have."""

    target: outlooks.Target
    found: outlooks.Outlook
    months: dict[int, float]
    last: date


def prospect(code: str, item: Item, target: outlooks.Target, last: date, standard: Standard) -> Prospect:
    """What the rest of the year must bring, and how often past years brought it; from up to six years of the lake."""
    start = date(last.year - 6, 1, 1)

    def compute() -> Prospect:
        days = daily_values(observed([code], start, last), standard)[column(item.key)][0]
        values = {start + timedelta(days=at): float(days[at]) for at in np.flatnonzero(~np.isnan(days)).tolist()}
        adjust: Any = "level"
        months = outlooks.month_limits(target, values, last) if target.kind == "mean" else {}
        return Prospect(target, outlooks.outlook(target, values, last, adjust=adjust), months, last)

    return kept(("outlook", code, item.key, target, last, standard.key), compute)


def windy(station: Station, others: Sequence[Station], start: date, end: date) -> tuple[Station, float] | None:
    """The station whose wind is taken and its distance in metres: the own, else the nearest within 15 km with wind."""
    near = [(0.0, station)]
    if station.lon is not None and station.lat is not None:
        own = (station.lon, station.lat)
        near += [
            (distance_m(own, (row.lon, row.lat)), row)
            for row in others
            if row.pk != station.pk and row.lon is not None and row.lat is not None
        ]
    for metres, row in sorted(near, key=lambda one: one[0]):
        if metres > NEAR_M:
            break
        speed, _direction = wind(row.code, start, end)
        if not np.isnan(speed).all():
            return row, metres
    return None


def winds(code: str, of: str, item: Item, start: date, end: date) -> list[Figure]:
    """Wind rose, pollution rose and polar surface of a station's hours with the wind of station ``of``."""
    speed, direction = wind(of, start, end)
    values = observed([code], start, end).values[item.key][0]
    return [
        _wind_rose(speed, direction),
        _pollution_rose(values, direction, item),
        _surface(code, of, item, start, end),
    ]


def _wind_rose(speed: Values, direction: Values) -> Figure:
    found = wind_rose(speed, direction, SPEEDS)
    labels = _classes(SPEEDS, 0)
    note = _("share of hours by where the wind came from; %(n)s hours, %(calm)s %% without direction")
    head = [_("Direction"), *(f"{label} m/s" for label in labels), _("mean") + " m/s"]
    rows: list[list[Cell]] = [
        [drawings.direction(centre), *(_some(part) for part in found.share[at]), _some(found.mean[at])]
        for at, centre in enumerate(found.centres.tolist())
    ]
    drawn = drawings.rose(found.share, [f"{label} m/s" for label in labels], found.centres, "%")
    return Figure(
        "wind_rose",
        _("Wind rose"),
        note % {"n": found.hours, "calm": f"{found.without:.0f}"},
        head,
        rows,
        drawing=drawn,
    )


def _pollution_rose(values: Values, direction: Values, item: Item) -> Figure:
    known = values[~np.isnan(values)]
    title = _("Pollution rose")
    if not known.size:
        return Figure("pollution_rose", title, "", [], [], why_not=_("No valid value in this time."))
    edges = sorted({0.0, *(float(round(edge, item.decimals)) for edge in np.percentile(known, _QUANTILES[1:]))})
    found = pollution_rose(values, direction, edges)
    labels = _classes(edges, item.decimals)
    head = [_("Direction"), *(f"{label} {item.unit}" for label in labels), _("mean")]
    rows: list[list[Cell]] = [
        [drawings.direction(centre), *(_some(part) for part in found.share[at]), _some(found.mean[at])]
        for at, centre in enumerate(found.centres.tolist())
    ]
    note = _("share of hours by where the wind came from, coloured by the pollutant")
    drawn = drawings.rose(found.share, [f"{label} {item.unit}" for label in labels], found.centres, "%")
    return Figure("pollution_rose", title, note, head, rows, drawing=drawn)


def _surface(code: str, of: str, item: Item, start: date, end: date) -> Figure:
    def compute() -> tuple[Values, Values] | TooFewBins:
        speed, direction = wind(of, start, end)
        try:
            found = polar_surface(speed, direction, observed([code], start, end).values[item.key][0])
        except TooFewBins as few:
            return few
        return found.axis, found.z

    made = kept(("polar", code, of, item.key, start, end), compute, lambda _found: 2**20)
    title, note = (
        _("Polar surface"),
        _("mean by direction and speed of the wind, smoothed as openair does; m/s outwards"),
    )
    if isinstance(made, TooFewBins):
        words = {"n": made.bins, "needed": made.needed}
        why = _("The wind fills %(n)s fields of direction and speed, %(needed)s are needed: choose a longer time.")
        return Figure("polar", title, note, [], [], why_not=why % words)
    axis, z = made
    places = np.argwhere(~np.isnan(z))[:: max(1, z.size // 20_000)]
    rows: list[list[Cell]] = [
        [round(float(axis[j]), 3), round(float(axis[i]), 3), float(z[i, j])] for i, j in places.tolist()
    ]
    head = [_("u (from the east, m/s)"), _("v (from the north, m/s)"), f"{item.label} {item.unit}"]
    drawn = drawings.surface(axis, z, item.decimals + (1 if item.key == "CO" else 0))
    return Figure("polar", title, note, head, rows, drawing=drawn)


def _classes(edges: Sequence[float], decimals: int) -> list[str]:
    """0–1, 1–2, ≥ 2: the classes that edges make."""
    texts = [f"{edge:.{decimals}f}" for edge in edges]
    return [*(f"{low}–{high}" for low, high in pairwise(texts)), f"≥ {texts[-1]}"]


def _some(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)
