"""Repairs between rows: units that ran into another row, and rows split where a cell prints something for each part."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lantian.apps.core.models import User
from lantian.apps.plans.actions.edits import EditError, EditResult, StaleError
from lantian.apps.plans.models import Plan
from tests.apps.edits import at, contents, do, read_rows

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def me(people: dict[str, User]) -> User:
    return people["coordinator"]


@pytest.fixture
def plan(make_plan: Callable[..., Plan]) -> Plan:
    return make_plan(read_rows(), publish=False)


def hand(me: User, plan: Plan, n: int, to: int, role: str, *names: str) -> EditResult:
    other = at(plan, to)
    fields = {"with": other["measure"], "with_revision": other["revision"]}
    return do(me, plan, "hand", n, role=role, names=list(names), **fields)


def names(plan: Plan, n: int, role: str) -> list[str]:
    return [item["name"] for item in contents(plan)[n - 1]["roles"] if item["role"] == role]


def rules(plan: Plan, n: int) -> set[tuple[str, str]]:
    return {(flag["id"], flag["detail"]) for flag in contents(plan)[n - 1]["flags"]}


def test_names_go_to_the_row_below_with_their_remarks(plan: Plan, me: User) -> None:
    assert ("R13", "市无名局") in rules(plan, 3)
    result = hand(me, plan, 3, 4, "support", "市无名局", "市交通局")
    assert names(plan, 3, "support") == []
    assert names(plan, 4, "support") == ["市交通局", "市无名局"]
    assert ("R13", "市无名局") not in rules(plan, 3)
    assert ("R13", "市无名局") in rules(plan, 4)
    assert len(result.rows) == 2


def test_names_from_above_stand_first_and_names_from_below_last(plan: Plan, me: User) -> None:
    hand(me, plan, 3, 2, "lead", "市环境局")
    assert names(plan, 2, "lead") == ["市交通局", "市环境局"]
    hand(me, plan, 2, 3, "lead", "市环境局")
    hand(me, plan, 2, 3, "lead", "市交通局")
    assert names(plan, 3, "lead") == ["市交通局", "市环境局"]


def test_a_name_that_stands_there_already_stands_there_once(plan: Plan, me: User) -> None:
    hand(me, plan, 1, 2, "lead", "市交通局")
    assert names(plan, 1, "lead") == []
    assert names(plan, 2, "lead") == ["市交通局"]


@pytest.mark.parametrize(("n", "to", "name"), [(1, 2, "市环境局"), (1, 1, "市交通局")])
def test_names_that_do_not_stand_there_and_the_row_itself_are_refused(
    plan: Plan, me: User, n: int, to: int, name: str
) -> None:
    before = contents(plan)
    with pytest.raises(EditError) as error:
        hand(me, plan, n, to, "lead", name)
    assert error.value.field == "names"
    assert contents(plan) == before


def test_a_stale_row_on_either_side_is_refused(plan: Plan, me: User) -> None:
    other = at(plan, 2)
    do(me, plan, "set", 2, field="task", value="别的任务")
    fields = {"with": other["measure"], "with_revision": other["revision"]}
    with pytest.raises(StaleError):
        do(me, plan, "hand", 1, role="lead", names=["市交通局"], **fields)


@pytest.mark.parametrize("wrong", ["市交通局", [1], None])
def test_names_are_a_list_of_words(plan: Plan, me: User, wrong: object) -> None:
    other = at(plan, 2)
    fields = {"with": other["measure"], "with_revision": other["revision"]}
    with pytest.raises(EditError):
        do(me, plan, "hand", 1, role="lead", names=wrong, **fields)


PAIRED = (("一、水", 1, "空间管控", "制定管控规划。\n研究提出河段数量。", "年底前 长期实施", "", ""),)


@pytest.fixture
def paired(make_plan: Callable[..., Plan], me: User) -> Plan:
    """A row of two paragraphs with a deadline and a group of lead units for each, and one list of support for both."""
    plan = make_plan(read_rows(PAIRED), publish=False)
    lead = [{"name": "市交通局", "group": 0}, {"name": "市生态环境局", "group": 1}]
    do(me, plan, "set", 1, field="lead", value=lead)
    do(me, plan, "set", 1, field="support", value="市环境局")
    return plan


def test_a_split_between_paragraphs_gives_each_what_is_printed_for_it(paired: Plan, me: User) -> None:
    do(me, paired, "split", 1, at=len("制定管控规划。"))
    first, second = contents(paired)
    assert [first["deadline"]["text"], second["deadline"]["text"]] == ["年底前", "长期实施"]
    assert [first["deadline"]["kind"], second["deadline"]["also"]] == ["by", []]
    assert [names(paired, 1, "lead"), names(paired, 2, "lead")] == [["市交通局"], ["市生态环境局"]]
    assert {item["group"] for item in second["roles"]} == {0}
    assert names(paired, 1, "support") == names(paired, 2, "support") == ["市环境局"]
    assert "R16" not in {rule for n in (1, 2) for rule, _detail in rules(paired, n)}


def test_a_split_within_a_paragraph_gives_both_everything(paired: Plan, me: User) -> None:
    do(me, paired, "split", 1, at=len("制定管控"))
    assert [content["deadline"]["text"] for content in contents(paired)] == ["年底前 长期实施"] * 2
    assert names(paired, 1, "lead") == names(paired, 2, "lead") == ["市交通局", "市生态环境局"]


def test_what_was_merged_is_split_into_what_it_was(plan: Plan, me: User) -> None:
    before = contents(plan)
    below = at(plan, 3)
    do(me, plan, "merge", 2, **{"with": below["measure"], "with_revision": below["revision"]})
    do(me, plan, "split", 2, at=len(before[1]["text"]))
    after = contents(plan)
    for n in (1, 2):
        assert (after[n]["text"], after[n]["deadline"]) == (before[n]["text"], before[n]["deadline"])
