"""Downloads of plans and what each kind of person is answered: see test_rights.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lantian.apps.plans.models import Plan
from tests.apps.routes import LOGIN, Routes

ROUTES: Routes = {"plans:export": ("get", "published file", (LOGIN, 200, 200, 200))}
# The same of a draft: who may not see it gets 404.
DRAFT: Routes = {"plans:export": ("get", "draft file", (LOGIN, 404, 200, 200))}


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:
    published = make_plan(content=b"to be exported")
    draft = make_plan(content=b"to be exported, a draft", publish=False)
    return {"published file": [published.uid, "docx"], "draft file": [draft.uid, "xlsx"]}
