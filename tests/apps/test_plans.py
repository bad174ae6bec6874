"""Importing, storing and publishing plans."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Unit
from lantian.apps.core import actions as core
from lantian.apps.core import policy
from lantian.apps.core.models import AuditEvent, Job, User
from lantian.apps.plans import actions, prints
from lantian.apps.plans.models import Assignment, Measure, Plan, PlanStatus, Target
from lantian.reading import model as read
from tests.apps.conftest import read_measure, read_plan

pytestmark = [pytest.mark.django_db, pytest.mark.db]

PAGE = """<html><head><meta charset="utf-8"><title>云溪市大气污染防治2025年行动计划</title></head><body>
<h1>云溪市大气污染防治2025年行动计划</h1><table border="1">
<tr><th>序号</th><th>重点任务</th><th>工作措施</th><th>完成时限</th><th>牵头部门</th><th>主责单位</th></tr>
<tr><td colspan="6">一、移动源</td></tr>
<tr><td rowspan="2">1</td><td rowspan="2">公交更新</td><td>全年更新纯电动公交车120辆。</td><td>年底前</td>
<td>市交通局</td><td>各区政府</td></tr>
<tr><td>建设充电桩，满足运营需要。</td><td>长期实施</td><td>市交通局</td><td>各区政府</td></tr>
<tr><td>2</td><td>监测能力</td><td>完善站点布局。</td><td>年底前</td><td>市生态环境局</td><td>——</td></tr>
</table></body></html>"""


def test_a_document_becomes_a_draft_with_resolved_units(people: dict[str, User], run_jobs: Callable[[], int]) -> None:
    user = people["coordinator"]
    job = actions.import_file(user, "公布稿.html", [PAGE.encode()])
    assert run_jobs() == 1
    job.refresh_from_db()
    assert job.state == "done", job.error
    plan = Plan.objects.get()
    assert job.result == {"plans": [str(plan.uid)]}
    assert (plan.title, plan.year, plan.level, plan.medium) == (
        "云溪市大气污染防治2025年行动计划",
        2025,
        "municipal",
        "air",
    )
    assert (plan.status, plan.file_name, plan.created_by) == (PlanStatus.DRAFT, "公布稿.html", user)
    assert plan.area is not None
    assert plan.area.name == "云溪市"
    rows = list(plan.measures.values_list("n", "seq", "task", "text", "deadline_text"))
    assert rows[0] == (1, 1, "公交更新", "全年更新纯电动公交车120辆。", "年底前")
    assert [row[:2] for row in rows] == [(1, 1), (2, 1), (3, 2)]
    lead = Assignment.objects.get(measure__n=1, role="lead")
    assert (lead.name, lead.unit) == ("市交通局", Unit.objects.get(name="市交通局"))
    assert Target.objects.get(measure__n=1).value == Decimal(120)
    assert [block for block in prints.load(plan.file) if "rows" in block]


def test_the_same_document_is_read_once(people: dict[str, User], run_jobs: Callable[[], int]) -> None:
    first = actions.import_file(people["coordinator"], "a.html", [PAGE.encode()])
    run_jobs()
    again = actions.import_file(people["administrator"], "b.html", [PAGE.encode()])
    assert again.pk == first.pk
    assert run_jobs() == 0
    assert Plan.objects.count() == 1


def test_a_document_without_a_plan_is_refused_in_both_languages(
    people: dict[str, User], run_jobs: Callable[[], int]
) -> None:
    job = actions.import_file(people["coordinator"], "letter.txt", ["今天天气很好。".encode()])
    run_jobs()
    job.refresh_from_db()
    assert job.state == "failed"
    assert job.attempts == 1
    assert job.error is not None
    assert "letter.txt" in job.error["zh"]
    assert "no plan" in job.error["en"]
    assert not Plan.objects.exists()


def test_a_repeated_job_stores_nothing_twice(make_plan: Callable[..., Plan]) -> None:
    plan = make_plan(publish=False)
    assert plan.job is not None
    again = actions.store_plans(plan.job, plan.file, [read_plan(), read_plan()])
    assert [row.pk for row in again] == [plan.pk]
    assert Measure.objects.count() == 6


def test_everything_that_was_read_is_kept(make_plan: Callable[..., Plan]) -> None:
    box = read.CellRef("measure", 2, 5, 2, read.Box(2, 0.1, 0.2, 0.6, 0.25))
    target = read.Target(
        "NOx下降5%以上", "氮氧化物", "change", "<=", -5.5, unit="%", baseline="previous_year", scope=("东塘区",),
        qualifier="扣除沙尘影响", sense="at_most", applies="each", strength="力争", stretch=-6, span=(0, 8),
    )  # fmt: skip
    due = read.Deadline("年底前", "by", also=(read.Deadline("长期实施", "long_term"),))
    measure = read_measure(
        1, measure="NOx下降5%以上。", targets=(target,), deadline=due, inherited=("各区政府",),
        source=read.Source(2, 5, (box,)),
    )  # fmt: skip
    plan = make_plan(read_plan(measure, flags=(read.Flag("R40", ""),)))
    row = plan.measures.get()
    stored = row.targets.get()
    assert (stored.value, stored.stretch, stored.baseline) == (Decimal("-5.5"), Decimal(-6), "previous_year")
    assert (stored.scope, stored.applies, stored.span_start, stored.span_end) == (["东塘区"], "each", 0, 8)
    assert row.deadline_also == [{"text": "长期实施", "kind": "long_term", "start": None, "end": None, "also": []}]
    assert row.cells == [{"field": "measure", "page": 2, "row": 5, "col": 2, "box": [0.1, 0.2, 0.6, 0.25]}]
    assert plan.flags == [{"id": "R40", "detail": ""}]
    inherited = row.assignments.get(role="inherited")
    assert inherited.unit == Unit.objects.get(name="各区政府")
    assert row.assignments.get(role="responsible").open
    assert row.assignments.get(role="support").unit is None


def test_names_resolve_by_the_plans_year(make_plan: Callable[..., Plan]) -> None:
    old = read_measure(1, roles=(read.Role("lead", "市环保局", "市环保局"),))
    then = make_plan(read_plan(old, year=2017), content=b"1")
    now = make_plan(read_plan(old, year=2025), content=b"2")
    assert then.measures.get().assignments.get().unit is not None
    assert now.measures.get().assignments.get().unit is None


def test_publishing_is_recorded_and_happens_once(make_plan: Callable[..., Plan], people: dict[str, User]) -> None:
    plan = make_plan(publish=False)
    actions.publish_plan(people["coordinator"], plan)
    actions.publish_plan(people["coordinator"], plan)
    event = AuditEvent.objects.get(action="plan.publish")
    assert (event.user, event.object_uid) == (people["coordinator"], plan.uid)
    assert event.before == {"status": "draft", "version": 0}
    assert event.after == {"status": "published", "version": 1, "note": ""}


@pytest.mark.parametrize("role", ["viewer", "reporter", "reviewer", "inspector"])
def test_who_may_not_publish(make_plan: Callable[..., Plan], people: dict[str, User], role: str) -> None:
    plan = make_plan(publish=False)
    with pytest.raises(PermissionDenied):
        actions.publish_plan(people[role], plan)
    plan.refresh_from_db()
    assert plan.status == PlanStatus.DRAFT


def test_a_districts_coordinator_reaches_only_the_district(make_plan: Callable[..., Plan]) -> None:
    user = core.create_user(None, "east", "x", must_change_password=False)
    add_membership(None, user, Unit.objects.get(name="东塘区政府"), policy.COORDINATOR)
    city = make_plan(content=b"1", publish=False)
    east = make_plan(read_plan(region="云溪市东塘区"), content=b"2", publish=False)
    west = make_plan(read_plan(region="西塘区"), content=b"3", publish=False)
    nowhere = make_plan(read_plan(region="远方市"), content=b"4", publish=False)
    assert set(policy.scope(user, Plan.objects.all())) == {east, nowhere}
    assert [policy.can(user, "plan.publish", plan) for plan in (city, east, west, nowhere)] == [
        False,
        True,
        False,
        True,
    ]
    actions.publish_plan(east.created_by, west)  # type: ignore[arg-type]  # the fixture's coordinator of the city
    assert west in policy.scope(user, Plan.objects.all())


def test_a_person_without_a_role_sees_nothing(make_plan: Callable[..., Plan]) -> None:
    make_plan()
    nobody = core.create_user(None, "nobody", "x", must_change_password=False)
    assert not policy.scope(nobody, Plan.objects.all()).exists()
    assert not policy.can(nobody, "plan.view")


def test_import_is_recorded_with_the_file(people: dict[str, User]) -> None:
    job = actions.import_file(people["coordinator"], "x.html", [PAGE.encode()])
    event = AuditEvent.objects.get(action="plan.import")
    assert event.after == {"job": str(job.uid), "name": "x.html"}
    assert Job.objects.get().created_by == people["coordinator"]
