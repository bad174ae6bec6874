"""Hostile input: no server error, no markup or formula of a stranger's, no header split, no write without its token."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lantian.apps.areas import actions as directory
from lantian.apps.areas.models import Unit
from lantian.apps.consultation import actions as consultation
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan
from tests.apps.conftest import read_measure, read_plan
from tests.apps.edits import at, do
from tests.apps.test_adversarial_leaks import addresses

pytestmark = [pytest.mark.django_db, pytest.mark.db]

Make = Callable[..., Plan]
Login = Callable[[str], Client]
JSON = "application/json"
MARKUP = "\"'><img src=x onerror=alert(1)></script><script>alert(2)</script>"
RAW = ("<img src=x", "<script>alert")


@pytest.fixture
def office(people: dict[str, User]) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(people["coordinator"])
    return client


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"op":' * 50_000,
        b"\xff\xfe{}",
        b"9" * 5000,
        b"null",
        b"[]",
        b'{"op": []}',
        b'{"op": {}}',
        b'{"op": "head", "field": "title", "value": "\\ud800"}',
        b'{"op": "head", "field": "title", "value": "\\u0000"}',
        b'{"op": "head", "field": "year", "value": NaN}',
        b'{"op": "head", "field": "year", "value": 99999999999999999999}',
        b'{"op": "head", "field": "area", "value": "\\ud800"}',
        b'{"op": "head", "field": "\\ud800", "value": "1"}',
        b'{"op": "\\ud800"}',
        b'{"\\ud800": 1, "op": "join"}',
        b'{"op": "accept", "rule": "\\ud800"}',
        b'{"op": "learn", "name": "\\ud800", "unit": "01a201d3-6701-7044-a6b3-bdf451c416db"}',
        b'{"op": "insert", "after": null, "value": {"text": "\\udfff"}}',
        b'{"op": "insert", "after": null, "value": {"text": 1, "lead": [[[]]]}}',
    ],
)
def test_an_operation_that_is_none_is_refused(body: bytes, office: Client, make_plan: Make) -> None:
    plan = make_plan(publish=False)
    answer = office.post(f"/plans/{plan.uid}/edit/", body, content_type=JSON)
    assert answer.status_code in (400, 422), answer.content[:300]
    plan.refresh_from_db()
    assert plan.title == "云溪市大气污染防治2025年行动计划"
    assert plan.measures.count() == 6


LONE = "\ud800"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((field, f"甲{LONE}乙") for field in ("section", "task", "text", "deadline")),
        ("text", "x\x00y"), ("seq", 2**40), ("seq", -1), ("lead", [{"name": LONE}]), ("lead", [LONE]),
        ("lead", [{"name": "x" * 5000}]), ("lead", [{"name": {}}]), ("section", "长" * 5000),
    ],
)  # fmt: skip
def test_a_field_that_no_database_takes_is_refused(field: str, value: Any, office: Client, make_plan: Make) -> None:
    plan = make_plan(publish=False)
    change = {"op": "set", "field": field, "value": value, **at(plan, 1)}
    answer = office.post(f"/plans/{plan.uid}/edit/", json.dumps(change), content_type=JSON)
    assert answer.status_code == 422, answer.content[:300]


@pytest.mark.parametrize(
    "value",
    [
        {"text": LONE}, {"value": "NaN"}, {"value": "1e999999"}, {"value": "Infinity"}, {"by": LONE}, {"scope": [LONE]},
        {"subject": LONE}, {"span": [0, 10**30]}, {"kind": [[]]}, {"value": [[]]}, {"value": 10**400},
    ],
)  # fmt: skip
def test_a_target_that_no_database_takes_is_refused(value: dict[str, Any], office: Client, make_plan: Make) -> None:
    plan = make_plan(publish=False)
    good = {"text": "完成10台设备更新", "kind": "count", "comparator": "=", "value": "10", "unit": "台"}
    change = {"op": "target", "index": None, "value": good | value, **at(plan, 1)}
    answer = office.post(f"/plans/{plan.uid}/edit/", json.dumps(change), content_type=JSON)
    assert answer.status_code == 422, answer.content[:300]


@pytest.mark.parametrize(
    "address",
    [
        "/plans/{p}/versions/compare/?from=²&to=1", "/plans/{p}/versions/compare/?from=٣&to=1",
        "/plans/{p}/versions/999999999999999999999/1/", "/plans/{p}/versions/99999999999999999999999/file/",
        "/plans/{p}/pages/99999999999999999999999.png", "/plans/?page=-1", "/plans/?page=9999999999999999999999",
        "/plans/?page=" + "9" * 5000, "/plans/?year=²", "/plans/?q=%00", "/plans/?q=%ff%fe", "/plans/?area=%00",
        "/search/?q=%00&page=0", "/search/?q=%ed%a0%80", "/search/?q=设备&page=" + "9" * 5000,
        "/search/quick/?q=%00", "/search/?q=设备&due_from=9999-99&due_to=0000-00&year=99999&unit=%00",
        "/search/?q=" + "长" * 2000, "/search/?q=" + "a%20" * 2000, "/search/?q=%25%25__\\",
        "/plans/{p}/?unit=%00&section=%00&deadline=%00",
        "/plans/{p}/?due_from=0000-01",
        "/plans/{p}/?due_from=0001-01-01",
        "/plans/{p}/revision/?since=%00", "/plans/{p}/rows/?uid=" + "x" * 36, "/plans/{p}/rows/?uid=%00" + "1" * 35,
        "/plans/{p}/units/?q=%00", "/plans/{p}/units/?q=%ed%a0%80", "/measures/{m}/print/?page=²&around=²",
        "/measures/{m}/print/?page=999&around=999", "/units/?q=%00&area=%00&page=" + "9" * 5000,
        "/areas/?q=%00", "/areas/?on=9999999-01-01", "/units/{u}/?plan=%00&q=%00&page=-3", "/units/{u}/entry/?on=%00",
        "/units/{u}/entry/?on=0000-00-00", "/consultation/?page=-9", "/plans/{p}/consultation/?round=²",
        "/plans/{p}/export/docx%00/",
        "/api/v1/plans?cursor=%00",
        "/api/v1/plans?q=%00",
        "/api/v1/plans?year=9999999999",
        "/api/v1/plans?cursor=" + "A" * 500, "/api/v1/measures?plan=x", "/api/v1/measures?q=%ed%a0%80",
        "/api/v1/plans/{p}/versions/99999999999999999999999", "/api/v1/plans?limit=-1",
    ],
)  # fmt: skip
def test_an_address_of_nonsense_is_no_server_error(address: str, office: Client, make_plan: Make) -> None:
    plan = make_plan()
    unit = Unit.objects.get(name="市生态环境局")
    first = plan.measures.get(n=1)
    path, _mark, query = address.format(p=plan.uid, m=first.uid, u=unit.uid).partition("?")
    answer = office.get(path, QUERY_STRING=quote(query, safe="%&="))
    assert answer.status_code < 500


@pytest.mark.parametrize(
    ("address", "data"),
    [
        ("/plans/{p}/status/", {"status": "\x00"}), ("/plans/{p}/secrecy/", {"secrecy": "\x00"}),
        ("/plans/{p}/publish/", {"note": "\x00"}), ("/plans/{p}/publish/", {"note": "长" * 9000}),
        ("/plans/{p}/become/", {"plan": "\x00"}), ("/plans/{p}/replace/upload/", {"place": "²"}),
        ("/plans/{p}/consultation/open/", {"title": "\x00", "due": "\x00", "letter": "\x00", "units": "\x00"}),
        ("/consultation/rounds/{r}/invite/", {"names": "\x00"}), ("/consultation/rounds/{r}/due/", {"due": "\x00"}),
        ("/consultation/{i}/comment/", {"n": "²", "proposal": "x"}),
        ("/consultation/{i}/comment/", {"n": "1", "proposal": "\x00", "reason": "\x00"}),
        ("/consultation/{i}/comment/", {"n": "1", "proposal": "长" * 100_000}),
        ("/consultation/{i}/comment/", {"n": "1", "proposal": "x", "kind": "\x00"}),
        ("/consultation/{i}/note/", {"note": "\x00"}), ("/consultation/{i}/note/", {"note": "长" * 9000}),
        ("/tokens/", {"name": "\x00", "scopes": "\x00", "days": "²"}), ("/language/", {"language": "\x00"}),
        ("/language/", {"language": "en", "next": "//evil.example/"}),
    ],
)  # fmt: skip
def test_a_form_of_nonsense_is_no_server_error(
    address: str, data: dict[str, Any], office: Client, people: dict[str, User], make_plan: Make
) -> None:
    plan = make_plan(publish=False)
    row = consultation.open_round(
        people["coordinator"], plan, [Unit.objects.get(name="市交通局")], timezone.localdate()
    )
    i = row.invitations.get().uid
    if "replace/upload" in address:
        data = {**data, "file": SimpleUploadedFile("x.html", b"x")}
    answer = office.post(address.format(p=plan.uid, r=row.uid, i=i), data)
    assert answer.status_code < 500, answer.status_code
    assert "evil" not in answer.headers.get("Location", "")


def test_no_text_is_markup_on_any_page(make_plan: Make, people: dict[str, User], login: Login) -> None:
    user = people["coordinator"]
    rows = [
        read_measure(n, section=MARKUP, task=MARKUP, measure=f"{MARKUP}第{n}项", targets=(), flags=()) for n in (1, 2)
    ]
    plan = make_plan(read_plan(*rows, title=MARKUP), name=f"{MARKUP}.html", publish=False)
    do(user, plan, "set", 1, field="deadline", value="年底前<script>alert(3)</script>")
    do(user, plan, "set", 1, field="lead", value=[{"name": f"市{MARKUP}局"[:190]}])
    unit = Unit.objects.get(name="市交通局")
    directory.save_alias(people["administrator"], unit, None, {"name": MARKUP, "since": None, "until": None,
                                                               "misreading": True, "source": MARKUP})  # fmt: skip
    row = consultation.open_round(user, plan, [unit], timezone.localdate(), title=MARKUP, letter=MARKUP)
    invitation = row.invitations.get()
    consultation.save_note(user, invitation, MARKUP)
    consultation.save_comment(user, invitation, 1, MARKUP, MARKUP)
    consultation.submit(user, invitation)
    uids = [plan.uid, plan.measures.get(n=1).uid, unit.uid, row.uid, invitation.uid, plan.job.uid]  # type: ignore[union-attr]
    client = login("coordinator")
    seen = 0
    for address, _named in addresses(uids):
        answer = client.get(address)
        if answer.status_code == 200 and "html" in answer.headers["Content-Type"]:
            page = answer.content.decode()
            seen += "onerror" in page
            assert not any(raw in page for raw in RAW), address
    answer = client.get("/search/", {"q": "<script>alert(2)", "unit": MARKUP, "area": MARKUP})
    assert not any(raw in answer.content.decode() for raw in RAW)
    assert seen > 8


@pytest.mark.parametrize("name", ["a\r\nSet-Cookie: x=1.json", 'a"; filename="b.exe', "计\n划.json", "\u202egpj.json"])
def test_a_file_name_splits_no_header(name: str, office: Client, make_plan: Make) -> None:
    plan = make_plan(read_plan(title=name), name=name)
    for address in (
        f"/plans/{plan.uid}/file/",
        f"/plans/{plan.uid}/export/csv/",
        f"/plans/{plan.uid}/versions/1/file/",
    ):
        answer = office.get(address)
        assert answer.status_code == 200, address
        given = answer.headers["Content-Disposition"]
        assert given.startswith("attachment")
        assert "\n" not in given
        assert "Set-Cookie" not in answer.headers


def test_a_title_of_a_round_splits_no_header(office: Client, people: dict[str, User], make_plan: Make) -> None:
    plan = make_plan(publish=False)
    unit = Unit.objects.get(name="市交通局")
    row = consultation.open_round(people["coordinator"], plan, [unit], timezone.localdate(), title="a\r\nX: 1")
    for form in ("docx", "xlsx"):
        assert office.get(f"/consultation/rounds/{row.uid}/form.{form}").status_code == 200
        assert office.get(f"/consultation/rounds/{row.uid}/table.{form}").status_code == 200


@pytest.mark.parametrize("formula", ['=HYPERLINK("http://evil")', "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "＝1+1"])
def test_a_formula_is_a_text_in_every_download(formula: str, office: Client, make_plan: Make) -> None:
    rows = [read_measure(1, section=formula, task=formula, measure=f"{formula} 第1项", targets=())]
    plan = make_plan(read_plan(*rows))
    book = openpyxl.load_workbook(io.BytesIO(office.get(f"/plans/{plan.uid}/export/xlsx/").content))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    lines = csv.reader(io.StringIO(office.get(f"/plans/{plan.uid}/export/csv/").content.decode("utf-8-sig")))
    for line in lines:
        assert not [cell for cell in line if cell[:1] in ("=", "+", "@", "\t", "\r") or cell[:2] == "-1"]


def test_every_write_wants_its_token(people: dict[str, User], make_plan: Make) -> None:
    plan = make_plan(publish=False)
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["coordinator"])
    uids = [plan.uid, plan.measures.get(n=1).uid]
    for address, _named in addresses(uids):
        if "/api/" in address or client.get(address).status_code != 405:
            continue
        assert client.post(address).status_code == 403, address
        assert client.post(address, "{}", content_type=JSON).status_code == 403, address
    tag = client.get(f"/api/v1/plans/{plan.uid}").headers["ETag"]
    writes = (
        ("post", f"/api/v1/plans/{plan.uid}/publish"), ("patch", f"/api/v1/measures/{uids[1]}"),
        ("post", "/api/v1/plans/import-rows"), ("post", "/api/v1/plans/import"),
    )  # fmt: skip
    for method, address in writes:
        answer = getattr(client, method)(address, "{}", content_type=JSON, headers={"If-Match": tag})
        assert answer.status_code == 403, address
    plan.refresh_from_db()
    assert plan.in_preparation


@pytest.mark.parametrize(
    "target", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_out_of_the_house(target: str, people: dict[str, User]) -> None:
    client = Client()
    given = {"username": "viewer", "password": "viewer", "next": target}
    assert "evil" not in client.post(f"{reverse('core:login')}?next={target}", given).headers["Location"]
    answer = client.post(reverse("core:language"), {"language": "en", "next": target})
    assert answer.headers["Location"] == "/"
    assert people
