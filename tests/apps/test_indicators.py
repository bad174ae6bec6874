"""Indicators in the database: what is kept of a computation, what binds a target, and what status makes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from lantian.apps.areas.models import Area, Unit
from lantian.apps.core.holding import NotPossible, StaleError
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.indicators import actions, background
from lantian.apps.indicators.models import Binding, BindingState, Exemption, Finding, How, Run
from lantian.apps.indicators.outline import drawing
from lantian.apps.indicators.queries import showing
from lantian.apps.indicators.queries.facts import Asked, facts_of
from lantian.apps.indicators.shelf import indicators
from lantian.apps.indicators.spans import key_of, spans
from lantian.apps.plans.models import Plan

pytestmark = [pytest.mark.django_db, pytest.mark.db, pytest.mark.usefixtures("city")]
RATE = "site_monthly_check_rate"


def answer(rows: dict[str, float | None], failed: Any = None, change: int = 1) -> Any:
    """What the engine answers, as far as keeping it goes."""
    lineage = SimpleNamespace(sha="f" * 64, inputs={"construction_site": change}, seconds=0.01)
    return SimpleNamespace(rows=list(rows.items()), lineage=lineage, failed=failed)


def keep(rows: dict[str, float | None], end: date = date(2025, 10, 31), level: str = "district", **more: Any) -> bool:
    indicator = indicators().indicators[RATE]
    return actions.keep(indicator, level, end.replace(day=1), end, answer(rows, **more))


def test_the_same_figures_again_only_say_that_they_still_stand() -> None:
    assert keep({"880101": 80.0, "880102": None})
    run = Run.objects.get()
    assert not keep({"880101": 80.0, "880102": None}, change=2)
    run.refresh_from_db()
    assert Run.objects.count() == 1
    assert run.inputs == {"construction_site": 2}
    assert run.checked > run.computed


def test_other_figures_supersede_and_the_old_ones_stay() -> None:
    keep({"880101": 80.0})
    assert keep({"880101": 85.5})
    old, new = Run.objects.order_by("pk")
    assert old.superseded is not None
    assert old.values.get().value == Decimal(80)
    assert new.superseded is None
    assert new.values.get().value == Decimal("85.5")


def test_a_failure_is_no_zero() -> None:
    keep({"880101": 80.0})
    keep({}, failed=SimpleNamespace(zh="超过 30 秒，已停止", en="stopped after 30 s"))
    run = Run.objects.get(superseded=None)
    assert run.failed == {"zh": "超过 30 秒，已停止", "en": "stopped after 30 s"}
    assert not run.values.exists()


def test_spans_of_a_year() -> None:
    until = date(2025, 3, 10)
    assert list(spans("month", False, date(2025, 1, 1), until)) == [
        (date(2025, 1, 1), date(2025, 1, 31)), (date(2025, 2, 1), date(2025, 2, 28)),
        (date(2025, 3, 1), date(2025, 3, 31)),
    ]  # fmt: skip
    assert list(spans("year", True, date(2025, 2, 1), until)) == [
        (date(2025, 1, 1), date(2025, 2, 28)), (date(2025, 1, 1), date(2025, 3, 31)),
    ]  # fmt: skip
    assert list(spans("quarter", False, date(2025, 1, 1), until)) == [(date(2025, 1, 1), date(2025, 3, 31))]
    assert key_of("quarter", False, date(2025, 3, 31)) == "2025-Q1"
    assert key_of("year", True, date(2025, 3, 31)) == ""


@pytest.fixture
def bound(make_plan: Callable[..., Plan], people: dict[str, User]) -> Binding:
    """The first target of a plan in force, bound to the monthly rate."""
    plan = make_plan()
    measure = plan.measures.order_by("n").first()
    assert measure is not None
    target = measure.targets.first()
    assert target is not None
    row = Binding.objects.create(measure=measure, subject=target.subject, words=target.text, how=How.REPORTED)
    return actions.confirm(people["coordinator"], row, How.INDICATOR, RATE, revision=1)


def asked(row: Binding, unit: Unit) -> Asked:
    return Asked("goal", row.measure_id, row.subject, row.words, unit)


def test_a_unit_answers_for_its_area_at_its_own_level(bound: Binding) -> None:
    keep({"880101": 80.0, "880102": 60.0})
    keep({"880000": 70.0}, level="city")
    east, city = Unit.objects.get(name="东塘区政府"), Unit.objects.get(name="市生态环境局")
    facts = facts_of([asked(bound, east)], timezone.localdate())["goal"]
    assert [(fact.value, fact.period) for fact in facts] == [(Decimal(80), "2025-10")]
    facts = facts_of([asked(bound, city)], timezone.localdate())["goal"]
    assert [fact.value for fact in facts] == [Decimal(70)]


def test_a_past_day_knows_what_was_computed_by_then(bound: Binding) -> None:
    keep({"880101": 80.0})
    then = datetime(2025, 11, 3, tzinfo=UTC)
    Run.objects.update(computed=then)
    keep({"880101": 90.0})
    Run.objects.filter(superseded__isnull=False).update(superseded=datetime(2025, 11, 10, tzinfo=UTC))
    Run.objects.filter(superseded=None).update(computed=datetime(2025, 11, 10, tzinfo=UTC))
    east = Unit.objects.get(name="东塘区政府")

    def on(day: date) -> list[Decimal]:
        return [fact.value for fact in facts_of([asked(bound, east)], day).get("goal", [])]

    assert on(date(2025, 11, 1)) == []
    assert on(date(2025, 11, 5)) == [Decimal(80)]
    assert on(date(2025, 11, 20)) == [Decimal(90)]


def test_the_month_under_way_is_no_figure_yet_but_how_things_stand_is(bound: Binding, people: dict[str, User]) -> None:
    today = timezone.localdate()
    end = (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    east = Unit.objects.get(name="东塘区政府")
    keep({"880101": 10.0}, end=end)
    Run.objects.update(computed=timezone.now() - timedelta(days=1))
    assert facts_of([asked(bound, east)], today)["goal"] == []
    online = indicators().indicators["site_video_online_rate"]
    actions.keep(online, "district", end.replace(day=1), end, answer({"880101": 90.0}))
    other = actions.confirm(people["coordinator"], bound, How.INDICATOR, online.name, revision=bound.revision)
    assert [fact.value for fact in facts_of([asked(other, east)], today)["goal"]] == [Decimal(90)]


def test_a_total_over_two_years_adds_the_whole_year_before(bound: Binding, people: dict[str, User]) -> None:
    count = next(item for item in indicators().indicators.values() if item.cumulative and "district" in item.levels)
    row = actions.confirm(people["coordinator"], bound, How.INDICATOR, count.name, revision=bound.revision)
    east, today = Unit.objects.get(name="东塘区政府"), date(2025, 11, 20)

    def on(since: int | None) -> list[Decimal]:
        question = Asked("goal", row.measure_id, row.subject, row.words, east, since)
        return [fact.value for fact in facts_of([question], today)["goal"]]

    actions.keep(count, "district", date(2025, 1, 1), date(2025, 10, 31), answer({"880101": 5.0}))
    Run.objects.update(computed=datetime(2025, 11, 3, tzinfo=UTC))
    assert on(None) == [Decimal(5)]
    assert on(2024) == []  # what 2024 came to is not known
    actions.keep(count, "district", date(2024, 1, 1), date(2024, 12, 31), answer({"880101": 12.0}))
    Run.objects.update(computed=datetime(2025, 11, 3, tzinfo=UTC))
    assert on(2024) == [Decimal(12), Decimal(17)]
    assert on(2025) == [Decimal(12), Decimal(5)]


def test_bound_totals_over_several_years_are_computed_from_the_first(bound: Binding) -> None:
    assert background._reach(date(2025, 12, 1)) == {}
    target = bound.measure.targets.get(text=bound.words, subject=bound.subject)
    target.period = "2024—2026年内"
    target.save()
    assert background._reach(date(2025, 12, 1)) == {RATE: date(2024, 1, 1)}


def test_figures_come_in_the_target_s_unit_with_last_year_s_beside(bound: Binding) -> None:
    Binding.objects.update(compare="change", factor=Decimal("0.5"))
    keep({"880101": 40.0}, end=date(2024, 10, 31))
    keep({"880101": 30.0}, end=date(2025, 10, 31))
    facts = facts_of([asked(bound, Unit.objects.get(name="东塘区政府"))], timezone.localdate())["goal"]
    assert [(fact.day.year, fact.value, fact.base) for fact in facts] == [
        (2024, Decimal(80), None), (2025, Decimal(60), Decimal(80)),
    ]  # fmt: skip


def test_what_nobody_confirmed_settles_nothing(bound: Binding, people: dict[str, User]) -> None:
    keep({"880101": 80.0})
    actions.release(people["coordinator"], bound, revision=bound.revision)
    assert facts_of([asked(bound, Unit.objects.get(name="东塘区政府"))], timezone.localdate()) == {}


def test_facts_cost_two_queries_however_many(bound: Binding, django_assert_num_queries: Callable[[int], Any]) -> None:
    keep({"880101": 80.0, "880102": 60.0})
    units = list(Unit.objects.filter(name__endswith="区政府", collective=False).select_related("area"))
    with django_assert_num_queries(2):
        facts_of([asked(bound, unit) for unit in units * 3], timezone.localdate())


def test_only_the_office_decides_and_it_is_recorded(bound: Binding, people: dict[str, User]) -> None:
    with pytest.raises(PermissionDenied):
        actions.confirm(people["viewer"], bound, How.EXTERNAL)
    with pytest.raises(StaleError):
        actions.confirm(people["coordinator"], bound, How.EXTERNAL, revision=1)
    with pytest.raises(NotPossible):
        actions.confirm(people["coordinator"], bound, How.INDICATOR, "no_such_indicator", revision=2)
    event = AuditEvent.objects.get(action="binding.confirm")
    assert event.after is not None
    assert event.after["indicator"] == RATE


def test_an_exemption_is_asked_for_approved_and_ended(people: dict[str, User]) -> None:
    street = Area.objects.get(code="880101001")
    since = date(2025, 1, 1)
    row = actions.ask(people["coordinator"], "construction_site", "YX-1", street, "占地不足，无法安装", since)
    with pytest.raises(NotPossible):
        actions.ask(people["coordinator"], "construction_site", "YX-1", street, "再申请一次", since)
    with pytest.raises(PermissionDenied):
        actions.decide(people["reporter"], row, True)
    with pytest.raises(NotPossible):
        actions.decide(people["coordinator"], row, False)
    row = actions.decide(people["coordinator"], row, True)
    row = actions.end(people["coordinator"], row)
    assert row.until == timezone.localdate()
    assert Exemption.objects.get().state == "ended"
    with pytest.raises(NotPossible):
        actions.ask(people["coordinator"], "no_register", "YX-1", street, "没有这个台账", since)


def found(*keys: str) -> list[Any]:
    return [SimpleNamespace(key=key, subject=key, unit=None, title=f"工地 {key}", detail="") for key in keys]


def test_a_finding_is_opened_once_and_closed_when_it_is_gone() -> None:
    rule = SimpleNamespace(
        name="site_not_checked_this_month",
        closes="gone",
        cap=2,
        quiet=None,
        subject="register",
        register="construction_site",
    )
    now = timezone.now()
    assert actions.keep_findings(rule, found("a", "b", "c"), now) == (2, 0, 1)
    assert actions.keep_findings(rule, found("a", "b", "c"), now + timedelta(hours=1)) == (1, 0, 0)
    assert actions.keep_findings(rule, found("b"), now + timedelta(hours=2)) == (0, 2, 0)
    assert list(Finding.objects.filter(closed=None).values_list("key", flat=True)) == ["b"]
    assert actions.keep_findings(rule, found("a", "b"), now + timedelta(hours=3)) == (1, 0, 0)
    assert Finding.objects.filter(key="a").count() == 2


def test_ranking_shares_ranks_and_keeps_who_has_no_figure() -> None:
    keep({"880101": 80.0, "880102": 80.0, "880103": 60.0, "880000": None})
    run = Run.objects.get()
    places = showing.ranking(run, "higher", None)
    assert [(place.rank, place.subject) for place in places] == [
        (1, "880101"), (1, "880102"), (3, "880103"), (None, "880000"),
    ]  # fmt: skip
    assert showing.ranking(run, "lower", None)[0].subject == "880103"


def test_a_map_is_coloured_in_classes() -> None:
    square = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}
    outlines = dict.fromkeys("abcdef", square)
    values = {code: Decimal(n) for n, code in enumerate("abcde", 1)} | {"f": None}
    found = drawing(outlines, values, {"a": "东塘区"})
    assert found is not None
    assert [shape.grade for shape in found.shapes] == [1, 2, 3, 4, 5, 0]
    assert found.shapes[0].label == "东塘区  1"
    assert drawing({}, values, {}) is None


def test_bindings_stay_in_their_plan_s_readers(bound: Binding, people: dict[str, User]) -> None:
    assert bound.state == BindingState.CONFIRMED
    assert showing.bound_targets(people["viewer"], RATE) == [bound]
