"""Addresses of registers in the API, and what each kind of person is answered: see test_rights.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lantian.apps.plans.models import Plan
from tests.apps.routes import Routes

ROUTES: Routes = {
    "api:registers": ("get", "", (401, 200, 200, 200)),
    "api:register_rows": ("get", "register by name", (401, 200, 200, 200)),
    "api:register_row": ("get", "register by name", (401, 422, 422, 422)),
}


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:  # noqa: ARG001  # every module is given it
    return {"register by name": ["construction_site"]}
