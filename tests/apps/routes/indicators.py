"""Addresses of indicators, bindings, findings and exemptions and what each kind of person is answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from lantian.apps.areas.models import Area
from lantian.apps.core.models import User
from lantian.apps.indicators import actions
from lantian.apps.indicators.models import Binding
from lantian.apps.plans.models import Plan
from tests.apps.routes import LOGIN, Routes

ROUTES: Routes = {
    "indicators:list": ("get", "", (LOGIN, 200, 200, 200)),
    "indicators:indicator": ("get", "indicator", (LOGIN, 200, 200, 200)),
    "indicators:table": ("get", "indicator csv", (LOGIN, 404, 404, 404)),  # nothing is computed yet
    "indicators:findings": ("get", "", (LOGIN, 200, 200, 200)),
    "indicators:findings-table": ("get", "csv", (LOGIN, 200, 200, 200)),
    "indicators:exemptions": ("get", "", (LOGIN, 200, 200, 200)),
    "indicators:exemption-decide": ("post", "exemption", (LOGIN, 403, 302, 403)),
    "indicators:bindings": ("get", "bound plan", (LOGIN, 200, 200, 200)),
    "indicators:bindings-confirm": ("post", "bound plan", (LOGIN, 403, 302, 403)),  # nothing ticked: nothing done
    "indicators:binding": ("get", "binding", (LOGIN, 200, 200, 200)),
    "indicators:executable": ("get", "bound plan", (LOGIN, 200, 200, 200)),
}
DRAFT: Routes = {
    "indicators:bindings": ("get", "draft to bind", (LOGIN, 404, 200, 200)),
    "indicators:executable": ("get", "draft to bind", (LOGIN, 404, 200, 200)),
}


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:
    user = User.objects.get(username="coordinator")
    plan, draft = make_plan(), make_plan(publish=False, content=b"<html>to bind</html>")
    actions.propose(plan)
    street = Area.objects.get(code="880101001")
    exemption = actions.ask(user, "construction_site", "YX-1", street, "占地不足", date(2025, 1, 1))
    return {
        "indicator": ["site_monthly_check_rate"],
        "indicator csv": ["site_monthly_check_rate", "csv"],
        "csv": ["csv"],
        "exemption": [exemption.uid],
        "bound plan": [plan.uid],
        "draft to bind": [draft.uid],
        "binding": [Binding.objects.filter(measure__plan=plan).order_by("pk")[0].uid],
    }
