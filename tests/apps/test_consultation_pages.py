"""The pages of 征求意见: what they show, what their forms do, how often they ask the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Unit
from lantian.apps.consultation import actions
from lantian.apps.consultation.models import Comment, Invitation, Round
from lantian.apps.core import actions as core
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan
from tests.apps.conftest import read_measure, read_plan
from tests.apps.test_pages import text

pytestmark = [pytest.mark.django_db]

FIGURES = {"plan": 7, "round": 8, "invitation": 11, "invitations": 5}  # queries, whatever is on the page


@pytest.fixture
def draft(make_plan: Callable[..., Plan]) -> Plan:
    return make_plan(publish=False)


@pytest.fixture
def opened(draft: Plan, people: dict[str, User]) -> Round:
    asked = Unit.objects.filter(name__in=("市交通局", "东塘区政府", "西塘区政府"))
    due = timezone.localdate() + timedelta(days=7)
    return actions.open_round(people["coordinator"], draft, asked, due, title="征求意见函", letter="请提意见。")


@pytest.fixture
def unit_client(opened: Round) -> Callable[..., Client]:  # noqa: ARG001  # the round must be there
    """A browser of a person with a role in a unit."""

    def enter(unit: str, role: str = policy.REPORTER) -> Client:
        user = core.create_user(None, f"{unit}-{role}", "x", must_change_password=False)
        add_membership(None, user, Unit.objects.get(name=unit), role)
        client = Client()
        client.force_login(user)
        return client

    return enter


def of(row: Round, unit: str) -> Invitation:
    return row.invitations.select_related("round__plan__area", "unit").get(unit__name=unit)


def test_the_form_proposes_whom_to_ask(draft: Plan, login: Callable[[str], Client]) -> None:
    client = login("coordinator")
    page = client.get(f"/plans/{draft.uid}/consultation/")
    bureau = Unit.objects.get(name="市生态环境局")
    assert f'value="{bureau.uid}" checked' in page.content.decode()
    assert "各区政府" in text(page)
    assert "名录中没有：" in text(page)
    assert "市无名局" in text(page)
    assert "尚未征求意见" in text(login("administrator").get(f"/plans/{draft.uid}/consultation/"))


def test_a_round_is_opened_by_the_form(draft: Plan, login: Callable[[str], Client]) -> None:
    client, address = login("coordinator"), f"/plans/{draft.uid}/consultation/open/"
    today = timezone.localdate()
    good = {"title": "函", "letter": "请提意见。", "due": today.isoformat(), "silence_is_consent": "on"}
    wrong = client.post(address, good | {"due": "2020-01-01", "names": "市无名局、市交通局"})
    assert wrong.status_code == 400
    assert "反馈期限已过" in text(wrong)
    assert "不能确定指哪个单位：市无名局" in text(wrong)
    assert "请至少选择一个单位" in text(client.post(address, good))
    bureau = Unit.objects.get(name="市生态环境局")
    page = text(client.post(address, good | {"units": [str(bureau.uid)], "names": "市交通局\n东塘区政府"}, follow=True))
    assert "第 1 轮征求意见已发出" in page
    assert "（含当日）反馈；逾期未反馈的，视为无异议。" in page
    assert "0 / 3 个单位已反馈" in page
    assert "征求意见稿" in text(client.get(f"/plans/{draft.uid}/"))
    again = client.post(address, good | {"units": [str(bureau.uid)]})
    assert "尚未结束" in text(again)
    assert Round.objects.count() == 1


def test_a_unit_answers_row_by_row(
    opened: Round, unit_client: Callable[..., Client], login: Callable[[str], Client]
) -> None:
    client, invitation = unit_client("市交通局"), of(opened, "市交通局")
    assert "征求意见函" in text(client.get("/consultation/"))
    address = f"/consultation/{invitation.uid}/"
    page = client.get(address).content.decode()
    assert len(re.findall(r'id="r\d+"', page)) == 7
    assert " style=" not in page
    said = client.post(
        f"{address}comment/", {"n": "2", "kind": "target", "proposal": "改为15台<b>", "reason": "经费", "uid": ""},
        headers={"Accept": "application/json"},
    ).json()  # fmt: skip
    comment = Comment.objects.get()
    assert (said["uid"], said["count"], comment.proposal) == (str(comment.uid), 1, "改为15台<b>")
    refused = client.post(f"{address}comment/", {"n": "99", "proposal": "改"}, headers={"Accept": "application/json"})
    assert refused.status_code == 422
    assert "没有第 99 条" in refused.json()["error"]
    plain = client.post(f"{address}comment/", {"n": "3", "proposal": "又一条"})
    assert plain.headers["Location"] == f"{address}#r3"
    assert "改为15台&lt;b&gt;" in client.get(address).content.decode()
    assert "改为15台" not in text(login("coordinator").get(f"/consultation/rounds/{opened.uid}/"))
    client.post(f"{address}submit/")
    assert "改为15台" in text(login("coordinator").get(f"/consultation/rounds/{opened.uid}/"))
    answered = client.get(address).content.decode()
    assert "撤回修改" in answered
    assert "<textarea" not in answered


def test_a_viewer_of_the_unit_reads_but_does_not_answer(opened: Round, unit_client: Callable[..., Client]) -> None:
    client, invitation = unit_client("市交通局", policy.VIEWER), of(opened, "市交通局")
    page = client.get(f"/consultation/{invitation.uid}/")
    assert "意见由本单位" in text(page)
    assert "<textarea" not in page.content.decode()
    assert client.get(f"/plans/{opened.plan.uid}/").status_code == 200
    assert client.post(f"/consultation/{invitation.uid}/no-objection/").status_code == 403
    assert client.get(f"/consultation/{of(opened, '东塘区政府').uid}/").status_code == 404


def test_only_rows_that_name_the_unit(opened: Round, unit_client: Callable[..., Client]) -> None:
    client, invitation = unit_client("市交通局"), of(opened, "市交通局")
    actions.save_comment(User.objects.get(username="coordinator"), invitation, 4, "改")
    page = client.get(f"/consultation/{invitation.uid}/?mine=1").content.decode()
    assert re.findall(r'id="r(\d+)"', page) == ["0", "4"]


def test_files_come_in_by_the_page_and_are_downloads(
    opened: Round, unit_client: Callable[..., Client], people: dict[str, User]
) -> None:
    client, invitation = unit_client("市交通局"), of(opened, "市交通局")
    address = f"/consultation/{invitation.uid}/"
    form = client.get(f"/consultation/rounds/{opened.uid}/form.xlsx")
    assert form.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert client.get(f"/consultation/rounds/{opened.uid}/form.pdf").status_code == 404
    empty = SimpleUploadedFile("空表.xlsx", form.content)
    page = text(client.post(f"{address}filled/", {"file": empty}, follow=True))
    assert "有 1 个问题，未导入任何内容" in page
    assert "确认提交" not in page
    assert "没有选择文件" in text(client.post(f"{address}scan/", {}, follow=True))
    scan = SimpleUploadedFile("盖章.pdf", b"%PDF-1.4 ours")
    assert "盖章回复已留存" in text(client.post(f"{address}scan/", {"file": scan, "says": "nothing"}, follow=True))
    reply = client.get(f"{address}reply/")
    assert reply.content == b"%PDF-1.4 ours"
    assert reply.headers["Content-Type"] == "application/octet-stream"
    assert reply.headers["Content-Disposition"].startswith("attachment")
    client.force_login(people["viewer"])
    assert client.get(f"{address}reply/").status_code == 404


def test_decisions_are_taken_on_the_page(
    opened: Round, login: Callable[[str], Client], people: dict[str, User]
) -> None:
    invitation = of(opened, "市交通局")
    comment = actions.save_comment(people["coordinator"], invitation, 2, "改为15台。")
    assert comment is not None
    actions.submit(people["coordinator"], invitation)
    client, address = login("coordinator"), f"/consultation/comments/{comment.uid}/"
    asked = {"HX-Request": "true"}
    refused = client.post(f"{address}decide/", {"decision": "rejected", "reason": ""}, headers=asked)
    assert "<html" not in refused.content.decode()
    assert "请填写说明" in text(refused)
    taken = client.post(f"{address}decide/", {"decision": "partly", "reason": "改为18台"}, headers=asked)
    assert "部分采纳 1" in text(taken)  # the figures of the page
    plain = client.post(f"{address}carried-out/", {"carried_out": "1"})
    assert plain.headers["Location"] == f"/consultation/rounds/{opened.uid}/#c{comment.uid}"
    comment.refresh_from_db()
    assert (comment.decision, comment.decision_reason, comment.carried_out) == ("partly", "改为18台", True)
    base = f"/consultation/rounds/{opened.uid}/"
    assert "改为15台" in text(client.get(f"{base}?decision=partly"))
    for filters in ("?decision=open", "?carried=1", f"?unit={of(opened, '东塘区政府').unit.uid}"):
        assert "没有符合条件的意见" in text(client.get(base + filters)), filters
    assert client.get(f"{base}?unit=nonsense&decision=x").status_code == 200


def test_units_see_decisions_only_after_the_round(
    opened: Round, unit_client: Callable[..., Client], people: dict[str, User]
) -> None:
    client, invitation, office = unit_client("市交通局"), of(opened, "市交通局"), people["coordinator"]
    comment = actions.save_comment(office, invitation, 2, "改为15台。")
    assert comment is not None
    actions.submit(office, invitation)
    actions.decide(office, comment, "rejected", "与上级文件不一致")
    address = f"/consultation/{invitation.uid}/"
    assert "不采纳" not in text(client.get(address))
    actions.close_round(office, opened)
    assert "不采纳" in text(client.get(address))
    assert "与上级文件不一致" in text(client.get(address))
    assert client.get(f"/plans/{opened.plan.uid}/").status_code == 404


def test_the_steps_of_a_round(opened: Round, login: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch) -> None:
    client, base = login("coordinator"), f"/consultation/rounds/{opened.uid}/"
    page = text(client.get(f"/plans/{opened.plan.uid}/consultation/"))
    assert "提醒 3 个未反馈单位" in page
    assert "逾期未反馈的，视为无异议。" in page
    assert "名录中没有" in text(client.post(f"{base}invite/", {"names": "市无名局"}))
    assert "已增加 1 个单位" in text(client.post(f"{base}invite/", {"names": "柳桥街道办事处"}, follow=True))
    street = of(opened, "柳桥街道办事处")
    assert "不再征求柳桥街道办事处意见" in text(client.post(f"/consultation/{street.uid}/remove/", follow=True))
    assert "2026-03-15 的格式" in text(client.post(f"{base}due/", {"due": "soon"}, follow=True))
    assert "尚未截止" in text(client.post(f"{base}settle/", follow=True))
    late = timezone.localdate() + timedelta(days=8)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_args, **_kwargs: late)
    assert "逾期视为无异议" in text(client.get(f"/plans/{opened.plan.uid}/consultation/"))
    assert "已登记 3 个单位逾期视为无异议" in text(client.post(f"{base}settle/", follow=True))
    assert "本轮征求意见已结束" in text(client.post(f"{base}close/", follow=True))


def test_pages_speak_english(opened: Round, login: Callable[[str], Client]) -> None:
    client = login("coordinator")
    client.post("/language/", {"language": "en"})
    assert "0 / 3 units have answered" in text(client.get(f"/plans/{opened.plan.uid}/consultation/"))
    assert "Hand in the comments" in text(client.get(f"/consultation/{of(opened, '市交通局').uid}/"))


@pytest.mark.db
@pytest.mark.parametrize("count", [3, 40])
def test_pages_ask_the_database_as_often_for_a_long_plan(
    make_plan: Callable[..., Plan], login: Callable[[str], Client], people: dict[str, User], count: int
) -> None:
    office = people["coordinator"]
    plan = make_plan(read_plan(*(read_measure(n) for n in range(1, count + 1))), content=b"long", publish=False)
    asked = list(Unit.objects.filter(collective=False, closed=None))[: 2 if count < 10 else 6]
    row = actions.open_round(office, plan, asked, timezone.localdate())
    for unit in asked:
        invitation = of(row, unit.name)
        for n in range(1, count, 2):
            actions.save_comment(office, invitation, n, "改")
        if unit != asked[0]:
            actions.submit(office, invitation)
    wanted: dict[str, Any] = {
        f"/plans/{plan.uid}/consultation/": FIGURES["plan"],
        f"/consultation/rounds/{row.uid}/": FIGURES["round"],
        f"/consultation/{of(row, asked[0].name).uid}/": FIGURES["invitation"],
        "/consultation/": FIGURES["invitations"],
    }
    found = {}
    for address in wanted:
        client = login("coordinator")
        client.get("/password/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        found[address] = len(queries)
    assert found == wanted
