"""Reads for the sheets that units fill: what each owes in a month, and what it said last."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Prefetch, Q

from lantian.apps.areas.models import Unit
from lantian.apps.plans.models import Plan
from lantian.apps.supervision import periods
from lantian.apps.supervision.models import Commitment, Entry, Share
from lantian.apps.supervision.queries.returns import last_entry


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One commitment on a sheet with what was said of it last."""

    commitment: Commitment
    last: Entry | None


def sheets(plan: Plan, month: str, condition: Q | None = None) -> dict[Unit, list[SheetRow]]:
    """The rows owed in a month by unit (those under ``condition`` on commitments), in the plan's order.

    A fixed number of queries for however many units.
    """
    shares = Share.objects.filter(withdrawn=None).order_by("order", "id")
    owed = Commitment.objects.filter(periods.owed(month), condition or Q(), plan=plan)
    rows = owed.select_related("measure", "unit__area").annotate(last_pk=last_entry(month))
    found = list(rows.prefetch_related(Prefetch("shares", shares)).order_by("unit__area__code", "unit", "measure__n"))
    keys = [pk for row in found if (pk := getattr(row, "last_pk", None))]
    lasts = {entry.commitment_id: entry for entry in Entry.objects.filter(pk__in=keys).prefetch_related("figures")}
    by_unit: dict[Unit, list[SheetRow]] = defaultdict(list)
    for row in found:
        by_unit[row.unit].append(SheetRow(row, lasts.get(row.pk)))
    return dict(by_unit)
