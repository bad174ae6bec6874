"""Reads of 交办事项: the list with how far each is, one with its units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lantian.apps.areas.models import Area, Unit
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.plans.models import RoleKind
from lantian.apps.supervision.models import Commitment, Entry, Errand, Outcome, Return, ReturnState

FILTERS = ("state", "kind", "unit", "year", "q")
NEAR_DAYS = 3
SUGGESTED = 8
# How far a matter is, in the order of the list's head.
STATES: dict[str, Any] = {
    "overdue": _("overdue"),
    "near": _("due soon"),
    "open": _("being done"),
    "answered": _("answered, to be reviewed"),
    "accepted": _("accepted, to be settled"),
    "settled": _("settled"),
    "dropped": _("called off"),
}


def listed(user: User, filters: Mapping[str, str], today: date | None = None) -> QuerySet[Errand]:
    """Matters in scope, what is open first and by reply-by day, annotated ``asked``, ``answered``, ``accepted``
    (units) and ``stand`` (a key of :data:`STATES`). Who is of no office has the own units' answers counted only."""
    rows = narrowed(with_stand(policy.scope(user, Errand.objects.all()), user, today or timezone.localdate()), filters)
    ended = Case(When(outcome=Outcome.OPEN, then=Value(0)), default=Value(1))
    return rows.select_related("plan", "area").order_by(ended, "reply_by", "-year", "-number")


def with_stand(rows: QuerySet[Errand], user: User, today: date) -> QuerySet[Errand]:
    """The rows annotated as :func:`listed` says."""
    returns = policy.scope(user, Return.objects.filter(plan=OuterRef("plan")))
    said = (ReturnState.SUBMITTED, ReturnState.ACCEPTED)
    rows = rows.annotate(
        asked=_count(returns), answered=_count(returns, Q(state__in=said)),
        accepted=_count(returns, Q(state=ReturnState.ACCEPTED)),
    )  # fmt: skip
    return rows.annotate(stand=_stand(today))


def _count(rows: QuerySet[Return], which: Q | None = None) -> Coalesce:
    """How many of a matter's returns there are, of those that ``which`` holds for.

    The condition stands in the count, not in WHERE: there SQLite looks up every return of that state for each matter.
    """
    counted = rows.order_by().values("plan").annotate(n=Count("pk", filter=which))
    return Coalesce(Subquery(counted.values("n")), 0)


def _stand(today: date) -> Case:
    """The first that holds: ended, all accepted, all answered, past its day, near it."""
    return Case(
        When(outcome=Outcome.SETTLED, then=Value("settled")),
        When(outcome=Outcome.DROPPED, then=Value("dropped")),
        When(Q(asked__gt=0, accepted=F("asked")), then=Value("accepted")),
        When(Q(asked__gt=0, answered=F("asked")), then=Value("answered")),
        When(reply_by__lt=today, then=Value("overdue")),
        When(reply_by__lte=today + timedelta(days=NEAR_DAYS), then=Value("near")),
        default=Value("open"),
        output_field=CharField(),
    )


def narrowed(rows: QuerySet[Errand], filters: Mapping[str, str]) -> QuerySet[Errand]:
    """The rows that fit the filters of the address; ``state`` may be ``unsettled``: all that have not ended."""
    state = filters.get("state", "")
    if state == "unsettled":
        rows = rows.filter(outcome=Outcome.OPEN)
    elif state in STATES:
        rows = rows.filter(Q(("stand", state)))
    if kind := filters.get("kind"):
        rows = rows.filter(kind=kind)
    year = filters.get("year", "")
    if year:
        rows = rows.filter(year=int(year)) if year.isascii() and year.isdigit() and len(year) == 4 else rows.none()
    if words := filters.get("q"):
        found = Q(plan__title__icontains=words) | Q(plan__measures__text__icontains=words) | Q(sender__icontains=words)
        named = Q(source_title__icontains=words) | Q(source_number__icontains=words) | Q(plan__number__icontains=words)
        rows = rows.filter(pk__in=Errand.objects.filter(found | named).values("pk"))
    if unit := filters.get("unit"):
        named = Q(unit__name__icontains=unit) | Q(unit__short_name__icontains=unit)
        rows = rows.filter(plan__in=Commitment.objects.filter(named, withdrawn=None).values("plan"))
    return rows


def counts(user: User, today: date | None = None) -> dict[str, int]:
    """How many matters in scope stand where; one query."""
    rows: QuerySet[Any] = with_stand(policy.scope(user, Errand.objects.all()), user, today or timezone.localdate())
    return dict(rows.order_by().values_list("stand").annotate(n=Count("pk")))


def years(user: User) -> list[int]:
    """The years of the matters in scope, the latest first."""
    return list(policy.scope(user, Errand.objects.all()).order_by("-year").values_list("year", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class Doer:
    """One unit of a matter: its commitment, its answer so far."""

    commitment: Commitment
    report: Return | None
    entry: Entry | None

    @property
    def support(self) -> bool:
        """Whether the unit only helps and owes no answer."""
        return self.commitment.role == RoleKind.SUPPORT


def doers(user: User, errand: Errand) -> list[Doer]:
    """The units of a matter that the person may see, in the order of the roles; three queries."""
    rows = Commitment.objects.filter(plan=errand.plan, withdrawn=None).select_related("unit", "via", "measure")
    mine = policy.scope(user, rows).order_by("id")
    reports = {row.unit_id: row for row in Return.objects.filter(plan=errand.plan).select_related("submitted_by")}
    entries = {row.commitment_id: row for row in Entry.objects.filter(report__plan=errand.plan)}
    found = [Doer(row, reports.get(row.unit_id), entries.get(row.pk)) for row in mine]
    return sorted(found, key=lambda item: item.support)


def names_like(areas: Sequence[Area], typed: str) -> list[dict[str, str]]:
    """Units in use in the trees of ``areas`` whose names hold what was typed, the likest first."""
    wanted = typed.strip()[:60]
    if not wanted or not areas:
        return []
    named = Q(name__icontains=wanted) | Q(full_name__icontains=wanted) | Q(short_name__icontains=wanted)
    there = Q()
    for area in areas:
        there |= Q(area__path__startswith=f"/{area.path.split('/')[1]}/")
    units = Unit.objects.filter(named, there, closed=None, merged_into=None).select_related("area")
    found = sorted(units[:200], key=lambda unit: (not unit.name.startswith(wanted), len(unit.name), unit.name))
    return [{"name": unit.name, "area": unit.area.name} for unit in found[:SUGGESTED]]
