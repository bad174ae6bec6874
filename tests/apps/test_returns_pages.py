"""Pages of returns: the desk, the sheet with and without script, who owes what, the review, the printed sheet."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from lantian.apps.areas.models import Unit
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.actions import returns, review
from lantian.apps.supervision.models import Cadence, Commitment, Entry, Return, Verdict
from lantian.apps.supervision.queries import desk
from lantian.apps.supervision.queries import returns as queries
from tests.apps.returning import APRIL, MARCH, Office, make_office, words_of

pytestmark = [pytest.mark.django_db]
JSON = {"Accept": "application/json"}


@pytest.fixture
def office(make_plan: Callable[..., Plan], people: dict[str, User]) -> Office:
    return make_office(make_plan, people)


@pytest.fixture
def writer(office: Office) -> Client:
    client = Client()
    client.force_login(office.writer)
    return client


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def more_rows(office: Office, count: int) -> None:
    """As many further rows of the unit, in the same plan."""
    measure = office.rows[0].measure
    for role in ("responsible", "support", "inherited")[:count]:
        Commitment.objects.create(plan=office.plan, measure=measure, unit=office.unit, role=role, cadence=Cadence.MONTH)


# The desk


def test_the_desk_leads_to_the_return_in_one_click(office: Office, writer: Client) -> None:
    page = text_of(writer.get("/desk/"))
    assert "市交通局" in page
    assert page.count("未填报") == 12  # 2025 is over: every month is open
    answer = writer.post(
        "/returns/open/", {"plan": str(office.plan.uid), "unit": str(office.unit.uid), "period": MARCH}
    )
    assert answer.headers["Location"] == f"/returns/{Return.objects.get().uid}/"


def test_what_came_back_stands_first_with_its_reason(office: Office, writer: Client) -> None:
    review.send_back(office.reviewer, office.submitted(APRIL), note="请补充文号")
    tasks = desk.tasks(office.unit, timezone.localdate())
    assert (tasks[0].month, tasks[0].sent_back) == (APRIL, True)
    assert "请补充文号" in text_of(writer.get("/desk/"))


def test_what_is_handed_in_waits_and_what_is_accepted_goes(office: Office) -> None:
    ret = office.submitted(MARCH)
    assert [task.month for task in desk.tasks(office.unit, timezone.localdate()) if not task.open] == [MARCH]
    review.accept(office.reviewer, ret)
    assert MARCH not in [task.month for task in desk.tasks(office.unit, timezone.localdate())]


def test_this_month_may_be_filled_in_early(office: Office) -> None:
    tasks = desk.tasks(office.unit, date(2025, 3, 10))
    assert [(task.month, task.opens) for task in tasks if task.month >= MARCH] == [(MARCH, date(2025, 3, 25))]
    assert APRIL not in [task.month for task in tasks]


def test_duties_stand_by_the_earlier_of_their_days(office: Office) -> None:
    first, second, third = office.rows
    Commitment.objects.filter(pk=first.pk).update(end=None, internal_due=None)
    Commitment.objects.filter(pk=second.pk).update(end=date(2025, 12, 31), internal_due=date(2025, 6, 1))
    Commitment.objects.filter(pk=third.pk).update(end=date(2025, 5, 1), internal_due=None)
    assert list(desk.duties([office.unit])) == [third, second, first]
    Commitment.objects.filter(pk=third.pk).update(state="met")
    assert list(desk.duties([office.unit])) == [second, first]
    assert list(desk.duties([office.unit], everything=True)) == [third, second, first]


def test_a_person_of_several_units_changes_between_them(office: Office, people: dict[str, User]) -> None:
    from lantian.apps.areas.actions import add_membership

    add_membership(None, people["coordinator"], office.unit, "reporter")
    client = Client()
    client.force_login(people["coordinator"])
    page = text_of(client.get(f"/desk/?unit={office.unit.uid}"))
    assert "市生态环境局" in page
    assert page.count("提前填报") + page.count(">填报<") == 12


def test_who_has_no_duties_is_told_where_to_look(office: Office, login: Callable[[str], Client]) -> None:  # noqa: ARG001
    assert "本单位自己没有要报送的事项" in text_of(login("coordinator").get("/desk/"))
    stranger = User.objects.create(username="stranger")
    client = Client()
    client.force_login(stranger)
    assert client.get("/desk/").status_code == 403


@pytest.mark.db
def test_the_desk_takes_a_fixed_number_of_queries(
    office: Office, writer: Client, django_assert_max_num_queries: Any
) -> None:
    writer.get("/desk/")
    with django_assert_max_num_queries(22) as few:
        writer.get("/desk/")
    more_rows(office, 3)
    for month in ("2025-05", "2025-06"):
        office.ret(month)
    with django_assert_max_num_queries(len(few)):
        writer.get("/desk/")


# The sheet


def save(client: Client, ret: Return, row: Commitment, revision: int = 0, **posted: str) -> Any:
    address = f"/returns/{ret.uid}/save/{row.uid}/"
    return client.post(address, {"revision": str(revision), **posted}, headers=JSON)


def test_a_row_is_saved_by_the_script_and_checked(office: Office, writer: Client) -> None:
    ret, row, share = office.ret(), office.rows[0], office.share
    answer = save(writer, ret, row, progress="更新3台", **{f"p:{share.uid}": "３", f"c:{share.uid}": "1,003"})
    said = json.loads(answer.content)
    assert (answer.status_code, said["revision"], said["touched"]) == (200, 1, 1)
    figure = Entry.objects.get().figures.get()
    assert (figure.period_value, figure.cumulative) == (3, 1003)
    again = json.loads(save(writer, ret, row, 1, progress="更新3吨", **{f"c:{share.uid}": "3"}).content)
    assert [item["check"] for item in again["problems"]] == ["C03"]
    assert again["problems"][0]["text"].startswith("文字中写的是“3吨”")


@pytest.mark.parametrize("text", ["八台", "3台", "1e5", "NaN", "--3", "9" * 40])
def test_what_is_no_number_is_said_beside_the_field(office: Office, writer: Client, text: str) -> None:
    ret, name = office.ret(), f"c:{office.share.uid}"
    answer = save(writer, ret, office.rows[0], progress="推进", **{name: text})
    assert answer.status_code == 422
    assert list(json.loads(answer.content)["errors"]) == [name]
    assert not Entry.objects.exists()


def test_without_script_a_refused_row_keeps_its_words(office: Office, writer: Client) -> None:
    ret = office.ret()
    posted = {"revision": "0", "progress": "很长的一段话", "document_date": "下周", f"c:{office.share.uid}": "八"}
    answer = writer.post(f"/returns/{ret.uid}/save/{office.rows[0].uid}/", posted)
    assert answer.status_code == 422
    page = text_of(answer)
    assert "很长的一段话" in page
    assert "请只填数字" in page
    assert 'aria-invalid="true"' in page


def test_two_tabs_are_told_and_both_texts_are_shown(office: Office, writer: Client) -> None:
    ret, row = office.ret(), office.rows[2]
    save(writer, ret, row, progress="第一个标签页")
    answer = save(writer, ret, row, progress="第二个标签页")
    said = json.loads(answer.content)
    assert (answer.status_code, said["theirs"]["values"]["progress"], said["revision"]) == (409, "第一个标签页", 1)
    page = text_of(writer.post(f"/returns/{ret.uid}/save/{row.uid}/", {"revision": "0", "progress": "第二个标签页"}))
    assert "第一个标签页" in page
    assert "第二个标签页" in page
    assert words_of(ret)[3] == "第一个标签页"
    save(writer, ret, row, 1, progress="第二个标签页")
    assert words_of(ret)[3] == "第二个标签页"


def test_script_in_words_is_shown_as_words(office: Office, writer: Client) -> None:
    ret = office.ret()
    save(writer, ret, office.rows[2], progress="<script>alert(1)</script>")
    for page in ("", "print/", "review/"):
        answer = Client()
        answer.force_login(office.coordinator)
        assert "<script>alert" not in text_of(answer.get(f"/returns/{ret.uid}/{page}"))


def test_handing_in_marks_the_rows_that_cannot_be(office: Office, writer: Client) -> None:
    ret = office.ret()
    answer = writer.post(f"/returns/{ret.uid}/submit/", {"signer": "李四", "phone": "1", "revision": str(ret.revision)})
    assert answer.status_code == 422
    page = text_of(answer)
    assert "还有3行不能报送" in page
    assert 'value="李四"' in page
    office.fill(ret)
    answer = writer.post(f"/returns/{ret.uid}/submit/", {"signer": "李四"})
    assert answer.status_code == 302
    ret.refresh_from_db()
    assert (ret.state, ret.signer) == ("submitted", "李四")


def test_last_period_stands_beside_and_no_change_is_one_click(office: Office, writer: Client) -> None:
    office.submitted(MARCH)
    ret = office.ret(APRIL)
    page = text_of(writer.get(f"/returns/{ret.uid}/"))
    assert "第3项按计划推进" in page
    assert "其余 3 行无变化" in page
    writer.post(f"/returns/{ret.uid}/no-change/")
    assert Entry.objects.filter(report=ret, no_change=True).count() == 3


def test_the_plan_value_of_the_month_is_shown(office: Office, writer: Client) -> None:
    office.share.curve = "linear"
    office.share.save()
    row = queries.rows_of(office.ret("2025-06"))[0]
    assert row.figures[0].planned == Decimal("4.96")  # 181 of 365 days of 10
    assert "4.96" in text_of(writer.get(f"/returns/{office.ret('2025-06').uid}/"))


def test_an_accepted_row_has_no_form(office: Office, writer: Client) -> None:
    ret = office.submitted()
    review.judge(office.reviewer, ret.entries.get(commitment=office.rows[1]), Verdict.SENT_BACK, "请补充文号")
    review.send_back(office.reviewer, ret)
    page = text_of(writer.get(f"/returns/{ret.uid}/"))
    assert page.count("data-entry") == 1
    assert "请补充文号" in page


def test_a_return_of_a_month_without_rows_says_so(office: Office, writer: Client) -> None:
    Commitment.objects.update(cadence=Cadence.YEAR)
    assert "本期没有要填报的内容" in text_of(writer.get(f"/returns/{office.ret().uid}/"))


@pytest.mark.db
def test_the_sheet_takes_a_fixed_number_of_queries(
    office: Office, writer: Client, django_assert_num_queries: Any
) -> None:
    ret = office.ret()
    office.fill(ret)
    writer.get(f"/returns/{ret.uid}/")
    with django_assert_num_queries(13) as few:
        writer.get(f"/returns/{ret.uid}/")
    more_rows(office, 3)
    with django_assert_num_queries(len(few)):
        writer.get(f"/returns/{ret.uid}/")


# Print


def test_the_printed_sheet_bears_its_code_once_it_is_handed_in(office: Office, writer: Client) -> None:
    ret = office.ret()
    office.fill(ret)
    draft = text_of(writer.get(f"/returns/{ret.uid}/print/"))
    assert "草稿" in draft
    assert "<svg" not in draft
    code = returns.submit(office.writer, ret).code
    page = text_of(writer.get(f"/returns/{ret.uid}/print/"))
    assert f"{code[:5]}-{code[5:]}" in page
    assert "<svg" in page
    assert " style=" not in page
    assert "盖章" in page


# Who owes what


def test_the_list_says_who_owes_what_and_who_is_late(office: Office, login: Callable[[str], Client]) -> None:
    bureau = Unit.objects.get(name="市生态环境局")
    Commitment.objects.create(
        plan=office.plan, measure=office.rows[0].measure, unit=bureau, role="lead", cadence=Cadence.MONTH
    )
    office.submitted(MARCH)
    units = queries.owing(office.plan, MARCH)
    lines = queries.lines(office.plan, MARCH, list(units), date(2025, 4, 7))
    shown = {line.unit.name: (line.rows, line.report.state if line.report else None, line.late) for line in lines}
    assert shown == {"市生态环境局": (1, None, True), "市交通局": (3, "submitted", True)}
    assert [unit.name for unit in queries.owing(office.plan, MARCH, state="none")] == ["市生态环境局"]
    assert [unit.name for unit in queries.owing(office.plan, MARCH, text="交通")] == ["市交通局"]
    assert queries.counts(office.plan, MARCH) | {"draft": 0} == {
        "none": 1, "draft": 0, "submitted": 1, "sent_back": 0, "accepted": 0, "reopened": 0, "all": 2
    }  # fmt: skip
    address = f"/returns/?plan={office.plan.uid}&period={MARCH}"
    page = text_of(login("coordinator").get(address))
    assert "已报送，待审核" in page
    assert "逾期" in page
    assert "市交通局" not in text_of(login("coordinator").get(f"{address}&state=none"))


def test_what_was_handed_in_by_the_due_day_is_not_late(office: Office) -> None:
    ret = office.submitted("2025-12")
    ret.versions.update(at=timezone.make_aware(timezone.datetime(2026, 1, 4)))
    units = list(queries.owing(office.plan, "2025-12", late=True))
    assert units == []
    ret.versions.update(at=timezone.make_aware(timezone.datetime(2026, 1, 9)))
    assert [unit.name for unit in queries.owing(office.plan, "2025-12", late=True)] == ["市交通局"]


def test_ticked_returns_without_marks_are_accepted(office: Office, login: Callable[[str], Client]) -> None:
    ret = office.submitted()
    client = login("reviewer")
    answer = client.post("/returns/accept/", {"return": str(ret.uid), "back": f"/returns/?period={MARCH}"})
    assert answer.headers["Location"] == f"/returns/?period={MARCH}"
    ret.refresh_from_db()
    assert ret.state == "accepted"
    assert client.post("/returns/accept/", {"back": "https://example.org/"}).headers["Location"] == "/returns/"


def test_another_office_s_plan_is_not_found(office: Office, people: dict[str, User]) -> None:
    from lantian.apps.areas.actions import add_membership
    from lantian.apps.core import actions as core

    person = core.create_user(None, "outsider", "outsider", must_change_password=False)
    add_membership(None, person, Unit.objects.get(name="西塘区政府"), "coordinator")
    ret = office.submitted()
    client = Client()
    client.force_login(person)
    assert client.get(f"/returns/?plan={office.plan.uid}").status_code == 404
    for page in ("", "print/", "review/"):
        assert client.get(f"/returns/{ret.uid}/{page}").status_code == 404
    assert client.post(f"/returns/{ret.uid}/accept/").status_code == 404
    assert people  # the office's own people are there, too


@pytest.mark.db
def test_the_list_takes_a_fixed_number_of_queries(
    office: Office, login: Callable[[str], Client], django_assert_num_queries: Any
) -> None:
    client, address = login("coordinator"), f"/returns/?plan={office.plan.uid}&period={MARCH}"
    client.get(address)
    with django_assert_num_queries(11) as few:
        client.get(address)
    measure = office.rows[0].measure
    for unit in Unit.objects.filter(collective=False).exclude(pk=office.unit.pk):
        Commitment.objects.create(plan=office.plan, measure=measure, unit=unit, role="lead", cadence=Cadence.MONTH)
    office.submitted(MARCH)
    with django_assert_num_queries(len(few)):
        client.get(address)


# Review


def test_a_return_is_reviewed_row_by_row(office: Office, login: Callable[[str], Client]) -> None:
    ret, client = office.submitted(), login("reviewer")
    base = f"/returns/{ret.uid}"
    assert "请补充" not in text_of(client.get(f"{base}/review/"))
    entry = ret.entries.get(commitment=office.rows[1])
    posted = {"verdict": "sent_back", "note": "请补充文号", "revision": str(entry.revision)}
    said = json.loads(client.post(f"{base}/review/{office.rows[1].uid}/", posted, headers=JSON).content)
    assert (said["verdict"], said["back"], said["error"]) == ("sent_back", 1, "")
    answer = client.post(f"{base}/review/{office.rows[1].uid}/", posted | {"verdict": "accepted"}, headers=JSON)
    assert answer.status_code == 409
    assert json.loads(answer.content)["verdict"] == "sent_back"
    client.post(f"{base}/send-back/", {"revision": str(said["sheet"])})
    ret.refresh_from_db()
    assert ret.state == "sent_back"


def test_the_reviewer_of_the_own_unit_is_told_why_not(office: Office, people: dict[str, User]) -> None:
    from lantian.apps.areas.actions import add_membership

    ret = office.submitted()
    add_membership(None, people["reviewer"], office.unit, "reporter")
    client = Client()
    client.force_login(people["reviewer"])
    page = text_of(client.get(f"/returns/{ret.uid}/review/"))
    assert "不能自审" in page
    assert "data-judge" not in page
    assert client.post(f"/returns/{ret.uid}/accept/").status_code == 403


def test_every_sentence_has_its_chinese(office: Office, writer: Client, login: Callable[[str], Client]) -> None:
    ret = office.submitted()
    pages = [
        writer.get("/desk/"), writer.get(f"/returns/{ret.uid}/"),
        login("coordinator").get(f"/returns/{ret.uid}/review/"),
        login("coordinator").get("/returns/"), login("coordinator").get("/returns/links/"),
        login("coordinator").get("/returns/scan/"), writer.get(f"/returns/{ret.uid}/print/"),
    ]  # fmt: skip
    for page in pages:
        main = re.search(r"<main.*?</main>", page.content.decode(), re.S)
        assert main is not None
        shown = re.sub(r"<script.*?</script>|<[^>]+>|\b\w{5}-\w{5}\b", " ", main[0], flags=re.S)
        english = [word for word in re.findall(r"[A-Za-z]{4,}", shown) if word.lower() not in KNOWN]
        assert not english, english


KNOWN = {"ctrl", "docx", "xlsx", "jpeg"}
