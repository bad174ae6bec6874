"""The pages of a plan share one row of tabs: each role finds those that it may open, and the room lit is the plan's."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from lantian.apps.areas.models import Unit
from lantian.apps.consultation.actions import open_round
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan

pytestmark = [pytest.mark.django_db]

TABS = re.compile(r'<nav class="tabs" aria-label="计划的各个页面">(.*?)</nav>', re.DOTALL)
LINK = re.compile(r'<a href="([^"]+)"( class="active")?[^>]*>([^<]+)</a>')
LIT = re.compile(r'class="active" aria-current="page">([^<]+)</a>')


def tabs(client: Client, address: str) -> list[tuple[str, str, bool]]:
    """The tabs of a page: name, address, whether it is the page's own."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    found = TABS.search(answer.content.decode())
    assert found, address
    return [(label, href, bool(active)) for href, active, label in LINK.findall(found[1])]


@pytest.mark.parametrize(
    ("role", "publish", "names"),
    [
        ("coordinator", False, ["计划表", "核对", "概览", "征求意见", "下级承接", "年度对应", "版本"]),
        (
            "coordinator",
            True,
            ["计划表", "概览", "责任清单", "收件箱", "填报表", "汇总考核", "征求意见", "下级承接", "年度对应", "版本"],
        ),
        ("viewer", True, ["计划表", "概览", "责任清单", "版本"]),
    ],
)
def test_every_tab_opens_and_shows_the_same_tabs(
    role: str, publish: bool, names: list[str], make_plan: Callable[..., Plan], login: Callable[[str], Client]
) -> None:
    client = login(role)
    first = tabs(client, f"/plans/{make_plan(publish=publish).uid}/")
    assert [name for name, _href, _active in first] == names
    for name, href, _active in first:
        here = tabs(client, href)
        assert [(each, address) for each, address, _own in here] == [(each, address) for each, address, _own in first]
        assert [each for each, _href, own in here if own] == [name]


def test_a_round_is_a_page_of_its_plan_and_an_answer_one_of_the_unit(
    make_plan: Callable[..., Plan], people: dict[str, User], login: Callable[[str], Client]
) -> None:
    plan = make_plan(publish=False)
    unit = Unit.objects.filter(collective=False).first()
    assert unit is not None
    until = timezone.localdate() + timedelta(days=7)
    row = open_round(people["coordinator"], plan, [unit], until, title="征求意见函", letter="请提意见。")
    client = login("coordinator")
    page = client.get(f"/consultation/rounds/{row.uid}/").content.decode()
    assert LIT.findall(page) == ["计划", "全部计划", "征求意见"]
    answer = client.get(f"/consultation/{row.invitations.get().uid}/").content.decode()
    assert LIT.findall(answer)[:2] == ["我的", "征求意见"]


def test_an_asked_unit_finds_the_way_from_the_draft_to_its_answer(
    make_plan: Callable[..., Plan], people: dict[str, User], login: Callable[[str], Client]
) -> None:
    plan = make_plan(publish=False)
    office = Unit.objects.get(name="市生态环境局")
    until = timezone.localdate() + timedelta(days=7)
    open_round(people["coordinator"], plan, title="征求意见的函", letter="", due=until, units=[office])
    found = tabs(login("reporter"), f"/plans/{plan.uid}/")
    assert ("征求意见", "/consultation/", False) in found
