"""A commitment's page says where its target will end, from what was known on the day that is asked about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from lantian.apps.plans.models import Plan
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
