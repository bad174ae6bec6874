"""Addresses of bulletins and what each kind of person is answered: see test_rights.py.

The persons belong to the city's bureau. ``drafted`` is a draft of the bureau's, ``checking`` one whose figures are out,
``out`` an issued one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from lantian.apps.areas.models import Unit
from lantian.apps.bulletins import actions, reads
from lantian.apps.bulletins.figures import Row
from lantian.apps.bulletins.kinds import kinds, period_of
from lantian.apps.bulletins.models import Bulletin
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan
from tests.apps.routes import LOGIN, Routes

ROUTES: Routes = {
    "bulletins:list": ("get", "", (LOGIN, 200, 200, 200)),
    "bulletins:new": ("get", "", (LOGIN, 403, 200, 403)),
    "bulletins:templates": ("get", "", (LOGIN, 403, 403, 200)),
    "bulletins:save-template": ("post", "bulletin text", (LOGIN, 403, 403, 302)),
    "bulletins:try-template": ("post", "bulletin text", (LOGIN, 403, 403, 200)),
    "bulletins:agree": ("post", "figure check", (LOGIN, 404, 302, 403)),
    "bulletins:object": ("post", "figure check", (LOGIN, 404, 302, 403)),
    "bulletins:answer": ("post", "objection", (LOGIN, 404, 302, 403)),
    "bulletins:bulletin": ("get", "issued bulletin", (LOGIN, 200, 200, 200)),
    "bulletins:edit": ("get", "issued bulletin", (LOGIN, 403, 302, 403)),
    "bulletins:figures": ("get", "issued bulletin", (LOGIN, 403, 302, 403)),
    "bulletins:preview": ("post", "issued bulletin", (LOGIN, 403, 200, 403)),
    "bulletins:check": ("get", "issued bulletin", (LOGIN, 404, 200, 200)),
    "bulletins:step": ("post", "issued bulletin step", (LOGIN, 403, 302, 403)),
    "bulletins:correct": ("post", "issued bulletin", (LOGIN, 403, 302, 403)),
    "bulletins:sheet": ("get", "issued bulletin", (LOGIN, 200, 200, 200)),
    "bulletins:word": ("get", "issued bulletin", (LOGIN, 200, 200, 200)),
    "bulletins:excel": ("get", "issued bulletin", (LOGIN, 200, 200, 200)),
}
# The same pages of a draft: who prepares none finds nothing.
DRAFT: Routes = {
    "bulletins:bulletin": ("get", "drafted bulletin", (LOGIN, 404, 200, 200)),
    "bulletins:edit": ("get", "drafted bulletin", (LOGIN, 404, 200, 403)),
    "bulletins:figures": ("get", "drafted bulletin", (LOGIN, 404, 200, 403)),
    "bulletins:preview": ("post", "drafted bulletin", (LOGIN, 404, 200, 403)),
    "bulletins:check": ("get", "drafted bulletin", (LOGIN, 404, 200, 200)),
    "bulletins:step": ("post", "drafted bulletin step", (LOGIN, 404, 302, 403)),
    "bulletins:correct": ("post", "drafted bulletin", (LOGIN, 404, 302, 403)),
    "bulletins:sheet": ("get", "drafted bulletin", (LOGIN, 404, 200, 200)),
    "bulletins:word": ("get", "drafted bulletin", (LOGIN, 404, 200, 200)),
    "bulletins:excel": ("get", "drafted bulletin", (LOGIN, 404, 200, 200)),
}

ROWS = [
    Row("柳桥街道", Decimal(120), "东塘区", "tsp", Decimal(130), source="表1 第2行", as_of="2025-11-01 09:00"),
    Row("全市", Decimal(118), "", "tsp", Decimal(125), source="表1 第3行", as_of="2025-11-01 09:00"),
]


def drafted(user: User, month: str, rows: list[Row] | None = None, **changes: Any) -> Bulletin:
    """A draft of the bureau for the first half of a month."""
    bureau = Unit.objects.get(name="市生态环境局")
    period = period_of(kinds()["tsp_half_month"], month, "1")
    return actions.draft(user, "tsp_half_month", bureau, period, rows or ROWS, why="录入", **changes)


def sent_out(user: User, row: Bulletin, **changes: Any) -> Bulletin:
    """The figures are out."""
    values: dict[str, Any] = {"days": 2, "revision": row.revision, **changes}
    actions.send_out(user, row, reads.asked_units(row)[0], **values)
    return row


def signed(user: User, row: Bulletin) -> Bulletin:
    """Checked and signed on paper."""
    actions.close_check(user, row, note="时间紧", revision=row.revision)
    actions.sign_on_paper(user, row, "李局长", day=date(2025, 11, 3), revision=row.revision)
    return row


def issued(user: User, row: Bulletin) -> Bulletin:
    """The whole way of a draft."""
    signed(user, sent_out(user, row))
    actions.issue(user, row, revision=row.revision)
    return row


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:  # noqa: ARG001  # bulletins stand without plans
    user = User.objects.get(username="coordinator")
    out = issued(user, drafted(user, "2025-08"))
    draft = drafted(user, "2025-10")
    checking = sent_out(user, drafted(user, "2025-09"))
    check = checking.checks.get(unit__name="柳桥街道办事处")
    objection = actions.object_to(user, check, 1, "设备检修，数据偏高。")
    return {
        "bulletin text": ["tsp_half_month"],
        "issued bulletin": [out.uid],
        "issued bulletin step": [out.uid, "withdraw"],
        "drafted bulletin": [draft.uid],
        "drafted bulletin step": [draft.uid, "leader"],
        "figure check": [check.uid],
        "objection": [objection.uid],
    }
