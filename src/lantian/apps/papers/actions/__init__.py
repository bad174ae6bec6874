"""All writes to papers; each checks its right, locks the paper and writes the audit record."""

from lantian.apps.papers.actions.common import PaperError, StaleError
from lantian.apps.papers.actions.drafting import Words, copy_paper, draft_paper, save_paper
from lantian.apps.papers.actions.recipients import receive, reply
from lantian.apps.papers.actions.settings import raise_number, save_letterhead, save_template
from lantian.apps.papers.actions.steps import (
    check_paper,
    countersign,
    issue_paper,
    send_back,
    sign_on_paper,
    sign_paper,
    void_paper,
)

__all__ = [
    "PaperError", "StaleError", "Words", "check_paper", "copy_paper", "countersign", "draft_paper", "issue_paper",
    "raise_number", "receive", "reply", "save_letterhead", "save_paper", "save_template", "send_back",
    "sign_on_paper", "sign_paper", "void_paper",
]  # fmt: skip
