"""Addresses of commitments, questions, quota sheets, rhythm and calendar, and what each kind of person is answered.

The table's persons belong to the city's bureau, whose plan it is and which owes every row of it. A viewer reads
what the own unit owes and decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan, Target
from lantian.apps.supervision.actions import making, quotas, rhythm
from lantian.apps.supervision.models import Commitment, DayRule, Question
from tests.apps.routes import LOGIN, Routes

ROUTES: Routes = {
    "supervision:duties": ("get", "plan of duties", (LOGIN, 200, 200, 200)),
    "supervision:make": ("post", "plan of duties", (LOGIN, 403, 302, 403)),
    "supervision:change": ("post", "plan of duties", (LOGIN, 403, 302, 403)),
    "supervision:duties-export": ("get", "duties file", (LOGIN, 200, 200, 200)),
    "supervision:unit-sheets": ("get", "plan of duties", (LOGIN, 200, 200, 200)),
    "supervision:unit-duties": ("get", "duties of a unit", (LOGIN, 200, 200, 200)),
    "supervision:questions": ("get", "plan of duties", (LOGIN, 403, 200, 403)),
    "supervision:decide": ("post", "question", (LOGIN, 404, 302, 404)),
    "supervision:decide-proposed": ("post", "plan of duties", (LOGIN, 403, 302, 403)),
    "supervision:undecide": ("post", "question", (LOGIN, 404, 302, 404)),
    "supervision:quotas": ("get", "plan of duties", (LOGIN, 403, 200, 403)),
    "supervision:quota-open": ("post", "plan of duties", (LOGIN, 403, 404, 403)),
    "supervision:quota": ("get", "quota sheet", (LOGIN, 404, 200, 404)),
    "supervision:quota-save": ("post", "quota sheet", (LOGIN, 404, 302, 404)),
    "supervision:quota-letter": ("get", "quota sheet", (LOGIN, 404, 404, 404)),
    "supervision:quota-workbook": ("get", "quota sheet", (LOGIN, 404, 200, 404)),
    "supervision:rhythm": ("get", "plan of duties", (LOGIN, 403, 200, 403)),
    "supervision:rhythm-save": ("post", "plan of duties", (LOGIN, 403, 400, 403)),
    "supervision:duty": ("get", "duty", (LOGIN, 200, 200, 200)),
    "supervision:duty-change": ("post", "duty", (LOGIN, 403, 302, 403)),
    "supervision:curve": ("post", "share", (LOGIN, 403, 302, 403)),
    "supervision:allowance": ("post", "share", (LOGIN, 403, 302, 403)),
    "supervision:calendar": ("get", "", (LOGIN, 200, 200, 200)),
    "supervision:calendar-save": ("post", "", (LOGIN, 403, 403, 302)),
    "supervision:calendar-remove": ("post", "day rule", (LOGIN, 403, 403, 302)),
}
# A plan in preparation owes nothing yet.
DRAFT: Routes = {
    "supervision:duties": ("get", "plan without duties", (LOGIN, 404, 404, 404)),
    "supervision:questions": ("get", "plan without duties", (LOGIN, 404, 404, 404)),
    "supervision:duties-export": ("get", "no duties file", (LOGIN, 404, 404, 404)),
}


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:
    coordinator = User.objects.get(username="coordinator")
    plan = make_plan(content=b"duties")
    making.make(coordinator, plan)
    draft = make_plan(content=b"no duties", publish=False)
    row = Commitment.objects.filter(plan=plan, unit__name="市生态环境局").first()
    assert row is not None
    target = Target.objects.filter(measure=row.measure).first()
    assert target is not None
    day = rhythm.set_day(User.objects.get(username="administrator"), date(2031, 1, 1), working=False)
    assert isinstance(day, DayRule)
    return {
        "plan of duties": [plan.uid],
        "plan without duties": [draft.uid],
        "duties file": [plan.uid, "csv"],
        "no duties file": [draft.uid, "csv"],
        "duties of a unit": [plan.uid, row.unit.uid],
        "question": [Question.objects.filter(plan=plan).first().uid],  # type: ignore[union-attr]
        "quota sheet": [quotas.open_sheet(coordinator, target).uid],
        "duty": [row.uid],
        "share": [row.shares.first().uid],  # type: ignore[union-attr]
        "day rule": [day.uid],
    }
