"""What the pages show, and how much they ask of the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lantian.apps.areas.models import Unit
from lantian.apps.core.models import Job
from lantian.apps.plans.models import Plan
from lantian.reading import model as read
from lantian.reading.errors import ReadingError
from tests.apps.conftest import read_measure, read_plan
from tests.apps.test_table import TABLE

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def text(answer: Any) -> str:
    """The words of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_an_empty_list_tells_the_first_thing_to_do(login: Callable[[str], Client]) -> None:
    assert "导入计划" in text(login("coordinator").get("/plans/"))
    page = text(login("viewer").get("/plans/"))
    assert "尚无计划" in page
    assert "导入计划" not in page


def test_the_list_is_filtered_by_its_address(make_plan: Callable[..., Plan], login: Callable[[str], Client]) -> None:
    make_plan(read_plan(title="甲计划", year=2024), content=b"1")
    make_plan(read_plan(title="乙计划", year=2025, medium="water"), content=b"2")
    make_plan(read_plan(title="丙计划", region="东塘区", level="district"), content=b"3", publish=False)
    client = login("viewer")

    def shown(query: str, browser: Client = client) -> set[str]:
        return set(re.findall("[甲乙丙]计划", text(browser.get(f"/plans/{query}"))))

    assert shown("") == {"甲计划", "乙计划"}
    assert shown("", login("coordinator")) == {"甲计划", "乙计划", "丙计划"}
    assert shown("?year=2024") == {"甲计划"}
    assert shown("?medium=water") == {"乙计划"}
    assert shown("?area=880101", login("coordinator")) == {"丙计划"}
    assert shown("?area=880000", login("coordinator")) == {"甲计划", "乙计划", "丙计划"}
    assert shown("?status=draft", login("coordinator")) == {"丙计划"}
    assert shown("?q=甲") == {"甲计划"}
    assert shown("?year=notayear&area=1&page=99") == set()


def test_the_plan_stands_as_printed(make_plan: Callable[..., Plan], login: Callable[[str], Client]) -> None:
    plan = make_plan()
    html = login("viewer").get(f"/plans/{plan.uid}/").content.decode()
    assert html.count('rowspan="2"') == 6
    assert html.count('class="section"') == 1
    assert html.count("<mark ") == 6
    assert 'data-label="牵头单位"' in html
    assert f'href="/units/{Unit.objects.get(name="市生态环境局").uid}/"' in html
    assert 'title="原文: 市环境局"' in html
    assert " style=" not in html
    assert "<script" not in html


def test_the_table_is_filtered_by_its_address(make_plan: Callable[..., Plan], login: Callable[[str], Client]) -> None:
    own = read_measure(
        1, measure="治理NOx排放。", roles=(read.Role("lead", "市交通局", "市交通局"),), targets=(),
        deadline=read.Deadline("长期实施", "long_term"), section="二、其他",
    )  # fmt: skip
    plan = make_plan(read_plan(own, read_measure(2), read_measure(3)))
    client = login("viewer")

    def shown(query: str) -> list[str]:
        return re.findall(r'<tr id="m(\d+)"', client.get(f"/plans/{plan.uid}/?{query}").content.decode())

    assert shown("") == ["1", "2", "3"]
    assert shown("unit=市交通局") == ["1"]
    assert shown("unit=市生态环境局&role=lead") == ["2", "3"]
    assert shown("unit=市生态环境局&role=support") == []
    assert shown("deadline=long_term") == ["1"]
    assert shown("deadline=年底前") == ["2", "3"]
    assert shown("flags=1") == ["1"]
    assert shown("q=nox") == ["1"]
    assert shown("q=ＮＯx 排放") == ["1"]
    assert shown("role=nonsense&page=x") == ["1", "2", "3"]


def test_hostile_print_stays_text(make_plan: Callable[..., Plan], login: Callable[[str], Client]) -> None:
    bad = "<script>alert(1)</script>"
    measure = read_measure(
        1, measure=bad, paragraphs=(bad,), task=bad, section=bad, roles=(read.Role("lead", bad, bad + "x"),),
        flags=(read.Flag("R13", bad),), targets=(read.Target(bad, bad, "count", span=(0, 8)),),
        deadline=read.Deadline(bad, "none"),
    )  # fmt: skip
    table = {
        "page": None,
        "columns": 1,
        "rows": [{"row": 2, "cells": [{"col": 0, "span": 1, "height": 1, "text": bad}]}],
    }
    plan = make_plan(read_plan(measure, title=bad), name=f"{bad}.html", printed=[table])
    client = login("coordinator")
    for address in ("/plans/", f"/plans/{plan.uid}/", f"/measures/{plan.measures.get().uid}/", "/imports/"):
        assert bad not in client.get(address).content.decode(), address


def test_the_measure_page_shows_reading_flags_and_print(
    make_plan: Callable[..., Plan], login: Callable[[str], Client]
) -> None:
    measures = [read_measure(n, measure=f"{'甲乙丙丁'[n - 1]}措施", targets=()) for n in (1, 2, 3)]
    plan = make_plan(read_plan(*measures), printed=[TABLE])
    middle = plan.measures.get(n=2)
    client = login("viewer")
    html = client.get(f"/measures/{middle.uid}/").content.decode()
    hit = re.search(r'<tr class="hit".*?</tr>', html, re.S)
    assert hit is not None
    assert "乙措施" in hit[0]
    assert f"/measures/{plan.measures.get(n=1).uid}/" in html
    assert f"/measures/{plan.measures.get(n=3).uid}/" in html
    first = text(client.get(f"/measures/{plan.measures.get(n=1).uid}/"))
    assert "单位名称不在名录内" in first
    assert "名录中没有" in first
    english = login("viewer")
    english.post("/language/", {"language": "en"})
    assert "unit name is not in the register" in text(english.get(f"/measures/{plan.measures.get(n=1).uid}/"))


def test_a_pdf_shows_its_page_with_the_cells_marked(
    make_plan: Callable[..., Plan], login: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    box = read.CellRef("measure", 2, 5, 2, read.Box(2, 0.1, 0.2, 0.6, 0.25))
    plan = make_plan(
        read_plan(read_measure(1, source=read.Source(2, 5, (box,)))), name="plan.pdf", content=b"%PDF-1.4 ours"
    )
    client = login("viewer")
    html = client.get(f"/measures/{plan.measures.get().uid}/").content.decode()
    assert f'src="/plans/{plan.uid}/pages/2.png"' in html
    assert 'x="0.1000" y="0.2000" width="0.5000" height="0.0500"' in html
    calls = []

    def render(_function: Any, path: Any) -> bytes:
        calls.append(path.name)
        assert path.read_bytes() == b"%PDF-1.4 ours"
        return b"\x89PNG"

    monkeypatch.setattr("lantian.reading.guard.run_guarded", render)
    for _ in range(2):
        answer = client.get(f"/plans/{plan.uid}/pages/2.png")
        assert (answer.status_code, answer.headers["Content-Type"], answer.content) == (200, "image/png", b"\x89PNG")
    assert calls == ["2"]

    def refuse(_function: Any, _path: Any) -> bytes:
        raise ReadingError("坏页", "bad page")

    monkeypatch.setattr("lantian.reading.guard.run_guarded", refuse)
    assert client.get(f"/plans/{plan.uid}/pages/3.png").status_code == 404


def test_the_source_file_is_a_download(make_plan: Callable[..., Plan], login: Callable[[str], Client]) -> None:
    plan = make_plan(name="计划 终稿.html", content=b"<script>alert(1)</script>")
    answer = login("viewer").get(f"/plans/{plan.uid}/file/")
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''%E8%AE%A1")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_unit_page_lists_measures_by_role(make_plan: Callable[..., Plan], login: Callable[[str], Client]) -> None:
    make_plan(
        read_plan(read_measure(1), read_measure(2, roles=(read.Role("support", "市生态环境局", "市生态环境局"),)))
    )
    make_plan(read_plan(read_measure(1, measure="不公开的草稿措施")), content=b"2", publish=False)
    unit = Unit.objects.get(name="市生态环境局")
    client = login("viewer")
    page = text(client.get(f"/units/{unit.uid}/"))
    assert "牵头 1" in page
    assert "协办 1" in page
    assert "市环保局 (至 2018-12-31)" in page
    assert "草稿措施" not in page
    assert "第1项措施" not in text(client.get(f"/units/{unit.uid}/?role=support"))


def test_uploading_several_files_starts_their_imports(
    login: Callable[[str], Client], settings: Any, run_jobs: Callable[[], int]
) -> None:
    settings.LANTIAN_UPLOAD_BYTES = 2000
    client = login("coordinator")
    files = [
        SimpleUploadedFile("好.txt", "今天天气很好。".encode()),
        SimpleUploadedFile("空.txt", b""),
        SimpleUploadedFile("大.txt", b"x" * 3000),
    ]
    answer = client.post("/imports/upload/", {"files": files}, follow=True)
    assert answer.redirect_chain == [("/imports/", 302)]
    page = text(answer)
    assert "空.txt 是空文件，未接收。" in page
    assert "大.txt 超过 0 MB，未接收" in page
    job = Job.objects.get()
    assert 'hx-get="/imports/"' in answer.content.decode()
    waiting = client.get(f"/imports/{job.uid}/", headers={"HX-Request": "true"}).content.decode()
    assert waiting.count("<html") == 0
    assert f'hx-get="/imports/{job.uid}/"' in waiting
    run_jobs()
    failed = client.get(f"/imports/{job.uid}/")
    assert "没有找到行动计划" in text(failed)
    assert "文件已保存" in text(failed)
    assert "hx-get" not in failed.content.decode()
    assert client.post(f"/imports/{job.uid}/again/").status_code == 302
    job.refresh_from_db()
    assert job.state == "queued"


def test_one_file_leads_to_its_job(login: Callable[[str], Client]) -> None:
    answer = login("coordinator").post("/imports/upload/", {"files": SimpleUploadedFile("a.txt", b"abc")})
    assert answer.headers["Location"] == f"/imports/{Job.objects.get().uid}/"


def test_the_directory_is_searched_by_any_name(login: Callable[[str], Client]) -> None:
    client = login("viewer")
    assert "市生态环境局" in text(client.get("/units/?q=环保局"))
    assert "东塘区生态环境局" not in text(client.get("/units/?area=880102"))
    assert "柳桥街道" in text(client.get("/areas/?under=880101"))


@pytest.mark.parametrize("count", [3, 60])
def test_pages_ask_the_database_as_often_for_a_long_plan(
    make_plan: Callable[..., Plan], login: Callable[[str], Client], count: int
) -> None:
    plan = make_plan(read_plan(*(read_measure(n) for n in range(1, count + 1))))
    for extra in range(3):
        make_plan(read_plan(read_measure(1)), content=str(extra).encode())
    unit = Unit.objects.get(name="市生态环境局")
    wanted = {
        "/plans/": 7,
        f"/plans/{plan.uid}/": 11,
        f"/measures/{plan.measures.get(n=2).uid}/": 9,
        f"/units/{unit.uid}/": 10,
        "/units/": 7,
        "/areas/": 6,
    }
    found = {}
    for address in wanted:
        client = login("viewer")
        client.get("/password/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        found[address] = len(queries)
    assert found == wanted


def test_refusals_speak_the_persons_language(login: Callable[[str], Client]) -> None:
    client = login("viewer")
    assert "您的角色不能执行此操作" in text(client.get("/imports/"))
    assert "没有这个页面" in text(client.get("/nowhere/"))
