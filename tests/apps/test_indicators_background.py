"""From the lake to the state of a commitment: computed after a change set, told to whoever owes the figure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from lantian.apps.areas.models import Area, Unit
from lantian.apps.core import jobs
from lantian.apps.core.models import User
from lantian.apps.indicators import actions, background
from lantian.apps.indicators.models import Binding, BindingState, Finding, How, Run, Value
from lantian.apps.plans.models import Plan
from lantian.apps.registers import catalogue
from lantian.apps.supervision.evaluating import evaluate
from lantian.apps.supervision.models import Commitment
from lantian.indicators.snapshots import Snapshots
from lantian.reading import model as read
from tests.apps.conftest import read_measure, read_plan

pytestmark = [pytest.mark.django_db, pytest.mark.db, pytest.mark.usefixtures("city")]
RATE = "site_monthly_check_rate"
STREET = "880101001"


def site(code: str, **values: Any) -> dict[str, Any]:
    unit = str(Unit.objects.get(name="东塘区生态环境局").uid)
    return {
        "key": code, "code": code, "name": f"工地 {code}", "works": "房屋建筑", "status": "在施", "street": STREET,
        "keeper": unit, "valid_from": "2025-01-01", "gone": False, **values,
    }  # fmt: skip


def inspection(code: str, of: str, on: date) -> dict[str, Any]:
    unit = str(Unit.objects.get(name="柳桥街道办事处").uid)
    return {
        "key": code, "code": code, "date": on.isoformat(), "site": of, "street": STREET, "inspector": unit,
        "result": "未发现问题", "valid_from": on.isoformat(), "gone": False,
    }  # fmt: skip


def write(name: str, rows: list[dict[str, Any]], change: int = 1) -> None:
    assert Snapshots(settings.LANTIAN_LAKE).append(catalogue.register(name), rows, change)


def run(payload: dict[str, Any] | None = None) -> dict[str, Any]:
    since = timezone.localdate().replace(day=1).isoformat()
    narrow = {"names": [RATE, "site_not_checked_this_month"], "since": since, **(payload or {})}
    job = jobs.finish(jobs.enqueue(None, background.COMPUTE, narrow))
    assert job.state == "done", job.error
    assert job.result is not None
    return dict(job.result)


def value(level: str, subject: str, end: date) -> Decimal | None:
    runs = Run.objects.filter(indicator=RATE, level=level, end=end, superseded=None)
    return Value.objects.get(run__in=runs, subject=subject).value


def month_end() -> date:
    today = timezone.localdate()
    return (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def test_every_level_is_computed_and_what_is_fresh_is_left_alone() -> None:
    today, end = timezone.localdate(), month_end()
    write("construction_site", [site("a"), site("b"), site("c", status="停工")])
    write("site_inspection", [inspection("1", "a", today)])
    first = run()
    assert first["changed"] > 0
    for level, subject in (("street", STREET), ("district", "880101"), ("city", "880000")):
        assert value(level, subject, end) == Decimal(50)
    runs = Run.objects.count()
    assert run()["changed"] == 0
    assert Run.objects.count() == runs
    write("site_inspection", [inspection("2", "b", today)], change=2)
    assert run({"registers": ["site_inspection"]})["changed"] > 0
    assert value("city", "880000", end) == Decimal(100)


def test_long_work_lets_others_in_between(monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], int]) -> None:
    monkeypatch.setattr(background, "_SLICE", 0.0)
    write("construction_site", [site("a"), site("b")])
    write("site_inspection", [inspection("1", "a", timezone.localdate())])
    names = [RATE, "site_inspections", "site_not_checked_this_month"]
    ticks = count()
    monkeypatch.setattr(background, "monotonic", lambda: next(ticks))
    assert run({"names": names})["left"] == 2
    run_jobs()
    assert Run.objects.filter(indicator="site_inspections").exists()
    assert value("city", "880000", month_end()) == Decimal(50)
    assert Finding.objects.filter(rule="site_not_checked_this_month").count() == 1


def test_rules_find_and_let_go() -> None:
    today = timezone.localdate()
    write("construction_site", [site("a"), site("b")])
    write("site_inspection", [inspection("1", "a", today)])
    run()
    found = Finding.objects.get(rule="site_not_checked_this_month", closed=None)
    assert (found.key, found.title, found.unit and found.unit.name) == ("b", "工地 b", "东塘区生态环境局")
    write("site_inspection", [inspection("2", "b", today)], change=2)
    run()
    found.refresh_from_db()
    assert found.closed is not None


def test_an_approved_exemption_leaves_the_denominator(people: dict[str, User]) -> None:
    write("construction_site", [site("a"), site("b")])
    write("site_inspection", [inspection("1", "a", timezone.localdate())])
    run()
    assert value("city", "880000", month_end()) == Decimal(50)
    street = Area.objects.get(code=STREET)
    row = actions.ask(people["coordinator"], "construction_site", "b", street, "停工整改", date(2025, 1, 1))
    actions.decide(people["coordinator"], row, True)
    run()
    assert value("city", "880000", month_end()) == Decimal(100)


@pytest.fixture
def plan(make_plan: Callable[..., Plan]) -> Plan:
    """A plan of this year that asks a district for a monthly rate of 100 %."""
    year = timezone.localdate().year
    text = "各区政府组织街道对上账施工工地每月全覆盖检查，月检查率达到100%。"
    subject = "上账施工工地月检查率"
    target = read.Target("月检查率达到100%", subject, "level", ">=", 100, unit="%", span=(0, 5))
    measure = read_measure(
        1,
        measure=text,
        roles=(read.Role("responsible", "东塘区政府", "东塘区政府"),),
        targets=(target,),
        deadline=read.Deadline("年底前", "by", end=date(year, 12, 31)),
    )
    return make_plan(read_plan(measures=(measure,), year=year))


def test_proposed_confirmed_and_settled_by_the_figure(plan: Plan, people: dict[str, User]) -> None:
    jobs.run_due("test")
    row = Binding.objects.get()
    assert (row.how, row.indicator, row.state) == (How.INDICATOR, RATE, BindingState.PROPOSED)
    today = timezone.localdate()
    before = today.replace(day=1) - timedelta(days=1)
    write("construction_site", [site("a"), site("b")])
    write("site_inspection", [inspection("1", "a", before)])
    run({"since": before.isoformat()})
    commitment = Commitment.objects.get(plan=plan, withdrawn=None)
    actions.confirm(people["coordinator"], row, How.INDICATOR, RATE, revision=row.revision)
    status = evaluate(Commitment.objects.filter(pk=commitment.pk), today)[commitment.pk]
    rests = [(item.kind, item.ref, item.value) for part in status.parts for item in part.evidence]
    assert ("fact", RATE, Decimal(50)) in rests
    share = commitment.shares.get()
    assert (share.state, share.state_rule) == (status.parts[0].state, status.parts[0].rule)


def test_proposing_again_keeps_what_a_person_decided(plan: Plan, people: dict[str, User]) -> None:
    actions.propose(plan)
    row = Binding.objects.get()
    actions.confirm(people["coordinator"], row, How.REPORTED, note="本市由街道填报", revision=row.revision)
    actions.propose(plan)
    row.refresh_from_db()
    assert (row.how, row.state, row.note) == (How.REPORTED, BindingState.CONFIRMED, "本市由街道填报")
    plan.measures.get().targets.all().delete()
    actions.propose(plan)
    assert Binding.objects.filter(pk=row.pk).exists()
