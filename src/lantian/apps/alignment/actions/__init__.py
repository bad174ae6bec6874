"""All writes of alignment; each checks its right and writes the audit record."""

from lantian.apps.alignment.actions.common import NotPossible, StaleError
from lantian.apps.alignment.actions.continuing import accept, take_back
from lantian.apps.alignment.actions.deciding import confirm_many, decide, reopen
from lantian.apps.alignment.actions.drafting import make_draft
from lantian.apps.alignment.actions.running import RUN, run, store

__all__ = [
    "RUN", "NotPossible", "StaleError", "accept", "confirm_many", "decide", "make_draft", "reopen", "run", "store",
    "take_back",
]  # fmt: skip
