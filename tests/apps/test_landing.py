"""Where the start page leads each kind of person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Unit
from lantian.apps.core import actions as core
from lantian.apps.core.models import User
from lantian.apps.people.actions.register import save_liaison
from lantian.apps.plans.models import Plan
from tests.apps.conftest import read_plan

pytestmark = [pytest.mark.django_db]
SINCE = date(2025, 1, 6)


def landed(client: Client) -> str:
    """The page on which the person ends up, and that it opens."""
    answer = client.get("/", follow=True)
    assert answer.status_code == 200
    assert len(answer.redirect_chain) == 1
    return str(answer.redirect_chain[0][0])


@pytest.mark.parametrize(
    ("role", "page"),
    [
        ("coordinator", "/desk/office/"),
        ("reviewer", "/returns/"),
        ("reporter", "/desk/"),
        ("inspector", "/plans/"),
        ("viewer", "/plans/"),
        ("administrator", "/people/"),
    ],
)
def test_everybody_lands_where_the_own_work_lies(login: Callable[[str], Client], role: str, page: str) -> None:
    assert landed(login(role)) == page


def test_of_several_roles_the_office_decides(login: Callable[[str], Client], people: dict[str, User]) -> None:
    for role in ("reporter", "coordinator"):
        add_membership(None, people["administrator"], Unit.objects.get(name="市交通局"), role)
    assert landed(login("administrator")) == "/desk/office/"


def test_somebody_without_any_role_is_not_sent_round_in_circles(people: dict[str, User]) -> None:  # noqa: ARG001
    client = Client()
    client.force_login(core.create_user(None, "nobody", "nobody", must_change_password=False))
    answer = client.get("/", follow=True)
    assert (answer.redirect_chain, answer.status_code) == ([("/plans/", 302)], 403)


def test_a_page_asked_for_before_the_login_is_found_after_it(people: dict[str, User]) -> None:  # noqa: ARG001
    client, given = Client(), {"username": "coordinator", "password": "coordinator"}
    wanted = client.get("/search/?q=1").headers["Location"]
    assert client.post(wanted, given).headers["Location"] == "/search/?q=1"
    assert Client().post(reverse("core:login"), given).headers["Location"] == "/"


def make_leader(user: User, unit: str) -> None:
    admin = User.objects.get(username="administrator")
    row = save_liaison(admin, Unit.objects.get(name=unit), "leader", {"name": "韩立", "since": SINCE})
    row.user = user
    row.save()


def test_a_leader_lands_on_the_plan_in_hand(
    make_plan: Callable[..., Plan], login: Callable[[str], Client], people: dict[str, User]
) -> None:
    make_leader(people["viewer"], "市生态环境局")
    client = login("viewer")
    assert landed(client) == "/plans/"  # no plan yet
    plan = make_plan()
    make_plan(read_plan(title="云溪市大气污染防治2011年行动计划", year=2011), content=b"older")
    assert landed(client) == f"/plans/{plan.uid}/overview/"


def test_a_leader_of_the_office_lands_on_the_one_page(
    make_plan: Callable[..., Plan], login: Callable[[str], Client], people: dict[str, User]
) -> None:
    make_leader(people["administrator"], "市生态环境局")
    plan = make_plan()
    assert landed(login("administrator")) == f"/plans/{plan.uid}/leader/"


def test_the_empty_office_desk_leads_to_the_first_plan(login: Callable[[str], Client]) -> None:
    page = login("coordinator").get("/desk/office/").content.decode()
    assert reverse("plans:imports") in page.partition('class="empty-page"')[2]
