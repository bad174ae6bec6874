"""One station's page: the last days, the year's calendar, patterns of the day and the week, months beside last year."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lantian.analysis.daily import daily_aqi, daily_values
from lantian.apps.core.language import chinese
from lantian.apps.monitoring.charts import Chart, line_chart
from lantian.apps.monitoring.items import Item, Values, levels_of, text
from lantian.apps.monitoring.queries.frames import monthly
from lantian.apps.monitoring.readings import observed
from lantian.standards.ambient import POLLUTANTS, Standard
from lantian.standards.aqi import LEVELS, aqi_rule
from lantian.standards.evaluation import STATISTICS

RECENT = 7  # days
PATTERN_DAYS = 90  # over which the pattern of day and week is taken


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar: day of the month, index and level (0: none), what it says on hover."""

    number: int
    index: str
    level: int
    title: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the calendar: its name and weeks of seven, None before the first and after the last day."""

    label: str
    weeks: list[list[Day | None]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart with the table behind it: heading of each column, rows of texts."""

    title: str
    note: str
    chart: Chart | None
    head: list[str]
    rows: list[list[str]]


def recent(code: str, item: Item, last: date, standard: Standard) -> Drawn:
    """The hours of the last seven days."""
    first = last - timedelta(days=RECENT - 1)
    values = observed([code], first, last).values[item.key][0]
    days = [first + timedelta(days=day) for day in range(RECENT)]
    ticks = [((place + 0.5) / RECENT, f"{day.month}-{day.day:02d}") for place, day in enumerate(days)]
    limits = _limit(standard, item, "24h" if item.key != "O3" else "1h")
    chart = line_chart([(item.label, values.tolist())], ticks, _lines(limits))
    rows = [
        [day.isoformat(), *(text(_some(values[place * 24 + hour]), item.decimals) for hour in range(24))]
        for place, day in enumerate(days)
    ]
    note = _said(_("hourly means"), limits)
    return Drawn(_("The last seven days"), note, chart, [_("Day"), *(f"{hour:02d}" for hour in range(24))], rows)


def _limit(standard: Standard, item: Item, averaging: str) -> list[tuple[float, str]]:
    if (item.key, averaging) not in standard.limits:
        return []
    value = standard.limit(item.key, averaging)
    words = {
        "24h": _("limit of the 24 h mean, grade II"),
        "1h": _("limit of the 1 h mean, grade II"),
        "annual": _("limit of the annual mean, grade II"),
        "daily_max_8h": _("limit of the daily maximum 8 h mean, grade II"),
    }
    return [(float(value), f"{words[averaging]}: {value:g}")]


def _said(kind: str, limits: list[tuple[float, str]]) -> str:
    """What a chart shows, with the limit that is drawn in it."""
    return "; ".join([kind, *(words for _value, words in limits)])


def _lines(limits: list[tuple[float, str]]) -> list[tuple[float, str]]:
    """Limits to be drawn: the figure alone beside the line, its words stand above the chart."""
    return [(value, f"{value:g}") for value, _words in limits]


def patterns(code: str, item: Item, last: date) -> list[Drawn]:
    """Mean by hour of the day, working days and weekends apart, and by day of the week, over the last 90 days."""
    first = last - timedelta(days=PATTERN_DAYS - 1)
    cells = observed([code], first, last).values[item.key][0].reshape(PATTERN_DAYS, 24)
    weekday = np.array([(first + timedelta(days=day)).weekday() for day in range(PATTERN_DAYS)])
    hours = [
        (_("Monday to Friday"), _means(cells[weekday < 5])),
        (_("Saturday and Sunday"), _means(cells[weekday >= 5])),
    ]
    ticks = [((hour + 0.5) / 24, f"{hour:02d}") for hour in range(0, 24, 3)]
    rows = [
        [f"{hour:02d}:00–{hour + 1:02d}:00", *(text(_some(means[hour]), item.decimals + 1) for _label, means in hours)]
        for hour in range(24)
    ]
    note = _("means of the last %(days)s days") % {"days": PATTERN_DAYS}
    head = [pgettext("of the day", "Hour"), *(label for label, _means_ in hours)]
    day = line_chart([(label, means.tolist()) for label, means in hours], ticks)
    week = np.array([_mean(cells[weekday == number]) for number in range(7)])
    names = weekdays()
    week_rows = [[name, text(_some(value), item.decimals + 1)] for name, value in zip(names, week, strict=True)]
    drawn = line_chart([(item.label, week.tolist())], [((n + 0.5) / 7, name) for n, name in enumerate(names)])
    return [
        Drawn(_("Over the day"), note, day, head, rows),
        Drawn(_("Over the week"), note, drawn, [_("Weekday"), item.label], week_rows),
    ]


def weekdays() -> list[str]:
    """Short names of the days from Monday on."""
    return [
        pgettext("short weekday", "Mon"), pgettext("short weekday", "Tue"), pgettext("short weekday", "Wed"),
        pgettext("short weekday", "Thu"), pgettext("short weekday", "Fri"), pgettext("short weekday", "Sat"),
        pgettext("short weekday", "Sun"),
    ]  # fmt: skip


def months(code: str, item: Item, year: int, last: date, standard: Standard) -> Drawn:
    """Monthly figures of a year beside the year before: means, of CO the 95th, of O3 the 90th percentile."""
    both = []
    for one in (year, year - 1):
        start, end = date(one, 1, 1), min(date(one, 12, 31), last)
        figures = np.full(12, np.nan)
        if end >= start:
            days = daily_values(observed([code], start, end), standard)
            offsets = [min((date(one, number, 1) - start).days, (end - start).days + 1) for number in range(1, 13)]
            figures = monthly(days, item.key, [*offsets, (end - start).days + 1])[0]
        both.append(figures)
    rule = STATISTICS[item.key]
    limits = _limit(standard, item, "annual" if rule.divisor == "annual" else rule.daily)
    ticks = [((number + 0.5) / 12, str(number + 1)) for number in range(12)]
    chart = line_chart([(str(year), both[0].tolist()), (str(year - 1), both[1].tolist())], ticks, _lines(limits))
    rows = [
        [
            f"{number + 1:02d}",
            *(text(_some(figures[number]), item.decimals + 1) for figures in both),
            _change(both, number),
        ]
        for number in range(12)
    ]
    kind = {
        "annual": _("means of the valid days"),
        "24h": _("95th percentile of the daily means"),
    }.get(rule.divisor, _("90th percentile of the daily maximum 8 h means"))
    note = _said(kind, limits)
    return Drawn(
        _("Months"), note, chart, [_("Month"), str(year), str(year - 1), _("Change on last year") + " %"], rows
    )


def _change(both: list[Values], number: int) -> str:
    now, before = both[0][number], both[1][number]
    return "" if np.isnan(now) or np.isnan(before) or before == 0 else f"{(now / before - 1) * 100:+.1f}"


def year_calendar(code: str, year: int, last: date, standard: Standard) -> list[Month]:
    """The year's days by AQI, month by month to the last day with data."""
    start, end = date(year, 1, 1), min(date(year, 12, 31), last)
    if end < start:
        return []
    days = daily_values(observed([code], start, end), standard)
    rule = aqi_rule(standard.aqi)
    found = daily_aqi(days, rule)
    index, levels = found.index[0], levels_of(found.index)[0]
    words = {level.level: (level.zh, level.en) for level in LEVELS}
    result = []
    for number in range(1, end.month + 1):
        cells: list[Day | None] = []
        for week in calendar.Calendar().monthdatescalendar(year, number):
            for day in week:
                if day.month != number or day > end:
                    cells.append(None)
                    continue
                at = (day - start).days
                level = int(levels[at])
                value = "" if level == 0 else str(int(index[at]))
                said = words[level][0 if chinese() else 1] if level else _("no valid AQI")
                primary = found.names(int(found.primary[0, at])).replace(";", ", ")
                title = " ".join(part for part in (day.isoformat(), value and f"AQI {value}", said, primary) if part)
                cells.append(Day(day.day, value, level, title))
        result.append(Month(f"{year}-{number:02d}", [cells[at : at + 7] for at in range(0, len(cells), 7)]))
    return result


def hours_table(code: str, start: date, end: date) -> Iterator[list[str | float | None]]:
    """Every hour of the days with its six values, None where there is none: what leaves as CSV and XLSX."""
    data = observed([code], start, end)
    columns = [data.values[name][0].tolist() for name in POLLUTANTS]
    for hour in range(data.days * 24):
        day = start + timedelta(days=hour // 24)
        yield [f"{day.isoformat()} {hour % 24:02d}:00", *(None if np.isnan(c[hour]) else c[hour] for c in columns)]


def _means(cells: Values) -> Values:
    known = ~np.isnan(cells)
    count = known.sum(axis=0)
    found: Values = np.where(count > 0, np.where(known, cells, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)
    return found


def _mean(cells: Values) -> float:
    known = cells[~np.isnan(cells)]
    return float(known.mean()) if known.size else float("nan")


def _some(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
