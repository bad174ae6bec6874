"""Reads of received bulletins: the list, what is open in one, the figures that count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Area
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.received.matching import Names
from lantian.apps.received.models import Bulletin, Figure, Status

NO_UNIT = frozenset({"composite"})
OVERLAP = 0.5  # of the subjects: from there on an earlier bulletin is offered to be replaced


@dataclass(frozen=True, slots=True)
class Open:
    """A printed name that means no area yet: where it stands first, how often, its candidates."""

    subject: str
    district: str
    row: int
    figures: int
    candidates: tuple[Area, ...]


def bulletin_list(
    user: User, *, indicator: str = "", status: str = "", year: str = "", text: str = ""
) -> QuerySet[Bulletin]:
    """The bulletins in the person's scope, the newest first, with the number of their figures."""
    rows = policy.scope(user, Bulletin.objects.all())
    if indicator:
        rows = rows.filter(indicator=indicator)
    if status == "superseded":
        rows = rows.exclude(superseded_by=None)
    elif status:
        rows = rows.filter(status=status)
    if year.isdecimal():
        rows = rows.filter(start__year=int(year))
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(issuer__icontains=text) | Q(file_name__icontains=text))
    rows = rows.select_related("area", "job", "superseded_by", "received_by").annotate(count=Count("figures"))
    return rows.defer("printed", "oddities").order_by("-id")


def years(user: User) -> list[int]:
    """The years of which the person sees bulletins, the latest first."""
    rows = policy.scope(user, Bulletin.objects.exclude(start=None))
    return sorted({day.year for day in rows.dates("start", "year")}, reverse=True)


def in_force(user: User) -> QuerySet[Figure]:
    """The figures that count: of checked bulletins that no later one supersedes."""
    rows = policy.scope(user, Figure.objects.all())
    return rows.filter(bulletin__status=Status.CHECKED, bulletin__superseded_by=None)


def open_questions(row: Bulletin) -> list[str]:
    """What keeps a bulletin from being checked, in words of the person's language."""
    figures = row.figures.all()
    counts = figures.aggregate(
        n=Count("pk"),
        no_indicator=Count("pk", filter=Q(indicator="")),
        no_period=Count("pk", filter=Q(start=None)),
        no_unit=Count("pk", filter=Q(unit="", value__isnull=False) & ~Q(indicator__in=NO_UNIT)),
        no_direction=Count("pk", filter=Q(rank__isnull=False, direction="")),
        open_names=Count("pk", filter=Q(area=None, no_area=False)),
    )
    said = {
        "no_indicator": _("the indicator"), "no_period": _("the reporting period"), "no_unit": _("the unit"),
        "no_direction": _("what rank 1 is"), "open_names": _("names that mean no area yet"),
    }  # fmt: skip
    if not counts["n"]:
        return [_("there are no figures")]
    return [words for name, words in said.items() if counts[name]]


def open_names(row: Bulletin, figures: Iterable[Figure]) -> list[Open]:
    """The printed names without an area, in printed order, each with its candidates."""
    waiting: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures:
        if figure.area_id is None and not figure.no_area:
            waiting.setdefault((figure.subject, figure.district), []).append(figure)
    if not waiting:
        return []
    names = Names(row.area, row.start or row.received.date())
    return [
        Open(subject, district, found[0].row, len(found), names.find(subject, district).candidates)
        for (subject, district), found in waiting.items()
    ]


def earlier(row: Bulletin) -> list[tuple[Bulletin, float]]:
    """Checked bulletins of the same office with figures of the same indicator and period, each with the share of its
    subjects that this one has, too; the likeliest first."""
    keys = set(row.figures.exclude(start=None).values_list("indicator", "start", "end").distinct())
    if not keys:
        return []
    same = Q(pk__in=())
    for indicator, start, end in keys:
        same |= Q(figures__indicator=indicator, figures__start=start, figures__end=end)
    rows = Bulletin.objects.filter(same, area=row.area_id, status=Status.CHECKED, superseded_by=None)
    rows = rows.exclude(pk=row.pk).filter(method__in=_like(row)).distinct().defer("printed", "oddities")
    mine = _subjects(row)
    found = []
    for other in rows:
        theirs = _subjects(other)
        found.append((other, len(mine & theirs) / max(1, len(theirs))))
    return sorted(found, key=lambda pair: (-pair[1], -pair[0].pk))


def _like(row: Bulletin) -> tuple[str, ...]:
    """What a document can replace: documents and pasted ones; own measurements only replace their like."""
    return ("typed",) if row.method == "typed" else ("document", "pasted")


def _subjects(row: Bulletin) -> set[Any]:
    return {
        area or (district, subject)
        for area, district, subject in row.figures.values_list("area", "district", "subject")
    }


def chosen_year(wanted: str, years: list[int], today: date) -> int:
    """The year that an address names, else the latest with figures, else this one."""
    return int(wanted) if wanted.isdecimal() and 1990 < int(wanted) < 2200 else (years[0] if years else today.year)
