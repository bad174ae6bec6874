"""Pages of 承接: the workbench, the city's matrix, the card of a measure, next year's draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from docx import Document
from openpyxl import load_workbook

from lantian.apps.alignment import actions
from lantian.apps.alignment.models import Link, LinkState
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan, PlanStatus
from lantian.reading import model as read
from tests.apps.conftest import read_measure, read_plan
from tests.apps.test_alignment import CITY, aligned, city_plan, district_plan, link, rows_of

__all__ = ["aligned", "city_plan", "district_plan"]  # fixtures of the actions' tests

pytestmark = [pytest.mark.django_db]

Login = Callable[[str], Client]


def test_the_first_visit_offers_the_citys_plan_of_the_year(login: Login, city_plan: Plan, district_plan: Plan) -> None:
    page = login("coordinator").get(f"/plans/{district_plan.uid}/alignment/").content.decode()
    assert f'value="{city_plan.uid}" checked' in page
    response = login("coordinator").post(f"/plans/{district_plan.uid}/alignment/run/", {"city": [city_plan.uid]})
    assert response.status_code == 302
    assert Link.objects.filter(measure__plan=district_plan).count() == 3


def test_a_row_is_confirmed_by_its_form_and_by_the_script(login: Login, aligned: Plan) -> None:
    client = login("coordinator")
    row = link(aligned, 1)
    values = {"relation": "adapted", "revision": 1, "back": "show=open&page=1&x=http://elsewhere"}
    response = client.post(f"/links/{row.uid}/decide/", values)
    assert response["Location"] == f"/plans/{aligned.uid}/alignment/?show=open&page=1#m1"
    row.refresh_from_db()
    assert (row.state, row.relation) == (LinkState.CONFIRMED, "adapted")
    other = link(aligned, 2)
    shown = client.post(f"/links/{other.uid}/decide/", {"revision": 1}, headers={"X-Fragment": "1"})
    assert shown.status_code == 200
    assert "is-confirmed" in shown.content.decode()
    stale = client.post(f"/links/{other.uid}/decide/", {"revision": 1}, headers={"X-Fragment": "1"})
    assert stale.status_code == 409


def test_a_row_above_is_found_added_and_taken_out(login: Login, aligned: Plan, city_plan: Plan) -> None:
    client, row = login("coordinator"), link(aligned, 3)
    third = city_plan.measures.get(n=3)
    assert str(third.uid) in client.get(f"/links/{row.uid}/", {"q": "扬尘"}).content.decode()
    values = {"relation": "narrowed", "rows_given": "1", "row": [str(third.uid)], "revision": 1, "note": ""}
    client.post(f"/links/{row.uid}/decide/", values)
    assert [partner.measure for partner in link(aligned, 3).partners.all()] == [third]
    client.post(f"/links/{row.uid}/decide/", {"relation": "added", "rows_given": "1", "revision": 2, "note": ""})
    assert link(aligned, 3).partners.count() == 0


def test_pages_narrow_and_list_what_nobody_took(login: Login, aligned: Plan) -> None:
    client = login("coordinator")
    page = client.get(f"/plans/{aligned.uid}/alignment/", {"show": "tightened"}).content.decode()
    assert page.count("data-link ") == 1
    orphans = client.get(f"/plans/{aligned.uid}/alignment/", {"show": "orphans"}).content.decode()
    assert CITY[2] in orphans
    assert CITY[0] not in orphans
    assert client.get(f"/plans/{aligned.uid}/alignment/", {"show": "nonsense", "page": "x"}).status_code == 200


@pytest.mark.db
def test_the_number_of_queries_does_not_grow_with_the_rows(
    login: Login, people: dict[str, User], make_plan: Callable[..., Plan], django_assert_max_num_queries: object
) -> None:
    counted = []
    for size in (3, 20):
        measures = tuple(read_measure(n) for n in range(1, size + 1))
        city = make_plan(read_plan(*measures, title=f"市计划{size}"), content=f"city {size}".encode())
        below = read_plan(*measures, region="云溪市东塘区", level="district", title=f"区计划{size}")
        plan = make_plan(below, content=f"district {size}".encode())
        actions.run(people["coordinator"], plan, [city])
        client = login("coordinator")
        numbers = []
        for address in (
            f"/plans/{plan.uid}/alignment/",
            f"/plans/{plan.uid}/alignment/?show=orphans",
            f"/plans/{city.uid}/taken/",
            f"/plans/{city.uid}/taken/?show=missing",
        ):
            with django_assert_max_num_queries(45) as captured:  # type: ignore[operator]
                assert client.get(address).status_code == 200
            numbers.append(len(captured))
        counted.append(numbers)
    assert counted[0] == counted[1]


def test_the_measure_shows_both_sides_to_everybody_once_confirmed(
    login: Login, people: dict[str, User], aligned: Plan, city_plan: Plan
) -> None:
    ours, theirs = (f"/measures/{plan.measures.get(n=1).uid}/" for plan in (aligned, city_plan))
    assert 'id="alignment"' not in login("viewer").get(ours).content.decode()
    assert 'id="alignment"' in login("coordinator").get(theirs).content.decode()
    actions.decide(people["coordinator"], link(aligned, 1), revision=1)
    for address, other in ((ours, theirs), (theirs, ours)):
        page = login("viewer").get(address).content.decode()
        assert other in page[page.index('id="alignment"') :]


def test_the_table_goes_out_as_workbook_and_word(login: Login, aligned: Plan) -> None:
    client = login("coordinator")
    answer = client.get(f"/plans/{aligned.uid}/alignment/export/xlsx/")
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    lines = list(sheet.iter_rows(min_row=3, values_only=True))
    assert [line[4] for line in lines] == ["收紧", "一致", "新增", "未承接", "未承接"]
    assert "≥70% → ≥80%" in str(lines[0][5])
    answer = client.get(f"/plans/{aligned.uid}/alignment/export/docx/")
    table = Document(BytesIO(answer.content)).tables[0]
    assert table.rows[1].cells[4].text == "收紧"
    assert client.get(f"/plans/{aligned.uid}/alignment/export/exe/").status_code == 404


@pytest.fixture
def new_city(make_plan: Callable[..., Plan]) -> Plan:
    texts = (CITY[0].replace("70%", "90%"), CITY[1], CITY[2])
    due = read.Deadline("年底前", "by", end=date(2026, 12, 31))
    measures = [replace(row, roles=(), deadline=due) for row in rows_of(texts, shares=(90,))]
    plan = read_plan(*measures, title="云溪市大气污染防治2026年行动计划", year=2026)
    return make_plan(plan, content=b"city of next year", publish=False)


def test_next_year_is_drafted_row_by_row_and_becomes_a_plan(
    login: Login, aligned: Plan, city_plan: Plan, new_city: Plan
) -> None:
    client = login("coordinator")
    address = f"/plans/{aligned.uid}/next-draft/"
    page = client.get(address)  # the plan of a later year is chosen by itself
    assert page.context["new"] == new_city
    assert [(item.key, item.row.origin) for item in page.context["rows"]] == [
        ("1-1", "changed"), ("2-2", "continued"), ("0-3", "own"), ("3-0", "new"),
    ]  # fmt: skip
    chosen = {
        "city": new_city.uid,
        "old": city_plan.uid,
        "row": ["1-1", "3-0"],
        "text-3-0": "完成30台设备更新。\n6月底前联网。",
    }
    word = client.post(f"{address}make/", chosen | {"as": "docx"})
    words = "".join(cell.text for row in Document(BytesIO(word.content)).tables[0].rows for cell in row.cells)
    assert "完成30台设备更新。" in words
    assert "餐饮油烟" not in words
    made = client.post(f"{address}make/", chosen | {"as": "plan"})
    plan = Plan.objects.get(year=2026, level="district")
    assert made["Location"] == f"/plans/{plan.uid}/review/"
    assert (plan.status, plan.area) == (PlanStatus.DRAFT, aligned.area)
    second = plan.measures.get(n=2)
    assert second.text == "完成30台设备更新。6月底前联网。"
    assert [(target.value, target.unit) for target in second.targets.all()] == [(Decimal(30), "台")]
    assert Link.objects.filter(measure__plan=plan).count() == 2
    again = client.post(f"{address}make/", chosen | {"as": "plan"}, follow=True)
    assert Plan.objects.filter(year=2026, level="district").count() == 1
    assert "已有一份计划正在编制" in again.content.decode()
    nothing = client.post(f"{address}make/", {"city": new_city.uid, "as": "plan"}, follow=True)
    assert "至少勾选一条" in nothing.content.decode()
