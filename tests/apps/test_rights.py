"""Every address of the site against every kind of person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from lantian.apps.plans.models import Plan
from tests.apps import routes
from tests.apps.routes import LOGIN, PERSONS, matrix

pytestmark = [pytest.mark.django_db]

BESIDE = (import_module(f"tests.apps.routes.{module.name}") for module in iter_modules(routes.__path__))
MODULES = [module for module in BESIDE if hasattr(module, "ROUTES")]
ROUTES: routes.Routes = {name: row for module in MODULES for name, row in module.ROUTES.items()}
DRAFT: routes.Routes = {name: row for module in MODULES for name, row in getattr(module, "DRAFT", {}).items()}


def names(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else prefix)
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.name)


def test_no_address_is_left_out() -> None:
    assert set(names(get_resolver().url_patterns)) == set(ROUTES)


@pytest.fixture
def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:
    made: dict[str, list[Any]] = {"": []}
    for module in MODULES:
        made |= module.things(make_plan) if hasattr(module, "things") else {}
    return made


@pytest.mark.parametrize("person", PERSONS)
@pytest.mark.parametrize(("table", "rows"), [("routes", ROUTES), ("draft", DRAFT)])
def test_what_an_app_says_of_four_persons_is_what_the_stored_table_says(
    person: str, table: str, rows: routes.Routes
) -> None:
    """That the stored table is what the site answers is asked, on both databases, by test_rights_matrix.py."""
    wanted = {
        name: (method, thing, str(answers[PERSONS.index(person)])) for name, (method, thing, answers) in rows.items()
    }
    stored = [dict(zip(matrix.HEADER, line, strict=True)) for line in matrix.read()]
    found = {row["route"]: (row["method"], row["thing"], row[person]) for row in stored if row["table"] == table}
    if table == "routes":  # who leaves is sent to the login, too
        assert found["core:logout"][2] == LOGIN
        wanted["core:logout"] = found["core:logout"]
    assert found == wanted


def test_reading_addresses_refuse_writing_and_the_other_way_round(
    things: dict[str, list[Any]], login: Callable[[str], Client]
) -> None:
    client = login("administrator")
    for name, (method, thing, _answers) in ROUTES.items():
        if name.startswith("plans:") and thing:
            other = client.post if method == "get" else client.get
            assert other(reverse(name, args=things[thing])).status_code == 405, name


def test_forms_without_their_token_are_refused(people: dict[str, Any]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["coordinator"])
    assert client.post("/imports/upload/").status_code == 403
