"""A month's merge: what counts, who is missing, words of the office, the frozen issue, the papers."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lantian.apps.areas.models import Unit
from lantian.apps.assessment.actions import merge as actions
from lantian.apps.assessment.models import MergeText
from lantian.apps.assessment.queries import merge as queries
from lantian.apps.assessment.queries.merge import MergedRow
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.actions import review
from lantian.apps.supervision.actions.common import NotPossible, Stale
from lantian.apps.supervision.actions.returns import EntryWords, open_return, submit, write_entry
from lantian.apps.supervision.models import Cadence, Commitment, Return, ReturnState, Share
from tests.apps.returning import APRIL, MARCH, Office, make_office

pytestmark = [pytest.mark.django_db, pytest.mark.db]
FEBRUARY = "2025-02"


@pytest.fixture
def office(make_plan: Callable[..., Plan], people: dict[str, User]) -> Office:
    return make_office(make_plan, people)


def accepted(office: Office, month: str = MARCH, **words: Any) -> Return:
    ret = office.ret(month)
    office.fill(ret, **words)
    submit(office.writer, ret, signer="李四")
    review.accept(office.reviewer, ret, revision=ret.revision)
    return ret


def row_of(office: Office, month: str = MARCH, **options: Any) -> MergedRow:
    return queries.rows(office.plan, month, **options)[0]


def joins(office: Office, name: str, value: int, month: str = MARCH) -> Commitment:
    """A district that owes the first row too, with its accepted words and figure."""
    unit, first = Unit.objects.get(name=name), office.rows[0]
    duty = Commitment.objects.create(
        plan=office.plan, measure=first.measure, unit=unit, role="responsible", cadence=Cadence.MONTH
    )
    share = Share.objects.create(commitment=duty, spec=office.share.spec, origin="none")
    ret = open_return(office.coordinator, office.plan, unit, month)
    words = EntryWords(progress=f"{name}更新{value}台。", figures={str(share.uid): (Decimal(value), Decimal(value))})
    write_entry(office.coordinator, ret, duty, words)
    Return.objects.filter(pk=ret.pk).update(state=ReturnState.ACCEPTED)
    return duty


def test_only_what_is_accepted_counts_unless_one_asks(office: Office) -> None:
    office.submitted()
    row = row_of(office)
    assert (row.text, [(item.name, item.state) for item in row.missing]) == ("", [("市交通局", "submitted")])
    row = row_of(office, submitted=True)
    assert (row.text, row.unreviewed, row.missing) == ("第1项按计划推进。", 1, [])
    assert queries.rows(office.plan, MARCH)[5].missing == []  # nobody owes it


def test_districts_follow_the_convener_and_the_difference_is_listed(office: Office) -> None:
    Commitment.objects.filter(pk=office.rows[0].pk).update(convener=True)
    joins(office, "东塘区政府", 2)
    joins(office, "西塘区政府", 5)
    accepted(office)
    row = row_of(office)
    assert row.text == "第1项按计划推进。\n东塘区政府：东塘区政府更新2台。\n西塘区政府：西塘区政府更新5台。"
    (total,) = row.sums
    assert (total.cumulative, total.units, total.differs) == (3, 7, True)
    assert row.gaps == [total]


def test_what_the_office_writes_stays_though_returns_change(office: Office) -> None:
    accepted(office)
    measure = office.rows[0].measure
    row = actions.write(office.coordinator, office.plan, MARCH, measure, "  改写。 ", revision=0)
    assert row_of(office).text == "改写。"
    with pytest.raises(Stale):
        actions.write(office.coordinator, office.plan, MARCH, measure, "另一句。", revision=0)
    actions.write(office.coordinator, office.plan, MARCH, measure, "再改。", revision=row.revision)
    with pytest.raises(Stale):
        actions.restore(office.coordinator, office.plan, MARCH, measure, revision=1)
    actions.restore(office.coordinator, office.plan, MARCH, measure, revision=2)
    assert row_of(office).text == "第1项按计划推进。"
    assert [event.action for event in AuditEvent.objects.filter(action__startswith="merge.").order_by("id")] == [
        "merge.write", "merge.write", "merge.restore"
    ]  # fmt: skip


def test_only_the_coordinator_writes_and_issues(office: Office) -> None:
    for user in (office.writer, office.reviewer):
        with pytest.raises(PermissionDenied):
            actions.write(user, office.plan, MARCH, office.rows[0].measure, "改写。", revision=0)
        with pytest.raises(PermissionDenied):
            actions.issue(user, office.plan, MARCH)


def test_refusals_say_why(office: Office) -> None:
    with pytest.raises(NotPossible):
        actions.issue(office.coordinator, office.plan, MARCH)
    for month in ("2024-12", "2025-13"):
        with pytest.raises(NotPossible):
            actions.write(office.coordinator, office.plan, month, office.rows[0].measure, "改写。", revision=0)
    with pytest.raises(NotPossible):
        actions.write(office.coordinator, office.plan, MARCH, office.rows[0].measure, "字" * 4001, revision=0)


def test_an_issue_is_frozen_and_a_correction_is_the_next(office: Office) -> None:
    accepted(office)
    first = actions.issue(office.coordinator, office.plan, MARCH)
    actions.write(office.coordinator, office.plan, MARCH, office.rows[0].measure, "更正。", revision=0)
    second = actions.issue(office.coordinator, office.plan, MARCH)
    first.refresh_from_db()
    assert (first.number, second.number) == (1, 2)
    assert first.content["rows"][0]["text"] == "第1项按计划推进。"
    assert second.content["rows"][0]["text"] == "更正。"
    assert first.docx.sha256 != second.docx.sha256


def test_last_month_is_compared(office: Office) -> None:
    accepted(office, FEBRUARY)
    ret = office.ret(MARCH)
    office.fill(ret, office.rows[1:])
    figures = {str(office.share.uid): (Decimal(0), Decimal(3))}
    write_entry(office.writer, ret, office.rows[0], EntryWords(progress="第1项按计划推进。", figures=figures))
    Return.objects.filter(pk=ret.pk).update(state=ReturnState.ACCEPTED)
    assert row_of(office).same
    assert row_of(office).fallen == ()
    actions.write(office.coordinator, office.plan, FEBRUARY, office.rows[0].measure, "上月的话。", revision=0)
    actions.issue(office.coordinator, office.plan, FEBRUARY)
    assert not row_of(office).same
    Share.objects.get(pk=office.share.pk).figures.filter(entry__report__period=MARCH).update(cumulative=Decimal(2))
    ((fell, last),) = row_of(office).fallen
    assert (fell.cumulative, last) == (2, 3)
    assert queries.previous(office.plan, "2025-01") is None


def test_the_paper_has_the_plans_table_with_two_columns_more(office: Office) -> None:
    accepted(office)
    rows = queries.rows(office.plan, MARCH)
    sheet = openpyxl.load_workbook(BytesIO(actions.written(office.plan, MARCH, rows, "xlsx"))).active
    assert sheet is not None
    heads = [cell.value for cell in sheet[3]]
    assert heads[-2:] == ["进展", "状态"]
    assert "工作措施" in heads
    lines = {line[heads.index("工作措施")]: line for line in sheet.iter_rows(min_row=4, values_only=True)}
    line = lines[office.rows[0].measure.text]
    assert line[-2] == "第1项按计划推进。\n合计：设备更新本期3台，累计3台。"
    assert line[-1] == "逾期"
    assert "A1" in str(sheet.merged_cells)
    word = zipfile.ZipFile(BytesIO(actions.written(office.plan, MARCH, rows, "docx", draft=True)))
    assert "第1项按计划推进。" in word.read("word/document.xml").decode()
    assert "草稿" in word.read("word/header1.xml").decode()


def test_formulas_in_words_stay_text(office: Office) -> None:
    accepted(office, progress="=1+1")
    sheet = openpyxl.load_workbook(
        BytesIO(actions.written(office.plan, MARCH, queries.rows(office.plan, MARCH), "xlsx"))
    )
    cells = [cell for line in sheet.active.iter_rows() for cell in line if str(cell.value).startswith("=1+1")]  # type: ignore[union-attr]
    assert cells
    assert {cell.data_type for cell in cells} == {"s"}


def test_the_page_saves_only_touched_rows(office: Office, login: Callable[[str], Client]) -> None:
    accepted(office)
    client, where = login("coordinator"), reverse("assessment:merge", args=[office.plan.uid, MARCH])
    page = client.get(where)
    form = {
        f"{name}-{item['row'].measure.uid}": value
        for item in page.context["rows"]
        for name, value in (("text", item["text"]), ("was", item["was"]), ("rev", "0"))
    }
    key = f"text-{office.rows[0].measure.uid}"
    save = reverse("assessment:merge-save", args=[office.plan.uid, MARCH])
    assert client.post(save, form).status_code == 302
    assert not MergeText.objects.exists()
    assert client.post(save, form | {key: "改写。"}).status_code == 302
    assert [row.text for row in MergeText.objects.all()] == ["改写。"]
    again = client.post(save, form | {key: "我的话。"})
    assert again.status_code == 409
    assert "我的话。" in again.content.decode()
    assert [row.text for row in MergeText.objects.all()] == ["改写。"]
    back = {f"back-{office.rows[0].measure.uid}": "1", f"rev-{office.rows[0].measure.uid}": "1"}
    client.post(save, form | back)
    assert not MergeText.objects.exists()


def test_issue_and_files_by_the_page(office: Office, login: Callable[[str], Client]) -> None:
    accepted(office)
    client = login("coordinator")
    client.post(reverse("assessment:merge-issue", args=[office.plan.uid, MARCH]))
    made = queries.issues(office.plan, MARCH)[0]
    answer = client.get(reverse("assessment:merge-issued", args=[made.uid, "docx"]))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "attachment" in answer["Content-Disposition"]
    assert client.get(reverse("assessment:merge-issued", args=[made.uid, "exe"])).status_code == 404
    assert client.get(reverse("assessment:merge", args=[office.plan.uid, "2025-99"])).status_code == 404
    outside = Client()
    outside.force_login(office.writer)
    assert outside.get(reverse("assessment:merge-issued", args=[made.uid, "docx"])).status_code == 404
    assert outside.get(reverse("assessment:merge", args=[office.plan.uid, MARCH])).status_code == 403


def test_more_units_ask_no_more_queries(office: Office) -> None:
    accepted(office, APRIL)
    with CaptureQueriesContext(connection) as few:
        queries.rows(office.plan, APRIL)
    for name in ("东塘区政府", "西塘区政府", "东塘区生态环境局"):
        joins(office, name, 2, APRIL)
    with CaptureQueriesContext(connection) as many:
        queries.rows(office.plan, APRIL)
    assert len(few) == len(many)
