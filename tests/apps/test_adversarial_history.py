"""Every write leaves its record: who, in which request, and what it changed."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from lantian.apps.areas.models import Unit
from lantian.apps.consultation import actions as consultation
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.plans.models import Plan
from tests.apps.edits import at

pytestmark = [pytest.mark.django_db, pytest.mark.db]

BOTH = ("before", "after")
# address → form (or operation) → the actions that it must record, with the sides that must be told
WRITES: tuple[tuple[str, dict[str, object], str, tuple[str, ...]], ...] = (
    ("/plans/{p}/edit/", {"op": "set", "field": "task", "value": "别的任务"}, "measure.set", BOTH),
    ("/plans/{p}/edit/", {"op": "delete"}, "measure.delete", ("before",)),
    ("/plans/{p}/undo/", {}, "measure.undo", ("after",)),
    ("/plans/{p}/redo/", {}, "measure.redo", ("before",)),
    ("/plans/{p}/status/", {"status": "review"}, "plan.status", BOTH),
    ("/plans/{p}/secrecy/", {"secrecy": "internal"}, "plan.secrecy", BOTH),
    ("/consultation/{i}/comment/", {"n": "1", "proposal": "删去"}, "consultation.comment", ("after",)),
    ("/consultation/{i}/note/", {"note": "电话"}, "consultation.note", BOTH),
    ("/consultation/{i}/submit/", {}, "consultation.answer", ("after",)),
    ("/consultation/{i}/withdraw/", {}, "consultation.withdraw", ("before",)),
    ("/consultation/rounds/{r}/due/", {"due": "2999-01-01"}, "consultation.due", BOTH),
    ("/consultation/rounds/{r}/close/", {}, "consultation.close", BOTH),
    ("/plans/{p}/publish/", {"note": "首版"}, "plan.publish", BOTH),
    ("/plans/{p}/amend/", {}, "plan.amend", ("after",)),
    ("/plans/{p}/reread/", {}, "plan.replace", ("after",)),
    ("/plans/{p}/status/", {"status": "closed"}, "plan.status", BOTH),
)  # fmt: skip


def test_every_write_is_recorded(make_plan: Callable[..., Plan], people: dict[str, User]) -> None:
    user, plan = people["coordinator"], make_plan(publish=False)
    asked = consultation.open_round(user, plan, [Unit.objects.get(name="市交通局")], timezone.localdate())
    uids = {"p": plan.uid, "r": asked.uid, "i": asked.invitations.get().uid}
    client = Client()
    client.force_login(user)
    for address, values, action, sides in WRITES:
        before = AuditEvent.objects.count()
        if "op" in values:
            body = json.dumps(values | at(plan, 2))
            answer = client.post(address.format(**uids), body, content_type="application/json")
        else:
            answer = client.post(address.format(**uids), values)
        assert answer.status_code in (200, 302), (address, answer.content[:200])
        made = list(AuditEvent.objects.order_by("id")[before:])
        told = [event for event in made if event.action == action]
        assert told, (address, [event.action for event in made])
        for event in made:
            assert event.user == user, event.action
            assert event.request_id == answer.headers["X-Request-Id"], event.action
        assert all(getattr(told[0], side) for side in sides), (action, told[0].before, told[0].after)
