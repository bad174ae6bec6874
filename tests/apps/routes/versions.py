"""Addresses of versions and amendments and what each kind of person is answered: see test_rights.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lantian.apps.plans.models import Plan
from tests.apps.routes import LOGIN, Routes

ROUTES: Routes = {
    "plans:versions": ("get", "v published", (LOGIN, 200, 200, 200)),
    "plans:compare_choice": ("get", "v published", (LOGIN, 404, 404, 404)),
    "plans:compare": ("get", "v numbers", (LOGIN, 200, 200, 200)),
    "plans:version_file": ("get", "v file", (LOGIN, 200, 200, 200)),
    "plans:changes": ("get", "v published", (LOGIN, 403, 200, 200)),
    "plans:amend": ("post", "v published", (LOGIN, 403, 302, 302)),
    "plans:replace": ("get", "v published", (LOGIN, 403, 200, 200)),
    "plans:replace_upload": ("post", "v published", (LOGIN, 403, 302, 302)),
    "plans:take_back": ("post", "v published", (LOGIN, 403, 302, 302)),
    "plans:reread": ("post", "v published", (LOGIN, 403, 302, 302)),
    "plans:become": ("post", "v published", (LOGIN, 404, 404, 404)),
    "plans:discard": ("post", "v published", (LOGIN, 403, 302, 302)),
    "plans:history": ("get", "v measure", (LOGIN, 200, 200, 200)),
}
# The same pages of a draft: who may not see it gets 404.
DRAFT: Routes = {
    "plans:versions": ("get", "v draft", (LOGIN, 404, 200, 200)),
    "plans:compare": ("get", "v draft numbers", (LOGIN, 404, 200, 200)),
    "plans:version_file": ("get", "v draft file", (LOGIN, 404, 200, 200)),
    "plans:changes": ("get", "v draft", (LOGIN, 404, 200, 200)),
    "plans:amend": ("post", "v draft", (LOGIN, 404, 302, 302)),
    "plans:replace": ("get", "v draft", (LOGIN, 404, 200, 200)),
    "plans:replace_upload": ("post", "v draft", (LOGIN, 404, 302, 302)),
    "plans:take_back": ("post", "v draft", (LOGIN, 404, 302, 302)),
    "plans:reread": ("post", "v draft", (LOGIN, 404, 302, 302)),
    "plans:become": ("post", "v draft", (LOGIN, 404, 404, 404)),
    "plans:discard": ("post", "v draft", (LOGIN, 404, 302, 302)),
    "plans:history": ("get", "v draft measure", (LOGIN, 404, 200, 200)),
}


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:
    published = make_plan(content=b"versions, published")
    draft = make_plan(content=b"versions, draft", publish=False)
    return {
        "v published": [published.uid],
        "v numbers": [published.uid, 1, 1],
        "v file": [published.uid, 1],
        "v measure": [published.measures.get(n=1).uid],
        "v draft": [draft.uid],
        "v draft numbers": [draft.uid, 0, 0],
        "v draft file": [draft.uid, 0],
        "v draft measure": [draft.measures.get(n=1).uid],
    }
