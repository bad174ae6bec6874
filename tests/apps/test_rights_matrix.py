"""Every address × every kind of person, of the own area and of others, against the stored file."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from django.db import connection

from lantian.apps.plans.models import Plan
from tests.apps import routes
from tests.apps.routes import PERSONS as FOUR
from tests.apps.routes import matrix

pytestmark = [pytest.mark.django_db]

BESIDE = (import_module(f"tests.apps.routes.{module.name}") for module in iter_modules(routes.__path__))
TABLES = [module for module in BESIDE if hasattr(module, "ROUTES")]
# What is nobody's of one city: answered to every administrator, and each named here with its reason.
EVERYWHERE = {
    "papers:save-template": "templates belong to the installation",
    "bulletins:save-template": "the texts of bulletins belong to the installation",
    "bulletins:try-template": "a preview stores nothing",
    "supervision:calendar-remove": "the calendar of working days belongs to the installation",
    "plans:again": "nothing happens to an import that did not fail",
}


def collect(make_plan: Callable[..., Plan], persons: Sequence[str]) -> matrix.Rows:
    things: dict[str, list[Any]] = {"": []}
    for module in TABLES:
        things |= module.things(make_plan) if hasattr(module, "things") else {}
    people = matrix.make_persons()
    lines: matrix.Rows = []
    for table in ("ROUTES", "DRAFT"):
        for module in TABLES:
            lines += matrix.ask(table.lower(), getattr(module, table, {}), things, people, persons)
    return sorted(lines)


@pytest.mark.db
def test_every_person_is_answered_as_the_stored_table_says(make_plan: Callable[..., Plan]) -> None:
    """All eleven on SQLite; four on PostgreSQL, where only the SQL of the same rules is another."""
    persons = FOUR if connection.vendor == "postgresql" else tuple(matrix.PERSONS)
    lines = collect(make_plan, persons)
    header = (*matrix.HEADER[:4], *persons)
    if os.environ.get(matrix.WRITE):
        matrix.write(lines)
    columns = [matrix.HEADER.index(name) for name in header]
    wanted = {(line[0], line[1]): [line[at] for at in columns] for line in matrix.read()}
    found = {(line[0], line[1]): line for line in lines}
    differing = [
        f"{' '.join(key)}: {dict(zip(header, found.get(key, []), strict=False))} not {wanted.get(key)}"
        for key in sorted(found.keys() | wanted.keys())
        if found.get(key) != wanted.get(key)
    ]
    assert not differing, "\n".join([*differing, "If these are right: python -m tests.apps.routes.matrix --write"])


def test_no_server_error_stands_in_the_table_and_nobody_anonymous_comes_in() -> None:
    open_pages = {"core:login", "core:language"}
    for line in matrix.read():
        named = dict(zip(matrix.HEADER, line, strict=True))
        assert not any(value.startswith("5") for value in line[4:]), line
        public = named["route"] in open_pages or named["route"].startswith(("api:", "supervision:link"))
        assert public or named["anonymous"] == "login", line


def test_what_is_changed_by_the_city_is_not_changed_from_abroad() -> None:
    """A foreign administrator's POST to a thing of the city never succeeds."""
    for line in matrix.read():
        named = dict(zip(matrix.HEADER, line, strict=True))
        if named["method"] in {"post", "put", "patch", "delete"} and named["thing"]:
            changed = named["foreign_administrator"] in {"200", "302"}
            assert not changed or named["route"] in EVERYWHERE, line
