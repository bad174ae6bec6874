"""What apps above this one add to plans: plans know nothing of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from lantian.apps.core.models import User
from lantian.apps.plans.models import Measure, Plan


@dataclass(frozen=True, slots=True)
class Mark:
    """One line beside a measure: a shape, a word, how many; ``style`` is a CSS class of the state's look."""

    mark: str
    word: str
    style: str
    number: int
    url: str


@dataclass(frozen=True, slots=True)
class Card:
    """A card on a measure's page: an own template and what it shows; ``styles`` are its style sheets."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    styles: tuple[str, ...] = ()


Beside = Callable[[User, Plan, Sequence[Measure]], Mapping[int, Sequence[Mark]]]

_on_publication: list[Callable[[User, Plan], None]] = []
_beside: list[Beside] = []
_cards: list[Callable[[HttpRequest, Measure], Card | None]] = []


def on_publication(act: Callable[[User, Plan], None]) -> None:
    """Register what happens in the transaction that publishes a plan or an amendment; it has to be short."""
    _on_publication.append(act)


def published(user: User, plan: Plan) -> None:
    """Tell everybody who registered that ``plan`` is in force in a new version."""
    for act in _on_publication:
        act(user, plan)


def beside(give: Beside) -> None:
    """Register what stands beside the rows of a plan's table, by the measure's key; a fixed number of queries."""
    _beside.append(give)


def marks(user: User, plan: Plan, measures: Sequence[Measure]) -> dict[int, list[Mark]]:
    """What the apps above say beside each row, the most urgent first; rows without anything are left out."""
    found: dict[int, list[Mark]] = {}
    for give in _beside:
        for key, lines in give(user, plan, measures).items():
            found.setdefault(key, []).extend(lines)
    return found


def card(give: Callable[[HttpRequest, Measure], Card | None]) -> None:
    """Register a card of a measure's page; None where it has nothing to show."""
    _cards.append(give)


def cards(request: HttpRequest, measure: Measure) -> list[Card]:
    """The cards that apps above put on a measure's page, in the order in which they registered."""
    return [found for give in _cards if (found := give(request, measure)) is not None]
