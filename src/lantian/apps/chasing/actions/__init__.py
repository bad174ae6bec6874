"""All writes of chasing; each checks its right and writes the audit record."""

from lantian.apps.chasing.actions.calls import log_call
from lantian.apps.chasing.actions.channels import remove_webhook, save_webhook, switch_webhook, test_webhook
from lantian.apps.chasing.actions.common import ChasingError, StaleError
from lantian.apps.chasing.actions.letters import LetterWords, close_letter, draft_letter, follow_paper
from lantian.apps.chasing.actions.messages import send_again, send_due
from lantian.apps.chasing.actions.reminding import remind, set_reminding

__all__ = [
    "ChasingError", "LetterWords", "StaleError", "close_letter", "draft_letter", "follow_paper", "log_call", "remind",
    "remove_webhook", "save_webhook", "send_again", "send_due", "set_reminding", "switch_webhook", "test_webhook",
]  # fmt: skip
