"""Invented sites and inspections in the invented city, and people of its street and of a bureau without registers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Unit
from lantian.apps.core import actions as core
from lantian.apps.core.models import User
from lantian.apps.registers import actions, catalogue
from lantian.registers import Register

STREET = "880101001"


def site(n: int, **changes: Any) -> dict[str, Any]:
    """A site as a register keeps it."""
    values = {
        "code": f"YX-{n:04d}",
        "name": f"柳桥第{n}工地",
        "works": "房屋建筑",
        "status": "在施",
        "street": STREET,
        "place": {"lon": 116.2 + n / 1000, "lat": 39.9, "datum": "WGS-84", "x": 116.2 + n / 1000, "y": 39.9},
        "keeper": str(Unit.objects.get(name="市交通局").uid),
        "builder": "云溪一建",
        "manager": "钱工",
        "phone": "0555-8801",
        "size": "1000.5",
        "start": "2025-03-01",
        "rating": "绿",
    }
    return values | changes


@pytest.fixture
def sites(people: dict[str, User]) -> Register:
    """The register of sites with three of them, all entered on 1 January."""
    register = catalogue.registers()["construction_site"]
    actions.fill(
        people["coordinator"], register, [site(1), site(2, status="停工"), site(3)], effective=date(2026, 1, 1)
    )
    return register


@pytest.fixture
def street(people: dict[str, User]) -> User:  # noqa: ARG001  # the directory must be there
    """A reporter of the street's office."""
    user = core.create_user(None, "street", "street", must_change_password=False)
    add_membership(None, user, Unit.objects.get(name="柳桥街道办事处"), "reporter")
    return user


@pytest.fixture
def outsider(people: dict[str, User]) -> User:  # noqa: ARG001
    """A reporter of the other district's government."""
    user = core.create_user(None, "outsider", "outsider", must_change_password=False)
    add_membership(None, user, Unit.objects.get(name="西塘区政府"), "reporter")
    return user


@pytest.fixture
def enter() -> Callable[[User], Client]:
    """A browser with somebody logged in, reading Chinese."""

    def open_browser(user: User) -> Client:
        client = Client(headers={"accept-language": "zh-hans"})
        client.force_login(user)
        return client

    return open_browser
