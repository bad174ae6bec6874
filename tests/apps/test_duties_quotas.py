"""Quota sheets: dividing a total exactly, pasting figures, the letter without which nobody gets a figure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from lantian.apps.areas.models import Area, CollectiveRule, Unit
from lantian.apps.core.models import AuditEvent, StoredFile, User
from lantian.apps.plans.models import Plan, Target
from lantian.apps.supervision import quotasheet
from lantian.apps.supervision.actions import quotas
from lantian.apps.supervision.actions.common import NotPossible, Stale
from lantian.apps.supervision.actions.quotas import Line
from lantian.apps.supervision.models import QuotaLine, QuotaSheet, Share
from lantian.apps.supervision.splitting import by_weight, equal, gap
from lantian.reading import model as read
from tests.apps.conftest import read_measure, read_plan
from tests.conftest import examples

database = [pytest.mark.django_db, pytest.mark.db]
PDF = b"%PDF-1.4 ours"
figures = st.decimals(0, 10**6, places=2)


@given(figures, st.integers(1, 40))
@settings(max_examples=examples(60))
def test_equal_parts_add_up_and_differ_by_one_step_at_most(total: Decimal, number: int) -> None:
    parts = equal(total, number)
    assert sum(parts) == total
    assert max(parts) - min(parts) <= Decimal("1")


@given(figures, st.lists(st.one_of(st.none(), figures), min_size=1, max_size=30))
@settings(max_examples=examples(60))
def test_parts_by_weight_add_up_and_follow_the_weights(total: Decimal, weights: list[Decimal | None]) -> None:
    if not any(weight for weight in weights):
        with pytest.raises(ValueError, match="weight"):
            by_weight(total, weights)
        return
    parts = by_weight(total, weights)
    assert sum(parts) == total
    for weight, part in zip(weights, parts, strict=True):
        assert part >= 0
        assert weight or not part


def test_what_is_over_goes_to_the_largest_remainders() -> None:
    assert equal(Decimal(230), 3) == [77, 77, 76]
    assert by_weight(Decimal("4.5"), [Decimal(2), None, Decimal(1)]) == [Decimal(3), 0, Decimal("1.5")]
    assert gap(Decimal(10), [Decimal(4), None, Decimal(7)]) == -1
    assert gap(None, [Decimal(4)]) is None


@pytest.fixture
def plan(make_plan: Callable[..., Plan], run_jobs: Callable[[], int]) -> Plan:
    each = Unit.objects.get(name="各区政府")
    CollectiveRule.objects.create(unit=each, kind="each", kinds="district", pattern="{area}政府", source="ours")
    role = (read.Role("lead", "市生态环境局", "市生态环境局"), read.Role("responsible", "各区政府", "各区政府"))
    made = make_plan(
        read_plan(
            read_measure(
                1, roles=role,
                targets=(read.Target("完成230台更新", "更新", "count", "=", 230, unit="台", applies="total"),
                         read.Target("完成市级下达的任务", "任务", "external", applies="each")),
            )
        )
    )  # fmt: skip
    run_jobs()
    return made


@pytest.fixture
def sheet(plan: Plan, people: dict[str, User]) -> QuotaSheet:
    return quotas.open_sheet(people["coordinator"], Target.objects.get(measure__plan=plan, kind="count"))


def fill(sheet: QuotaSheet, *values: int) -> dict[int, Line]:
    lines = sheet.lines.order_by("unit__area__code")
    return {line.unit_id: Line(None, Decimal(value), "") for line, value in zip(lines, values, strict=True)}


LETTER = {"letter_number": "云环〔2025〕8号", "letter_title": "关于下达任务的通知", "letter_date": date(2025, 3, 1)}


def issued(user: User, sheet: QuotaSheet, *values: int) -> None:
    quotas.save_sheet(user, sheet, fill(sheet, *values), LETTER)
    quotas.attach(user, sheet, "通知.pdf", [PDF])
    quotas.issue(user, sheet)


class TestSheet:
    pytestmark = database

    def test_the_districts_get_lines_and_one_sheet_is_opened_once(
        self, sheet: QuotaSheet, people: dict[str, User]
    ) -> None:
        assert [line.unit.name for line in sheet.lines.all()] == ["东塘区政府", "西塘区政府"]
        assert sheet.target is not None
        assert quotas.open_sheet(people["coordinator"], sheet.target) == sheet
        with pytest.raises(PermissionDenied):
            quotas.open_sheet(people["viewer"], sheet.target)

    def test_nobody_has_a_figure_before_the_letter_and_everybody_after(
        self, plan: Plan, sheet: QuotaSheet, people: dict[str, User]
    ) -> None:
        user = people["coordinator"]
        quotas.split(user, sheet, "equal")
        assert [line.value for line in sheet.lines.all()] == [115, 115]
        with pytest.raises(NotPossible, match="下达文件"):
            quotas.issue(user, sheet)
        assert not Share.objects.filter(origin="quota").exists()
        issued(user, sheet, 130, 100)
        found = Share.objects.filter(commitment__plan=plan, origin="quota").select_related("commitment__unit")
        assert {row.commitment.unit.name: row.value for row in found} == {"东塘区政府": 130, "西塘区政府": 100}

    def test_a_gap_wants_a_reason(self, sheet: QuotaSheet, people: dict[str, User]) -> None:
        user = people["coordinator"]
        with pytest.raises(NotPossible, match="总数不符"):
            issued(user, sheet, 130, 90)
        quotas.save_sheet(user, sheet, {}, {"gap_reason": "10台由市直单位承担"})
        quotas.issue(user, sheet)
        assert sheet.issued

    def test_a_change_after_issue_holds_at_once_and_is_recorded(
        self, sheet: QuotaSheet, people: dict[str, User]
    ) -> None:
        user = people["coordinator"]
        issued(user, sheet, 130, 100)
        quotas.save_sheet(user, sheet, fill(sheet, 120, 110), {}, revision=sheet.revision)
        assert set(Share.objects.filter(origin="quota").values_list("value", flat=True)) == {120, 110}
        event = AuditEvent.objects.filter(action="quota.change").first()
        assert event is not None
        assert event.before is not None
        assert event.before["东塘区政府"][0] == "130"
        with pytest.raises(NotPossible):
            quotas.save_sheet(user, sheet, fill(sheet, 120, 0), {})
        assert set(Share.objects.filter(origin="quota").values_list("value", flat=True)) == {120, 110}

    def test_a_stale_sheet_is_refused(self, sheet: QuotaSheet, people: dict[str, User]) -> None:
        quotas.save_sheet(people["coordinator"], sheet, fill(sheet, 1, 2), {}, revision=1)
        with pytest.raises(Stale):
            quotas.save_sheet(people["coordinator"], sheet, fill(sheet, 3, 4), {}, revision=1)
        assert [line.value for line in sheet.lines.all()] == [1, 2]

    def test_a_value_set_by_a_letter_reaches_each_unit_without_a_sum(self, plan: Plan, people: dict[str, User]) -> None:
        user = people["coordinator"]
        sheet = quotas.open_sheet(user, Target.objects.get(measure__plan=plan, kind="external"))
        issued(user, sheet, 12, 7)
        found = Share.objects.filter(commitment__plan=plan, spec__kind="external", origin="quota")
        assert set(found.values_list("value", flat=True)) == {12, 7}

    def test_a_letter_may_set_each_unit_another_limit_than_the_printed_one(
        self, make_plan: Callable[..., Plan], run_jobs: Callable[[], int], people: dict[str, User]
    ) -> None:
        each = Unit.objects.get(name="各区政府")
        CollectiveRule.objects.create(unit=each, kind="each", kinds="district", pattern="{area}政府", source="ours")
        role = (read.Role("lead", "市生态环境局", "市生态环境局"), read.Role("responsible", "各区政府", "各区政府"))
        limit = read.Target("全市及各区降尘量5吨以内", "降尘量", "level", "<=", 5, unit="吨", applies="both")
        made = make_plan(read_plan(read_measure(1, roles=role, targets=(limit,))))
        run_jobs()
        sheet = quotas.open_sheet(people["coordinator"], Target.objects.get(measure__plan=made))
        issued(people["coordinator"], sheet, 4, 3)
        shares = Share.objects.filter(commitment__plan=made).values_list("commitment__unit__name", "value")
        assert dict(shares) == {"市生态环境局": 5, "东塘区政府": 4, "西塘区政府": 3}

    def test_a_letter_is_told_by_its_content(self, sheet: QuotaSheet, people: dict[str, User]) -> None:
        with pytest.raises(NotPossible):
            quotas.attach(people["coordinator"], sheet, "通知.pdf", [b"<script>"])
        assert sheet.letter_file is None

    def test_pasted_columns(self, sheet: QuotaSheet) -> None:
        lines = list(sheet.lines.select_related("unit__area"))
        east, west = (line.unit_id for line in lines)
        found = quotasheet.read_pasted("单位\t2025\n东塘区政府\t1,130\t99\n西塘区  100\n合计\t230\n南塘区\t1", lines)
        assert found.values == {east: Decimal(1130), west: Decimal(100)}
        assert found.basis == {east: Decimal(99)}
        assert len(found.problems) == 1
        assert quotasheet.read_pasted("130\n100", lines).values == {east: Decimal(130), west: Decimal(100)}
        assert quotasheet.read_pasted("130", lines).problems
        assert quotasheet.read_pasted("东塘区\tNaN\n西塘区\t=1+1", lines).values == {}

    def test_the_page_shows_what_was_typed_wrong_and_saves_nothing(
        self, sheet: QuotaSheet, login: Callable[[str], Client]
    ) -> None:
        unit = sheet.lines.select_related("unit")[0].unit
        data = {"revision": "1", f"value-{unit.uid}": "十二", "letter_date": "明天"}
        answer = login("coordinator").post(reverse("supervision:quota-save", args=[sheet.uid]), data)
        assert answer.status_code == 400
        page = answer.content.decode()
        assert "十二" in page
        assert "2026-03-15" in page
        assert sheet.lines.exclude(value=None).count() == 0

    def test_the_workbook_holds_typed_figures_and_no_formula(
        self, sheet: QuotaSheet, people: dict[str, User], login: Callable[[str], Client]
    ) -> None:
        given = {line.unit_id: Line(None, Decimal(5), "=1+1") for line in sheet.lines.all()}
        quotas.save_sheet(people["coordinator"], sheet, given, {})
        answer = login("coordinator").get(reverse("supervision:quota-workbook", args=[sheet.uid]))
        page: Any = load_workbook(BytesIO(answer.content)).active
        rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=4)]
        assert rows[0] == ["东塘区政府", 5, None, "=1+1"]
        assert page["D4"].data_type == "s"
        assert rows[2][1] == 10


class TestWorkbook:
    """The sheet downloaded, filled in and brought back: shown before it is saved, or told by its cells."""

    pytestmark = database

    @pytest.fixture
    def client(self, login: Callable[[str], Client]) -> Client:
        return login("coordinator")

    def book(self, client: Client, sheet: QuotaSheet) -> Any:
        answer = client.get(reverse("supervision:quota-workbook", args=[sheet.uid]))
        return load_workbook(BytesIO(answer.content))

    def bring(self, client: Client, sheet: QuotaSheet, book: Any, name: str = "分解表.xlsx") -> Any:
        stream = BytesIO()
        if isinstance(book, bytes):
            stream.write(book)
        else:
            book.save(stream)
        data = {"step": "workbook", "revision": "1", "workbook": SimpleUploadedFile(name, stream.getvalue())}
        return client.post(reverse("supervision:quota-save", args=[sheet.uid]), data)

    def test_a_blank_names_units_and_total_and_has_no_sum(self, client: Client, sheet: QuotaSheet) -> None:
        page = self.book(client, sheet).active
        assert [page.cell(row, 1).value for row in (4, 5, 6)] == ["东塘区政府", "西塘区政府", None]
        assert "计划总数 230" in page["A2"].value
        assert str(sheet.uid) in page["A2"].value

    def test_filled_in_it_is_shown_with_sum_and_gap_and_not_saved(self, client: Client, sheet: QuotaSheet) -> None:
        book = self.book(client, sheet)
        page = book.active
        page["B4"], page["C4"], page["D4"], page["B5"] = 130.1, 99, "含转移任务", "90"
        answer = self.bring(client, sheet, book)
        assert answer.status_code == 200
        assert answer.context["sums"] == {"sum": Decimal("220.1"), "gap": Decimal("9.9"), "given": 2, "units": 2}
        text = answer.content.decode()
        assert 'value="130.1"' in text
        assert 'value="含转移任务"' in text
        assert not sheet.lines.exclude(value=None).exists()

    def test_what_the_page_shows_is_saved_by_its_own_form(self, client: Client, sheet: QuotaSheet) -> None:
        book = self.book(client, sheet)
        book.active["B4"], book.active["B5"] = 130, 100
        answer = self.bring(client, sheet, book)
        data: dict[str, Any] = {"revision": "1", "step": "save"}
        for line, filled in answer.context["lines"]:
            data[f"value-{line.unit.uid}"] = str(filled.value)
        client.post(reverse("supervision:quota-save", args=[sheet.uid]), data)
        assert [line.value for line in sheet.lines.all()] == [130, 100]

    def test_columns_may_be_moved_and_totals_added(self, client: Client, sheet: QuotaSheet) -> None:
        book = Workbook()
        page: Any = book.active
        for row in (["汇总", None, None, None], [None, "备注", "分解数（台）", "单位"], [None, "甲", 7, "西塘区"],
                    [None, None, 7, "合计"]):  # fmt: skip
            page.append(row)
        answer = self.bring(client, sheet, book)
        assert [given.value if given else None for _line, given in answer.context["lines"]] == [None, 7]

    def test_what_is_wrong_is_told_by_its_cell_and_nothing_is_taken(self, client: Client, sheet: QuotaSheet) -> None:
        book = self.book(client, sheet)
        page = book.active
        page["B4"], page["C5"], page["A6"], page["B6"], page["B7"], page["A8"] = (
            "十二",
            "n/a",
            "南塘区政府",
            3,
            4,
            "东塘区政府",
        )
        answer = self.bring(client, sheet, book)
        assert answer.status_code == 400
        text = unescape(answer.content.decode())
        for said in ("B4", "十二", "C5", "n/a", "A6", "南塘区政府", "A7", "A8"):
            assert said in text
        assert answer.context["typed"] is None
        assert not sheet.lines.exclude(value=None).exists()

    def test_the_workbook_of_another_sheet_is_refused(
        self, plan: Plan, client: Client, sheet: QuotaSheet, people: dict[str, User]
    ) -> None:
        other = quotas.open_sheet(people["coordinator"], Target.objects.get(measure__plan=plan, kind="external"))
        book = self.book(client, other)
        book.active["B4"] = 5
        assert self.bring(client, sheet, book).status_code == 400
        assert self.bring(client, other, book).status_code == 200

    @pytest.mark.parametrize(
        ("content", "name"),
        [(b"PK\x03\x04 broken", "a.xlsx"), (PDF, "a.xlsx"), (PDF, "a.pdf"), (b"", "a.xlsx"), (b"x", "a.xlsm")],
    )
    def test_other_files_are_refused(self, client: Client, sheet: QuotaSheet, content: bytes, name: str) -> None:
        before = StoredFile.objects.count()
        answer = self.bring(client, sheet, content, name)
        assert answer.status_code == 400
        assert answer.context["errors"]
        assert StoredFile.objects.count() == before

    def test_no_file_and_too_large_a_file_are_told(self, client: Client, sheet: QuotaSheet, settings: Any) -> None:
        address = reverse("supervision:quota-save", args=[sheet.uid])
        assert client.post(address, {"step": "workbook"}).status_code == 400
        settings.LANTIAN_UPLOAD_BYTES = 100
        assert self.bring(client, sheet, self.book(client, sheet)).status_code == 400

    def test_a_formula_without_a_stored_result_is_no_figure(self, client: Client, sheet: QuotaSheet) -> None:
        book = self.book(client, sheet)
        book.active["B4"] = "=100+30"  # without a stored result: openpyxl keeps none
        answer = self.bring(client, sheet, book)
        assert answer.status_code == 400
        assert "B4" in answer.context["errors"][0]

    def test_who_sees_no_quota_sheets_brings_none(self, sheet: QuotaSheet, login: Callable[[str], Client]) -> None:
        assert self.bring(login("viewer"), sheet, b"PK\x03\x04").status_code == 404


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=12), st.text(max_size=12)), max_size=12))
@settings(max_examples=examples(60), deadline=None)
def test_whatever_stands_in_the_cells_ends_in_figures_or_named_problems(rows: list[tuple[str, str, str]]) -> None:
    unit = Unit(pk=1, name="东塘区政府", area=Area(name="东塘区", short_name="东塘"))
    line = QuotaLine(unit=unit, unit_id=1)
    cells = [{"A1": "单位", "B1": "分解数", "C1": "上年数"}]
    for number, texts in enumerate(rows, start=2):
        filled = zip("ABC", texts, strict=True)
        cells.append({f"{letter}{number}": text for letter, text in filled if text.strip()})
    found = quotasheet.read_filled([row for row in cells if row], QuotaSheet(), [line])
    assert set(found.lines) <= {1}
    for value, basis, _note in found.lines.values():
        assert value is None or value.is_finite()
        assert basis is None or basis.is_finite()
