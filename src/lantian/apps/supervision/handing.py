"""What a handover of a liaison lists: the unit's open commitments (lantian.apps.people.hooks)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Count, Q, QuerySet

from lantian.apps.areas.models import Unit
from lantian.apps.people import hooks
from lantian.apps.plans.models import IN_FORCE
from lantian.apps.supervision.models import Commitment


def register() -> None:
    """Tell the register of liaisons about open commitments (once, when Django starts)."""
    hooks.duties_of.append(open_duties)
    hooks.duty_counts.append(open_counts)


def _open(on: date) -> QuerySet[Commitment]:
    rows = Commitment.objects.filter(withdrawn=None, plan__status__in=IN_FORCE)
    return rows.filter(Q(closed=None) | Q(closed__gt=on))


def open_duties(unit: Unit, on: date) -> list[hooks.Duty]:
    """The unit's commitments of plans in force that were not closed by the day, in the order of the plans."""
    rows = _open(on).filter(unit=unit).select_related("plan", "measure").order_by("plan", "n", "id")
    return [
        hooks.Duty(
            plan=row.plan.title, n=row.n, seq=row.measure.seq, text=row.measure.text,
            role=str(row.get_role_display()), end=row.end, state=str(row.get_state_display()),
        )
        for row in rows
    ]  # fmt: skip


def open_counts(unit_ids: Collection[int], on: date) -> dict[int, int]:
    """How many open commitments each of the units has; one query."""
    rows = _open(on).filter(unit__in=unit_ids).order_by().values("unit").annotate(n=Count("pk"))
    return {row["unit"]: row["n"] for row in rows}
