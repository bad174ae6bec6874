"""The states beside the rows of a plan's table, and the card of commitments on a measure's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lantian.apps.areas.models import Unit
from lantian.apps.core.models import User
from lantian.apps.plans import hooks
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.beside import PAGE, WORST_FIRST
from lantian.apps.supervision.models import Commitment, State
from lantian.status.goals import SEVERITY
from tests.apps.returning import Office, make_office

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def office(make_plan: Callable[..., Plan], people: dict[str, User]) -> Office:
    return make_office(make_plan, people)


def owe(office: Office, name: str, state: State) -> Commitment:
    """One more commitment of the first row."""
    return Commitment.objects.create(
        plan=office.plan, measure=office.rows[0].measure, unit=Unit.objects.get(name=name), role="support", state=state
    )


def test_the_worst_first_is_the_order_of_the_engine() -> None:
    assert [str(state) for state in WORST_FIRST] == sorted(State.values, key=lambda state: -SEVERITY[state])


def test_states_are_counted_by_row_the_worst_first(office: Office) -> None:
    owe(office, "东塘区政府", State.MET)
    owe(office, "西塘区政府", State.OVERDUE)
    owe(office, "东塘区生态环境局", State.MET)
    first = office.rows[0].measure
    marks = hooks.marks(office.coordinator, office.plan, list(office.plan.measures.all()))
    assert [(mark.style, mark.number) for mark in marks[first.pk]] == [
        ("duty-bad", 1), ("duty-waiting", 1), ("duty-done", 2)
    ]  # fmt: skip
    assert marks[first.pk][0].url == reverse("plans:measure", args=[first.uid]) + "#duties"
    assert set(marks) == {row.measure_id for row in office.rows}


def test_a_withdrawn_commitment_and_a_draft_say_nothing(office: Office, make_plan: Callable[..., Plan]) -> None:
    Commitment.objects.update(withdrawn=office.plan.published)
    assert hooks.marks(office.coordinator, office.plan, list(office.plan.measures.all())) == {}
    draft = make_plan(content=b"draft", publish=False)
    assert hooks.marks(office.coordinator, draft, list(draft.measures.all())) == {}


def test_only_what_the_person_may_see_is_counted(office: Office) -> None:
    owe(office, "东塘区政府", State.OVERDUE)
    marks = hooks.marks(office.writer, office.plan, list(office.plan.measures.all()))
    assert [(mark.style, mark.number) for mark in marks[office.rows[0].measure_id]] == [("duty-waiting", 1)]


def test_the_table_shows_states_and_asks_the_same_number_of_queries(
    office: Office, login: Callable[[str], Client]
) -> None:
    client, where = login("coordinator"), reverse("plans:plan", args=[office.plan.uid])
    client.get(where)
    with CaptureQueriesContext(
        connection,
    ) as few:
        page = client.get(where).content.decode()
    assert 'class="c-beside"' in page
    assert "duty-waiting" in page
    for name in ("东塘区政府", "西塘区政府", "东塘区生态环境局", "西塘区生态环境局"):
        owe(office, name, State.AT_RISK)
    with CaptureQueriesContext(connection) as many:
        client.get(where)
    assert len(few) == len(many)


def test_a_plan_nobody_owes_has_no_column(make_plan: Callable[..., Plan], login: Callable[[str], Client]) -> None:
    plan = make_plan()
    assert "c-beside" not in login("viewer").get(reverse("plans:plan", args=[plan.uid])).content.decode()


def test_the_card_lists_commitments_worst_first_in_pages(office: Office, login: Callable[[str], Client]) -> None:
    client, measure = login("coordinator"), office.rows[0].measure
    late = owe(office, "东塘区政府", State.MISSED)
    where = reverse("plans:measure", args=[measure.uid])
    page = client.get(where).content.decode()
    assert page.index(str(late.uid)) < page.index(str(office.rows[0].uid))
    assert "?duties=" not in page
    template = Unit.objects.get(name="东塘区政府")
    for n in range(PAGE):
        unit = Unit.objects.create(name=f"云溪第{n}办", area=template.area, level=template.level)
        Commitment.objects.create(plan=office.plan, measure=measure, unit=unit, role="lead", state=State.MET)
    second: Any = client.get(where, {"duties": "2"}).content.decode()
    assert "?duties=1#duties" in second
    assert str(late.uid) not in second
    assert client.get(where, {"duties": "none"}).status_code == 200


def test_a_measure_without_commitments_has_no_card(
    make_plan: Callable[..., Plan], login: Callable[[str], Client]
) -> None:
    measure = make_plan().measures.all()[0]
    assert 'id="duties"' not in login("coordinator").get(reverse("plans:measure", args=[measure.uid])).content.decode()
