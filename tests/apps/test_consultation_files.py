"""What goes from office to office: reply forms out and back, stamped replies, the 意见采纳情况表."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import docx
import openpyxl
import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.apps.areas.models import Unit
from lantian.apps.consultation import actions, papers, queries, returned
from lantian.apps.consultation.actions import NotPossible
from lantian.apps.consultation.frozen import Line, lines_of
from lantian.apps.consultation.models import Answer, Channel, Comment, Decision, Invitation, Round
from lantian.apps.consultation.words import tidy
from lantian.apps.core.files import TooLargeError
from lantian.apps.core.models import AuditEvent, StoredFile, User
from lantian.apps.plans.models import Plan
from lantian.reading.text import compare_form
from tests.conftest import examples

pytestmark = [pytest.mark.django_db]

PDF = b"%PDF-1.4 a stamped reply of ours"
HEADER = [name for name, _width in papers.FORM_COLUMNS]


@pytest.fixture
def office(people: dict[str, User]) -> User:
    return people["coordinator"]


@pytest.fixture
def opened(make_plan: Callable[..., Plan], office: User) -> Round:
    asked = Unit.objects.filter(name__in=("市交通局", "东塘区政府", "西塘区政府"))
    due = timezone.localdate() + timedelta(days=7)
    return actions.open_round(office, make_plan(publish=False), asked, due, title="征求意见函")


@pytest.fixture
def invitation(opened: Round) -> Invitation:
    return opened.invitations.select_related("round__plan__area", "unit").get(unit__name="市交通局")


def blank(row: Round, kind: str, unit: str = "市交通局") -> bytes:
    return papers.make(papers.reply_form(row, lines_of(row.sent.content), unit), kind)


def fill(content: bytes, kind: str, entries: dict[str, tuple[str, str, str]]) -> bytes:
    """Write 意见类型, 修改意见, 理由 beside the rows with these numbers, as a unit does in Word or Excel."""
    stream = BytesIO()
    if kind == "xlsx":
        book = openpyxl.load_workbook(BytesIO(content))
        for row in book.worksheets[0].iter_rows():
            for cell, text in zip(row[5:8], entries.get(str(row[0].value), ()), strict=False):
                cell.value = text
        book.save(stream)
    else:
        document = docx.Document(BytesIO(content))
        for row in document.tables[0].rows:
            for cell, text in zip(row.cells[5:8], entries.get(row.cells[0].text, ()), strict=False):
                cell.text = text
        document.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_a_form_goes_out_and_comes_back(office: User, opened: Round, invitation: Invitation, kind: str) -> None:
    entries = {
        "全文": ("", "建议增加“移动源”一章。", ""),
        "2": ("量化目标", "将“20台”改为“15台”。\n另请说明口径。", "经费未落实"),
        "5": ("", "无", ""),
    }
    filled = fill(blank(opened, kind), kind, entries)
    form = actions.stage_form(office, invitation, f"回复.{kind}", [filled])
    assert form.problems == []
    assert not Comment.objects.exists()  # only staged
    invitation.refresh_from_db()
    assert actions.accept_form(office, invitation) == 2
    assert (invitation.status, invitation.how, invitation.reply_name) == (
        Answer.COMMENTED, Channel.FILE, f"回复.{kind}",
    )  # fmt: skip
    assert invitation.staged is None
    found = [(c.n, c.kind, c.proposal, c.reason) for c in queries.submitted(opened)]
    assert found == [
        (None, "text", "建议增加“移动源”一章。", ""),
        (2, "target", "将“20台”改为“15台”。\n另请说明口径。", "经费未落实"),
    ]
    assert queries.submitted(opened)[1].measure is not None
    assert invitation.reply is not None
    assert invitation.reply.path.read_bytes() == filled


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_a_form_must_say_that_there_is_nothing_to_say(
    office: User, opened: Round, invitation: Invitation, kind: str
) -> None:
    form = actions.stage_form(office, invitation, f"空.{kind}", [blank(opened, kind)])
    assert "无意见" in form.problems[0].text
    with pytest.raises(NotPossible):
        actions.accept_form(office, invitation)
    filled = fill(blank(opened, kind), kind, {"全文": ("", "无意见", "")})
    actions.stage_form(office, invitation, f"无.{kind}", [filled])
    assert actions.accept_form(office, invitation) == 0
    assert (invitation.status, invitation.how) == (Answer.NO_OBJECTION, Channel.FILE)


def test_problems_are_listed_by_row_and_nothing_is_taken_over(
    office: User, opened: Round, invitation: Invitation
) -> None:
    book = openpyxl.load_workbook(BytesIO(blank(opened, "xlsx")))
    sheet = book.worksheets[0]
    start = next(row[0].row for row in sheet.iter_rows() if row[0].value == "编号")
    sheet.cell(start + 2, 7).value = "改"  # row 1: good
    sheet.cell(start + 3, 8).value = "只有理由"
    sheet.cell(start + 4, 1).value = "77"
    sheet.cell(start + 4, 7).value = "改"
    sheet.cell(start + 5, 3).value = "别的措施，与原文不同。"
    sheet.cell(start + 5, 7).value = "改"
    sheet.cell(start + 6, 6).value = "语气"
    sheet.cell(start + 6, 7).value = "改"
    stream = BytesIO()
    book.save(stream)
    form = actions.stage_form(office, invitation, "回复.xlsx", [stream.getvalue()])
    rows = [problem.row for problem in form.problems]
    assert [row - rows[0] for row in rows] == [0, 1, 2, 3]
    for problem, words in zip(form.problems, ("修改意见”为空", "编号 77", "编号 4", "语气"), strict=True):
        assert words in problem.text
    assert not Comment.objects.exists()
    invitation.refresh_from_db()
    assert invitation.status == Answer.WAITING
    assert invitation.staged is not None
    assert len(invitation.staged["problems"]) == 4
    actions.discard_form(office, invitation)
    assert invitation.staged is None


def test_the_form_of_another_round_or_unit_is_told(office: User, opened: Round, invitation: Invitation) -> None:
    filled = fill(blank(opened, "xlsx", "东塘区政府"), "xlsx", {"1": ("", "改", "")})
    form = actions.stage_form(office, invitation, "错.xlsx", [filled])
    assert [p.text for p in form.problems] == ["反馈表上的单位是“东塘区政府”，不是“市交通局”。"]
    Round.objects.filter(pk=opened.pk).update(uid="01900000-0000-7000-8000-000000000000")
    invitation.round.refresh_from_db()
    form = actions.stage_form(
        office, invitation, "旧.xlsx", [fill(blank(opened, "xlsx"), "xlsx", {"1": ("", "改", "")})]
    )
    assert [p.text for p in form.problems] == ["这份反馈表属于另一轮征求意见。"]


def test_what_is_no_form_is_refused(
    office: User, opened: Round, invitation: Invitation, settings: Any
) -> None:  # fmt: skip
    for name, content, words in (
        ("回复.pdf", PDF, "XLSX 或 DOCX"),
        ("回复.xlsx", b"not a workbook", "回复.xlsx"),
        ("回复.docx", b"PK\x03\x04 broken", "回复.docx"),
    ):
        with pytest.raises(NotPossible, match=words):
            actions.stage_form(office, invitation, name, [content])
    other = docx.Document()
    other.add_table(2, 2)
    stream = BytesIO()
    other.save(stream)
    form = actions.stage_form(office, invitation, "别的.docx", [stream.getvalue()])
    assert "没有找到" in form.problems[0].text
    settings.LANTIAN_UPLOAD_BYTES = 100
    with pytest.raises(TooLargeError):
        actions.stage_form(office, invitation, "大.xlsx", [blank(opened, "xlsx")])
    assert not Comment.objects.exists()


def test_drafts_on_screen_stay_or_are_replaced(office: User, opened: Round, invitation: Invitation) -> None:
    filled = fill(blank(opened, "docx"), "docx", {"1": ("", "来自文件", "")})
    actions.save_comment(office, invitation, 2, "来自网页")
    actions.stage_form(office, invitation, "回复.docx", [filled])
    actions.accept_form(office, invitation)
    assert [c.proposal for c in queries.submitted(opened)] == ["来自文件", "来自网页"]
    actions.withdraw(office, invitation)
    actions.stage_form(office, invitation, "回复.docx", [filled])
    actions.accept_form(office, invitation, replace=True)
    assert [c.proposal for c in queries.submitted(opened)] == ["来自文件"]
    events = AuditEvent.objects.filter(action="consultation.comment")
    assert {(event.before or {})["proposal"] for event in events if event.after is None} == {"来自文件", "来自网页"}


def test_stamped_replies_are_kept_as_they_came(office: User, opened: Round, invitation: Invitation) -> None:
    with pytest.raises(NotPossible, match="PDF"):
        actions.keep_scan(office, invitation, "回复.html", [b"<html>"], without_objection=True)
    assert invitation.status == Answer.WAITING
    actions.keep_scan(office, invitation, "盖章.pdf", [PDF], without_objection=False)
    actions.save_comment(office, invitation, 1, "改")
    actions.submit(office, invitation)
    assert (invitation.status, invitation.how) == (Answer.COMMENTED, Channel.PAPER)
    other = opened.invitations.select_related("round__plan__area", "unit").get(unit__name="西塘区政府")
    actions.keep_scan(office, other, "盖章2.jpg", [b"\xff\xd8\xff ours"], without_objection=True)
    assert (other.status, other.how) == (Answer.NO_OBJECTION, Channel.PAPER)
    stored = StoredFile.objects.get(sha256=sha256(PDF).hexdigest())
    event = AuditEvent.objects.get(action="consultation.scan", object_uid=invitation.uid)
    assert (event.after or {})["sha256"] == stored.sha256
    assert stored.path.read_bytes() == PDF


@pytest.fixture
def answered(office: User, opened: Round, invitation: Invitation) -> Round:
    """One unit with four comments decided each way, one without objection, one silent."""
    for n, verdict, why in (
        (0, Decision.OPEN, ""), (1, Decision.ADOPTED, ""), (2, Decision.PARTLY, "口径不变"),
        (2, Decision.REJECTED, "与上级文件不一致"),
    ):  # fmt: skip
        comment = actions.save_comment(office, invitation, n, f'=HYPERLINK("x")改{n}{verdict}', "因为\x07如此")
        assert comment is not None
        Comment.objects.filter(pk=comment.pk).update(decision=verdict, decision_reason=why)
    actions.submit(office, invitation)
    other = opened.invitations.select_related("round__plan__area", "unit").get(unit__name="西塘区政府")
    actions.no_objection(office, other)
    return opened


def adoption(row: Round, kind: str) -> bytes:
    state = queries.progress(row)
    sheet = papers.adoption_table(row, state, list(queries.submitted(row)), lines_of(row.sent.content))
    return papers.make(sheet, kind)


def test_the_table_of_decisions_as_word(answered: Round) -> None:
    document = docx.Document(BytesIO(adoption(answered, "docx")))
    page = document.sections[0]
    assert page.page_width is not None
    assert page.page_height is not None
    assert page.page_width > page.page_height
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[0] == "《云溪市大气污染防治2025年行动计划》意见采纳情况表"
    assert texts[1] == (
        "共征求3个单位意见，收到2个单位反馈，其中1个单位无意见、1个单位提出意见4条，1个单位尚未反馈。"
        "待定1条、采纳1条、部分采纳1条、不采纳1条。"
    )
    table = document.tables[0]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0] == ["序号", "征求意见单位", "条目（任务/措施）", "修改意见", "理由", "采纳情况", "说明"]
    assert [row[0] for row in rows[1:]] == ["1", "2", "3", "4", "5", "6"]
    assert [(row[1], row[5], row[6]) for row in rows[1:5]] == [
        ("市交通局", "待定", "—"), ("市交通局", "采纳", "—"), ("市交通局", "部分采纳", "口径不变"),
        ("市交通局", "不采纳", "与上级文件不一致"),
    ]  # fmt: skip
    assert rows[1][2] == "全文"
    assert rows[2][2] == "1 任务1\n第1条：第1项措施，年内完成10台设备更新。"
    assert rows[2][4] == "因为如此"
    assert {(row[1], row[3]) for row in rows[5:]} == {("东塘区政府", "未反馈"), ("西塘区政府", "无意见")}
    assert "w:tblHeader" in table.rows[0]._tr.xml
    assert "w:tblHeader" not in table.rows[1]._tr.xml


def test_the_table_of_decisions_as_workbook_holds_no_formula(answered: Round) -> None:
    sheet = openpyxl.load_workbook(BytesIO(adoption(answered, "xlsx"))).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert sum(str(cell.value).startswith("=HYPERLINK") for cell in cells) == 4
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_rows == "$3:$3"


words = st.text(st.characters(codec="utf-8"), max_size=30)
lines = [Line(str(n), n, "", n, f"任务{n}", f"第{n}项措施，完成更新。", "年底前", ()) for n in (1, 2, 3)]


@settings(max_examples=examples(50))
@given(st.lists(st.tuples(st.sampled_from(["全文", "1", "2", "3", "9", "x", ""]), words, words, words), max_size=6))
def test_every_row_of_a_form_is_a_comment_a_problem_or_silence(rows: list[tuple[str, str, str, str]]) -> None:
    texts = {str(line.n): line.text for line in lines}
    table = [{"row": 1, "cells": HEADER}] + [
        {"row": place, "cells": [n, "", texts.get(n, ""), "", "", kind, proposal, reason]}
        for place, (n, kind, proposal, reason) in enumerate(rows, start=2)
    ]
    form = returned.read_filled({"lines": [], "tables": [table]}, lines, "", "甲局")
    told = {item.row for item in form.given} | {item.row for item in form.problems}
    for place, (_n, _kind, proposal, _reason) in enumerate(rows, start=2):
        said = tidy(proposal)
        if said and compare_form(said) not in returned.NOTHING:
            assert place in told
    assert len({item.row for item in form.given}) == len(form.given)
    for item in form.given:
        assert item.proposal
        assert item.n in (0, 1, 2, 3)
    if form.no_objection:
        assert not form.given
        assert not form.problems
