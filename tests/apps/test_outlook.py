"""A commitment's page says where its target will end, from what was known on the day that is asked about."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lantian.apps.core.models import User
from lantian.apps.indicators import actions as indicators
from lantian.apps.indicators import shelf
from lantian.apps.indicators.models import Binding, How
from lantian.apps.plans.models import Plan
from lantian.apps.supervision import curvechart
from lantian.apps.supervision.models import Commitment
from lantian.reading import model as read
from tests.apps.conftest import read_measure, read_plan
from tests.apps.test_duties_pages import submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


@pytest.fixture
def row(make_plan: Callable[..., Plan], run_jobs: Callable[[], int]) -> Commitment:
    """A count of 120 that a unit owes by the end of 2025, planned evenly."""
    goal = read.Target("完成120台", "更新", "count", "=", 120, unit="台", applies="total", by=date(2025, 12, 31))
    role = (read.Role("lead", "市生态环境局", "市生态环境局"),)
    made = make_plan(read_plan(read_measure(1, roles=role, targets=(goal,), measure="完成120台设备更新。", flags=())))
    run_jobs()
    found = Commitment.objects.get(plan=made)
    found.shares.update(curve="linear")
    return found


def page(client: Client, row: Commitment, on: str) -> str:
    answer = client.get(reverse("supervision:duty", args=[row.uid]), {"on": on})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_says_where_the_figure_will_end(row: Commitment, login: Callable[[str], Client]) -> None:
    done = 0
    for month, added in enumerate((9, 8, 11, 9, 10, 8, 9), 1):
        done += added
        submitted(row.plan, row, f"2025-{month:02}", done, datetime(2025, month + 1, 3, tzinfo=UTC))
    client = login("coordinator")
    assert "照此进度" not in page(client, row, "2025-01-20")
    few = page(client, row, "2025-04-20")
    assert "快慢一倍" in few
    assert "依据已有的 3 个数" in few
    many = page(client, row, "2025-08-20")
    assert "九成可能" in many
    assert "达不到目标" in many
    assert "依据已有的 7 个数" in many
    assert "照此进度" not in page(client, row, "2026-01-20")


def test_what_the_indicator_counted_stands_beside_what_was_reported(
    row: Commitment, login: Callable[[str], Client], people: dict[str, User]
) -> None:
    binding = Binding.objects.get(measure=row.measure)
    name = "coal_boilers_removed"
    indicators.confirm(people["coordinator"], binding, How.INDICATOR, name, revision=binding.revision)
    for month, figure in ((2, 14.0), (3, 31.0)):
        end = date(2025, month, monthrange(2025, month)[1])
        lineage = SimpleNamespace(sha="f" * 64, inputs={}, seconds=0.01)
        found: Any = SimpleNamespace(rows=[("880000", figure)], lineage=lineage, failed=None)
        indicators.keep(shelf.indicators().indicators[name], "city", date(2025, 1, 1), end, found)
    submitted(row.plan, row, "2025-03", 40, datetime(2025, 4, 3, tzinfo=UTC))
    shown = page(login("coordinator"), row, timezone.localdate().isoformat())
    assert "○ 指标计算" in shown
    for title in ("2025-02: 14", "2025-03: 31", "2025-03: 40"):
        assert f"<title>{title}</title>" in shown
    assert "○ 指标计算" not in page(login("coordinator"), row, "2025-04-20")  # it was computed later


def test_only_what_adds_up_is_drawn_from_nothing() -> None:
    span, figures = (date(2025, 1, 1), date(2025, 12, 31)), {"2025-03": Decimal(80), "2025-04": Decimal(90)}
    origin = f"{curvechart.LEFT},{curvechart.TOP + curvechart.RISE}"
    adding = curvechart.chart("linear", *span, Decimal(100), (), figures, figures)
    standing = curvechart.chart("linear", *span, Decimal(100), (), figures, figures, adds=False)
    for line, alone in ((adding.actual, standing.actual), (adding.counted, standing.counted)):
        assert line == f"{origin} {alone}"
        assert len(alone.split()) == 2
    assert curvechart.chart("linear", *span, Decimal(100)).actual == ""
