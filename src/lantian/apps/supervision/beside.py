"""What supervision says on the pages of a plan: the states beside each row of the table, the card of a measure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.core.paginator import Paginator
from django.db.models import Case, Count, IntegerField, When
from django.http import HttpRequest

from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.plans import hooks
from lantian.apps.plans.addresses import of_measure
from lantian.apps.plans.hooks import Card, Mark
from lantian.apps.plans.models import Measure, Plan
from lantian.apps.supervision.models import Commitment, State
from lantian.apps.supervision.queries.duties import of_plan, with_rows
from lantian.apps.supervision.templatetags.duties import MARKS

PAGE = 50
# The most urgent first, as lantian.status ranks them.
WORST_FIRST: tuple[State, ...] = (
    State.MISSED, State.OVERDUE, State.AT_RISK, State.BEHIND, State.NO_DATA, State.STALE, State.NOT_MEASURABLE,
    State.ON_TRACK, State.NOT_STARTED, State.MET, State.CLOSED,
)  # fmt: skip


def register() -> None:
    """Offer both to the plans (once, when Django starts)."""
    hooks.beside(states)
    hooks.card(duties)


def worst_first() -> Case:
    """An expression that orders commitments by :data:`WORST_FIRST`."""
    ranks = [When(state=state, then=rank) for rank, state in enumerate(WORST_FIRST)]
    return Case(*ranks, default=len(WORST_FIRST), output_field=IntegerField())


def states(user: User, plan: Plan, measures: Sequence[Measure]) -> dict[int, list[Mark]]:
    """How many commitments of each row are in which state, the worst first; those in the person's scope, two queries.

    An amendment under preparation owes nothing yet and asks nothing.
    """
    if plan.in_preparation or not measures:
        return {}
    rows = of_plan(user, plan).order_by()
    counted: dict[int, dict[str, int]] = defaultdict(dict)
    for measure, state, number in rows.values_list("measure", "state").annotate(number=Count("pk")):
        counted[measure][state] = number
    looks = {state: (MARKS[state][0], str(state.label), f"duty-{MARKS[state][1]}") for state in WORST_FIRST}
    found = {}
    for measure in measures:
        if given := counted.get(measure.pk):
            url = of_measure(measure.uid) + "#duties"
            marks = (Mark(*looks[state], given[state], url) for state in WORST_FIRST if state in given)
            found[measure.pk] = list(marks)
    return found


def duties(request: HttpRequest, measure: Measure) -> Card | None:
    """责任事项 of a measure with their states, the worst first, 50 a page (``?duties=2``); None without any."""
    if measure.plan.in_preparation:
        return None
    rows = policy.scope(policy.person(request), Commitment.objects.filter(measure=measure, withdrawn=None))
    page = Paginator(with_rows(rows).order_by(worst_first(), "id"), PAGE).get_page(request.GET.get("duties"))
    if not page.paginator.count:
        return None
    return Card("supervision/duties/_card.html", {"page": page, "measure": measure}, ("duties.css", "yearend.css"))
