"""工作日历: which days are worked, as shipped and as administrators changed it."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.core import policy
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.supervision.actions import rhythm as actions
from lantian.apps.supervision.actions.common import NotPossible
from lantian.apps.supervision.days import workdays
from lantian.apps.supervision.models import DayRule
from lantian.status import WORKDAYS, Workdays

FIRST, LAST = 2015, 2060  # years that the page shows


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a month's grid; ``day`` None before the first and after the last."""

    day: date | None
    off: bool = False
    moved: bool = False  # differs from an ordinary week
    own: bool = False  # an administrator said so


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """A year with its days off and days worked instead."""
    user = person(request)
    policy.require(user, "directory.view")
    text = request.GET.get("year", "")
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else timezone.localdate().year
    year = min(max(year, FIRST), LAST)
    days = workdays()
    own = {row.day: row for row in DayRule.objects.filter(day__year=year)}
    context = {
        "year": year,
        "years": (year - 1, year + 1),
        "known": days.known(year),
        "shipped": WORKDAYS.known(year),
        "weekdays": pgettext("first letters of the weekdays from Monday", "Mo Tu We Th Fr Sa Su").split(),
        "months": [(month, _grid(year, month, days, own)) for month in range(1, 13)],
        "rows": list(own.values()),
        "may_edit": policy.can_at_top(user, "directory.edit"),
        "worked": sum(days.is_workday(day) for day in _days(year)),
    }
    return render(request, "supervision/duties/calendar.html", context)


def _days(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def _grid(year: int, month: int, days: Workdays, own: dict[date, DayRule]) -> list[list[Day]]:
    """The weeks of a month, Monday first."""
    weeks = []
    for week in months.Calendar().monthdatescalendar(year, month):
        cells = []
        for day in week:
            if day.month != month:
                cells.append(Day(None))
                continue
            off = not days.is_workday(day)
            cells.append(Day(day, off, off == (day.weekday() < 5), day in own))
        weeks.append(cells)
    return weeks


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Say that a day, or each day through another, is worked or off."""
    user = person(request)
    policy.require_at_top(user, "directory.edit")
    values = request.POST
    shown = timezone.localdate().year

    def act() -> str:
        nonlocal shown
        try:
            first = date.fromisoformat(values.get("day", "").strip())
            last = date.fromisoformat(values.get("until", "").strip() or values["day"].strip())
        except ValueError:
            raise NotPossible(_("Give the day as 2026-03-15.")) from None
        if not (first.year >= FIRST and last.year <= LAST and first <= last <= first + timedelta(days=31)):
            raise NotPossible(_("Give a day, or up to a month of days."))
        shown = first.year
        for n in range((last - first).days + 1):
            actions.set_day(
                user, first + timedelta(days=n), working=values.get("working") == "1", name=values.get("name", ""),
                source=values.get("source", ""),
            )  # fmt: skip
        return _("The calendar is changed.")

    attempt(request, act)
    return redirect(reverse("supervision:calendar") + f"?year={shown}")


@require_POST
def remove(request: HttpRequest, uid: str) -> HttpResponse:
    """Let the shipped table speak for a day again."""
    user = person(request)
    policy.require_at_top(user, "directory.edit")
    row = get_object_or_404(DayRule, uid=uid)
    actions.remove_day(user, row)
    return redirect(reverse("supervision:calendar") + f"?year={row.day.year}")
