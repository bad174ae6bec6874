"""The directory as a workbook: out, checked, compared, taken over as a whole."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from lantian.apps.areas import actions
from lantian.apps.areas.models import Area, CollectiveRule, DirectoryImport, Unit, UnitAlias
from lantian.apps.areas.workbook import write_workbook
from lantian.apps.core.models import AuditEvent, User
from lantian.cli.main import main
from lantian.reading.errors import ReadingError

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def exported() -> Any:
    """The directory as a workbook that a person has open."""
    target = BytesIO()
    write_workbook(target, Area.objects.all())
    return load_workbook(BytesIO(target.getvalue()))


def saved(book: Any) -> bytes:
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def put(book: Any, sheet: str, row: dict[str, Any], line: int | None = None) -> None:
    """Write cells by the names of their columns, in a new row if no line is given."""
    page = book[sheet]
    heads = {cell.value: cell.column for cell in page[1]}
    line = line or page.max_row + 1
    for head, value in row.items():
        page.cell(line, heads[head]).value = value


def line_of(book: Any, sheet: str, column: str, value: str) -> int:
    page = book[sheet]
    head = next(cell.column for cell in page[1] if cell.value == column)
    return next(line for line in range(2, page.max_row + 1) if page.cell(line, head).value == value)


def stage(user: User | None, content: bytes, name: str = "名录.xlsx") -> DirectoryImport:
    return actions.stage(user, name, [content])


def test_what_goes_out_comes_back_without_a_change(city: Area, people: dict[str, User]) -> None:  # noqa: ARG001
    rule = CollectiveRule(kind="each", kinds="district", pattern="{area}政府")
    actions.save_rules(None, Unit.objects.get(name="各区政府"), [rule])
    staged = stage(people["administrator"], saved(exported()))
    assert (staged.problems, staged.changes, staged.remarks) == ([], [], [])


@pytest.mark.usefixtures("city")
def test_changes_are_shown_then_taken_over_once(people: dict[str, User]) -> None:
    chief = people["administrator"]
    book = exported()
    put(
        book,
        "区域",
        {"区域代码": 880101002, "名称": "梅桥街道", "类别": "街道", "层级": "镇街级", "上级区域代码": "880101"},
    )
    put(book, "单位", {"区域代码": "880101002", "名称": "梅桥街道办事处", "层级": "镇街级", "上级单位": "东塘区政府"})
    put(book, "单位", {"撤销日期": "2024/12/31"}, line_of(book, "单位", "名称", "市交通局"))
    put(book, "单位", {"名称": "市环境局机关"}, line_of(book, "单位", "名称", "市生态环境局"))
    put(book, "别名", {"区域代码": "880101002", "单位": "梅桥街道办事处", "别名": "梅桥"})
    put(
        book,
        "集合单位",
        {
            "区域代码": "880000",
            "集合单位": "各区政府",
            "规则": "逐区域",
            "区域类别": "区；县",
            "名称样式": "{area}政府",
        },
    )
    for head in ("别名",):
        page = book[head]
        for line in range(2, page.max_row + 1):
            for cell in page[line]:
                cell.value = "市环境局机关" if cell.value == "市生态环境局" else cell.value
    content = saved(book)
    staged = stage(chief, content)
    assert staged.problems == []
    found = {(change["sheet"], change["what"], change["key"]) for change in staged.changes}
    assert found == {
        ("areas", "new", "880101002 梅桥街道"),
        ("units", "new", "梅桥街道 梅桥街道办事处"),
        ("units", "closed", "云溪市 市交通局"),
        ("units", "changed", "云溪市 市环境局机关"),
        ("aliases", "new", "梅桥街道办事处：梅桥"),
        ("collectives", "new", "云溪市 各区政府"),
    }
    assert not Area.objects.filter(name="梅桥街道").exists()
    uid = Unit.objects.get(name="市生态环境局").uid
    assert actions.accept(chief, staged)
    street = Unit.objects.get(name="梅桥街道办事处")
    assert street.area.path == "/880000/880101/880101002/"
    assert street.parent == Unit.objects.get(name="东塘区政府")
    assert Unit.objects.get(name="市环境局机关").uid == uid
    assert str(Unit.objects.get(name="市交通局").closed) == "2024-12-31"
    assert Unit.objects.get(name="各区政府").rules.get().kinds == "district;county"
    assert AuditEvent.objects.get(action="unit.import", object_uid=uid).after == {"name": "市环境局机关"}
    assert stage(chief, content).changes == []
    with pytest.raises(actions.ChangeError):
        actions.accept(chief, staged)


@pytest.mark.usefixtures("city")
def test_every_problem_names_sheet_row_and_column(people: dict[str, User]) -> None:
    book = exported()
    put(book, "区域", {"上级区域代码": "999999"}, 3)
    put(book, "区域", {"类别": "村"}, 4)
    put(book, "区域", {"设立日期": "去年", "名称": ""}, 5)
    put(book, "单位", {"上级单位": "没有局"}, 2)
    put(book, "单位", {"名称": "市交通局"}, 4)
    put(book, "单位", {"编号（勿改）": "不是编号"}, 5)
    put(book, "别名", {"单位": "没有局"}, 2)
    put(book, "集合单位", {"区域代码": "880000", "集合单位": "市交通局", "规则": "需人工确定"})
    put(book, "集合单位", {"区域代码": "880000", "集合单位": "各区政府", "规则": "逐区域"})
    staged = stage(people["administrator"], saved(book))
    found = {(item["sheet"], item["line"], item["column"]) for item in staged.problems}
    assert found >= {
        ("areas", 3, "parent"), ("areas", 4, "kind"), ("areas", 5, "opened"), ("areas", 5, "name"),
        ("units", 2, "parent"), ("units", 4, "name"), ("units", 5, "uid"), ("aliases", 2, "unit"),
        ("collectives", 2, "unit"), ("collectives", 3, "kinds"),
    }  # fmt: skip
    assert all(item["zh"] and item["en"] for item in staged.problems)
    with pytest.raises(actions.ChangeError):
        actions.accept(people["administrator"], staged)


@pytest.mark.usefixtures("city")
def test_headings_are_checked_first(people: dict[str, User]) -> None:
    book = exported()
    book["单位"]["B1"] = "单位名"
    del book["别名"]
    book.create_sheet("备忘").append(["a", "b"])
    staged = stage(people["administrator"], saved(book))
    assert {(item["line"], item["column"]) for item in staged.problems if item["sheet"] == "units"} == {
        (1, ""), (1, "name"),
    }  # fmt: skip
    assert "备忘" in staged.remarks[0]["zh"]


@pytest.mark.usefixtures("city")
def test_hidden_rows_are_named(people: dict[str, User]) -> None:
    book = exported()
    book["单位"].row_dimensions[3].hidden = True
    assert "单位!3" in stage(people["administrator"], saved(book)).remarks[0]["zh"]


@pytest.mark.usefixtures("city")
def test_a_directory_that_changed_meanwhile_is_compared_again(people: dict[str, User]) -> None:
    chief = people["administrator"]
    book = exported()
    line = line_of(book, "单位", "名称", "市交通局")
    put(book, "单位", {"全称": "云溪市交通局"}, line)
    staged = stage(chief, saved(book))
    actions.save_unit(chief, Unit.objects.get(name="市交通局"), {"source": "新的"})
    assert not actions.accept(chief, staged)
    staged.refresh_from_db()
    assert {part["field"] for part in staged.changes[0]["fields"]} == {"full_name", "source"}
    assert actions.accept(chief, staged)
    assert Unit.objects.get(name="市交通局").full_name == "云溪市交通局"


def test_nobody_changes_what_lies_outside_the_own_area(city: Area, people: dict[str, User]) -> None:  # noqa: ARG001
    people["viewer"].memberships.all().delete()
    actions.add_membership(None, people["viewer"], Unit.objects.get(name="东塘区政府"), "administrator")
    east = User.objects.get(pk=people["viewer"].pk)
    book = exported()
    put(book, "单位", {"全称": "别的"}, line_of(book, "单位", "名称", "市交通局"))
    put(book, "区域", {"区域代码": "1", "名称": "一市", "类别": "市", "层级": "市级"})
    lines = {(item["sheet"], item["column"]) for item in stage(east, saved(book)).problems}
    assert {("units", "area"), ("areas", "code")} <= lines


def test_another_city_comes_with_its_workbook(people: dict[str, User]) -> None:  # noqa: ARG001  # a city is there
    book = Workbook()
    areas = book.active
    assert areas is not None
    areas.title = "区域"
    areas.append(["区域代码", "名称", "类别", "层级", "上级区域代码"])
    areas.append(["770000", "北溪市", "市", "市级", None])
    areas.append(["770101", "上溪区", "区", "区级", "770000"])
    areas.append(["770102", "下溪区", "区", "区级", "770000"])
    units = book.create_sheet("单位")
    units.append(["区域代码", "名称", "简称", "层级", "集合单位"])
    units.append(["770000", "市生态环境局", None, "市级", None])
    units.append(["770000", "各区政府", None, "市级", "是"])
    units.append(["each:district", "{area}政府", "区政府", "区级", None])
    rules = book.create_sheet("集合单位")
    rules.append(["区域代码", "集合单位", "规则", "区域类别", "名称样式"])
    rules.append(["770000", "各区政府", "逐区域", "区", "{area}政府"])
    staged = stage(None, saved(book))
    assert staged.problems == []
    assert actions.accept(None, staged)
    assert Unit.objects.filter(area__path__startswith="/770000/").count() == 4
    assert stage(None, saved(book)).changes == []


@pytest.mark.usefixtures("city")
def test_what_is_no_workbook_is_refused_by_its_name(people: dict[str, User], login: Callable[[str], Client]) -> None:
    with pytest.raises(ReadingError, match="名录"):
        stage(people["administrator"], b"<html><body>no</body></html>")
    other = Workbook()
    assert other.active is not None
    other.active.append(["甲", "乙"])
    with pytest.raises(actions.ChangeError):
        stage(people["administrator"], saved(other))
    answer = login("administrator").post(
        "/areas/import/upload/", {"file": SimpleUploadedFile("坏.xlsx", b"PK\x03\x04broken")}, follow=True
    )
    assert "坏.xlsx" in answer.content.decode()
    assert not DirectoryImport.objects.exists()


def test_the_pages_lead_from_the_file_to_the_directory(city: Area, login: Callable[[str], Client]) -> None:  # noqa: ARG001
    client = login("administrator")
    book = load_workbook(BytesIO(client.get("/areas/export.xlsx").content))
    assert book.sheetnames == ["区域", "单位", "别名", "集合单位", "说明"]
    put(book, "单位", {"全称": "=1+1", "层级": "镇街级"}, line_of(book, "单位", "名称", "市交通局"))
    book["单位"].cell(line_of(book, "单位", "名称", "市交通局"), 4).data_type = "s"
    answer = client.post("/areas/import/upload/", {"file": SimpleUploadedFile("名录.xlsx", saved(book))}, follow=True)
    page = answer.content.decode()
    assert "全部导入" in page
    assert "<ins>=1+1</ins>" in page
    assert "<ins>镇街级</ins>" in page
    place = answer.redirect_chain[-1][0]
    page = client.post(f"{place}accept/", follow=True).content.decode()
    assert "已导入" in page
    assert "全部导入" not in page
    assert Unit.objects.get(name="市交通局").full_name == "=1+1"
    cells = load_workbook(BytesIO(client.get("/areas/export.xlsx").content))["单位"]
    assert {cell.data_type for row in cells.iter_rows() for cell in row if cell.value} == {"s"}


@pytest.mark.django_db(transaction=True)
def test_the_command_does_the_same(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lantian.cli._django.prepare", lambda: None)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    path = tmp_path / "名录.xlsx"
    assert main(["directory", "import", str(folder)]) == 0
    assert "units\t9" in capsys.readouterr().out
    assert main(["directory", "export", str(path)]) == 0
    book = load_workbook(path)
    put(book, "别名", {"区域代码": "880000", "单位": "市交通局", "别名": "市交委"})
    path.write_bytes(saved(book))
    capsys.readouterr()
    assert main(["directory", "import", str(path), "--dry-run"]) == 0
    assert "市交委" in capsys.readouterr().out
    assert not UnitAlias.objects.filter(name="市交委").exists()
    assert main(["directory", "import", str(path)]) == 0
    assert UnitAlias.objects.filter(name="市交委").exists()
    put(book, "别名", {"启用日期": "某日"}, 2)
    path.write_bytes(saved(book))
    assert main(["directory", "import", str(path)]) == 1
    assert "别名 第2行 启用日期" in capsys.readouterr().err
    assert main(["directory", "export", str(path), "--under", "1"]) == 1
