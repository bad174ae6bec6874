"""Addresses of chasing and what each kind of person is answered: see test_rights.py.

The persons belong to the city's bureau, whose plan it is; the letter that went out is to the bureau itself.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from lantian.apps.areas.models import Unit
from lantian.apps.chasing import actions
from lantian.apps.chasing.actions import LetterWords
from lantian.apps.chasing.models import Channel, Letter, Message, Webhook
from lantian.apps.core.models import User
from lantian.apps.papers import actions as papers
from lantian.apps.plans.models import Measure, Plan, RoleKind
from lantian.apps.supervision.models import Commitment
from tests.apps.routes import LOGIN, Routes

ROUTES: Routes = {
    "chasing:office": ("get", "", (LOGIN, 403, 200, 403)),
    "chasing:reminding": ("post", "chased", (LOGIN, 403, 302, 403)),
    "chasing:phone": ("get", "chased unit", (LOGIN, 403, 200, 403)),
    "chasing:call": ("post", "chased unit", (LOGIN, 403, 400, 403)),
    "chasing:draft": ("get", "chased unit", (LOGIN, 403, 200, 403)),
    "chasing:letters": ("get", "", (LOGIN, 200, 200, 200)),
    "chasing:letter": ("get", "letter out", (LOGIN, 200, 200, 200)),
    "chasing:close": ("post", "letter out", (LOGIN, 403, 302, 403)),
    "chasing:channels": ("get", "", (LOGIN, 403, 200, 200)),
    "chasing:new-webhook": ("post", "", (LOGIN, 403, 403, 302)),
    "chasing:save-webhook": ("post", "webhook", (LOGIN, 404, 404, 302)),
    "chasing:switch-webhook": ("post", "webhook", (LOGIN, 404, 404, 302)),
    "chasing:test-webhook": ("post", "webhook", (LOGIN, 404, 404, 302)),
    "chasing:remove-webhook": ("post", "removable webhook", (LOGIN, 404, 404, 302)),
    "chasing:again": ("post", "message", (LOGIN, 404, 302, 404)),
}
# What is still a draft is the office's: others find nothing.
DRAFT: Routes = {
    "chasing:letter": ("get", "letter drafted", (LOGIN, 404, 200, 404)),
    "chasing:close": ("post", "letter drafted", (LOGIN, 404, 302, 404)),
}


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:
    user = User.objects.get(username="coordinator")
    bureau, transport = Unit.objects.get(name="市生态环境局"), Unit.objects.get(name="市交通局")
    plan = make_plan(content=b"chased")
    papers.save_letterhead(user, bureau, word="云环")

    def letter(unit: Unit, n: int) -> Letter:
        row = Commitment.objects.create(
            plan=plan, measure=Measure.objects.get(plan=plan, n=n), unit=unit, role=RoleKind.LEAD, cadence="month"
        )
        words = LetterWords(
            "prompt", bureau, [row], timezone.localdate() + timedelta(days=5), approver_name="李局长"
        )  # fmt: skip
        return actions.draft_letter(user, plan, unit, "2025-03", words)

    out, drafted = letter(bureau, 1), letter(transport, 2)
    papers.check_paper(user, out.paper, revision=out.paper.revision, note="仅一人")
    scan = [b"%PDF-1.4 signed"]
    papers.sign_on_paper(user, out.paper, "scan.pdf", scan, day=date(2025, 3, 2), revision=out.paper.revision)
    papers.issue_paper(user, out.paper, revision=out.paper.revision)
    hooks = [Webhook.objects.create(name=name, kind="wecom", area=bureau.area, host="", address="") for name in "甲乙"]
    message = Message.objects.create(key="ours", channel=Channel.EMAIL, plan=plan, to="a@unit.example", text="请报送")
    return {
        "chased": [plan.uid],
        "chased unit": [plan.uid, "2025-03", transport.uid],
        "letter out": [out.uid],
        "letter drafted": [drafted.uid],
        "webhook": [hooks[0].uid],
        "removable webhook": [hooks[1].uid],
        "message": [message.uid],
    }
