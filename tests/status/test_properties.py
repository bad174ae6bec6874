"""What must hold whatever the figures are: more is never worse, the future is not known, order does not matter."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.status import (
    DEFAULTS,
    Cadence,
    Duty,
    Fact,
    Figure,
    Goal,
    Report,
    Status,
    curve_presets,
    duty_status,
    goal_status,
    ladders,
    period_bounds,
    period_of,
    periods,
    planned,
    roll_up,
    severity,
    share,
    worst,
)
from lantian.status.goals import SEVERITY
from tests.conftest import examples

KINDS = ("count", "level", "rate", "rank", "change", "external", "universal")
RANK = {**SEVERITY, "not_started": SEVERITY["on_track"]}  # both are in order; one tells that something has begun
days = st.dates(date(2025, 1, 1), date(2026, 6, 30))
values = st.decimals(-200, 2000, places=1)


@st.composite
def goals(draw: st.DrawFn) -> Goal:
    kind = draw(st.sampled_from(KINDS))
    value = draw(st.decimals(-90, -1, places=1) if kind == "change" else st.decimals(1, 900, places=1))
    return Goal(
        id="g",
        kind=kind,
        comparator=draw(st.sampled_from([None, ">=", "<=", "=", "~", ">"])),
        sense="at_most" if kind == "change" else draw(st.sampled_from(["at_least", "at_most"])),
        value=value,
        unit=draw(st.sampled_from(["%", "台", "吨"])),
        statistic=draw(st.sampled_from(["", "年均", "累计"])),
        period=draw(st.sampled_from(["", "全年", "每月"])),
        strength=draw(st.sampled_from(["hard", "hard", "力争", "encourage"])),
        stretch=draw(st.sampled_from([None, Decimal(1000)])),
        total=draw(st.sampled_from([None, Decimal(50)])),
        by=draw(st.sampled_from([None, date(2025, 6, 30)])),
        carried_in=draw(st.sampled_from([None, Decimal(5)])),
        curve=draw(st.sampled_from(["", *curve_presets()])),
    )


@st.composite
def histories(draw: st.DrawFn) -> tuple[Report, ...]:
    found = []
    for month in draw(st.sets(st.integers(1, 12), max_size=6)):
        key = f"2025-{month:02}"
        received = period_bounds(key)[1] + timedelta(days=draw(st.integers(-3, 40)))
        verdict = draw(st.sampled_from(["", "accepted", "sent_back"]))
        figure = Figure("g", cumulative=draw(st.none() | values), period=draw(st.none() | values))
        found.append(
            Report(
                id=f"r{month}",
                period=key,
                received=received,
                verdict=verdict,
                decided=received + timedelta(days=draw(st.integers(0, 20))) if verdict else None,
                figures=(figure,),
                done=draw(st.booleans()),
                no_change=draw(st.booleans()),
                evidence=draw(st.integers(0, 1)),
                step=draw(st.sampled_from(["", "survey", "draft", "issued"])),
                document_date=draw(st.none() | days),
                document_number=draw(st.sampled_from(["", "云溪政发〔2025〕1号"])),
            )
        )
    return tuple(found)


facts = st.lists(
    st.builds(Fact, st.just("g"), days, values, st.just("s"), st.booleans(), st.none() | values), max_size=5
).map(tuple)
duties = st.builds(
    Duty,
    st.just(2025),
    role=st.sampled_from(["lead", "support"]),
    kind=st.sampled_from(["by", "window", "long_term", "as_scheduled", "recurring", "none"]),
    start=st.sampled_from([None, date(2025, 4, 1)]),
    end=st.sampled_from([None, date(2025, 6, 30), date(2025, 12, 31)]),
    cadence=st.sampled_from(["month", "quarter", "half", "year", "none"]),
    strength=st.sampled_from(["hard", "力争", "encourage"]),
    since=st.sampled_from([None, date(2025, 3, 1)]),
    settled_on=st.sampled_from([None, date(2026, 2, 28)]),
)


def better(goal: Goal, value: Decimal, by: Decimal) -> Decimal:
    return value + by if goal.sense == "at_least" else value - by


@settings(max_examples=examples(120))
@given(duties, goals(), days, values, st.decimals(0, 500, places=1), days)
def test_a_better_computed_figure_is_never_worse(duty: Duty, goal: Goal, day: date, value, more, as_of: date):
    def state(figure: Decimal) -> Status:
        return goal_status(duty, goal, (), (Fact("g", day, figure, "s"),), as_of)

    assert RANK[state(better(goal, value, more)).state] <= RANK[state(value).state]


@settings(max_examples=examples(120))
@given(duties, goals(), histories(), st.decimals(0, 500, places=1), days)
def test_better_reported_figures_are_never_worse(duty: Duty, goal: Goal, reports, more, as_of: date):
    def raised(figure: Figure) -> Figure:
        whole, part = (
            None if value is None else better(goal, value, more) for value in (figure.cumulative, figure.period)
        )
        return Figure("g", cumulative=whole, period=part)

    better_ones = [replace(item, figures=tuple(map(raised, item.figures))) for item in reports]
    after, before = (goal_status(duty, goal, history, (), as_of) for history in (better_ones, reports))
    assert RANK[after.state] <= RANK[before.state]


@settings(max_examples=examples(100))
@given(st.sampled_from(sorted(ladders())), st.integers(0, 5), st.integers(0, 5), st.integers(1, 12), days)
def test_a_higher_step_is_never_worse(name: str, low: int, high: int, month: int, as_of: date):
    steps = ladders()[name].steps
    text = {"issue": "制定办法", "standard": "修订排放标准", "study": "研究可行性"}[name]
    key = f"2025-{month:02}"

    def state(number: int) -> Status:
        step = steps[min(number, len(steps) - 1)].id
        report = Report("r", key, period_bounds(key)[1], "accepted", step=step, evidence=1)
        return goal_status(Duty(2025), Goal("g", "deliverable", text=text), (report,), (), as_of)

    assert severity(state(max(low, high))) <= severity(state(min(low, high)))


@settings(max_examples=examples(80))
@given(duties, st.lists(goals(), max_size=2), histories(), facts, days)
def test_the_future_is_not_known(duty: Duty, some: list[Goal], reports, known, as_of: date):
    past = [item for item in reports if item.received <= as_of]
    seen = [item for item in known if item.day <= as_of]
    assert duty_status(duty, some, reports, known, as_of) == duty_status(duty, some, past, seen, as_of)


@settings(max_examples=examples(80))
@given(duties, st.lists(goals(), max_size=3), histories(), facts, days, st.randoms(use_true_random=False))
def test_order_does_not_matter(duty: Duty, some: list[Goal], reports, known, as_of: date, chance: random.Random):
    first = duty_status(duty, some, reports, known, as_of)
    mixed = [chance.sample(list(items), len(items)) for items in (some, reports, known)]
    again = duty_status(duty, mixed[0], mixed[1], mixed[2], as_of)
    assert (first.state, first.rule) == (again.state, again.rule)
    assert roll_up(first.parts) == roll_up(again.parts)


@settings(max_examples=examples(80))
@given(goals(), st.decimals(0, 500, places=1), st.booleans())
def test_over_fulfilling_is_met_in_the_end(goal: Goal, more: Decimal, reported: bool):
    """Whatever the printed comparator: 6 of 5, −10 % of −5 %, 3 of about 4.5 are met when the span is over."""
    target = {"universal": Decimal(100 if goal.unit == "%" else 50)}.get(goal.kind, goal.value)
    if goal.kind == "universal" and goal.sense == "at_most":
        target = Decimal(0)
    value = better(goal, target, more + Decimal("0.1"))
    goal = replace(goal, carried_in=None, every="none")
    if goal.kind == "universal" and goal.total is None and goal.unit != "%" and goal.sense == "at_least":
        return  # without the size of the list nothing can be said
    day = goal.by or date(2025, 12, 31)
    key = period_of("month", day)
    report = Report("r", key, day + timedelta(days=3), "accepted", figures=(Figure("g", cumulative=value),), evidence=1)
    given_ = ((report,), ()) if reported else ((), (Fact("g", day, value, "s"),))
    got = duty_status(Duty(2025), (goal,), *given_, date(2026, 1, 10))
    assert got.state == "met", got


@settings(max_examples=examples(60))
@given(st.lists(st.tuples(duties, goals(), facts), min_size=1, max_size=5), days, st.randoms(use_true_random=False))
def test_worst_and_counts(some, as_of: date, chance: random.Random):
    statuses = [goal_status(duty, goal, (), known, as_of) for duty, goal, known in some]
    assert severity(worst(statuses)) == max(map(severity, statuses))
    mixed = chance.sample(statuses, len(statuses))
    assert (worst(mixed).rule, roll_up(mixed)) == (worst(statuses).rule, roll_up(statuses))
    assert sum(roll_up(statuses).values()) == len(statuses)


@settings(max_examples=examples(80))
@given(st.sampled_from(sorted(curve_presets())), days, st.integers(0, 800), days, st.integers(0, 60))
def test_a_curve_never_falls(curve: str, start: date, length: int, on: date, later: int):
    end = start + timedelta(days=length)
    first, then = share(curve, start, end, on), share(curve, start, end, on + timedelta(days=later))
    assert 0 <= first <= then <= 1
    assert share(curve, start, end, end) == 1
    assert share(curve, start, end, start - timedelta(days=1)) == 0
    assert planned(curve, start, end, Decimal(40), end) == 40


@settings(max_examples=examples(60))
@given(
    st.lists(st.tuples(st.integers(1, 12), st.decimals(0, 1, places=2)), max_size=6),
    st.booleans(),
    days,
    st.integers(0, 60),
)
def test_edited_points_never_fall(some, steps: bool, on: date, later: int):
    points = tuple((f"2025-{month:02}", value) for month, value in dict(some).items())
    span = ("milestones" if steps else "linear", date(2025, 1, 1), date(2025, 12, 31))
    first, then = share(*span, on, points), share(*span, on + timedelta(days=later), points)
    assert 0 <= first <= then <= 1


@settings(max_examples=examples(60))
@given(st.sampled_from(["month", "quarter", "half", "year"]), days, st.integers(0, 900))
def test_periods_cover_every_day_once(cadence: Cadence, start: date, length: int):
    end = start + timedelta(days=length)
    bounds = [period_bounds(key) for key in periods(cadence, start, end)]
    assert bounds[0][0] <= start <= bounds[0][1]
    assert bounds[-1][0] <= end <= bounds[-1][1]
    assert all(after[0] - before[1] == timedelta(days=1) for before, after in pairwise(bounds))
    assert period_of(cadence, start) == periods(cadence, start, start)[0]


@settings(max_examples=examples(60))
@given(days, st.integers(-60, 60))
def test_working_days_are_counted_both_ways(day: date, number: int):
    calendar = DEFAULTS.workdays
    there = calendar.add_workdays(day, number)
    low, high = sorted((day, there))
    if number:
        assert calendar.is_workday(there)
    if number > 0:
        assert calendar.between(low, high) == number
    if number < 0:
        inside = calendar.between(low - timedelta(days=1), high - timedelta(days=1))
        assert inside == -number
