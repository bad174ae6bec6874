"""Addresses of the import workbench and what each kind of person is answered: see test_rights.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lantian.apps.plans.models import Plan
from tests.apps.routes import LOGIN, Routes

ROUTES: Routes = {
    "plans:review": ("get", "workbench published", (LOGIN, 403, 302, 302)),
    "plans:edit": ("post", "workbench published", (LOGIN, 403, 400, 400)),
    "plans:undo": ("post", "workbench published", (LOGIN, 403, 422, 422)),
    "plans:redo": ("post", "workbench published", (LOGIN, 403, 422, 422)),
    "plans:revision": ("get", "workbench published", (LOGIN, 403, 200, 200)),
    "plans:rows": ("get", "workbench published", (LOGIN, 403, 200, 200)),
    "plans:unit-names": ("get", "workbench published", (LOGIN, 403, 200, 200)),
    "plans:print": ("get", "workbench published measure", (LOGIN, 403, 200, 200)),
}
DRAFT: Routes = {
    "plans:review": ("get", "workbench draft", (LOGIN, 404, 200, 200)),
    "plans:edit": ("post", "workbench draft", (LOGIN, 404, 400, 400)),
    "plans:undo": ("post", "workbench draft", (LOGIN, 404, 422, 422)),
    "plans:redo": ("post", "workbench draft", (LOGIN, 404, 422, 422)),
    "plans:revision": ("get", "workbench draft", (LOGIN, 404, 200, 200)),
    "plans:rows": ("get", "workbench draft", (LOGIN, 404, 200, 200)),
    "plans:unit-names": ("get", "workbench draft", (LOGIN, 404, 200, 200)),
    "plans:print": ("get", "workbench draft measure", (LOGIN, 404, 200, 200)),
}


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:
    published = make_plan(content=b"workbench published")
    draft = make_plan(content=b"workbench draft", publish=False)
    return {
        "workbench published": [published.uid],
        "workbench published measure": [published.measures.get(n=1).uid],
        "workbench draft": [draft.uid],
        "workbench draft measure": [draft.measures.get(n=1).uid],
    }
