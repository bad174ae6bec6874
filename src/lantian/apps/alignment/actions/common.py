"""What the actions share: refusals, and holding a plan's alignment while it is changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lantian.apps.alignment.models import Alignment, Link, Partner
from lantian.apps.alignment.reading import wording_of
from lantian.apps.core.holding import NotPossible, StaleError
from lantian.apps.plans.models import Measure, Plan

__all__ = ["NotPossible", "StaleError", "hold", "put_partners", "said"]


def hold(plan: Plan) -> Alignment:
    """The alignment of a plan, held until the transaction ends: whoever changes links takes it first."""
    Alignment.objects.get_or_create(plan=plan)
    return Alignment.objects.select_for_update().get(plan=plan)


def put_partners(link: Link, rows: Sequence[Measure]) -> None:
    """Make ``rows`` the link's rows above, in this order."""
    link.partners.all().delete()
    Partner.objects.bulk_create(
        Partner(link=link, measure=row, order=order, wording=wording_of(row.text)) for order, row in enumerate(rows)
    )


def said(link: Link, rows: Sequence[Measure]) -> dict[str, Any]:
    """What the audit record says of a link."""
    return {
        "relation": str(link.relation), "state": str(link.state), "note": link.note,
        "rows": "、".join(f"{row.seq or '—'}/{row.n}" for row in rows),
    }  # fmt: skip
