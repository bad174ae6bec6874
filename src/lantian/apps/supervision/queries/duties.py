"""Reads of commitments: the duty list with its filters and counts, one commitment whole, a unit's sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from lantian.apps.areas.models import Unit
from lantian.apps.core import policy
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.plans.content import target_of
from lantian.apps.plans.marking import search_words
from lantian.apps.plans.models import Assignment, Measure, Plan, RoleKind, Target
from lantian.apps.plans.queries.filters import month_or_day, uid_of
from lantian.apps.supervision import rights
from lantian.apps.supervision.models import Cadence, Commitment, Light, Question, QuestionKind, Share, State
from lantian.apps.supervision.sharing import proposed, words_of

PAGE = 50
FILTERS = ("unit", "role", "state", "light", "cadence", "due", "via", "section", "figure", "q")
OPEN = "open"  # a state filter of its own: everything that is neither met nor closed
FIGURES = ("any", "none", "missing")


def of_plan(user: User, plan: Plan) -> QuerySet[Commitment]:
    """The commitments of a plan in force that the person may see, in print order."""
    rows = Commitment.objects.filter(plan=plan, withdrawn=None)
    if not rights.of_office(user, "plan.view_draft", plan):  # the office sees all: no need to ask row by row
        rows = policy.scope(user, rows)
    return rows.order_by("n", "id")


def narrow(rows: QuerySet[Commitment], filters: Mapping[str, str], *, lights: bool) -> QuerySet[Commitment]:
    """Commitments that fit every filter; what means nothing does not narrow.

    ``unit`` and ``via`` are uids (an unknown one fits nothing), ``due`` a month or day of the printed or the internal
    day, ``figure`` one of any, none, missing (a total that nobody divided). ``lights`` are the office's alone.
    """
    for name in ("unit", "via"):
        if filters[name]:
            uid = uid_of(filters[name])
            rows = rows.filter(**{f"{name}__uid": uid}) if uid else rows.none()
    rows = _by_choice(rows, filters, lights)
    if span := month_or_day(filters["due"]):
        rows = rows.filter(Q(end__range=span) | Q(internal_due__range=span))
    words = search_words(filters["q"])
    if filters["section"] or words:  # the few rows of the plan are searched, not its thousands of commitments
        measures = Measure.objects.filter(section=filters["section"]) if filters["section"] else Measure.objects.all()
        for word in words:
            measures = measures.filter(search__contains=word)
        rows = rows.filter(measure__in=measures.order_by().values("pk"))
    shares = Share.objects.filter(withdrawn=None)
    if filters["figure"] == "any":
        rows = rows.filter(pk__in=shares.exclude(value=None).values("commitment"))
    elif filters["figure"] == "none":
        rows = rows.exclude(pk__in=shares.values("commitment"))
    elif filters["figure"] == "missing":
        rows = rows.filter(pk__in=shares.filter(value=None, origin="none").values("commitment"))
    return rows


def _by_choice(rows: QuerySet[Commitment], filters: Mapping[str, str], lights: bool) -> QuerySet[Commitment]:
    if filters["role"] in RoleKind.values:
        rows = rows.filter(role=filters["role"])
    if filters["cadence"] in Cadence.values:
        rows = rows.filter(cadence=filters["cadence"])
    if filters["state"] in State.values:
        rows = rows.filter(state=filters["state"])
    elif filters["state"] == OPEN:
        rows = rows.exclude(state__in=(State.MET, State.CLOSED))
    if lights and filters["light"] in (Light.BLUE, Light.YELLOW, Light.RED):
        rows = rows.filter(light=filters["light"])
    return rows


def live_shares() -> Prefetch[Any]:
    """Shares that the text asks for, as ``live_shares``."""
    return Prefetch("shares", Share.objects.filter(withdrawn=None).order_by("order", "id"), to_attr="live_shares")


def with_rows(rows: QuerySet[Commitment]) -> QuerySet[Commitment]:
    """Commitments as lists show them: with row, unit, collective and shares; two queries however many there are."""
    return rows.select_related("measure", "unit", "via").prefetch_related(live_shares())


def in_order(keys: Sequence[int]) -> list[Commitment]:
    """Commitments as lists show them, in the order of their keys; the last page of 13,000 passes over keys alone."""
    found = {row.pk: row for row in with_rows(Commitment.objects.filter(pk__in=keys).order_by())}
    return [found[pk] for pk in keys if pk in found]


@dataclass(frozen=True, slots=True)
class Counts:
    """What a plan's commitments are, by state and by light; never an average."""

    states: list[tuple[str, str, int]]
    lights: list[tuple[str, str, int]]
    total: int


def counts(rows: QuerySet[Commitment]) -> Counts:
    """States and lights of commitments, each with its label; one query."""
    found = rows.order_by().values_list("state", "light").annotate(number=Count("pk"))
    states: Counter[str] = Counter()
    lights: Counter[str] = Counter()
    for state, light, number in found:
        states[state] += number
        lights[light] += number
    shown = [(str(value), str(label), states[value]) for value, label in State.choices if states[value]]
    lit = [(str(value), str(label), lights[value]) for value, label in Light.choices if value and lights[value]]
    return Counts(shown, lit, sum(states.values()))


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters of a plan's list offer: units of what the person sees, collectives that the plan names."""

    units: list[tuple[str, str]]
    vias: list[tuple[str, str]]
    sections: list[str]


def choices(user: User, plan: Plan) -> Choices:
    """Units, collectives and sections; three queries."""
    rows = of_plan(user, plan).order_by()
    units = Unit.objects.order_by("area__code", "id").values_list("uid", "name")
    named = Assignment.objects.filter(measure__plan=plan, measure__withdrawn=None, unit__collective=True)
    sections = plan.measures.exclude(section="").order_by("n").values_list("section", flat=True)
    return Choices(
        [(str(uid), name) for uid, name in units.filter(pk__in=rows.values("unit"))],
        [(str(uid), name) for uid, name in units.filter(pk__in=named.values("unit"))],
        list(dict.fromkeys(sections)),
    )


def waiting(plan: Plan) -> QuerySet[Question]:
    """The open questions of a plan in print order."""
    rows = Question.objects.filter(plan=plan, decided=None, dropped=None)
    return rows.select_related("measure", "unit").order_by("measure__n", "id")


def proposals(plan: Plan) -> dict[int, str]:
    """What the words suggest for the open questions about figures, by the question's key; two queries.

    A figure whose areas nobody knows has no proposal.
    """
    rows = Question.objects.filter(plan=plan, kind=QuestionKind.APPLIES, decided=None, dropped=None)
    asked = list(rows.values_list("pk", "measure", "words"))
    targets = Target.objects.filter(measure__in={measure for _pk, measure, _words in asked})
    found = {}
    for target in targets:
        spec = target_of(target)
        if not spec["scope"]:
            found[target.measure_id, words_of(spec)] = proposed(spec)
    return {pk: found[measure, words] for pk, measure, words in asked if (measure, words) in found}


def one(user: User, uid: str) -> Commitment:
    """A commitment in the person's scope with all that its page shows; a withdrawn one, too."""
    rows = Commitment.objects.select_related("plan__area", "plan__rhythm", "measure", "unit__area", "via")
    shares = Prefetch(
        "shares", Share.objects.filter(withdrawn=None).select_related("line__sheet").order_by("order", "id"),
        to_attr="live_shares",
    )  # fmt: skip
    return policy.get_or_404(user, rows.prefetch_related(shares), uid=uid)


def events_of(row: Commitment, limit: int = 200) -> list[AuditEvent]:
    """What was done to a commitment, the latest first, with who did it."""
    return list(AuditEvent.objects.filter(object_uid=row.uid).select_related("user").order_by("-id")[:limit])


def siblings(row: Commitment) -> QuerySet[Commitment]:
    """The other commitments of the same row of the plan."""
    rows = Commitment.objects.filter(measure=row.measure_id, withdrawn=None).exclude(pk=row.pk)
    return rows.select_related("unit", "via").order_by("id")


def due_of(row: Commitment) -> date | None:
    """The day by which the office wants it: internal, else printed."""
    return row.internal_due or row.end


def values_of(row: Commitment) -> list[dict[str, Any]]:
    """The shares of a commitment as words for tables: target, value, unit, origin."""
    return [
        {"text": share.spec["text"], "value": share.value, "unit": share.spec["unit"] or "", "origin": share.origin}
        for share in row.live_shares  # type: ignore[attr-defined]  # prefetched
    ]
