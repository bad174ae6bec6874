"""考核记分: reading a scorecard and scoring units by facts. Pure: no Django, no database, no clock."""

from lantian.apps.assessment.scoring.engine import score, score_unit
from lantian.apps.assessment.scoring.facts import MANUAL, Source, sources, split
from lantian.apps.assessment.scoring.model import (
    Adjustment,
    Card,
    Fact,
    Grade,
    Item,
    ItemScore,
    Reason,
    Ref,
    UnitScore,
    Words,
)
from lantian.apps.assessment.scoring.reader import Problem
from lantian.apps.assessment.scoring.reading import CardError, read_card

__all__ = [
    "MANUAL", "Adjustment", "Card", "CardError", "Fact", "Grade", "Item", "ItemScore", "Problem", "Reason", "Ref",
    "Source", "UnitScore", "Words", "read_card", "score", "score_unit", "sources", "split",
]  # fmt: skip
