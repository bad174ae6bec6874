"""Addresses of the API and of tokens, and what each kind of person is answered: see test_rights.py.

The API answers 401 itself where a page would lead to the login. What each operation (not only the first of an address)
answers to each kind of token stands in test_api_rights.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lantian.apps.areas.models import Unit
from lantian.apps.core import tokens
from lantian.apps.core.models import Job, User
from lantian.apps.plans.models import Plan
from tests.apps.routes import LOGIN, Routes

ROUTES: Routes = {
    "core:tokens": ("get", "", (LOGIN, 200, 200, 200)),
    "core:token_revoke": ("post", "token", (LOGIN, 404, 302, 404)),
    "api:openapi-json": ("get", "", (200, 200, 200, 200)),
    "api:api-root": ("get", "", (404, 404, 404, 404)),
    "api:plans": ("get", "", (401, 200, 200, 200)),
    "api:plan": ("get", "api published", (401, 200, 200, 200)),
    "api:plan_measures": ("get", "api published", (401, 200, 200, 200)),
    "api:measures": ("get", "", (401, 200, 200, 200)),
    "api:measure": ("get", "api measure", (401, 200, 200, 200)),
    "api:targets": ("get", "", (401, 200, 200, 200)),
    "api:versions": ("get", "api published", (401, 200, 200, 200)),
    "api:version": ("get", "api version", (401, 200, 200, 200)),
    "api:import": ("post", "", (401, 403, 422, 422)),
    "api:import_rows": ("post", "", (401, 403, 400, 400)),
    "api:job": ("get", "api job", (401, 403, 200, 200)),
    "api:publish": ("post", "api published", (401, 403, 400, 400)),
    "api:units": ("get", "", (401, 200, 200, 200)),
    "api:unit": ("get", "api unit", (401, 200, 200, 200)),
    "api:areas": ("get", "", (401, 200, 200, 200)),
    "api:area": ("get", "api area", (401, 200, 200, 200)),
}
# Of a draft: who may not see it gets 404. Version 0 (as read) of a published plan is the office's, too.
DRAFT: Routes = {
    "api:plan": ("get", "api draft", (401, 404, 200, 200)),
    "api:plan_measures": ("get", "api draft", (401, 404, 200, 200)),
    "api:measure": ("get", "api draft measure", (401, 404, 200, 200)),
    "api:versions": ("get", "api draft", (401, 404, 200, 200)),
    "api:version": ("get", "api reading", (401, 404, 200, 200)),
}


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:
    published = make_plan(content=b"published for programs")
    draft = make_plan(content=b"draft for programs", publish=False)
    token, _secret = tokens.create_token(User.objects.get(username="coordinator"), "统计平台", ["read:plans"], 30)
    unit = Unit.objects.get(name="市交通局")
    return {
        "token": [token.uid],
        "api published": [published.uid],
        "api draft": [draft.uid],
        "api measure": [published.measures.get(n=1).uid],
        "api draft measure": [draft.measures.get(n=1).uid],
        "api version": [published.uid, 1],
        "api reading": [published.uid, 0],
        "api job": [Job.objects.get(plans=published).uid],
        "api unit": [unit.uid],
        "api area": ["880000"],
    }
