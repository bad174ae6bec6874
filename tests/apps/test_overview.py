"""The overview: what is counted, how it is drawn, and that every bar lists what it counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.apps.plans import charts, queries
from lantian.apps.plans.models import Plan
from lantian.apps.plans.overview import TOP_UNITS, Count, UnitLoad, by_month, overview
from lantian.reading import model as read
from tests.apps.conftest import read_measure, read_plan
from tests.apps.test_pages import text
from tests.conftest import examples


def varied() -> read.Plan:
    """Six rows: two months, a long-term one, one without owner and target, two sections, one doubt."""
    lead = (read.Role("lead", "市交通局", "市交通局"),)
    return read_plan(
        read_measure(1),
        read_measure(2, deadline=read.Deadline("6月底前", "by", end=date(2025, 6, 30))),
        read_measure(3, deadline=read.Deadline("长期坚持", "long_term"), roles=lead, section="二、治理"),
        read_measure(4, roles=(read.Role("support", "市交通局", "市交通局"),), targets=(), section="二、治理"),
        read_measure(5, targets=(*read_measure(5).targets, *read_measure(5).targets), section="二、治理"),
        read_measure(6, deadline=read.Deadline("", "none"), section=""),
    )


@pytest.fixture
def plan(make_plan: Callable[..., Plan]) -> Plan:
    return make_plan(varied())


@pytest.mark.django_db
def test_what_is_counted(plan: Plan) -> None:
    counted = overview(queries.plan_measures(plan, {}))
    assert (counted.measures, counted.with_target, counted.without_owner, counted.doubts) == (6, 5, 1, 1)
    assert [(month.label, month.measures) for month in counted.months if month.measures] == [
        ("2025-06", 1), ("2025-12", 3),
    ]  # fmt: skip
    assert len(counted.months) == 7
    assert sum(kind.measures for kind in counted.undated) == 2
    assert [(unit.name, unit.total) for unit in counted.units] == [
        ("各区政府", 4), ("市无名局", 4), ("市生态环境局", 4), ("市交通局", 2),
    ]  # fmt: skip
    assert [(kind.measures, kind.extra) for kind in counted.targets] == [(5, 6)]
    assert [(section.label, section.measures) for section in counted.sections] == [
        ("一、总体要求", 2), ("二、治理", 3), ("", 1),
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.db
def test_every_bar_leads_to_the_rows_that_it_counts(plan: Plan, login: Callable[[str], Client]) -> None:
    client = login("viewer")
    counted = overview(queries.plan_measures(plan, {}))
    parts = [part for unit in counted.units for part in unit.roles]
    for bar in [*counted.months, *counted.undated, *counted.targets, *counted.sections, *parts]:
        if bar.filters:
            page = client.get(f"/plans/{plan.uid}/", bar.filters).content.decode()
            assert len(re.findall(r'<tr id="m\d+"', page)) == bar.measures, bar
    shown = client.get(f"/plans/{plan.uid}/overview/").content.decode()
    for query, number in (("lacks=owner", counted.without_owner), ("flags=doubts", counted.doubts)):
        assert f"?{query}" in shown
        page = client.get(f"/plans/{plan.uid}/?{query}").content.decode()
        assert len(re.findall(r'<tr id="m\d+"', page)) == number, query
    links = {unescape(link) for link in re.findall(rf'href="(/plans/{plan.uid}/\?[^"]+)"', shown)}
    assert len(links) > 10
    assert all(re.search(r'<tr id="m\d+"', client.get(link).content.decode()) for link in links)


@pytest.mark.django_db
def test_accepted_flags_are_no_open_doubts(plan: Plan) -> None:
    plan.measures.get(n=1).flags.update(accepted=True)
    assert overview(queries.plan_measures(plan, {})).doubts == 0
    assert overview(list(queries.with_details(plan.measures.all()))).doubts == 0


@pytest.mark.django_db
def test_the_page_is_drawn_without_inline_style(plan: Plan, login: Callable[[str], Client]) -> None:
    page = login("viewer").get(f"/plans/{plan.uid}/overview/").content.decode()
    assert " style=" not in page
    assert page.count("<svg") > 8
    assert page.count('class="data"') == 2
    assert "<desc" in page
    assert "概览" in text(login("viewer").get(f"/plans/{plan.uid}/overview/"))


@pytest.mark.django_db
def test_an_empty_plan_says_what_to_do(make_plan: Callable[..., Plan], login: Callable[[str], Client]) -> None:
    plan = make_plan(read_plan(read_measure(1)))
    plan.measures.update(withdrawn=1)
    assert "本计划还没有措施" in text(login("viewer").get(f"/plans/{plan.uid}/overview/"))
    assert "本计划还没有措施" in text(login("viewer").get(f"/plans/{plan.uid}/"))


@pytest.mark.django_db
def test_more_than_twenty_units_are_summed(make_plan: Callable[..., Plan], login: Callable[[str], Client]) -> None:
    roles = tuple(read.Role("support", f"第{n}局", f"第{n}局") for n in range(TOP_UNITS + 5))
    plan = make_plan(read_plan(read_measure(1, roles=roles)))
    counted = overview(queries.plan_measures(plan, {}))
    assert len(counted.units) == TOP_UNITS
    assert counted.rest is not None
    assert (counted.rest.units, counted.rest.total) == (5, 5)
    assert "其余 5 个单位" in text(login("viewer").get(f"/plans/{plan.uid}/overview/"))


@pytest.mark.django_db
@pytest.mark.db
@pytest.mark.parametrize("count", [3, 60])
def test_the_overview_asks_the_database_as_often_for_a_long_plan(
    make_plan: Callable[..., Plan], login: Callable[[str], Client], count: int
) -> None:
    plan = make_plan(read_plan(*(read_measure(n) for n in range(1, count + 1))))
    client = login("viewer")
    client.get("/password/")
    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"/plans/{plan.uid}/overview/").status_code == 200
    assert len(asked) == 8


def test_months_without_deadlines_stand_between_those_that_have_some() -> None:
    months = by_month([date(2025, 11, 30), date(2026, 2, 1), date(2026, 2, 28)])
    assert [(month.label, month.measures) for month in months] == [
        ("2025-11", 1), ("2025-12", 0), ("2026-01", 0), ("2026-02", 2),
    ]  # fmt: skip
    assert months[-1].filters == {"due_from": "2026-02", "due_to": "2026-02"}
    assert len(by_month([date(2020, 1, 1), date(2035, 1, 1)])) == 2
    assert by_month([]) == []


COUNTS = st.lists(st.integers(0, 500), max_size=40)


@settings(max_examples=examples(50))
@given(COUNTS)
def test_columns_stay_inside_the_drawing(numbers: list[int]) -> None:
    counts = [Count(f"2025-{place % 12 + 1:02}", number, {}) for place, number in enumerate(numbers)]
    for column in charts.columns(counts):
        assert column.top >= charts.TOP - 2
        assert column.top + column.height == charts.TOP + charts.PLOT
        assert bool(column.height) == bool(column.measures)
        assert (
            0 <= number(column.left) <= number(column.middle) <= number(column.left) + number(column.width) <= 100.001
        )
    assert sum(bool(column.short) for column in charts.columns(counts)) <= 12


def number(share: str) -> float:
    assert share.endswith("%")
    return float(share[:-1])


@settings(max_examples=examples(50))
@given(st.lists(st.lists(st.integers(0, 90), min_size=4, max_size=4), max_size=25))
def test_segments_follow_each_other_and_fill_their_share(loads: list[list[int]]) -> None:
    units = [UnitLoad(str(n), None, [Count("", part) for part in parts]) for n, parts in enumerate(loads)]
    for bar, parts in zip(charts.stacked(units), loads, strict=True):
        assert [part.measures for part in bar.segments] == [part for part in parts if part]
        ends = [number(part.start) + number(part.width) for part in bar.segments]
        assert all(abs(end - number(after.start)) < 0.1 for end, after in zip(ends, bar.segments[1:], strict=False))
        assert all(end <= 100.1 for end in ends)
    assert charts.lying([]) == []
