"""The operations of the edit engine, one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from lantian.apps.areas.models import Area, Unit
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.plans import actions
from lantian.apps.plans.actions.edits import OPERATIONS, EditError, StaleError, edit
from lantian.apps.plans.actions.edits.shape import checked
from lantian.apps.plans.models import Edit, Measure, Plan
from tests.apps.edits import at, contents, do, read_rows, row
from tests.conftest import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.db]


UID = "0192a000-0000-7000-8000-000000000000"


@pytest.fixture
def plan(make_plan: Callable[..., Plan]) -> Plan:
    return make_plan(read_rows(), publish=False)


@pytest.fixture
def me(people: dict[str, User]) -> User:
    return people["coordinator"]


def flags(plan: Plan, n: int) -> list[tuple[str, str]]:
    return [(flag.rule, flag.detail) for flag in row(plan, n).flags.all()]


def targets(plan: Plan, n: int) -> list[tuple[str, str, str | None]]:
    return [(item["text"], item["kind"], item["value"]) for item in contents(plan)[n - 1]["targets"]]


def test_words_of_a_text_are_read_again(plan: Plan, me: User) -> None:
    result = do(me, plan, "set", 1, field="text", value=" 6月底前更新纯电动公交车130辆。\n\n建设充电桩60个。 ")
    content = contents(plan)[0]
    assert content["text"] == "6月底前更新纯电动公交车130辆。建设充电桩60个。"
    assert content["paragraphs"] == ["6月底前更新纯电动公交车130辆。", "建设充电桩60个。"]
    assert [(t["value"], t["by"], t["text"] == content["text"][slice(*t["span"])]) for t in content["targets"]] == [
        ("130", "2025-06-30", True),
        ("60", "2025-12-31", True),
    ]
    assert [item["text"] for item in content["text_dates"]] == ["6月底前"]
    assert ("R15", "年底前 / 6月底前") in flags(plan, 1)
    assert (result.rows, result.order, result.removed) == ([content], None, [])
    assert result.revisions == {content["uid"]: 2}
    assert result.revision == plan.revision == 2
    assert "130辆" in row(plan, 1).search


def test_what_people_said_of_targets_survives_new_words(plan: Plan, me: User) -> None:
    do(me, plan, "target", 1, index=0, value={"strength": "力争", "value": "125"})
    do(me, plan, "target", 1, index=1, value=None)
    phrase = contents(plan)[0]["targets"][0]["text"]
    do(me, plan, "set", 1, field="text", value="计划更新纯电动公交车90辆；更新纯电动公交车120辆。建设充电桩50个。")
    found = contents(plan)[0]
    assert [(t["value"], t["strength"], t["edited"]) for t in found["targets"]] == [
        ("90", "hard", False),
        ("125", "力争", True),
    ]
    assert found["targets"][1]["text"] == phrase == found["text"][slice(*found["targets"][1]["span"])]
    do(me, plan, "set", 1, field="text", value="建设充电桩80个。")
    assert targets(plan, 1) == [("建设充电桩80个", "count", "80")]
    assert contents(plan)[0]["dropped"] == []


def test_an_empty_text_is_refused(plan: Plan, me: User) -> None:
    with pytest.raises(EditError) as error:
        do(me, plan, "set", 1, field="text", value=" \n ")
    assert (error.value.code, error.value.field) == ("empty", "value")
    assert not Edit.objects.exists()


def test_a_deadline_carries_its_targets_and_its_flags(plan: Plan, me: User) -> None:
    do(me, plan, "target", 1, index=1, value={"by": "2025-11-30"})
    do(me, plan, "set", 1, field="deadline", value="9月底前")
    content = contents(plan)[0]
    assert (content["deadline"]["kind"], content["deadline"]["end"]) == ("by", "2025-09-30")
    assert [t["by"] for t in content["targets"]] == ["2025-09-30", "2025-11-30"]
    do(me, plan, "set", 1, field="deadline", value="等通知")
    assert flags(plan, 1) == [("R17", "等通知")]
    do(me, plan, "set", 1, field="deadline", value="6月底前 年底前")
    assert flags(plan, 1) == [("R16", "6月底前 年底前")]
    do(me, plan, "set", 1, field="deadline", value="")
    assert (flags(plan, 1), contents(plan)[0]["deadline"]["kind"]) == ([], "none")


def test_a_group_shares_section_and_task(plan: Plan, me: User) -> None:
    do(me, plan, "set", 2, field="task", value="公交 更新", group=True)
    do(me, plan, "set", 3, field="section", value="一、移动源治理", group=True)
    do(me, plan, "set", 4, field="section", value="二、扬尘治理")
    assert [(c["section"], c["task"]) for c in contents(plan)] == [
        ("一、移动源治理", "公交 更新"),
        ("一、移动源治理", "公交 更新"),
        ("一、移动源治理", "路检路查"),
        ("二、扬尘治理", "工地管理"),
        ("二、扬尘", "道路保洁"),
    ]


@pytest.mark.parametrize("value", [-1, "3", 1.5, True])
def test_numbers_are_whole_or_empty(plan: Plan, me: User, value: Any) -> None:
    with pytest.raises(EditError):
        do(me, plan, "set", 1, field="seq", value=value)
    do(me, plan, "set", 1, field="seq", value=None)
    assert row(plan, 1).seq is None


def test_units_are_typed_as_a_list_or_picked(plan: Plan, me: User) -> None:
    do(me, plan, "set", 3, field="lead", value="市环境局、市旧路局等部门")
    lead = [r for r in contents(plan)[2]["roles"] if r["role"] == "lead"]
    office = Unit.objects.get(name="市生态环境局")
    assert [(r["name"], r["as_printed"], r["open"], r["unit"]) for r in lead] == [
        ("市环境局", "市环境局", False, str(office.uid)),
        ("市旧路局", "市旧路局", True, None),
    ]
    assert ("R13", "市旧路局") in flags(plan, 3)
    assert ("R12", "等部门") in flags(plan, 3)
    traffic = Unit.objects.get(name="市交通局")
    do(
        me,
        plan,
        "set",
        3,
        field="lead",
        value=[{"name": "市环境局"}, {"unit": str(traffic.uid), "as_printed": "交通局"}],
    )
    roles = contents(plan)[2]["roles"]
    assert [(r["role"], r["name"], r["as_printed"]) for r in roles] == [
        ("lead", "市环境局", "市环境局"),
        ("lead", "市交通局", "交通局"),
        ("support", "市交通局", "市交通局"),
        ("support", "市无名局", "市无名局"),
    ]
    assert not {rule for rule, _detail in flags(plan, 3)} & {"R12"}
    assert ("R13", "市旧路局") not in flags(plan, 3)
    do(me, plan, "set", 3, field="support", value="")
    do(me, plan, "set", 3, field="lead", value=[])
    assert ("R27", "") in flags(plan, 3)
    do(me, plan, "set", 3, field="inherited", value="市交通局")
    assert ("R27", "") not in flags(plan, 3)


@pytest.mark.parametrize(
    "value", [3, [3], [{"nom": "x"}], [{"name": ""}], [{"name": "市交通局", "unit": "x"}], [{"name": "x" * 201}]]
)
def test_units_that_are_none_are_refused(plan: Plan, me: User, value: Any) -> None:
    with pytest.raises(EditError):
        do(me, plan, "set", 3, field="lead", value=value)


def test_a_target_is_changed_added_and_taken_out(plan: Plan, me: User) -> None:
    change = {
        "comparator": ">=",
        "value": 1200.50,
        "unit": "辆",
        "scope": ["东塘区", "东塘区"],
        "baseline": 2020,
        "by": "2025-10-31",
    }
    do(me, plan, "target", 1, index=0, value=change)
    first = contents(plan)[0]["targets"][0]
    assert (first["value"], first["scope"], first["baseline"], first["by"], first["edited"]) == (
        "1200.5",
        ["东塘区"],
        "2020",
        "2025-10-31",
        True,
    )
    do(me, plan, "target", 1, index=None, value={"text": "充电桩", "kind": "universal"})
    assert [t[0] for t in targets(plan, 1)] == ["更新纯电动公交车120辆", "建设充电桩50个", "充电桩"]
    do(me, plan, "target", 1, index=1, value=None)
    assert contents(plan)[0]["dropped"] == ["建设充电桩50个"]
    do(me, plan, "target", 1, index=None, value={"text": "建设充电桩50个"})
    back = contents(plan)[0]
    assert (back["targets"][1]["kind"], back["targets"][1]["value"], back["dropped"]) == ("count", "50", [])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "wish"),
        ("kind", None),
        ("comparator", "≥"),
        ("value", "many"),
        ("value", None),
        ("value", float("nan")),
        ("value", "1e30"),
        ("value", True),
        ("value", "0.00000001"),
        ("value_max", "3"),
        ("by", "next year"),
        ("scope", "东塘区"),
        ("scope", [1]),
        ("strength", "perhaps"),
        ("sense", "up"),
        ("applies", "some"),
        ("baseline", "once"),
        ("unit", "x" * 61),
        ("text", "不在正文"),
        ("text", 5),
        ("span", [0, 3]),
        ("span", [3]),
        ("colour", "blue"),
    ],
)
def test_a_target_that_makes_no_sense_is_refused(plan: Plan, me: User, field: str, value: Any) -> None:
    before = contents(plan)
    with pytest.raises(EditError) as error:
        do(me, plan, "target", 1, index=0, value={field: value})
    assert error.value.field == field
    assert contents(plan) == before


def test_kinds_without_a_figure_take_none(plan: Plan, me: User) -> None:
    with pytest.raises(EditError):
        do(me, plan, "target", 1, index=0, value={"kind": "direction"})
    do(me, plan, "target", 1, index=0, value={"kind": "direction", "value": None, "comparator": None})
    assert targets(plan, 1)[0][1:] == ("direction", None)


def test_a_row_is_split_at_a_character(plan: Plan, me: User) -> None:
    text = row(plan, 1).text
    cut = text.index("建设")
    result = do(me, plan, "split", 1, at=cut)
    first, second = contents(plan)[:2]
    assert (first["text"], second["text"]) == (text[:cut], text[cut:])
    assert [t["text"] for t in first["targets"]] == ["更新纯电动公交车120辆"]
    assert [(t["text"], t["span"]) for t in second["targets"]] == [("建设充电桩50个", [0, 8])]
    for name in ("section", "seq", "task", "deadline", "roles", "source"):
        assert first[name] == second[name]
    assert result.order == [c["uid"] for c in contents(plan)]
    assert [c["n"] for c in contents(plan)] == list(range(1, 7))
    assert row(plan, 2).targets.get().edited is False


def test_a_phrase_that_is_cut_apart_is_no_target(plan: Plan, me: User) -> None:
    do(me, plan, "split", 1, at=row(plan, 1).text.index("120"))
    assert [targets(plan, n) for n in (1, 2)] == [[], [("建设充电桩50个", "count", "50")]]


@pytest.mark.parametrize("place", [0, -1, 10_000])
def test_a_split_needs_words_on_both_sides(plan: Plan, me: User, place: int) -> None:
    with pytest.raises(EditError):
        do(me, plan, "split", 1, at=place)


def test_a_row_joins_the_task_above(plan: Plan, me: User) -> None:
    first, third = row(plan, 1), row(plan, 3)
    assert third.task != first.task
    do(me, plan, "join", 3)
    joined, above = contents(plan)[2], contents(plan)[1]
    assert [joined[name] for name in ("section", "seq", "task")] == [above[name] for name in ("section", "seq", "task")]
    with pytest.raises(EditError):
        do(me, plan, "join", 1)


def test_rows_merge_with_words_roles_and_deadlines(plan: Plan, me: User) -> None:
    texts = [c["text"] for c in contents(plan)]
    below = at(plan, 3)
    result = do(me, plan, "merge", 2, **{"with": below["measure"], "with_revision": below["revision"]})
    content = contents(plan)[1]
    assert content["paragraphs"] == texts[1:3]
    assert content["deadline"]["text"] == "长期实施 6月底前"
    assert [(r["role"], r["name"]) for r in content["roles"]] == [
        ("lead", "市交通局"),
        ("lead", "市环境局"),
        ("support", "市无名局"),
        ("support", "市交通局"),
    ]
    assert [(t["value"], t["text"] == content["text"][slice(*t["span"])]) for t in content["targets"]] == [
        (None, True),
        ("34000", True),
    ]
    assert result.removed == [below["measure"]]
    assert [c["n"] for c in contents(plan)] == [1, 2, 3, 4]


def test_a_sentence_that_a_page_cut_is_read_as_a_whole(make_plan: Callable[..., Plan], me: User) -> None:
    rows = [
        ("一、移动源", 1, "公交更新", "更新纯电动公交车1", "年底前", "市交通局", ""),
        ("一、移动源", 1, "公交更新", "20辆。", "年底前", "市交通局", ""),
    ]
    plan = make_plan(read_rows(tuple(rows)), publish=False)  # type: ignore[arg-type]
    below = at(plan, 2)
    do(me, plan, "merge", 1, **{"with": below["measure"], "with_revision": 1})
    assert [t[2] for t in targets(plan, 1)] == ["120"]
    assert row(plan, 1).paragraphs == ["更新纯电动公交车120辆。"]


def test_only_neighbours_merge(plan: Plan, me: User) -> None:
    with pytest.raises(EditError) as error:
        do(me, plan, "merge", 1, **{"with": at(plan, 3)["measure"], "with_revision": 1})
    assert error.value.code == "not_next"


def test_a_row_is_inserted_into_the_group_above(plan: Plan, me: User) -> None:
    value = {"text": "新增监测站点3个。", "deadline": "9月底前", "lead": "市生态环境局"}
    result = do(me, plan, "insert", after=at(plan, 3)["measure"], value=value)
    content = contents(plan)[3]
    assert result.rows[0] == content
    assert (content["section"], content["seq"], content["task"]) == ("一、移动源", 2, "路检路查")
    assert (content["targets"][0]["by"], content["source"]["page"]) == ("2025-09-30", None)
    do(me, plan, "insert", after=None, value={"text": "加强组织领导。", "seq": 9})
    assert [c["n"] for c in contents(plan)] == list(range(1, 8))
    assert (row(plan, 1).seq, row(plan, 1).section) == (9, "")


def test_rows_move_and_go(plan: Plan, me: User) -> None:
    uids = [c["uid"] for c in contents(plan)]
    do(me, plan, "move", 1, to=4)
    assert [c["uid"] for c in contents(plan)] == [*uids[1:4], uids[0], uids[4]]
    result = do(me, plan, "delete", 2)
    assert result.removed == [uids[2]]
    assert [c["uid"] for c in contents(plan)] == [uids[1], uids[3], uids[0], uids[4]]
    for to in (0, 5):
        with pytest.raises(EditError):
            do(me, plan, "move", 1, to=to)


def test_a_row_goes_back_to_its_reading(plan: Plan, me: User) -> None:
    before = contents(plan)
    do(me, plan, "set", 1, field="text", value="别的内容。")
    do(me, plan, "move", 1, to=3)
    do(me, plan, "restore_reading", 3)
    assert contents(plan)[2] == before[0] | {"n": 3}
    do(me, plan, "insert", after=None, value={"text": "加强组织领导。"})
    with pytest.raises(EditError) as error:
        do(me, plan, "restore_reading", 1)
    assert error.value.code == "not_read"


def test_remarks_are_accepted_by_rule_and_by_row(plan: Plan, me: User) -> None:
    result = do(me, plan, "accept", rule="R13", measure=None, accepted=True)
    assert [c["uid"] for c in result.rows] == [c["uid"] for c in contents(plan)[1:3]]
    assert {f.accepted for n in (2, 3) for f in row(plan, n).flags.filter(rule="R13")} == {True}
    do(me, plan, "accept", measure=at(plan, 2)["measure"], accepted=False)
    assert row(plan, 2).flags.get(rule="R13").accepted is False
    again = do(me, plan, "accept", measure=at(plan, 2)["measure"], accepted=False)
    assert (again.edit, again.rows) == (None, [])
    with pytest.raises(EditError):
        do(me, plan, "accept")


def test_conflicts_are_settled(plan: Plan, me: User) -> None:
    old, office = contents(plan)[0], str(Unit.objects.get(name="市生态环境局").uid)
    due = old["deadline"]
    role = {"role": "lead", "name": "市生态环境局", "as_printed": "环境局", "open": False, "group": 0, "unit": office}
    conflicts: list[dict[str, Any]] = [
        {"field": "text", "old": "甲。", "new": "更新纯电动公交车200辆。", "mine": old["text"]},
        {"field": "deadline", "old": due, "new": due | {"text": "6月底前"}, "mine": due},
        {"field": "lead", "old": [], "new": [role], "mine": []},
        {"field": "section", "old": "甲", "new": "乙", "mine": "丙"},
        {"field": "targets", "old": [], "new": [], "mine": old["targets"]},
    ]
    Measure.objects.filter(uid=old["uid"]).update(conflicts=conflicts)
    for field, side in (("text", "new"), ("deadline", "new"), ("lead", "new"), ("section", "mine"), ("targets", "old")):
        do(me, plan, "conflict", 1, field=field, take=side)
    content = contents(plan)[0]
    assert (content["text"], content["section"], content["targets"]) == (
        "更新纯电动公交车200辆。",
        old["section"],
        [],
    )
    assert content["deadline"]["end"] == "2025-06-30"
    assert [r for r in content["roles"] if r["role"] == "lead"] == [role]
    assert content["conflicts"] == []
    with pytest.raises(EditError) as error:
        do(me, plan, "conflict", 1, field="text", take="new")
    assert error.value.code == "no_conflict"


@pytest.mark.parametrize(
    ("sides", "take", "text"),
    [
        ((1, None, 1), "new", None),  # the document dropped the row, people had worked on it
        ((1, None, 1), "mine", "每季度通报进展。"),
        ((1, None, 1), "old", "旧的措施。"),
        ((1, 1, None), "mine", None),  # people took the row out, the document says something else of it now
        ((1, 1, None), "new", "旧的措施。"),
    ],
)
def test_a_row_about_which_the_two_sides_quarrel(
    plan: Plan, me: User, sides: tuple[Any, ...], take: str, text: str | None
) -> None:
    facts = {"text": "旧的措施。", "paragraphs": ["旧的措施。"]}
    conflict = {"field": "row"} | {
        side: facts if there else None for side, there in zip(("old", "new", "mine"), sides, strict=True)
    }
    uid = contents(plan)[1]["uid"]
    Measure.objects.filter(uid=uid).update(conflicts=[conflict])
    do(me, plan, "conflict", 2, field="row", take=take)
    found = {c["uid"]: c for c in contents(plan)}
    assert (found[uid]["text"] if uid in found else None) == text
    assert all(c["conflicts"] == [] for c in found.values())


def test_a_side_that_says_nothing_cannot_be_taken(plan: Plan, me: User) -> None:
    Measure.objects.filter(pk=row(plan, 1).pk).update(
        conflicts=[{"field": name, "old": None, "new": "甲", "mine": "乙"} for name in ("text", "roles", "targets")]
    )
    for name in ("text", "roles", "targets"):
        with pytest.raises(EditError):
            do(me, plan, "conflict", 1, field=name, take="old")


def test_the_plans_own_fields(plan: Plan, me: User) -> None:
    for field, value in (
        ("title", "云溪市2025年计划"), ("number", "云政发〔2025〕3号"), ("issued", "2025-03-31"), ("level", "district"),
        ("medium", "water"), ("issued", None),
    ):  # fmt: skip
        result = do(me, plan, "head", field=field, value=value)
        assert result.head == {field: value}
    plan.refresh_from_db()
    assert (plan.title, plan.number, plan.issued, plan.level, plan.medium) == (
        "云溪市2025年计划", "云政发〔2025〕3号", None, "district", "water",
    )  # fmt: skip
    event = AuditEvent.objects.filter(action="plan.head").order_by("id")[2]
    assert (event.before, event.after) == ({"issued": None}, {"issued": "2025-03-31"})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 301),
        ("year", "2025"),
        ("year", 9),
        ("area", "1"),
        ("level", "moon"),
        ("issued", "31.3."),
    ],
)
def test_a_head_that_makes_no_sense_is_refused(plan: Plan, me: User, field: str, value: Any) -> None:
    with pytest.raises(EditError):
        do(me, plan, "head", field=field, value=value)
    plan.refresh_from_db()
    assert plan.revision == 1


def test_another_year_reads_dates_and_names_anew(plan: Plan, me: User) -> None:
    assert contents(plan)[2]["roles"][0]["unit"] is not None
    do(me, plan, "target", 3, index=0, value={"strength": "力争"})
    do(me, plan, "head", field="year", value=2018)
    found = contents(plan)
    assert [c["deadline"]["end"] for c in found] == ["2018-12-31", None, "2018-06-30", "2018-12-31", "2018-12-31"]
    assert [t["by"] for c in found for t in c["targets"]] == [
        "2018-12-31", "2018-12-31", None, "2025-12-31", "2018-12-31", "2018-12-31",
    ]  # fmt: skip  # the one that a person changed stays as it was
    do(me, plan, "head", field="area", value=None)
    plan.refresh_from_db()
    assert (plan.area, plan.region) == (None, "")
    do(me, plan, "head", field="area", value=Area.objects.get(name="东塘区").code)
    plan.refresh_from_db()
    assert plan.region == "东塘区"


def test_a_head_cannot_leave_the_persons_area(plan: Plan, people: dict[str, User]) -> None:
    office = Unit.objects.get(name="东塘区政府")
    people["coordinator"].memberships.update(unit=office)
    Plan.objects.update(area=office.area)
    coordinator = User.objects.get(username="coordinator")  # as a new request reads the person's roles
    with pytest.raises(PermissionDenied):
        do(coordinator, plan, "head", field="area", value="880102")
    plan.refresh_from_db()
    assert plan.area == office.area


def test_a_stale_save_is_refused_with_both_versions(plan: Plan, me: User, people: dict[str, User]) -> None:
    mine = {"op": "set", **at(plan, 1), "field": "task", "value": "我的"}
    do(people["administrator"], plan, "set", 1, field="task", value="他的")
    with pytest.raises(StaleError) as error:
        edit(me, plan, mine)
    assert error.value.current == contents(plan)[0]
    assert (error.value.operation["value"], error.value.revision) == ("我的", 2)
    assert (error.value.by, error.value.at is not None) == (people["administrator"], True)
    assert row(plan, 1).task == "他的"


def test_every_edit_is_recorded(plan: Plan, me: User) -> None:
    do(me, plan, "set", 1, field="task", value="新任务")
    event = AuditEvent.objects.get(action="measure.set")
    assert (event.user, event.before, event.after) == (me, {"task": "公交更新"}, {"task": "新任务"})
    record = Edit.objects.get()
    assert ([c["task"] for c in record.before], [c["task"] for c in record.after]) == (["公交更新"], ["新任务"])
    assert do(me, plan, "set", 1, field="task", value="新任务").edit is None
    assert Edit.objects.count() == 1


@pytest.mark.parametrize("role", ["reviewer", "reporter", "inspector", "viewer"])
def test_who_may_not_edit(plan: Plan, people: dict[str, User], role: str) -> None:
    with pytest.raises(PermissionDenied):
        do(people[role], plan, "delete", 1)
    assert Measure.objects.filter(plan=plan).count() == 5


def test_a_published_plan_is_closed(plan: Plan, me: User) -> None:
    actions.publish_plan(me, plan)
    with pytest.raises(EditError) as error:
        do(me, plan, "delete", 1)
    assert error.value.code == "closed"


def test_rows_of_other_plans_are_not_touched(plan: Plan, me: User, make_plan: Callable[..., Plan]) -> None:
    other = make_plan(read_rows(), content=b"other", publish=False)
    with pytest.raises(EditError) as error:
        edit(me, plan, {"op": "delete", **at(other, 1)})
    assert error.value.code == "gone"
    with pytest.raises(EditError):
        edit(me, plan, {"op": "insert", "after": at(other, 1)["measure"], "value": {"text": "甲"}})


@pytest.mark.parametrize(
    ("operation", "code", "field"),
    [
        ({}, "unknown_operation", "op"),
        ({"op": "drop table"}, "unknown_operation", "op"),
        ("delete", "unknown_operation", "op"),
        ({"op": "delete", "measure": "x", "revision": 1}, "wrong_value", "measure"),
        ({"op": "delete", "measure": "0192a000-0000-7000-8000-000000000000"}, "missing_field", "revision"),
        (
            {"op": "delete", "measure": "0192a000-0000-7000-8000-000000000000", "revision": True},
            "wrong_value",
            "revision",
        ),
        ({"op": "head", "field": "status", "value": "published"}, "wrong_value", "field"),
        ({"op": "accept", "rule": "R13", "force": True}, "unknown_field", "force"),
        ({"op": "accept", "rule": 13}, "wrong_value", "rule"),
        ({"op": "insert", "after": None, "value": {"text": "甲", "uid": "x"}}, "unknown_field", "uid"),
        ({"op": "insert", "after": None, "value": {"task": "甲"}}, "missing_field", "text"),
        ({"op": "insert", "after": None, "value": {"text": "a\x00b"}}, "wrong_value", "value"),
    ],
)
def test_operations_are_checked(plan: Plan, me: User, operation: Any, code: str, field: str) -> None:
    with pytest.raises(EditError) as error:
        edit(me, plan, operation)
    assert (error.value.code, error.value.field) == (code, field)
    assert str(error.value)


def test_every_operation_is_documented() -> None:
    text = (ROOT / "docs" / "edits.md").read_text(encoding="utf-8")
    for name in OPERATIONS:
        assert f"| `{name}` |" in text, name
        with pytest.raises(EditError):
            checked({"op": name, "no such field": 1})
