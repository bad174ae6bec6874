"""The rows of one plan: the table, what its filters offer, what stands beside a measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Min, Prefetch, QuerySet

from lantian.apps.core import policy
from lantian.apps.core.fetching import fetch
from lantian.apps.core.models import User
from lantian.apps.plans.content import search_form
from lantian.apps.plans.models import Assignment, Measure, MeasureFlag, Plan
from lantian.apps.plans.queries.filters import narrow
from lantian.apps.plans.queries.plans import newest_first

_SAME_TASK = 200  # rows looked at for the same task in other plans
_OTHER_PLANS = 8


def with_details(rows: QuerySet[Measure]) -> QuerySet[Measure]:
    """Measures with everything that a row holds, in three further queries however many there are."""
    return rows.prefetch_related(Prefetch("assignments", Assignment.objects.select_related("unit")), "targets", "flags")


def detailed(rows: QuerySet[Measure], flags: QuerySet[MeasureFlag] | None = None) -> list[Measure]:
    """What :func:`with_details` gives, as a list to read: a third of the time where there are hundreds of rows."""
    found = list(rows)
    fetch(found, "assignments", Assignment.objects.select_related("unit"))
    fetch(found, "targets")
    fetch(found, "flags", flags)
    return found


def plan_measures(plan: Plan, filters: Mapping[str, str]) -> list[Measure]:
    """The measures of a plan in print order, narrowed by filters, with the flags that no person accepted."""
    return detailed(narrow(plan.measures.all(), filters), MeasureFlag.objects.filter(accepted=False))


def unit_names(plan: Plan) -> list[tuple[str, int]]:
    """Names in the role cells of a plan with the number of measures each stands in, most duties first."""
    rows = Assignment.objects.filter(measure__plan=plan, measure__withdrawn=None).values_list("name")
    counted = rows.annotate(count=Count("measure", distinct=True)).order_by("-count", "name")
    return [(name, count) for name, count in counted]


def deadline_texts(plan: Plan) -> list[str]:
    """The printed deadlines of a plan, each once, most frequent first."""
    rows = plan.measures.exclude(deadline_text="").values_list("deadline_text").annotate(count=Count("id"))
    return [text for text, _count in rows.order_by("-count", "deadline_text")]


def section_names(plan: Plan) -> list[str]:
    """The sections of a plan in print order."""
    rows = plan.measures.exclude(section="").order_by().values_list("section").annotate(first=Min("n"))
    return [section for section, _first in rows.order_by("first")]


def neighbours(measure: Measure) -> tuple[Measure | None, Measure | None]:
    """The measures printed before and after; none for a row that a later version dropped."""
    if measure.withdrawn is not None:
        return None, None
    same = Measure.objects.filter(plan_id=measure.plan_id).only("uid", "n", "row")
    before = same.filter(n__lt=measure.n).order_by("-n").first()
    return before, same.filter(n__gt=measure.n).order_by("n").first()


@dataclass(frozen=True, slots=True)
class Related:
    """Measures of the same task: in this plan, and in other plans by plan."""

    here: list[Measure]
    elsewhere: list[tuple[Plan, list[Measure]]]


def related(user: User, measure: Measure) -> Related:
    """The other measures of the measure's task, and those of a task with the same words in other plans in scope.

    Words are the same in their normal form (:func:`lantian.apps.plans.content.search_form`). Amendments in
    preparation repeat their plan and are left out. Two queries.
    """
    if not measure.task:
        return Related([], [])
    wanted = search_form(measure.task)
    rows = Measure.objects.only("uid", "n", "task", "text", "plan")
    here = rows.filter(plan_id=measure.plan_id, seq=measure.seq, task=measure.task).exclude(pk=measure.pk)
    others = policy.scope(user, rows.filter(search__startswith=wanted, plan__amends=None))
    others = others.exclude(plan_id=measure.plan_id).select_related("plan")
    by_plan: dict[int, tuple[Plan, list[Measure]]] = {}
    for row in others.order_by(*newest_first("plan__"), "n")[:_SAME_TASK]:
        if search_form(row.task) == wanted:
            by_plan.setdefault(row.plan_id, (row.plan, []))[1].append(row)
    return Related(list(here), list(by_plan.values())[:_OTHER_PLANS])
