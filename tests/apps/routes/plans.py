"""Addresses of plans and what each kind of person is answered: see test_rights.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lantian.apps.core.models import Job
from lantian.apps.plans.models import Plan
from tests.apps.routes import LOGIN, Routes

ROUTES: Routes = {
    "plans:list": ("get", "", (LOGIN, 200, 200, 200)),
    "plans:plan": ("get", "published", (LOGIN, 200, 200, 200)),
    "plans:publish": ("post", "published", (LOGIN, 403, 302, 302)),
    "plans:file": ("get", "published", (LOGIN, 200, 200, 200)),
    "plans:page": ("get", "page", (LOGIN, 404, 404, 404)),
    "plans:measure": ("get", "measure", (LOGIN, 200, 200, 200)),
    "plans:unit": ("get", "unit", (LOGIN, 200, 200, 200)),
    "plans:imports": ("get", "", (LOGIN, 403, 200, 200)),
    "plans:upload": ("post", "", (LOGIN, 403, 302, 302)),
    "plans:job": ("get", "job", (LOGIN, 403, 200, 200)),
    "plans:again": ("post", "job", (LOGIN, 403, 302, 302)),
}
# The same pages of a draft: who may not see it gets 404.
DRAFT: Routes = {
    "plans:plan": ("get", "draft", (LOGIN, 404, 200, 200)),
    "plans:publish": ("post", "draft", (LOGIN, 404, 302, 302)),
    "plans:file": ("get", "draft", (LOGIN, 404, 200, 200)),
    "plans:page": ("get", "draft page", (LOGIN, 404, 404, 404)),
    "plans:measure": ("get", "draft measure", (LOGIN, 404, 200, 200)),
}


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:
    published = make_plan(content=b"published")
    draft = make_plan(content=b"draft", publish=False)
    unit = published.measures.get(n=1).assignments.get(role="lead").unit
    job = Job.objects.get(plans=published)
    assert unit is not None
    return {
        "published": [published.uid],
        "page": [published.uid, 1],
        "measure": [published.measures.get(n=1).uid],
        "unit": [unit.uid],
        "job": [job.uid],
        "draft": [draft.uid],
        "draft page": [draft.uid, 1],
        "draft measure": [draft.measures.get(n=1).uid],
    }
