"""套表: blanks read, mapped and filled in their own layout; hostile files refused; figures that differ are listed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font

from lantian.apps.assessment.actions import forms as actions
from lantian.apps.assessment.forms.blank import fill, read_blank
from lantian.apps.assessment.forms.facts import Goal, Line, value_of
from lantian.apps.assessment.forms.matching import Known, match, meaning
from lantian.apps.assessment.models import Form, FormFilling
from lantian.apps.assessment.queries import forms as queries
from lantian.apps.core.models import StoredFile, User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.actions import returns, review
from lantian.apps.supervision.actions.common import NotPossible, Stale
from lantian.apps.supervision.models import Cadence, Commitment
from lantian.reading import model as read
from lantian.reading.errors import ReadingError
from tests.apps.conftest import read_measure, read_plan
from tests.conftest import examples

TEXTS = ("更新老旧货车，推广新能源渣土车。", "整治餐饮油烟，安装在线监控。", "巩固裸地苫盖成果，消除扬尘。")
HEADS = ("序号", "工作措施", "牵头单位", "本月完成数", "累计完成数", "进展情况", "存在问题", "备注")


def workbook(*, sums: bool = True) -> bytes:
    """A blank as an office above sends it: a merged title, a head, three rows, a sum, a formula, a style."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "月报"
    sheet["A1"] = "2025年重点任务进展情况月报"
    sheet["A1"].font = Font(bold=True, size=16)
    sheet.merge_cells("A1:H1")
    sheet["A2"] = "填报单位："
    for col, head in enumerate(HEADS, start=1):
        sheet.cell(3, col, head)
    for n, text in enumerate(TEXTS, start=1):
        sheet.cell(3 + n, 1, n)
        sheet.cell(3 + n, 2, text)
        sheet.cell(3 + n, 6).font = Font(italic=True)
    if sums:
        sheet["A7"] = "合计"
        sheet["E7"] = "=SUM(E4:E6)"
    sheet.column_dimensions["B"].width = 44
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def letter() -> bytes:
    """The same as a table of a Word document."""
    document = docx.Document()
    document.add_paragraph("重点任务进展情况表")
    table = document.add_table(rows=4, cols=len(HEADS))
    for col, head in enumerate(HEADS):
        table.cell(0, col).text = head
    for n, text in enumerate(TEXTS, start=1):
        table.cell(n, 0).text, table.cell(n, 1).text = str(n), text
    table.cell(1, 5).paragraphs[0].add_run(" ").italic = True
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


@pytest.fixture
def plan(make_plan: Callable[..., Plan], run_jobs: Callable[[], int]) -> Plan:
    """A plan of three rows whose only unit is the bureau itself, reported every month, without review of own rows."""
    roles = (read.Role("lead", "市交通局", "市交通局"),)
    target = read.Target("各更新10台", "更新", "count", "=", 10, unit="台", by=date(2025, 12, 31), applies="each")
    measures = [
        read_measure(n, measure=text, seq=n, roles=roles, targets=(target,) if n == 1 else ())
        for n, text in enumerate(TEXTS, start=1)
    ]
    row = make_plan(read_plan(*measures))
    run_jobs()
    Commitment.objects.filter(plan=row).update(cadence=Cadence.MONTH)
    return row


@pytest.fixture
def report(plan: Plan, people: dict[str, User]) -> Callable[..., None]:
    """The bureau reports a month and it is accepted; row 3 says nothing."""

    def act(period: str, done: int, total: int, words: str = "已更新，其余在招标。") -> None:
        user = people["coordinator"]
        rows = {row.measure.n: row for row in Commitment.objects.filter(plan=plan).select_related("measure")}
        ret = returns.open_return(user, plan, rows[1].unit, period)
        share = rows[1].shares.get()
        figures = {str(share.uid): (Decimal(done), Decimal(total))}
        for n, said in ((1, words), (2, "=HYPERLINK(1)"), (3, "正在推进")):
            given = figures if n == 1 else {}
            entry = returns.EntryWords(progress=said, figures=given, explanation="核对过")
            returns.write_entry(user, ret, rows[n], entry)
        returns.submit(user, ret, signer="李")
        review.accept(user, ret)

    return act


@pytest.fixture
def form(plan: Plan, people: dict[str, User]) -> Form:
    row = actions.add(people["coordinator"], plan, "", "省厅", "月报.xlsx", [workbook()])
    actions.set_mapping(people["coordinator"], row, row.mapping)
    return row


@pytest.mark.django_db
@pytest.mark.db
def test_a_blank_is_understood_without_help(form: Form) -> None:
    mapping = form.mapping["sheets"]["0"]
    assert (mapping["first"], mapping["last"]) == (3, 5)
    assert {col: item["source"] for col, item in mapping["columns"].items()} == {
        "2": "units", "3": "period", "4": "cumulative", "5": "words", "6": "problems"
    }  # fmt: skip
    assert [mapping["rows"][str(row)]["n"] for row in (3, 4, 5)] == [1, 2, 3]


@pytest.mark.django_db
@pytest.mark.db
def test_the_filled_file_keeps_its_layout_and_types(
    form: Form, report: Callable[..., None], people: dict[str, User], tmp_path: Path
) -> None:
    report("2025-03", 3, 7)
    filling = actions.fill(people["coordinator"], form, "2025-03")
    path = tmp_path / "filled.xlsx"
    path.write_bytes(actions.content_of(filling))
    sheet = openpyxl.load_workbook(path)["月报"]
    assert [sheet.cell(4, col).value for col in range(3, 8)] == ["市交通局", 3, 7, "已更新，其余在招标。", None]
    assert sheet["F5"].value == "=HYPERLINK(1)"
    assert sheet["F5"].data_type == "s"
    assert sheet["E7"].value == "=SUM(E4:E6)"
    assert sheet["A1"].font.bold
    assert sheet["F4"].font.italic
    assert sheet.column_dimensions["B"].width == 44
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A1:H1"]
    with zipfile.ZipFile(io.BytesIO(workbook())) as before, zipfile.ZipFile(path) as after:
        assert before.namelist() == after.namelist()
        assert before.read("xl/styles.xml") == after.read("xl/styles.xml")


@pytest.mark.django_db
@pytest.mark.db
def test_blanks_and_figures_that_differ_are_listed(
    form: Form, report: Callable[..., None], people: dict[str, User], login: Callable[[str], Client]
) -> None:
    report("2025-03", 3, 7)
    actions.fill(people["coordinator"], form, "2025-03")
    report("2025-04", 0, 5)
    filling = actions.fill(people["coordinator"], form, "2025-04")
    cells = {cell.place: cell for cell in queries.filled_cells(filling)}
    assert (cells["E4"].before, cells["E4"].text, cells["E4"].differs, cells["E4"].fell) == ("7", "5", True, True)
    assert cells["G4"].why == "no_words"
    assert cells["E5"].why == "no_figure"
    page = login("coordinator").get(f"/forms/filled/{filling.uid}/").content.decode()
    assert "E4" in page


@pytest.mark.django_db
@pytest.mark.db
def test_nothing_reported_stays_blank_with_its_reason(form: Form, people: dict[str, User]) -> None:
    filling = actions.fill(people["coordinator"], form, "2025-05")
    why = {cell.place: cell.why for cell in queries.filled_cells(filling)}
    assert (why["F4"], why["E4"], why["C4"]) == ("not_reported", "not_reported", "")


@pytest.mark.django_db
@pytest.mark.db
def test_what_a_person_wrote_outlives_filling_again(
    form: Form, report: Callable[..., None], people: dict[str, User]
) -> None:
    user = people["coordinator"]
    filling = actions.fill(user, form, "2025-03")
    assert actions.edit(user, filling, {"0,3,6": "无", "0,3,4": "6.5"}) == 2
    report("2025-03", 3, 7)
    filling = actions.fill(user, form, "2025-03")
    place = {(item["row"], item["col"]): item for item in queries.final_values(filling)}
    assert place[3, 4]["number"] == "6.5"
    assert place[3, 6]["text"] == "无"
    assert actions.edit(user, filling, {"0,3,4": "7"}) == 1  # what returns say takes the edit back
    assert "0,3,4" not in filling.edits
    with pytest.raises(NotPossible):
        actions.edit(user, filling, {"0,0,0": "x"})


@pytest.mark.django_db
@pytest.mark.db
def test_a_frozen_month_stays_and_two_people_do_not_overwrite_each_other(
    form: Form, report: Callable[..., None], people: dict[str, User]
) -> None:
    user = people["coordinator"]
    filling = actions.fill(user, form, "2025-03")
    seen = filling.revision
    actions.edit(user, filling, {"0,3,6": "无"}, revision=seen)
    with pytest.raises(Stale):
        actions.edit(user, filling, {"0,3,6": "有"}, revision=seen)
    filling.refresh_from_db()
    actions.issue(user, filling)
    sent = actions.content_of(filling)
    report("2025-03", 3, 7)
    with pytest.raises(NotPossible):
        actions.fill(user, form, "2025-03")
    filling.refresh_from_db()
    assert actions.content_of(filling) == sent
    actions.reopen(user, filling)
    assert actions.fill(user, form, "2025-03").values != []


@pytest.mark.django_db
@pytest.mark.db
def test_next_months_blank_keeps_the_mapping(form: Form, people: dict[str, User]) -> None:
    user = people["coordinator"]
    before = form.mapping["sheets"]["0"]["columns"]
    assert actions.replace(user, form, "四月.xlsx", [workbook(sums=False)])
    assert form.mapped
    assert form.mapping["sheets"]["0"]["columns"] == before
    assert not actions.replace(user, form, "表.docx", [letter()])
    assert not form.mapped


@pytest.mark.django_db
@pytest.mark.db
def test_a_word_table_is_filled_in_the_look_of_its_cells(
    plan: Plan, report: Callable[..., None], people: dict[str, User], tmp_path: Path
) -> None:
    user = people["coordinator"]
    form = actions.add(user, plan, "", "", "表.docx", [letter()])
    actions.set_mapping(user, form, form.mapping)
    report("2025-03", 3, 7, "第一行\n第二行")
    path = tmp_path / "filled.docx"
    path.write_bytes(actions.content_of(actions.fill(user, form, "2025-03")))
    table = docx.Document(str(path)).tables[0]
    assert [cell.text for cell in table.rows[1].cells][:6] == ["1", TEXTS[0], "市交通局", "3", "7", "第一行\n第二行"]
    assert table.cell(1, 5).paragraphs[0].runs[0].italic


@pytest.mark.django_db
@pytest.mark.db
def test_who_may(form: Form, plan: Plan, people: dict[str, User]) -> None:
    for role in ("viewer", "reporter", "administrator", "reviewer"):
        with pytest.raises(PermissionDenied):
            actions.fill(people[role], form, "2025-03")
        with pytest.raises(PermissionDenied):
            actions.add(people[role], plan, "", "", "x.xlsx", [workbook()])


@pytest.mark.django_db
@pytest.mark.db
def test_pages(plan: Plan, login: Callable[[str], Client], django_assert_max_num_queries: Any) -> None:
    client = login("coordinator")
    assert client.get("/forms/").status_code == 200
    given = {"plan": plan.uid, "file": SimpleUploadedFile("<b>月报</b>.xlsx", workbook()), "title": "<b>月报"}
    page = client.post("/forms/add/", given, follow=True).content.decode()
    assert "<b>月报" not in page
    form = Form.objects.get()
    data = {
        "s0-use": "1", "s0-first": "4", "s0-last": "6", "s0-c4": "cumulative:1", "s0-f7": "无", "s0-r3": "1",
        "s0-r4": "2 市交通局", "cell-sheet": ["0"], "cell-place": ["b2"], "cell-source": ["fixed"],
        "cell-text": ["市生态环境局"],
    }  # fmt: skip
    client.post(f"/forms/{form.uid}/mapping/", data | {"revision": "9999"})
    form.refresh_from_db()
    assert not form.mapped  # made from an older page
    client.post(f"/forms/{form.uid}/mapping/", data | {"revision": str(form.revision)})
    form.refresh_from_db()
    assert form.mapped
    assert form.mapping["cells"] == [{"sheet": 0, "row": 1, "col": 1, "source": "fixed", "text": "市生态环境局"}]
    answer = client.post(f"/forms/{form.uid}/fill/", {"period": "2025-03"}, follow=True)
    assert answer.status_code == 200
    filling = FormFilling.objects.get()
    with django_assert_max_num_queries(16):
        client.get(f"/forms/filled/{filling.uid}/")
    client.post(f"/forms/filled/{filling.uid}/edit/", {"v-0,3,4": "8", "revision": str(filling.revision)})
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"/forms/filled/{filling.uid}/file/").content)).active
    assert (sheet["E4"].value, sheet["H4"].value, sheet["B2"].value) == (8, "无", "市生态环境局")
    assert client.get(f"/forms/{form.uid}/blank/")["X-Content-Type-Options"] == "nosniff"


def macro_book() -> bytes:
    target = io.BytesIO(workbook())
    with zipfile.ZipFile(target, "a") as package:
        package.writestr("xl/vbaProject.bin", b"program")
    return target.getvalue()


@pytest.mark.django_db
@pytest.mark.db
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("表.xlsx", b"%PDF-1.7 nothing"),
        ("表.xlsx", b"PK\x03\x04 broken"),
        ("表.docx", b"<html><script>alert(1)</script>"),
        ("表.xlsx", macro_book()),
        ("..", b""),
    ],
)
def test_hostile_files_are_refused_and_nothing_is_stored(
    plan: Plan, people: dict[str, User], name: str, content: bytes
) -> None:
    before = StoredFile.objects.count()
    with pytest.raises(NotPossible):
        actions.add(people["coordinator"], plan, "", "", name, [content])
    assert not Form.objects.exists()
    assert StoredFile.objects.count() == before


MEASURES = [Known(n, n, f"任务{n}", text) for n, text in enumerate(TEXTS, start=1)]


def test_rows_are_matched_by_number_only_where_the_words_agree() -> None:
    assert match("2", TEXTS[1], MEASURES) == MEASURES[1]
    assert match("1", TEXTS[2], MEASURES) == MEASURES[2]  # renumbered by the office above
    assert match("3", "", MEASURES) == MEASURES[2]
    assert match("", "整治餐饮油烟", MEASURES) == MEASURES[1]
    assert match("1", "召开年度总结会议", MEASURES) is None
    shifted = [
        Known(4, 3, "", "对涂料、胶粘剂开展抽检，全年不少于24批次。"),
        Known(7, 4, "", "对车用油品开展抽检，全年不少于60批次。"),
    ]
    assert match("4", shifted[0].text, shifted) == shifted[0]
    assert match("9", "召开年度总结会议", MEASURES) is None


def test_heads_of_columns() -> None:
    heads = {"序  号": "seq", "截至本月累计完成": "cumulative", "本月完成数量": "period", "困难和问题": "problems",
             "下步工作安排": "next_step", "街道": "unit", "年度目标": "target", "备注": ""}  # fmt: skip
    assert {head: meaning(head) for head in heads} == heads


def line(name: str, **changes: Any) -> Line:
    values: dict[str, Any] = {"unit": name, "name": name, "role": "responsible", "convener": False, "state": "正常推进",
                              "reported": True, "progress": f"{name}已办"}  # fmt: skip
    return Line(**(values | changes))


def test_figures_are_added_only_where_they_may_be() -> None:
    def goals(value: int, *, adds: bool) -> dict[int, Goal]:
        return {0: Goal(adds=adds, cumulative=Decimal(value))}

    both = [line("甲", goals=goals(3, adds=True)), line("乙", goals=goals(4, adds=True))]
    assert value_of(both, "cumulative").number == 7
    rates = [line("甲", goals=goals(80, adds=False)), line("乙", goals=goals(90, adds=False))]
    assert value_of(rates, "cumulative").why == "not_added"
    led = [*both, line("丙", convener=True, goals=goals(9, adds=True))]
    given = value_of(led, "cumulative")
    assert (given.number, given.doubt) == (Decimal(9), Decimal(7))
    assert value_of(both, "target").why == "no_target"
    assert value_of(both, "words").text == "甲：甲已办\n乙：乙已办"


@settings(max_examples=examples(40), deadline=None)
@given(
    values=st.lists(
        st.tuples(
            st.integers(0, 30),
            st.integers(0, 30),
            st.one_of(st.text(max_size=60), st.decimals(-(10**6), 10**6, places=3)),
        ),
        max_size=12,
        unique_by=lambda item: item[:2],
    )
)
def test_any_value_comes_back_from_any_cell_and_nothing_else_changes(
    tmp_path_factory: pytest.TempPathFactory, values: list[tuple[int, int, Any]]
) -> None:
    path = tmp_path_factory.mktemp("blank") / "b.xlsx"
    path.write_bytes(workbook())
    grid = read_blank(path)["sheets"][0]["rows"]
    placed = [
        {"sheet": 0, "row": row, "col": col} | ({"text": value} if isinstance(value, str) else {"number": str(value)})
        for row, col, value in values
        if not (row == 0 and 0 < col < 8) and (row, col) != (6, 4)  # covered, computing
    ]
    path.write_bytes(fill(path, placed))
    after = read_blank(path)["sheets"][0]["rows"]
    expected = {(item["row"], item["col"]): item for item in placed}
    for row, cells in enumerate(after):
        for col, cell in enumerate(cells):
            if (row, col) in expected and cell is not None:
                item = expected[row, col]
                if "number" in item:
                    assert Decimal(cell["text"]) == Decimal(item["number"])
            elif cell is not None and row < len(grid) and col < len(grid[row]) and grid[row][col] is not None:
                assert cell["text"] == grid[row][col]["text"]


@settings(max_examples=examples(30), deadline=None)
@given(place=st.integers(min_value=0), byte=st.integers(0, 255))
def test_a_damaged_workbook_is_a_refusal_never_a_crash(
    tmp_path_factory: pytest.TempPathFactory, place: int, byte: int
) -> None:
    content = bytearray(workbook())
    content[place % len(content)] = byte
    path = tmp_path_factory.mktemp("blank") / "b.xlsx"
    path.write_bytes(bytes(content))
    with suppress(ReadingError):
        grid = read_blank(path)
        assert grid["kind"] == "xlsx"
