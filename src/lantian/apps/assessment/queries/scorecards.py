"""Reads of scorecards: the list, the scores of a day, one unit's reasons, and scores as JSON and back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from lantian.apps.areas.models import Unit
from lantian.apps.assessment import providers
from lantian.apps.assessment.models import Appeal, AppealState, Scorecard, ScoreVersion
from lantian.apps.assessment.scoring import Adjustment, Card, ItemScore, Reason, Ref, UnitScore, Words, read_card, score
from lantian.apps.core import history as core_history
from lantian.apps.core import policy
from lantian.apps.core.models import AuditEvent, User

SAMPLE = Path(__file__).parent.parent / "samples" / "scorecard.yaml"


@dataclass(frozen=True, slots=True)
class Row:
    """One unit of a card with its score."""

    unit: Unit
    score: UnitScore

    def item(self, key: str) -> ItemScore:
        """The unit's score of one item."""
        return next(item for item in self.score.items if item.key == key)


def cards(user: User) -> QuerySet[Scorecard]:
    """The cards that the person may see, with how many units and appeals to be decided and the last frozen number."""
    waiting = Count("appeals", filter=Q(appeals__state=AppealState.OPEN), distinct=True)
    rows = policy.scope(user, Scorecard.objects.select_related("area"))
    return rows.annotate(
        number=Count("units", distinct=True), waiting=waiting, frozen=Max("versions__number")
    ).order_by("-year", "-id")


@lru_cache(maxsize=64)
def card_of(text: str) -> Card:
    """A card's text as read; it was checked before it was stored."""
    return read_card(text)


def rows(card: Scorecard, day: date) -> list[Row]:
    """Every unit's score as of a day, in the order of the ranks; a fixed number of queries for a card."""
    read = card_of(card.text)
    units = {str(unit.pk): unit for unit in card.units.select_related("area")}
    known = providers.facts(card, read.facts, day)
    given = {str(unit): facts for unit, facts in known.items()}
    found = score(read, given, _granted(card, day))
    return [Row(units[item.unit], item) for item in found]


def _granted(card: Scorecard, day: date) -> dict[str, list[Adjustment]]:
    """What granted appeals gave back by the day."""
    found: dict[str, list[Adjustment]] = defaultdict(list)
    appeals = card.appeals.filter(state=AppealState.GRANTED, decided__date__lte=day).order_by("id")
    for appeal in appeals:
        found[str(appeal.unit_id)].append(Adjustment(appeal.item, appeal.points or Decimal(0), appeal.basis))
    return found


def row_of(card: Scorecard, unit: Unit, day: date) -> Row:
    """One unit's score; the rank is among all units of the card."""
    return next(row for row in rows(card, day) if row.unit.pk == unit.pk)


def appeals(user: User, card: Scorecard) -> QuerySet[Appeal]:
    """The appeals that the person may see, those to be decided first."""
    found = policy.scope(user, card.appeals.select_related("unit", "by", "decided_by"))
    return found.order_by("-state", "-id")


def history(card: Scorecard) -> list[core_history.Entry]:
    """The latest events of the card and of its figures, appeals and frozen scores, newest first."""
    there = Q(object_uid=card.uid)
    for parts in (card.entered, card.appeals, card.versions):
        there |= Q(object_uid__in=parts.order_by().values("uid"))
    return core_history.entries(
        AuditEvent.objects.filter(there).select_related("user").order_by("-id")[: core_history.PAGE]
    )


def frozen(card: Scorecard) -> QuerySet[ScoreVersion]:
    """What was frozen, the latest first, without its content."""
    return card.versions.select_related("by").defer("content")


def content_of(card: Scorecard, found: Sequence[Row]) -> dict[str, Any]:
    """Scores as JSON: what a frozen version keeps (models/scorecards.py)."""
    read = card_of(card.text)
    items = [
        {
            "key": item.key,
            "kind": item.kind,
            "title": _words(item.title),
            "group": item.group,
            "weight": str(item.weight),
        }
        for item in read.items
    ]
    units = [
        {
            "uid": str(row.unit.uid),
            "name": row.unit.name,
            "rank": row.score.rank,
            "low": str(row.score.low),
            "high": str(row.score.high),
            "grade": _words(row.score.grade) if row.score.grade else None,
            "vetoes": [_reason(reason) for reason in row.score.vetoes],
            "items": [
                {"key": item.key, "low": str(item.low), "high": str(item.high), "weight": str(item.weight),
                 "reasons": [_reason(reason) for reason in item.reasons]}
                for item in row.score.items
            ],
        }
        for row in found
    ]  # fmt: skip
    return {"title": card.title, "text": card.text, "items": items, "units": units}


def _words(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "why": reason.why,
        "points": str(reason.points),
        "fact": reason.fact,
        "value": None if reason.value is None else str(reason.value),
        "each": None if reason.each is None else str(reason.each),
        "refs": [[ref.kind, ref.uid, ref.text] for ref in reason.refs],
        "note": reason.note,
    }


def scores_of(content: dict[str, Any]) -> list[tuple[str, str, UnitScore]]:
    """What :func:`content_of` kept, as scores again: uid and name of the unit, its score."""
    return [
        (
            unit["uid"],
            unit["name"],
            UnitScore(
                unit=unit["uid"],
                items=tuple(_item_again(item) for item in unit["items"]),
                low=Decimal(unit["low"]),
                high=Decimal(unit["high"]),
                grade=Words(**unit["grade"]) if unit["grade"] else None,
                rank=unit["rank"],
                vetoes=tuple(_reason_again(reason) for reason in unit["vetoes"]),
            ),
        )
        for unit in content["units"]
    ]


def _item_again(item: dict[str, Any]) -> ItemScore:
    reasons = tuple(_reason_again(reason) for reason in item["reasons"])
    return ItemScore(item["key"], Decimal(item["weight"]), Decimal(item["low"]), Decimal(item["high"]), reasons)


def _reason_again(reason: dict[str, Any]) -> Reason:
    numbers = {key: None if reason[key] is None else Decimal(reason[key]) for key in ("value", "each")}
    refs = tuple(Ref(*ref) for ref in reason["refs"])
    return Reason(reason["why"], Decimal(reason["points"]), reason["fact"], **numbers, refs=refs, note=reason["note"])
