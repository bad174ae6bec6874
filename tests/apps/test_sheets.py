"""Sheets to fill: downloaded, filled in, brought back, matched exactly; what is wrong with a cell stands beside it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lantian.apps.areas.models import Unit
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.incoming.words import column_of
from lantian.apps.supervision.models import Entry, Incoming, IncomingState, Route
from lantian.apps.supervision.queries import sheets as queries
from lantian.apps.supervision.sheets import COLUMNS, FIELDS
from tests.apps.test_incoming import DISTRICT, month, office, plan, reporter

__all__ = ["month", "office", "plan", "reporter"]

pytestmark = [pytest.mark.django_db]

HEAD = [name for name, _width in COLUMNS]


@pytest.fixture
def client(reporter: User) -> Client:
    found = Client()
    found.force_login(reporter)
    return found


def workbook(client: Client, plan: Plan, month: str) -> tuple[Any, Any, int]:
    """The sheet of the district, its page, and the line of its head."""
    unit = Unit.objects.get(name=DISTRICT)
    answer = client.get(reverse("supervision:sheet", args=[plan.uid, unit.uid, month, "xlsx"]))
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    page = book.active
    head = next(row for row in range(1, 12) if page.cell(row, 1).value == "序号")
    assert [page.cell(head, col).value for col in range(1, len(HEAD) + 1)] == HEAD
    return book, page, head


def back(client: Client, plan: Plan, month: str, run: Callable[[], int], book: Any, name: str = "表.xlsx") -> Incoming:
    stream = io.BytesIO()
    book.save(stream)
    given = {"period": month, "files": SimpleUploadedFile(name, stream.getvalue())}
    assert client.post(reverse("supervision:sheets-upload", args=[plan.uid]), given).status_code == 302
    run()
    return Incoming.objects.latest("id")


def col(name: str) -> int:
    return HEAD.index(name) + 1


def test_every_column_is_found_again_by_its_words() -> None:
    assert [column_of(name) for name in HEAD] == list(FIELDS)


def test_a_filled_workbook_is_matched_by_its_codes_even_when_its_lines_were_moved(
    client: Client, plan: Plan, month: str, run_jobs: Callable[[], int]
) -> None:
    book, page, head = workbook(client, plan, month)
    lines = [[page.cell(row, column).value for column in range(1, len(HEAD) + 1)] for row in range(head + 1, head + 4)]
    for place, line in enumerate(reversed(lines)):
        for column, value in enumerate(line, start=1):
            page.cell(head + 1 + place, column, value)
    for row in range(head + 1, head + 4):
        if "锅炉" in page.cell(row, col("工作措施")).value:
            page.cell(row, col("本期进展"), "完成2台")
            page.cell(row, col("本期数"), "2台")
            page.cell(row, col("累计数"), 5)
            page.cell(row, col("是否完成"), "否")
    piece = back(client, plan, month, run_jobs, book)
    assert (piece.state, piece.route, piece.problems) == (IncomingState.STAGED, Route.SHEET, [])
    item = piece.items.get()  # lines that were left empty say nothing
    assert item.commitment
    assert "锅炉" in item.commitment.measure.text
    assert item.confidence == 1.0
    assert (item.figures[0]["period_value"], item.figures[0]["cumulative"]) == ("2", "5")
    client.post(reverse("supervision:incoming-take-all", args=[piece.uid]), {"least": "95"})
    entry = Entry.objects.get()
    assert entry.figures.get().cumulative == 5
    assert (entry.source["route"], entry.source["behalf"]) == (Route.SHEET, False)


def test_a_filled_document_is_matched_by_its_codes(
    client: Client, plan: Plan, month: str, run_jobs: Callable[[], int]
) -> None:
    unit = Unit.objects.get(name=DISTRICT)
    answer = client.get(reverse("supervision:sheet", args=[plan.uid, unit.uid, month, "docx"]))
    document = docx.Document(io.BytesIO(answer.content))
    row = next(row for row in document.tables[0].rows if "锅炉" in row.cells[1].text)
    row.cells[col("本期进展") - 1].text = "完成3台"
    row.cells[col("累计数") - 1].text = "7"
    piece = back(client, plan, month, run_jobs, document, "表.docx")
    assert piece.items.get().figures[0]["cumulative"] == "7"


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("累计数", "较多", "no_number"),
        ("累计数", "5吨", "unit_differs"),
        ("累计数", "=2+3", "unsaved"),
        ("行码", "ffffffff", "unknown_code"),
    ],
)
def test_what_is_wrong_with_a_cell_stands_beside_its_row(
    client: Client, plan: Plan, month: str, run_jobs: Callable[[], int], column: str, value: str, problem: str
) -> None:
    book, page, head = workbook(client, plan, month)
    row = next(row for row in range(head + 1, head + 4) if "锅炉" in page.cell(row, col("工作措施")).value)
    page.cell(row, col("本期进展"), "推进中")
    page.cell(row, col(column), value)
    piece = back(client, plan, month, run_jobs, book)
    found = piece.items.get().problems
    assert [item["id"] for item in found if item["hard"]] == [problem]
    page_text = client.get(reverse("supervision:incoming", args=[piece.uid])).content.decode()
    assert found[0]["zh"].replace('"', "&quot;") in page_text
    client.post(reverse("supervision:incoming-take-all", args=[piece.uid]), {"least": "0"})
    assert not Entry.objects.exists()


def test_sheets_of_another_month_plan_or_unit_are_refused(
    client: Client, office: Client, plan: Plan, month: str, run_jobs: Callable[[], int]
) -> None:
    book, page, head = workbook(client, plan, month)
    line = next(row for row in range(1, head) if str(page.cell(row, 1).value).startswith("填报编号"))
    mine = page.cell(line, 1).value
    page.cell(line, 1).value = mine.replace(month, "2025-01")
    assert [p["id"] for p in back(client, plan, month, run_jobs, book).problems] == ["other_period"]
    page.cell(line, 1).value = mine.replace(plan.uid.hex[-8:], "00000000")
    assert [p["id"] for p in back(client, plan, month, run_jobs, book).problems] == ["other_plan"]
    page.cell(line, 1).value = mine
    page.cell(head, col("本期进展")).value = "改了名"
    assert [p["id"] for p in back(client, plan, month, run_jobs, book).problems] == ["columns_missing"]
    other = Unit.objects.get(name="西塘区政府")
    answer = office.get(reverse("supervision:sheet", args=[plan.uid, other.uid, month, "xlsx"]))
    theirs = openpyxl.load_workbook(io.BytesIO(answer.content))
    refused = back(client, plan, month, run_jobs, theirs)
    assert (refused.state, [p["id"] for p in refused.problems]) == (IncomingState.FAILED, ["other_unit"])
    assert not Entry.objects.exists()


def test_a_unit_sees_its_own_sheet_and_nobody_else_s(client: Client, plan: Plan, month: str) -> None:
    page = client.get(reverse("supervision:sheets", args=[plan.uid])).content.decode()
    assert DISTRICT in page
    assert "西塘区政府" not in page
    other = Unit.objects.get(name="西塘区政府")
    assert client.get(reverse("supervision:sheet", args=[plan.uid, other.uid, month, "xlsx"])).status_code == 403
    assert client.get(reverse("supervision:sheet", args=[plan.uid, other.uid, "2025-13", "xlsx"])).status_code == 404
    assert client.get(reverse("supervision:sheet", args=[plan.uid, other.uid, month, "pdf"])).status_code == 404


@pytest.mark.db
def test_all_sheets_come_as_one_archive_in_a_fixed_number_of_queries(office: Client, plan: Plan, month: str) -> None:
    answer = office.get(reverse("supervision:sheets-archive", args=[plan.uid, month, "xlsx"]))
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert f"{DISTRICT}-{month}-进展填报表.xlsx" in names
    with CaptureQueriesContext(connection) as seen:
        found = queries.sheets(plan, month)
    assert len(found) == len(names)
    assert len(seen) <= 3


def test_texts_of_a_sheet_become_no_formula(
    client: Client, plan: Plan, month: str, run_jobs: Callable[[], int]
) -> None:
    book, page, head = workbook(client, plan, month)
    page.cell(head + 1, col("本期进展")).value = '\'=HYPERLINK("http://x")'
    piece = back(client, plan, month, run_jobs, book)
    client.post(reverse("supervision:incoming-take-all", args=[piece.uid]), {"least": "0"})
    _book, again, line = workbook(client, plan, month)
    kinds = {again.cell(row, column).data_type for row in range(line + 1, line + 4) for column in range(1, 12)}
    assert "f" not in kinds
