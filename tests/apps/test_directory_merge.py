"""Merging units that stand twice, and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from lantian.apps.areas import actions, queries
from lantian.apps.areas.models import Area, Membership, Unit, UnitAlias, UnitMerge
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.plans.models import Assignment, Plan
from lantian.reading import model as read
from tests.apps.conftest import read_measure, read_plan

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def unit(name: str) -> Unit:
    return Unit.objects.get(name=name)


@pytest.fixture
def twice(people: dict[str, User], city: Area) -> Unit:
    """A second 市交通局 with an alias, a unit below, and a reporter who is one of the first, too."""
    row = actions.save_unit(
        None,
        None,
        {"name": "市交通管理局", "full_name": "云溪市交通运输局", "level": "municipal", "area": city, "parent": None},
    )
    actions.save_alias(None, row, None, {"name": "市交管"})
    actions.save_unit(None, None, {"name": "市路政中心", "level": "municipal", "area": city, "parent": row})
    actions.add_membership(None, people["reporter"], row, "reporter")
    actions.add_membership(None, people["viewer"], row, "viewer")
    actions.add_membership(None, people["viewer"], unit("市交通局"), "viewer")
    return row


@pytest.fixture
def plan(make_plan: Callable[..., Plan], twice: Unit) -> Plan:  # noqa: ARG001  # the name must resolve
    """A plan that gives the second one two duties."""
    roles = (read.Role("lead", "市交通管理局", "市交通管理局"),)
    return make_plan(read_plan(read_measure(1, roles=roles), read_measure(2, roles=roles), read_measure(3)))


def snapshot() -> list[object]:
    return [
        list(model.objects.order_by("pk").values_list("pk", *fields))
        for model, fields in (
            (Unit, ("name", "parent_id", "closed", "merged_into_id")),
            (UnitAlias, ("unit_id", "name")),
            (Membership, ("unit_id", "user_id", "role")),
            (Assignment, ("unit_id", "name")),
        )
    ]


def test_everything_moves_and_everything_comes_back(people: dict[str, User], twice: Unit, plan: Plan) -> None:
    chief, kept = people["administrator"], unit("市交通局")
    before = snapshot()
    merge = actions.merge_units(chief, twice, kept)
    twice.refresh_from_db()
    assert (twice.merged_into, twice.closed is not None) == (kept, True)
    assert Assignment.objects.filter(unit=kept, measure__plan=plan).count() == 2
    assert unit("市路政中心").parent == kept
    assert {alias.name for alias in kept.aliases.all()} == {"市交管", "市交通管理局"}
    assert Membership.objects.filter(unit=kept, user=people["reporter"]).exists()
    # The viewer had the role in both: one stays where it was.
    assert Membership.objects.filter(user=people["viewer"], unit=twice).count() == 1
    directory = queries.Directory(kept.area, date(2025, 6, 1))
    assert {directory.find(name) for name in ("市交通管理局", "市交管", "市交通局", "云溪市交通运输局")} == {kept}
    assert {event.action for event in AuditEvent.objects.filter(object_uid__in=[twice.uid, kept.uid])} >= {
        "unit.merge", "unit.take_in",
    }  # fmt: skip
    assert actions.undo_merge(chief, merge) == 0
    assert snapshot() == before


def test_what_was_changed_since_stays(people: dict[str, User], twice: Unit, plan: Plan) -> None:
    merge = actions.merge_units(people["administrator"], twice, unit("市交通局"))
    other = unit("市生态环境局")
    Assignment.objects.filter(measure__plan=plan, measure__n=1).update(unit=other)
    assert actions.undo_merge(people["administrator"], merge) == 1
    assert Assignment.objects.filter(unit=twice).count() == 1
    assert Assignment.objects.filter(unit=other, measure__plan=plan, measure__n=1).exists()
    with pytest.raises(actions.MergeError):
        actions.undo_merge(people["administrator"], merge)


def test_a_chain_is_taken_back_from_its_end(twice: Unit) -> None:
    kept, last = unit("市交通局"), unit("市生态环境局")
    first = actions.merge_units(None, twice, kept)
    second = actions.merge_units(None, kept, last)
    twice.refresh_from_db()
    assert twice.merged_into == last
    with pytest.raises(actions.MergeError):
        actions.undo_merge(None, first)
    actions.undo_merge(None, second)
    actions.undo_merge(None, first)
    twice.refresh_from_db()
    assert twice.merged_into is None


def test_what_cannot_be_one_is_not_merged(twice: Unit) -> None:
    below = unit("市路政中心")
    for duplicate, kept in ((twice, twice), (twice, below), (twice, unit("各区政府"))):
        with pytest.raises(actions.MergeError):
            actions.merge_units(None, duplicate, kept)
    actions.merge_units(None, twice, unit("市交通局"))
    for change in (
        lambda: actions.merge_units(None, unit("市生态环境局"), twice),
        lambda: actions.save_unit(None, twice, {"name": "x"}),
        lambda: actions.save_alias(None, twice, None, {"name": "x"}),
    ):
        with pytest.raises(actions.ChangeError):
            change()
    assert UnitMerge.objects.count() == 1


def test_the_old_address_leads_on_and_the_page_takes_it_back(
    twice: Unit, plan: Plan, login: Callable[[str], Client]
) -> None:
    client, kept = login("administrator"), unit("市交通局")
    page = client.get(f"/units/{twice.uid}/entry/merge/?q=交通").content.decode()
    assert "市交通局" in page
    assert "计划任务 2" in page
    answer = client.post(f"/units/{twice.uid}/entry/merge/", {"into": kept.uid})
    assert answer.headers["Location"] == f"/units/{kept.uid}/entry/"
    assert client.get(f"/units/{twice.uid}/entry/").headers["Location"] == f"/units/{kept.uid}/entry/"
    page = client.get(f"/units/{kept.uid}/entry/").content.decode()
    merge = UnitMerge.objects.get()
    assert f"/units/merges/{merge.uid}/undo/" in page
    client.post(f"/units/merges/{merge.uid}/undo/")
    assert client.get(f"/units/{twice.uid}/entry/").status_code == 200
    assert Assignment.objects.filter(unit=twice, measure__plan=plan).count() == 2
