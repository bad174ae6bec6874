"""The whole permission table: every address × every kind of person, of the own area and of others, in ``matrix.csv``.

The modules beside this one say for four persons what must be answered; this asks for eleven, each address for itself
(what an address changes is rolled back before the next), and compares with the file, so that every change of a right
shows as a line of a diff that somebody reads. After adding or changing an address::

    python -m tests.apps.routes.matrix --write
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterable, Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("matrix.csv")
WRITE = "LANTIAN_WRITE_MATRIX"
# Column → role and unit; the first seven sit in the city's bureau, which prepares the table's plans.
PERSONS: dict[str, tuple[str, str] | None] = {
    "anonymous": None,
    "viewer": ("viewer", "市生态环境局"),
    "inspector": ("inspector", "市生态环境局"),
    "reporter": ("reporter", "市生态环境局"),
    "reviewer": ("reviewer", "市生态环境局"),
    "coordinator": ("coordinator", "市生态环境局"),
    "administrator": ("administrator", "市生态环境局"),
    "district_reporter": ("reporter", "西塘区生态环境局"),
    "district_coordinator": ("coordinator", "西塘区生态环境局"),
    "district_administrator": ("administrator", "西塘区生态环境局"),
    "foreign_administrator": ("administrator", "外江市生态环境局"),
}
HEADER = ("table", "route", "method", "thing", *PERSONS)
Rows = list[list[str]]


def make_persons() -> dict[str, Any]:
    """A user for each column but the first; those of the bureau are there already."""
    from lantian.apps.areas.actions import add_membership
    from lantian.apps.areas.models import Area, Unit
    from lantian.apps.core import actions as core
    from lantian.apps.core.models import User

    words = {"name": "外江市", "short_name": "外江", "kind": "city", "level": "municipal"}
    abroad = Area.objects.create(code="990000", path="/990000/", **words)
    Unit.objects.create(name="外江市生态环境局", area=abroad, level="municipal")
    found = {}
    for name, given in PERSONS.items():
        if given is None:
            continue
        user = User.objects.filter(username=name).first()
        if user is None:
            user = core.create_user(None, name, name, must_change_password=False)
            add_membership(None, user, Unit.objects.get(name=given[1]), given[0])
        found[name] = user
    return found


def ask(
    table: str, routes: dict[str, Any], things: dict[str, list[Any]], people: dict[str, Any], persons: Iterable[str]
) -> Iterator[list[str]]:
    """One line for each address with what each of ``persons`` is answered, in the order of the table."""
    from django.db import transaction
    from django.test import Client
    from django.urls import reverse

    cookies = {}
    for name in persons:
        client = Client()
        if name in people:
            client.force_login(people[name])
        cookies[name] = client.cookies
    for route, (method, thing, _answers) in routes.items():
        address = reverse(route, args=things[thing])
        line = [table, route, method, thing]
        for jar in cookies.values():
            client = Client()
            client.cookies = SimpleCookie({key: morsel.value for key, morsel in jar.items()})
            with transaction.atomic():
                answer = getattr(client, method)(address)
                transaction.set_rollback(True)
            to_login = answer.status_code == 302 and answer.headers["Location"].startswith("/login/")
            line.append("login" if to_login else str(answer.status_code))
        yield line


def read() -> Rows:
    """The stored lines, without the header."""
    with FILE.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))[1:]


def write(lines: Iterable[list[str]]) -> None:
    """Store the lines."""
    with FILE.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(lines)


def main(arguments: list[str]) -> int:
    """Run the comparison, or with ``--write`` store what is answered now."""
    import pytest

    if arguments == ["--write"]:
        os.environ[WRITE] = "1"
    return int(pytest.main(["-q", "tests/apps/test_rights_matrix.py"]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
