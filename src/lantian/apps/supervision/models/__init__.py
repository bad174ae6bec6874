"""Tables of supervision: docs/models.md says what each is for."""

from lantian.apps.supervision.models.commitments import (
    Cadence,
    Commitment,
    DayRule,
    Light,
    Question,
    QuestionKind,
    QuotaLine,
    QuotaSheet,
    Rhythm,
    Share,
    ShareOrigin,
    State,
)
from lantian.apps.supervision.models.errands import Errand, ErrandKind, Outcome
from lantian.apps.supervision.models.exchange import Exchange, ExchangeKind
from lantian.apps.supervision.models.incoming import Incoming, IncomingItem, IncomingState, ItemState
from lantian.apps.supervision.models.returns import (
    Entry,
    Evidence,
    Figure,
    Return,
    ReturnLink,
    ReturnState,
    ReturnVersion,
    Route,
    Verdict,
)

__all__ = [
    "Cadence", "Commitment", "DayRule", "Entry", "Errand", "ErrandKind", "Evidence", "Exchange", "ExchangeKind",
    "Figure", "Incoming", "IncomingItem", "IncomingState", "ItemState", "Light", "Outcome", "Question", "QuestionKind",
    "QuotaLine", "QuotaSheet", "Return", "ReturnLink", "ReturnState", "ReturnVersion", "Rhythm", "Route", "Share",
    "ShareOrigin", "State", "Verdict",
]  # fmt: skip
