"""Quota sheets: dividing a total exactly, pasting figures, the letter without which nobody gets a figure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from lantian.apps.areas.models import CollectiveRule, Unit
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.plans.models import Plan, Target
from lantian.apps.supervision import quotasheet
from lantian.apps.supervision.actions import quotas
from lantian.apps.supervision.actions.common import NotPossible, Stale
from lantian.apps.supervision.actions.quotas import Line
from lantian.apps.supervision.models import QuotaSheet, Share
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
