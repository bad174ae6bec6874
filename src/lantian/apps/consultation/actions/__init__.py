"""All writes to rounds of 征求意见, by who acts: the office asks, units answer, the office decides."""

from lantian.apps.consultation.actions.answers import (
    no_objection,
    save_comment,
    save_note,
    submit,
    withdraw,
)
from lantian.apps.consultation.actions.common import NotPossible
from lantian.apps.consultation.actions.decisions import decide, set_carried_out
from lantian.apps.consultation.actions.replies import accept_form, discard_form, keep_scan, stage_form
from lantian.apps.consultation.actions.rounds import (
    close_round,
    invite,
    open_round,
    set_due,
    settle_overdue,
    uninvite,
)

__all__ = [
    "NotPossible", "accept_form", "close_round", "decide", "discard_form", "invite", "keep_scan", "no_objection",
    "open_round", "save_comment", "save_note", "set_carried_out", "set_due", "settle_overdue", "stage_form", "submit",
    "uninvite", "withdraw",
]  # fmt: skip
