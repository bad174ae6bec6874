"""Changing plans over the API: documents and rows in, a measure changed, a plan published."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lantian.apps.core import tokens
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.plans import content, queries
from lantian.apps.plans.models import Plan, PlanStatus, PlanVersion
from lantian.reading.model import Target
from lantian.reading.output import plan_dict, to_json
from tests.apps.conftest import read_measure, read_plan

pytestmark = [pytest.mark.django_db, pytest.mark.db]

API = "/api/v1"
JSON = "application/json"
TABLE = (
    "<html><body><h1>云溪市大气污染防治2026年行动计划</h1><table>"
    "<tr><td>序号</td><td>重点任务</td><td>工作措施</td><td>完成时限</td><td>牵头单位</td></tr>"
    "<tr><td>1</td><td>扬尘管控</td><td>更新喷雾设备20台。</td><td>年底前</td><td>市生态环境局</td></tr>"
    "</table></body></html>"
)


@pytest.fixture
def office(people: dict[str, User]) -> Client:
    """A program of the coordinator's."""
    _token, secret = tokens.create_token(people["coordinator"], "办公系统", tokens.open_to(people["coordinator"]), 30)
    return Client(headers={"Authorization": f"Bearer {secret}"})


def upload(client: Client, *files: tuple[str, bytes]) -> Any:
    given = [SimpleUploadedFile(name, text) for name, text in files]
    return client.post(f"{API}/plans/import", {"files": given})


def error(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def rows_of(plan: Plan) -> list[content.Content]:
    """The contents of a plan's rows without what each installation gives them."""
    rows = [content.content_of(row) for row in queries.with_details(plan.measures.order_by("n"))]
    for row in rows:
        del row["uid"]
    return rows


def test_documents_come_in_as_jobs_and_end_as_drafts(office: Client, run_jobs: Callable[[], int]) -> None:
    answer = upload(office, ("计划.html", TABLE.encode()), ("另一份.html", TABLE.replace("2026", "2027").encode()))
    assert answer.status_code == 202
    first, second = answer.json()["jobs"]
    assert (first["file"], first["state"], second["file"]) == ("计划.html", "queued", "另一份.html")
    run_jobs()
    done = office.get(f"{API}/jobs/{first['uid']}").json()
    assert (done["state"], done["percent"], done["error"]) == ("done", 100, None)
    plan = office.get(f"{API}/plans/{done['plans'][0]}").json()
    assert (plan["year"], plan["status"], plan["measures"]) == (2026, "draft", 1)


def test_a_job_says_why_it_failed_in_the_language_asked_for(office: Client, run_jobs: Callable[[], int]) -> None:
    job = upload(office, ("计划.pdf", b"%PDF-1.7 cut off")).json()["jobs"][0]
    run_jobs()
    messages = {
        language: office.get(f"{API}/jobs/{job['uid']}", headers={"Accept-Language": language}).json()["error"]
        for language in ("zh", "en")
    }
    assert "计划.pdf" in messages["zh"]["message"]
    assert messages["zh"] != messages["en"]


@pytest.mark.parametrize("spoil", ["empty", "large", "none", "many"])
def test_one_bad_file_takes_none_in(spoil: str, office: Client, settings: Any) -> None:
    good = ("计划.html", TABLE.encode())
    if spoil == "empty":
        assert error(upload(office, good, ("空.html", b""))) == (422, "invalid")
    elif spoil == "large":
        settings.LANTIAN_UPLOAD_BYTES = 1000
        assert error(upload(office, good, ("大.html", b"x" * 2000))) == (413, "too_large")
    elif spoil == "none":
        assert error(upload(office)) == (422, "invalid")
    else:
        assert error(upload(office, *([good] * 21))) == (422, "invalid")
    assert not AuditEvent.objects.filter(action="plan.import").exists()


def document(**changes: Any) -> dict[str, Any]:
    """What ``lantian read`` prints of a plan with targets of every sort of figure."""
    target = Target(
        "PM2.5年均浓度下降3.5%", "PM2.5", "change", "<=", -3.5, unit="%", baseline="previous_year", scope=("东塘区",),
        sense="at_most", applies="each", strength="力争", statistic="年均", span=(0, 4),
    )  # fmt: skip
    plan = read_plan(read_measure(1), read_measure(2, targets=(target,), inherited=("市交通局",)), **changes)
    loaded: dict[str, Any] = json.loads(to_json([plan]))
    return loaded


def send(client: Client, body: Any, query: str = "") -> Any:
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return client.post(f"{API}/plans/import-rows{query}", text, JSON)


def test_rows_come_in_as_the_reader_prints_them(office: Client, make_plan: Callable[..., Plan]) -> None:
    body = document()
    answer = send(office, body, "?name=办公系统.json")
    assert answer.status_code == 201
    (shown,) = answer.json()["plans"]
    assert (shown["status"], shown["measures"], shown["area"], shown["file"]) == ("draft", 2, "880000", "办公系统.json")
    imported = Plan.objects.get(uid=shown["uid"])
    target = imported.measures.get(n=2).targets.get()
    assert (str(target.value), target.baseline, target.strength) == ("-3.500000", "previous_year", "力争")
    lead = imported.measures.get(n=1).assignments.get(role="lead")
    assert (lead.unit.name, lead.as_printed) == ("市生态环境局", "市环境局")
    read = make_plan(read_plan(read_measure(1), read_measure(2)), publish=False)
    assert rows_of(imported)[0] == rows_of(read)[0]
    assert PlanVersion.objects.filter(plan=imported, number=0).exists()
    assert AuditEvent.objects.filter(action="plan.import_rows").count() == 1


def test_the_same_document_asks_once(office: Client) -> None:
    first, again = (send(office, document()).json()["plans"] for _twice in range(2))
    assert [plan["uid"] for plan in first] == [plan["uid"] for plan in again]
    assert Plan.objects.count() == 1


def test_figures_may_be_text_and_lists_may_stand_for_roles(office: Client) -> None:
    body = document()
    for row in body["plans"][0]["measures"]:
        del row["roles"]
    body["plans"][0]["measures"][1]["targets"][0]["value"] = "-3.5"
    answer = send(office, body)
    assert answer.status_code == 201
    row = Plan.objects.get().measures.get(n=2)
    assert [item.name for item in row.assignments.filter(role="lead")] == ["市生态环境局"]
    assert str(row.targets.get().value) == "-3.500000"


def test_every_problem_of_a_document_is_named_and_nothing_is_stored(office: Client) -> None:
    body = document()
    body["plans"].append(deepcopy(body["plans"][0]))
    first, second = body["plans"][0]["measures"]
    first["deadline"]["kind"] = "soon"
    first["measure"] = ""
    second["targets"][0]["value"] = 1e300
    second["targets"][0]["coment"] = "?"
    body["plans"][1]["measures"][0]["n"] = 7
    body["plans"][1]["measures"][1]["lead"] = ["市交通局"]
    answer = send(office, body)
    assert error(answer) == (422, "invalid")
    fields = {item["name"]: item["message"] for item in answer.json()["error"]["fields"]}
    assert set(fields) == {
        "body.plans[0].measures[0].deadline.kind",
        "body.plans[0].measures[0].measure",
        "body.plans[0].measures[1].targets[0].value",
        "body.plans[0].measures[1].targets[0].coment",
        "body.plans[1].measures[1]",
    }
    assert fields["body.plans[1].measures[1]"] == "lead 与 roles 中的单位不一致"
    assert not Plan.objects.exists()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("n",), 2),
        (("measure",), "有\x00空字符"),
        (("seq",), 2**31),
        (("deadline", "end"), "20251231"),
        (("deadline", "start"), "2026-06-01"),
        (("targets", 0, "span"), [0, 10_000]),
        (("targets", 0, "value"), "NaN"),
        (("targets", 0, "value"), 0.1234567),
        (("flags", 0, "id"), "X"),
    ],
)
def test_a_row_that_the_database_or_the_print_cannot_have_is_refused(
    path: tuple[Any, ...], value: Any, office: Client
) -> None:
    body = document()
    place = body["plans"][0]["measures"][0]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert error(send(office, body)) == (422, "invalid")
    assert not Plan.objects.exists()


@pytest.mark.parametrize("text", ["", "null", "[]", '{"plans": []}', '{"plans": [1]}', "[" * 100_000])
def test_what_is_no_document_is_refused(text: str, office: Client) -> None:
    assert send(office, text).status_code in (400, 422)


def change(client: Client, plan: Plan, n: int, body: dict[str, Any], etag: str | None = None) -> Any:
    address = f"{API}/measures/{plan.measures.get(n=n).uid}"
    headers = {"If-Match": etag or client.get(address).headers["ETag"]}
    return client.patch(address, json.dumps(body), JSON, headers=headers)


def test_fields_of_a_measure_change_together(office: Client, make_plan: Callable[..., Plan]) -> None:
    plan = make_plan(publish=False)
    before = plan.revision
    answer = change(office, plan, 2, {
        "measure": "年内更新喷雾设备30台。", "deadline": "2025年10月底前", "lead": ["市交通局"], "seq": None,
    })  # fmt: skip
    assert answer.status_code == 200, answer.content.decode()
    body = answer.json()
    assert (body["deadline"]["end"], body["lead"], body["seq"]) == ("2025-10-31", ["市交通局"], None)
    assert any(target["value"] == "30" for target in body["targets"])
    assert answer.headers["ETag"] == office.get(f"{API}/measures/{body['uid']}").headers["ETag"]
    plan.refresh_from_db()
    assert plan.revision > before
    assert AuditEvent.objects.filter(action="measure.set", user__username="coordinator").exists()


def test_a_change_that_started_from_an_older_state_is_refused_with_the_new_one(
    office: Client, make_plan: Callable[..., Plan]
) -> None:
    plan = make_plan(publish=False)
    address = f"{API}/measures/{plan.measures.get(n=1).uid}"
    old = office.get(address).headers["ETag"]
    assert change(office, plan, 1, {"task": "先改的"}).status_code == 200
    answer = change(office, plan, 1, {"task": "后改的"}, etag=old)
    assert error(answer) == (412, "stale")
    assert answer.json()["current"]["task"] == "先改的"
    assert office.get(address).json()["task"] == "先改的"
    assert error(office.patch(address, "{}", JSON)) == (428, "precondition_required")
    assert error(office.patch(address, "{}", JSON, headers={"If-Match": "*"})) == (428, "precondition_required")


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"text": "x"}, "body.text"),
        ({"measure": None}, "body.measure"),
        ({"measure": ""}, "body.measure"),
        ({"seq": -1}, "body.seq"),
        ({"task": "先改", "lead": [""]}, "body.lead[0]"),
    ],
)
def test_a_bad_field_changes_nothing(
    body: dict[str, Any], name: str, office: Client, make_plan: Callable[..., Plan]
) -> None:
    plan = make_plan(publish=False)
    before = rows_of(plan)
    answer = change(office, plan, 1, body)
    assert error(answer) == (422, "invalid")
    assert [item["name"] for item in answer.json()["error"]["fields"]] == [name]
    assert rows_of(plan) == before


def test_a_published_plan_is_not_changed(office: Client, make_plan: Callable[..., Plan]) -> None:
    assert error(change(office, make_plan(), 1, {"task": "x"})) == (409, "conflict")


def test_a_plan_is_published_once_from_the_state_that_was_read(office: Client, make_plan: Callable[..., Plan]) -> None:
    plan = make_plan(publish=False)
    address = f"{API}/plans/{plan.uid}"
    etag = office.get(address).headers["ETag"]
    change(office, plan, 1, {"task": "又改了"})
    stale = office.post(f"{address}/publish", "{}", JSON, headers={"If-Match": etag})
    assert error(stale) == (412, "stale")
    assert stale.json()["current"]["status"] == "draft"
    etag = office.get(address).headers["ETag"]
    answer = office.post(f"{address}/publish", '{"note": "首次发布"}', JSON, headers={"If-Match": etag})
    assert (answer.status_code, answer.json()["status"], answer.json()["version"]) == (200, "published", 1)
    assert office.get(f"{address}/versions").json()["items"][0]["note"] == "首次发布"
    again = office.post(f"{address}/publish", "{}", JSON, headers={"If-Match": answer.headers["ETag"]})
    assert error(again) == (409, "conflict")
    plan.refresh_from_db()
    assert (plan.status, plan.version) == (PlanStatus.PUBLISHED, 1)


def test_the_reader_s_own_json_of_many_rows_is_taken(office: Client) -> None:
    plan = read_plan(*(read_measure(n) for n in range(1, 151)))
    answer = send(office, {"plans": [plan_dict(plan, chinese=True)]})
    assert answer.json()["plans"][0]["measures"] == 150
    flag = Plan.objects.get().measures.get(n=1).flags.get()
    assert (flag.rule, flag.detail) == ("R13", "市无名局")
