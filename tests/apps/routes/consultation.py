"""Addresses of 征求意见 and what each kind of person is answered: see test_rights.py.

The table's persons belong to the city's bureau. In one round the bureau itself is asked (its members read and answer),
in the other only the transport bureau is (who prepares no plans sees nothing of it).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from lantian.apps.areas.models import Unit
from lantian.apps.consultation import actions
from lantian.apps.consultation.models import Comment, Invitation, Round
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan
from tests.apps.routes import LOGIN, Routes

ROUTES: Routes = {
    "consultation:plan": ("get", "consulted", (LOGIN, 403, 200, 200)),
    "consultation:open": ("post", "consulted", (LOGIN, 403, 400, 403)),
    "consultation:round": ("get", "round", (LOGIN, 403, 200, 200)),
    "consultation:invite": ("post", "round", (LOGIN, 403, 400, 403)),
    "consultation:due": ("post", "round", (LOGIN, 403, 302, 403)),
    "consultation:settle": ("post", "round", (LOGIN, 403, 302, 403)),
    "consultation:close": ("post", "closing", (LOGIN, 403, 302, 403)),
    "consultation:form": ("get", "round xlsx", (LOGIN, 200, 200, 200)),
    "consultation:table": ("get", "round docx", (LOGIN, 403, 200, 200)),
    "consultation:decide": ("post", "comment", (LOGIN, 403, 302, 403)),
    "consultation:carried-out": ("post", "comment", (LOGIN, 403, 302, 403)),
    "consultation:invitations": ("get", "", (LOGIN, 200, 200, 200)),
    "consultation:invitation": ("get", "invitation", (LOGIN, 200, 200, 200)),
    "consultation:comment": ("post", "invitation", (LOGIN, 403, 302, 403)),
    "consultation:submit": ("post", "invitation", (LOGIN, 403, 302, 403)),
    "consultation:no-objection": ("post", "invitation", (LOGIN, 403, 302, 403)),
    "consultation:withdraw": ("post", "invitation", (LOGIN, 403, 302, 403)),
    "consultation:note": ("post", "invitation", (LOGIN, 403, 302, 403)),
    "consultation:filled": ("post", "invitation", (LOGIN, 403, 302, 403)),
    "consultation:accept": ("post", "invitation", (LOGIN, 403, 302, 403)),
    "consultation:discard": ("post", "invitation", (LOGIN, 403, 302, 403)),
    "consultation:scan": ("post", "invitation", (LOGIN, 403, 302, 403)),
    "consultation:reply": ("get", "invitation", (LOGIN, 404, 404, 404)),
    "consultation:remove": ("post", "removable", (LOGIN, 404, 302, 403)),
}
# The same pages of a round in which the person's unit is not asked: who sees no drafts gets 404.
DRAFT: Routes = {
    "consultation:plan": ("get", "others plan", (LOGIN, 404, 200, 200)),
    "consultation:open": ("post", "others plan", (LOGIN, 404, 400, 403)),
    "consultation:round": ("get", "others round", (LOGIN, 404, 200, 200)),
    "consultation:form": ("get", "others form", (LOGIN, 404, 200, 200)),
    "consultation:decide": ("post", "others comment", (LOGIN, 404, 302, 403)),
    "consultation:invitation": ("get", "others", (LOGIN, 404, 200, 200)),
    "consultation:comment": ("post", "others", (LOGIN, 404, 302, 403)),
    "consultation:scan": ("post", "others", (LOGIN, 404, 302, 403)),
    "consultation:remove": ("post", "others", (LOGIN, 404, 302, 403)),
}


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:
    user = User.objects.get(username="coordinator")
    bureau, transport = Unit.objects.get(name="市生态环境局"), Unit.objects.get(name="市交通局")
    streets = Unit.objects.get(name="柳桥街道办事处")
    due = timezone.localdate() + timedelta(days=7)

    def asked(content: bytes, *units: Unit) -> tuple[Plan, Round, Invitation]:
        plan = make_plan(content=content, publish=False)
        row = actions.open_round(user, plan, units, due)
        return plan, row, row.invitations.get(unit=units[0])

    def commented(invitation: Invitation) -> Comment:
        comment = actions.save_comment(user, invitation, 1, "删去“年内”。")
        assert comment is not None
        actions.submit(user, invitation)
        return comment

    plan, row, invitation = asked(b"consulted", bureau, streets)
    _plan, _row, answered = asked(b"answered", bureau)
    _plan, closing, _invitation = asked(b"closing", bureau)
    other_plan, other_row, other = asked(b"others", transport)
    _plan, _row, other_answered = asked(b"others answered", transport)
    return {
        "consulted": [plan.uid],
        "round": [row.uid],
        "closing": [closing.uid],
        "round xlsx": [row.uid, "xlsx"],
        "round docx": [row.uid, "docx"],
        "comment": [commented(answered).uid],
        "invitation": [invitation.uid],
        "removable": [row.invitations.get(unit=streets).uid],
        "others plan": [other_plan.uid],
        "others round": [other_row.uid],
        "others form": [other_row.uid, "docx"],
        "others comment": [commented(other_answered).uid],
        "others": [other.uid],
    }
