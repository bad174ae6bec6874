"""Addresses of scorecards (考核) and what each kind of person is answered: see test_rights.py.

The table's persons belong to the city's bureau, which the card scores and which made it. In the other card only the
transport bureau is scored, and it is not open to units: who is of no office does not see it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from lantian.apps.areas.models import Unit
from lantian.apps.assessment.actions import scorecards as actions
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan
from tests.apps.conftest import read_measure, read_plan
from tests.apps.routes import LOGIN, Routes

ROUTES: Routes = {
    "assessment:scorecards": ("get", "", (LOGIN, 200, 200, 200)),
    "assessment:scorecard-new": ("get", "", (LOGIN, 403, 200, 403)),
    "assessment:scorecard-sample": ("get", "", (LOGIN, 403, 200, 403)),
    "assessment:scorecard": ("get", "scorecard", (LOGIN, 200, 200, 200)),
    "assessment:scorecard-edit": ("get", "scorecard", (LOGIN, 403, 200, 403)),
    "assessment:scorecard-open": ("post", "scorecard", (LOGIN, 403, 302, 403)),
    "assessment:scorecard-window": ("post", "scorecard", (LOGIN, 403, 302, 403)),
    "assessment:scorecard-freeze": ("post", "scorecard", (LOGIN, 403, 302, 403)),
    "assessment:scorecard-draft": ("get", "scorecard docx", (LOGIN, 403, 200, 200)),
    "assessment:scorecard-entries": ("get", "scorecard", (LOGIN, 403, 200, 200)),
    "assessment:scorecard-column": ("get", "scorecard column", (LOGIN, 403, 200, 403)),
    "assessment:scorecard-history": ("get", "scorecard", (LOGIN, 403, 200, 200)),
    "assessment:scorecard-enter": ("post", "scorecard", (LOGIN, 403, 302, 403)),
    "assessment:scorecard-unit": ("get", "scored unit", (LOGIN, 200, 200, 200)),
    "assessment:scorecard-appeal": ("post", "scored unit", (LOGIN, 403, 302, 403)),
    "assessment:appeal-decide": ("post", "score appeal", (LOGIN, 404, 302, 403)),
    "assessment:appeal-file": ("get", "score appeal", (LOGIN, 404, 404, 404)),
    "assessment:scorecard-entry-file": ("get", "score entry", (LOGIN, 404, 404, 404)),
    "assessment:score-version": ("get", "score version", (LOGIN, 200, 200, 200)),
    "assessment:score-version-file": ("get", "score version xlsx", (LOGIN, 403, 200, 200)),
}
# The same pages of a card that is the office's draft and scores others.
DRAFT: Routes = {
    "assessment:scorecard": ("get", "others scorecard", (LOGIN, 404, 200, 200)),
    "assessment:scorecard-edit": ("get", "others scorecard", (LOGIN, 404, 200, 403)),
    "assessment:scorecard-entries": ("get", "others scorecard", (LOGIN, 404, 200, 200)),
    "assessment:scorecard-column": ("get", "others scorecard column", (LOGIN, 404, 200, 403)),
    "assessment:scorecard-history": ("get", "others scorecard", (LOGIN, 404, 200, 200)),
    "assessment:scorecard-unit": ("get", "others scored unit", (LOGIN, 404, 200, 200)),
}
TEXT = """scorecard: 1
title: 云溪市考核
year: 2025
plans: [云溪市考核用计划]
units: {names: [%s]}
items:
  - {key: visits, title: 抽查, kind: deductions, weight: 100, deductions: [{fact: manual(抽查问题), each: 5}]}
"""


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:
    user, today = User.objects.get(username="coordinator"), timezone.localdate()
    bureau, transport = Unit.objects.get(name="市生态环境局"), Unit.objects.get(name="市交通局")
    make_plan(read_plan(read_measure(1), title="云溪市考核用计划"), content=b"scored")
    card = actions.save(user, TEXT % "市生态环境局, 市交通局")
    others = actions.save(user, TEXT % "市交通局")
    for unit in (transport, bureau):
        actions.enter(user, card, unit, "抽查问题", Decimal(1), since=date(2025, 1, 1), basis="通报")
    version = actions.freeze(user, card, today)
    actions.open_to_units(user, card)
    actions.set_window(user, card, today, today)
    appeal = actions.appeal(user, card, transport, "visits", "不属实")
    return {
        "scorecard": [card.uid],
        "scorecard docx": [card.uid, "docx"],
        "scorecard column": [card.uid, "visits"],
        "scored unit": [card.uid, bureau.uid],
        "score appeal": [appeal.uid],
        "score entry": [card.entered.get(unit=transport).uid],
        "score version": [version.uid],
        "score version xlsx": [version.uid, "xlsx"],
        "others scorecard": [others.uid],
        "others scorecard column": [others.uid, "visits"],
        "others scored unit": [others.uid, transport.uid],
    }
