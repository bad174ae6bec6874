"""The filters in force as words, so that a page on screen and on paper says what it leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lantian.apps.areas.models import Area, Level, Unit
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.plans.models import DeadlineKind, Medium, Plan, PlanStatus, RoleKind, TargetKind
from lantian.apps.plans.queries import filters as chosen

Words = str | Promise

LABELS: dict[str, Words] = {
    "q": gettext_lazy("Words"),
    "plan": gettext_lazy("Plan"),
    "year": gettext_lazy("Year"),
    "level": gettext_lazy("Level"),
    "medium": gettext_lazy("Medium"),
    "area": gettext_lazy("Area"),
    "status": gettext_lazy("State"),
    "unit": gettext_lazy("Unit"),
    "role": gettext_lazy("Role"),
    "deadline": gettext_lazy("Deadline"),
    "due_from": gettext_lazy("Due from"),
    "due_to": gettext_lazy("Due until"),
    "section": gettext_lazy("Section"),
    "target": gettext_lazy("Target"),
    "flags": gettext_lazy("Flags"),
    "lacks": gettext_lazy("Lacking"),
}
FLAGS: dict[str, Words] = {"1": gettext_lazy("any open flag"), "doubts": gettext_lazy("open doubts")}
LACKS: dict[str, Words] = {
    "owner": gettext_lazy("responsible unit"),
    "target": gettext_lazy("target"),
    "date": gettext_lazy("date"),
}
_WORDS: dict[str, Mapping[str, Words]] = {
    "level": dict(Level.choices),
    "medium": dict(Medium.choices),
    "status": dict(PlanStatus.choices),
    "role": dict(RoleKind.choices),
    "deadline": dict(DeadlineKind.choices),
    "target": dict(TargetKind.choices),
    "flags": FLAGS,
    "lacks": LACKS,
}


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in force: its name in the address, what it is called, its value in words, the address without it."""

    name: str
    label: str
    value: str
    without: str


def chips(user: User, filters: Mapping[str, str]) -> list[Chip]:
    """The filters that are given, in the order of the address. Dates that cannot be read are left out.

    A unit, plan or area is named by its title where the filter holds its id (one query each).
    """
    bad = chosen.unreadable(filters)
    return [
        Chip(name, str(LABELS[name]), _value(user, name, value), _without(filters, name))
        for name, value in filters.items()
        if value and name not in bad
    ]


def _without(filters: Mapping[str, str], name: str) -> str:
    return "?" + urlencode({other: value for other, value in filters.items() if value and other != name})


def _value(user: User, name: str, value: str) -> str:
    uid = chosen.uid_of(value)
    found: str | None = None
    if name == "unit" and uid:
        found = policy.scope(user, Unit.objects.filter(uid=uid)).values_list("name", flat=True).first()
    elif name == "plan" and uid:
        found = policy.scope(user, Plan.objects.filter(uid=uid)).values_list("title", flat=True).first()
    elif name == "area":
        found = Area.objects.filter(code=value).values_list("name", flat=True).first()
    return found or str(_WORDS.get(name, {}).get(value, value))


def date_errors(filters: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with a date filter, by its name."""
    return {name: _("Write a month or a day: 2025-06 or 2025-06-30.") for name in chosen.unreadable(filters)}
