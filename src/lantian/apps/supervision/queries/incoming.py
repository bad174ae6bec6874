"""Reads for what comes in: the units of a plan with their names, what each owes, pieces and their rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from lantian.apps.areas.models import Unit, UnitAlias
from lantian.apps.plans.models import Plan, TargetKind
from lantian.apps.supervision import periods
from lantian.apps.supervision.incoming.model import Duty, Goal, Party
from lantian.apps.supervision.models import Commitment, Incoming, IncomingItem, IncomingState, ItemState, Share

WORDLESS = frozenset({TargetKind.DELIVERABLE, TargetKind.CADENCE})  # targets that no figure shows
_CODE = 8  # letters of a code on printed sheets, from the end of the uid


def code_of(uid: UUID) -> str:
    """What stands for a row of ours on a printed sheet."""
    return uid.hex[-_CODE:]


def live(plan: Plan) -> QuerySet[Commitment]:
    """The commitments of a plan that hold."""
    return Commitment.objects.filter(plan=plan, withdrawn=None)


def units_of(plan: Plan, condition: Q | None = None) -> QuerySet[Unit]:
    """The units that owe something of a plan, by area."""
    rows = Unit.objects.filter(pk__in=live(plan).values("unit"))
    return rows.filter(condition or Q()).select_related("area").order_by("area__code", "id")


def parties_of(plan: Plan) -> list[Party]:
    """The units that owe something, with every name by which they may sign; three queries."""
    units = list(units_of(plan))
    keys = [unit.pk for unit in units]
    names: dict[int, list[str]] = defaultdict(list)
    for alias in UnitAlias.objects.filter(unit__in=keys):
        names[alias.unit_id].append(alias.name)
    below: dict[int, list[str]] = defaultdict(list)
    for child in Unit.objects.filter(parent__in=keys, merged_into=None).exclude(pk__in=keys):
        below[child.parent_id or 0] += [child.name, child.full_name, child.short_name]
    return [
        Party(str(unit.uid), code_of(unit.uid), unit.name, _named(unit, names[unit.pk]), _some(below[unit.pk]))
        for unit in units
    ]


def _named(unit: Unit, aliases: list[str]) -> tuple[str, ...]:
    """The unit's names; the government of an area is also called by the area's name alone."""
    own = [unit.name, unit.full_name, unit.short_name, *aliases]
    if unit.name.startswith(unit.area.name) and unit.name.endswith(("政府", "办事处", "管委会", "委员会")):
        own += [unit.area.name, unit.area.short_name]
    return _some(own)


def _some(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def owed_rows(plan: Plan, unit: Unit) -> QuerySet[Commitment]:
    """What a unit may report of a plan: everything that holds, with its targets, in the plan's order."""
    shares = Share.objects.filter(withdrawn=None).order_by("order", "id")
    rows = live(plan).filter(unit=unit).select_related("measure").prefetch_related(Prefetch("shares", shares))
    return rows.order_by("measure__n", "id")


def duties_of(plan: Plan, unit: Unit) -> list[Duty]:
    """:func:`owed_rows` as the reading of pieces takes them; two queries."""
    return [duty_of(row) for row in owed_rows(plan, unit)]


def duty_of(row: Commitment) -> Duty:
    """One commitment, its measure and shares read before."""
    measure, specs = row.measure, [share.spec for share in row.shares.all()]
    goals = tuple(goal_of(share) for share in countable(row))
    document = any(spec.get("kind") == TargetKind.DELIVERABLE for spec in specs)
    number = measure.n if measure.seq is None else measure.seq
    return Duty(str(row.uid), code_of(row.uid), str(number), measure.task, measure.text, goals, document)


def countable(row: Commitment) -> list[Share]:
    """The targets of which figures are reported, in their order; the lines of a sheet are counted by it."""
    return [share for share in row.shares.all() if share.spec.get("kind") not in WORDLESS]


def goal_of(share: Share) -> Goal:
    """One target as the reading of figures takes it."""
    spec = share.spec
    said = {name: str(spec.get(name) or "") for name in ("subject", "unit", "text")}
    return Goal(str(share.uid), **said, level=spec.get("kind") != TargetKind.COUNT, own=share.value is not None)


def pieces(plan: Plan, rows: QuerySet[Incoming], period: str = "", state: str = "") -> QuerySet[Incoming]:
    """Pieces of a plan with how many of their rows wait and were taken."""
    found = rows.filter(plan=plan).exclude(route="phone")
    if period:
        found = found.filter(period=period)
    if state in IncomingState.values:
        found = found.filter(state=state)
    waiting = Count("items", filter=Q(items__state=ItemState.STAGED))
    taken = Count("items", filter=Q(items__state=ItemState.TAKEN))
    shown = found.defer("content", "text").select_related("unit", "job", "created_by")
    return shown.annotate(waiting=waiting, taken=taken).order_by("-id")


def state_counts(plan: Plan, rows: QuerySet[Incoming], period: str) -> dict[str, int]:
    """How many pieces of a month stand in each state."""
    found = rows.filter(plan=plan, period=period).order_by().values("state").annotate(n=Count("pk"))
    counts = {row["state"]: row["n"] for row in found}
    return {name: counts.get(name, 0) for name in IncomingState.values}


def items_of(piece: Incoming) -> list[IncomingItem]:
    """The rows of a piece with the commitment that each seems to be about."""
    rows = piece.items.select_related("commitment__measure", "entry", "decided_by")
    shares = Share.objects.filter(withdrawn=None).order_by("order", "id")
    return list(rows.prefetch_related(Prefetch("commitment__shares", shares)))


def months(plan: Plan, today: date) -> tuple[list[str], str]:
    """The months of a plan, and the one that is being collected."""
    return periods.months(plan), periods.current(plan, periods.rhythm_of(plan), today)


def decimal(text: object) -> Decimal | None:
    """A figure as it is staged (decimal text), or None."""
    return Decimal(str(text)) if text not in (None, "") else None
