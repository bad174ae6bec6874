"""Addresses of received bulletins and what each kind of person is answered: see test_rights.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lantian.apps.areas.models import Area
from lantian.apps.core import jobs
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan
from lantian.apps.received import actions
from lantian.apps.received.models import Bulletin
from tests.apps.routes import LOGIN, Routes

ROUTES: Routes = {
    "received:list": ("get", "", (LOGIN, 200, 200, 200)),
    "received:bring": ("post", "", (LOGIN, 403, 302, 403)),
    "received:typed": ("get", "", (LOGIN, 403, 200, 403)),
    "received:series": ("get", "", (LOGIN, 200, 200, 200)),
    "received:series-export": ("get", "received csv", (LOGIN, 200, 200, 200)),
    "received:area": ("get", "received area", (LOGIN, 200, 200, 200)),
    "received:notice": ("get", "received area", (LOGIN, 403, 200, 403)),
    "received:figure": ("get", "received figure", (LOGIN, 403, 200, 403)),
    "received:remove": ("post", "received figure", (LOGIN, 403, 302, 403)),
    "received:bulletin": ("get", "received bulletin", (LOGIN, 200, 200, 200)),
    "received:head": ("post", "received bulletin", (LOGIN, 403, 400, 403)),
    "received:names": ("post", "received bulletin", (LOGIN, 403, 302, 403)),
    "received:confirm": ("post", "received bulletin", (LOGIN, 403, 302, 403)),
    "received:take-back": ("post", "received bulletin", (LOGIN, 403, 302, 403)),
    "received:again": ("post", "received bulletin", (LOGIN, 403, 302, 403)),
    "received:file": ("get", "received bulletin", (LOGIN, 200, 200, 200)),
}
# The same pages of a bulletin that nobody checked yet: only the office that receives it sees it.
DRAFT: Routes = {
    "received:bulletin": ("get", "unchecked bulletin", (LOGIN, 404, 200, 404)),
    "received:figure": ("get", "unchecked figure", (LOGIN, 404, 200, 404)),
    "received:confirm": ("post", "unchecked bulletin", (LOGIN, 404, 302, 404)),
    "received:file": ("get", "unchecked bulletin", (LOGIN, 404, 200, 404)),
}

_TEXT = """云溪市2025年10月{half}半月街道粗颗粒物浓度后30名
排名\t区\t街道\t浓度（微克/立方米）
1\t东塘区\t柳桥街道\t145
2\t西塘区\t全市\t140
"""


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:  # noqa: ARG001  # no plan is needed
    user, city = User.objects.get(username="coordinator"), Area.objects.get(code="880000")

    def brought(half: str) -> Bulletin:
        row = actions.bring_text(user, city, _TEXT.format(half=half))
        assert row.job is not None
        jobs.finish(row.job)
        row.refresh_from_db()
        return row

    checked, waiting = brought("上"), brought("下")
    actions.confirm(user, checked, revision=checked.revision)
    return {
        "received bulletin": [checked.uid],
        "received figure": [checked.figures.all()[0].uid],
        "received area": [Area.objects.get(name="柳桥街道").uid],
        "received csv": ["csv"],
        "unchecked bulletin": [waiting.uid],
        "unchecked figure": [waiting.figures.all()[0].uid],
    }
