"""沿用上年设置: what a plan's commitments could take over from those they go on from. No writes here.

A row that goes on (alignment, Continuation) was given its cadence, internal due day and plan curve last year by
people who knew why. What they chose is proposed where it differs now; what a rule had proposed is not, since the rule
speaks for this year, too. Days and months move by the years between both plans.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lantian.apps.alignment.years import accepted
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.actions.rhythm import FIELDS
from lantian.apps.supervision.models import Cadence, Commitment, Rhythm, Share

Points = list[list[str]]


@dataclass(frozen=True, slots=True)
class Curve:
    """The plan curve of last year's share for the same target: its preset, and edited parts in this year's months."""

    share: Share
    preset: str
    points: Points


@dataclass(slots=True)
class Proposal:
    """What one commitment could take over from one of an earlier year."""

    duty: Commitment
    earlier: Commitment
    cadence: str = ""
    due: date | None = None
    curves: list[Curve] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.cadence or self.due or self.curves)

    @property
    def cadence_word(self) -> str:
        """The cadence as people call it."""
        return str(Cadence(self.cadence).label) if self.cadence else ""


def proposals(plan: Plan) -> list[Proposal]:
    """What could be carried on, in print order; a fixed number of queries.

    Commitments belong together where the row goes on and unit and role are the same; where a row goes on from several,
    the first that has the unit counts.
    """
    links: dict[int, list[int]] = {}
    for measure, before in accepted(plan).values_list("measure", "earlier"):
        links.setdefault(measure, []).append(before)
    if not links:
        return []
    old = _duties(Commitment.objects.filter(measure__in={key for keys in links.values() for key in keys}))
    there = {(row.measure_id, row.unit_id, row.role): row for row in old}
    found = []
    for duty in _duties(Commitment.objects.filter(plan=plan, closed=None, measure__in=links)):
        keys = ((before, duty.unit_id, duty.role) for before in links[duty.measure_id])
        earlier = next((there[key] for key in keys if key in there), None)
        if earlier is not None and (proposal := _proposal(duty, earlier, (plan.year or 0) - (earlier.plan.year or 0))):
            found.append(proposal)
    return found


def _duties(rows: Any) -> Iterable[Commitment]:
    rows = rows.filter(withdrawn=None).select_related("measure", "unit", "plan").prefetch_related("shares")
    return list(rows.order_by("n", "id"))


def _proposal(duty: Commitment, earlier: Commitment, years: int) -> Proposal:
    found = Proposal(duty, earlier)
    if earlier.cadence_edited and duty.cadence != earlier.cadence:
        found.cadence = earlier.cadence
    due = moved(earlier.internal_due, years) if earlier.internal_edited else None
    if due is not None and due != duty.internal_due and (duty.end is None or due <= duty.end):
        found.due = due
    before = {_target(share): share for share in earlier.shares.all() if share.withdrawn is None}
    for share in duty.shares.all():
        old = before.get(_target(share))
        if share.withdrawn is None and old is not None and (old.curve or old.points):
            points = [[_month(key, years), part] for key, part in old.points]
            if (old.curve, points) != (share.curve, share.points):
                found.curves.append(Curve(share, old.curve, points))
    return found


def _target(share: Share) -> tuple[Any, ...]:
    """By what two years' targets are the same: what is counted, how, in which unit; the figure may differ."""
    return tuple(str(share.spec.get(name) or "") for name in ("kind", "subject", "unit"))


def moved(day: date | None, years: int) -> date | None:
    """The same day so many years later; 29 February becomes the 28th."""
    if day is None:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _month(key: str, years: int) -> str:
    """A period's key so many years later: ``2025-03``, ``2025``."""
    year, dash, rest = key.partition("-")
    return f"{int(year) + years}{dash}{rest}" if year.isdigit() else key


def rhythm(plan: Plan) -> tuple[Rhythm | None, dict[str, Any]]:
    """The rhythm of the plan that this one goes on from, and what of it differs now (lights, due days, review)."""
    first = accepted(plan).order_by("-earlier__plan__year").values_list("earlier__plan", flat=True).first()
    before = Rhythm.objects.filter(plan=first).select_related("plan").first() if first else None
    if before is None:
        return None, {}
    now = Rhythm.objects.filter(plan=plan).first() or Rhythm(plan=plan)
    return before, {name: value for name in FIELDS if (value := getattr(before, name)) != getattr(now, name)}
