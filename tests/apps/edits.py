"""A plan of our own words for the tests of the edit engine, and short ways to ask for operations."""

from __future__ import annotations

from typing import Any

from lantian.apps.core.models import User
from lantian.apps.plans.actions.edits import EditResult, edit
from lantian.apps.plans.content import Content, content_of
from lantian.apps.plans.models import Measure, Plan
from lantian.apps.plans.queries import with_details
from lantian.reading import model as read
from lantian.reading.checks import check_plan
from lantian.reading.draft import Draft, DraftPlan, DraftRole
from lantian.reading.finish import finish_plan

TITLE = "云溪市大气污染防治2025年行动计划"
ROWS: tuple[tuple[str, int, str, str, str, str, str], ...] = (
    ("一、移动源", 1, "公交更新", "更新纯电动公交车120辆。建设充电桩50个。", "年底前", "市交通局", "各区政府"),
    ("一、移动源", 1, "公交更新", "每季度通报进展。", "长期实施", "市交通局", "市无名局"),
    ("一、移动源", 2, "路检路查", "全年检查重型柴油车3.4万辆次以上。", "6月底前", "市环境局", "市交通局、市无名局"),
    ("二、扬尘", 3, "工地管理", "绿色工地占比达到60%。", "年底前", "市生态环境局", ""),
    ("二、扬尘", 4, "道路保洁", "推进道路清扫保洁，降尘量持续下降。", "年底前", "市生态环境局", "各区政府"),
)  # fmt: skip


def read_rows(rows: tuple[tuple[str, int, str, str, str, str, str], ...] = ROWS) -> read.Plan:
    """The rows as the reader reads them: section, number, task, text, deadline, lead, support."""
    drafts = [
        Draft(
            section, seq, task, text.split("\n"), due,
            roles=[DraftRole(role, units) for role, units in (("lead", lead), ("support", support)) if units],
            row=n + 1,
        )
        for n, (section, seq, task, text, due, lead, support) in enumerate(rows, start=1)
    ]  # fmt: skip
    return check_plan(finish_plan(DraftPlan(TITLE, drafts)))


def contents(plan: Plan) -> list[Content]:
    """The rows of a plan as they are stored."""
    return [content_of(row) for row in with_details(Measure.objects.filter(plan=plan).order_by("n"))]


def row(plan: Plan, n: int) -> Measure:
    """The row that stands at a place."""
    return with_details(Measure.objects.filter(plan=plan)).get(n=n)


def at(plan: Plan, n: int) -> dict[str, Any]:
    """The fields of an operation that name a row and its revision."""
    found = row(plan, n)
    return {"measure": str(found.uid), "revision": found.revision}


def do(user: User, plan: Plan, op: str, n: int | None = None, **fields: Any) -> EditResult:
    """One operation, on the row that stands at ``n`` where it speaks of one."""
    return edit(user, plan, {"op": op, **(at(plan, n) if n else {}), **fields})
