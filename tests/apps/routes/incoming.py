"""Addresses of sheets to fill, the drop box and telephone notes: see test_rights.py.

The drop box and its pieces are the office's (coordinator); sheets belong to whoever may write for a unit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lantian.apps.areas.models import Unit
from lantian.apps.core import jobs
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.actions import incoming as actions
from lantian.apps.supervision.actions import making
from lantian.apps.supervision.models import Commitment, Incoming
from lantian.apps.supervision.periods import months
from tests.apps.routes import LOGIN, Routes

ROUTES: Routes = {
    "supervision:sheets": ("get", "owing", (LOGIN, 403, 200, 403)),
    "supervision:sheets-upload": ("post", "owing", (LOGIN, 403, 302, 403)),
    "supervision:sheets-archive": ("get", "month xlsx", (LOGIN, 403, 200, 403)),
    "supervision:sheet": ("get", "unit month docx", (LOGIN, 403, 200, 403)),
    "supervision:dropbox": ("get", "owing", (LOGIN, 403, 200, 403)),
    "supervision:dropbox-bring": ("post", "owing", (LOGIN, 403, 302, 403)),
    "supervision:call": ("get", "owing", (LOGIN, 403, 200, 403)),
    "supervision:incoming": ("get", "piece", (LOGIN, 404, 200, 404)),
    "supervision:incoming-file": ("get", "piece", (LOGIN, 404, 404, 404)),
    "supervision:incoming-unit": ("post", "piece", (LOGIN, 404, 302, 404)),
    "supervision:incoming-take-all": ("post", "piece", (LOGIN, 404, 302, 404)),
    "supervision:incoming-submit": ("post", "piece", (LOGIN, 404, 302, 404)),
    "supervision:incoming-drop": ("post", "second piece", (LOGIN, 404, 302, 404)),
    "supervision:incoming-row-set": ("post", "row", (LOGIN, 404, 302, 404)),
    "supervision:incoming-row-take": ("post", "row", (LOGIN, 404, 302, 404)),
    "supervision:incoming-row-drop": ("post", "second row", (LOGIN, 404, 302, 404)),
    "supervision:incoming-row-restore": ("post", "second row", (LOGIN, 404, 302, 404)),
}


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:
    """A published plan with its commitments, and two pieces that were read."""
    user = User.objects.get(username="coordinator")
    plan = make_plan(content=b"incoming")
    if not Commitment.objects.filter(plan=plan).exists():
        making.make(user, plan)
    unit = Unit.objects.get(name="市生态环境局")
    month = months(plan)[-1]

    def piece(text: str) -> Incoming:
        row = actions.receive_text(user, plan, month, text)
        assert row.job is not None
        jobs.finish(row.job)
        return Incoming.objects.get(pk=row.pk)

    first = piece("市生态环境局：第1项措施，年内完成10台设备更新，本月完成2台，累计完成4台。")
    second = piece("市生态环境局：第2项措施，年内完成20台设备更新，本月完成3台，累计完成9台。")
    third = piece("市生态环境局：第3项措施，年内完成30台设备更新，本月完成3台，累计完成9台。")
    return {
        "owing": [plan.uid],
        "month xlsx": [plan.uid, month, "xlsx"],
        "unit month docx": [plan.uid, unit.uid, month, "docx"],
        "piece": [first.uid],
        "second piece": [second.uid],
        "row": [first.items.all()[0].uid],
        "second row": [third.items.all()[0].uid],
    }
