"""The duty list, one commitment, bulk changes, files, rhythm and calendar, and how many queries they take."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import CollectiveRule, Unit
from lantian.apps.core import actions as core
from lantian.apps.core import jobs
from lantian.apps.core.models import AuditEvent, Job, User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision import evaluating
from lantian.apps.supervision.actions import duties, making, rhythm
from lantian.apps.supervision.actions.common import NotPossible, Stale
from lantian.apps.supervision.models import (
    Commitment,
    DayRule,
    Entry,
    Figure,
    Return,
    ReturnVersion,
    Rhythm,
)  # fmt: skip
from lantian.apps.supervision.reports import reports_of
from lantian.reading import model as read
from tests.apps.conftest import read_measure, read_plan

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def plan(make_plan: Callable[..., Plan], run_jobs: Callable[[], int]) -> Plan:
    each = Unit.objects.get(name="各区政府")
    CollectiveRule.objects.create(unit=each, kind="each", kinds="district", pattern="{area}政府", source="ours")
    made = make_plan(read_plan(*(measure(n) for n in range(1, 7))))
    run_jobs()
    return made


def measure(n: int) -> read.Measure:
    role = (read.Role("lead", "市生态环境局", "市生态环境局"), read.Role("responsible", "各区政府", "各区政府"))
    goal = read.Target(f"完成{n}0台", "更新", "count", "=", n * 10, unit="台", applies="total", by=date(2025, 12, 31))
    return read_measure(n, roles=role, targets=(goal,), measure=f"=第{n}项，完成{n}0台设备更新。", flags=())


@pytest.fixture
def reporter(plan: Plan) -> Client:  # noqa: ARG001  # the district must be there
    """Somebody of a district's government, who sees what that district owes."""
    user = core.create_user(None, "east", "east", must_change_password=False)
    add_membership(None, user, Unit.objects.get(name="东塘区政府"), "reporter")
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, plan: Plan, **filters: str) -> str:
    answer = client.get(reverse("supervision:duties", args=[plan.uid]), filters)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_office_sees_everybody_and_a_unit_itself(
    plan: Plan, login: Callable[[str], Client], reporter: Client
) -> None:
    whole, own = page(login("coordinator"), plan), page(reporter, plan)
    assert "西塘区政府" in whole
    assert "市生态环境局" in whole
    assert "西塘区政府" not in own
    assert "东塘区政府" in own
    other = Commitment.objects.filter(plan=plan, unit__name="西塘区政府").first()
    assert other is not None
    assert reporter.get(reverse("supervision:duty", args=[other.uid])).status_code == 404
    unit = reverse("supervision:unit-duties", args=[plan.uid, other.unit.uid])
    assert reporter.get(unit).status_code == 404


def test_lights_are_the_offices_own(plan: Plan, login: Callable[[str], Client], reporter: Client) -> None:
    Commitment.objects.filter(plan=plan).update(light="red")
    assert "light-red" in page(login("coordinator"), plan)
    assert "light-red" not in page(reporter, plan)
    assert "light-red" not in page(login("viewer"), plan)
    row = Commitment.objects.filter(plan=plan, unit__name="东塘区政府").first()
    assert row is not None
    assert "light-red" not in reporter.get(reverse("supervision:duty", args=[row.uid])).content.decode()
    text = reporter.get(reverse("supervision:duties-export", args=[plan.uid, "csv"])).content.decode("utf-8-sig")
    assert "亮灯" not in text


@pytest.mark.parametrize(
    ("filters", "rows"),
    [
        ({"role": "lead"}, 6), ({"role": "responsible"}, 12), ({"q": "第3项"}, 3), ({"due": "2025-12"}, 18),
        ({"due": "2025-11"}, 0), ({"cadence": "month"}, 18), ({"cadence": "year"}, 0), ({"figure": "missing"}, 12),
        ({"figure": "any"}, 6), ({"figure": "none"}, 0), ({"unit": "无此"}, 0), ({"state": "closed"}, 0),
        ({"state": "nonsense"}, 18), ({"section": "一、总体要求"}, 18), ({"section": "二、"}, 0), ({"due": "bad"}, 18),
    ],
)  # fmt: skip
def test_filters(plan: Plan, login: Callable[[str], Client], filters: dict[str, str], rows: int) -> None:
    assert page(login("coordinator"), plan, **filters).count('name="duty"') == rows


def test_filters_by_unit_and_collective(plan: Plan, login: Callable[[str], Client]) -> None:
    east, each = Unit.objects.get(name="东塘区政府"), Unit.objects.get(name="各区政府")
    assert page(login("coordinator"), plan, unit=str(east.uid)).count('name="duty"') == 6
    assert page(login("coordinator"), plan, via=str(each.uid)).count('name="duty"') == 12


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.db
def test_the_list_takes_the_same_queries_however_long_it_is(
    plan: Plan, make_plan: Callable[..., Plan], login: Callable[[str], Client], run_jobs: Callable[[], int]
) -> None:
    longer = make_plan(read_plan(*(measure(n) for n in range(1, 31))), content=b"longer")
    run_jobs()
    client = login("coordinator")
    for name in ("duties", "questions", "quotas", "rhythm"):
        short, long = (queries(client, reverse(f"supervision:{name}", args=[row.uid])) for row in (plan, longer))
        assert short == long, name
    short, long = (
        queries(client, reverse("supervision:duty", args=[Commitment.objects.filter(plan=row).earliest("id").uid]))
        for row in (plan, longer)
    )
    assert short == long
    assert queries(client, reverse("supervision:duties", args=[plan.uid])) <= 24


def test_changing_many_at_once(plan: Plan, login: Callable[[str], Client]) -> None:
    client = login("coordinator")
    address = reverse("supervision:change", args=[plan.uid])
    client.post(address, {"which": "all", "filters": "role=responsible", "cadence": "quarter"})
    assert set(Commitment.objects.filter(role="responsible").values_list("cadence", flat=True)) == {"quarter"}
    assert set(Commitment.objects.filter(role="lead").values_list("cadence", flat=True)) == {"month"}
    one = Commitment.objects.filter(role="lead").earliest("id")
    client.post(address, {"which": "ticked", "duty": [str(one.uid)], "internal_due": "2025-11-30"})
    one.refresh_from_db()
    assert (one.internal_due, one.internal_edited) == (date(2025, 11, 30), True)
    client.post(address, {"which": "ticked", "duty": [str(one.uid)], "internal_due": "2026-01-15"})
    client.post(address, {"which": "ticked", "duty": [str(one.uid)], "internal_due": "morgen"})
    client.post(address, {"which": "ticked", "cadence": "year"})
    one.refresh_from_db()
    assert one.internal_due == date(2025, 11, 30)
    assert AuditEvent.objects.filter(action="commitment.rhythm").count() == 13
    making.make(None, plan)
    one.refresh_from_db()
    assert one.internal_due == date(2025, 11, 30)


def test_files_hold_the_list_and_no_formula(plan: Plan, login: Callable[[str], Client]) -> None:
    client = login("coordinator")
    text = client.get(reverse("supervision:duties-export", args=[plan.uid, "csv"]), {"role": "lead"}).content
    rows = list(csv.reader(StringIO(text.decode("utf-8-sig"))))
    assert len(rows) == 7
    assert rows[1][3].startswith("'=第1项")
    content = client.get(reverse("supervision:duties-export", args=[plan.uid, "xlsx"])).content
    sheet: Any = load_workbook(BytesIO(content)).active
    assert sheet.max_row == 19
    assert sheet["D2"].data_type == "s"
    assert client.get(reverse("supervision:duties-export", args=[plan.uid, "exe"])).status_code == 404
    book = load_workbook(BytesIO(client.get(reverse("supervision:unit-sheets", args=[plan.uid])).content))
    assert book.sheetnames == ["市生态环境局", "东塘区政府", "西塘区政府"]
    assert book["东塘区政府"].max_row == 8


def test_closing_and_opening_again(plan: Plan, people: dict[str, User]) -> None:
    user, row = people["coordinator"], Commitment.objects.filter(plan=plan).earliest("id")
    with pytest.raises(NotPossible):
        duties.close(user, row, " ")
    with pytest.raises(NotPossible):
        duties.close(user, row, "完成", timezone.localdate() + timedelta(days=1))
    duties.close(user, row, "全部完成", revision=1)
    row.refresh_from_db()
    assert (row.state, row.closed_reason) == ("closed", "全部完成")
    with pytest.raises(Stale):
        duties.reopen(user, row, "复查未过", revision=1)
    duties.reopen(user, row, "复查未过", revision=2)
    row.refresh_from_db()
    assert row.state != "closed"


def test_curves_are_checked_and_kept(plan: Plan, people: dict[str, User], login: Callable[[str], Client]) -> None:
    row = Commitment.objects.filter(plan=plan, role="lead").earliest("id")
    share = row.shares.get()
    for bad in ([("2025-03", Decimal("0.5")), ("2025-06", Decimal("0.4"))], [("2025-03", Decimal("1.2"))]):
        with pytest.raises(NotPossible):
            duties.set_curve(people["coordinator"], share, "linear", bad)
    address = reverse("supervision:curve", args=[share.uid])
    login("coordinator").post(address, {"curve": "linear", "edit": "1", "p-2025-06": "40", "p-2025-03": "10"})
    share.refresh_from_db()
    assert sorted(share.points) == [["2025-03", "0.1"], ["2025-06", "0.4"]]
    shown = login("coordinator").get(reverse("supervision:duty", args=[row.uid])).content.decode()
    assert 'value="40"' in shown
    login("coordinator").post(address, {"curve": "straight"})
    share.refresh_from_db()
    assert share.curve == "linear"


def test_an_exemption_wants_a_note(plan: Plan, people: dict[str, User]) -> None:
    share = Commitment.objects.filter(plan=plan, role="lead").earliest("id").shares.get()
    with pytest.raises(NotPossible):
        duties.set_allowance(people["coordinator"], share, exempt=Decimal(2), note="", carried_in=None)
    duties.set_allowance(people["coordinator"], share, exempt=Decimal(2), note="市局批准", carried_in=Decimal(3))
    share.refresh_from_db()
    assert (share.exempt, share.carried_in) == (Decimal(2), Decimal(3))


def submitted(plan: Plan, row: Commitment, period: str, value: int, at: Any, *, number: int = 1) -> Return:
    """A submitted version that says one figure, as the actions of returns leave it."""
    ret, _new = Return.objects.get_or_create(plan=plan, unit=row.unit, period=period)
    entry, _new = Entry.objects.get_or_create(report=ret, commitment=row, defaults={"progress": "推进"})
    share = row.shares.get()
    Figure.objects.update_or_create(entry=entry, share=share, defaults={"cumulative": value})
    content = {
        "rows": [
            {
                "commitment": str(row.uid), "progress": "推进", "problems": "", "next_step": "", "step": "",
                "document_number": "", "document_date": None, "done": False, "no_change": False,
                "figures": [{"share": str(share.uid), "period_value": None, "cumulative": str(value)}],
                "evidence": [{"uid": "e"}],
            }
        ]
    }  # fmt: skip
    version = ReturnVersion.objects.create(report=ret, number=number, content=content, code=f"{period}{number}")
    ReturnVersion.objects.filter(pk=version.pk).update(at=at)
    return ret


def test_a_report_is_known_from_its_day_on(plan: Plan) -> None:
    row = Commitment.objects.filter(plan=plan, role="lead").earliest("id")
    now = timezone.now()
    submitted(plan, row, "2025-03", 4, now - timedelta(days=3))
    submitted(plan, row, "2025-03", 5, now, number=2)
    today = timezone.localdate()
    assert reports_of([row.pk], today - timedelta(days=4)) == {}
    first = reports_of([row.pk], today - timedelta(days=2))[row.pk]
    assert [report.figures[0].cumulative for report in first] == [4]
    assert [report.figures[0].cumulative for report in reports_of([row.pk], today)[row.pk]] == [4, 5]


def test_the_verdict_of_a_row_follows_the_record(plan: Plan) -> None:
    row = Commitment.objects.filter(plan=plan, role="lead").earliest("id")
    today = timezone.localdate()
    ret = submitted(plan, row, "2025-03", 4, timezone.now() - timedelta(hours=1))

    def verdict() -> str:
        return reports_of([row.pk], today)[row.pk][0].verdict

    assert verdict() == ""
    AuditEvent.objects.create(action="return.accept", object_uid=ret.uid, after={"rows": {}})
    assert verdict() == "accepted"
    AuditEvent.objects.create(action="return.reopen", object_uid=ret.uid, after={"rows": []})
    assert verdict() == ""
    AuditEvent.objects.create(action="return.send_back", object_uid=ret.uid, after={"rows": {"another": "改"}})
    assert verdict() == "accepted"
    AuditEvent.objects.create(action="return.send_back", object_uid=ret.uid, after={"rows": {str(row.uid): "改"}})
    assert verdict() == "sent_back"
    AuditEvent.objects.create(action="return.withdraw", object_uid=ret.uid, after={})
    assert reports_of([row.pk], today) == {}


def test_a_reached_target_is_met_and_the_page_says_why(plan: Plan, login: Callable[[str], Client]) -> None:
    row = Commitment.objects.filter(plan=plan, role="lead").earliest("id")
    ret = submitted(plan, row, "2025-03", 10, timezone.now())
    AuditEvent.objects.create(action="return.accept", object_uid=ret.uid, after={"rows": {}})
    before = row.state
    evaluating.touch([row.pk])
    row.refresh_from_db()
    assert (before != "met", row.state) == (True, "met")
    client = login("coordinator")
    text = client.get(reverse("supervision:duty", args=[row.uid])).content.decode()
    assert row.state_rule in text
    past = client.get(reverse("supervision:duty", args=[row.uid]), {"on": "2025-02-01"}).content.decode()
    assert "2025-02-01" in past
    for bad in ("2999-01-01", "gestern"):
        assert client.get(reverse("supervision:duty", args=[row.uid]), {"on": bad}).status_code == 200


def test_the_day_asks_once_for_every_plan_in_force(plan: Plan) -> None:
    jobs.enqueue_daily()
    jobs.enqueue_daily()
    found = Job.objects.filter(kind=evaluating.REFRESH, payload__plan=str(plan.uid), key__isnull=False)
    assert found.count() == 1


def test_rhythm_reaches_what_nobody_edited(plan: Plan, people: dict[str, User], run_jobs: Callable[[], int]) -> None:
    user, row = people["coordinator"], Commitment.objects.filter(plan=plan).earliest("id")
    duties.set_internal_due(user, row, date(2025, 10, 1))
    rhythm.set_rhythm(user, plan, {"lead_days": 20, "due": 8}, revision=1)
    run_jobs()
    days = set(Commitment.objects.exclude(pk=row.pk).values_list("internal_due", flat=True))
    assert days == {date(2025, 12, 3)}
    row.refresh_from_db()
    assert row.internal_due == date(2025, 10, 1)
    with pytest.raises(Stale):
        rhythm.set_rhythm(user, plan, {"due": 9}, revision=1)
    assert Rhythm.objects.get(plan=plan).due == 8


def test_the_calendar_says_what_it_does_not_know(people: dict[str, User], login: Callable[[str], Client]) -> None:  # noqa: ARG001
    client, address = login("administrator"), reverse("supervision:calendar")
    assert "2040年放假安排尚未录入" in client.get(address, {"year": "2040"}).content.decode()
    assert "尚未录入" not in client.get(address, {"year": "2025"}).content.decode()
    data = {"day": "2040-02-13", "until": "2040-02-17", "working": "0", "name": "春节", "source": "国办通知"}
    client.post(reverse("supervision:calendar-save"), data)
    assert DayRule.objects.count() == 5
    client.post(reverse("supervision:calendar-save"), data | {"until": "2041-02-17"})
    assert DayRule.objects.count() == 5
    client.post(reverse("supervision:calendar-remove", args=[DayRule.objects.earliest("day").uid]))
    assert DayRule.objects.count() == 4


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_two_people_change_one_commitment_and_one_wins(plan: Plan, people: dict[str, User]) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite takes one writer at a time; its test database lives in memory")
    row = Commitment.objects.filter(plan=plan).earliest("id")
    start, outcomes = Barrier(2), []

    def change(cadence: str) -> None:
        own = Commitment.objects.get(pk=row.pk)
        user = User.objects.get(pk=people["coordinator"].pk)
        start.wait()
        try:
            duties.set_cadence(user, own, cadence, revision=1)
            outcomes.append(cadence)
        except Stale:
            outcomes.append("stale")
        finally:
            connection.close()

    threads = [Thread(target=change, args=(cadence,)) for cadence in ("half", "year")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row.refresh_from_db()
    assert sorted(outcomes) == sorted([row.cadence, "stale"])
    assert row.revision == 2
