"""Files of rows: found header, mapping, problems by cell, taken over as a whole, and back again."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from openpyxl import load_workbook

from lantian.apps.areas.models import Area
from lantian.apps.core.holding import NotPossible, StaleError
from lantian.apps.core.models import User
from lantian.apps.registers import actions, exports, queries
from lantian.apps.registers.models import ChangeSet, ImportSession, ImportState, Record, RecordVersion, StagedRow
from lantian.apps.registers.names import DirectoryNames
from lantian.apps.registers.queries import Choice
from lantian.registers import Register
from tests.apps.registers.conftest import book

pytestmark = [pytest.mark.django_db, pytest.mark.db]

HEAD = ["编号", "工程名称", "属地", "状态", "面积（平方米）", "开工日期"]
GOOD = [
    ["A-1", "柳岸小区", "柳桥街道", "在施", 1200, "2026年3月5日"],
    ["A-2", "东塘水厂", "柳桥街道", "停工", "3.2万", "2026/4/1"],
]

Bring = Callable[..., ImportSession]


@pytest.fixture
def bring(writers: dict[str, User], sites: Register, run_jobs: Callable[[], int]) -> Bring:
    """Brings a file as the coordinator and lets it be read."""

    def brought(content: bytes, name: str = "工地.xlsx", register: Register = sites) -> ImportSession:
        session = actions.stage(writers["coordinator"], register, name, [content])
        run_jobs()
        session.refresh_from_db()
        return session

    return brought


def says(session: ImportSession) -> dict[tuple[int, str], str]:
    """What is wrong, by line and field."""
    return {(row.line, item["field"]): item["zh"] for row in session.staged.all() for item in row.problems}


def test_a_known_header_maps_itself(bring: Bring, writers: dict[str, User], run_jobs: Callable[[], int]) -> None:
    title = [["云溪市工地台账（2026年）"], ["填报单位：", "市生态环境局"], []]
    session = bring(
        book([*title, HEAD, *GOOD, ["合计", 2], ["注：以上数据截至月底"]], merges=["A1:F1"], hidden=["旧表"])
    )
    assert (session.state, session.rows, session.good, session.new) == (ImportState.READY, 2, 2, 2)
    assert [item["zh"] for item in session.remarks] == [
        "隐藏的工作表没有读取：旧表", "合计行没有读取：第7行", "表下的说明没有读取：第8行",
    ]  # fmt: skip
    assert not Record.objects.exists()
    actions.accept(writers["coordinator"], session, revision=session.revision)
    run_jobs()
    session.refresh_from_db()
    assert session.state == ImportState.DONE
    rows = {row.key: row.values for row in Record.objects.all()}
    assert (rows["A-1"]["start"], rows["A-2"]["size"], rows["A-2"]["start"]) == ("2026-03-05", "32000", "2026-04-01")
    assert RecordVersion.objects.count() == 2
    assert (ChangeSet.objects.get().added, ChangeSet.objects.get().route) == (2, "import")
    assert not StagedRow.objects.exists()


def test_an_unknown_header_is_asked_for_once(
    bring: Bring, writers: dict[str, User], run_jobs: Callable[[], int]
) -> None:
    by = writers["coordinator"]
    head = ["工地代号", "叫什么", "属地", "状态"]
    session = bring(book([head, ["A-1", "柳岸小区", "柳桥街道", "在施"]]))
    assert session.state == ImportState.MAPPING
    assert session.mapping == {"2": "street", "3": "status"}
    assert session.columns[0] == {"at": 0, "letter": "A", "text": "工地代号", "samples": ["A-1"]}
    with pytest.raises(NotPossible, match="编号"):
        actions.map_columns(by, session, {"1": "name", "2": "street", "3": "status"}, revision=session.revision)
    with pytest.raises(NotPossible):
        actions.map_columns(by, session, {"0": "code", "1": "code"}, revision=session.revision)
    actions.map_columns(
        by, session, {"0": "code", "1": "name", "2": "street", "3": "status"}, revision=session.revision
    )
    run_jobs()
    session.refresh_from_db()
    assert (session.state, session.good) == (ImportState.READY, 1)
    again = bring(book([head, ["A-2", "东塘水厂", "柳桥街道", "在施"]]))
    assert (again.state, again.good) == (ImportState.READY, 1)


def test_problems_stand_at_their_cells_and_come_back_marked(
    bring: Bring, writers: dict[str, User], run_jobs: Callable[[], int]
) -> None:
    by = writers["coordinator"]
    rows = [
        *GOOD,
        ["A-1", "又一个", "柳桥街道", "在施", 1, None],
        ["A-4", "@SUM(1) <b>", "柳桥街道", "在", -1, "2026-02-30"],
        ["A-5", "", "无名街道", "在施", "约5", None],
    ]
    session = bring(book([HEAD, *rows]))
    assert (session.good, session.bad) == (2, 3)
    found = says(session)
    assert found[4, "code"] == "与第2行重复"
    assert found[5, "status"] == "没有选项“在”，是不是“在施”？"
    assert {place for place in found if place[0] == 5} == {(5, "status"), (5, "size"), (5, "start")}
    assert {place for place in found if place[0] == 6} == {(6, "name"), (6, "street"), (6, "size")}
    with pytest.raises(NotPossible):
        actions.accept(by, session, revision=session.revision)

    marked = exports.marked(session)
    sheet = load_workbook(BytesIO(marked)).worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    at = heads.index("状态*")
    assert sheet.cell(5, at + 1).value == "在"
    assert sheet.cell(5, at + 1).comment is not None
    name = sheet.cell(5, heads.index("名称*") + 1)
    assert (name.value, name.data_type) == ("@SUM(1) <b>", "s")  # text, never a formula
    assert "没有选项" in sheet.cell(5, heads.index("问题") + 1).value

    actions.accept(by, session, revision=session.revision, only_good=True)
    run_jobs()
    assert set(Record.objects.values_list("key", flat=True)) == {"A-1", "A-2"}
    # Corrected in the file that came back, it goes in again by itself.
    corrected = bring(marked)
    assert corrected.state == ImportState.READY


def test_what_is_there_already_is_changed_or_left(
    bring: Bring, writers: dict[str, User], run_jobs: Callable[[], int], sites: Register
) -> None:
    by = writers["coordinator"]
    actions.save_row(by, sites, {"code": "A-1", "name": "旧名", "street": "柳桥街道", "status": "在施", "phone": "1"})
    session = bring(book([HEAD, *GOOD]))
    assert (session.new, session.changes, session.same) == (1, 1, 0)
    actions.accept(by, session, revision=session.revision, update=False)
    run_jobs()
    assert Record.objects.get(key="A-1").values["name"] == "旧名"
    session = bring(book([HEAD, *GOOD]))
    assert (session.new, session.changes, session.same) == (0, 1, 1)
    actions.accept(by, session, revision=session.revision)
    run_jobs()
    record = Record.objects.get(key="A-1")
    assert (record.values["name"], record.values["phone"], record.revision) == ("柳岸小区", "1", 2)
    session = bring(book([HEAD, *GOOD]))
    assert session.same == 2
    with pytest.raises(NotPossible):
        actions.accept(by, session, revision=session.revision)


def test_what_changed_meanwhile_is_checked_again(
    bring: Bring, writers: dict[str, User], run_jobs: Callable[[], int], sites: Register
) -> None:
    by = writers["coordinator"]
    session = bring(book([HEAD, *GOOD]))
    actions.save_row(by, sites, {"code": "A-1", "name": "抢先", "street": "柳桥街道", "status": "在施"})
    actions.accept(by, session, revision=session.revision)
    run_jobs()
    session.refresh_from_db()
    assert (session.state, session.new, session.changes) == (ImportState.READY, 1, 1)
    assert Record.objects.get().values["name"] == "抢先"
    with pytest.raises(StaleError):
        actions.accept(by, session, revision=session.revision - 1)
    actions.drop(by, session)
    assert not StagedRow.objects.exists()


def test_sheets_as_offices_write_them(bring: Bring) -> None:
    """1904 dates, percent, two-line headings, merged cells, ghost rows and columns, formulas without a result."""
    rows: list[list[Any]] = [
        ["编号", "名称", "街道", "状态", "位置", None, "坐标系", "开工日期", "面积"],
        [None, None, None, None, "经度", "纬度", None, None, None],
        ["A-1", "一号", "柳桥街道", "在施", 39.9, 116.39, "高德", 44000, "=2*3"],
        [None, None, None, None, None, None, None, None, None, None, "  "],
        ["A-2", "二号", None, "在施", 0.0, 0.0, None, None, "#REF!"],
    ]
    merges = ["A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:F1", "G1:G2", "C3:C5"]
    session = bring(book(rows, merges=merges, epoch_1904=True, formats={"H3": "yyyy-mm-dd"}))
    assert session.state == ImportState.READY, (session.columns, session.error)
    one, two = session.staged.all()
    assert one.values["start"] == "2024-06-19"  # 44000 days after 1904-01-01
    assert one.values["place"]["datum"] == "GCJ-02"
    assert one.values["place"]["x"] == 116.39  # they had been swapped
    assert {item["field"]: item["warning"] for item in one.problems} == {"place": True, "size": False}
    assert two.values["street"] == "880101001"  # a merged cell counts in each of its rows
    assert {item["field"] for item in two.problems} == {"place", "size"}
    assert "公式没有计算结果" in says(session)[3, "size"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_csv_in_both_encodings(bring: Bring, encoding: str) -> None:
    text = "编号,名称,街道,状态\nA-1,柳岸小区,柳桥街道,在施\n"
    session = bring(text.encode(encoding), "工地.csv")
    assert (session.state, session.good) == (ImportState.READY, 1)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"PK\x03\x04 broken", "a.xlsx"),
        (b"%PDF-1.4", "a.xlsx"),
        ("只有一行字".encode(), "a.csv"),
        (b"\xff\xfe\x00\x00\x01", "a.csv"),
    ],
)
def test_what_is_no_table_is_refused_in_words(bring: Bring, content: bytes, name: str) -> None:
    session = bring(content, name)
    assert session.state == ImportState.FAILED
    assert session.error["zh"]
    assert session.error["en"]


def test_who_may_not_write_brings_nothing(writers: dict[str, User], sites: Register, bring: Bring) -> None:
    with pytest.raises(PermissionDenied):
        actions.stage(writers["viewer"], sites, "a.xlsx", [book([HEAD, *GOOD])])
    session = bring(book([HEAD, *GOOD]))
    assert queries.sessions(writers["coordinator"], sites).count() == 1
    assert queries.sessions(writers["street"], sites).count() == 0
    with pytest.raises(Http404):
        actions.drop(writers["viewer"], session)


def test_rows_outside_the_own_area_are_refused(
    writers: dict[str, User], sites: Register, run_jobs: Callable[[], int]
) -> None:
    rows = [*GOOD, ["A-9", "别区", "西塘区", "在施", 1, None]]
    session = actions.stage(writers["street"], sites, "a.xlsx", [book([HEAD, *rows])])
    run_jobs()
    session.refresh_from_db()
    assert (session.good, session.bad) == (2, 1)
    assert says(session)[4, "street"] == "不在您管理的范围内"


def test_what_goes_out_comes_in_again(bring: Bring, writers: dict[str, User], sites: Register) -> None:
    by = writers["coordinator"]
    full = {
        "code": "=cmd|x", "name": "@危险", "street": "柳桥街道", "status": "在施", "size": "0.1", "video": "否",
        "start": "2026-01-02", "place": "116.39,39.9", "place.datum": "BD-09", "phone": "00123", "keeper": "市交通局",
    }  # fmt: skip
    actions.save_row(by, sites, full)
    before = Record.objects.get().values
    for name, content in (
        ("a.xlsx", exports.export_xlsx(by, sites, Choice())),
        ("a.csv", exports.export_csv(by, sites, Choice())),
    ):
        session = bring(content, name)
        assert (session.state, session.same, session.bad) == (ImportState.READY, 1, 0), says(session)
    assert b"'=cmd|x" in exports.export_csv(by, sites, Choice())
    assert load_workbook(BytesIO(exports.template(sites))).sheetnames == ["试验工地", "填写说明"]
    assert Record.objects.get().values == before


def test_rows_of_the_lake(
    bring: Bring, writers: dict[str, User], lake_visits: Register, sites: Register, run_jobs: Callable[[], int],
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    by = writers["coordinator"]
    actions.save_row(by, sites, {"code": "A-1", "name": "一", "street": "柳桥街道", "status": "在施"})
    rows = [[f"V-{n}", f"2026-03-{n:02d}", "A-1", "柳桥街道", n] for n in range(1, 29)]
    session = bring(book([["检查编号", "日期", "工地", "街道", "问题数"], *rows]), register=lake_visits)
    assert (session.state, session.new) == (ImportState.READY, 28)
    with django_capture_on_commit_callbacks(execute=True):
        actions.accept(by, session, revision=session.revision)
        run_jobs()
    run_jobs()
    assert not Record.objects.filter(register="t_visit_lake").exists()
    assert not StagedRow.objects.exists()
    page = queries.page(by, lake_visits, Choice(), size=20)
    assert (page.count, len(page.rows), page.rows[0].key) == (28, 20, "V-28")
    rest = queries.page(by, lake_visits, Choice(), page.next, size=20)
    assert [row.key for row in rest.rows] == [f"V-{n}" for n in range(8, 0, -1)]
    assert rest.next == ""
    assert queries.totals(by, lake_visits, Choice()) == {"count": sum(range(1, 29))}
    assert queries.page(writers["district"], lake_visits, Choice(area="880102")).count == 0
    with django_capture_on_commit_callbacks(execute=True):
        actions.save_row(by, lake_visits, dict(zip(
            ("code", "day", "site", "street", "count"), ["V-3", "2026-03-03", "A-1", "柳桥街道", "100"], strict=True,
        )), key="V-3")  # fmt: skip
    run_jobs()
    assert queries.row(by, lake_visits, "V-3").values["count"] == "100"


def test_a_name_is_guessed_from_the_person_s_own_city_first(writers: dict[str, User]) -> None:
    other = Area.objects.create(
        code="990000", name="外地市", short_name="外地", kind="city", level="municipal", path="/990000/"
    )
    Area.objects.create(
        code="990001",
        name="柳轿街道",
        short_name="柳轿",
        kind="street",
        level="town",
        parent=other,
        path="/990000/990001/",
    )
    assert DirectoryNames(writers["coordinator"]).like("area", "柳轿街道办") == "柳桥街道"
    assert DirectoryNames(None).like("area", "柳轿街道办") == "柳轿街道"
