"""Undo and redo: exact for one person, careful between two."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantian.apps.areas.models import Unit, UnitAlias
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.plans import actions
from lantian.apps.plans.actions.edits import EditError, StaleError, edit
from lantian.apps.plans.actions.edits.sheet import head_now
from lantian.apps.plans.actions.edits.undo import redo, redoable, undo, undoable
from lantian.apps.plans.content import Content
from lantian.apps.plans.models import Edit, Measure, Plan, PlanStatus
from tests.apps.edits import at, contents, do, read_rows, row
from tests.conftest import examples

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def plan(make_plan: Callable[..., Plan]) -> Plan:
    return make_plan(read_rows(), publish=False)


@pytest.fixture
def me(people: dict[str, User]) -> User:
    return people["coordinator"]


@pytest.fixture
def other(people: dict[str, User]) -> User:
    return people["administrator"]


def state(plan: Plan) -> tuple[list[Content], Content]:
    return contents(plan), head_now(Plan.objects.get(pk=plan.pk))


WORDS = ("更新车辆80辆。", "6月底前建成站点3个。\n每月通报。", "PM2.5年均浓度控制在32微克/立方米以内。", "推进治理。")
DEADLINES = ("年底前", "6月底前", "长期实施", "等通知", "", "6月底前 年底前")
UNITS = ("市交通局", "市环境局、市无名局等部门", "", "各区政府\n市生态环境局")
VALUES: dict[str, tuple[Any, ...]] = {
    "section": ("一、移动源", "三、面源"), "seq": (1, 7, None), "task": ("公交更新", "新任务"), "text": WORDS,
    "deadline": DEADLINES, "lead": UNITS, "responsible": UNITS, "support": UNITS, "inherited": UNITS,
}  # fmt: skip
HEADS: dict[str, tuple[Any, ...]] = {
    "title": ("甲计划", "乙计划"), "year": (2018, 2025, None), "area": ("880000", "880101", None),
    "level": ("district", "municipal"), "medium": ("air", "soil"), "number": ("1号", ""),
    "issued": ("2025-01-02", None),
}  # fmt: skip
TARGETS = ({"strength": "力争"}, {"by": None, "scope": ["东塘区"]}, None)
KINDS = (
    "set", "set", "set", "target", "split", "join", "merge", "hand", "insert", "delete", "move", "restore_reading",
    "accept", "learn", "head",
)  # fmt: skip


def operation(draw: Callable[..., Any], plan: Plan) -> dict[str, Any]:
    """Some operation on the plan as it is now; it may be one that is refused."""
    rows = contents(plan)
    one = draw(st.sampled_from(rows))
    op: dict[str, Any] = {"op": draw(st.sampled_from(KINDS))}
    named = op | at(plan, one["n"])
    match op["op"]:
        case "set":
            field = draw(st.sampled_from(list(VALUES)))
            group = field in ("section", "seq", "task") and draw(st.booleans())
            return named | {"field": field, "value": draw(st.sampled_from(VALUES[field])), "group": group}
        case "target":
            index = draw(st.integers(0, max(0, len(one["targets"]) - 1)))
            return named | {"index": index, "value": draw(st.sampled_from(TARGETS))}
        case "split":
            return named | {"at": draw(st.integers(1, max(1, len(one["text"]) - 1)))}
        case "merge":
            below = rows[one["n"] % len(rows)]
            return named | {"with": below["uid"], "with_revision": at(plan, below["n"])["revision"]}
        case "hand":
            below = rows[one["n"] % len(rows)]
            role = draw(st.sampled_from(one["roles"] or [{"role": "lead", "name": "市无名局"}]))
            to = {"with": below["uid"], "with_revision": at(plan, below["n"])["revision"]}
            return named | to | {"role": role["role"], "names": [role["name"]]}
        case "insert":
            value = {"text": draw(st.sampled_from(WORDS)), "lead": draw(st.sampled_from(UNITS))}
            return op | {"after": draw(st.sampled_from([None, one["uid"]])), "value": value}
        case "move":
            return named | {"to": draw(st.integers(1, len(rows)))}
        case "accept":
            rule = draw(st.sampled_from(["R13", "R24", "R27"]))
            return op | {"rule": rule, "measure": draw(st.sampled_from([None, one["uid"]]))}
        case "learn":
            unit = str(Unit.objects.get(name="市交通局").uid)
            return op | {"name": "市无名局", "unit": unit, "misreading": draw(st.booleans())}
        case "head":
            field = draw(st.sampled_from(list(HEADS)))
            return op | {"field": field, "value": draw(st.sampled_from(HEADS[field]))}
    return named


@settings(max_examples=examples(12), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_as_many_undos_as_edits_restore_everything_and_redo_gives_it_again(
    plan: Plan, me: User, data: st.DataObject
) -> None:
    with transaction.atomic():
        plan.refresh_from_db()
        states = [state(plan)]
        for _step in range(data.draw(st.integers(1, 6))):
            if not states[-1][0]:
                break
            try:
                result = edit(me, plan, operation(data.draw, plan))
            except EditError:
                assert state(plan) == states[-1]
                continue
            now = state(plan)
            assert (result.edit is not None) == (now != states[-1])
            assert [item["n"] for item in now[0]] == list(range(1, len(now[0]) + 1))
            if result.edit is not None:
                states.append(now)
        for before in reversed(states[:-1]):
            undo(me, plan)
            assert state(plan) == before
        for after in states[1:]:
            redo(me, plan)
            assert state(plan) == after
        transaction.set_rollback(True)


def test_a_deleted_row_comes_back_with_its_uid_and_what_it_amends(plan: Plan, me: User, make_plan: Any) -> None:
    base = make_plan(read_rows(), content=b"base")
    Measure.objects.filter(pk=row(plan, 2).pk).update(origin=base.measures.get(n=2))
    before = contents(plan)
    seen = at(plan, 2)
    do(me, plan, "delete", 2)
    result = undo(me, plan)
    assert contents(plan) == before
    assert [item["uid"] for item in result.rows] == [before[1]["uid"]]
    assert result.order == [item["uid"] for item in before]
    again = row(plan, 2)
    assert again.origin == base.measures.get(n=2)
    assert again.revision > seen["revision"]
    with pytest.raises(StaleError):
        edit(me, plan, {"op": "delete", **seen})


def test_a_new_edit_ends_what_could_be_done_again(plan: Plan, me: User, other: User) -> None:
    do(me, plan, "set", 1, field="task", value="甲")
    undo(me, plan)
    do(other, plan, "set", 2, field="task", value="乙")
    assert redoable(me, plan).count() == 1
    do(me, plan, "set", 3, field="task", value="丙")
    with pytest.raises(EditError) as error:
        redo(me, plan)
    assert error.value.code == "nothing"


def test_each_person_takes_back_their_own(plan: Plan, me: User, other: User) -> None:
    do(me, plan, "set", 1, field="task", value="我的")
    do(other, plan, "set", 2, field="task", value="他的")
    undo(me, plan)
    assert [c["task"] for c in contents(plan)][:2] == ["公交更新", "他的"]
    with pytest.raises(EditError):
        undo(me, plan)
    undo(other, plan)
    assert row(plan, 2).task == "公交更新"
    assert undoable(me, plan).count() == undoable(other, plan).count() == 0


def test_a_row_that_somebody_else_changed_is_not_taken_back(plan: Plan, me: User, other: User) -> None:
    do(me, plan, "set", 1, field="task", value="我的")
    do(other, plan, "set", 1, field="section", value="他的")
    before = state(plan)
    with pytest.raises(EditError) as error:
        undo(me, plan)
    assert error.value.code == "changed_since"
    assert state(plan) == before
    undo(other, plan)
    undo(me, plan)
    assert row(plan, 1).task == "公交更新"
    do(other, plan, "delete", 1)
    with pytest.raises(EditError):
        redo(me, plan)


def test_rows_that_others_made_stay_where_they_put_them(plan: Plan, me: User, other: User) -> None:
    uids = [c["uid"] for c in contents(plan)]
    do(me, plan, "delete", 2)
    new = do(other, plan, "insert", after=uids[2], value={"text": "他的新措施。"}).rows[0]["uid"]
    do(other, plan, "move", 4, to=1)
    undo(me, plan)
    assert [c["uid"] for c in contents(plan)] == [uids[3], uids[0], uids[1], uids[2], new, uids[4]]
    redo(me, plan)
    assert [c["uid"] for c in contents(plan)] == [uids[3], uids[0], uids[2], new, uids[4]]


def test_a_move_is_taken_back_around_new_rows_but_not_around_other_moves(plan: Plan, me: User, other: User) -> None:
    uids = [c["uid"] for c in contents(plan)]
    do(me, plan, "move", 1, to=3)
    new = do(other, plan, "insert", after=uids[3], value={"text": "他的新措施。"}).rows[0]["uid"]
    undo(me, plan)
    assert [c["uid"] for c in contents(plan)] == [*uids[:4], new, uids[4]]
    redo(me, plan)
    do(other, plan, "move", 1, to=2)
    with pytest.raises(EditError) as error:
        undo(me, plan)
    assert error.value.code == "changed_since"


def test_the_check_up_follows_what_is_taken_back_between_two_people(plan: Plan, me: User, other: User) -> None:
    do(me, plan, "set", 4, field="lead", value=[])
    assert [f.rule for f in row(plan, 4).flags.all()] == ["R27"]
    do(other, plan, "accept", rule="R27", measure=None)
    assert row(plan, 4).flags.get().accepted
    undo(me, plan)
    assert not row(plan, 4).flags.exists()
    with pytest.raises(EditError) as error:
        undo(other, plan)
    assert error.value.code == "changed_since"


def test_a_learned_name_stays_learned(plan: Plan, me: User) -> None:
    unit = Unit.objects.get(name="市交通局")
    before = contents(plan)
    do(me, plan, "learn", name="市无名局", unit=str(unit.uid), always=True)
    assert contents(plan) != before
    undo(me, plan)
    assert contents(plan) == before
    assert UnitAlias.objects.filter(unit=unit, name="市无名局").exists()


def test_what_the_plan_says_of_itself_comes_back_unless_changed_since(plan: Plan, me: User, other: User) -> None:
    do(me, plan, "head", field="title", value="甲")
    do(other, plan, "head", field="number", value="1号")
    undo(me, plan)
    plan.refresh_from_db()
    assert (plan.title, plan.number) == ("云溪市大气污染防治2025年行动计划", "1号")
    redo(me, plan)
    do(other, plan, "head", field="title", value="乙")
    with pytest.raises(EditError):
        undo(me, plan)


def test_undoing_is_recorded_and_raises_the_revision(plan: Plan, me: User) -> None:
    do(me, plan, "set", 1, field="task", value="甲")
    revision = plan.revision
    result = undo(me, plan)
    assert result.revision == plan.revision == revision + 1
    event = AuditEvent.objects.get(action="measure.undo")
    assert (event.before, event.after, event.user) == ({"task": "甲"}, {"task": "公交更新"}, me)


def test_publication_ends_undoing(plan: Plan, me: User) -> None:
    do(me, plan, "set", 1, field="task", value="甲")
    actions.publish_plan(me, plan)
    with pytest.raises(EditError) as error:
        undo(me, plan)
    assert error.value.code == "closed"
    Plan.objects.update(status=PlanStatus.DRAFT)
    with pytest.raises(EditError) as error:
        undo(me, plan)
    assert error.value.code == "nothing"
    assert Edit.objects.get().closed


@pytest.mark.parametrize("role", ["reviewer", "viewer"])
def test_who_may_not_undo(plan: Plan, people: dict[str, User], role: str) -> None:
    with pytest.raises(PermissionDenied):
        undo(people[role], plan)
    with pytest.raises(PermissionDenied):
        redo(people[role], plan)


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_of_one_revision_one_is_stale(plan: Plan, me: User, other: User) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite takes one writer at a time; its test database lives in memory")
    wanted = {"op": "set", **at(plan, 1), "field": "task"}
    gate, found = threading.Barrier(2), []

    def save(user: User, value: str) -> None:
        try:
            gate.wait()
            edit(user, Plan.objects.get(pk=plan.pk), wanted | {"value": value})
            found.append("saved")
        except StaleError:
            found.append("stale")
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=save, args=pair) for pair in ((me, "甲"), (other, "乙"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(found) == ["saved", "stale"]
    assert Edit.objects.count() == 1
