"""Papers: drafted, checked, countersigned, signed with a number, issued, received, answered; who may see what."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import docx
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Unit
from lantian.apps.core import actions as core
from lantian.apps.core import policy
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.papers import actions, queries
from lantian.apps.papers.actions import PaperError, StaleError, Words
from lantian.apps.papers.models import Letterhead, NumberSeries, Paper, PaperState
from lantian.apps.plans.models import Secrecy

pytestmark = [pytest.mark.django_db]

PDF = b"%PDF-1.4 a signed page of ours"
BODY = [{"kind": "heading", "text": "一、工作要求"}, {"kind": "text", "text": "请按时报送。"}]


@pytest.fixture
def office(people: dict[str, User]) -> User:
    return people["coordinator"]


@pytest.fixture
def bureau(people: dict[str, User]) -> Unit:  # noqa: ARG001  # the city must be there
    return Unit.objects.get(name="市生态环境局")


@pytest.fixture
def headed(office: User, bureau: Unit) -> Letterhead:
    return actions.save_letterhead(office, bureau, word="云环", contact="王工 0000-1234567")


@pytest.fixture
def leader(people: dict[str, User]) -> User:
    """A leader with a login: a viewer of the bureau."""
    return people["viewer"]


def member(name: str, unit: str, role: str) -> User:
    user = core.create_user(None, name, name, must_change_password=False)
    add_membership(None, user, Unit.objects.get(name=unit), role)
    return user


@pytest.fixture
def draft(office: User, bureau: Unit, leader: User, headed: Letterhead) -> Callable[..., Paper]:  # noqa: ARG001
    def make(kind: str = "letter", **changes: Any) -> Paper:
        values: dict[str, Any] = {
            "title": "关于商请支持的函", "body": BODY, "main_to": ["市交通局"], "approver": leader,
            "units": [Unit.objects.get(name="市交通局")],
        }  # fmt: skip
        return actions.draft_paper(office, kind, bureau, Words(**(values | changes)))

    return make


def checked(user: User, paper: Paper) -> Paper:
    actions.check_paper(user, paper, revision=paper.revision, note="办公室仅一人")
    return paper


def issued(user: User, leader: User, paper: Paper) -> Paper:
    checked(user, paper)
    actions.sign_paper(leader, paper, revision=paper.revision)
    actions.issue_paper(user, paper, revision=paper.revision)
    return paper


def test_a_paper_goes_its_way_and_every_step_is_recorded(
    office: User, leader: User, draft: Callable[..., Paper]
) -> None:
    paper = issued(office, leader, draft())
    year = timezone.localdate().year
    assert (paper.state, paper.number) == (PaperState.ISSUED, f"云环函〔{year}〕1号")
    assert paper.dated == paper.issued == timezone.localdate()
    assert [step.state for step in paper.steps.all()] == ["draft", "checked", "signed", "issued"]
    assert paper.steps.get(state="signed").by == leader
    told = AuditEvent.objects.filter(object_uid=paper.uid).order_by("id").values_list("action", flat=True)
    assert list(told) == ["paper.draft", "paper.checked", "paper.signed", "paper.issued"]


def test_only_the_named_leader_signs_on_screen(office: User, draft: Callable[..., Paper]) -> None:
    paper = checked(office, draft())
    for user in (office, User.objects.get(username="administrator")):
        with pytest.raises(PermissionDenied):
            actions.sign_paper(user, paper, revision=paper.revision)
    assert Paper.objects.get(pk=paper.pk).number == ""


def test_the_drafter_checks_the_own_paper_only_with_a_reason(office: User, draft: Callable[..., Paper]) -> None:
    paper = draft()
    with pytest.raises(PaperError):
        actions.check_paper(office, paper, revision=paper.revision)
    colleague = member("colleague", "市生态环境局", policy.COORDINATOR)
    actions.check_paper(colleague, paper, revision=paper.revision)
    assert paper.state == PaperState.CHECKED


def test_a_signature_on_paper_wants_its_scan(office: User, draft: Callable[..., Paper]) -> None:
    paper = checked(office, draft(approver=None, approver_name="李局长"))
    today = timezone.localdate()
    with pytest.raises(PaperError):
        actions.sign_on_paper(office, paper, "a.pdf", [b"no pdf"], day=today, revision=paper.revision)
    with pytest.raises(PaperError):
        actions.sign_on_paper(office, paper, "a.pdf", [PDF], day=today + timedelta(days=1), revision=paper.revision)
    assert Paper.objects.get(pk=paper.pk).state == PaperState.CHECKED
    actions.sign_on_paper(office, paper, "签发页.pdf", [PDF], day=date(2025, 3, 2), revision=paper.revision)
    assert (paper.number, paper.dated, paper.scan_name) == ("云环函〔2025〕1号", date(2025, 3, 2), "签发页.pdf")
    assert paper.steps.last().name == "李局长"  # type: ignore[union-attr]


def test_without_an_approver_nobody_signs(office: User, draft: Callable[..., Paper]) -> None:
    paper = checked(office, draft(approver=None))
    with pytest.raises(PaperError):
        actions.sign_on_paper(office, paper, "a.pdf", [PDF], day=date(2025, 3, 2), revision=paper.revision)


def test_numbers_run_by_issuer_kind_and_year_without_gaps(
    office: User, leader: User, draft: Callable[..., Paper]
) -> None:
    numbers = []
    for kind in ("letter", "letter", "notice", "prompt", "letter"):
        paper = checked(office, draft(kind))
        actions.sign_paper(leader, paper, revision=paper.revision)
        numbers.append(paper.number)
    year = timezone.localdate().year
    wanted = ("函", 1), ("函", 2), ("发", 1), ("提示", 1), ("函", 3)
    assert numbers == [f"云环{word}〔{year}〕{n}号" for word, n in wanted]


def test_a_signature_that_fails_takes_no_number(office: User, leader: User, draft: Callable[..., Paper]) -> None:
    paper = checked(office, draft())
    with pytest.raises(StaleError):
        actions.sign_paper(leader, paper, revision=paper.revision - 1)
    actions.sign_paper(leader, paper, revision=paper.revision)
    assert paper.number.endswith("〕1号")
    assert NumberSeries.objects.get(kind="letter").last == 1


@pytest.mark.db
def test_numbers_given_elsewhere_can_only_raise_the_count(
    office: User, leader: User, headed: Letterhead, draft: Callable[..., Paper]
) -> None:
    year = timezone.localdate().year
    actions.raise_number(office, headed, "letter", year, 12)
    with pytest.raises(PaperError):
        actions.raise_number(office, headed, "letter", year, 11)
    paper = checked(office, draft())
    actions.sign_paper(leader, paper, revision=paper.revision)
    assert paper.number == f"云环函〔{year}〕13号"


def test_without_a_word_for_its_numbers_no_paper_is_signed(
    office: User, leader: User, draft: Callable[..., Paper]
) -> None:
    paper = checked(office, draft())
    Letterhead.objects.all().delete()
    with pytest.raises(PaperError):
        actions.sign_paper(leader, paper, revision=paper.revision)


def test_what_goes_back_to_the_draft_keeps_its_number_and_loses_its_signature(
    office: User, leader: User, draft: Callable[..., Paper]
) -> None:
    paper = checked(office, draft())
    actions.sign_paper(leader, paper, revision=paper.revision)
    number = paper.number
    with pytest.raises(PaperError):
        actions.send_back(leader, paper, revision=paper.revision, note=" ")
    actions.send_back(leader, paper, revision=paper.revision, note="主送单位有误")
    assert (paper.state, paper.dated, paper.number) == (PaperState.DRAFT, None, number)
    checked(office, paper)
    actions.sign_paper(leader, paper, revision=paper.revision)
    assert paper.number == number


def test_a_void_number_is_not_given_again(office: User, leader: User, draft: Callable[..., Paper]) -> None:
    paper = issued(office, leader, draft())
    actions.void_paper(office, paper, revision=paper.revision, note="内容有误")
    other = issued(office, leader, draft())
    assert (paper.state, other.number.endswith("〕2号")) == (PaperState.VOID, True)


def test_a_checked_paper_cannot_be_changed(office: User, draft: Callable[..., Paper]) -> None:
    paper = checked(office, draft())
    with pytest.raises(PaperError):
        actions.save_paper(office, paper, Words("另一个标题", BODY), revision=paper.revision)
    assert Paper.objects.get(pk=paper.pk).title == "关于商请支持的函"


def test_two_who_save_the_same_draft_one_is_told(office: User, draft: Callable[..., Paper]) -> None:
    paper = draft()
    mine, theirs = Paper.objects.get(pk=paper.pk), Paper.objects.get(pk=paper.pk)
    actions.save_paper(office, mine, Words("甲", BODY), revision=1)
    with pytest.raises(StaleError):
        actions.save_paper(office, theirs, Words("乙", BODY), revision=1)
    assert Paper.objects.get(pk=paper.pk).title == "甲"


def test_units_that_countersign_must_agree_first(office: User, leader: User, draft: Callable[..., Paper]) -> None:
    transport = Unit.objects.get(name="市交通局")
    member_there = member("transport", "市交通局", policy.REPORTER)
    district = Unit.objects.get(name="东塘区政府")
    paper = checked(office, draft(countersigns=[transport, district], units=[]))
    with pytest.raises(PaperError):
        actions.sign_paper(leader, paper, revision=paper.revision)
    first, second = paper.countersigns.order_by("unit__name").select_related("paper", "unit")
    ours, theirs = (first, second) if first.unit == transport else (second, first)
    assert list(policy.scope(member_there, Paper.objects.all())) == [paper]
    with pytest.raises(PermissionDenied):
        actions.countersign(member_there, theirs, revision=paper.revision)
    actions.countersign(member_there, ours, revision=paper.revision)
    assert Paper.objects.get(pk=paper.pk).state == PaperState.CHECKED
    theirs = paper.countersigns.select_related("paper", "unit").get(pk=theirs.pk)
    actions.countersign(office, theirs, revision=theirs.paper.revision, name="赵科长")
    paper.refresh_from_db()
    assert paper.state == PaperState.COUNTERSIGNED
    actions.send_back(office, paper, revision=paper.revision, note="措辞调整")
    assert not paper.countersigns.exclude(agreed=None).exists()


def test_recipients_see_an_issued_paper_receive_and_answer_it(
    office: User, leader: User, draft: Callable[..., Paper]
) -> None:
    there = member("there", "市交通局", policy.REPORTER)
    elsewhere = member("elsewhere", "西塘区政府", policy.COORDINATOR)
    paper = draft()
    assert not policy.scope(there, Paper.objects.all()).exists()
    issued(office, leader, paper)
    assert list(policy.scope(there, Paper.objects.all())) == [paper]
    assert not policy.scope(elsewhere, Paper.objects.all()).exists()
    row = paper.recipients.select_related("paper", "unit").get()
    with pytest.raises(PermissionDenied):
        actions.reply(elsewhere, row, "不是我们的")
    actions.receive(there, row, name="孙同志")
    first = row.received
    actions.receive(there, row)
    assert row.received == first
    with pytest.raises(PaperError):
        actions.reply(there, row, "  ")
    with pytest.raises(PaperError):
        actions.reply(there, row, "", ("复函.docx", [b"MZ no word file"]))
    actions.reply(there, row, "已按要求整改。", ("复函.pdf", [PDF]))
    row.refresh_from_db()
    assert (row.reply, row.reply_name, row.behalf, row.replied_by) == ("已按要求整改。", "复函.pdf", False, there)
    assert list(queries.received(there)) == [row]


def test_an_answer_that_the_office_writes_down_is_marked(
    office: User, leader: User, draft: Callable[..., Paper]
) -> None:
    row = issued(office, leader, draft()).recipients.select_related("paper", "unit").get()
    actions.reply(office, row, "电话答复：月底前完成。")
    assert (row.behalf, row.replied_by) == (True, office)


def test_an_office_that_covers_the_unit_says_who_agreed_and_who_received(
    office: User, leader: User, draft: Callable[..., Paper]
) -> None:
    transport = Unit.objects.get(name="市交通局")
    paper = checked(office, draft(countersigns=[transport]))
    row = paper.countersigns.select_related("paper", "unit").get()
    with pytest.raises(PaperError):
        actions.countersign(office, row, revision=paper.revision)
    actions.countersign(office, row, revision=paper.revision, name="赵科长")
    paper.refresh_from_db()
    actions.sign_paper(leader, paper, revision=paper.revision)
    actions.issue_paper(office, paper, revision=paper.revision)
    recipient = paper.recipients.select_related("paper", "unit").get()
    with pytest.raises(PaperError):
        actions.receive(office, recipient)
    actions.receive(office, recipient, name="孙同志")
    assert recipient.received_name == "孙同志"


def test_secrecy_decides_who_reads_an_issued_paper(
    office: User, leader: User, people: dict[str, User], draft: Callable[..., Paper]
) -> None:
    elsewhere = member("elsewhere", "西塘区政府", policy.VIEWER)
    for level in Secrecy.values:
        issued(office, leader, draft(secrecy=level))
    seen = {paper.secrecy for paper in policy.scope(elsewhere, Paper.objects.all())}
    assert seen == {Secrecy.OPEN}
    assert {p.secrecy for p in policy.scope(people["inspector"], Paper.objects.all())} == {
        Secrecy.OPEN, Secrecy.INTERNAL,
    }  # fmt: skip


def test_the_word_file_has_the_layout_of_the_standard(office: User, leader: User, draft: Callable[..., Paper]) -> None:
    table = {"kind": "table", "rows": [["序号", "工作措施"], ["1", "=cmd|' /C calc'!A0"]]}
    words = [*BODY, {"kind": "heading", "text": "（一）明确责任。每周调度。"}, table]
    more = {"attachments": ["清单", "样表"], "copy_to": ["市财政局"], "secrecy": Secrecy.OPEN}
    paper = issued(office, leader, draft("notice", body=words, **more))
    client = Client()
    client.force_login(office)
    answer = client.get(reverse("papers:word", args=[paper.uid]))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    made = docx.Document(BytesIO(answer.content))
    section = made.sections[0]
    names = ("page_width", "page_height", "top_margin", "bottom_margin", "left_margin", "right_margin")
    assert [round(getattr(section, name).mm) for name in names] == [210, 297, 37, 35, 28, 26]
    grid = section._sectPr.xpath("w:docGrid")[0]
    assert [grid.get(key) for key in grid.keys() if key.endswith("type")] == ["linesAndChars"]  # noqa: SIM118
    fonts = {
        run.text: run._r.rPr.rFonts.get("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}eastAsia")
        for paragraph in made.paragraphs for run in paragraph.runs if run.text
    }  # fmt: skip
    assert fonts["一、工作要求"] == "黑体"
    assert fonts["（一）明确责任。"] == "楷体_GB2312"
    assert fonts["请按时报送。"] == "仿宋_GB2312"
    assert fonts["关于商请支持的函"] == "方正小标宋简体"
    texts = [paragraph.text for paragraph in made.paragraphs]
    today = timezone.localdate()
    day = f"{today.year}年{today.month}月{today.day}日"
    assert texts[0] == "云溪市生态环境局文件"
    assert [text for text in texts if text in (paper.number, "市交通局：", "附件：1. 清单", day)] == [
        paper.number, "市交通局：", "附件：1. 清单", day,
    ]  # fmt: skip
    assert texts[-2:] == ["抄送：市财政局。", f"云溪市生态环境局\t{day}印发"]
    assert made.tables[0].cell(1, 1).text == "=cmd|' /C calc'!A0"
    assert made.settings.odd_and_even_pages_header_footer
    assert [p.alignment for p in (section.footer.paragraphs[0], section.even_page_footer.paragraphs[0])] == [2, 0]


def test_the_editor_keeps_what_was_typed_when_somebody_else_saved(
    office: User, login: Callable[[str], Client], draft: Callable[..., Paper]
) -> None:
    paper = draft()
    client = login("coordinator")
    page = client.get(reverse("papers:edit", args=[paper.uid]))
    form = {
        "kind": "letter", "issuer": str(paper.issuer.uid), "title": "我的标题", "main_to": "市交通局、市园林集团",
        "body": "一、缘由\n因工作需要。\n| 序号 | 措施 |\n| 1 | 洒水 |", "attachments": "", "copy_to": "",
        "secrecy": "internal", "approver": "", "approver_name": "李局长", "countersigns": "",
        "revision": page.context["revision"],
    }  # fmt: skip
    actions.save_paper(office, paper, Words("别人的标题", BODY), revision=paper.revision)
    answer = client.post(reverse("papers:edit", args=[paper.uid]), form)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "别人的标题" in text
    assert "我的标题" in text
    again = client.post(reverse("papers:edit", args=[paper.uid]), form | {"revision": answer.context["revision"]})
    assert again.status_code == 302
    paper.refresh_from_db()
    assert paper.title == "我的标题"
    assert paper.body[-1] == {"kind": "table", "rows": [["序号", "措施"], ["1", "洒水"]]}
    assert [unit.name for unit in paper.units.all()] == ["市交通局"]
    assert paper.main_to == ["市交通局", "市园林集团"]


def test_an_unknown_unit_to_countersign_is_told_beside_its_field(
    login: Callable[[str], Client], draft: Callable[..., Paper]
) -> None:
    paper = draft()
    form = {
        "kind": "letter", "issuer": str(paper.issuer.uid), "title": "函", "body": "正文", "secrecy": "internal",
        "countersigns": "市无名局、各区政府", "revision": "1",
    }  # fmt: skip
    answer = login("coordinator").post(reverse("papers:edit", args=[paper.uid]), form)
    assert answer.status_code == 400
    assert "市无名局、各区政府" in answer.context["form"].errors["countersigns"][0]


def test_the_preview_escapes_and_keeps_nothing(login: Callable[[str], Client], bureau: Unit) -> None:
    form = {
        "kind": "notice",
        "issuer": str(bureau.uid),
        "title": "<script>alert(1)</script>",
        "body": "一、<b>要求</b>",
    }
    answer = login("coordinator").post(reverse("papers:preview"), form)
    text = answer.content.decode()
    assert "<script>" not in text
    assert "&lt;b&gt;要求&lt;/b&gt;" in text
    assert not Paper.objects.exists()


def test_files_come_as_downloads_and_only_to_who_may_see_them(
    office: User, login: Callable[[str], Client], draft: Callable[..., Paper]
) -> None:
    paper = checked(office, draft(approver=None, approver_name="李局长"))
    client = login("coordinator")
    scan = SimpleUploadedFile("签发页.pdf", PDF, content_type="text/html")
    url = reverse("papers:sign-on-paper", args=[paper.uid])
    client.post(url, {"scan": scan, "day": "2025-03-02", "revision": paper.revision})
    answer = client.get(reverse("papers:scan", args=[paper.uid]))
    assert answer.content == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    stranger = Client()
    stranger.force_login(member("stranger", "西塘区政府", policy.COORDINATOR))
    assert stranger.get(reverse("papers:scan", args=[paper.uid])).status_code == 404
    assert stranger.get(reverse("papers:paper", args=[paper.uid])).status_code == 404
    assert stranger.post(reverse("papers:void", args=[paper.uid]), {"note": "x"}).status_code == 404


def test_a_recipient_sees_neither_steps_nor_others_answers(
    office: User, leader: User, draft: Callable[..., Paper]
) -> None:
    there = member("there", "市交通局", policy.REPORTER)
    units = [Unit.objects.get(name=name) for name in ("市交通局", "东塘区政府")]
    paper = issued(office, leader, draft(units=units))
    other = paper.recipients.select_related("paper", "unit").get(unit=units[1])
    actions.reply(office, other, "别的单位的答复")
    client = Client()
    client.force_login(there)
    text = client.get(reverse("papers:paper", args=[paper.uid])).content.decode()
    assert "别的单位的答复" not in text
    assert "办公室仅一人" not in text
    assert "东塘区政府" not in text


@pytest.mark.db
def test_the_list_asks_as_often_for_many_papers(
    login: Callable[[str], Client], draft: Callable[..., Paper], django_assert_max_num_queries: Any
) -> None:
    client = login("coordinator")
    draft()
    client.get(reverse("papers:list"))
    counts = []
    for more in (0, 30):
        for _n in range(more):
            draft()
        with django_assert_max_num_queries(20) as asked:
            assert client.get(reverse("papers:list")).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert client.get(reverse("papers:list"), {"q": "商请", "kind": "notice"}).context["page"].paginator.count == 0


def test_own_templates_stay_in_the_sandbox(people: dict[str, User]) -> None:
    admin = people["administrator"]
    with pytest.raises(PermissionDenied):
        actions.save_template(people["coordinator"], "notice", "标题", "正文", revision=0)
    with pytest.raises(PaperError):
        actions.save_template(admin, "notice", "标题", "{{ ''.__class__ }}", revision=0)
    actions.save_template(admin, "notice", "关于{{ issuer }}的通知", "一、要求", revision=0)
    assert queries.begun("notice", {"issuer": "市局"}) == ("关于市局的通知", [{"kind": "heading", "text": "一、要求"}])
    with pytest.raises(StaleError):
        actions.save_template(admin, "notice", "别的", "别的", revision=0)
    actions.save_template(admin, "notice", "", "", revision=1)
    assert queries.begun("notice", {"issuer": "市局"})[0] == "关于做好有关工作的通知"


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_two_signatures_at_once_get_two_numbers(office: User, leader: User, draft: Callable[..., Paper]) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite takes one writer at a time; its test database lives in memory")
    papers = [checked(office, draft()) for _n in range(4)]
    gate, found = threading.Barrier(4), []

    def sign(paper: Paper) -> None:
        try:
            gate.wait()
            actions.sign_paper(User.objects.get(pk=leader.pk), Paper.objects.get(pk=paper.pk), revision=paper.revision)
            found.append(Paper.objects.get(pk=paper.pk).number)
        finally:
            connection.close()

    threads = [threading.Thread(target=sign, args=(paper,)) for paper in papers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    year = timezone.localdate().year
    assert sorted(found) == [f"云环函〔{year}〕{n}号" for n in range(1, 5)]
