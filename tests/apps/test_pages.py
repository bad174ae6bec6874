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

pytestmark = [pytest.mark.django_db]


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
    assert not re.search(r"<script(?![^>]* src=)", html)


def test_the_status_line_tells_version_number_and_secrecy(
    make_plan: Callable[..., Plan], login: Callable[[str], Client]
) -> None:
    plan = make_plan()
    assert "公开" not in text(login("viewer").get(f"/plans/{plan.uid}/"))
    Plan.objects.filter(pk=plan.pk).update(
        number="云政发〔2025〕3号", issued="2025-03-01", secrecy="internal", version=2
    )
    page = text(login("viewer").get(f"/plans/{plan.uid}/"))
    for words in ("第 2 版", "云政发〔2025〕3号", "印发 2025-03-01", "◆ 内部", "● 已发布"):
        assert words in page, words
    assert "◆ 内部" in text(login("viewer").get("/plans/"))


def test_the_menu_offers_what_the_person_may_do(make_plan: Callable[..., Plan], login: Callable[[str], Client]) -> None:
    draft = make_plan(publish=False)
    lead = login("coordinator").get(f"/plans/{draft.uid}/").content.decode()
    assert f'action="/plans/{draft.uid}/publish/"' in lead
    assert 'name="status" value="comment"' in lead
    assert 'name="status" value="closed"' not in lead
    assert '<form method="post" action="/plans' not in login("reviewer").get(f"/plans/{draft.uid}/").content.decode()
    published = make_plan(content=b"2")
    assert f"/plans/{published.uid}/status/" not in login("viewer").get(f"/plans/{published.uid}/").content.decode()
    assert 'name="status" value="closed"' in login("coordinator").get(f"/plans/{published.uid}/").content.decode()


def test_a_plan_takes_the_steps_of_its_life(make_plan: Callable[..., Plan], login: Callable[[str], Client]) -> None:
    plan = make_plan(publish=False)
    client = login("coordinator")
    answer = client.post(f"/plans/{plan.uid}/status/", {"status": "comment"}, follow=True)
    assert "计划状态已变更为“征求意见稿”" in text(answer)
    assert "◐ 征求意见稿" in text(client.get("/plans/"))
    for wrong in ("closed", "published", "", "nonsense"):
        answer = client.post(f"/plans/{plan.uid}/status/", {"status": wrong}, follow=True)
        assert "不能进行此步操作" in text(answer), wrong
        plan.refresh_from_db()
        assert plan.status == "comment"
    client.post(f"/plans/{plan.uid}/publish/", {"note": "首次发布"})
    assert plan.versions.get(number=1).note == "首次发布"
    assert client.post(f"/plans/{plan.uid}/status/", {"status": "closed"}).status_code == 302
    assert "■ 已办结" in text(login("viewer").get(f"/plans/{plan.uid}/"))


def test_secrecy_is_set_from_the_menu(make_plan: Callable[..., Plan], login: Callable[[str], Client]) -> None:
    plan = make_plan()
    client = login("coordinator")
    assert "密级已设为“工作秘密”" in text(
        client.post(f"/plans/{plan.uid}/secrecy/", {"secrecy": "work_secret"}, follow=True)
    )
    assert "未作任何更改" in text(client.post(f"/plans/{plan.uid}/secrecy/", {"secrecy": "top"}, follow=True))
    plan.refresh_from_db()
    assert plan.secrecy == "work_secret"


def test_an_amendment_stands_under_its_plan(make_plan: Callable[..., Plan], login: Callable[[str], Client]) -> None:
    plan = make_plan()
    draft = make_plan(content=b"2", publish=False)
    Plan.objects.filter(pk=draft.pk).update(amends=plan)
    page = login("coordinator").get("/plans/").content.decode()
    assert page.count('<th scope="row">') == 1
    assert f'href="/plans/{draft.uid}/"' in page
    assert "修订稿（编制中）" in page
    assert "修订稿" not in text(login("viewer").get("/plans/"))
    assert "本计划的修订稿正在编制" in text(login("coordinator").get(f"/plans/{plan.uid}/"))
    assert "修订稿" not in text(login("viewer").get(f"/plans/{plan.uid}/"))
    unit = Unit.objects.get(name="市生态环境局")
    assert "6 条措施" in text(login("coordinator").get(f"/units/{unit.uid}/"))


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
    assert shown("flags=1") == shown("flags=doubts") == ["1"]
    assert shown("section=二、其他") == ["1"]
    assert shown("target=count") == ["2", "3"]
    assert shown("lacks=target") == shown("lacks=date") == ["1"]
    assert shown("lacks=owner") == []
    assert shown("due_from=2025-12&due_to=2025-12-31") == ["2", "3"]
    assert shown("due_to=2025-11") == []
    assert shown(f"unit={Unit.objects.get(name='市生态环境局').uid}&section=一、总体要求&q=3") == ["3"]
    assert shown("q=nox") == ["1"]
    assert shown("q=ＮＯx 排放") == ["1"]
    assert shown("role=nonsense&page=x&target=none&section=") == ["1", "2", "3"]
    plan.measures.get(n=1).flags.update(accepted=True)
    assert shown("flags=1") == []


def test_the_filters_in_force_are_told_and_each_can_be_taken_away(
    make_plan: Callable[..., Plan], login: Callable[[str], Client]
) -> None:
    plan = make_plan()
    unit = Unit.objects.get(name="市生态环境局")
    client = login("viewer")
    answer = client.get(f"/plans/{plan.uid}/?unit={unit.uid}&role=lead&q=设备")
    words = text(answer)
    for chip in ("单位 市生态环境局", "角色 牵头", "关键词 设备", "6 条措施中的 6 条"):
        assert chip in words, chip
    assert f'href="?unit={unit.uid}&amp;q=%E8%AE%BE%E5%A4%87' in answer.content.decode()
    assert "筛选条件" not in text(client.get(f"/plans/{plan.uid}/"))
    assert "请填写年月或日期" in text(client.get(f"/plans/{plan.uid}/?due_from=岁末"))


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
    assert "牵头 (1)" in page
    assert "协办 (1)" in page
    assert re.search(r"市环保局\s+–\s*2018-12-31", page)
    assert "草稿措施" not in page
    assert "第1项措施" not in text(client.get(f"/units/{unit.uid}/?role=support"))


def test_the_unit_page_counts_duties_by_plan_and_role(
    make_plan: Callable[..., Plan], login: Callable[[str], Client]
) -> None:
    older = make_plan(read_plan(read_measure(1), read_measure(2), title="云溪市2023年计划", year=2023), content=b"1")
    support = (read.Role("support", "市生态环境局", "市生态环境局"),)
    long_term = read.Deadline("长期坚持", "long_term")
    newer = make_plan(read_plan(read_measure(1), read_measure(2, roles=support, deadline=long_term)), content=b"2")
    unit = Unit.objects.get(name="市生态环境局")
    client = login("viewer")
    html = client.get(f"/units/{unit.uid}/").content.decode()
    lines = re.findall(r"<tr><th scope=\"row\"><a href=\"/plans/([0-9a-f-]+)/[^>]*>.*?</tr>", html, re.S)
    assert lines == [str(newer.uid), str(older.uid)]
    assert f'href="?plan={newer.uid}&amp;role=support">1</a>' in html
    assert f'href="?plan={older.uid}&amp;role=lead">2</a>' in html

    def listed(query: str) -> int:
        return client.get(f"/units/{unit.uid}/?{query}").content.decode().count('<th scope="row" class="long">')

    assert listed("") == 4
    assert listed(f"plan={older.uid}") == 2
    assert listed(f"plan={newer.uid}&role=lead") == 1
    assert listed("deadline=long_term") == 1
    assert listed("q=第2项") == 2
    assert listed("plan=nonsense") == 0
    assert "只统计直接点名本单位的任务" in text(client.get(f"/units/{unit.uid}/"))
    several = Unit.objects.get(name="各区政府")
    assert "尚未分解到各成员单位" in text(client.get(f"/units/{several.uid}/"))


def test_a_merged_unit_leads_to_the_one_that_stays(login: Callable[[str], Client]) -> None:
    stays = Unit.objects.get(name="市生态环境局")
    gone = Unit.objects.get(name="市旧城办")
    Unit.objects.filter(pk=gone.pk).update(merged_into=stays)
    answer = login("viewer").get(f"/units/{gone.uid}/")
    assert answer.headers["Location"] == f"/units/{stays.uid}/"
    assert "市旧城办" not in text(login("viewer").get("/search/quick/?q=旧城办"))


def test_the_duty_list_prints_every_measure_in_full(
    make_plan: Callable[..., Plan], login: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "措施" * 100 + "末尾。"
    make_plan(read_plan(read_measure(1, measure=long), *(read_measure(n) for n in range(2, 62))))
    unit = Unit.objects.get(name="市生态环境局")
    page = login("viewer").get(f"/units/{unit.uid}/sheet/?role=lead")
    assert long in page.content.decode()
    assert "市生态环境局任务清单" in text(page)
    assert "角色 牵头" in text(page)
    assert page.content.decode().count('<td class="wide">') == 61
    monkeypatch.setattr("lantian.apps.plans.views.life.SHEET_ROWS", 60)
    assert "另有 1 条未列出" in text(login("viewer").get(f"/units/{unit.uid}/sheet/"))


def test_the_measure_page_tells_of_its_task_elsewhere_and_of_accepted_flags(
    make_plan: Callable[..., Plan], login: Callable[[str], Client]
) -> None:
    plan = make_plan(content=b"1")
    older = make_plan(
        read_plan(read_measure(1), read_measure(2, task="任务１"), read_measure(3, task="任务1的延伸"), year=2023),
        content=b"2",
    )
    make_plan(content=b"3", publish=False)
    first = plan.measures.get(n=1)
    html = login("viewer").get(f"/measures/{first.uid}/").content.decode()
    part = html[html.index('id="related"') : html.index("<aside")]
    rows = [plan.measures.get(n=2), older.measures.get(n=1), older.measures.get(n=2)]
    assert re.findall(r'href="/measures/([^/]+)/', part) == [str(row.uid) for row in rows]
    assert "1 个未处理标记" in text(login("viewer").get(f"/measures/{first.uid}/"))
    first.flags.update(accepted=True)
    page = text(login("viewer").get(f"/measures/{first.uid}/"))
    assert "未处理标记" not in page
    assert "已人工确认 1 个" in page


def test_a_dropped_measure_keeps_its_page_and_says_so(
    make_plan: Callable[..., Plan], login: Callable[[str], Client]
) -> None:
    plan = make_plan()
    row = plan.measures.get(n=2)
    row.withdrawn = 2
    row.save()
    client = login("viewer")
    page = client.get(f"/measures/{row.uid}/")
    assert "第 2 版已删去" in text(page)
    assert 'rel="next"' not in page.content.decode()
    assert "5 条措施" in text(client.get(f"/plans/{plan.uid}/"))
    assert ">5<" in client.get("/plans/").content.decode()
    assert "市生态环境局 (5)" in text(client.get(f"/plans/{plan.uid}/"))


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


@pytest.mark.db
def test_the_directory_is_searched_by_any_name(login: Callable[[str], Client]) -> None:
    client = login("viewer")
    assert "市生态环境局" in text(client.get("/units/?q=环保局"))
    assert "东塘区生态环境局" not in text(client.get("/units/?area=880102"))
    assert "柳桥街道" in text(client.get("/areas/?under=880101"))


@pytest.mark.db
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
        f"/plans/{plan.uid}/": 14,
        f"/plans/{plan.uid}/?unit={unit.uid}&role=lead&target=count&flags=doubts&q=设备": 15,
        f"/measures/{plan.measures.get(n=2).uid}/": 16,
        f"/units/{unit.uid}/": 12,
        f"/units/{unit.uid}/sheet/": 8,
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
