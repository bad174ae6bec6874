"""The pages of the directory: what they show as of a day, what their forms do, how much they ask of the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lantian.apps.areas import actions
from lantian.apps.areas.models import Area, Unit
from lantian.apps.core.models import User

pytestmark = [pytest.mark.django_db]


def text(answer: Any) -> str:
    """The words of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def unit(name: str) -> Unit:
    return Unit.objects.get(name=name)


def test_the_tree_shows_the_areas_of_the_day(login: Callable[[str], Client]) -> None:
    client = login("viewer")
    actions.change_area(None, Area.objects.get(name="柳桥街道"), date(2024, 1, 1), {"name": "柳溪街道"})

    def shown(query: str) -> set[str]:
        return set(re.findall("(?:东塘|西塘|老塘)区|柳[桥溪]街道", text(client.get(f"/areas/?{query}"))))

    assert shown("") == {"东塘区", "西塘区", "柳溪街道"}
    assert shown("on=2010-01-01") == {"东塘区", "西塘区", "老塘区", "柳桥街道", "柳溪街道"}
    assert shown("closed=1") == {"东塘区", "西塘区", "老塘区", "柳溪街道"}
    assert shown("q=柳") == {"东塘区", "柳溪街道"}
    assert shown("level=town") == {"东塘区", "柳溪街道"}
    assert "没有符合条件的区域" in text(client.get("/areas/?q=没有这里"))
    html = client.get("/areas/").content.decode()
    assert html.count("<ul") == html.count("</ul>")
    assert html.count("<li ") == html.count("</li>")
    assert html.count("<details") == html.count("</details>") == 2
    assert " style=" not in html


def test_units_bear_the_names_of_the_day(login: Callable[[str], Client]) -> None:
    client = login("viewer")
    actions.rename_unit(None, unit("市交通局"), date(2024, 7, 1), {"name": "市交通委"})

    def shown(query: str) -> list[str]:
        return re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', client.get(f"/units/?{query}").content.decode())

    assert "市交通委" in shown("")
    assert "市交通局" in shown("on=2024-06-30")
    assert shown("q=交通局") == ["市交通委"]
    assert "市旧城办" not in shown("")
    assert "市旧城办" in shown("on=2019-01-01")
    assert "市旧城办" in shown("closed=1")
    assert shown("kind=collective") == ["各区政府"]
    assert shown("area=880101") == ["东塘区政府", "东塘区生态环境局", "柳桥街道办事处"]
    assert shown("on=nonsense&level=town") == ["柳桥街道办事处"]


@pytest.mark.db
@pytest.mark.parametrize("address", ["/areas/?closed=1", "/units/"])
def test_lists_ask_the_same_however_long(login: Callable[[str], Client], address: str) -> None:
    client = login("administrator")
    client.get(address)

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    few = count()
    east = Area.objects.get(name="东塘区")
    for n in range(12):
        area = actions.save_area(
            None,
            None,
            {"code": f"8801010{n + 10}", "name": f"第{n}街道", "kind": "street", "level": "town", "parent": east},
        )
        row = actions.save_unit(None, None, {"name": f"第{n}街道办事处", "level": "town", "area": area, "parent": None})
        actions.save_alias(None, row, None, {"name": f"第{n}街道"})
    assert count() == few
    assert few <= 9


@pytest.mark.db
def test_an_entry_page_asks_the_same_however_much_happened(login: Callable[[str], Client]) -> None:
    client = login("administrator")
    group = unit("各区政府")
    actions.save_rules(None, group, [])

    def count(row: Unit) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/units/{row.uid}/entry/").status_code == 200
        return len(queries)

    few = count(unit("市交通局"))
    for n in range(6):
        actions.save_alias(None, unit("市交通局"), None, {"name": f"别名{n}"})
    assert count(unit("市交通局")) == few


def test_a_viewer_reads_an_entry_and_changes_nothing(login: Callable[[str], Client]) -> None:
    page = login("viewer").get(f"/units/{unit('市生态环境局').uid}/entry/").content.decode()
    assert "市环保局" in page
    assert '<form method="post" action="/units/' not in page
    page = login("viewer").get(f"/areas/{Area.objects.get(name='东塘区').uid}/").content.decode()
    assert "柳桥街道" in page
    assert '<form method="post" action="/areas/' not in page


def test_a_unit_is_entered_renamed_named_and_closed_on_screen(login: Callable[[str], Client]) -> None:
    client = login("administrator")
    first = {"name": "市水务局", "area": "880000", "level": "municipal", "parent": "市生态环境局"}
    place = client.post("/units/new/", first).headers["Location"]
    row = unit("市水务局")
    assert row.parent == unit("市生态环境局")
    assert place == f"/units/{row.uid}/entry/"
    assert "本区域及上级区域没有这个单位" in text(client.post("/units/new/", {**first, "parent": "没有局"}))
    assert "本区域已有同名单位" in text(client.post("/units/new/", first))
    client.post(f"{place}rename/", {"on": "2024-03-01", "name": "市水利局"})
    client.post(f"{place}aliases/", {"which": "", "name": "市水利委", "since": "2024-03-01"})
    client.post(f"{place}close/", {"closed": "2025-01-31"})
    page = text(client.get(place))
    for words in ("市水利局", "市水务局", "2024-02-29", "市水利委", "已撤销 2025-01-31", "更名", "登记或修改别名"):
        assert words in page, words
    client.post(f"{place}aliases/", {"which": "市水利委", "name": "市水利委", "delete": "1"})
    client.post(f"{place}close/", {"closed": "不是日期"})
    row.refresh_from_db()
    assert str(row.closed) == "2025-01-31"
    assert [alias.name for alias in row.aliases.all()] == ["市水务局"]


def test_a_stale_form_shows_both_and_may_then_be_saved(login: Callable[[str], Client]) -> None:
    client, row = login("administrator"), unit("市交通局")
    place = f"/units/{row.uid}/entry/"

    def stamp(html: str) -> str:
        found = re.search(r'name="seen" value="(\w+)"', html)
        assert found
        return found[1]

    seen = stamp(client.get(place).content.decode())
    actions.save_unit(None, row, {"source": "别人写的"})
    typed = {"name": "市交通局", "area": "880000", "level": "municipal", "source": "我写的", "seen": seen}
    page = client.post(f"{place}save/", typed)
    assert "刚被他人修改" in text(page)
    assert "别人写的" in page.content.decode()
    assert 'value="我写的"' in page.content.decode()
    assert client.post(f"{place}save/", {**typed, "seen": stamp(page.content.decode())}).status_code == 302
    assert unit("市交通局").source == "我写的"


def test_an_area_is_entered_moved_and_taken_back_on_screen(login: Callable[[str], Client]) -> None:
    client, east, west = login("administrator"), Area.objects.get(name="东塘区"), Area.objects.get(name="西塘区")
    new = {"name": "梅桥街道", "code": "880101002", "kind": "street", "level": "town", "parent": east.code}
    place = client.post("/areas/new/", new).headers["Location"]
    assert "代码已被其他区域使用" in text(client.post("/areas/new/", new))
    client.post(f"{place}change/", {"on": "2024-01-01", "name": "梅溪街道", "parent": west.code})
    page = text(client.get(place))
    for words in ("西塘区", "至 2023-12-31 梅桥街道", "更名或划转"):
        assert words in page, words
    client.post(f"{place}forget/", {"until": "2023-12-31"})
    assert not Area.objects.get(name="梅溪街道").pasts.exists()
    client.post(f"{place}save/", {**new, "name": "梅溪街道", "opened": "2020-01-01", "closed": "2019-01-01"})
    assert Area.objects.get(name="梅溪街道").closed is None


def test_rules_are_tried_before_they_are_saved(login: Callable[[str], Client], people: dict[str, User]) -> None:  # noqa: ARG001
    client, row = login("administrator"), unit("各区政府")
    head = {"rule-TOTAL_FORMS": "2", "rule-INITIAL_FORMS": "0"}
    typed = {
        **head, "rule-0-kind": "each", "rule-0-kinds": ["district"], "rule-0-pattern": "{area}政府",
        "rule-1-kind": "member", "rule-1-member": "市交通局", "on": "2021-06-01",
    }  # fmt: skip
    place = f"/units/{row.uid}/entry/"
    page = text(client.post(f"{place}rules/", {**typed, "preview": "1"}))
    assert "3 个单位" in page
    assert "未保存" in page
    assert not row.rules.exists()
    client.post(f"{place}rules/", typed)
    assert [rule.kind for rule in row.rules.all()] == ["each", "member"]
    assert "3 个单位" in text(client.get(f"{place}?on=2021-06-01"))
    page = text(client.post(f"{place}rules/", {**typed, "rule-1-member": "市交通厅"}))
    assert "相近的有：市交通局" in page
    client.post(f"{place}rules/", {**typed, "rule-1-gone": "1"})
    assert row.rules.count() == 1
