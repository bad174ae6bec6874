"""年度对应: a plan beside the plan of an earlier year, row by row, with what was accepted already. No writes here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from lantian.apps.alignment.models import Continuation
from lantian.apps.alignment.shown import FIELDS, Change
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.plans import exports
from lantian.apps.plans.models import Measure, Plan, PlanKind
from lantian.apps.plans.queries import standing
from lantian.comparing import compare_years, years

CHOICES = 20  # earlier plans that the page offers
# What each state is called, and its shape.
STATES: dict[str, tuple[str, str | Promise]] = {
    years.CONTINUED: ("＝", pgettext_lazy("from year to year", "goes on")),
    years.TIGHTENED: ("▲", pgettext_lazy("from year to year", "tightened")),
    years.LOOSENED: ("▼", pgettext_lazy("from year to year", "loosened")),
    years.RENUMBERED: ("№", pgettext_lazy("from year to year", "renumbered")),
    years.REGROUPED: ("§", pgettext_lazy("from year to year", "in another section")),
    years.REWORDED: ("≈", pgettext_lazy("from year to year", "reworded")),
    years.MOVED: ("⇄", pgettext_lazy("from year to year", "other units")),
    years.RESCHEDULED: ("◷", pgettext_lazy("from year to year", "other deadline")),
    years.SPLIT: ("⋔", pgettext_lazy("from year to year", "split")),
    years.MERGED: ("⋎", pgettext_lazy("from year to year", "merged")),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A row that goes on: both rows, what became of it, and the link where somebody accepted it."""

    earlier: Measure
    measure: Measure
    states: tuple[str, ...]
    changes: tuple[dict[str, Any], ...] = ()
    link: Continuation | None = None

    @property
    def words(self) -> list[tuple[str, str | Promise]]:
        """The states as shape and word; 延续 alone only where nothing else is said."""
        return state_words(self.states)

    @property
    def differences(self) -> list[Change]:
        """What differs, but for the words of the measure, which stand side by side."""
        return [
            Change(FIELDS.get(item["field"], item["field"]), item["from"] or "", item["to"] or "")
            for item in self.changes
            if item["field"] != "text"
        ]


@dataclass(frozen=True, slots=True)
class Years:
    """A plan beside an earlier one: what goes on, what is new, what was dropped."""

    pairs: list[Pair] = field(default_factory=list)
    new: list[Measure] = field(default_factory=list)
    dropped: list[Measure] = field(default_factory=list)

    @property
    def open(self) -> int:
        """How many pairs nobody accepted yet."""
        return sum(pair.link is None for pair in self.pairs)


def state_words(states: Iterable[str]) -> list[tuple[str, str | Promise]]:
    """States as shapes and words; that a row goes on is said only where nothing else is."""
    known = [state for state in states if state in STATES]
    more = [state for state in known if state != years.CONTINUED]
    return [STATES[state] for state in more or known]


def earlier_plans(user: User, plan: Plan) -> QuerySet[Plan]:
    """Plans of earlier years of the same area, level and medium that the person may see, the latest first."""
    rows = standing(policy.scope(user, Plan.objects.select_related("area", "file")))
    same = rows.filter(area=plan.area, level=plan.level, medium=plan.medium, kind=PlanKind.PLAN)
    return same.filter(year__lt=plan.year or 0).exclude(pk=plan.pk).order_by("-year", "-id")


def accepted(plan: Plan) -> QuerySet[Continuation]:
    """The links of a plan's current rows to those of earlier years."""
    rows = Continuation.objects.filter(measure__plan=plan, measure__withdrawn=None)
    return rows.select_related("measure__plan", "earlier__plan", "by")


def compared(plan: Plan, earlier: Plan) -> Years:
    """Both plans row by row: the engine's pairs with the links of those accepted, then pairs a person made."""
    found = compare_years(exports.current(earlier), exports.current(plan))
    before, after = ({row.n: row for row in side.measures.all()} for side in (earlier, plan))
    links = {(row.earlier_id, row.measure_id): row for row in accepted(plan).filter(earlier__plan=earlier)}
    pairs = []
    for item in found.pairs:
        old, new = before[item.old_n], after[item.new_n]
        pairs.append(Pair(old, new, item.states, item.changes, links.pop((old.pk, new.pk), None)))
    pairs += [Pair(row.earlier, row.measure, tuple(row.states), tuple(row.changes), row) for row in links.values()]
    pairs.sort(key=lambda pair: (pair.measure.n, pair.earlier.n))
    linked = {pair.measure.pk for pair in pairs} | {pair.earlier.pk for pair in pairs}
    return Years(
        pairs,
        [after[n] for n in found.new if after[n].pk not in linked],
        [before[n] for n in found.dropped if before[n].pk not in linked],
    )
