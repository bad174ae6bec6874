"""The import workbench: its page, the operations it sends, what it asks for again; the upload page's answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lantian.apps.areas.models import Unit
from lantian.apps.core.models import Job, User
from lantian.apps.plans.actions.edits import edit
from lantian.apps.plans.models import Measure, MeasureFlag, Plan, PlanVersion
from lantian.apps.plans.workbench.rows import flags_of, words_of
from lantian.reading import model as read
from tests.apps.conftest import read_measure, read_plan

pytestmark = [pytest.mark.django_db]

Login = Callable[[str], Client]
MakePlan = Callable[..., Plan]


@pytest.fixture
def draft(make_plan: MakePlan) -> Plan:
    return make_plan(publish=False)


def row(plan: Plan, n: int) -> Measure:
    return plan.measures.get(n=n)


def send(client: Client, plan: Plan, operation: dict[str, Any] | None = None, name: str = "edit") -> Any:
    body = json.dumps(operation or {})
    return client.post(f"/plans/{plan.uid}/{name}/", body, content_type="application/json")


def setting(measure: Measure, field: str, value: Any) -> dict[str, Any]:
    return {"op": "set", "measure": str(measure.uid), "revision": measure.revision, "field": field, "value": value}


def test_the_page_shows_every_row_with_its_words_and_problems(login: Login, draft: Plan) -> None:
    page = login("coordinator").get(f"/plans/{draft.uid}/review/").content.decode()
    assert page.count('role="row" id="r') == 6
    assert 'data-value="第1项措施，年内完成10台设备更新。"' in page
    assert "完成10台设备更新" in page
    assert "R13" in page
    assert "市无名局" in page
    assert 'data-name="市生态环境局" data-printed="市环境局"' in page
    assert " style=" not in page.split('id="workbench"')[1]
    assert "<script>" not in page


def test_a_published_plan_leads_to_its_own_page(login: Login, make_plan: MakePlan) -> None:
    plan = make_plan()
    answer = login("coordinator").get(f"/plans/{plan.uid}/review/", follow=True)
    assert answer.redirect_chain[-1][0] == f"/plans/{plan.uid}/"
    assert "已发布" in answer.content.decode()


def test_a_saved_cell_comes_back_as_its_row(login: Login, draft: Plan) -> None:
    client = login("coordinator")
    first = row(draft, 1)
    answer = send(client, draft, setting(first, "deadline", "2025年6月底前"))
    assert answer.status_code == 200, answer.content.decode()
    data = answer.json()
    assert [item["uid"] for item in data["rows"]] == [str(first.uid)]
    assert data["rows"][0]["revision"] == 2
    assert "2025-06-30" in data["rows"][0]["html"]
    assert data["revision"] > draft.revision
    assert (data["can_undo"], data["can_redo"], data["order"], data["removed"]) == (True, False, None, [])
    assert 'id="panels"' in data["panels"]


def test_rows_that_come_and_go_are_told_with_the_order(login: Login, draft: Plan) -> None:
    client = login("coordinator")
    second = row(draft, 2)
    split = send(client, draft, {"op": "split", "measure": str(second.uid), "revision": 1, "at": 6}).json()
    assert len(split["order"]) == 7
    assert split["order"][1] == str(second.uid)
    made = split["order"][2]
    assert {item["uid"] for item in split["rows"]} >= {str(second.uid), made}
    gone = send(client, draft, {"op": "delete", "measure": made, "revision": 1}).json()
    assert gone["removed"] == [made]
    assert len(gone["order"]) == 6


def test_undo_and_redo_give_the_rows_back(login: Login, draft: Plan) -> None:
    client = login("coordinator")
    send(client, draft, setting(row(draft, 1), "task", "另一任务"))
    back = send(client, draft, name="undo").json()
    assert 'data-value="任务1"' in back["rows"][0]["html"]
    assert (back["can_undo"], back["can_redo"]) == (False, True)
    again = send(client, draft, name="redo").json()
    assert 'data-value="另一任务"' in again["rows"][0]["html"]
    assert send(client, draft, name="redo").status_code == 422


def test_a_stale_save_is_refused_with_the_row_as_it_is_and_who_saved_it(
    login: Login, people: dict[str, User], draft: Plan
) -> None:
    first = row(draft, 1)
    edit(people["administrator"], draft, setting(first, "text", "别人写的措施。"))
    answer = send(login("coordinator"), draft, setting(first, "text", "我写的措施。"))
    assert answer.status_code == 409
    data = answer.json()
    assert data["current"]["text"] == "别人写的措施。"
    assert data["current_revision"] == 2
    assert data["who"] == "administrator"
    assert row(draft, 1).text == "别人写的措施。"


@pytest.mark.parametrize("body", ["", "[1", "\x00"])
def test_what_is_no_json_is_refused(login: Login, draft: Plan, body: str) -> None:
    answer = login("coordinator").post(f"/plans/{draft.uid}/edit/", body, content_type="application/json")
    assert answer.status_code == 400
    assert "JSON" in answer.json()["message"]


@pytest.mark.parametrize(
    "operation", [{}, [], "set", 7, {"op": "sett"}, {"op": "set", "measure": "x", "revision": 1, "field": "text"}]
)
def test_what_is_no_operation_is_refused_in_words(login: Login, draft: Plan, operation: Any) -> None:
    answer = login("coordinator").post(
        f"/plans/{draft.uid}/edit/", json.dumps(operation), content_type="application/json"
    )
    assert answer.status_code == 422
    assert answer.json()["message"]


def test_a_plan_that_was_published_meanwhile_says_so(login: Login, make_plan: MakePlan) -> None:
    plan = make_plan()
    answer = send(login("coordinator"), plan, setting(row(plan, 1), "task", "x"))
    assert (answer.status_code, answer.json()["code"]) == (422, "closed")


def test_writing_needs_the_forms_token(people: dict[str, User], draft: Plan) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["coordinator"])
    assert send(client, draft, setting(row(draft, 1), "task", "x")).status_code == 403
    assert row(draft, 1).task == "任务1"


def test_a_person_of_another_office_finds_nothing(login: Login, draft: Plan) -> None:
    assert login("viewer").get(f"/plans/{draft.uid}/review/").status_code == 404
    assert send(login("reporter"), draft, setting(row(draft, 1), "task", "x")).status_code == 404


def test_what_others_changed_is_found_by_polling(login: Login, people: dict[str, User], draft: Plan) -> None:
    client = login("coordinator")
    draft.refresh_from_db()
    address = f"/plans/{draft.uid}/revision/?since="
    assert client.get(f"{address}{draft.revision}").json() == {"revision": draft.revision}
    seen, first = draft.revision, row(draft, 1)
    edit(people["administrator"], draft, setting(first, "task", "别人的任务"))
    data = client.get(f"{address}{seen}").json()
    assert data["revision"] > seen
    assert data["who"] == "administrator"
    assert dict(data["rows"])[str(first.uid)] == 2
    assert [revision for _uid, revision in data["rows"]].count(1) == 5
    rows = client.get(f"/plans/{draft.uid}/rows/?uid={first.uid}&uid=x").json()["rows"]
    assert len(rows) == 1
    assert 'data-value="别人的任务"' in rows[0]["html"]


def test_names_are_suggested_while_typing(login: Login, draft: Plan) -> None:
    client = login("coordinator")
    units = client.get(f"/plans/{draft.uid}/units/", {"q": "交通"}).json()["units"]
    assert units == [
        {"name": "市交通局", "unit": str(Unit.objects.get(name="市交通局").uid), "area": "云溪市"},
    ]
    assert client.get(f"/plans/{draft.uid}/units/", {"q": "环保"}).json()["units"][0]["name"] == "市生态环境局"
    assert client.get(f"/plans/{draft.uid}/units/", {"q": "  "}).json()["units"] == []
    assert client.get(f"/plans/{draft.uid}/units/", {"q": "旧城"}).json()["units"] == []  # closed in 2019


def test_the_print_stands_beside_the_row(login: Login, make_plan: MakePlan) -> None:
    lines = [{"line": n, "text": f"第{n}行文字"} for n in range(1, 30)]
    measure = read_measure(1, measure="第12行文字", source=read.Source(None, 12), flags=(read.Flag("R13", "市无名局"),))
    plan = make_plan(read_plan(measure), publish=False, printed=lines)
    address = f"/measures/{row(plan, 1).uid}/print/"
    client = login("coordinator")
    page = client.get(address).content.decode()
    assert "第12行文字" in page
    assert "第9行文字" not in page
    assert "第 1 行的标记" in page
    wider = client.get(address, {"around": "8"}).content.decode()
    assert "第4行文字" in wider
    assert client.get(address, {"around": "x", "page": "-1"}).status_code == 200


def test_conflicts_of_a_new_document_stand_in_their_row(login: Login, draft: Plan) -> None:
    first = row(draft, 1)
    first.conflicts = [
        {"field": "task", "old": "任务1", "new": "新任务", "mine": "我的任务"},
        {"field": "row", "old": {"task": "任务1"}, "new": None, "mine": {"task": "我的任务"}},
    ]
    first.save()
    second = row(draft, 2)
    second.conflicts = [{"field": "row", "old": {"task": "任务1"}, "new": {"task": "新任务"}, "mine": None}]
    second.save()
    page = login("coordinator").get(f"/plans/{draft.uid}/review/").content.decode()
    assert "重点任务：新文件与人工修改不一致。" in page
    assert 'data-take="mine"' in page
    assert "新文件中已没有这一行。" in page
    assert "您删除了这一行，新文件又修改了它。" in page


def test_notes_wait_for_nobody_and_open_doubts_come_first() -> None:
    flags = [
        MeasureFlag(rule="R10"),
        MeasureFlag(rule="R14"),
        MeasureFlag(rule="R13", accepted=True),
        MeasureFlag(rule="R15"),
        MeasureFlag(rule="R00"),
    ]
    shown = flags_of(flags)
    assert [flag.id for flag in shown] == ["R00", "R15", "R14", "R13", "R10"]
    assert [flag.open for flag in shown] == [True, True, True, False, False]


def test_paragraphs_are_edited_on_lines_of_their_own() -> None:
    apart = Measure(text="一。二。", paragraphs=["一。", "二。"])
    assert words_of(apart) == "一。\n二。"
    unclear = Measure(text="一。二。", paragraphs=["一。", "三。"])
    assert words_of(unclear) == "一。二。"


@pytest.mark.db
def test_queries_stay_the_same_however_many_rows(login: Login, make_plan: MakePlan) -> None:
    client = login("coordinator")
    client.get("/plans/")
    counts = []
    for size in (3, 60):
        rows = tuple(read_measure(n, flags=(read.Flag("R13", "市无名局"),)) for n in range(1, size + 1))
        plan = make_plan(read_plan(*rows), content=f"{size}".encode(), publish=False)
        for address in (f"/plans/{plan.uid}/review/", f"/plans/{plan.uid}/revision/?since=0"):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(address).status_code == 200
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 40


def test_publishing_takes_note_and_secrecy(login: Login, draft: Plan) -> None:
    login("coordinator").post(f"/plans/{draft.uid}/publish/", {"note": "首次发布", "secrecy": "internal"})
    draft.refresh_from_db()
    assert (draft.status, draft.secrecy) == ("published", "internal")
    assert PlanVersion.objects.get(plan=draft, number=1).note == "首次发布"


def test_the_upload_page_is_told_of_each_file_and_led_to_the_review(login: Login, run_jobs: Callable[[], int]) -> None:
    client = login("coordinator")
    page = "<h1>云溪市2025年计划</h1><table><tr><th>序号</th><th>工作措施</th><th>主责单位</th></tr>"
    page += "<tr><td>1</td><td>更新公交车120辆。</td><td>市交通局</td></tr></table>"
    given = [SimpleUploadedFile("计划.html", page.encode()), SimpleUploadedFile("空.html", b"")]
    answer = client.post("/imports/upload/", {"files": given}, headers={"Accept": "application/json"})
    kept, empty = answer.json()["files"]
    assert (kept["name"], kept["error"]) == ("计划.html", "")
    assert empty["url"] is None
    assert "空.html" in empty["error"]
    accept = {"Accept": "application/json"}
    assert client.get(kept["url"], headers=accept).json()["active"] is True
    run_jobs()
    data = client.get(kept["url"], headers=accept).json()
    plan = Plan.objects.get()
    assert (data["active"], data["error"]) == (False, "")
    assert data["plans"] == [
        {"title": plan.title, "url": f"/plans/{plan.uid}/", "review": f"/plans/{plan.uid}/review/"}
    ]
    assert "核对" in client.get(kept["url"]).content.decode()
    assert client.post("/imports/upload/", headers=accept).status_code == 400


def test_a_refused_document_says_why_on_the_upload_page(login: Login, run_jobs: Callable[[], int]) -> None:
    client = login("coordinator")
    client.post("/imports/upload/", {"files": [SimpleUploadedFile("信.txt", "今天天气很好。".encode())]})
    run_jobs()
    job = Job.objects.get()
    data = client.get(f"/imports/{job.uid}/", headers={"Accept": "application/json"}).json()
    assert data["state"] == "failed"
    assert "信.txt" in data["error"]


def test_a_form_is_no_operation(login: Login, draft: Plan) -> None:
    answer = login("coordinator").post(f"/plans/{draft.uid}/edit/", {"op": "undo"})
    assert answer.status_code == 400
