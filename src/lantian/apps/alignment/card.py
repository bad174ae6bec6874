"""The card of a measure's page: which rows above it carries out, and who below carries it out."""

from __future__ import annotations

from django.http import HttpRequest

from lantian.apps.alignment import queries
from lantian.apps.core.policy import person
from lantian.apps.plans import hooks
from lantian.apps.plans.hooks import Card
from lantian.apps.plans.models import Measure


def card(request: HttpRequest, measure: Measure) -> Card | None:
    """What the person may see of both sides; None where nothing is linked. A fixed number of queries."""
    own, below = queries.of_measure(person(request), measure)
    if own is None and not below:
        return None
    return Card("alignment/_card.html", {"own": own, "below": below}, ("alignment.css",))


def register() -> None:
    """Put the card on the page (once, when Django starts)."""
    hooks.card(card)
