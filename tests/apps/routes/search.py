"""Addresses of search, overview and a plan's life and what each kind of person is answered: see test_rights.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lantian.apps.plans.models import Plan
from tests.apps.conftest import read_plan
from tests.apps.routes import LOGIN, Routes

ROUTES: Routes = {
    "plans:search": ("get", "", (LOGIN, 200, 200, 200)),
    "plans:quick": ("get", "", (LOGIN, 200, 200, 200)),
    "plans:overview": ("get", "living published", (LOGIN, 200, 200, 200)),
    "plans:status": ("post", "living published", (LOGIN, 403, 302, 302)),
    "plans:secrecy": ("post", "living published", (LOGIN, 403, 302, 302)),
    "plans:unit_sheet": ("get", "living unit", (LOGIN, 200, 200, 200)),
}
# The same pages of a draft: who may not see it gets 404.
DRAFT: Routes = {
    "plans:overview": ("get", "living draft", (LOGIN, 404, 200, 200)),
    "plans:status": ("post", "living draft", (LOGIN, 404, 302, 302)),
    "plans:secrecy": ("post", "living draft", (LOGIN, 404, 302, 302)),
}


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:
    published = make_plan(read_plan(title="云溪市水污染防治2024年行动计划", year=2024), content=b"living")
    draft = make_plan(content=b"living draft", publish=False)
    unit = published.measures.get(n=1).assignments.get(role="lead").unit
    assert unit is not None
    return {
        "living published": [published.uid],
        "living draft": [draft.uid],
        "living unit": [unit.uid],
    }
