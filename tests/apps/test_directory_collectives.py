"""What collective units stand for on a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from lantian.apps.areas import actions
from lantian.apps.areas.collectives import Expander, expand
from lantian.apps.areas.models import Area, CollectiveRule, RuleKind, Unit
from lantian.apps.core.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.db]

IN_2021, IN_2024 = date(2021, 12, 31), date(2024, 12, 31)

COLLECTIVES = """area,unit,kind,kinds,pattern,member_area,member,since,until,source
880000,各区政府,each,district,{area}政府,,,,,ours
"""


def members(unit: Unit, on: date) -> list[str]:
    return [member.name for member in expand(unit, on).members]


@pytest.fixture
def governments(folder: Path, city: Area) -> Unit:  # noqa: ARG001  # the city comes first
    """各区政府 of the invented city with its rule."""
    (folder / "collectives.csv").write_text(COLLECTIVES, encoding="utf-8")
    assert actions.load_areas(None, folder)["collectives"] == 1
    return Unit.objects.get(name="各区政府")


def test_beijing_has_sixteen_districts_and_the_development_zone() -> None:
    actions.load_areas(None, actions.shipped("beijing"))
    for on in (IN_2021, IN_2024):
        check_beijing(on)
    expander = Expander(Area.objects.get(code="110000"), IN_2024)
    for unit in Unit.objects.filter(collective=True).select_related("area").prefetch_related("rules__member"):
        assert unit.rules.all(), unit
        assert expander.expand(unit).missing == (), unit


def check_beijing(on: date) -> None:
    beijing = Area.objects.get(code="110000")
    plain, zone, some = (
        Unit.objects.get(area=beijing, name=name)
        for name in ("各区政府", "各区政府（含北京经济技术开发区管委会）", "相关区政府（含北京经济技术开发区管委会）")
    )
    districts = [area.name for area in Area.objects.filter(kind="district", closed=None)]
    assert members(plain, on) == [f"{name}政府" for name in districts]
    assert len(districts) == 16
    assert members(zone, on) == [*members(plain, on), "北京经济技术开发区管委会"]
    open_ended = expand(some, on)
    assert open_ended.open
    assert open_ended.members == ()
    assert len(open_ended.candidates) == 17
    for code, name, count in (("110109", "各镇街", 13), ("110109", "各街道办事处", 4), ("110102", "各街道办事处", 15)):
        found = expand(Unit.objects.get(area__code=code, name=name), on)
        assert (len(found.members), found.open, found.missing) == (count, False, ())
        assert all(member.area.path.startswith(f"/110000/{code}/") for member in found.members)
    for code, name in (("110109", "相关镇街"), ("110109", "各相关单位"), ("110000", "市有关部门")):
        assert expand(Unit.objects.get(area__code=code, name=name), on).open
    assert len(expand(Unit.objects.get(area__code="110109", name="相关镇街"), on).candidates) == 13


def test_districts_count_on_the_days_on_which_they_stood(governments: Unit) -> None:
    assert members(governments, IN_2024) == ["东塘区政府", "西塘区政府"]
    early = expand(governments, date(2015, 6, 1))
    assert [member.name for member in early.members] == ["东塘区政府", "西塘区政府"]
    assert early.missing == ("老塘区政府",)
    assert early.open
    assert "老塘区政府" in early.why
    actions.close_unit(None, Unit.objects.get(name="西塘区政府"), date(2022, 6, 30))
    assert members(governments, IN_2021) == ["东塘区政府", "西塘区政府"]
    assert members(governments, IN_2024) == ["东塘区政府"]


def test_a_renamed_district_keeps_its_government(governments: Unit) -> None:
    east = Area.objects.get(name="东塘区")
    actions.change_area(None, east, date(2023, 1, 1), {"name": "新塘区"})
    actions.rename_unit(None, Unit.objects.get(name="东塘区政府"), date(2023, 1, 1), {"name": "新塘区政府"})
    for on in (IN_2021, IN_2024):
        assert expand(governments, on).missing == ()
        assert members(governments, on)[0] == "新塘区政府"


def test_members_have_dates_and_a_merged_duplicate_counts_once(governments: Unit) -> None:
    city = governments.area
    group = actions.save_unit(
        None, None, {"name": "市指挥部成员单位", "level": "municipal", "collective": True, "area": city, "parent": None}
    )
    roads, old = Unit.objects.get(name="市交通局"), Unit.objects.get(name="市旧城办")
    rules = [
        CollectiveRule(kind=RuleKind.MEMBER, member=roads, since=date(2022, 1, 1)),
        CollectiveRule(kind=RuleKind.MEMBER, member=old),
        CollectiveRule(kind=RuleKind.ASK),
    ]
    actions.save_rules(None, group, rules)
    assert members(group, date(2019, 1, 1)) == ["市旧城办"]
    assert members(group, IN_2024) == ["市交通局"]
    assert expand(group, IN_2024).missing == ("市旧城办",)
    actions.merge_units(None, old, roads)
    assert members(group, IN_2024) == ["市交通局"]
    assert expand(group, IN_2024).missing == ()


def test_nothing_is_guessed_without_a_rule(city: Area) -> None:
    unit = Unit.objects.get(area=city, name="各区政府")
    found = expand(unit, IN_2024)
    assert (found.members, found.open) == ((), True)
    assert found.why
    assert members(Unit.objects.get(name="市交通局"), IN_2024) == ["市交通局"]
    assert members(Unit.objects.get(name="市旧城办"), IN_2024) == []


def test_two_of_the_same_name_in_one_area_are_not_chosen_from(governments: Unit) -> None:
    other = actions.save_unit(
        None,
        None,
        {"name": "东塘区行政中心", "level": "district", "area": Area.objects.get(name="东塘区"), "parent": None},
    )
    actions.save_alias(None, other, None, {"name": "东塘区府"})
    actions.save_alias(None, Unit.objects.get(name="东塘区政府"), None, {"name": "东塘区府"})
    rule = CollectiveRule(kind=RuleKind.EACH, kinds="district", pattern="{area}府")
    found = Expander(governments.area, IN_2024).by_rules(governments.area, [rule])
    assert found.members == ()
    assert found.missing == ("东塘区府", "西塘区府")


def test_many_collectives_cost_the_same_few_queries(governments: Unit, django_assert_num_queries: object) -> None:
    expander = Expander(governments.area, IN_2024)
    rows = list(Unit.objects.filter(pk=governments.pk).prefetch_related("rules__member").select_related("area"))
    expander.expand(rows[0])
    with django_assert_num_queries(0):  # type: ignore[operator]
        for _ in range(5):
            expander.expand(rows[0])


def test_rules_are_checked(people: dict[str, User], governments: Unit) -> None:
    chief = people["administrator"]
    for rule in (
        CollectiveRule(kind=RuleKind.EACH, kinds="district"),
        CollectiveRule(kind=RuleKind.MEMBER),
        CollectiveRule(kind=RuleKind.MEMBER, member=governments),
    ):
        with pytest.raises(actions.ChangeError):
            actions.save_rules(chief, governments, [rule])
    with pytest.raises(actions.ChangeError):
        actions.save_rules(chief, Unit.objects.get(name="市交通局"), [])
    assert governments.rules.count() == 1
