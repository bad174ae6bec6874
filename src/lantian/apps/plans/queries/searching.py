"""Search over all plans in scope: measures by the words of their normal form, plans and units by their names."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Prefetch, Q

from lantian.apps.areas.models import Unit, UnitAlias
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.plans.content import search_form
from lantian.apps.plans.marking import AROUND, Part, excerpt, marked, search_words
from lantian.apps.plans.models import Assignment, Measure, Plan
from lantian.apps.plans.queries.filters import narrow
from lantian.apps.plans.queries.plans import rank, standing

PAGE = 50
NAMES = 8  # plans and units named above the hits
_ROW = ("uid", "n", "plan", "task", "text", "deadline_text")


@dataclass(frozen=True, slots=True)
class Hit:
    """A measure that was found, with the words marked in its task, its text and the names of its units."""

    measure: Measure
    task: list[Part]
    text: list[Part]
    names: list[list[Part]]


@dataclass(frozen=True, slots=True)
class PlanHits:
    """The hits of one plan on this page and how many the plan has in all."""

    plan: Plan
    total: int
    hits: list[Hit]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search."""

    page: Page[int]
    groups: list[PlanHits]
    plan_count: int


def searched_plans(user: User) -> list[Plan]:
    """Every plan in scope with its area, newest first; amendments repeat their plan and are left out.

    One query, from which a search takes its plans, their order and what the filters offer: building the person's
    scope costs more than reading the few hundred plans of a city.
    """
    rows = standing(policy.scope(user, Plan.objects.select_related("area"))).order_by()
    fields = ("uid", "title", "year", "level", "medium", "status", "area__path", "area__code", "area__name")
    return sorted(rows.only(*fields), key=rank)


def _fits(plan: Plan, filters: Mapping[str, str]) -> bool:
    if filters["year"] and str(plan.year) != filters["year"]:
        return False
    if any(filters[name] and getattr(plan, name) != filters[name] for name in ("level", "medium")):
        return False
    return not filters["area"] or (plan.area is not None and f"/{filters['area']}/" in plan.area.path)


def search(
    plans: Sequence[Plan], filters: Mapping[str, str], page: str | None, size: int = PAGE, around: int = AROUND
) -> Found:
    """Measures of ``plans`` (:func:`searched_plans`) that fit, ``size`` a page, by plan in their order.

    ``around`` characters of a long text are shown on both sides of its first hit.

    The words are looked for once: the keys of all hits come back, then the page's rows are read by key. Three queries.
    """
    order = {plan.pk: (place, plan) for place, plan in enumerate(plans) if _fits(plan, filters)}
    rows = narrow(Measure.objects.filter(plan__in=list(order)), filters, part_of_name=True)
    keys = sorted((order[plan][0], n, pk, plan) for plan, n, pk in rows.order_by().values_list("plan_id", "n", "pk"))
    shown = Paginator([pk for _place, _n, pk, _plan in keys], size).get_page(page)
    totals = Counter(plan for *_, plan in keys)
    words = search_words(filters["q"])
    groups = [
        PlanHits(order[pk][1], totals[pk], [_hit(row, words, around) for row in members])
        for pk, members in groupby(_rows(list(shown.object_list)), key=lambda row: row.plan_id)
    ]
    return Found(shown, groups, len(totals))


def _rows(keys: Sequence[int]) -> list[Measure]:
    """The rows with these keys in this order."""
    names = Prefetch("assignments", Assignment.objects.only("measure", "name", "order"))
    found = {row.pk: row for row in Measure.objects.filter(pk__in=keys).only(*_ROW).prefetch_related(names)}
    return [found[key] for key in keys if key in found]


def _hit(row: Measure, words: Sequence[str], around: int) -> Hit:
    names = dict.fromkeys(duty.name for duty in row.assignments.all())
    named = (marked(name, words) for name in names)
    shown = [parts for parts in named if any(part.hit for part in parts)]
    return Hit(row, marked(row.task, words), excerpt(row.text, words, around), shown)


def matching_plans(plans: Sequence[Plan], text: str, limit: int = NAMES) -> list[Plan]:
    """The first of ``plans`` whose title holds every word in its normal form."""
    words = search_words(text)
    if not words:
        return []
    forms = ((plan, search_form(plan.title)) for plan in plans)
    return [plan for plan, form in forms if all(word in form for word in words)][:limit]


def matching_units(user: User, text: str, limit: int = NAMES) -> list[Unit]:
    """Units with a name, now or once, that holds every word; shortest names first."""
    words = unicodedata.normalize("NFKC", text.replace("\x00", "")).split()
    if not words:
        return []
    rows = policy.scope(user, Unit.objects.filter(merged_into=None).select_related("area"))
    for word in words[:4]:
        other = Exists(UnitAlias.objects.filter(unit=OuterRef("pk"), name__icontains=word))
        own = Q(name__icontains=word) | Q(full_name__icontains=word) | Q(short_name__icontains=word)
        rows = rows.filter(own | other)
    return sorted(rows[:200], key=lambda unit: (len(unit.name), unit.pk))[:limit]
