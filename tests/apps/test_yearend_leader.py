"""The leader's page: counts by section, the worst rows, lines of targets, who is late; no averages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.apps.areas.models import Unit
from lantian.apps.assessment.leader import HEIGHT, WIDTH, late_most, matrix, spark
from lantian.apps.assessment.queries import leader as queries
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.actions import review
from lantian.apps.supervision.models import Commitment, Return, Rhythm, State
from tests.apps.returning import Office, make_office
from tests.conftest import examples

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def office(make_plan: Callable[..., Plan], people: dict[str, User]) -> Office:
    return make_office(make_plan, people)


def test_the_matrix_counts_and_keeps_the_orders() -> None:
    cells = [("二", "met", 2), ("一", "behind", 1), ("一", "met", 3), ("二", "met", 1)]
    found = matrix(cells, ["一", "二", "三"], ["overdue", "behind", "met"])
    assert found.states == ("behind", "met")
    assert [(line.section, line.counts, line.total) for line in found.lines] == [("一", (1, 3), 4), ("二", (0, 3), 3)]
    assert (found.sums, found.total) == ((1, 6), 7)


values = st.lists(st.none() | st.decimals(-1000, 1000, places=2), max_size=14)


@settings(max_examples=examples(50))
@given(values, values)
def test_a_sparkline_stays_in_its_frame(plan: list[Decimal | None], real: list[Decimal | None]) -> None:
    line = spark(plan, real)
    for points, given_values in ((line.planned, plan), (line.actual, real)):
        places = [tuple(map(float, point.split(","))) for point in points.split()]
        assert len(places) == sum(value is not None for value in given_values)
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places)
    assert (line.last is None) == (not line.actual)


def test_who_is_never_late_is_not_listed() -> None:
    assert late_most([("甲", 0), ("乙", 1), ("丙", 3), ("丁", 1)], 2) == [("丙", 3), ("乙", 1)]


def test_the_red_list_names_each_row_once_the_worst_first(office: Office) -> None:
    measures = list(office.plan.measures.order_by("n"))
    units = [Unit.objects.get(name=name) for name in ("东塘区政府", "西塘区政府", "东塘区生态环境局")]

    def red(at: int, unit: int, state: State, month: int) -> None:
        Commitment.objects.create(
            plan=office.plan, measure=measures[at], unit=units[unit], role="lead", n=at + 1, state=state,
            end=date(2025, month, 1),
        )  # fmt: skip

    red(3, 0, State.AT_RISK, 1)
    red(4, 0, State.OVERDUE, 5)
    red(5, 0, State.OVERDUE, 3)
    red(5, 1, State.MISSED, 6)
    red(5, 2, State.BEHIND, 1)
    found = [(row.measure.n, row.unit.name, others) for row, others in queries.red_list(office.plan)]
    assert found == [(6, "西塘区政府", 1), (5, "东塘区政府", 0), (4, "东塘区政府", 0)]


def test_a_target_shows_its_last_accepted_figure_beside_the_plan(office: Office) -> None:
    ret = office.submitted()
    (line,), more = queries.trajectories(office.plan)
    assert (line.reached, line.month, line.planned, more) == (None, "", None, 0)
    review.accept(office.reviewer, ret, revision=ret.revision)
    (line,), _more = queries.trajectories(office.plan)
    assert (line.target, line.reached, line.month) == (10, 3, "2025-03")
    assert line.planned is not None
    assert 0 < line.planned < 10
    assert line.spark.last is not None


def test_a_return_after_its_day_is_late_and_what_is_not_owed_is_not(office: Office) -> None:
    Rhythm.objects.update_or_create(plan=office.plan, defaults={"due": 5})
    ret = office.submitted()
    in_time = timezone.make_aware(timezone.datetime(2025, 4, 3))
    assert queries.late_units(office.plan, date(2025, 4, 20)) == [("市交通局", 3)]
    Return.objects.filter(pk=ret.pk).update(submitted=in_time)
    assert queries.late_units(office.plan, date(2025, 4, 20)) == [("市交通局", 2)]
    Commitment.objects.update(cadence="year")
    assert queries.late_units(office.plan, date(2025, 4, 20)) == []


def test_the_next_deadlines_are_counted_by_day(office: Office) -> None:
    Commitment.objects.update(end=date(2025, 5, 1), internal_due=None, state=State.ON_TRACK)
    Commitment.objects.filter(pk=office.rows[0].pk).update(internal_due=date(2025, 4, 20))
    Commitment.objects.filter(pk=office.rows[1].pk).update(state=State.MET)
    found = queries.deadlines(office.plan, date(2025, 4, 1))
    assert [(item["day"], item["number"]) for item in found] == [(date(2025, 4, 20), 1), (date(2025, 5, 1), 1)]
    assert queries.deadlines(office.plan, date(2025, 6, 1)) == []


def test_the_page_opens_reasons_and_asks_the_same_number_of_queries(
    office: Office, login: Callable[[str], Client]
) -> None:
    client, where = login("coordinator"), reverse("assessment:leader", args=[office.plan.uid])
    Commitment.objects.filter(pk=office.rows[0].pk).update(state=State.OVERDUE)
    client.get(where)
    with CaptureQueriesContext(connection) as few:
        page = client.get(where).content.decode()
    assert reverse("supervision:duty", args=[office.rows[0].uid]) in page
    assert "<svg" in page
    for name in ("东塘区政府", "西塘区政府", "东塘区生态环境局"):
        Commitment.objects.create(
            plan=office.plan, measure=office.rows[0].measure, unit=Unit.objects.get(name=name), role="support",
            state=State.MISSED,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        client.get(where)
    assert len(few) == len(many)


def test_a_plan_without_commitments_says_what_to_do(
    make_plan: Callable[..., Plan], login: Callable[[str], Client]
) -> None:
    where = reverse("assessment:leader", args=[make_plan().uid])
    assert "empty-page" in login("coordinator").get(where).content.decode()
    assert login("viewer").get(where).status_code == 403
