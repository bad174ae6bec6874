"""Reads of alignment: the plans above, the workbench's rows, rows nobody took, the city's matrix."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from lantian.apps.alignment.models import Alignment, Link, LinkState, Partner, Relation
from lantian.apps.areas.models import Level
from lantian.apps.core import policy
from lantian.apps.core.models import Job, User
from lantian.apps.plans.models import Assignment, Measure, Plan, RoleKind
from lantian.apps.plans.queries import standing
from lantian.apps.plans.queries.plans import newest_first

PAGE = 50
CHOICES = 60  # plans that a form offers
FOUND = 12  # rows that a search for a row above offers
# How a plan names those below it all together: by the level of the plan below.
_BELOW = {
    Level.DISTRICT: ("各区", "各县", "各相关区", "相关区", "有关区"),
    Level.TOWN: ("各街道", "各镇", "各乡", "相关街道", "有关街道", "属地街道"),
}


def plans_above(user: User, plan: Plan) -> QuerySet[Plan]:
    """Plans of the areas above the plan's that the person may see, newest first; without area none."""
    codes = plan.area.path.strip("/").split("/")[:-1] if plan.area else []
    rows = standing(policy.scope(user, Plan.objects.select_related("area", "file")))
    return rows.filter(area__code__in=codes).order_by(*newest_first())


def proposed_above(plan: Plan, above: Sequence[Plan]) -> list[Plan]:
    """Which of the plans above to tick at first: those of the year, of the plan's medium if there is one."""
    same = [row for row in above if row.year == plan.year]
    return [row for row in same if row.medium == plan.medium][:1] or same[:1]


def alignment_of(plan: Plan) -> Alignment | None:
    """The plan's alignment as it was done last; None before the first."""
    rows = Alignment.objects.filter(plan=plan).exclude(at=None).select_related("by")
    return rows.prefetch_related("cities").first()


def running(plan: Plan, kind: str) -> Job | None:
    """The latest alignment in the background that still runs or failed."""
    latest = Job.objects.filter(kind=kind, payload__plan=str(plan.uid)).order_by("-id").first()
    return latest if latest and (latest.active or latest.error) else None


def links(plan: Plan) -> QuerySet[Link]:
    """The links of a plan's current rows, in order."""
    return Link.objects.filter(measure__plan=plan, measure__withdrawn=None).order_by("measure__n")


def with_rows(rows: QuerySet[Link]) -> QuerySet[Link]:
    """Links with everything that the workbench shows of them, in a fixed number of queries."""
    partners = Partner.objects.select_related("measure__plan").order_by("order")
    return rows.select_related("measure__plan__area", "decided_by").prefetch_related(Prefetch("partners", partners))


def shown(rows: QuerySet[Link], show: str) -> QuerySet[Link]:
    """Links narrowed by what the page shows: ``open``, ``confirmed``, a relation; anything else: all."""
    if show == "open":
        return rows.filter(state=LinkState.PROPOSED)
    if show == "confirmed":
        return rows.filter(state=LinkState.CONFIRMED)
    return rows.filter(relation=show) if show in Relation.values else rows


@dataclass(frozen=True, slots=True)
class Counts:
    """How far a plan's links are."""

    total: int
    confirmed: int
    relations: list[tuple[str, str, int]]

    @property
    def open(self) -> int:
        """Links that wait for a person."""
        return self.total - self.confirmed


def counts(plan: Plan) -> Counts:
    """Links by relation and state, in one query."""
    rows = links(plan).order_by().values_list("relation", "state").annotate(number=Count("pk"))
    by_relation: Counter[str] = Counter()
    confirmed = 0
    for relation, state, number in rows:
        by_relation[relation] += number
        confirmed += number if state == LinkState.CONFIRMED else 0
    relations = [(value, str(label), by_relation[value]) for value, label in Relation.choices]
    return Counts(sum(by_relation.values()), confirmed, relations)


def _taken(plan: Plan) -> QuerySet[Partner]:
    return Partner.objects.filter(link__measure__plan=plan, link__measure__withdrawn=None)


def _asks(level: str, region: str) -> Q:
    """Condition on rows above: they name those of ``level`` all together, or ``region``, as doers or in their words."""
    names = _BELOW.get(Level(level), ()) if level in Level.values else ()
    doer, words = Q(pk__in=()), Q(pk__in=())
    for name in names:
        doer |= Q(name__startswith=name)
        words |= Q(text__contains=name)
    if region:
        doer |= Q(name__startswith=region)
        words |= Q(text__contains=region)
    doers = Assignment.objects.filter(doer, measure=OuterRef("pk")).exclude(role=RoleKind.SUPPORT)
    return Q(Exists(doers)) | words


def orphans(plan: Plan, alignment: Alignment) -> QuerySet[Measure]:
    """Rows above that no row of the plan implements; those that name us (``ours``) first."""
    rows = Measure.objects.filter(plan__in=alignment.cities.values("pk")).exclude(pk__in=_taken(plan).values("measure"))
    ours = Exists(Measure.objects.filter(_asks_plan(plan), pk=OuterRef("pk")))
    rows = rows.annotate(ours=ours).select_related("plan").prefetch_related("assignments")
    return rows.order_by(F("ours").desc(), "plan", "n")


def search_above(alignment: Alignment, text: str) -> list[Measure]:
    """Rows of the chosen plans above by 序号 or words, for adding one by hand."""
    rows = Measure.objects.filter(plan__in=alignment.cities.values("pk")).select_related("plan")
    text = text.replace("\x00", "").strip()[:80]
    if text.isascii() and text.isdigit() and len(text) < 5:
        rows = rows.filter(Q(seq=int(text)) | Q(n=int(text)))
    else:
        for word in text.split()[:5]:
            rows = rows.filter(Q(text__contains=word) | Q(task__contains=word))
    return list(rows.order_by("plan", "n")[:FOUND]) if text else []


def of_measure(user: User, measure: Measure) -> tuple[Link | None, list[Link]]:
    """What a row implements and which rows of other plans implement it, as far as the person may see both sides.

    Who prepares plans sees proposals, too; others what was confirmed.
    """
    rows = policy.scope(user, with_rows(Link.objects.all()))
    if not policy.can(user, "plan.view_draft"):
        rows = rows.filter(state=LinkState.CONFIRMED)
    own = rows.filter(measure=measure).first()
    below = rows.filter(pk__in=Partner.objects.filter(measure=measure).values("link"), measure__withdrawn=None)
    return own, list(below.order_by("measure__plan__area__code", "measure__n")[:PAGE])


# The city's side


@dataclass(frozen=True, slots=True)
class District:
    """A plan below with how it took the city's rows: rows by relation, and rows that it lacks."""

    plan: Plan
    counts: list[tuple[str, str, int]]
    confirmed: int
    total: int
    missing: int


@dataclass(frozen=True, slots=True)
class Cell:
    """What one plan below made of a row: the links that take it, none where it was not taken; whether it was asked."""

    links: list[Link]
    asked: bool


@dataclass(frozen=True, slots=True)
class TakenRow:
    """A row of the city with a cell for each plan below."""

    measure: Measure
    cells: list[Cell]


def districts(user: User, plan: Plan) -> list[Plan]:
    """Plans below that were aligned with this one and that the person may see, by area."""
    rows = policy.scope(user, Plan.objects.filter(alignment__cities=plan).exclude(alignment__at=None))
    return list(rows.select_related("area").order_by("area__code", "-year", "id")[:CHOICES])


def not_aligned(user: User, plan: Plan) -> list[Plan]:
    """Plans below of the same year that the person may see and that nobody has laid beside this one yet."""
    if plan.area is None:
        return []
    below = Plan.objects.filter(area__path__startswith=plan.area.path, year=plan.year).exclude(area=plan.area)
    rows = standing(policy.scope(user, below)).exclude(alignment__cities=plan)
    return list(rows.select_related("area").order_by("area__code", "id")[:CHOICES])


def district_counts(plan: Plan, below: Sequence[Plan]) -> list[District]:
    """How each plan below took the city's rows; a row that several rows of a district share counts once a relation."""
    keys = [row.pk for row in below]
    partners = _of_districts(plan, keys)
    number: dict[int, Counter[str]] = defaultdict(Counter)
    for pk, relation, count in partners.values_list("link__measure__plan", "link__relation").annotate(
        n=Count("measure", distinct=True)
    ):
        number[pk][relation] = count
    taken = dict(partners.values_list("link__measure__plan").annotate(n=Count("measure", distinct=True)))
    state = Link.objects.filter(measure__plan__in=keys, measure__withdrawn=None)
    sums = state.values_list("measure__plan").annotate(
        n=Count("pk"), done=Count("pk", filter=Q(state=LinkState.CONFIRMED))
    )
    done = {pk: (confirmed, total) for pk, total, confirmed in sums}
    rows = Measure.objects.filter(plan=plan).count()
    return [
        District(
            row,
            [(value, str(label), number[row.pk][value]) for value, label in Relation.choices if value != "added"],
            *done.get(row.pk, (0, 0)),
            rows - taken.get(row.pk, 0),
        )
        for row in below
    ]


def _of_districts(plan: Plan, keys: Sequence[int]) -> QuerySet[Partner]:
    rows = Partner.objects.filter(measure__plan=plan, measure__withdrawn=None, link__measure__plan__in=keys)
    return rows.filter(link__measure__withdrawn=None).order_by()


def _asks_plan(plan: Plan) -> Q:
    return _asks(plan.level, plan.area.name if plan.area else "")


def city_rows(plan: Plan, below: Sequence[Plan], show: str) -> QuerySet[Measure]:
    """The city's rows narrowed by what some plan below made of them: a relation, or ``missing``: a row that asks a
    plan below which did not take it."""
    rows = Measure.objects.filter(plan=plan).order_by("n").prefetch_related("assignments")
    if show in Relation.values:
        taken = _of_districts(plan, [row.pk for row in below])
        return rows.filter(pk__in=taken.filter(link__relation=show).values("measure"))
    if show == "missing":
        lacking = Q(pk__in=())
        for row in below:
            lacking |= _asks_plan(row) & ~Q(pk__in=_of_districts(plan, [row.pk]).values("measure"))
        return rows.filter(lacking)
    return rows


def _is_asked(measure: Measure, plan: Plan) -> bool:
    """As :func:`_asks`, for a row that is loaded with its names."""
    names = _BELOW.get(Level(plan.level), ()) if plan.level in Level.values else ()
    wanted = (*names, *([plan.area.name] if plan.area else []))
    doers = [duty.name for duty in measure.assignments.all() if duty.role != RoleKind.SUPPORT]
    return any(name in measure.text or any(doer.startswith(name) for doer in doers) for name in wanted)


def matrix(rows: Sequence[Measure], below: Sequence[Plan]) -> list[TakenRow]:
    """What each plan below made of these rows of the city, in one query; the rows are loaded with their names."""
    partners = Partner.objects.filter(
        measure__in=[row.pk for row in rows], link__measure__plan__in=[plan.pk for plan in below],
        link__measure__withdrawn=None,
    ).select_related("link__measure")  # fmt: skip
    found: Mapping[tuple[int, int], list[Link]] = defaultdict(list)
    for partner in partners.order_by("link__measure__n"):
        found[partner.measure_id, partner.link.measure.plan_id].append(partner.link)
    return [
        TakenRow(row, [Cell(found.get((row.pk, plan.pk), []), _is_asked(row, plan)) for plan in below]) for row in rows
    ]
