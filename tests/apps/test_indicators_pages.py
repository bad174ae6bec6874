"""Pages of indicators and findings: how far a figure reaches, what waits, and where a finding leads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from lantian.apps.areas.models import Area
from lantian.apps.core.models import User
from lantian.apps.indicators import actions
from lantian.apps.indicators.models import Binding, Finding, How, Run
from lantian.apps.indicators.queries import showing
from lantian.apps.indicators.shelf import indicators
from lantian.apps.plans.models import Plan
from lantian.apps.registers import catalogue
from lantian.indicators.snapshots import Snapshots
from lantian.reading import model as read
from tests.apps.conftest import read_measure, read_plan

pytestmark = pytest.mark.django_db
RATE, RULE = "site_monthly_check_rate", "site_not_checked_this_month"


def _keep(start: date, end: date, seen: datetime) -> Run:
    lineage = SimpleNamespace(sha="f" * 64, inputs={}, seconds=0.01)
    answer: Any = SimpleNamespace(rows=[("880000", 80.0)], lineage=lineage, failed=None)
    actions.keep(indicators().indicators[RATE], "city", start, end, answer)
    run = Run.objects.get(start=start)
    run.checked = seen
    return run


def test_a_figure_of_a_running_month_reaches_to_the_day_it_was_counted() -> None:
    seen = datetime(2025, 11, 22, 23, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    running = _keep(date(2025, 11, 1), date(2025, 11, 30), seen)
    ended = _keep(date(2025, 10, 1), date(2025, 10, 31), seen)
    assert showing.through(running) == date(2025, 11, 22)
    assert showing.through(ended) == date(2025, 10, 31)


@pytest.mark.usefixtures("city")
def test_what_was_not_computed_yet_is_not_called_no_data(people: dict[str, User]) -> None:
    def state() -> showing.Line:
        found = showing.lines(people["coordinator"], settings.LANTIAN_LAKE)
        return next(line for line in found if line.indicator.name == RATE)

    assert not state().waits
    for register in indicators().indicators[RATE].reads:
        Snapshots(settings.LANTIAN_LAKE).append(catalogue.registers()[register.name], [], 1)
    assert state().waits
    _keep(date(2025, 10, 1), date(2025, 10, 31), timezone.now())
    assert not state().waits


@pytest.mark.usefixtures("city")
def test_a_finding_leads_to_its_record_for_those_who_may_read_it(people: dict[str, User]) -> None:
    street = Area.objects.get(code="880101")
    now = timezone.now()
    for rule, key in ((RULE, "YX-1"), ("rule_that_left", "YX-2")):
        Finding.objects.create(rule=rule, key=key, subject=key, area=street, title=f"工地 {key}", opened=now, seen=now)
    client = Client()
    client.force_login(people["coordinator"])
    page = client.get("/findings/").content.decode()
    assert '<a href="/registers/construction_site/rows/YX-1/">工地 YX-1</a>' in page
    assert "工地 YX-2" in page
    assert "rows/YX-2/" not in page


@pytest.mark.usefixtures("city")
def test_the_list_shows_what_settles_targets_unless_asked_for_more(
    people: dict[str, User], make_plan: Callable[..., Plan]
) -> None:
    client = Client()
    client.force_login(people["coordinator"])

    def named(query: str = "") -> set[str]:
        page = client.get(f"/indicators/{query}").content.decode()
        return {name for name in indicators().indicators if f'href="/indicators/{name}/"' in page}

    assert named() == set(indicators().indicators)  # no target hangs on any yet
    target = read.Target("工地月检查率达到97%", "月检查率", "ratio", ">=", 97, unit="%", span=(0, 11))
    plan = make_plan(read_plan(read_measure(1, measure="工地月检查率达到97%。", targets=(target,))))
    row = Binding.objects.create(
        measure=plan.measures.get(), subject=target.subject, words=target.text, how=How.REPORTED
    )
    actions.confirm(people["coordinator"], row, How.INDICATOR, RATE, revision=1)
    assert named() == {RATE}
    assert named("?show=all") == set(indicators().indicators)
    assert named("?q=月检查率") == {RATE}
    assert named("?show=failed") == set()
    failed: Any = SimpleNamespace(
        rows=[],
        lineage=SimpleNamespace(sha="f" * 64, inputs={}, seconds=0.01),
        failed=SimpleNamespace(zh="超时", en="stopped"),
    )
    actions.keep(indicators().indicators["heavy_days"], "city", date(2025, 10, 1), date(2025, 10, 31), failed)
    assert named("?show=failed") == {"heavy_days"}
