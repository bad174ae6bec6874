"""Reading over the API: what comes, in which order, page by page, narrowed, and not sent twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lantian.apps.areas.models import Unit
from lantian.apps.core.models import User
from lantian.apps.plans import actions
from lantian.apps.plans.models import Plan
from lantian.reading import model as read
from tests.apps.conftest import read_measure, read_plan

pytestmark = [pytest.mark.django_db, pytest.mark.db]

API = "/api/v1"


@pytest.fixture
def viewer(login: Callable[[str], Client]) -> Client:
    return login("viewer")


def every(client: Client, address: str) -> list[dict[str, Any]]:
    """All rows of a list, page by page."""
    rows: list[dict[str, Any]] = []
    following: str | None = address
    while following:
        body = client.get(following).json()
        rows += body["items"]
        following = body["next"]
        assert body["count"] >= len(rows)
    return rows


def test_a_measure_is_shown_with_the_names_of_the_reader(make_plan: Callable[..., Plan], viewer: Client) -> None:
    plan = make_plan()
    measure = plan.measures.get(n=1)
    body = viewer.get(f"{API}/measures/{measure.uid}").json()
    office = Unit.objects.get(name="市生态环境局")
    assert {name: body[name] for name in ("uid", "plan", "n", "seq", "task", "measure", "lead", "support")} == {
        "uid": str(measure.uid), "plan": str(plan.uid), "n": 1, "seq": 1, "task": "任务1",
        "measure": measure.text, "lead": ["市生态环境局"], "support": ["市无名局"],
    }  # fmt: skip
    assert body["deadline"] == {
        "text": "年底前", "kind": "by", "start": None, "end": "2025-12-31", "also": []
    }  # fmt: skip
    assert body["roles"][0] == {
        "role": "lead", "name": "市生态环境局", "as_printed": "市环境局", "open": False, "group": 0,
        "unit": str(office.uid),
    }  # fmt: skip
    target = body["targets"][0]
    assert (target["kind"], target["value"], target["unit"], target["by"]) == ("count", "10", "台", "2025-12-31")
    assert body["flags"] == [
        {"id": "R13", "name": body["flags"][0]["name"], "detail": "市无名局", "accepted": False}
    ]  # fmt: skip
    assert body["source"] == {"page": None, "row": 2}


def test_a_plan_says_how_many_measures_and_when_it_changed(make_plan: Callable[..., Plan], viewer: Client) -> None:
    plan = make_plan()
    body = viewer.get(f"{API}/plans/{plan.uid}").json()
    assert (body["measures"], body["area"], body["status"], body["version"]) == (6, "880000", "published", 1)
    assert body["updated"] >= body["published"] >= body["created"]


def test_pages_give_every_row_once_in_print_order(make_plan: Callable[..., Plan], viewer: Client) -> None:
    first, second = make_plan(), make_plan(content=b"<html>second</html>")
    rows = every(viewer, f"{API}/measures?limit=5")
    wanted = [str(row.uid) for plan in (first, second) for row in plan.measures.order_by("n")]
    assert [row["uid"] for row in rows] == wanted
    assert [row["n"] for row in every(viewer, f"{API}/plans/{second.uid}/measures?limit=4")] == [1, 2, 3, 4, 5, 6]


def test_a_row_that_is_added_meanwhile_moves_no_page(make_plan: Callable[..., Plan], viewer: Client) -> None:
    first = make_plan()
    page = viewer.get(f"{API}/plans?limit=1&sort=created").json()
    assert page["next"] is None
    second = make_plan(content=b"<html>second</html>")
    page = viewer.get(f"{API}/plans?limit=1&sort=created").json()
    third = make_plan(content=b"<html>third</html>")
    rest = every(viewer, page["next"])
    assert [row["uid"] for row in page["items"] + rest] == [str(plan.uid) for plan in (first, second, third)]


def test_measures_by_deadline_have_those_without_a_date_last(make_plan: Callable[..., Plan], viewer: Client) -> None:
    rows = (
        read_measure(1, deadline=read.Deadline("长期实施", "long_term")),
        read_measure(2, deadline=read.Deadline("10月底前", "by", end=date(2025, 10, 31))),
        read_measure(3, deadline=read.Deadline("6月底前", "by", end=date(2025, 6, 30))),
    )
    make_plan(read_plan(*rows))
    assert [row["n"] for row in every(viewer, f"{API}/measures?sort=deadline&limit=1")] == [3, 2, 1]
    assert [row["n"] for row in every(viewer, f"{API}/measures?due_after=2025-07-01")] == [2]
    assert [row["n"] for row in every(viewer, f"{API}/measures?due_before=2025-07-01&deadline=by")] == [3]


def test_plans_without_a_year_stand_last(make_plan: Callable[..., Plan], viewer: Client) -> None:
    for place, year in enumerate((None, 2024, 2026)):
        make_plan(read_plan(year=year, title=f"计划{place}"), content=f"<html>{place}</html>".encode())
    assert [row["year"] for row in every(viewer, f"{API}/plans?limit=1")] == [2026, 2024, None]


def test_filters_of_measures(make_plan: Callable[..., Plan], viewer: Client) -> None:
    make_plan(
        read_plan(
            read_measure(1, measure="推广新能源汽车，PM₂.₅ 浓度下降。", targets=()),
            read_measure(2, section="二、重点任务", roles=(read.Role("lead", "市交通局", "市交通局"),)),
        )
    )
    transport = Unit.objects.get(name="市交通局").uid

    def found(query: str) -> list[int]:
        return [row["n"] for row in every(viewer, f"{API}/measures?{query}")]

    assert found(f"unit={transport}") == [2]
    assert found(f"unit={transport}&role=support") == []
    assert found("role=support") == [1]
    assert found("section=二、重点任务") == [2]
    assert found("target=count") == [2]
    assert found("q=新能源") == [1]
    assert found("q=pm2.5") == [1]
    assert found("year=2025&medium=air") == [1, 2]
    assert found("medium=water") == []


def test_filters_of_plans(make_plan: Callable[..., Plan], login: Callable[[str], Client]) -> None:
    plan = make_plan()
    draft = make_plan(read_plan(title="东塘区计划", region="东塘区", level="district"), content=b"d", publish=False)
    client = login("coordinator")

    def found(query: str) -> set[str]:
        return {row["uid"] for row in every(client, f"{API}/plans?{query}")}

    assert found("area=880000") == {str(plan.uid), str(draft.uid)}
    assert found("area=880101") == found("status=draft") == found("level=district") == {str(draft.uid)}
    assert found("q=大气") == found("status=published") == {str(plan.uid)}


def test_updated_since_sees_new_plans_steps_and_rows(
    make_plan: Callable[..., Plan], login: Callable[[str], Client], people: dict[str, User]
) -> None:
    plan = make_plan(publish=False)
    client = login("coordinator")

    def changed_since(moment: Any) -> list[str]:
        answer = client.get(f"{API}/plans", {"updated_since": moment.isoformat()})
        return [row["uid"] for row in answer.json()["items"]]

    assert changed_since(timezone.now() - timedelta(minutes=5)) == [str(plan.uid)]
    moment = timezone.now()
    assert changed_since(moment) == []
    actions.publish_plan(people["administrator"], plan)
    assert changed_since(moment) == [str(plan.uid)]


def test_targets_name_their_measure_and_plan(make_plan: Callable[..., Plan], viewer: Client) -> None:
    plan = make_plan()
    rows = every(viewer, f"{API}/targets?kind=count&unit=台&limit=2")
    assert len(rows) == 6
    assert {row["plan"] for row in rows} == {str(plan.uid)}
    assert rows[0]["measure"] == str(plan.measures.get(n=1).uid)
    office = Unit.objects.get(name="市生态环境局").uid
    assert len(every(viewer, f"{API}/targets?owner={office}&subject=设备")) == 6
    assert every(viewer, f"{API}/targets?owner={Unit.objects.get(name='市旧城办').uid}") == []


def test_units_and_areas(viewer: Client, people: dict[str, User]) -> None:  # noqa: ARG001  # the city
    def units(query: str) -> list[str]:
        return [row["name"] for row in every(viewer, f"{API}/units?{query}")]

    assert units("q=环保局") == ["市生态环境局"]
    assert units("collective=true") == ["各区政府"]
    assert "市旧城办" in units("on=2019-01-01")
    assert "市旧城办" not in units("on=2020-01-01")
    assert units("area=880101001&level=town") == ["柳桥街道办事处"]
    office = Unit.objects.get(name="市生态环境局")
    body = viewer.get(f"{API}/units/{office.uid}").json()
    assert {alias["name"] for alias in body["aliases"]} == {"市环保局", "市环境局"}
    assert [row["code"] for row in every(viewer, f"{API}/areas?under=880101&limit=1")] == ["880101", "880101001"]
    assert viewer.get(f"{API}/areas/880101001").json()["parent"] == "880101"
    assert viewer.get(f"{API}/areas/999").status_code == 404


def test_versions_hide_the_reading_from_readers(
    make_plan: Callable[..., Plan], viewer: Client, login: Callable[[str], Client]
) -> None:
    plan = make_plan()
    office = login("coordinator")
    assert [row["number"] for row in every(viewer, f"{API}/plans/{plan.uid}/versions")] == [1]
    assert [row["number"] for row in every(office, f"{API}/plans/{plan.uid}/versions?limit=1")] == [1, 0]
    text = viewer.get(f"{API}/plans/{plan.uid}/versions/1").json()
    assert [row["n"] for row in text["rows"]] == [1, 2, 3, 4, 5, 6]
    assert viewer.get(f"{API}/plans/{plan.uid}/versions/0").status_code == 404
    assert viewer.get(f"{API}/plans/{plan.uid}/versions/99999999999999999999").status_code == 404


def test_what_has_not_changed_is_not_sent_again(
    make_plan: Callable[..., Plan], login: Callable[[str], Client], people: dict[str, User]
) -> None:
    plan = make_plan(publish=False)
    client = login("coordinator")
    for address in (f"{API}/plans/{plan.uid}", f"{API}/plans", f"{API}/measures/{plan.measures.get(n=1).uid}"):
        first = client.get(address)
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert "Authorization" in again.headers["Vary"]
    before = client.get(f"{API}/plans/{plan.uid}").headers["ETag"]
    actions.publish_plan(people["administrator"], plan)
    assert client.get(f"{API}/plans/{plan.uid}", headers={"If-None-Match": before}).status_code == 200


@pytest.mark.parametrize(
    ("address", "queries"), [("plans", 5), ("measures", 8), ("targets", 5), ("units", 6), ("areas", 5)]
)
def test_a_list_asks_as_much_however_long_it_is(
    address: str, queries: int, make_plan: Callable[..., Plan], viewer: Client
) -> None:
    make_plan()
    viewer.get(f"{API}/{address}")
    counts = []
    for content in (b"2", b"3"):
        with CaptureQueriesContext(connection) as asked:
            viewer.get(f"{API}/{address}?limit=500")
        counts.append(len(asked))
        make_plan(content=content)
    assert counts == [queries, queries]
