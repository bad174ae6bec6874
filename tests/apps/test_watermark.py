"""水印: whatever leaves of a plan that is not public says its level, who took it out and when."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import openpyxl
import pytest
from django.test import Client

from lantian.apps.areas.models import Unit
from lantian.apps.assessment.actions import merge
from lantian.apps.core.models import User
from lantian.apps.plans import watermark
from lantian.apps.plans.models import Plan, Secrecy
from lantian.apps.supervision.actions import review
from lantian.apps.supervision.actions.returns import submit
from lantian.reading.output.stamp import stamped
from lantian.reading.output.xlsx import workbook
from tests.apps.returning import MARCH, Office, make_office

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def office(make_plan: Callable[..., Plan], people: dict[str, User]) -> Office:
    return make_office(make_plan, people)


@pytest.fixture
def client(office: Office) -> Client:
    client = Client()
    client.force_login(office.coordinator)
    return client


def keep_inside(plan: Plan, secrecy: Secrecy = Secrecy.INTERNAL) -> None:
    plan.secrecy = secrecy
    plan.save(update_fields=["secrecy"])


def heads(content: bytes) -> list[str]:
    """What stands at the head of every page of a workbook or Word file."""
    if "word/document.xml" in zipfile.ZipFile(io.BytesIO(content)).namelist():
        sections = docx.Document(io.BytesIO(content)).sections
        return [paragraph.text for part in sections for paragraph in part.header.paragraphs]
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [page.oddHeader.right.text or "" for page in book]


def files_of(office: Office) -> dict[str, str]:
    """The addresses of everything that leaves as a file, by what it is."""
    plan = f"/plans/{office.plan.uid}"
    return {
        "duties": f"{plan}/duties/list.xlsx", "units": f"{plan}/duties/units.xlsx",
        "sheet": f"{plan}/sheets/{office.unit.uid}/{MARCH}.xlsx",
        "word sheet": f"{plan}/sheets/{office.unit.uid}/{MARCH}.docx",
        "merge": f"{plan}/merge/{MARCH}/draft.docx", "merge book": f"{plan}/merge/{MARCH}/draft.xlsx",
        "year": f"{plan}/year-end/draft.docx", "year book": f"{plan}/year-end/draft.xlsx",
    }  # fmt: skip


KINDS = ("duties", "units", "sheet", "word sheet", "merge", "merge book", "year", "year book")


@pytest.mark.parametrize("kind", KINDS)
def test_files_of_an_internal_plan_say_who_took_them_out(office: Office, client: Client, kind: str) -> None:
    address = files_of(office)[kind]
    said = heads(client.get(address).content)
    assert said
    assert not any("导出" in text for text in said)
    keep_inside(office.plan)
    for text in heads(client.get(address).content):
        assert text.startswith("内部")
        assert f"{office.coordinator} 20" in text
        assert "导出" in text
        assert ("草稿" in text) is kind.startswith(("merge", "year"))


def test_a_csv_says_it_in_its_last_line(office: Office, client: Client) -> None:
    address = f"/plans/{office.plan.uid}/duties/list.csv"
    before = list(csv.reader(io.StringIO(client.get(address).content.decode("utf-8-sig"))))
    keep_inside(office.plan, Secrecy.WORK_SECRET)
    after = list(csv.reader(io.StringIO(client.get(address).content.decode("utf-8-sig"))))
    assert after[:-1] == before
    assert len(after[-1]) == 1
    assert after[-1][0].startswith("工作秘密")


def test_sheets_in_an_archive_bear_it_each(office: Office, client: Client) -> None:
    keep_inside(office.plan)
    content = client.get(f"/plans/{office.plan.uid}/sheets/{MARCH}.xlsx.zip").content
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.namelist()
        assert all(heads(package.read(name))[0].startswith("内部") for name in package.namelist())


@pytest.mark.parametrize("form", ["docx", "xlsx"])
def test_what_was_issued_is_given_out_as_frozen_or_with_the_mark(office: Office, client: Client, form: str) -> None:
    ret = office.ret()
    office.fill(ret)
    ret.refresh_from_db()
    submit(office.writer, ret, signer="李四")
    review.accept(office.reviewer, ret, revision=ret.revision)
    made = merge.issue(office.coordinator, office.plan, MARCH)
    kept = getattr(made, form).path.read_bytes()
    assert client.get(f"/merges/{made.uid}/issued.{form}").content == kept
    keep_inside(office.plan)
    assert heads(client.get(f"/merges/{made.uid}/issued.{form}").content)[0].startswith("内部")
    assert getattr(made, form).path.read_bytes() == kept


def printed_pages(office: Office) -> list[str]:
    plan, bureau = f"/plans/{office.plan.uid}", Unit.objects.get(name="市生态环境局")
    return [
        f"{plan}/duties/", f"{plan}/duties/unit/{office.unit.uid}/", f"/returns/{office.ret().uid}/print/",
        f"{plan}/leader/", f"{plan}/merge/{MARCH}/", f"{plan}/year-end/", f"/units/{bureau.uid}/sheet/",
    ]  # fmt: skip


def test_pages_that_are_printed_bear_it_behind_the_words(office: Office, client: Client) -> None:
    for address in printed_pages(office):
        assert 'class="watermark"' not in client.get(address).content.decode(), address
    keep_inside(office.plan)
    for address in printed_pages(office):
        page = client.get(address).content.decode()
        assert page.count('class="watermark"') == 1, address
        assert f"{office.coordinator} 20" in page.partition('class="watermark"')[2].partition("</svg>")[0]
        assert "style=" not in page, address


def test_of_several_plans_the_strictest_counts(office: Office, make_plan: Callable[..., Plan]) -> None:
    other = make_plan(content=b"<html>another</html>")
    assert watermark.words([office.plan, other], "张三") == ""
    keep_inside(other, Secrecy.WORK_SECRET)
    assert watermark.words([office.plan, other], "张三").startswith("工作秘密　张三")
    assert watermark.words([], "张三") == ""


def test_names_of_people_cannot_break_a_file_or_a_page(office: Office, client: Client) -> None:
    User.objects.filter(pk=office.coordinator.pk).update(display_name='&R"<b>=1')
    keep_inside(office.plan)
    text = heads(client.get(f"/plans/{office.plan.uid}/duties/list.xlsx").content)[0]
    assert "<b>=1" in text
    assert "<b>=1" not in client.get(f"/plans/{office.plan.uid}/duties/").content.decode()


def made(header: str = "", paper: int = 0) -> bytes:
    target = io.BytesIO()
    book = workbook(target)
    page = book.add_worksheet()
    if header:
        page.set_header(header)
    if paper:
        page.set_paper(paper)
        page.set_footer("&C第 &P 页")
    book.close()
    return target.getvalue()


@pytest.mark.parametrize("content", [made(), made("&R旧"), made(paper=9), made("&R旧", 9)])
def test_a_workbook_keeps_what_it_has_and_gets_one_header(content: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(stamped(content, "xlsx", "内部 A&B")))
    assert book.active is not None
    before: Any = openpyxl.load_workbook(io.BytesIO(content)).active
    assert (book.active.oddHeader.right.text or "").replace("&&", "&") == "内部 A&B"
    assert book.active.oddFooter.center.text == before.oddFooter.center.text
    assert book.active.page_setup.paperSize == before.page_setup.paperSize


def test_other_forms_are_refused_and_no_mark_changes_nothing() -> None:
    with pytest.raises(ValueError, match="pdf"):
        stamped(b"", "pdf", "内部")
    assert stamped(b"as it was", "xlsx", "") == b"as it was"
