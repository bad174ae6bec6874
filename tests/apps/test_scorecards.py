"""Scorecards: what is counted, who sees and does what, appeals, frozen years."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import CollectiveRule, Unit
from lantian.apps.assessment import providers
from lantian.apps.assessment.actions import scorecards as actions
from lantian.apps.assessment.models import Appeal, AppealState, Scorecard, ScoreVersion
from lantian.apps.assessment.queries import scorecards as queries
from lantian.apps.assessment.scoring import CardError, sources
from lantian.apps.core import actions as core
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.actions import review
from lantian.apps.supervision.actions.common import NotPossible, Stale
from lantian.apps.supervision.models import Cadence, Commitment, Return
from tests.apps.returning import APRIL, MARCH, PDF, Office, make_office

pytestmark = [pytest.mark.django_db, pytest.mark.db]
D = Decimal
TEXT = """scorecard: 1
title: 云溪市2025年度考核
year: 2025
plans: [云溪市大气污染防治2025年行动计划]
units: {names: [市交通局, 市生态环境局]}
grades: [{from: 90, title: 优秀}, {from: 0, title: 合格}]
items:
  - {key: late, title: 迟报, kind: deductions, weight: 60, deductions: [{fact: returns.late_count, each: 2, cap: 30}]}
  - {key: visits, title: 抽查, kind: deductions, weight: 40, deductions: [{fact: manual(抽查问题), each: 5}]}
"""


@pytest.fixture
def office(make_plan: Callable[..., Plan], people: dict[str, User]) -> Office:
    made = make_office(make_plan, people)
    bureau, row = Unit.objects.get(name="市生态环境局"), made.rows[0]
    Commitment.objects.create(
        plan=made.plan, measure=row.measure, unit=bureau, role="support", cadence=Cadence.MONTH, end=row.end
    )
    return made


@pytest.fixture
def card(office: Office) -> Scorecard:
    return actions.save(office.coordinator, TEXT)


def opened(card: Scorecard, office: Office) -> Scorecard:
    today = timezone.localdate()
    actions.open_to_units(office.coordinator, card)
    actions.set_window(office.coordinator, card, today, today + timedelta(days=5))
    return card


def enter(card: Scorecard, office: Office, value: int | None = 1, unit: Unit | None = None) -> None:
    since = date(2025, 1, 1)
    actions.enter(
        office.coordinator, card, unit or office.unit, "抽查问题", None if value is None else D(value), since=since,
        basis="云环检〔2025〕2号",
    )  # fmt: skip


def everything(card: Scorecard, office: Office) -> None:
    for unit in card.units.all():
        enter(card, office, 1, unit)


def appeal(card: Scorecard, office: Office, **more: Any) -> Appeal:
    return actions.appeal(office.writer, card, office.unit, "late", "3月已电话报告。", **more)


def score(card: Scorecard, office: Office, day: date | None = None) -> queries.Row:
    return queries.row_of(card, office.unit, day or timezone.localdate())


def test_every_built_in_fact_is_counted_by_somebody() -> None:
    assert set(providers.SOURCES) == set(sources())


def test_a_card_finds_its_plan_and_its_units_and_is_recorded(card: Scorecard, office: Office) -> None:
    assert (card.title, card.year, list(card.plans.all())) == ("云溪市2025年度考核", 2025, [office.plan])
    assert {unit.name for unit in card.units.all()} == {"市交通局", "市生态环境局"}
    assert AuditEvent.objects.get(action="scorecard.save").after["text"] == TEXT
    assert card.area.name == "云溪市"


@pytest.mark.parametrize(
    "change",
    [("市交通局, ", "市神秘局, "), ("行动计划]", "别的计划]"), ("{names: [市交通局, 市生态环境局]}", "{level: town}")],
)
def test_what_is_not_there_is_refused_and_nothing_is_stored(office: Office, change: tuple[str, str]) -> None:
    with pytest.raises(NotPossible):
        actions.save(office.coordinator, TEXT.replace(*change))
    with pytest.raises(CardError):
        actions.save(office.coordinator, TEXT.replace("weight: 60", "weight: 50"))
    assert not Scorecard.objects.exists()


def test_units_by_collective_and_by_level(office: Office) -> None:
    by_name = "{names: [市交通局, 市生态环境局]}"
    collective = TEXT.replace(by_name, "{collective: 各区政府}")
    with pytest.raises(NotPossible):  # no rule says whom it stands for
        actions.save(office.coordinator, collective)
    unit = Unit.objects.get(name="各区政府")
    CollectiveRule.objects.create(unit=unit, kind="each", kinds="district", pattern="{area}政府")
    card = actions.save(office.coordinator, collective)
    assert {unit.name for unit in card.units.all()} == {"东塘区政府", "西塘区政府"}
    card = actions.save(office.coordinator, TEXT.replace(by_name, "{level: municipal}"))
    assert "市交通局" in {unit.name for unit in card.units.all()}


def test_late_months_cost_points_and_name_the_returns(card: Scorecard, office: Office) -> None:
    office.submitted()  # for March 2025, long after it was due
    row = score(card, office, date(2025, 5, 20)).item("late")
    months = [ref.text for ref in row.reasons[0].refs]
    assert MARCH in months
    assert APRIL in months
    assert (row.reasons[0].points, row.points) == (-2 * len(months), 60 - 2 * len(months))
    Return.objects.filter(period=MARCH).update(submitted=timezone.make_aware(timezone.datetime(2025, 4, 1)))
    again = score(card, office, date(2025, 5, 20)).item("late")
    assert MARCH not in [ref.text for ref in again.reasons[0].refs]
    assert again.points == (row.points or 0) + 2


def test_what_nobody_entered_is_not_scored_instead_of_nought(card: Scorecard, office: Office) -> None:
    row = score(card, office)
    assert (row.item("visits").points, row.item("visits").low, row.item("visits").high) == (None, 0, 40)
    assert (row.score.total, row.score.rank) == (None, None)
    enter(card, office, 2)
    assert score(card, office).item("visits").points == 30
    assert score(card, office, date(2024, 12, 31)).item("visits").points is None
    enter(card, office, None)  # taken back
    assert score(card, office).item("visits").points is None


def test_sent_back_returns_and_shares_of_targets_are_counted(office: Office) -> None:
    text = TEXT.replace(
        "returns.late_count, each: 2, cap: 30", "returns.sent_back_count, each: 2"
    ).replace(
        "kind: deductions, weight: 40, deductions: [{fact: manual(抽查问题), each: 5}]",
        "kind: linear, weight: 40, fact: quota.completion(设备更新),"
        " from: {at: 0, points: 0}, to: {at: 100, points: 40}",
    )  # fmt: skip
    card = actions.save(office.coordinator, text)
    assert score(card, office).item("visits").points is None
    ret = office.submitted()
    review.accept(office.reviewer, ret, revision=ret.revision)
    row = score(card, office)
    assert row.item("visits").points == 12  # 3 of 10
    assert row.item("visits").reasons[0].note == "3/10台"
    Return.objects.update(sent_back=2)
    assert score(card, office).item("late").points == 56


def test_met_overdue_and_letters_are_counted_as_of_the_day(office: Office) -> None:
    text = TEXT.replace("returns.late_count, each: 2, cap: 30", "commitments.overdue_count, each: 1").replace(
        "manual(抽查问题), each: 5", "letters.count(supervision), each: 5"
    )
    card = actions.save(office.coordinator, text)
    early, now = score(card, office, date(2025, 2, 1)), score(card, office)
    assert early.item("late").points == 60
    assert now.item("late").points == 57  # three rows, due at the end of 2025
    assert len(now.item("late").reasons[0].refs) == 3
    assert now.item("visits").points == 40
    share = providers.facts(card, ["commitments.met_share"], date(2025, 2, 1))
    assert share[office.unit.pk]["commitments.met_share"].value is None
    share = providers.facts(card, ["commitments.met_share"], timezone.localdate())
    assert share[office.unit.pk]["commitments.met_share"].value == 0


def test_units_see_their_own_row_once_the_card_is_open(
    card: Scorecard, office: Office, login: Callable[[str], Client]
) -> None:
    unit = Client()
    unit.force_login(office.writer)
    address = reverse("assessment:scorecard", args=[card.uid])
    assert unit.get(address).status_code == 404
    opened(card, office)
    text = unit.get(address).content.decode()
    assert "市交通局" in text
    assert "市生态环境局" not in re.sub(r"<nav.*?</nav>|<header.*?</header>", "", text, flags=re.S)
    own, other = (Unit.objects.get(name=name) for name in ("市交通局", "市生态环境局"))
    assert unit.get(reverse("assessment:scorecard-unit", args=[card.uid, own.uid])).status_code == 200
    assert unit.get(reverse("assessment:scorecard-unit", args=[card.uid, other.uid])).status_code == 404
    assert unit.get(reverse("assessment:scorecard-draft", args=[card.uid, "xlsx"])).status_code == 403
    office_text = login("coordinator").get(address).content.decode()
    assert "市交通局" in office_text
    assert "市生态环境局" in office_text


def test_an_appeal_is_filed_in_its_days_only_and_once(card: Scorecard, office: Office) -> None:
    with pytest.raises(PermissionDenied):
        appeal(card, office)
    actions.open_to_units(office.coordinator, card)
    with pytest.raises(NotPossible):
        appeal(card, office)
    today = timezone.localdate()
    actions.set_window(office.coordinator, card, today - timedelta(days=9), today - timedelta(days=1))
    with pytest.raises(NotPossible):
        appeal(card, office)
    actions.set_window(office.coordinator, card, today, today)
    row = appeal(card, office, upload=("说明.pdf", [PDF]))
    assert (row.state, row.file_name) == (AppealState.OPEN, "说明.pdf")
    with pytest.raises(NotPossible):
        appeal(card, office)
    with pytest.raises(NotPossible):
        actions.appeal(office.writer, card, office.unit, "late2", "x")
    with pytest.raises(PermissionDenied):
        actions.appeal(office.writer, card, Unit.objects.get(name="市生态环境局"), "late", "x")


def test_a_file_that_is_not_what_it_says_is_refused(card: Scorecard, office: Office) -> None:
    opened(card, office)
    with pytest.raises(NotPossible):
        appeal(card, office, upload=("说明.pdf", [b"MZ\x90\x00 no paper"]))
    assert not Appeal.objects.exists()


def test_a_granted_appeal_gives_points_back_and_says_on_what_basis(card: Scorecard, office: Office) -> None:
    opened(card, office)
    row = appeal(card, office)
    before = score(card, office).item("late")
    actions.decide(office.coordinator, row, points=D("4"), basis="查通话记录属实", revision=1)
    after = score(card, office).item("late")
    assert after.points == (before.points or 0) + 4
    assert after.reasons[-1].note == "查通话记录属实"
    with pytest.raises(Stale):
        actions.decide(office.coordinator, row, points=None, basis="又一次", revision=1)
    with pytest.raises(NotPossible):
        actions.decide(office.coordinator, row, points=None, basis="又一次")


def test_neither_the_unit_nor_who_filed_it_decides(card: Scorecard, office: Office) -> None:
    opened(card, office)
    row = appeal(card, office)
    judge = core.create_user(None, "judge", "judge", must_change_password=False)
    add_membership(None, judge, office.unit, "coordinator")
    for user in (office.writer, office.reviewer, judge):
        with pytest.raises(PermissionDenied):
            actions.decide(user, row, points=D(1), basis="自己")
    Appeal.objects.update(by=office.coordinator)
    row.refresh_from_db()
    with pytest.raises(PermissionDenied):
        actions.decide(office.coordinator, row, points=D(1), basis="自己")
    for points in (D(0), D(-1), D(61), D("NaN")):
        Appeal.objects.update(by=office.writer)
        row.refresh_from_db()
        with pytest.raises(NotPossible):
            actions.decide(office.coordinator, row, points=points, basis="不在范围")


def test_a_new_text_keeps_what_was_appealed_about(card: Scorecard, office: Office) -> None:
    opened(card, office)
    appeal(card, office)
    with pytest.raises(NotPossible):
        actions.save(office.coordinator, TEXT.replace("key: late", "key: tardy"), card)
    with pytest.raises(NotPossible):
        actions.save(office.coordinator, TEXT.replace("市交通局, ", ""), card)
    with pytest.raises(Stale):
        actions.save(office.coordinator, TEXT, card, revision=1)
    saved = actions.save(office.coordinator, TEXT.replace("云溪市2025年度考核", "考核办法（修订）"), card)
    assert saved.title == "考核办法（修订）"


def test_a_frozen_year_never_changes_and_a_correction_is_the_next_number(card: Scorecard, office: Office) -> None:
    today = timezone.localdate()
    with pytest.raises(NotPossible):  # nobody entered what is missing
        actions.freeze(office.coordinator, card, today)
    everything(card, office)
    with pytest.raises(NotPossible):
        actions.freeze(office.coordinator, card, today + timedelta(days=1))
    first = actions.freeze(office.coordinator, card, today)
    before = queries.scores_of(first.content)
    enter(card, office, 4)
    first.refresh_from_db()
    assert queries.scores_of(first.content) == before
    assert {name: found.total for _uid, name, found in before}["市交通局"] == score(card, office).score.low + 15
    with pytest.raises(NotPossible):  # without a reason
        actions.freeze(office.coordinator, card, today)
    second = actions.freeze(office.coordinator, card, today, "漏记三个问题")
    assert (second.number, ScoreVersion.objects.count()) == (2, 2)
    with pytest.raises(PermissionDenied):
        actions.freeze(office.reviewer, card, today)


def test_frozen_scores_are_the_scores_again(card: Scorecard, office: Office) -> None:
    everything(card, office)
    found = queries.rows(card, timezone.localdate())
    again = queries.scores_of(queries.content_of(card, found))
    assert [(name, item.items, item.low, item.high, item.grade, item.rank) for _uid, name, item in again] == [
        (row.unit.name, row.score.items, row.score.low, row.score.high, row.score.grade, row.score.rank)
        for row in found
    ]


def test_an_open_appeal_holds_the_freezing(card: Scorecard, office: Office) -> None:
    everything(card, office)
    opened(card, office)
    appeal(card, office)
    with pytest.raises(NotPossible):
        actions.freeze(office.coordinator, card, timezone.localdate())


def test_pages_of_the_office(card: Scorecard, office: Office, login: Callable[[str], Client]) -> None:
    client = login("coordinator")
    everything(card, office)
    opened(card, office)
    row = appeal(card, office)
    unit = reverse("assessment:scorecard-unit", args=[card.uid, office.unit.uid])
    text = client.get(unit).content.decode()
    assert "2025-03" in text
    assert "从未报送" in text
    given = {"decision": "grant", "points": "2.5", "basis": "属实", "revision": "1"}
    assert client.post(reverse("assessment:appeal-decide", args=[row.uid]), given).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.points) == (AppealState.GRANTED, D("2.5"))
    client.post(reverse("assessment:scorecard-freeze", args=[card.uid]), {"day": "2026-01-10"})
    version = ScoreVersion.objects.get()
    assert "第1次定稿" in client.get(reverse("assessment:score-version", args=[version.uid])).content.decode()
    for form in ("docx", "xlsx"):
        for name, key in (("scorecard-draft", card.uid), ("score-version-file", version.uid)):
            answer = client.get(reverse(f"assessment:{name}", args=[key, form]))
            names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
            assert any(part.startswith("word/" if form == "docx" else "xl/") for part in names)
            assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_wrong_text_is_answered_with_line_and_reason_and_kept(
    office: Office,  # noqa: ARG001  # its plan must be there
    login: Callable[[str], Client],
) -> None:
    client, address = login("coordinator"), reverse("assessment:scorecard-new")
    answer = client.post(address, {"text": TEXT.replace("weight: 60", "weight: many")})
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "第8行" in text
    assert "weight: many" in text
    file = SimpleUploadedFile("card.yaml", TEXT.encode("gb18030"))
    assert client.post(address, {"file": file}).status_code == 400
    file = SimpleUploadedFile("card.yaml", TEXT.encode())
    assert client.post(address, {"file": file}).status_code == 302
    assert Scorecard.objects.get().text == TEXT


def test_entering_on_the_page(card: Scorecard, office: Office, login: Callable[[str], Client]) -> None:
    client = login("coordinator")
    data = {
        "unit": str(office.unit.uid), "name": "抽查问题", "value": "3", "since": "2025-06-01", "basis": "通报",
        "file": SimpleUploadedFile("通报.pdf", PDF),
    }  # fmt: skip
    assert client.post(reverse("assessment:scorecard-enter", args=[card.uid]), data).status_code == 302
    row = card.entered.get()
    assert (row.value, row.file_name) == (3, "通报.pdf")
    assert client.get(reverse("assessment:scorecard-entry-file", args=[row.uid])).content == PDF
    for wrong in ({"value": "NaN"}, {"name": "别的"}, {"basis": " "}, {"since": "soon"}, {"unit": "x"}):
        client.post(reverse("assessment:scorecard-enter", args=[card.uid]), data | {"file": ""} | wrong)
    assert card.entered.count() == 1


def test_the_matrix_takes_as_many_queries_for_many_units_as_for_few(
    card: Scorecard, office: Office, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    office.submitted()
    with CaptureQueriesContext(connection) as few:
        queries.rows(card, timezone.localdate())
    card.units.set(Unit.objects.filter(collective=False))
    with django_assert_num_queries(len(few)):
        assert len(queries.rows(card, timezone.localdate())) > 5
