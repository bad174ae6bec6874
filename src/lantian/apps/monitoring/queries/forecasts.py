"""Forecasts as pages show them: the days ahead, the issues, and how good they were."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from lantian.analysis.alerts import Called, called_for
from lantian.analysis.daily import daily_aqi, daily_values
from lantian.analysis.verification import Came, Lead, Said, by_lead
from lantian.apps.areas.models import Area, Level
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.monitoring.models import Forecast, ForecastDay, Meeting
from lantian.apps.monitoring.queries.subjects import DISTRICT, Subject, city, subjects, values
from lantian.apps.monitoring.rights import of_city
from lantian.standards.ambient import in_force
from lantian.standards.aqi import aqi_rule

BACK, AHEAD = 7, 7  # days of the strip


@dataclass(frozen=True, slots=True)
class StripDay:
    """One day of the strip: the forecast that counted for it (the last one issued before the day began, of days to
    come the newest) and what came."""

    day: date
    forecast: ForecastDay | None
    came: Came | None


@dataclass(frozen=True, slots=True)
class Checked:
    """The verification of a stretch: each forecast day that counts with what came, and the scores by lead time."""

    rows: list[tuple[Said, ForecastDay, Came | None]]
    leads: list[Lead]
    came: dict[date, Came]


def places(user: User) -> QuerySet[Area]:
    """The city and its districts: for whom forecasts are issued."""
    levels = (Level.MUNICIPAL, Level.DISTRICT)
    return Area.objects.filter(of_city(user, ""), level__in=levels, closed=None).order_by("path")


def issues(user: User, *, area: str = "", month: date | None = None, every: bool = False) -> QuerySet[Forecast]:
    """The issues in sight, the newest first; ``every``: replaced versions, too."""
    rows = policy.scope(user, Forecast.objects.select_related("area")).prefetch_related("days")
    if area:
        rows = rows.filter(area__code=area)
    if month is not None:
        rows = rows.filter(issued__year=month.year, issued__month=month.month)
    return rows if every else rows.filter(latest=True)


def versions(row: Forecast) -> QuerySet[Forecast]:
    """All versions of an issue, the newest first."""
    same = Forecast.objects.filter(area=row.area_id, issuer=row.issuer, issued=row.issued)
    return same.select_related("created_by").order_by("-version")


def issuers(user: User, area: Area) -> list[str]:
    """Who issued forecasts for the area."""
    rows = policy.scope(user, Forecast.objects.filter(area=area, latest=True))
    return list(rows.order_by("issuer").values_list("issuer", flat=True).distinct())


def came(user: User, area: Area, start: date, end: date) -> dict[date, Came]:
    """What was measured on each whole day: the AQI of the mean of the area's stations, by the rule then in force."""
    end = min(end, timezone.localdate() - timedelta(days=1))
    if end < start:
        return {}
    found = [one for one in _subjects(user, area, end) if one.path == area.path]
    return {day: came for span in _spans(start, end) for day, came in _measured(found, *span)}


def _subjects(user: User, area: Area, on: date) -> list[Subject]:
    return city(user, on) if area.level == Level.MUNICIPAL else subjects(user, DISTRICT, on)


def _spans(start: date, end: date) -> Iterable[tuple[date, date]]:
    """The stretch in parts, each under one standard."""
    first = start
    while first <= end:
        last, own = first, in_force(first)
        while last < end and in_force(last + timedelta(days=1)) is own:
            last += timedelta(days=1)
        yield first, last
        first = last + timedelta(days=1)


def _measured(found: Sequence[Subject], start: date, end: date) -> Iterable[tuple[date, Came]]:
    if not found:
        return
    standard = in_force(start)
    index = daily_aqi(daily_values(values(found, start, end), standard), aqi_rule(standard.aqi))
    for place in range((end - start).days + 1):
        if index.index[0, place] >= 0:
            names = index.names(int(index.primary[0, place]))
            primary = tuple(name.replace("O3_8h", "O3") for name in names.split(";") if name)
            yield start + timedelta(days=place), Came(int(index.index[0, place]), primary)


def strip(user: User, area: Area, today: date) -> list[StripDay]:
    """A week back beside what came, today, and a week ahead."""
    first, last = today - timedelta(days=BACK), today + timedelta(days=AHEAD)
    measured = came(user, area, first, today)
    told = _counting(_days(user, area).filter(day__range=(first, last)))
    days = (first + timedelta(days=n) for n in range(BACK + AHEAD + 1))
    return [StripDay(day, told.get(day), measured.get(day)) for day in days]


def ahead(user: User, today: date, days: int) -> list[ForecastDay]:
    """What holds for today and the next ``days`` days: of the person's city, of a district where only such have
    forecasts. One query."""
    told = policy.scope(user, Forecast.objects.filter(latest=True))
    rows = ForecastDay.objects.filter(forecast__in=told, day__range=(today, today + timedelta(days=days)))
    found = list(rows.select_related("forecast__area"))
    widest = min((row.forecast.area.path for row in found), default="")
    return sorted(_counting(row for row in found if row.forecast.area.path == widest).values(), key=lambda row: row.day)


def _counting(rows: Iterable[ForecastDay]) -> dict[date, ForecastDay]:
    """By day the forecast that counts for it: the last one issued before the day, else the first one on it."""
    told: dict[date, ForecastDay] = {}
    for row in sorted(rows, key=lambda one: one.forecast.issued):
        if timezone.localdate(row.forecast.issued) < row.day or row.day not in told:
            told[row.day] = row
    return told


def called(days: Iterable[StripDay], today: date) -> Called | None:
    """The alert that the days to come call for, by the upper end of each range."""
    ahead = {day.day: day.forecast for day in days if day.day >= today and day.forecast is not None}
    return called_for({day: row.aqi_high for day, row in ahead.items() if row.aqi_high is not None})


def checked(user: User, area: Area, start: date, end: date, issuer: str) -> Checked:
    """Every forecast day of the stretch beside what came. Of several issues of one day for the same day ahead the
    last counts."""
    measured = came(user, area, start - timedelta(days=20), end)
    rows = _days(user, area).filter(day__range=(start, end)).order_by("forecast__issued")
    if issuer:
        rows = rows.filter(forecast__issuer=issuer)
    last = {(row.day, timezone.localdate(row.forecast.issued)): row for row in rows}
    found = [(said_of(row), row, measured.get(row.day)) for row in last.values()]
    found.sort(key=lambda item: (item[0].day, item[0].lead))
    told = [said for said, _row, _came in found]
    leads = sorted({said.lead for said in told})
    return Checked(found, by_lead(told, measured, leads), measured)


def said_of(row: ForecastDay) -> Said:
    """A forecast day as the verification takes it."""
    return Said(
        row.day, timezone.localdate(row.forecast.issued), (row.level_low, row.level_high), row.aqi_low, row.aqi_high,
        tuple(name for name in row.primary.split(";") if name),
    )  # fmt: skip


def _days(user: User, area: Area) -> QuerySet[ForecastDay]:
    told = policy.scope(user, Forecast.objects.filter(area=area, latest=True))
    return ForecastDay.objects.filter(forecast__in=told).select_related("forecast")


def meetings(user: User, *, area: str = "", alert: str = "", text: str = "") -> QuerySet[Meeting]:
    """Records of consultations in sight, the newest first."""
    rows = policy.scope(user, Meeting.objects.select_related("area")).prefetch_related("units")
    if area:
        rows = rows.filter(area__code=area)
    if alert:
        rows = rows.exclude(alert="") if alert == "any" else rows.filter(alert=alert)
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(conclusions__icontains=text))
    return rows


def heaviest(came: dict[date, Came], row: Meeting) -> tuple[int, int] | None:
    """Of the expected episode: the largest AQI that came, and how many of its days were above 100; None without any."""
    if row.episode_start is None or row.episode_end is None:
        return None
    own = [one.aqi for day, one in came.items() if row.episode_start <= day <= row.episode_end]
    return (max(own), sum(aqi > 100 for aqi in own)) if own else None
