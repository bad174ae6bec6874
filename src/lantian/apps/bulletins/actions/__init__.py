"""All writes to bulletins; each checks its right, holds the bulletin and writes the audit record."""

from lantian.apps.bulletins.actions.checking import agree, answer, close_check, object_to, recall, send_out
from lantian.apps.bulletins.actions.common import BulletinError, StaleError
from lantian.apps.bulletins.actions.drafting import draft, read_workbook, save_text, set_figures
from lantian.apps.bulletins.actions.issuing import (
    correct,
    issue,
    name_leader,
    send_back,
    sign,
    sign_on_paper,
    withdraw,
)
from lantian.apps.bulletins.actions.texts import save_template

__all__ = [
    "BulletinError", "StaleError", "agree", "answer", "close_check", "correct", "draft", "issue", "name_leader",
    "object_to", "read_workbook", "recall", "save_template", "save_text", "send_back", "send_out", "set_figures",
    "sign", "sign_on_paper", "withdraw",
]  # fmt: skip
