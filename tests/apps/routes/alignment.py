"""Addresses of 承接 and what each kind of person is answered: see test_rights.py.

A district's plan is published (``district``), and one is a draft; both were laid beside the city's plan.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lantian.apps.alignment import actions
from lantian.apps.alignment.models import Link
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan
from tests.apps.conftest import read_plan
from tests.apps.routes import LOGIN, Routes

ROUTES: Routes = {
    "alignment:workbench": ("get", "aligned", (LOGIN, 403, 200, 200)),
    "alignment:run": ("post", "aligned", (LOGIN, 403, 302, 403)),
    "alignment:confirm": ("post", "aligned", (LOGIN, 403, 302, 403)),
    "alignment:export": ("get", "aligned xlsx", (LOGIN, 403, 200, 200)),
    "alignment:link": ("get", "aligned link", (LOGIN, 403, 200, 200)),
    "alignment:decide": ("post", "aligned link", (LOGIN, 403, 302, 403)),
    "alignment:reopen": ("post", "aligned link", (LOGIN, 403, 302, 403)),
    "alignment:taken": ("get", "aligned city", (LOGIN, 403, 200, 200)),
    "alignment:next-draft": ("get", "aligned", (LOGIN, 403, 200, 200)),
    "alignment:make-draft": ("post", "aligned", (LOGIN, 403, 404, 404)),
}
# The same of a district's plan that is not published: who sees no drafts gets 404.
DRAFT: Routes = {
    "alignment:workbench": ("get", "aligned draft", (LOGIN, 404, 200, 200)),
    "alignment:run": ("post", "aligned draft", (LOGIN, 404, 302, 403)),
    "alignment:confirm": ("post", "aligned draft", (LOGIN, 404, 302, 403)),
    "alignment:link": ("get", "aligned draft link", (LOGIN, 404, 200, 200)),
    "alignment:decide": ("post", "aligned draft link", (LOGIN, 404, 302, 403)),
    "alignment:next-draft": ("get", "aligned draft", (LOGIN, 404, 200, 200)),
}


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:
    user = User.objects.get(username="coordinator")
    city = make_plan(content=b"city aligned")
    found: dict[str, list[Any]] = {"aligned city": [city.uid]}
    for name, publish in (("aligned", True), ("aligned draft", False)):
        below = read_plan(region="云溪市东塘区", level="district", title="东塘区大气污染防治2025年行动计划")
        plan = make_plan(below, content=name.encode(), publish=publish)
        actions.run(user, plan, [city])
        found |= {name: [plan.uid], f"{name} xlsx": [plan.uid, "xlsx"]}
        found[f"{name} link"] = [Link.objects.get(measure__plan=plan, measure__n=1).uid]
    return found
