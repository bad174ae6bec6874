"""上年对应措施: the card of a measure's page with the row it goes on from, how that ended, and what it became."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest
from django.utils.functional import Promise

from lantian.apps.alignment.models import Continuation
from lantian.apps.alignment.years import state_words
from lantian.apps.assessment import rights_yearend as rights
from lantian.apps.assessment.models import Outcome
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.core.policy import person
from lantian.apps.plans import hooks
from lantian.apps.plans.hooks import Card
from lantian.apps.plans.models import Measure
from lantian.apps.supervision.models import Commitment, State

MOST = 12  # rows on either side


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A row of another year: what became of it from one to the other, and how it ended or stands."""

    measure: Measure
    words: list[tuple[str, str | Promise]]
    outcome: str  # the year's end as decided, for the office
    states: list[tuple[str, int]]  # of the commitments that the person sees


def card(request: HttpRequest, measure: Measure) -> Card | None:
    """Both neighbours as far as the person sees them; None where no link was accepted."""
    user = person(request)
    rows = Continuation.objects.filter(Q(measure=measure) | Q(earlier=measure))
    keys = list(rows.order_by().values_list("pk", flat=True))
    if not keys:  # most rows have none; asking what of it the person sees costs more than the rest of the page
        return None
    seen = policy.scope(user, Continuation.objects.filter(pk__in=keys))
    links = list(seen.select_related("measure__plan__area", "earlier__plan__area")[: 2 * MOST])
    if not links:
        return None
    back = [(link.earlier, link) for link in links if link.measure_id == measure.pk and not link.earlier.withdrawn]
    on = [(link.measure, link) for link in links if link.earlier_id == measure.pk and not link.measure.withdrawn]
    known = _Known.of(user, [row for row, _link in (*back, *on)])
    context = {
        "earlier": [known.neighbour(row, link) for row, link in back],
        "later": [known.neighbour(row, link) for row, link in on],
    }
    return Card("assessment/continued.html", context, ("years.css",))


@dataclass(frozen=True, slots=True)
class _Known:
    outcomes: dict[int, str]
    states: dict[int, Counter[str]]

    @classmethod
    def of(cls, user: User, rows: Iterable[Measure]) -> _Known:
        rows = list(rows)
        plans = {row.plan_id: row.plan for row in rows}
        offices = [key for key, plan in plans.items() if rights.sees(user, plan)]
        decided = Outcome.objects.filter(measure__in=rows, plan__in=offices)
        states: dict[int, Counter[str]] = {}
        duties = policy.scope(user, Commitment.objects.filter(measure__in=rows, withdrawn=None))
        for key, state in duties.values_list("measure", "state"):
            states.setdefault(key, Counter())[state] += 1
        return cls({row.measure_id: str(row.get_wording_display()) for row in decided}, states)

    def neighbour(self, row: Measure, link: Continuation) -> Neighbour:
        counts = self.states.get(row.pk, Counter())
        said = [(str(State(state).label), number) for state, number in counts.most_common()]
        return Neighbour(row, state_words(link.states), self.outcomes.get(row.pk, ""), said)


def register() -> None:
    """Put the card on the page (once, when Django starts)."""
    hooks.card(card)
