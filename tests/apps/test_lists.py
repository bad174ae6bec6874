"""Lists that people bring: what the lists of every app share; columns and checks of one list stand with its app."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from lantian.apps.areas.lookup import AreaNames
from lantian.apps.areas.models import Area, AreaKind, Level
from lantian.apps.core import bringing, files, staging
from lantian.apps.core.columns import Column
from lantian.apps.core.entries import Entry, day_of
from lantian.reading.errors import ReadingError
from lantian.reading.lists import read_list

NAME = Column("name", "名称", "name", 20, "", required=True)
NOTE = Column("note", "备注", "note", 30, "想说的话")


@pytest.mark.parametrize(
    "text",
    ["2026-03-05", "2026-3-5", "2026/3/5", "2026.3.5", "2026年3月5日", "2026-03-05 00:00:00", " 2026-03-05 8:30"],
)
def test_a_day_is_read_as_offices_and_workbooks_write_it(text: str) -> None:
    assert day_of(text) == date(2026, 3, 5)


@pytest.mark.parametrize("text", ["2026-13-05", "26-3-5", "三月五日", "2026-02-30", "5", "2026-03-05 morning"])
def test_what_is_no_day_is_a_problem_of_its_column(text: str) -> None:
    entry: Entry[Any] = Entry(7, {})
    assert entry.day("since", text) is None
    assert [(item.line, item.column) for item in entry.problems] == [(7, "since")]


def test_blank_long_and_repeated_cells_are_problems_and_good_ones_are_not() -> None:
    seen: dict[object, int] = {}
    good: Entry[Any] = Entry(2, {})
    good.check_texts({"name": "甲", "note": "x" * 5}, [NAME, NOTE], {"note": 5})
    good.once("name", "甲", seen)
    bad: Entry[Any] = Entry(3, {})
    bad.check_texts({"note": "x" * 6}, [NAME, NOTE], {"note": 5})
    bad.once("name", "甲", seen)
    assert good.problems == []
    assert [(item.column, item.en) for item in bad.problems] == [
        ("name", "is empty"), ("note", "longer than 5 characters"), ("name", "stands in row 2, too"),
    ]  # fmt: skip


def test_yes_and_no_are_read_in_both_languages_and_nothing_else_is() -> None:
    entry: Entry[Any] = Entry(2, {})
    assert [entry.yes("flag", text, blank=True) for text in ("是", "YES", "否", "0", "")] == [
        True,
        True,
        False,
        False,
        True,
    ]
    assert entry.problems == []
    entry.yes("flag", "也许", blank=False)
    assert [item.column for item in entry.problems] == ["flag"]


def test_the_empty_list_has_headings_choices_and_notes() -> None:
    book = load_workbook(BytesIO(bringing.empty_list("设备", [NAME, NOTE], {"name": ["甲", "乙"]})))
    sheet, notes = book.worksheets
    assert [cell.value for cell in sheet[1]] == ["名称*", "备注"]
    assert [str(rule.sqref) for rule in sheet.data_validations.dataValidation] == ["A2:A501"]
    assert [cell.value for cell in notes["B"]] == ["必填", "想说的话"]


@pytest.mark.django_db
def test_an_area_is_found_by_code_name_or_name_behind_the_one_above_and_never_guessed() -> None:
    city = Area.objects.create(code="990000", name="试市", kind=AreaKind.CITY, level=Level.MUNICIPAL, path="/990000/")
    made = {}
    for code, name in (("990001", "东区"), ("990002", "西区")):
        made[code] = Area.objects.create(
            code=code, name=name, kind=AreaKind.DISTRICT, level=Level.DISTRICT, parent=city, path=f"/990000/{code}/"
        )
        street = f"{code}001"
        made[street] = Area.objects.create(
            code=street, name="河湾街道", kind=AreaKind.STREET, level=Level.TOWN, parent=made[code],
            path=f"/990000/{code}/{street}/",
        )  # fmt: skip
    names = AreaNames(Area.objects.all())
    assert names.find("990001") == names.find("东区") == names.find("试市东区") == made["990001"]
    assert names.find("西区河湾街道") == made["990002001"]
    assert names.find("河湾街道") is None
    assert names.refusal("河湾街道")[1] == "2 areas are called 河湾街道"
    assert names.find("北区") is None
    assert names.refusal("北区")[1] == "none of your areas is called 北区"


@pytest.mark.django_db
def test_a_file_with_a_name_longer_than_folders_can_hold_is_read_all_the_same() -> None:
    name = "各区工地扬尘监测设备清单" * 18 + ".csv"  # 220 characters, 652 bytes
    stored = files.store(None, name, [b"a,b\n1,2\n"])
    assert staging.read_stored(read_list, stored, name) == [[1, ["a", "b"]], [2, ["1", "2"]]]


@pytest.mark.django_db
def test_a_refusal_names_the_file_as_the_person_knows_it() -> None:
    stored = files.store(None, "设备.xlsx", [b"no workbook"])
    with pytest.raises(ReadingError, match=r"设备\.xlsx"):
        staging.read_stored(read_list, stored, "C:\\表\\设备.xlsx")
