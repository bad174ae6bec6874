"""Reads of 交办事项: the list with how far each is, one with its units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, Value, When
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


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a matter is: units asked, answered and accepted, and ``stand``, a key of :data:`STATES`."""

    asked: int
    answered: int
    accepted: int
    stand: str
    year: int


def standings(user: User, rows: QuerySet[Errand] | None = None, today: date | None = None) -> dict[int, Standing]:
    """How far each matter in scope is (of ``rows``, if given), by its key; two queries.

    Who is of no office has the own units' answers counted only.
    """
    matters = policy.scope(user, Errand.objects.all() if rows is None else rows).order_by()
    known = list(matters.values_list("pk", "plan", "outcome", "reply_by", "year"))
    said = (ReturnState.SUBMITTED, ReturnState.ACCEPTED)
    returns = policy.scope(user, Return.objects.filter(plan__in=[plan for _pk, plan, *_more in known])).order_by()
    counted = returns.values_list("plan").annotate(
        asked=Count("pk"), answered=Count("pk", filter=Q(state__in=said)),
        accepted=Count("pk", filter=Q(state=ReturnState.ACCEPTED)),
    )  # fmt: skip
    numbers = {plan: tuple(given) for plan, *given in counted}
    day, found = today or timezone.localdate(), {}
    for pk, plan, outcome, reply_by, year in known:
        asked, answered, accepted = numbers.get(plan, (0, 0, 0))
        stand = _stand(outcome, reply_by, day, asked=asked, answered=answered, accepted=accepted)
        found[pk] = Standing(asked, answered, accepted, stand, year)
    return found


def _stand(outcome: str, reply_by: date, today: date, *, asked: int, answered: int, accepted: int) -> str:
    """The first that holds: ended, all accepted, all answered, past its day, near it."""
    if outcome != Outcome.OPEN:
        return "settled" if outcome == Outcome.SETTLED else "dropped"
    if asked and asked in (accepted, answered):
        return "accepted" if accepted == asked else "answered"
    if reply_by < today:
        return "overdue"
    return "near" if reply_by <= today + timedelta(days=NEAR_DAYS) else "open"


def listed(known: Mapping[int, Standing], filters: Mapping[str, str]) -> QuerySet[Errand]:
    """Of the matters that :func:`standings` found those that fit, what is open first and by reply-by day."""
    rows = narrowed(Errand.objects.filter(pk__in=_wanted(known, filters.get("state", ""))), filters)
    ended = Case(When(outcome=Outcome.OPEN, then=Value(0)), default=Value(1))
    return rows.select_related("plan", "area").order_by(ended, "reply_by", "-year", "-number")


def _wanted(known: Mapping[int, Standing], state: str) -> list[int]:
    return [pk for pk, item in known.items() if state not in STATES or item.stand == state]


def shown(rows: Iterable[Errand], known: Mapping[int, Standing]) -> list[tuple[Errand, Standing]]:
    """Matters as the list shows them: each with how far it is."""
    return [(row, known[row.pk]) for row in rows]


def narrowed(rows: QuerySet[Errand], filters: Mapping[str, str]) -> QuerySet[Errand]:
    """The rows that fit the filters of the address, but for the state, unless it is ``unsettled``: all not ended."""
    if filters.get("state") == "unsettled":
        rows = rows.filter(outcome=Outcome.OPEN)
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


def counts(known: Mapping[int, Standing]) -> dict[str, int]:
    """How many matters stand where."""
    return dict(Counter(item.stand for item in known.values()))


def years(known: Mapping[int, Standing]) -> list[int]:
    """The years of the matters, the latest first."""
    return sorted({item.year for item in known.values()}, reverse=True)


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
