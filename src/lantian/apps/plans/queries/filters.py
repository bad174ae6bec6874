"""The filters of measures, kept in addresses: the same for one plan, for a unit and for the search over all plans."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from lantian.apps.plans.marking import search_words
from lantian.apps.plans.models import Assignment, DeadlineKind, Measure, MeasureFlag, RoleKind, Target, TargetKind
from lantian.reading.rules import rules

LIST_FILTERS = ("year", "level", "medium", "area", "status", "q")
TABLE_FILTERS = (
    "unit", "role", "deadline", "due_from", "due_to", "section", "target", "flags", "lacks", "q",
)  # fmt: skip
SEARCH_FILTERS = ("q", "year", "level", "medium", "area", "unit", "role", "deadline", "due_from", "due_to", "target")
UNIT_FILTERS = ("plan", "role", "deadline", "due_from", "due_to", "q")

OWNERS = (RoleKind.LEAD, RoleKind.RESPONSIBLE, RoleKind.INHERITED)  # who answers for a measure; support does not
_MONTH = re.compile(r"([12]\d{3})-(\d{1,2})(?:-(\d{1,2}))?")


def chosen(values: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    """The filters of an address, blanks for those not given."""
    return {name: values.get(name, "").replace("\x00", "").strip()[:300] for name in names}


def uid_of(text: str) -> UUID | None:
    """The uid that a filter holds, None where it holds a name."""
    try:
        return UUID(text)
    except ValueError:
        return None


def month_or_day(text: str) -> tuple[date, date] | None:
    """First and last day of ``2025-06`` or ``2025-06-15``; None for anything else."""
    found = _MONTH.fullmatch(text)
    if found is None:
        return None
    year, month = int(found[1]), int(found[2])
    try:
        if found[3]:
            return (date(year, month, int(found[3])),) * 2
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    except (ValueError, calendar.IllegalMonthError):
        return None


def unreadable(filters: Mapping[str, str]) -> list[str]:
    """Names of the date filters whose text is no month and no day: they do not narrow, and the page says so."""
    return [name for name in ("due_from", "due_to") if filters.get(name) and not month_or_day(filters[name])]


def quiet_rules() -> list[str]:
    """Rules that tell of a repair or a note; every other flag, also an unknown one, is a doubt."""
    return [rule.id for rule in rules().values() if rule.kind not in ("doubt", "check")]


def open_flags(*, doubts: bool) -> QuerySet[MeasureFlag]:
    """Flags that nobody has accepted yet; only those that ask for a look if ``doubts``."""
    flags = MeasureFlag.objects.filter(accepted=False)
    return flags.exclude(rule__in=quiet_rules()) if doubts else flags


def narrow(rows: QuerySet[Measure], filters: Mapping[str, str], *, part_of_name: bool = False) -> QuerySet[Measure]:
    """Measures that fit every filter given; a value that means nothing does not narrow.

    ``unit`` is a uid or a name as read (a part of it with ``part_of_name``), in one assignment with ``role``;
    ``deadline`` a kind or the printed words; ``due_from`` and ``due_to`` months or days of the latest date; ``flags``
    ``1`` (open ones) or ``doubts``; ``lacks`` ``owner``, ``target`` or ``date``; ``q`` words that must all occur.
    """
    rows = _by_duty(rows, filters, part_of_name)
    rows = _by_deadline(rows, filters)
    if section := filters.get("section"):
        rows = rows.filter(section=section)
    if (kind := filters.get("target")) in TargetKind.values:
        rows = rows.filter(Exists(Target.objects.filter(measure=OuterRef("pk"), kind=kind)))
    if flags := filters.get("flags"):
        rows = rows.filter(Exists(open_flags(doubts=flags == "doubts").filter(measure=OuterRef("pk"))))
    for word in search_words(filters.get("q", "")):
        rows = rows.filter(search__contains=word)
    return _by_gap(rows, filters.get("lacks", ""))


def _by_duty(rows: QuerySet[Measure], filters: Mapping[str, str], part_of_name: bool) -> QuerySet[Measure]:
    unit, role = filters.get("unit", ""), filters.get("role", "")
    if role not in RoleKind.values:
        role = ""
    if not (unit or role):
        return rows
    duty = Assignment.objects.filter(measure=OuterRef("pk"))
    if uid := uid_of(unit):
        duty = duty.filter(unit__uid=uid)
    elif unit:
        duty = duty.filter(Q(name__icontains=unit) if part_of_name else Q(name=unit))
    if role:
        duty = duty.filter(role=role)
    return rows.filter(Exists(duty))


def _by_deadline(rows: QuerySet[Measure], filters: Mapping[str, str]) -> QuerySet[Measure]:
    if deadline := filters.get("deadline"):
        known = deadline in DeadlineKind.values
        rows = rows.filter(deadline_kind=deadline) if known else rows.filter(deadline_text=deadline)
    if first := month_or_day(filters.get("due_from", "")):
        rows = rows.filter(deadline_end__gte=first[0])
    if last := month_or_day(filters.get("due_to", "")):
        rows = rows.filter(deadline_end__lte=last[1])
    return rows


def _by_gap(rows: QuerySet[Measure], lacks: str) -> QuerySet[Measure]:
    if lacks == "owner":
        return rows.exclude(Exists(Assignment.objects.filter(measure=OuterRef("pk"), role__in=OWNERS)))
    if lacks == "target":
        return rows.exclude(Exists(Target.objects.filter(measure=OuterRef("pk"))))
    if lacks == "date":
        return rows.filter(deadline_end=None)
    return rows
