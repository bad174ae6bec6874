"""Whole rows against their declaration, and columns against their headings."""

from __future__ import annotations

import pytest

from lantian.registers import Register, load
from lantian.registers.columns import headings, match, names_of, shape
from lantian.registers.rows import check, key_of, reading, references
from lantian.registers.template import heading_text, note
from tests.registers.names import Listed

REGISTERS = load().registers


@pytest.fixture
def sites() -> Register:
    return REGISTERS["construction_site"]


def test_a_row_is_read_and_checked(sites: Register) -> None:
    row = reading(sites, Listed())(
        {
            "code": "YX-1",
            "name": "一号",
            "street": "柳桥街道",
            "start": "2026-03-05",
            "finish": "2026-03-01",
            "size": "x",
        }
    )
    assert [item.field for item in row.problems] == ["size"]
    assert key_of(sites, row.values) == "YX-1"
    wrong = {item.field: item.zh for item in check(sites, row.values, {"size"})}
    assert wrong == {
        "works": "必填", "status": "必填", "keeper": "必填", "finish": "计划竣工日期早于开工日期",
    }  # fmt: skip


def test_what_a_condition_needs() -> None:
    visits = REGISTERS["site_inspection"]
    values = {"code": "1", "date": "2026-03-05", "site": "YX-1", "street": "1", "inspector": "u", "result": "限期整改"}
    assert [item.field for item in check(visits, values)] == ["due"]
    assert check(visits, values | {"due": "2026-03-10"}) == []
    assert check(visits, values | {"result": "立行立改"}) == []
    assert references(visits, [values, {"site": "无"}], Listed()) == {"site": {"无"}}


@pytest.mark.parametrize("name", sorted(REGISTERS))
def test_every_shipped_register_knows_its_own_template(name: str) -> None:
    register = REGISTERS[name]
    columns = headings(register)
    found = match(register, [heading_text(item) for item in columns])
    assert found.sure
    assert list(found.mapping.values()) == [item.name for item in columns]
    assert all(note(item) for item in columns)


def test_headings_of_others(sites: Register) -> None:
    found = match(sites, ["1.工程编号", "项目名称（必填）", "占地面积(平方米)", "经度", "纬度", "什么", "", "工程名称"])
    assert found.mapping == {0: "code", 1: "name", 2: "size", 3: "place.lon", 4: "place.lat"}
    assert (found.unknown, found.twice) == ((5,), (7,))
    assert set(found.missing) == {"works", "status", "street", "keeper"}
    assert names_of(sites)["工地名称"] == "name"


def test_the_shape_of_a_header_forgives_marks_and_blanks() -> None:
    assert shape(["编号*", "名 称（必填）"]) == shape(["编号", "名称"])
    assert shape(["编号", "名称"]) != shape(["名称", "编号"])
