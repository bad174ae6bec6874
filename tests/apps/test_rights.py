"""Every address of the site against every kind of person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from lantian.apps.core.models import Job
from lantian.apps.plans.models import Plan

pytestmark = [pytest.mark.django_db, pytest.mark.db]

PERSONS = ("anonymous", "viewer", "coordinator", "administrator")
LOGIN = "login"

# name: (method, what it stands for, answer for each of PERSONS); "login" = sent to the login page
ROUTES: dict[str, tuple[str, str, tuple[int | str, ...]]] = {
    "home": ("get", "", (LOGIN, 302, 302, 302)),
    "core:login": ("get", "", (200, 302, 302, 302)),
    "core:logout": ("post", "", (LOGIN, 302, 302, 302)),
    "core:language": ("post", "", (400, 400, 400, 400)),
    "core:password": ("get", "", (LOGIN, 200, 200, 200)),
    "areas:areas": ("get", "", (LOGIN, 200, 200, 200)),
    "areas:units": ("get", "", (LOGIN, 200, 200, 200)),
    "plans:list": ("get", "", (LOGIN, 200, 200, 200)),
    "plans:plan": ("get", "published", (LOGIN, 200, 200, 200)),
    "plans:publish": ("post", "published", (LOGIN, 403, 302, 302)),
    "plans:file": ("get", "published", (LOGIN, 200, 200, 200)),
    "plans:page": ("get", "page", (LOGIN, 404, 404, 404)),
    "plans:measure": ("get", "measure", (LOGIN, 200, 200, 200)),
    "plans:unit": ("get", "unit", (LOGIN, 200, 200, 200)),
    "plans:imports": ("get", "", (LOGIN, 403, 200, 200)),
    "plans:upload": ("post", "", (LOGIN, 403, 302, 302)),
    "plans:job": ("get", "job", (LOGIN, 403, 200, 200)),
    "plans:again": ("post", "job", (LOGIN, 403, 302, 302)),
}
# The same pages of a draft: who may not see it gets 404.
DRAFT: dict[str, tuple[str, str, tuple[int | str, ...]]] = {
    "plans:plan": ("get", "draft", (LOGIN, 404, 200, 200)),
    "plans:publish": ("post", "draft", (LOGIN, 404, 302, 302)),
    "plans:file": ("get", "draft", (LOGIN, 404, 200, 200)),
    "plans:page": ("get", "draft page", (LOGIN, 404, 404, 404)),
    "plans:measure": ("get", "draft measure", (LOGIN, 404, 200, 200)),
}


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
    published = make_plan(content=b"published")
    draft = make_plan(content=b"draft", publish=False)
    unit = published.measures.get(n=1).assignments.get(role="lead").unit
    job = Job.objects.get(plans=published)
    assert unit is not None
    return {
        "": [],
        "published": [published.uid],
        "page": [published.uid, 1],
        "measure": [published.measures.get(n=1).uid],
        "unit": [unit.uid],
        "job": [job.uid],
        "draft": [draft.uid],
        "draft page": [draft.uid, 1],
        "draft measure": [draft.measures.get(n=1).uid],
    }


@pytest.mark.parametrize("person", PERSONS)
@pytest.mark.parametrize("table", ["routes", "draft"])
def test_permission_table(
    person: str, table: str, things: dict[str, list[Any]], login: Callable[[str], Client]
) -> None:
    found, wanted = {}, {}
    for name, (method, thing, answers) in (ROUTES if table == "routes" else DRAFT).items():
        client = Client() if person == "anonymous" else login(person)
        answer = getattr(client, method)(reverse(name, args=things[thing]))
        to_login = answer.status_code == 302 and answer.headers["Location"].startswith("/login/")
        found[name] = LOGIN if to_login else answer.status_code
        wanted[name] = answers[PERSONS.index(person)]
        if name == "core:logout" and person != "anonymous":
            found[name] = answer.status_code
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
