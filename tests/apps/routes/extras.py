"""Addresses of 年度对应 and of carrying settings on, and what each kind of person is answered: see test_rights.py.

The plan of 2025 goes on from one of 2024; one pair of rows was accepted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lantian.apps.alignment import actions
from lantian.apps.alignment.models import Continuation
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.actions import making
from tests.apps.conftest import read_plan
from tests.apps.routes import LOGIN, Routes

ROUTES: Routes = {
    "alignment:years": ("get", "year", (LOGIN, 403, 200, 200)),
    "alignment:years-accept": ("post", "year", (LOGIN, 403, 302, 403)),
    "alignment:years-take-back": ("post", "pair of years", (LOGIN, 403, 302, 403)),
    "supervision:carry-on": ("get", "year", (LOGIN, 403, 200, 403)),
    "supervision:carry-on-save": ("post", "year", (LOGIN, 403, 302, 403)),
}


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:
    coordinator = User.objects.get(username="coordinator")
    earlier = make_plan(read_plan(year=2024, title="云溪市大气污染防治2024年行动计划"), content=b"earlier year")
    plan = make_plan(content=b"year")
    making.make(coordinator, plan)
    rows = [(str(earlier.measures.get(n=1).uid), str(plan.measures.get(n=1).uid))]
    actions.accept(coordinator, plan, earlier, rows)
    return {"year": [plan.uid], "pair of years": [Continuation.objects.get(measure__plan=plan).uid]}
