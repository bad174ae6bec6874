"""Entering one item's figures for all units at once, and the history of a card."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.apps.areas.models import Unit
from lantian.apps.assessment import pasted
from lantian.apps.assessment.actions import scorecards as actions
from lantian.apps.assessment.models import Scorecard
from lantian.apps.assessment.queries import columns
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.actions.common import NotPossible, Stale
from tests.apps.conftest import read_measure, read_plan
from tests.apps.returning import PDF
from tests.conftest import examples

pytestmark = [pytest.mark.django_db, pytest.mark.db]
D = Decimal
NAMES = ["投诉件数", "超期件数"]
TEXT = """scorecard: 1
title: 云溪市2025年度考核
year: 2025
plans: [云溪市大气污染防治2025年行动计划]
units: {names: [市交通局, 市生态环境局]}
items:
  - {key: seen, title: 抽查, kind: deductions, weight: 40, deductions: [{fact: manual(抽查问题), each: 5}]}
  - key: late
    title: 投诉办理
    kind: formula
    weight: 60
    facts: {every: manual(投诉件数), late: manual(超期件数)}
    formula: 60 * (1 - late / max(every, 1))
  - {key: returns, title: 迟报, kind: bonus, cap: 1, additions: [{fact: returns.late_count, each: 1}]}
"""


@pytest.fixture
def card(make_plan: Callable[..., Plan], people: dict[str, User]) -> Scorecard:
    make_plan(read_plan(read_measure(1)))
    return actions.save(people["coordinator"], TEXT)


def read(card: Scorecard, text: str, names: list[str] | None = None) -> columns.Read:
    units = list(card.units.order_by("id"))
    return columns.read(card, units, names or NAMES, text, timezone.localdate())


def named(card: Scorecard, found: columns.Read) -> dict[tuple[str, str], str]:
    names = dict(card.units.values_list("pk", "name"))
    return {(names[key], name): value for (key, name), value in found.values.items()}


def address(card: Scorecard, item: str = "late") -> str:
    return reverse("assessment:scorecard-column", args=[card.uid, item])


def form(card: Scorecard, **more: Any) -> dict[str, Any]:
    given = {"step": "enter", "since": "2025-06-01", "basis": "热线办通报", "seen": "0"}
    for unit in card.units.all():
        given |= {f"v0-{unit.uid}": "20", f"v1-{unit.uid}": "3"}
    return given | more


def test_a_pasted_column_finds_its_units_under_any_name_of_theirs(card: Scorecard) -> None:
    text = "单位\t投诉\t超期\n云溪市交通运输局\t1,200\t-\n\n市环境局\t30\t2.5\n"
    assert named(card, read(card, text)) == {
        ("市交通局", "投诉件数"): "1200", ("市生态环境局", "投诉件数"): "30", ("市生态环境局", "超期件数"): "2.5",
    }  # fmt: skip
    assert named(card, read(card, "市交通 4")) == {("市交通局", "投诉件数"): "4"}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("市神秘局\t3", "第2行：不认识单位“市神秘局”。"),
        ("东塘区政府\t3", "第2行：“东塘区政府”不在本考核表内。"),
        ("市交通局\t5", "第2行：“市交通局”与第1行重复。"),
        ("市生态环境局\t三", "第2行：“三”不是数字。"),
        ("市生态环境局\t1\t2\t3", "第2行有3个数，本项只有2个。"),
    ],
)
def test_what_cannot_be_taken_over_is_named_with_line_and_reason(
    card: Scorecard, login: Callable[[str], Client], line: str, why: str
) -> None:
    given = form(card, pasted=f"市交通局\t5\n{line}")
    for step in ("fill", "enter"):
        answer = login("coordinator").post(address(card), given | {"step": step})
        assert answer.status_code == 400
        assert why in answer.content.decode()
        assert line in answer.content.decode()  # what was pasted is kept
    assert not card.entered.exists()


def test_taking_over_fills_the_fields_and_enters_nothing(card: Scorecard, login: Callable[[str], Client]) -> None:
    given = {"step": "fill", "pasted": "市交通局\t41\t6", "since": "", "basis": "", "seen": "0"}
    answer = login("coordinator").post(address(card), given)
    unit = card.units.get(name="市交通局")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'name="v0-{unit.uid}" value="41"' in page
    assert f'name="v1-{unit.uid}" value="6"' in page
    assert not card.entered.exists()


def test_a_column_is_entered_whole_with_its_paper(card: Scorecard, login: Callable[[str], Client]) -> None:
    given = form(card, file=SimpleUploadedFile("通报.pdf", PDF))
    assert login("coordinator").post(address(card), given).status_code == 302
    rows = list(card.entered.select_related("unit"))
    assert {(row.unit.name, row.name, row.value) for row in rows} == {
        (unit, name, value)
        for unit in ("市交通局", "市生态环境局")
        for name, value in zip(NAMES, (D(20), D(3)), strict=True)
    }
    assert {(row.since, row.basis, row.file_name) for row in rows} == {(date(2025, 6, 1), "热线办通报", "通报.pdf")}
    assert AuditEvent.objects.filter(action="scorecard.enter").count() == 4
    page = login("coordinator").get(address(card)).content.decode()
    assert "2025-06-01" in page
    assert 'name="seen" value="4"' in page


def test_an_empty_field_changes_nothing(card: Scorecard, login: Callable[[str], Client]) -> None:
    unit = card.units.get(name="市交通局")
    login("coordinator").post(address(card), form(card, **{f"v0-{unit.uid}": "", f"v1-{unit.uid}": " "}))
    assert {row.unit.name for row in card.entered.all()} == {"市生态环境局"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"basis": " "}, {"since": "soon"}, {"file": SimpleUploadedFile("通报.pdf", b"MZ no pdf")}, {"seen": "x"},
    ],
)  # fmt: skip
def test_a_column_that_is_refused_enters_nothing_and_keeps_what_was_typed(
    card: Scorecard, login: Callable[[str], Client], wrong: dict[str, Any]
) -> None:
    answer = login("coordinator").post(address(card), form(card, **wrong))
    assert answer.status_code == 400
    assert 'value="20"' in answer.content.decode()
    assert not card.entered.exists()


def test_one_wrong_field_holds_the_whole_column(card: Scorecard, login: Callable[[str], Client]) -> None:
    unit = card.units.get(name="市交通局")
    page = login("coordinator").post(address(card), form(card, **{f"v1-{unit.uid}": "三"})).content.decode()
    assert f'id="e-v1-{unit.uid}"><strong>' in page
    assert not card.entered.exists()


def test_who_comes_second_is_told(card: Scorecard, people: dict[str, User]) -> None:
    office, figures = people["coordinator"], {(unit.pk, "抽查问题"): D(1) for unit in card.units.all()}
    given: dict[str, Any] = {"since": date(2025, 6, 1), "basis": "通报", "seen": (["抽查问题"], 0)}
    assert actions.enter_column(office, card, figures, **given) == 2
    with pytest.raises(Stale):
        actions.enter_column(office, card, figures, **given)
    assert card.entered.count() == 2


def test_whoever_was_told_sees_what_came_between_and_may_go_on(
    card: Scorecard, people: dict[str, User], login: Callable[[str], Client]
) -> None:
    unit, client = card.units.get(name="市交通局"), login("coordinator")
    actions.enter(people["coordinator"], card, unit, "超期件数", D(7), since=date(2025, 5, 1), basis="电话")
    answer = client.post(address(card), form(card))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "现有7（2025-05-01起）" in page
    assert 'name="seen" value="1"' in page
    assert client.post(address(card), form(card, seen="1")).status_code == 302


def test_figures_that_the_card_does_not_ask_for_are_refused_whole(card: Scorecard, people: dict[str, User]) -> None:
    unit, other = card.units.get(name="市交通局"), Unit.objects.get(name="东塘区政府")
    for cell, value in (((unit.pk, "别的"), D(1)), ((other.pk, "抽查问题"), D(1)), ((unit.pk, "超期件数"), D("1e12"))):
        with pytest.raises(NotPossible):
            actions.enter_column(
                people["coordinator"], card, {(unit.pk, "抽查问题"): D(1), cell: value}, since=date(2025, 6, 1),
                basis="通报",
            )  # fmt: skip
    assert not card.entered.exists()


def test_an_item_for_which_nothing_is_entered_has_no_column(card: Scorecard, login: Callable[[str], Client]) -> None:
    client = login("coordinator")
    assert client.get(address(card, "returns")).status_code == 404
    assert client.get(address(card, "nothing")).status_code == 404
    for page in ("assessment:scorecard", "assessment:scorecard-entries"):
        text = client.get(reverse(page, args=[card.uid])).content.decode()
        assert address(card) in text
        assert address(card, "returns") not in text


def test_the_column_takes_as_many_queries_for_many_units_as_for_few(
    card: Scorecard, login: Callable[[str], Client], django_assert_max_num_queries: Any
) -> None:
    client = login("coordinator")
    client.get(address(card))
    card.units.set(Unit.objects.filter(collective=False))
    with django_assert_max_num_queries(13):
        client.get(address(card))


def test_the_history_tells_of_the_card_its_figures_and_appeals(
    card: Scorecard, people: dict[str, User], login: Callable[[str], Client]
) -> None:
    office, today = people["coordinator"], timezone.localdate()
    unit = card.units.get(name="市交通局")
    actions.enter(office, card, unit, "抽查问题", D(1), since=date(2025, 6, 1), basis="通报")
    actions.open_to_units(office, card)
    actions.set_window(office, card, today, today)
    page = login("coordinator").get(reverse("assessment:scorecard-history", args=[card.uid])).content.decode()
    for words in ("保存了考核表", "录入了 市交通局 的“抽查问题”", "向单位公开了考核表", "申诉期"):
        assert words in page
    another = actions.save(office, TEXT.replace("年度考核", "另一考核"))
    page = login("coordinator").get(reverse("assessment:scorecard-history", args=[another.uid])).content.decode()
    assert "录入了" not in page


@settings(max_examples=examples(50))
@given(st.text(max_size=60))
def test_any_cell_is_a_number_or_none(cell: str) -> None:
    found = pasted.number(cell)
    assert found is None or found.is_finite()


@settings(max_examples=examples(50))
@given(st.lists(st.tuples(st.sampled_from(["甲局", "乙 局"]), st.decimals(-(10**6), 10**6, places=2)), max_size=5))
def test_lines_are_read_back_as_they_were_written(rows: list[tuple[str, Decimal]]) -> None:
    text = "\r\n".join(f"{name}\t{value}" for name, value in rows)
    assert [(line.name, pasted.number(line.cells[0])) for line in pasted.lines(text)] == rows
