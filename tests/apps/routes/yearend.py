"""Addresses of the month's merge, the leader's page and the year's end, and what each kind of person is answered.

They are the plan's office's: others who see the plan are refused, and what was issued does not exist for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lantian.apps.areas.models import Unit
from lantian.apps.assessment.models import MergeIssue, YearEnd
from lantian.apps.core import files
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.models import Commitment
from tests.apps.routes import LOGIN, Routes

ROUTES: Routes = {
    "assessment:leader": ("get", "settled plan", (LOGIN, 403, 200, 200)),
    "assessment:merge-latest": ("get", "settled plan", (LOGIN, 403, 302, 302)),
    "assessment:merge": ("get", "plan and month", (LOGIN, 403, 200, 200)),
    "assessment:merge-counts": ("get", "plan and month", (LOGIN, 403, 200, 200)),
    "assessment:merge-row": ("get", "row of a month", (LOGIN, 403, 200, 200)),
    "assessment:merge-save": ("post", "plan and month", (LOGIN, 403, 302, 403)),
    "assessment:merge-issue": ("post", "plan and month", (LOGIN, 403, 302, 403)),
    "assessment:merge-draft": ("get", "month as xlsx", (LOGIN, 403, 200, 200)),
    "assessment:merge-issued": ("get", "issued month", (LOGIN, 404, 200, 200)),
    "assessment:year-end": ("get", "settled plan", (LOGIN, 403, 200, 200)),
    "assessment:year-end-counts": ("get", "settled plan", (LOGIN, 403, 200, 200)),
    "assessment:year-end-save": ("post", "settled plan", (LOGIN, 403, 302, 403)),
    "assessment:year-end-freeze": ("post", "settled plan", (LOGIN, 403, 302, 403)),
    "assessment:year-end-draft": ("get", "year as docx", (LOGIN, 403, 200, 200)),
    "assessment:year-end-frozen": ("get", "frozen year", (LOGIN, 404, 200, 200)),
    "assessment:year-end-pack": ("get", "packed year", (LOGIN, 404, 200, 200)),
    "assessment:year-end-pack-again": ("post", "packed year", (LOGIN, 404, 302, 403)),
}
# A plan in preparation owes nothing and settles nothing.
DRAFT: Routes = {
    "assessment:leader": ("get", "unsettled plan", (LOGIN, 404, 404, 404)),
    "assessment:year-end": ("get", "unsettled plan", (LOGIN, 404, 404, 404)),
}


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:
    user = User.objects.get(username="coordinator")
    plan = make_plan(content=b"settled")
    draft = make_plan(content=b"unsettled", publish=False)
    unit = Unit.objects.get(name="市生态环境局")
    Commitment.objects.create(plan=plan, measure=plan.measures.all()[0], unit=unit, role="lead", state="on_track")
    paper = files.store(user, "表.docx", [b"paper"])
    issue = MergeIssue.objects.create(
        plan=plan, period="2025-03", number=1, content={"rows": []}, docx=paper, xlsx=paper, by=user
    )
    year = YearEnd.objects.create(
        plan=plan, number=1, content={"title": "", "rows": [], "files": []}, docx=paper, xlsx=paper, by=user,
        sha256="0" * 64, size=2,
    )  # fmt: skip
    year.pack.parent.mkdir(parents=True, exist_ok=True)
    year.pack.write_bytes(b"PK")
    return {
        "settled plan": [plan.uid],
        "unsettled plan": [draft.uid],
        "plan and month": [plan.uid, "2025-03"],
        "row of a month": [plan.uid, "2025-03", plan.measures.all()[0].uid],
        "month as xlsx": [plan.uid, "2025-03", "xlsx"],
        "issued month": [issue.uid, "docx"],
        "year as docx": [plan.uid, "docx"],
        "frozen year": [year.uid, "docx"],
        "packed year": [year.uid],
    }
