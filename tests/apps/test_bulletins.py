"""Bulletins: frozen, checked by the units, signed, issued, corrected, withdrawn; who may do and see what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Area, Unit
from lantian.apps.bulletins import actions, printing, reads, rights, sources
from lantian.apps.bulletins.actions import BulletinError, StaleError
from lantian.apps.bulletins.figures import Row
from lantian.apps.bulletins.kinds import kinds, period_of
from lantian.apps.bulletins.models import Bulletin, BulletinState, FrozenError, OwnText, Snapshot, Variant
from lantian.apps.core import actions as core
from lantian.apps.core import policy
from lantian.apps.core.models import AuditEvent, User
from tests.apps.routes import LOGIN, PERSONS
from tests.apps.routes import bulletins as routes
from tests.apps.routes.bulletins import ROWS, drafted, issued, sent_out, signed

pytestmark = [pytest.mark.django_db]

INNER = Row("内部参考站", Decimal(300), "东塘区", "tsp", internal=True, source="站房")


@pytest.fixture
def office(people: dict[str, User]) -> User:
    return people["coordinator"]


def member(name: str, unit: str, role: str) -> User:
    user = core.create_user(None, name, name, must_change_password=False)
    add_membership(None, user, Unit.objects.get(name=unit), role)
    return user


@pytest.fixture
def street(people: dict[str, User]) -> User:  # noqa: ARG001  # the city must be there
    return member("street", "柳桥街道办事处", policy.REPORTER)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_bulletin_goes_its_way_and_every_step_is_recorded(office: User) -> None:
    row = issued(office, drafted(office, "2025-10"))
    row.refresh_from_db()
    assert (row.state, row.number) == (BulletinState.ISSUED, f"〔{timezone.localdate().year}〕第1期")
    assert [step.state for step in row.steps.all()] == ["draft", "checking", "checked", "signed", "issued"]
    told = AuditEvent.objects.filter(object_uid=row.uid).order_by("id").values_list("action", flat=True)
    assert list(told) == [
        "bulletin.draft",
        "bulletin.checking",
        "bulletin.checked",
        "bulletin.signed",
        "bulletin.issued",
    ]
    assert issued(office, drafted(office, "2025-11")).serial == 2


STEPS: dict[str, tuple[Callable[[User, Bulletin], Any], set[str]]] = {
    "set_figures": (lambda u, b: actions.set_figures(u, b, ROWS, why="x", revision=b.revision), {"draft"}),
    "save_text": (
        lambda u, b: actions.save_text(u, b, "题", {}, variant="internal", revision=b.revision),
        {"draft", "checking", "checked"},
    ),
    "send_out": (lambda u, b: sent_out(u, b), {"draft"}),
    "close_check": (lambda u, b: actions.close_check(u, b, note="急", revision=b.revision), {"checking"}),
    "recall": (lambda u, b: actions.recall(u, b, note="急", revision=b.revision), {"checking"}),
    "sign_on_paper": (
        lambda u, b: actions.sign_on_paper(u, b, "李局长", day=date(2025, 1, 1), revision=b.revision), {"checked"},
    ),
    "issue": (lambda u, b: actions.issue(u, b, revision=b.revision), {"signed"}),
    "send_back": (lambda u, b: actions.send_back(u, b, note="急", revision=b.revision), {"checked", "signed"}),
    "correct": (lambda u, b: actions.correct(u, b, note="急", revision=b.revision), {"issued"}),
    "withdraw": (
        lambda u, b: actions.withdraw(u, b, note="急", revision=b.revision),
        {"draft", "checking", "checked", "signed", "issued"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
def test_states_and_rights(name: str, office: User, people: dict[str, User]) -> None:
    """Each step in each state, by the office (as the table says) and by others (never)."""
    act, allowed = STEPS[name]
    row = drafted(office, "2025-10")
    for state in BulletinState.values:
        Bulletin.objects.filter(pk=row.pk).update(state=state, issued=None, serial=None, year=None)
        for other in ("viewer", "reporter", "reviewer", "administrator", "inspector"):
            row.refresh_from_db()
            with pytest.raises(PermissionDenied):
                act(people[other], row)
        row.refresh_from_db()
        if state not in allowed:
            with pytest.raises(BulletinError):
                act(office, row)
    assert Bulletin.objects.count() == 1


def test_figures_are_frozen(office: User) -> None:
    row = drafted(office, "2025-10")
    first = row.snapshot
    assert first is not None
    actions.set_figures(office, row, [ROWS[0]], why="改", revision=row.revision)
    assert row.snapshots.count() == 2
    first.data = {}
    with pytest.raises(FrozenError):
        first.save()
    with pytest.raises(FrozenError):
        first.delete()
    assert Snapshot.objects.get(pk=first.pk).data["rows"][0]["source"] == "表1 第2行"


def test_a_second_one_of_the_period_is_refused(office: User) -> None:
    row = drafted(office, "2025-10")
    with pytest.raises(BulletinError):
        drafted(office, "2025-10")
    actions.withdraw(office, row, note="重做", revision=row.revision)
    assert drafted(office, "2025-10").pk != row.pk


def test_who_comes_too_late_is_told(office: User) -> None:
    row = drafted(office, "2025-10")
    old = row.revision
    actions.save_text(office, row, "题一", {}, variant="internal", revision=old)
    with pytest.raises(StaleError):
        actions.save_text(office, row, "题二", {}, variant="internal", revision=old)
    answer = client_of(office).post(reverse("bulletins:edit", args=[row.uid]), {"title": "题二", "revision": old})
    assert answer.status_code == 409
    assert "题二" in answer.content.decode()
    assert Bulletin.objects.get(pk=row.pk).title == "题一"


def test_units_are_asked_by_the_directory(office: User) -> None:
    rows = [*ROWS, Row("没有街道", Decimal(1), "东塘区", "tsp"), INNER]
    asked, unknown = reads.asked_units(drafted(office, "2025-10", rows))
    assert {unit.name: subjects for unit, subjects in asked} == {
        "柳桥街道办事处": [["东塘区", "柳桥街道"]], "东塘区生态环境局": [["东塘区", "柳桥街道"]],
    }  # fmt: skip
    assert unknown == ["东塘区没有街道"]


def test_the_check_lasts_working_days(office: User) -> None:
    row = sent_out(office, drafted(office, "2025-10"), today=date(2025, 11, 7), days=2)  # a Friday
    assert row.check_due == date(2025, 11, 11)
    with pytest.raises(BulletinError):
        sent_out(office, drafted(office, "2025-09"), days=3)
    with pytest.raises(BulletinError):
        actions.close_check(office, row, revision=row.revision, today=date(2025, 11, 11))
    actions.close_check(office, row, revision=row.revision, today=date(2025, 11, 12))


def test_an_objection_changes_the_figure_and_asks_again(office: User, street: User) -> None:
    row = sent_out(office, drafted(office, "2025-10"))
    bureau, own = (row.checks.get(unit__name=name) for name in ("东塘区生态环境局", "柳桥街道办事处"))
    actions.agree(office, bureau)
    objection = actions.object_to(street, own, 1, "设备检修，应为98。")
    with pytest.raises(BulletinError):
        actions.agree(street, own)
    with pytest.raises(BulletinError):
        actions.close_check(office, row, note="急", revision=row.revision)
    with pytest.raises(PermissionDenied):
        actions.answer(street, objection, accept=True, says="可", revision=row.revision)
    with pytest.raises(BulletinError):
        actions.answer(office, objection, accept=True, says="", revision=row.revision)
    row.refresh_from_db()
    actions.answer(office, objection, accept=True, says="核实", value="98", revision=row.revision)
    row, bureau = Bulletin.objects.get(pk=row.pk), row.checks.get(pk=bureau.pk)
    assert row.snapshot is not None
    line = row.snapshot.data["rows"][0]
    assert (line["value"], line["change"], bureau.agreed) == ("98", "-24.6", None)
    assert "柳桥街道办事处" in line["source"]
    assert any("98微克/立方米" in item["made"] for item in row.paragraphs)
    actions.agree(street, row.checks.get(pk=own.pk))
    assert [line[4:] for line in reads.whole_of(row, "internal").objections] == [["采纳：核实", "98"]]
    assert reads.whole_of(row, "public").objections == []


def test_a_street_sees_its_own_figures_only(office: User, street: User) -> None:
    other = Area.objects.create(
        code="880102001", name="西桥街道", short_name="西桥", kind="street", level="town",
        parent=Area.objects.get(code="880102"), path="/880000/880102/880102001/",
    )  # fmt: skip
    Unit.objects.create(name="西桥街道办事处", area=other, level="town")
    rows = [*ROWS, Row("西桥街道", Decimal(77), "西塘区", "tsp", source="表1 第4行")]
    row = drafted(office, "2025-10", rows)
    browser, stranger = client_of(street), client_of(member("stranger", "市交通局", policy.REPORTER))
    assert browser.get(reverse("bulletins:check", args=[row.uid])).status_code == 404
    sent_out(office, row)
    page = browser.get(reverse("bulletins:check", args=[row.uid])).content.decode()
    assert "柳桥街道" in page
    assert "西桥街道" not in page
    assert ">77<" not in page
    assert ">120<" in page
    assert browser.get(reverse("bulletins:bulletin", args=[row.uid])).status_code == 302
    assert browser.get(reverse("bulletins:word", args=[row.uid])).status_code == 403
    assert stranger.get(reverse("bulletins:check", args=[row.uid])).status_code == 404
    with pytest.raises(BulletinError):
        actions.object_to(street, row.checks.get(unit__name="柳桥街道办事处"), 3, "不是我的")
    with pytest.raises(Http404):
        policy.get_or_404(street, row.checks.all(), unit__name="西桥街道办事处")


def test_outsiders_read_the_public_version(office: User, street: User, people: dict[str, User]) -> None:
    row = issued(office, drafted(office, "2025-10", [*ROWS, INNER]))
    assert rights.variants(people["viewer"], row) == ["internal", "public"]
    assert rights.variants(street, row) == ["public"]
    browser = client_of(street)
    assert browser.get(reverse("bulletins:word", args=[row.uid]), {"variant": "internal"}).status_code == 403
    for name in ("bulletin", "sheet"):
        text = browser.get(reverse(f"bulletins:{name}", args=[row.uid])).content.decode()
        assert "柳桥街道" in text
        assert "内部参考站" not in text
        assert "watermark" not in text
    inside = client_of(people["viewer"]).get(reverse("bulletins:sheet", args=[row.uid])).content.decode()
    assert "内部参考站" in inside
    assert 'class="watermark"' in inside
    book = openpyxl.load_workbook(BytesIO(browser.get(reverse("bulletins:excel", args=[row.uid])).content))
    assert "内部参考站" not in {cell.value for sheet in book for line in sheet.iter_rows() for cell in line}


def test_an_internal_name_does_not_get_into_the_text(office: User) -> None:
    row = drafted(office, "2025-10", [*ROWS, INNER])
    with pytest.raises(BulletinError, match="内部参考站"):
        actions.save_text(office, row, row.title, {0: "内部参考站偏高。"}, variant="public", revision=row.revision)


def test_a_public_bulletin_has_one_version(office: User) -> None:
    row = issued(office, drafted(office, "2025-10", variant=Variant.PUBLIC))
    assert rights.variants(office, row) == ["public"]
    assert reads.mark_of(row, "public", office) == ""


def test_a_corrected_one_takes_the_place_of_the_old(office: User) -> None:
    old = issued(office, drafted(office, "2025-10"))
    made = actions.correct(office, old, note="数值录入有误。", revision=old.revision)
    with pytest.raises(BulletinError):
        actions.withdraw(office, old, note="x", revision=old.revision)
    with pytest.raises(BulletinError):
        actions.correct(office, old, note="再", revision=old.revision)
    actions.set_figures(office, made, [ROWS[0]], why="更正", revision=made.revision)
    issued(office, made)
    old.refresh_from_db()
    assert (old.state, made.number) == (BulletinState.CORRECTED, f"{old.number}（更正）")
    assert old.number in reads.whole_of(made, "public").note
    assert made.number in reads.whole_of(old, "public").note
    assert printing.sheet(reads.whole_of(old, "public")).void
    assert old.snapshot is not None
    assert len(old.snapshot.data["rows"]) == 2


def test_withdrawn_ones_stay_readable_and_drafts_given_up_do_not(office: User, street: User) -> None:
    row = issued(office, drafted(office, "2025-10"))
    actions.withdraw(office, row, note="数据异常。", revision=row.revision)
    page = client_of(street).get(reverse("bulletins:bulletin", args=[row.uid])).content.decode()
    assert "本通报已撤回。原因：数据异常。" in page
    draft = sent_out(office, drafted(office, "2025-09"))
    actions.withdraw(office, draft, note="不发了", revision=draft.revision)
    assert client_of(street).get(reverse("bulletins:bulletin", args=[draft.uid])).status_code == 404


def test_only_the_named_leader_signs_on_screen(office: User, people: dict[str, User]) -> None:
    row = sent_out(office, drafted(office, "2025-10"))
    actions.name_leader(office, row, people["viewer"], "", revision=row.revision)
    actions.close_check(office, row, note="急", revision=row.revision)
    with pytest.raises(PermissionDenied):
        actions.sign(office, row, revision=row.revision)
    actions.sign(people["viewer"], row, revision=row.revision)
    assert row.steps.get(state="signed").by == people["viewer"]
    with pytest.raises(BulletinError):
        signed(office, row)


def test_templates_belong_to_the_city_and_are_tried(office: User, people: dict[str, User]) -> None:
    boss, kind = people["administrator"], "tsp_half_month"
    district = member("district", "西塘区生态环境局", policy.ADMINISTRATOR)
    for user in (office, district):
        with pytest.raises(PermissionDenied):
            actions.save_template(user, kind, "题", "{{ overall }}", revision=0)
    for attack in ("{{ ''.__class__ }}", "{{ nothing }}", "{% for a in b %}", "{{ 9**9 }}"):
        with pytest.raises(BulletinError):
            actions.save_template(boss, kind, "题", attack, revision=0)
    actions.save_template(boss, kind, "{{ place }}题", "{{ overall }}", revision=0)
    with pytest.raises(StaleError):
        actions.save_template(boss, kind, "别", "别", revision=0)
    row = drafted(office, "2025-10")
    assert (row.title, len(row.paragraphs), row.template_revision) == ("云溪市题", 1, 1)
    actions.save_template(boss, kind, "", "", revision=1)
    assert not OwnText.objects.exists()


def test_the_form_makes_a_draft_or_tells_each_row(office: User) -> None:
    browser, url = client_of(office), reverse("bulletins:new")
    values = {"kind": "pm25_month", "month": "2025-10", "source": "table", "variant": "internal"}
    bad = browser.post(url, values | {"text": "名称\t浓度\n甲街道\tx\n乙街道\t-1"})
    assert bad.status_code == 400
    assert "第2行" in bad.content.decode()
    assert "第3行" in bad.content.decode()
    assert not Bulletin.objects.exists()
    good = browser.post(url, values | {"text": "名称\t浓度\n甲街道\t30\n乙街道\t31"})
    row = Bulletin.objects.get()
    assert good.headers["Location"] == reverse("bulletins:edit", args=[row.uid])
    assert browser.post(url, values | {"month": "2025-13"}).status_code == 400
    page = browser.get(reverse("bulletins:figures", args=[row.uid])).content.decode()
    assert "甲街道\t30" in page


def test_a_workbook_is_read_and_a_bad_file_refused(office: User) -> None:
    book = openpyxl.Workbook()
    for line in (["名称", "PM2.5"], ["甲街道", 30], ["乙街道", "31.5"]):
        book.active.append(line)
    stream = BytesIO()
    book.save(stream)
    browser, url = client_of(office), reverse("bulletins:new")
    values = {"kind": "pm25_month", "month": "2025-10", "source": "workbook", "variant": "internal"}
    assert browser.post(url, values).status_code == 400
    refused = browser.post(url, values | {"file": SimpleUploadedFile("表.xlsx", b"PK\x03\x04 no book")})
    assert refused.status_code == 400
    answer = browser.post(url, values | {"file": SimpleUploadedFile("表.xlsx", stream.getvalue())})
    assert answer.status_code == 302
    row = Bulletin.objects.get()
    assert row.snapshot is not None
    assert [line["source"] for line in row.snapshot.data["rows"]] == ["表.xlsx 行 2", "表.xlsx 行 3"]


def test_figures_of_received_bulletins_are_taken(office: User, city: Area) -> None:
    from lantian.apps.received import models as received

    kind = kinds()["tsp_half_month"]
    period = period_of(kind, "2025-10", "1")
    asked = sources.Asked(office, kind, period, city)
    assert sources.published(asked)[1]
    paper = received.Bulletin.objects.create(area=city, title="市通报", status=received.Status.CHECKED)
    common = {"bulletin": paper, "indicator": "tsp", "start": period.start, "end": period.end}
    area = Area.objects.get(name="柳桥街道")
    received.Figure.objects.create(order=1, subject="柳桥", area=area, value=Decimal(120), row=3, **common)
    received.Figure.objects.create(order=2, subject="全市", area=city, value=Decimal(118), **common)
    rows, problems = sources.published(asked)
    assert problems == []
    assert {(row.group, row.subject, row.value) for row in rows} == {
        ("东塘区", "柳桥街道", Decimal(120)), ("", "全市", Decimal(118)),
    }  # fmt: skip
    assert drafted(office, "2025-10", rows).snapshot is not None


def test_means_of_stations_are_taken_with_their_share_of_hours(
    office: User, city: Area, monkeypatch: pytest.MonkeyPatch
) -> None:
    import numpy as np

    from lantian.analysis.observations import Observations
    from lantian.apps.monitoring.queries import subjects

    kind = kinds()["pm25_month"]
    asked = sources.Asked(office, kind, period_of(kind, "2025-02"), city)
    rows, problems = sources.measured(asked)
    assert (rows, len(problems)) == ([], 1)
    found = [subjects.Subject("880101001", "柳桥街道", "东塘区", ("S1", "S2"))]
    monkeypatch.setattr(subjects, "subjects", lambda *_args: found)

    def values(_found: object, start: date, end: date) -> Observations:
        hours = ((end - start).days + 1) * 24
        cells = np.full((1, hours), 40.0 if start.year == 2025 else 50.0)
        cells[0, : hours // 4] = np.nan
        return Observations(("880101001",), start, hours // 24, {"PM2.5": cells}, ((0, hours // 24 - 1),))

    monkeypatch.setattr(subjects, "values", values)
    (row,), problems = sources.measured(asked)
    assert problems == []
    assert (row.group, row.subject, row.value, row.previous, row.completeness) == (
        "东塘区", "柳桥街道", Decimal(40), Decimal(50), Decimal(75),
    )  # fmt: skip


@pytest.mark.db
def test_the_list_asks_the_same_of_the_database_however_long(office: User, django_assert_max_num_queries: Any) -> None:
    browser, url = client_of(office), reverse("bulletins:list")
    for month in ("2025-01", "2025-02", "2025-03", "2025-04"):
        drafted(office, month)
    browser.get(url)
    with django_assert_max_num_queries(11):
        assert browser.get(url).status_code == 200


@pytest.mark.parametrize("person", PERSONS)
@pytest.mark.parametrize("table", ["ROUTES", "DRAFT"])
def test_addresses(person: str, table: str, login: Callable[[str], Client], make_plan: Any) -> None:
    made = routes.things(make_plan) | {"": []}
    found, wanted = {}, {}
    for name, (method, thing, answers) in getattr(routes, table).items():
        client = Client() if person == "anonymous" else login(person)
        answer = getattr(client, method)(reverse(name, args=made[thing]))
        to_login = answer.status_code == 302 and answer.headers["Location"].startswith("/login/")
        found[name] = LOGIN if to_login else answer.status_code
        wanted[name] = answers[PERSONS.index(person)]
    assert found == wanted
