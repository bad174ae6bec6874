"""The card of a measure's page: what settles its targets, with the newest figure of the plan's area."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest

from lantian.apps.indicators.models import Binding, How, Value
from lantian.apps.indicators.queries.facts import level_of
from lantian.apps.indicators.shelf import indicators
from lantian.apps.plans import hooks
from lantian.apps.plans.hooks import Card
from lantian.apps.plans.models import Measure
from lantian.indicators.headers import Indicator


@dataclass(frozen=True, slots=True)
class Line:
    """One target: its binding, the indicator if there is one, the newest figure and through which day it speaks."""

    binding: Binding
    indicator: Indicator | None
    figure: Value | None

    @property
    def value(self) -> Decimal | None:
        """The figure, None where there is none."""
        return self.figure.value if self.figure else None


def card(_request: HttpRequest, measure: Measure) -> Card | None:
    """None where nothing was proposed yet. Two queries."""
    rows = list(measure.bindings.all())
    if not rows:
        return None
    area = measure.plan.area
    names = {row.indicator for row in rows if row.how == How.INDICATOR}
    newest: dict[str, Value] = {}
    if names and area is not None:
        found = Value.objects.filter(
            run__indicator__in=names, run__superseded=None, run__level=level_of(area), subject=area.code
        )
        newest = {row.run.indicator: row for row in found.select_related("run").order_by("run__end")}
    known = indicators().indicators
    lines = [Line(row, known.get(row.indicator), newest.get(row.indicator)) for row in rows]
    return Card("indicators/_card.html", {"lines": lines, "plan": measure.plan}, ("indicators.css",))


def register() -> None:
    """Put the card on the page (once, when Django starts)."""
    hooks.card(card)
