"""A list on its way in, page by page: columns, problems where they stand, and only what somebody asked for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lantian.apps.core.models import User
from lantian.apps.registers.models import ImportSession, Record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sites")]
Enter = Callable[[User], Client]
Jobs = Callable[[], int]
PLACE = "/registers/construction_site/imports/"
HEAD = "工程编号,工程名称,工程类型,施工状态,所属街道,监管单位"
GOOD = "YX-0201,甲工地,拆除,在施,柳桥街道,市交通局"
BAD = "YX-0202,乙工地,拆除,施工ing,柳桥街道,市交通局"


def bring(client: Client, *lines: str, name: str = "清单.csv") -> str:
    """Upload a list; answers with the address of its page."""
    file = SimpleUploadedFile(name, "\n".join(lines).encode())
    answer = client.post(f"{PLACE}upload/", {"file": file, "effective": "2026-03-01"})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_a_list_in_order_is_taken_over_as_a_whole(street: User, enter: Enter, run_jobs: Jobs) -> None:
    client = enter(street)
    address = bring(client, HEAD, GOOD)
    waiting = client.get(address).content.decode()
    assert "data-progress" in waiting
    assert "http-equiv" in waiting
    assert client.get(f"{address}progress.json").json()["busy"] is True
    run_jobs()
    page = client.get(address)
    assert "全部入账（1 行）" in page.content.decode()
    assert not Record.objects.filter(key="YX-0201").exists()
    client.post(f"{address}accept/", {"revision": page.context["row"].revision, "take": "all"})
    run_jobs()
    assert Record.objects.filter(key="YX-0201").exists()
    assert "新增 1 条" in client.get(address).content.decode()


def test_problems_stand_in_their_cells_and_only_good_rows_are_taken_when_asked_for(
    street: User, enter: Enter, run_jobs: Jobs
) -> None:
    client = enter(street)
    address = bring(client, HEAD, GOOD, BAD)
    run_jobs()
    page = client.get(address)
    text = page.content.decode()
    assert page.context["tab"] == "bad"
    assert "施工ing" in text
    assert "没有选项" in text
    assert "只入账无问题的 1 行" in text
    assert "全部入账" not in text
    revision = page.context["row"].revision
    client.post(f"{address}accept/", {"revision": revision, "take": "all"})  # what the page does not offer
    run_jobs()
    assert not Record.objects.filter(key__startswith="YX-02").exists()
    assert client.get(f"{address}marked.xlsx").content[:2] == b"PK"
    client.post(f"{address}accept/", {"revision": client.get(address).context["row"].revision, "take": "good"})
    run_jobs()
    assert list(Record.objects.filter(key__startswith="YX-02").values_list("key", flat=True)) == ["YX-0201"]
    assert "1 行有问题，未入账" in client.get(address).content.decode()


def test_a_header_of_unknown_form_asks_once(street: User, enter: Enter, run_jobs: Jobs) -> None:
    client = enter(street)
    head = HEAD.replace("监管单位", "归谁管")
    address = bring(client, head, GOOD)
    run_jobs()
    page = client.get(address)
    assert page.context["row"].state == "mapping"
    text = page.content.decode()
    assert "归谁管" in text
    assert "以下必填列尚未对应" in text
    assert "监管单位" in text
    chosen = {f"column-{item['at']}": item["field"] for item in page.context["columns"]}
    chosen["column-5"] = "keeper"
    client.post(f"{address}columns/", chosen | {"revision": page.context["row"].revision, "remember": "1"})
    run_jobs()
    assert client.get(address).context["row"].state == "ready"
    again = bring(client, head, GOOD.replace("0201", "0203"), name="下月.csv")
    run_jobs()
    assert client.get(again).context["row"].state == "ready"


def test_rows_that_are_there_can_be_left_as_they_are(street: User, enter: Enter, run_jobs: Jobs) -> None:
    client = enter(street)
    address = bring(client, HEAD, GOOD, "YX-0001,改名,拆除,在施,柳桥街道,市交通局")
    run_jobs()
    page = client.get(address)
    assert "更新台账中已有的 1 条" in page.content.decode()
    posted = {"revision": page.context["row"].revision, "take": "all", "existing": "leave"}
    client.post(f"{address}accept/", posted)
    run_jobs()
    assert Record.objects.get(key="YX-0001").values["name"] == "柳桥第1工地"
    assert Record.objects.filter(key="YX-0201").exists()


def test_giving_up_takes_nothing(street: User, enter: Enter, run_jobs: Jobs) -> None:
    client = enter(street)
    address = bring(client, HEAD, GOOD)
    run_jobs()
    assert client.post(f"{address}drop/").headers["Location"] == PLACE
    assert ImportSession.objects.get().state == "dropped"
    assert not Record.objects.filter(key="YX-0201").exists()
    assert "已放弃" in client.get(address).content.decode()


def test_a_file_that_is_no_list_says_so(street: User, enter: Enter, run_jobs: Jobs) -> None:
    client = enter(street)
    address = bring(client, "这里没有表格", name="空.csv")
    run_jobs()
    page = client.get(address)
    assert page.context["row"].state == "failed"
    assert 'role="alert"' in page.content.decode()


def test_imports_are_for_who_keeps_the_register(
    people: dict[str, User], street: User, outsider: User, enter: Enter
) -> None:
    address = bring(enter(street), HEAD, GOOD)
    assert enter(people["viewer"]).get(PLACE).status_code == 403
    assert enter(outsider).get(address).status_code == 404
    assert enter(people["coordinator"]).get(address).status_code == 200


def test_the_template_goes_out_and_comes_back(street: User, enter: Enter) -> None:
    answer = enter(street).get("/registers/construction_site/template.xlsx")
    assert answer.content[:2] == b"PK"
    assert answer.headers["Content-Disposition"].startswith("attachment")
