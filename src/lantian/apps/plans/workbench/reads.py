"""Reads of the import workbench: its rows, its problems and unknown names, what may be undone, names while typing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from lantian.apps.areas.models import Area, AreaKind, Unit
from lantian.apps.core.models import User
from lantian.apps.plans import checkup, queries
from lantian.apps.plans.actions.edits.undo import redoable, undoable
from lantian.apps.plans.actions.importing import directory_of
from lantian.apps.plans.models import Assignment, Edit, Measure, Plan, RoleKind
from lantian.apps.plans.workbench import rows as workbench
from lantian.reading.rules import Rule, rules

SUGGESTED = 8
_OWN_AREAS = (AreaKind.PROVINCE, AreaKind.CITY, AreaKind.DISTRICT, AreaKind.COUNTY, AreaKind.ZONE)


@dataclass(frozen=True, slots=True)
class Tally:
    """How much is left to look at: open problems, the rows they stand in, all rows."""

    open: int
    rows: int
    total: int


def plan_rows(plan: Plan, uids: Collection[str] | None = None) -> list[workbench.WorkRow]:
    """The rows of a plan (or only those named) as the workbench shows them, in four queries."""
    rows = Measure.objects.filter(plan=plan).order_by("n")
    if uids is not None:
        rows = rows.filter(uid__in=uids)
    return workbench.rows_of(queries.with_details(rows))


@dataclass(frozen=True, slots=True)
class ShownProblem:
    """What one rule says of the plan, with the rule's own words."""

    problem: checkup.Problem
    rule: Rule | None

    @property
    def open(self) -> int:
        """Flags that wait for a person; notes never do."""
        return 0 if self.problem.kind == "note" else self.problem.open

    @property
    def doubt(self) -> bool:
        """Whether a person should look, as against a repair or a note."""
        return self.problem.kind in ("doubt", "check")


def panels(plan: Plan) -> dict[str, Any]:
    """The check-up of a plan: its tally, problems by rule and the names that the directory does not know.

    Names are looked up only where some are unknown and the plan's area is known: without it none would be found.
    """
    found = checkup.problems(plan)
    unknown = Assignment.objects.filter(measure__plan=plan, measure__withdrawn=None, unit=None)
    names = checkup.unknown_names(plan, directory_of(plan)) if plan.area and unknown.exists() else []
    return {
        "plan": plan,
        "tally": _tally(plan, found),
        "problems": [ShownProblem(item, rules().get(item.rule)) for item in found],
        "names": names,
    }


def _tally(plan: Plan, found: Iterable[checkup.Problem]) -> Tally:
    waiting = [item for item in found if item.kind != "note"]
    rows = {uid for item in waiting for uid in item.open_measures}
    conflicts = Measure.objects.filter(plan=plan).values_list("uid", "conflicts")
    both = {str(uid): len(listed) for uid, listed in conflicts}
    rows |= {uid for uid, count in both.items() if count}
    return Tally(open=sum(item.open for item in waiting) + sum(both.values()), rows=len(rows), total=len(both))


def may_go_back(user: User, plan: Plan) -> tuple[bool, bool]:
    """Whether the person has an edit of this plan to undo, and one to do again."""
    return undoable(user, plan).exists(), redoable(user, plan).exists()


def last_editor(user: User, plan: Plan) -> str:
    """Who else changed the plan last: a name, or nothing where the last change was the person's own."""
    edit = Edit.objects.filter(plan=plan).select_related("user").first()
    return str(edit.user) if edit and edit.user and edit.user != user else ""


def revisions(plan: Plan) -> list[tuple[str, int]]:
    """Every row of the plan in its order, with its revision."""
    rows = Measure.objects.filter(plan=plan).order_by("n").values_list("uid", "revision")
    return [(str(uid), revision) for uid, revision in rows]


def has_inherited(plan: Plan) -> bool:
    """Whether a row names units that an earlier phrase binds (下同): only then the column is shown."""
    return Assignment.objects.filter(measure__plan=plan, role=RoleKind.INHERITED).exists()


def head_areas(plan: Plan) -> list[Area]:
    """The areas that may have a plan of their own: provinces, cities, districts; and the plan's own area."""
    return list(Area.objects.filter(Q(kind__in=_OWN_AREAS) | Q(pk=plan.area_id)).order_by("code"))


def names_like(plan: Plan, typed: str) -> list[dict[str, str]]:
    """Units whose names hold what was typed, those that the plan already names first: name, uid and area of each."""
    wanted = typed.strip()[:60]
    if not wanted:
        return []
    named = Q(name__icontains=wanted) | Q(full_name__icontains=wanted) | Q(short_name__icontains=wanted)
    units = Unit.objects.filter(named | Q(aliases__name__icontains=wanted), closed=None).select_related("area")
    if plan.area is not None:
        units = units.filter(area__path__startswith=f"/{plan.area.path.split('/')[1]}/")
    here = Assignment.objects.filter(measure__plan=plan, unit__in=units).values_list("unit").distinct()
    used = set(here.values_list("unit", flat=True))
    found = sorted(set(units[:200]), key=lambda unit: (unit.pk not in used, *_likeness(unit, wanted)))
    return [{"name": unit.name, "unit": str(unit.uid), "area": unit.area.name} for unit in found[:SUGGESTED]]


def _likeness(unit: Unit, wanted: str) -> tuple[bool, bool, int, str]:
    return unit.name != wanted, not unit.name.startswith(wanted), len(unit.name), unit.name


def uids_given(values: Iterable[str]) -> list[str]:
    """Row ids of an address, at most a hundred; what is no id is left out."""
    return [str(uid) for value in values if (uid := queries.uid_of(value))][:100]
