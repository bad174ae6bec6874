"""Addresses of the desk, returns, links and evidence, and what each kind of person is answered: see test_rights.py.

The persons belong to the city's bureau; the returns are the transport bureau's, so the office decides about them and
the viewer sees nothing. A link needs no login at all: whoever holds none gets the same 404 as who holds a wrong one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lantian.apps.areas.models import Unit
from lantian.apps.core.models import User
from lantian.apps.plans.models import Measure, Plan
from lantian.apps.supervision import periods
from lantian.apps.supervision.actions import links, returns
from lantian.apps.supervision.models import Cadence, Commitment, Return
from lantian.apps.supervision.steps import bump
from tests.apps.routes import LOGIN, Routes

NO_LINK = (404, 404, 404, 404)

ROUTES: Routes = {
    "supervision:desk": ("get", "", (LOGIN, 200, 200, 200)),
    "supervision:returns": ("get", "", (LOGIN, 403, 200, 200)),
    "supervision:return-open": ("post", "", (LOGIN, 403, 404, 403)),
    "supervision:returns-accept": ("post", "", (LOGIN, 403, 302, 403)),
    "supervision:return-scan": ("get", "", (LOGIN, 403, 200, 403)),
    "supervision:links": ("get", "", (LOGIN, 403, 200, 403)),
    "supervision:links-make": ("post", "", (LOGIN, 403, 404, 403)),
    "supervision:link-revoke": ("post", "link", (LOGIN, 404, 302, 404)),
    "supervision:return": ("get", "return", (LOGIN, 404, 200, 200)),
    "supervision:return-save": ("post", "return row", (LOGIN, 404, 409, 403)),
    "supervision:return-no-change": ("post", "return", (LOGIN, 404, 302, 403)),
    "supervision:return-submit": ("post", "return", (LOGIN, 404, 422, 403)),
    "supervision:return-withdraw": ("post", "return", (LOGIN, 404, 302, 403)),
    "supervision:return-attach": ("post", "return row", (LOGIN, 404, 302, 403)),
    "supervision:return-file": ("get", "no file", (LOGIN, 404, 404, 404)),
    "supervision:return-detach": ("post", "no file", (LOGIN, 404, 404, 403)),
    "supervision:return-print": ("get", "return", (LOGIN, 404, 200, 200)),
    "supervision:return-scan-file": ("get", "no scan", (LOGIN, 404, 404, 404)),
    "supervision:return-review": ("get", "return", (LOGIN, 404, 200, 200)),
    "supervision:return-judge": ("post", "return row", (LOGIN, 404, 302, 403)),
    "supervision:return-accept": ("post", "return", (LOGIN, 404, 302, 403)),
    "supervision:return-send-back": ("post", "return", (LOGIN, 404, 302, 403)),
    "supervision:return-reopen": ("post", "return", (LOGIN, 404, 302, 403)),
    "supervision:link": ("get", "wrong link", NO_LINK),
    "supervision:link-save": ("post", "wrong link row", NO_LINK),
    "supervision:link-no-change": ("post", "wrong link", NO_LINK),
    "supervision:link-submit": ("post", "wrong link", NO_LINK),
    "supervision:link-attach": ("post", "wrong link row", NO_LINK),
    "supervision:link-file": ("get", "wrong link row", NO_LINK),
    "supervision:link-detach": ("post", "wrong link row", NO_LINK),
    "supervision:link-print": ("get", "wrong link", NO_LINK),
}
# The same pages of a return that is the persons' own unit's: its viewer reads it.
DRAFT: Routes = {
    "supervision:return": ("get", "own return", (LOGIN, 200, 200, 200)),
    "supervision:return-print": ("get", "own return", (LOGIN, 200, 200, 200)),
    "supervision:return-review": ("get", "own return", (LOGIN, 403, 200, 200)),
    "supervision:return-save": ("post", "own row", (LOGIN, 403, 302, 403)),
    "supervision:return-accept": ("post", "own return", (LOGIN, 403, 403, 403)),
}


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:
    user = User.objects.get(username="coordinator")
    plan = make_plan(content=b"returns")
    month = periods.months(plan)[0]

    def owed(name: str) -> tuple[Return, Commitment]:
        unit = Unit.objects.get(name=name)
        measure = Measure.objects.filter(plan=plan).first()
        assert measure is not None
        row = Commitment.objects.create(plan=plan, measure=measure, unit=unit, role="lead", cadence=Cadence.MONTH)
        return returns.open_return(user, plan, unit, month), row

    ret, row = owed("市交通局")
    own, own_row = owed("市生态环境局")
    returns.write_entry(user, ret, row, returns.EntryWords(progress="", problems="待协调"))
    link, _secret = links.make(user, plan, ret.unit, month, 7)
    bump(ret)
    wrong = link.prefix + "x" * 43
    return {
        "return": [ret.uid],
        "return row": [ret.uid, row.uid],
        "no file": [ret.uid, row.uid],
        "no scan": [ret.uid, 1],
        "link": [link.uid],
        "wrong link": [wrong],
        "wrong link row": [wrong, row.uid],
        "own return": [own.uid],
        "own row": [own.uid, own_row.uid],
    }
