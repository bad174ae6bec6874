"""Addresses of papers and what each kind of person is answered: see test_rights.py.

The persons belong to the city's bureau. ``drafted`` is a draft of the bureau's, ``issued`` a paper that went out to it;
``foreign`` is a paper of the transport bureau that only its own area's offices see.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from lantian.apps.areas.models import Unit
from lantian.apps.core.models import User
from lantian.apps.papers import actions
from lantian.apps.papers.actions import Words
from lantian.apps.papers.models import Paper
from lantian.apps.plans.models import Plan
from tests.apps.routes import LOGIN, Routes

ROUTES: Routes = {
    "papers:list": ("get", "", (LOGIN, 200, 200, 200)),
    "papers:new": ("get", "", (LOGIN, 403, 200, 403)),
    "papers:preview": ("post", "", (LOGIN, 403, 200, 403)),
    "papers:letterheads": ("get", "", (LOGIN, 403, 200, 403)),
    "papers:save-letterhead": ("post", "", (LOGIN, 403, 302, 403)),
    "papers:raise-number": ("post", "letterhead", (LOGIN, 404, 302, 404)),
    "papers:templates": ("get", "", (LOGIN, 403, 403, 200)),
    "papers:save-template": ("post", "template", (LOGIN, 403, 403, 302)),
    "papers:countersign": ("post", "countersign", (LOGIN, 404, 302, 403)),
    "papers:receive": ("post", "recipient", (LOGIN, 403, 302, 403)),
    "papers:reply": ("post", "recipient", (LOGIN, 403, 302, 403)),
    "papers:reply-file": ("get", "recipient", (LOGIN, 404, 404, 404)),
    "papers:paper": ("get", "issued", (LOGIN, 200, 200, 200)),
    "papers:edit": ("get", "issued", (LOGIN, 403, 302, 403)),
    "papers:copy": ("post", "issued", (LOGIN, 403, 302, 403)),
    "papers:check": ("post", "issued", (LOGIN, 403, 302, 403)),
    "papers:sign": ("post", "issued", (LOGIN, 403, 403, 403)),
    "papers:sign-on-paper": ("post", "issued", (LOGIN, 403, 302, 403)),
    "papers:issue": ("post", "issued", (LOGIN, 403, 302, 403)),
    "papers:back": ("post", "issued", (LOGIN, 403, 302, 403)),
    "papers:void": ("post", "issued", (LOGIN, 403, 302, 403)),
    "papers:word": ("get", "issued", (LOGIN, 200, 200, 200)),
    "papers:scan": ("get", "issued", (LOGIN, 200, 200, 200)),
}
# The same pages of a draft: who prepares no papers finds nothing.
DRAFT: Routes = {
    "papers:paper": ("get", "drafted", (LOGIN, 404, 200, 200)),
    "papers:edit": ("get", "drafted", (LOGIN, 404, 200, 403)),
    "papers:copy": ("post", "drafted", (LOGIN, 404, 302, 403)),
    "papers:check": ("post", "drafted", (LOGIN, 404, 302, 403)),
    "papers:sign": ("post", "drafted", (LOGIN, 404, 403, 403)),
    "papers:void": ("post", "drafted", (LOGIN, 404, 302, 403)),
    "papers:word": ("get", "drafted", (LOGIN, 404, 200, 200)),
    "papers:scan": ("get", "drafted", (LOGIN, 404, 404, 404)),
}

BODY = [{"kind": "text", "text": "请报送材料。"}]


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:  # noqa: ARG001  # papers stand without plans
    user = User.objects.get(username="coordinator")
    bureau, transport = Unit.objects.get(name="市生态环境局"), Unit.objects.get(name="市交通局")
    head = actions.save_letterhead(user, bureau, word="云环")
    words = Words("关于报送材料的函", BODY, approver_name="李局长", units=[bureau], countersigns=[transport])
    drafted = actions.draft_paper(user, "letter", bureau, words)
    asked = actions.draft_paper(user, "letter", bureau, words)
    actions.check_paper(user, asked, revision=asked.revision, note="仅一人")
    return {
        "letterhead": [head.uid],
        "template": ["notice"],
        "drafted": [drafted.uid],
        "countersign": [asked.countersigns.get().uid],
        "issued": [_issued(user, bureau).uid],
        "recipient": [_issued(user, bureau).recipients.get().uid],
    }


def _issued(user: User, bureau: Unit) -> Paper:
    words = Words("关于报送材料的函", BODY, approver_name="李局长", units=[bureau])
    paper = actions.draft_paper(user, "letter", bureau, words)
    actions.check_paper(user, paper, revision=paper.revision, note="仅一人")
    scan = [b"%PDF-1.4 signed"]
    actions.sign_on_paper(user, paper, "scan.pdf", scan, day=date(2025, 3, 2), revision=paper.revision)
    actions.issue_paper(user, paper, revision=paper.revision)
    return paper
