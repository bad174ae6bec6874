"""Rankings on screen: groups by date, who is left out, sand-dust deducted, “why this place?”; and rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from lantian.apps.areas.models import Area
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.monitoring import actions
from lantian.apps.monitoring.errors import RegistryError
from lantian.apps.monitoring.models import RankingRule
from tests.apps.test_monitoring_pages import ZONE, last_month, rows, station, write

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def at(day: date, hour: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


@pytest.fixture
def streets(people: dict[str, User]) -> date:
    """Two districts with a station each; PM10 of the west is 100, and 400 on the first day of the month."""
    month = last_month()
    for code, area in (("E1", "880101"), ("W1", "880102")):
        station(people["coordinator"], code, area)
    west = np.full(31 * 24, 100.0)
    west[:24] = 400.0
    write(month, 31, {"E1": {"PM10": 105.0}, "W1": {"PM10": west}})
    return month


def table(client: Client, month: date, **query: Any) -> list[list[str]]:
    address = reverse("monitoring:rankings_table", args=["csv"])
    return rows(client.get(address, {"item": "PM10", "at": f"{month:%Y-%m}"} | query))


def rule(user: User, kind: str, code: str, start: datetime, end: datetime | None = None, **words: str) -> None:
    actions.save_rules(user, kind, [Area.objects.get(code=code)], start=start, end=end, **words)


def test_a_group_holds_only_who_belonged_to_it_on_the_last_day(
    people: dict[str, User], login: Callable[[str], Client], streets: date
) -> None:
    user = people["coordinator"]
    rule(user, "group", "880101", at(streets - timedelta(days=400)), group="平原地区")
    rule(user, "group", "880102", at(streets - timedelta(days=400)), at(streets + timedelta(days=5)), group="平原地区")
    client = login("viewer")
    assert [row[1] for row in table(client, streets, group="平原地区")[1:2]] == ["东塘区"]
    assert "西塘区" not in str(table(client, streets, group="平原地区"))
    assert "西塘区" in str(table(client, streets))


def test_who_is_left_out_is_listed_with_the_reason_and_ranks_close_up(
    people: dict[str, User], login: Callable[[str], Client], streets: date
) -> None:
    rule(people["coordinator"], "excluded", "880101", at(streets), reason="监测点迁移")
    found = {row[1]: row for row in table(login("viewer"), streets)[1:3]}
    assert found["西塘区"][0] == "1"
    assert found["东塘区"][0] == ""
    assert "监测点迁移" in found["东塘区"][9]


def test_declared_sand_dust_is_deducted_and_both_figures_are_shown(
    people: dict[str, User], login: Callable[[str], Client], streets: date
) -> None:
    client = login("viewer")
    before = {row[1]: row for row in table(client, streets)[1:3]}
    assert before["西塘区"][0] == "2"
    rule(people["coordinator"], "sand", "880102", at(streets), at(streets + timedelta(days=1)), reason="总站沙尘通知")
    after = {row[1]: row for row in table(client, streets)[1:3]}
    assert (after["西塘区"][0], float(after["西塘区"][3])) == ("1", 100)
    assert float(after["西塘区"][10]) == float(before["西塘区"][3]) > 100
    assert {row[1]: row for row in table(client, streets, sand="in")[1:3]}["西塘区"][0] == "2"
    page = client.get(reverse("monitoring:rankings"), {"item": "PM10", "at": f"{streets:%Y-%m}"}).content.decode()
    assert "总站沙尘通知" in page


def test_why_names_neighbours_and_the_days_that_drove_it(login: Callable[[str], Client], streets: date) -> None:
    client = login("viewer")
    query = {"item": "PM10", "at": f"{streets:%Y-%m}", "subject": "880102"}
    page = client.get(reverse("monitoring:ranking_why"), query).content.decode()
    assert streets.isoformat() in page
    assert "东塘区" in page
    assert client.get(reverse("monitoring:ranking_why"), query | {"subject": "nobody"}).status_code == 404


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("group", {"group": " "}, "group"),
        ("excluded", {}, "reason"),
        ("sand", {"reason": "通知"}, "end"),
        ("excluded", {"reason": "停电", "end": -1}, "end"),
    ],
)
def test_a_rule_that_says_too_little_is_refused(
    people: dict[str, User], kind: str, changes: dict[str, Any], field: str
) -> None:
    start = at(date(2026, 1, 1))
    end = start - timedelta(days=1) if changes.get("end") else None
    words = {name: text for name, text in changes.items() if name != "end"}
    with pytest.raises(RegistryError) as refused:
        rule(people["coordinator"], kind, "880101", start, end, **words)
    assert refused.value.field == field
    assert not RankingRule.objects.exists()


def test_rules_are_noted_and_taken_back_on_the_page(people: dict[str, User], login: Callable[[str], Client]) -> None:
    client, address = login("coordinator"), reverse("monitoring:ranking_rules")
    areas = [Area.objects.get(code=code).pk for code in ("880101", "880102")]
    form = {"kind": "group", "areas": areas, "group": "平原地区", "start": "2026-01-01"}
    assert client.post(address, form).status_code == 302
    assert client.post(address, form).status_code == 400  # said already
    assert RankingRule.objects.count() == 2
    page = client.get(address).content.decode()
    assert page.count("平原地区") >= 2
    row = RankingRule.objects.first()
    assert row is not None
    with pytest.raises(PermissionDenied):
        actions.drop_rule(people["viewer"], row)
    assert client.post(reverse("monitoring:ranking_rule_drop", args=[row.uid])).status_code == 302
    assert RankingRule.objects.count() == 1
    assert AuditEvent.objects.filter(action="ranking.unrule").count() == 1
    hours = {"kind": "sand", "areas": areas[:1], "reason": "通知", "start": "2026-04-01", "start_hour": 6}
    hours |= {"end": "2026-04-01", "end_hour": 11}
    assert client.post(address, hours).status_code == 302
    sand = RankingRule.objects.get(kind="sand")
    assert (sand.start, sand.end) == (at(date(2026, 4, 1), 6), at(date(2026, 4, 1), 12))
