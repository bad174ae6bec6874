"""Plans as downloads and on the command line: what a person gets, and that it is the plan."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import docx
import openpyxl
import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lantian import read_plan as read_file
from lantian.apps.core.models import User
from lantian.apps.plans import exports
from lantian.apps.plans.models import Measure, Plan, PlanStatus, Secrecy
from lantian.cli import read as read_command
from lantian.cli.main import main
from lantian.reading import model as read
from lantian.reading.draft import Draft, DraftPlan, DraftRole
from lantian.reading.finish import finish_plan
from tests.apps.conftest import read_measure, read_plan

pytestmark = [pytest.mark.django_db]

Make = Callable[..., Plan]
Login = Callable[[str], Client]


def get(client: Client, plan: Plan, form: str, query: str = "") -> HttpResponse:
    return client.get(f"/plans/{plan.uid}/export/{form}/{query}")


def name_of(answer: HttpResponse) -> str:
    return unquote(answer.headers["Content-Disposition"].partition("filename*=utf-8''")[2])


def printed(count: int = 3) -> read.Plan:
    """A plan as the reader gives it from print."""
    drafts = [
        Draft(
            "一、移动源", (n + 1) // 2, f"任务{(n + 1) // 2}", [f"年底前更新纯电动公交车{n}20辆。", "巩固PM2.5成效。"],
            deadline="6月底前 年底前",
            roles=[DraftRole("lead", "市生态环境局、市交通局等"), DraftRole("responsible", "各区政府")],
        )
        for n in range(1, count + 1)
    ]  # fmt: skip
    return finish_plan(DraftPlan("云溪市大气污染防治2025年行动计划", drafts))


@pytest.mark.parametrize("form", exports.FORMATS)
def test_a_plan_is_an_attachment_with_its_title_as_name(form: str, make_plan: Make, login: Login) -> None:
    answer = get(login("viewer"), make_plan(), form)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == exports.FORMATS[form].content_type
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert name_of(answer) == f"云溪市大气污染防治2025年行动计划.{form}"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_word_read_again_gives_the_stored_plan(make_plan: Make, login: Login, tmp_path: Path) -> None:
    first = printed()
    path = tmp_path / "again.docx"
    path.write_bytes(get(login("viewer"), make_plan(first), "docx").content)
    (again,) = read_file(path)
    assert (again.title, again.year, again.region) == (first.title, first.year, first.region)
    for was, now in zip(first.measures, again.measures, strict=True):
        assert replace(now, source=was.source, flags=was.flags) == was


def test_json_is_the_contract(make_plan: Make, login: Login) -> None:
    first = printed()
    (plan,) = json.loads(get(login("viewer"), make_plan(first, name="计划.html"), "json").content)["plans"]
    assert (plan["file"], plan["title"], len(plan["sha256"])) == ("计划.html", first.title, 64)
    measure = plan["measures"][0]
    assert measure["lead"] == ["市生态环境局", "市交通局"]
    assert measure["deadline"]["also"][0]["end"] == "2025-12-31"
    assert [target["value"] for target in measure["targets"]] == [target.value for target in first.measures[0].targets]


def test_csv_opens_in_excel_and_runs_no_formula(make_plan: Make, login: Login) -> None:
    plan = make_plan(read_plan(read_measure(1, task='=HYPERLINK("http://x")', measure="-3.5以下。"), read_measure(2)))
    content = get(login("viewer"), plan, "csv").content
    assert content.startswith(b"\xef\xbb\xbf")
    header, first, second = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    row = dict(zip(header, first, strict=True))
    assert (row["重点任务"], row["工作措施"], row["编号"]) == ('\'=HYPERLINK("http://x")', "'-3.5以下。", "1")
    assert dict(zip(header, second, strict=True))["牵头单位"] == "市生态环境局"


def test_excel_has_measures_targets_and_the_duties_of_each_unit(make_plan: Make, login: Login) -> None:
    plan = make_plan(read_plan(read_measure(1, task="=1+1"), read_measure(2)))
    book = openpyxl.load_workbook(io.BytesIO(get(login("viewer"), plan, "xlsx").content))
    assert book.sheetnames == ["计划", "量化目标", "单位任务"]
    assert [sheet.max_row for sheet in book] == [3, 3, 7]
    task = book["计划"]["E2"]
    assert (task.value, task.data_type) == ("=1+1", "s")
    targets = dict(zip(*(list(book["量化目标"].values)[:2]), strict=True))
    assert (targets["数值"], targets["单位"], targets["类型"], targets["截止日期"]) == (10, "台", "数量", "2025-12-31")
    duties = [row[:2] + row[3:4] for row in book["单位任务"].iter_rows(min_row=2, values_only=True)]
    assert duties == [
        ("市生态环境局", "牵头", 1), ("市生态环境局", "牵头", 2), ("各区政府", "主责", 1), ("各区政府", "主责", 2),
        ("市无名局", "协办", 1), ("市无名局", "协办", 2),
    ]  # fmt: skip


def test_headings_follow_the_language_but_word_stays_chinese(
    make_plan: Make, people: dict[str, User], login: Login
) -> None:
    plan = make_plan()
    people["viewer"].language = "en"
    people["viewer"].save()
    client = login("viewer")
    assert get(client, plan, "csv").content.decode("utf-8-sig").startswith("Plan,No.,")
    (table,) = docx.Document(io.BytesIO(get(client, plan, "docx").content)).tables
    assert table.rows[0].cells[2].text == "工作措施"


def test_the_current_text_leaves_out_what_a_version_dropped(make_plan: Make, login: Login) -> None:
    plan = make_plan(printed(3))
    Measure.objects.filter(plan=plan, n=2).update(withdrawn=2)
    (shown,) = json.loads(get(login("viewer"), plan, "json").content)["plans"]
    assert [measure["n"] for measure in shown["measures"]] == [1, 3]


def test_an_older_version_is_exported_as_it_was(make_plan: Make, login: Login) -> None:
    plan = make_plan(printed(2))
    Measure.objects.filter(plan=plan, n=1).update(text="改过的措施。")
    Plan.objects.filter(pk=plan.pk).update(title="改过的计划")
    client = login("viewer")
    (now,) = json.loads(get(client, plan, "json").content)["plans"]
    answer = get(client, plan, "json", "?version=1")
    (kept,) = json.loads(answer.content)["plans"]
    assert (now["title"], now["measures"][0]["measure"]) == ("改过的计划", "改过的措施。")
    assert (kept["title"], kept["measures"][0]["measure"]) == (
        printed().title,
        printed().measures[0].measure,
    )
    assert name_of(answer) == f"{printed().title}（第1版）.json"
    assert get(client, plan, "json", "?version=0").status_code == 404  # what was read is for those who see drafts
    assert name_of(get(login("reviewer"), plan, "json", "?version=0")) == f"{printed().title}（读取稿）.json"


@pytest.mark.parametrize("query", ["?version=7", "?version=-1", "?version=abc", "?version=٣", "?version=99999999999"])
def test_a_version_that_is_not_there_is_not_found(query: str, make_plan: Make, login: Login) -> None:
    assert get(login("viewer"), make_plan(), "docx", query).status_code == 404


def test_a_form_that_is_not_there_is_not_found(make_plan: Make, login: Login) -> None:
    assert get(login("viewer"), make_plan(), "pdf").status_code == 404


@pytest.mark.parametrize(
    ("status", "secrecy", "mark"),
    [
        (PlanStatus.PUBLISHED, Secrecy.OPEN, ""),
        (PlanStatus.PUBLISHED, Secrecy.INTERNAL, "内部"),
        (PlanStatus.COMMENT, Secrecy.OPEN, "征求意见稿"),
        (PlanStatus.APPROVAL, Secrecy.WORK_SECRET, "工作秘密　报批稿"),
    ],
)
def test_word_says_on_every_page_how_far_and_how_secret_the_plan_is(
    status: str, secrecy: str, mark: str, make_plan: Make, login: Login
) -> None:
    plan = make_plan()
    Plan.objects.filter(pk=plan.pk).update(status=status, secrecy=secrecy)
    opened = docx.Document(io.BytesIO(get(login("administrator"), plan, "docx").content))
    said = opened.sections[0].header.paragraphs[0].text
    words, _break, taken = said.partition("　administrator 20")
    assert words == mark
    assert taken.endswith("导出") == (secrecy != "open")
    older = docx.Document(io.BytesIO(get(login("administrator"), plan, "docx", "?version=1").content))
    before = older.sections[0].header.paragraphs[0].text.partition("　administrator 20")[0]
    assert before == mark.replace("报批稿", "").replace("征求意见稿", "").strip()


def test_a_workbook_of_an_internal_plan_says_who_took_it_out(make_plan: Make, login: Login) -> None:
    plan = make_plan()
    for secrecy, words in (("open", ""), ("internal", "内部　administrator")):
        Plan.objects.filter(pk=plan.pk).update(secrecy=secrecy)
        book = openpyxl.load_workbook(io.BytesIO(get(login("administrator"), plan, "xlsx").content))
        heads = {sheet.oddHeader.right.text or "" for sheet in book.worksheets}
        assert all(text.startswith(words) and bool(text) == bool(words) for text in heads)


def test_names_of_files_are_safe(make_plan: Make) -> None:
    plan = make_plan()
    reading = exports.current(plan)
    for title, wanted in {
        "../云溪市:2025\n年\u202e计划?.": "云溪市2025年计划",
        "": "计划",
        "长" * 300: "长" * 120,
    }.items():
        assert exports.file_name(replace(reading, title=title), "docx") == f"{wanted}.docx"
    assert exports.file_name(replace(reading, title="", file=""), "csv") == "plan.csv"


@pytest.mark.db
def test_a_download_takes_as_many_queries_for_many_measures(make_plan: Make, login: Login) -> None:
    client = login("viewer")
    counts = []
    for number, size in enumerate((2, 30)):
        plan = make_plan(printed(size), content=f"{number}".encode())
        get(client, plan, "json")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            get(client, plan, "json")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 9


def run(*words: str) -> int:
    return main(["export", *words])


@pytest.fixture(autouse=True)
def _quiet_command(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.LANTIAN_DIRECTORY = ""
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")


def test_the_command_writes_what_its_suffix_says(
    make_plan: Make, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    plan = make_plan(printed())
    assert run(str(plan.uid), "-o", str(tmp_path / "a.docx")) == 0
    assert [measure.measure for measure in read_file(tmp_path / "a.docx")[0].measures] == [
        measure.measure for measure in printed().measures
    ]
    assert run(str(plan.uid), "-o", str(tmp_path / "a.xlsx")) == 0
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames[0] == "计划"
    assert run(str(plan.uid), "--version", "1") == 0
    assert json.loads(capfd.readouterr().out)["plans"][0]["title"] == plan.title


def test_the_command_says_what_is_wrong(make_plan: Make, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    plan = make_plan()
    assert run(str(plan.uid), "--format", "docx") == 2
    assert "docx 需要用 -o" in capfd.readouterr().err
    assert run("没有这个计划") == 1
    assert "没有 uid 为 没有这个计划 的计划" in capfd.readouterr().err
    assert run(str(uuid4())) == 1
    assert run(str(plan.uid), "--version", "9") == 1
    assert "没有第 9 版" in capfd.readouterr().err
    assert run(str(plan.uid), "-o", str(tmp_path / "missing" / "a.docx")) == 1
    assert "无法写入" in capfd.readouterr().err


def test_reading_writes_word_as_well(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    import lantian.demo

    source = str(Path(lantian.demo.__file__).with_name("plan.html"))
    assert main(["read", source, "-o", str(tmp_path / "a.docx")]) == 0
    assert read_file(tmp_path / "a.docx")[0].title == read_file(source)[0].title
    assert main(["read", source, "--format", "docx"]) == 2
    assert "docx 需要用 -o" in capfd.readouterr().err
    assert set(read_command.FORMATS) - {"table"} == set(exports.FORMATS)
