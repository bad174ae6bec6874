"""Changing areas and units: corrections, renames, moves, other names; what the directory then says for a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.apps.areas import actions, names, queries, states
from lantian.apps.areas.incoming.values import Unreadable, labels, read, show
from lantian.apps.areas.models import Area, Unit, UnitAlias
from lantian.apps.areas.tree import Tree
from lantian.apps.core import actions as core
from lantian.apps.core.models import AuditEvent, User
from tests.conftest import examples

pytestmark = [pytest.mark.django_db, pytest.mark.db]

BEFORE, DAY, AFTER = date(2021, 6, 1), date(2024, 7, 1), date(2025, 6, 1)


@pytest.fixture
def chief(people: dict[str, User]) -> User:
    """The administrator of the whole city."""
    return people["administrator"]


def area(name: str) -> Area:
    return Area.objects.get(name=name)


def unit(name: str) -> Unit:
    return Unit.objects.get(name=name)


def test_a_renamed_unit_is_found_by_the_name_of_the_plans_year(city: Area, chief: User) -> None:
    bureau = unit("市交通局")
    actions.rename_unit(chief, bureau, DAY, {"name": "市交通委", "full_name": "云溪市交通委员会"})
    bureau.refresh_from_db()
    for printed, on in (
        ("市交通局", BEFORE),
        ("云溪市交通运输局", BEFORE),
        ("市交通委", AFTER),
        ("云溪市交通委员会", AFTER),
    ):
        assert queries.resolve(printed, city, on) == bureau, printed
    assert queries.resolve("市交通局", city, AFTER) is None
    assert queries.resolve("市交通委", city, BEFORE) is None
    both = queries.Directory(city, date(2024, 1, 1), date(2024, 12, 31))
    assert both.find("市交通局") == both.find("市交通委") == bureau
    assert [names.name_on(bureau, on) for on in (BEFORE, date(2024, 6, 30), DAY, AFTER)] == [
        "市交通局", "市交通局", "市交通委", "市交通委",
    ]  # fmt: skip
    assert [(row.name, row.since, row.until) for row in names.names_over_time(bureau)] == [
        ("市交通局", None, date(2024, 6, 30)), ("市交通委", DAY, None),
    ]  # fmt: skip
    event = AuditEvent.objects.get(action="unit.rename")
    assert event.before == {"name": "市交通局", "full_name": "云溪市交通运输局", "named_since": ""}
    assert event.after is not None
    assert event.after["named_since"] == "2024-07-01"


def test_a_name_may_come_back(chief: User) -> None:
    bureau = unit("市交通局")
    for on, name in ((date(2018, 1, 1), "市交通委"), (date(2022, 1, 1), "市交通局")):
        bureau = actions.rename_unit(chief, bureau, on, {"name": name})
    found = [names.name_on(bureau, date(year, 6, 1)) for year in (2017, 2020, 2023)]
    assert found == ["市交通局", "市交通委", "市交通局"]


@pytest.mark.parametrize(
    ("on", "values", "field"),
    [
        (DAY, {"name": "市交通局"}, "name"),
        (DAY, {"name": "市生态环境局"}, "name"),
        (date(2999, 1, 1), {"name": "市交通委"}, "on"),
    ],
)
def test_a_rename_that_cannot_be_is_refused_at_its_field(
    chief: User, on: date, values: dict[str, str], field: str
) -> None:
    with pytest.raises(actions.ChangeError) as caught:
        actions.rename_unit(chief, unit("市交通局"), on, values)
    assert caught.value.field == field
    assert not UnitAlias.objects.filter(former=True).exists()


def test_an_area_has_the_name_and_place_of_the_day(city: Area, chief: User) -> None:
    street, west = area("柳桥街道"), area("西塘区")
    actions.change_area(chief, street, DAY, {"name": "柳溪街道", "parent": west})
    street.refresh_from_db()
    assert street.path == "/880000/880102/880101001/"
    then, now = Tree(BEFORE), Tree(AFTER)
    assert (then.name(street), then.parent_name(street)) == ("柳桥街道", "东塘区")
    assert (now.name(street), now.parent_name(street)) == ("柳溪街道", "西塘区")
    assert [then.name(row) for row in then.below(area("东塘区"))] == ["柳桥街道"]
    assert list(now.below(area("东塘区"))) == []
    assert list(now.above(street)) == [street, west, city]
    with pytest.raises(actions.ChangeError):
        actions.change_area(chief, street, date(2023, 1, 1), {"name": "柳西街道"})


def test_a_moved_district_takes_everything_below_along(chief: User) -> None:
    actions.save_area(chief, area("东塘区"), {"parent": area("西塘区")})
    assert area("柳桥街道").path == "/880000/880102/880101/880101001/"
    with pytest.raises(actions.ChangeError, match="自己的下级"):
        actions.save_area(chief, area("西塘区"), {"parent": area("柳桥街道")})


def test_corrections_say_what_is_wrong(city: Area, chief: User) -> None:
    street = {"name": "梅桥街道", "kind": "street", "level": "town", "parent": area("东塘区")}
    made = actions.save_area(chief, None, {**street, "code": "880101002"})
    assert (made.short_name, made.path) == ("梅桥街道", "/880000/880101/880101002/")
    bureau = {"name": "市水务局", "level": "municipal", "area": city, "parent": None}
    assert actions.save_unit(chief, None, bureau).edited
    wrong = [
        ("code", lambda: actions.save_area(chief, None, {**street, "code": "880101002"})),
        ("closed", lambda: actions.save_area(chief, made, {"opened": AFTER, "closed": BEFORE})),
        ("name", lambda: actions.save_unit(chief, None, bureau)),
        ("parent", lambda: actions.save_unit(chief, unit("东塘区政府"), {"parent": unit("东塘区生态环境局")})),
        (
            "until",
            lambda: actions.save_alias(chief, unit("市水务局"), None, {"name": "水", "since": AFTER, "until": DAY}),
        ),
        ("name", lambda: actions.save_alias(chief, unit("市生态环境局"), None, {"name": "市环保局"})),
    ]
    for field, change in wrong:
        with pytest.raises(actions.ChangeError) as caught:
            change()
        assert caught.value.field == field


def test_a_stale_save_is_refused(chief: User) -> None:
    seen = states.stamp(states.unit_state(unit("市交通局")))
    actions.save_unit(chief, unit("市交通局"), {"full_name": "云溪市交通局"}, seen=seen)
    with pytest.raises(actions.StaleError):
        actions.save_unit(chief, unit("市交通局"), {"full_name": "又一个"}, seen=seen)
    assert unit("市交通局").full_name == "云溪市交通局"


def test_rights_end_at_the_border_of_the_area(people: dict[str, User]) -> None:
    east = core.create_user(None, "east", "east", must_change_password=False)
    actions.add_membership(None, east, unit("东塘区政府"), "administrator")
    actions.save_unit(east, unit("东塘区生态环境局"), {"short_name": "区环境局"})
    for change in (
        lambda: actions.save_unit(east, unit("西塘区生态环境局"), {"short_name": "区环境局"}),
        lambda: actions.save_unit(east, unit("东塘区生态环境局"), {"area": area("西塘区")}),
        lambda: actions.save_area(east, area("西塘区"), {"name": "西区"}),
        lambda: actions.save_area(east, area("东塘区"), {"parent": area("西塘区")}),
        lambda: actions.save_area(
            people["administrator"], None, {"code": "9", "name": "九市", "kind": "city", "level": "municipal"}
        ),
        lambda: actions.merge_units(east, unit("东塘区生态环境局"), unit("市生态环境局")),
        lambda: actions.save_unit(people["coordinator"], unit("市交通局"), {"name": "市局"}),
    ):
        with pytest.raises(PermissionDenied):
            change()
    assert actions.save_alias(people["coordinator"], unit("东塘区政府"), None, {"name": "东区府"}).pk


def test_data_files_leave_alone_what_people_changed(folder: Path, chief: User) -> None:
    actions.rename_unit(chief, unit("市交通局"), DAY, {"name": "市交通委"})
    actions.save_area(chief, area("东塘区"), {"source": "市民政局"})
    path = folder / "units.csv"
    text = (
        path.read_text(encoding="utf-8").replace("云溪市交通运输局", "别的").replace("云溪市生态环境局", "云溪市环境局")
    )
    path.write_text(text, encoding="utf-8")
    actions.load_areas(None, folder)
    assert not Unit.objects.filter(name="市交通局").exists()
    assert unit("市交通委").full_name == "云溪市交通运输局"
    assert unit("市生态环境局").full_name == "云溪市环境局"
    assert area("东塘区").source == "市民政局"
    assert AuditEvent.objects.filter(action="unit.import", object_uid=unit("市生态环境局").uid).exists()


def test_closing_is_a_day_not_a_deletion(city: Area, chief: User) -> None:
    actions.close_unit(chief, unit("市交通局"), date(2022, 12, 31))
    assert queries.resolve("市交通局", city, BEFORE) is not None
    assert queries.resolve("市交通局", city, AFTER) is None
    actions.close_unit(chief, unit("市交通局"), None)
    assert queries.resolve("市交通局", city, AFTER) is not None


def test_beijing_says_what_the_bureau_was_called() -> None:
    actions.load_areas(None, actions.shipped("beijing"))
    bureau = unit("市政务服务和数据管理局")
    assert names.name_on(bureau, BEFORE) == "市政务服务局"
    assert names.name_on(bureau, timezone.localdate()) == "市政务服务和数据管理局"


def test_every_choice_has_a_chinese_word_of_its_own() -> None:
    for kind in ("level", "area_kind", "rule"):
        words = list(labels(kind).values())
        assert len(set(words)) == len(words), kind


@settings(max_examples=examples(50))
@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2999, 12, 31)), st.sampled_from("-/.年"))
def test_a_day_is_read_however_it_is_written(day: date, mark: str) -> None:
    second, third = ("月", "日") if mark == "年" else (mark, "")
    assert read("date", f"{day.year}{mark}{day.month}{second}{day.day}{third}") == day
    assert read("date", show("date", day)) == day


@settings(max_examples=examples(100))
@given(st.sampled_from(["date", "bool", "level", "area_kind", "area_kinds", "rule", "text"]), st.text(max_size=12))
def test_a_cell_is_read_or_refused_in_both_languages(kind: str, text: str) -> None:
    refused = None
    try:
        read(kind, text)
    except Unreadable as error:
        refused = error
    assert refused is None or (refused.zh and refused.en)


def test_every_write_leaves_its_trace(chief: User) -> None:
    before = AuditEvent.objects.count()
    bureau = unit("市交通局")
    alias = actions.save_alias(chief, bureau, None, {"name": "市交委", "misreading": True})
    actions.save_alias(chief, bureau, alias, {"name": "市交委", "misreading": False})
    actions.delete_alias(chief, alias)
    found = AuditEvent.objects.order_by("id")[before:]
    assert [event.action for event in found] == ["unit.alias", "unit.alias", "unit.alias_delete"]
    assert {event.object_uid for event in found} == {bureau.uid}
    actions.save_alias(chief, bureau, None, {"name": "市交委"})
    count = AuditEvent.objects.count()
    actions.save_unit(chief, unit("市交通局"), {"name": "市交通局"})
    assert AuditEvent.objects.count() == count
