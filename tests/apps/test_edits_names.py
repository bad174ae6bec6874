"""Learning names, suggesting units, and the check-up that goes with every edit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from lantian.apps.areas.learning import learn_alias
from lantian.apps.areas.models import Unit, UnitAlias
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.plans import checkup
from lantian.apps.plans.actions.edits import EditError
from lantian.apps.plans.actions.importing import directory_of
from lantian.apps.plans.models import Assignment, MeasureFlag, Plan
from tests.apps.conftest import read_measure, read_plan
from tests.apps.edits import at, contents, do, read_rows, row
from tests.growth import calls

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def plan(make_plan: Callable[..., Plan]) -> Plan:
    return make_plan(read_rows(), publish=False)


@pytest.fixture
def me(people: dict[str, User]) -> User:
    return people["coordinator"]


def traffic() -> Unit:
    return Unit.objects.get(name="市交通局")


def test_a_misread_name_becomes_the_units_name_in_all_rows(plan: Plan, me: User) -> None:
    result = do(me, plan, "learn", name="市 无名局", unit=str(traffic().uid))
    assert [item["n"] for item in result.rows] == [2, 3]
    second, third = ([(r["role"], r["name"], r["as_printed"]) for r in c["roles"]] for c in contents(plan)[1:3])
    assert second == [("lead", "市交通局", "市交通局"), ("support", "市交通局", "市无名局")]
    assert third == [("lead", "市环境局", "市环境局"), ("support", "市交通局", "市交通局")]  # one of two equal ones
    assert not MeasureFlag.objects.filter(rule="R13").exists()
    assert not UnitAlias.objects.filter(name="市无名局").exists()


def test_another_name_in_use_stays_as_it_is(plan: Plan, me: User) -> None:
    do(me, plan, "learn", name="市无名局", unit=str(traffic().uid), misreading=False)
    role = contents(plan)[1]["roles"][1]
    assert (role["name"], role["unit"]) == ("市无名局", str(traffic().uid))


def test_always_reads_the_next_plan_so(plan: Plan, me: User, make_plan: Callable[..., Plan]) -> None:
    do(me, plan, "learn", name="市无名局", unit=str(traffic().uid), always=True)
    alias = UnitAlias.objects.get(name="市无名局")
    assert (alias.unit, alias.misreading) == (traffic(), True)
    assert AuditEvent.objects.get(action="directory.learn").after == {
        "name": "市无名局",
        "misreading": True,
        "source": "learned",
    }
    later = make_plan(read_rows(), content=b"later", publish=False)
    role = contents(later)[1]["roles"][1]
    assert (role["name"], role["as_printed"], role["unit"]) == ("市交通局", "市无名局", str(traffic().uid))
    assert not MeasureFlag.objects.filter(measure__plan=later, rule="R13").exists()


def test_names_that_cannot_be_learned(plan: Plan, me: User) -> None:
    with pytest.raises(EditError) as error:
        do(me, plan, "learn", name="市没有局", unit=str(traffic().uid))
    assert error.value.field == "name"
    with pytest.raises(EditError) as error:
        do(me, plan, "learn", name="市无名局", unit="0192a000-0000-7000-8000-000000000000")
    assert error.value.field == "unit"


def test_who_may_learn(people: dict[str, User]) -> None:
    learn_alias(people["coordinator"], traffic(), "市交逼局", misreading=True)
    learn_alias(people["administrator"], traffic(), "市交逼局", misreading=True)
    assert AuditEvent.objects.filter(action="directory.learn").count() == 1
    for role in ("reviewer", "reporter", "inspector", "viewer"):
        with pytest.raises(PermissionDenied):
            learn_alias(people[role], traffic(), "市交逼局", misreading=True)


def test_the_directory_suggests_what_is_like_a_name_and_in_use(plan: Plan) -> None:
    directory = directory_of(plan)
    assert directory.suggest("市交逼局")[0] == traffic()
    assert directory.suggest("市生态坏境局", 1) == [Unit.objects.get(name="市生态环境局")]
    assert Unit.objects.get(name="市旧城办") not in directory.suggest("市旧城办")
    assert directory.suggest("完全不相干的东西") == []
    assert len(directory.suggest("区政府", 2)) == 2


def test_unknown_names_come_with_suggestions(plan: Plan) -> None:
    (unknown,) = checkup.unknown_names(plan, directory_of(plan))
    assert (unknown.name, unknown.count) == ("市无名局", 2)
    assert unknown.measures == tuple(at(plan, n)["measure"] for n in (2, 3))
    assert traffic() in unknown.suggestions


def test_problems_by_rule_doubts_and_open_ones_first(plan: Plan, me: User, django_assert_num_queries: Any) -> None:
    do(me, plan, "set", 4, field="lead", value=[])
    do(me, plan, "accept", rule="R13", measure=at(plan, 2)["measure"])
    with django_assert_num_queries(1):
        found = checkup.problems(plan)
    assert [(p.rule, p.kind, p.count, p.accepted, p.open) for p in found] == [
        ("R13", "doubt", 2, 1, 1),
        ("R27", "check", 1, 0, 1),
    ]
    assert found[0].open_measures == (at(plan, 3)["measure"],)
    do(me, plan, "accept", rule="R13", measure=None)
    assert [p.rule for p in checkup.problems(plan)] == ["R27", "R13"]


def test_checks_come_and_go_with_the_rows(plan: Plan, me: User) -> None:
    text = row(plan, 1).text
    do(me, plan, "set", 5, field="text", value=text)
    do(me, plan, "set", 5, field="task", value="公交更新")
    assert [(f.rule, f.detail) for f in row(plan, 5).flags.all()] == [("R04", "2")]
    do(me, plan, "accept", rule="R04", measure=None)
    do(me, plan, "set", 4, field="text", value="其他措施。")
    assert row(plan, 5).flags.get().accepted
    do(me, plan, "set", 1, field="text", value="不一样的措施。")
    assert not row(plan, 5).flags.exists()
    do(me, plan, "set", 1, field="text", value="会同市无名局推进公交更新。")
    assert [(f.rule, f.detail) for f in row(plan, 1).flags.all()] == [("R25", "市无名局")]


def test_contradicting_figures_are_told_on_rows_that_nobody_touched(plan: Plan, me: User) -> None:
    do(me, plan, "set", 4, field="text", value="全市降尘量控制在4吨/平方公里·月以内。")
    result = do(me, plan, "set", 5, field="text", value="东塘区降尘量控制在5吨/平方公里·月以内。")
    assert [item["n"] for item in result.rows] == [4, 5]
    assert row(plan, 4).flags.get(rule="R26").detail.startswith("降尘量 4 / 5")
    assert row(plan, 4).revision == 3


def test_missing_numbers_are_told_of_the_plan(plan: Plan, me: User) -> None:
    do(me, plan, "delete", 3)
    plan.refresh_from_db()
    assert [(f["id"], f["detail"]) for f in plan.flags] == [("R24", "2")]
    do(me, plan, "accept", rule="R24", measure=None)
    assert [(p.rule, p.accepted, p.measures) for p in checkup.problems(plan) if p.rule == "R24"] == [("R24", 1, ())]
    do(me, plan, "insert", after=at(plan, 2)["measure"], value={"text": "路检路查。", "seq": 2})
    plan.refresh_from_db()
    assert plan.flags == []


def test_gaps_that_the_reader_did_not_tell_are_left_alone(make_plan: Callable[..., Plan], me: User) -> None:
    plan = make_plan(read_plan(read_measure(1, seq=1), read_measure(2, seq=9)), publish=False)
    do(me, plan, "set", 1, field="task", value="甲")
    plan.refresh_from_db()
    assert plan.flags == []


def test_checking_grows_with_the_rows_only(make_plan: Callable[..., Plan]) -> None:
    rows = read_rows(
        tuple(
            ("一、移动源", n, f"任务{n}", f"第{n}项，更新车辆{n}0辆，市交通局配合。", "年底前", "市环境局", "各区政府")
            for n in range(1, 121)
        )  # type: ignore[arg-type]
    )
    plan = make_plan(rows, publish=False)
    found = [item | {"flags": []} for item in contents(plan)]
    assert len(checkup.renewed(found)) == 120
    assert Assignment.objects.filter(measure__plan=plan).count() == 240
    few, many = calls(lambda: checkup.renewed(found[:30])), calls(lambda: checkup.renewed(found))
    assert many < 5 * few  # four times the rows
