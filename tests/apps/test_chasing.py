"""Chasing: the office's desk, letters that follow their papers, reminders once, calls, e-mail and chat groups."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Area, Unit
from lantian.apps.chasing import actions, desk, outbound, worker
from lantian.apps.chasing.actions import ChasingError, LetterWords, StaleError
from lantian.apps.chasing.models import Call, Letter, LetterState, Message, MessageState, Reminder, Webhook
from lantian.apps.core import actions as core
from lantian.apps.core import jobs, policy
from lantian.apps.core.models import AuditEvent, Job, User
from lantian.apps.papers import actions as papers
from lantian.apps.papers.models import Paper, Recipient
from lantian.apps.people.models import Liaison
from lantian.apps.plans.models import Measure, Plan, RoleKind
from lantian.apps.supervision.days import workdays
from lantian.apps.supervision.models import Cadence, Commitment, Light, Return, ReturnState

pytestmark = [pytest.mark.django_db, pytest.mark.db]

MARCH = "2025-03"  # due on 7 April 2025, a Monday: the fifth is a Saturday, the sixth a Sunday
UNITS = ("市交通局", "东塘区政府", "西塘区政府")


@dataclass
class Office:
    """A published plan, three units that owe one row each month, the coordinator and a leader with a login."""

    plan: Plan
    user: User
    leader: User
    units: dict[str, Unit]
    rows: dict[str, Commitment]

    def letter(self, unit: str = "市交通局", **changes: Any) -> Letter:
        values: dict[str, Any] = {
            "rung": "prompt", "issuer": Unit.objects.get(name="市生态环境局"), "commitments": [self.rows[unit]],
            "reply_by": timezone.localdate() + timedelta(days=7), "approver": self.leader,
        }  # fmt: skip
        words = LetterWords(**(values | changes))
        return actions.draft_letter(self.user, self.plan, self.units[unit], MARCH, words)

    def issue(self, letter: Letter) -> Letter:
        paper = letter.paper
        papers.check_paper(self.user, paper, revision=paper.revision, note="办公室仅一人")
        papers.sign_paper(self.leader, paper, revision=paper.revision)
        papers.issue_paper(self.user, paper, revision=paper.revision)
        letter.refresh_from_db()
        return letter


def commit(plan: Plan, unit: Unit, n: int, **changes: Any) -> Commitment:
    measure = Measure.objects.get(plan=plan, n=n)
    values: dict[str, Any] = {"role": RoleKind.RESPONSIBLE, "cadence": Cadence.MONTH, "end": date(2025, 12, 31)}
    return Commitment.objects.create(plan=plan, measure=measure, unit=unit, **(values | changes))


@pytest.fixture
def office(make_plan: Callable[..., Plan], people: dict[str, User]) -> Office:
    plan = make_plan()
    units = {name: Unit.objects.get(name=name) for name in UNITS}
    rows = {name: commit(plan, units[name], n) for n, name in enumerate(UNITS, 1)}
    papers.save_letterhead(people["coordinator"], Unit.objects.get(name="市生态环境局"), word="云环")
    return Office(plan, people["coordinator"], people["viewer"], units, rows)


def hand_in(office: Office, unit: str, state: str = ReturnState.SUBMITTED, **changes: Any) -> Return:
    return Return.objects.create(plan=office.plan, unit=office.units[unit], period=MARCH, state=state, **changes)


def member(name: str, unit: str, role: str = policy.REPORTER) -> User:
    user = core.create_user(None, name, name, must_change_password=False)
    add_membership(None, user, Unit.objects.get(name=unit), role)
    return user


def at(office: Office, today: date) -> desk.Month:
    return desk.month_of(office.plan, MARCH, today)


def test_the_desk_counts_who_owes_what(office: Office) -> None:
    hand_in(office, "市交通局")
    hand_in(office, "东塘区政府", ReturnState.SENT_BACK, sent_back=2)
    Commitment.objects.filter(pk=office.rows["西塘区政府"].pk).update(light=Light.RED)
    month = at(office, date(2025, 4, 10))
    units = desk.units_owing(month)
    tally = desk.tally(month, units)
    assert (month.due, month.late_days) == (date(2025, 4, 7), 3)
    wanted = {"units": 3, "owing": 2, "late": 2, "review": 1, "sent_back": 1, "accepted": 0, "red": 1, "yellow": 0}
    assert {name: tally[name] for name in wanted} == wanted
    lines = {line.unit.name: line for line in desk.lines(month, units)}
    assert [lines[name].late for name in UNITS] == [False, True, True]
    assert lines["市交通局"].proposal is None
    proposals = [lines[name].proposal for name in UNITS[1:]]
    assert [found.rung.id for found in proposals if found] == ["remind", "remind"]


def test_before_the_due_day_is_over_nobody_is_late(office: Office) -> None:
    month = at(office, date(2025, 4, 7))
    assert not month.late
    assert desk.tally(month, desk.units_owing(month))["late"] == 0


def test_a_call_or_a_reminder_past_the_due_day_is_the_first_rung(office: Office) -> None:
    month = at(office, date(2025, 4, 10))
    unit = office.units["市交通局"]
    actions.log_call(office.user, office.plan, unit, MARCH, whom="孙同志", outcome="no_answer")
    text = "请报送"
    Reminder.objects.create(
        plan=office.plan, unit=office.units["东塘区政府"], period=MARCH, kind="near", day=date(2025, 4, 3), text=text
    )
    Reminder.objects.create(
        plan=office.plan, unit=office.units["西塘区政府"], period=MARCH, kind="late1", day=date(2025, 4, 8), text=text
    )
    lines = {line.unit.name: line for line in desk.lines(month, desk.units_owing(month))}
    rungs = {name: line.proposal.rung.id for name, line in lines.items() if line.proposal}
    assert rungs == {"市交通局": "prompt", "东塘区政府": "remind", "西塘区政府": "prompt"}


def test_the_desk_asks_as_often_for_many_units(
    office: Office, login: Callable[[str], Client], django_assert_max_num_queries: Any
) -> None:
    client = login("coordinator")
    url = reverse("chasing:office") + f"?plan={office.plan.uid}&period={MARCH}"
    client.get(url)
    counts = []
    for more in (0, 40):
        for n in range(more):
            unit = Unit.objects.create(name=f"第{n}街道办事处", level="town", area=office.units["东塘区政府"].area)
            commit(office.plan, unit, 1)
            Reminder.objects.create(
                plan=office.plan, unit=unit, period=MARCH, kind="late1", day=date(2025, 4, 8), text="请报送"
            )
        with django_assert_max_num_queries(45) as asked:
            assert client.get(url).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_desk_shows_the_text_for_the_group_and_one_click_to_each(
    office: Office, login: Callable[[str], Client]
) -> None:
    hand_in(office, "市交通局")
    answer = login("coordinator").get(reverse("chasing:office"), {"plan": str(office.plan.uid), "period": MARCH})
    assert answer.context["text"].splitlines()[1] == "尚未报送的单位：东塘区政府、西塘区政府。"
    page = answer.content.decode()
    unit = office.units["东塘区政府"]
    assert reverse("chasing:phone", args=[office.plan.uid, MARCH, unit.uid]) in page
    assert reverse("chasing:draft", args=[office.plan.uid, MARCH, unit.uid]) in page
    for show, names in (("turn", {"东塘区政府", "西塘区政府"}), ("red", set())):
        shown = login("coordinator").get(
            reverse("chasing:office"), {"plan": str(office.plan.uid), "period": MARCH, "show": show}
        )
        assert {line.unit.name for line in shown.context["lines"]} == names


def test_a_letter_follows_its_paper_until_it_is_closed(office: Office) -> None:
    letter = office.letter()
    assert (letter.state, letter.paper.main_to, letter.paper.about[-7:]) == ("draft", ["市交通局"], "2025年3月")
    assert letter.paper.body[1]["rows"][1][0] == "1"
    office.issue(letter)
    assert (letter.state, letter.paper.number[:5]) == (LetterState.SENT, "云环提示〔")
    there = member("there", "市交通局")
    assert list(policy.scope(there, Letter.objects.all())) == [letter]
    recipient = Recipient.objects.select_related("paper", "unit").get(paper=letter.paper)
    papers.reply(there, recipient, "已补报，月底前完成。")
    letter.refresh_from_db()
    assert letter.state == LetterState.REPLIED
    with pytest.raises(PermissionDenied):
        actions.close_letter(there, letter, "整改到位", revision=letter.revision)
    with pytest.raises(ChasingError):
        actions.close_letter(office.user, letter, " ", revision=letter.revision)
    with pytest.raises(StaleError):
        actions.close_letter(office.user, letter, "整改到位", revision=letter.revision - 1)
    actions.close_letter(office.user, letter, "整改到位", revision=letter.revision)
    papers.reply(there, recipient, "再补一份。")
    letter.refresh_from_db()
    assert (letter.state, letter.closed_why) == (LetterState.CLOSED, "整改到位")
    told = AuditEvent.objects.filter(object_uid=letter.uid).order_by("id").values_list("action", flat=True)
    assert list(told) == ["letter.draft", "letter.approved", "letter.sent", "letter.replied", "letter.close"]


def test_what_goes_out_says_nothing_of_lights(office: Office) -> None:
    Commitment.objects.update(light=Light.RED, state="overdue")
    letter = office.issue(office.letter())
    there = Client()
    there.force_login(member("there", "市交通局"))
    for name, args in (("chasing:letter", letter.uid), ("papers:paper", letter.paper.uid)):
        page = there.get(reverse(name, args=[args])).content.decode()
        assert "灯" not in page
        assert "red" not in page.replace("hundred", "")
    assert letter.reasons


def test_a_letter_to_a_district_keeps_its_recipient_when_its_words_are_changed(
    office: Office, login: Callable[[str], Client]
) -> None:
    """Several units may bear the printed name; the one that the letter goes to stays the one that is meant."""
    Unit.objects.filter(name="东塘区政府").update(full_name="区政府")
    office.units["东塘区政府"].refresh_from_db()
    paper = office.letter("东塘区政府").paper
    assert paper.main_to == ["区政府"]
    page = login("coordinator").get(reverse("papers:edit", args=[paper.uid]))
    form = {name: page.context["form"][name].value() or "" for name in page.context["form"].fields}
    form |= {"title": "关于有关工作的提示函", "revision": page.context["revision"]}
    assert login("coordinator").post(reverse("papers:edit", args=[paper.uid]), form).status_code == 302
    paper.refresh_from_db()
    assert (paper.title, [unit.name for unit in paper.units.all()]) == ("关于有关工作的提示函", ["东塘区政府"])


def test_a_void_paper_drops_the_letter_and_makes_room_for_another(office: Office) -> None:
    letter = office.letter()
    with pytest.raises(ChasingError):
        office.letter()
    papers.void_paper(office.user, letter.paper, revision=letter.paper.revision, note="写错了")
    letter.refresh_from_db()
    assert letter.state == LetterState.DROPPED
    office.letter()


def test_a_rung_is_left_out_only_with_a_reason(office: Office) -> None:
    with pytest.raises(ChasingError):
        office.letter(rung="supervision")
    letter = office.letter(rung="supervision", jump_reason="市领导批示")
    assert letter.jump_reason == "市领导批示"
    other = office.letter("东塘区政府", jump_reason="不需要")
    assert other.jump_reason == ""


def test_the_next_rung_is_proposed_when_the_answer_is_overdue(office: Office) -> None:
    letter = office.issue(office.letter())
    today = timezone.localdate()
    unit = office.units["市交通局"]

    def proposed() -> str:
        month = at(office, today)
        units = [row for row in desk.units_owing(month) if row.pk == unit.pk]
        line = desk.lines(month, units)[0]
        return line.proposal.rung.id if line.proposal else ""

    assert proposed() == ""
    Letter.objects.filter(pk=letter.pk).update(reply_by=today - timedelta(days=1))
    assert proposed() == "supervision"
    assert desk.answered_letters(office.plan, today)["overdue"] == [letter]
    second = office.letter(rung="supervision")
    text = json.dumps(second.paper.body, ensure_ascii=False)
    assert letter.paper.number in text


@pytest.mark.parametrize(
    "changes",
    [
        {"commitments": []}, {"approver": None, "approver_name": " "}, {"rung": "remind"}, {"rung": "nothing"},
        {"reply_by": date(2025, 1, 1)},
    ],
)  # fmt: skip
def test_a_letter_that_lacks_something_is_refused_and_leaves_nothing(office: Office, changes: dict[str, Any]) -> None:
    with pytest.raises(ChasingError):
        office.letter(**changes)
    assert not Letter.objects.exists()
    assert not Paper.objects.exists()


def test_rows_of_another_unit_are_refused(office: Office) -> None:
    with pytest.raises(ChasingError):
        office.letter(commitments=[office.rows["东塘区政府"]])


def test_only_the_plans_office_chases(office: Office, people: dict[str, User]) -> None:
    district = member("district", "东塘区政府", policy.COORDINATOR)
    for user in (district, people["reviewer"], people["administrator"], people["reporter"]):
        office.user = user
        with pytest.raises(PermissionDenied):
            office.letter()
        with pytest.raises(PermissionDenied):
            actions.log_call(user, office.plan, office.units["市交通局"], MARCH, whom="甲", outcome="reached")
        with pytest.raises(PermissionDenied):
            actions.set_reminding(user, office.plan, False)


def test_the_form_of_a_letter_drafts_it_and_says_what_is_missing(
    office: Office, login: Callable[[str], Client]
) -> None:
    client = login("coordinator")
    row = office.rows["市交通局"]
    Commitment.objects.filter(pk=row.pk).update(light=Light.RED)
    url = reverse("chasing:draft", args=[office.plan.uid, MARCH, office.units["市交通局"].uid])
    page = client.get(url)
    assert page.context["ticked"] == {str(row.uid)}
    form = {
        "rung": "prompt", "issuer": str(Unit.objects.get(name="市生态环境局").uid), "commitments": [str(row.uid)],
        "reply_by": (timezone.localdate() + timedelta(days=5)).isoformat(), "approver_name": "",
    }  # fmt: skip
    refused = client.post(url, form)
    assert refused.status_code == 400
    assert "签发领导" in refused.context["form"].non_field_errors()[0]
    done = client.post(url, form | {"approver_name": "李局长"})
    assert done.status_code == 302
    assert done.headers["Location"] == reverse("papers:paper", args=[Letter.objects.get().paper.uid])


def test_calls_are_logged_with_what_was_promised(office: Office, login: Callable[[str], Client]) -> None:
    client = login("coordinator")
    unit = office.units["市交通局"]
    Liaison.objects.create(unit=unit, post="liaison_a", name="孙同志", phone="0000-7654321", since=date(2025, 1, 1))
    args = [office.plan.uid, MARCH, unit.uid]
    page = client.get(reverse("chasing:phone", args=args)).content.decode()
    assert "tel:0000-7654321" in page
    url = reverse("chasing:call", args=args)
    assert client.post(url, {"whom": "孙同志", "outcome": "promised", "note": "出差"}).status_code == 400
    assert client.post(url, {"whom": "孙同志", "outcome": "promised", "promised": "2025-04-12"}).status_code == 302
    call = Call.objects.get()
    assert (call.whom, call.promised, call.by) == ("孙同志", date(2025, 4, 12), office.user)
    assert client.get(reverse("chasing:phone", args=[office.plan.uid, "2025-13", unit.uid])).status_code == 404
    stranger = Unit.objects.get(name="柳桥街道办事处")
    assert client.get(reverse("chasing:phone", args=[office.plan.uid, MARCH, stranger.uid])).status_code == 404


def test_reminders_are_made_once_however_often_the_job_runs(office: Office) -> None:
    hand_in(office, "市交通局")
    calendar = workdays()
    days = [date(2025, 4, day) for day in range(1, 25)]
    for day in [*days, *days]:
        actions.remind(office.plan, MARCH, day, calendar)
    found = list(Reminder.objects.filter(unit=office.units["东塘区政府"]).order_by("id").values_list("kind", "day"))
    # Qingming: the fourth is a day off, the fifth and sixth are a weekend.
    assert found == [
        ("near", date(2025, 4, 2)), ("due", date(2025, 4, 7)), ("late1", date(2025, 4, 8)),
        ("late3", date(2025, 4, 10)),
    ]  # fmt: skip
    assert not Reminder.objects.filter(unit=office.units["市交通局"]).exists()


def test_a_reminder_missed_is_made_up_for_without_the_ones_before(office: Office) -> None:
    assert actions.remind(office.plan, MARCH, date(2025, 4, 9), workdays()) == 3
    assert set(Reminder.objects.values_list("kind", flat=True)) == {"late1"}


def test_who_handed_in_meanwhile_is_not_reminded_again(office: Office) -> None:
    actions.remind(office.plan, MARCH, date(2025, 4, 7), workdays())
    hand_in(office, "东塘区政府", ReturnState.ACCEPTED)
    assert actions.remind(office.plan, MARCH, date(2025, 4, 8), workdays()) == 2


def test_the_day_s_job_waits_for_the_morning_and_reminds_plans_that_are_switched_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = date(2025, 4, 8)
    monkeypatch.setattr(worker.timezone, "localdate", lambda *_args: day)
    Plan.objects.filter(pk=office.plan.pk).update(issued=date(2025, 1, 20))
    job = jobs.enqueue(None, worker.DAILY, {"day": day.isoformat()}, key="today")
    jobs.run(jobs.claim("test", job.pk))  # type: ignore[arg-type]
    asked = Job.objects.get(kind=worker.REMIND)
    assert timezone.localtime(asked.due).strftime("%Y-%m-%d %H:%M") == "2025-04-08 09:00"
    actions.set_reminding(office.user, office.plan, False)
    assert worker.remind_all(day) == 0
    actions.set_reminding(office.user, office.plan, True)
    assert worker.remind_all(day) == 3
    assert worker.remind_all(day) == 0
    monkeypatch.setattr(worker.timezone, "localdate", lambda *_args: day + timedelta(days=1))
    assert worker._remind(asked) == {"reminded": 0}


def test_liaisons_with_an_address_get_one_e_mail(office: Office, settings: Any) -> None:
    settings.LANTIAN_EMAIL = True
    unit = office.units["东塘区政府"]
    for post, address in (("liaison_a", "a@unit.example"), ("head", "head@unit.example"), ("liaison_b", "")):
        Liaison.objects.create(unit=unit, post=post, name=post, email=address, since=date(2025, 1, 1))
    for _run in range(2):
        actions.remind(office.plan, MARCH, date(2025, 4, 8), workdays())
        actions.send_due()
    assert [(item.to, item.subject) for item in mail.outbox] == [(["a@unit.example"], "【逾期】2025年3月进展填报")]
    assert "东塘区政府" in str(mail.outbox[0].body)
    assert Message.objects.get().state == MessageState.SENT


def test_without_a_mail_server_no_e_mail_is_queued(office: Office) -> None:
    Liaison.objects.create(
        unit=office.units["东塘区政府"], post="liaison_a", name="甲", email="a@unit.example", since=date(2025, 1, 1)
    )
    actions.remind(office.plan, MARCH, date(2025, 4, 8), workdays())
    assert not Message.objects.exists()


class Robot(BaseHTTPRequestHandler):
    """Answers as the robot of a chat group does, or as ``server.answer`` says."""

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.server.got.append((self.path, json.loads(self.rfile.read(length))))  # type: ignore[attr-defined]
        status, body, headers = self.server.answer  # type: ignore[attr-defined]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def robot(settings: Any) -> Iterator[Any]:
    server: Any = HTTPServer(("127.0.0.1", 0), Robot)
    server.got, server.answer = [], (200, b'{"errcode":0}', {})
    settings.LANTIAN_WEBHOOK_HOSTS = (f"127.0.0.1:{server.server_port}",)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def hook(office: Office, people: dict[str, User], robot: Any) -> Webhook:
    return actions.save_webhook(
        people["administrator"], None, name="工作群", kind="wecom", area=office.plan.area,  # type: ignore[arg-type]
        address=f"http://127.0.0.1:{robot.server_port}/send?key=ours-secret",
    )  # fmt: skip


@pytest.mark.usefixtures("hook")
def test_the_group_is_told_once_by_a_real_request(office: Office, robot: Any) -> None:
    hand_in(office, "市交通局")
    for _run in range(2):
        actions.remind(office.plan, MARCH, date(2025, 4, 8), workdays())
        actions.send_due()
    (path, body), = robot.got  # fmt: skip
    assert path == "/send?key=ours-secret"
    assert "东塘区政府、西塘区政府" in body["text"]["content"]
    assert "市交通局" not in body["text"]["content"]
    assert Message.objects.get().state == MessageState.SENT


@pytest.mark.usefixtures("hook")
def test_groups_of_other_areas_are_told_nothing(office: Office, robot: Any) -> None:
    Webhook.objects.update(area=Area.objects.get(name="东塘区"))
    actions.remind(office.plan, MARCH, date(2025, 4, 8), workdays())
    Webhook.objects.update(area=office.plan.area, active=False)
    actions.remind(office.plan, MARCH, date(2025, 4, 10), workdays())
    actions.send_due()
    assert robot.got == []
    assert not Message.objects.exists()


@pytest.mark.usefixtures("hook")
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((302, b"", {"Location": "http://127.0.0.1/"}), "127.0.0.1 answered 302"),
        ((500, b"", {}), "127.0.0.1 answered 500"),
        ((200, b'{"errcode":93000,"errmsg":"invalid webhook url"}', {}), "invalid webhook url"),
    ],
)
def test_what_fails_is_written_down_and_can_be_sent_again(office: Office, robot: Any, answer: Any, error: str) -> None:
    good, robot.answer = robot.answer, answer
    actions.remind(office.plan, MARCH, date(2025, 4, 8), workdays())
    assert actions.send_due() == {"sent": 0, "failed": 1}
    message = Message.objects.get()
    assert (message.state, message.error) == (MessageState.FAILED, error)
    assert actions.send_due() == {"sent": 0, "failed": 0}
    robot.answer = good
    actions.send_again(office.user, message)
    assert actions.send_due() == {"sent": 1, "failed": 0}
    with pytest.raises(ChasingError):
        actions.send_again(office.user, Message.objects.get())


def test_address_and_secret_are_sealed_and_never_told(
    hook: Webhook, people: dict[str, User], login: Callable[[str], Client]
) -> None:
    admin = people["administrator"]
    actions.save_webhook(
        admin, hook, name="工作群", kind="dingtalk", area=hook.area, secret="SECours", revision=hook.revision
    )
    hook.refresh_from_db()
    assert "ours-secret" not in hook.address
    assert "SECours" not in hook.secret
    told = json.dumps(list(AuditEvent.objects.values_list("before", "after")))
    page = login("administrator").get(reverse("chasing:channels")).content.decode()
    assert "ours-secret" not in told + page
    assert "SECours" not in told + page
    actions.test_webhook(admin, hook)


def test_a_changed_secret_key_is_said(hook: Webhook, people: dict[str, User], settings: Any) -> None:
    settings.SECRET_KEY = "another-key-of-the-installation-0123456789"
    with pytest.raises(ChasingError, match="secret key"):
        actions.test_webhook(people["administrator"], hook)


def test_groups_are_kept_by_administrators_of_the_area(hook: Webhook, people: dict[str, User]) -> None:
    district = member("district", "东塘区政府", policy.ADMINISTRATOR)
    for user in (people["coordinator"], district):
        with pytest.raises(PermissionDenied):
            actions.switch_webhook(user, hook, False)
        with pytest.raises(PermissionDenied):
            actions.save_webhook(user, None, name="群", kind="wecom", area=hook.area, address="https://x.example")
    assert not policy.scope(district, Webhook.objects.all()).exists()


@pytest.mark.usefixtures("robot")
@pytest.mark.parametrize("address", ["https://evil.example/send", "file:///etc/passwd", "http://169.254.169.254/", ""])
def test_a_group_off_the_list_is_not_kept(office: Office, people: dict[str, User], address: str) -> None:
    with pytest.raises(ChasingError):
        actions.save_webhook(
            people["administrator"], None, name="群", kind="wecom", area=office.plan.area, address=address  # type: ignore[arg-type]
        )  # fmt: skip
    assert not Webhook.objects.exists()


def test_a_name_that_leads_inside_is_refused_when_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list names the host, but its address is one of the intranet: nothing is connected to."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.168.0.9", 443))]
    monkeypatch.setattr(outbound.socket, "getaddrinfo", lambda *_args, **_kw: found)
    monkeypatch.setattr(outbound.socket, "create_connection", lambda *_args: pytest.fail("connected"))
    with pytest.raises(outbound.OutboundError, match=r"192\.168\.0\.9"):
        outbound.post("https://open.example/x", b"{}", ["open.example"])


@pytest.mark.usefixtures("hook")
def test_a_message_whose_run_was_killed_is_not_sent_twice(office: Office, robot: Any) -> None:
    actions.remind(office.plan, MARCH, date(2025, 4, 8), workdays())
    Message.objects.update(state=MessageState.SENDING)
    actions.send_due()
    assert robot.got == []


def test_units_see_their_letters_and_reminders_only(office: Office, login: Callable[[str], Client]) -> None:
    office.letter("东塘区政府")
    sent = office.issue(office.letter("市交通局"))
    actions.remind(office.plan, MARCH, date(2025, 4, 8), workdays())
    client = Client()
    client.force_login(member("there", "市交通局"))
    answer = client.get(reverse("chasing:letters"))
    assert [row.pk for row in answer.context["page"]] == [sent.pk]
    assert [row.unit.name for row in answer.context["reminders"]] == ["市交通局"]
    shown = login("coordinator").get(reverse("chasing:letters"), {"rung": "prompt", "q": "东塘"})
    assert [row.unit.name for row in shown.context["page"]] == ["东塘区政府"]
