"""Lists, rows and maps of registers: who sees what, what the address keeps, and how many queries it takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lantian.apps.core.models import User
from lantian.apps.registers import actions, catalogue
from lantian.registers import Register
from tests.apps.registers_pages.conftest import STREET, site

pytestmark = [pytest.mark.django_db, pytest.mark.db, pytest.mark.usefixtures("sites")]
Enter = Callable[[User], Client]
LIST = "/registers/construction_site/"


def test_packs_say_what_they_hold_and_who_keeps_it(people: dict[str, User], enter: Enter) -> None:
    page = enter(people["viewer"]).get("/registers/").content.decode()
    assert "施工工地" in page
    assert "上账施工工地月检查率达到100%" in page
    assert '<td class="num" data-label="条数">3</td>' in page
    assert "大气办" in page
    assert "上账施工工地月检查率" in page
    found = enter(people["viewer"]).get("/registers/", {"q": "裸地"}).content.decode()
    assert "/registers/bare_land/" in found
    assert "/registers/construction_site/" not in found
    assert "住房城乡建设" in page
    assert "/registers/construction_site/new/" not in page  # who only looks is not asked to write
    assert "/registers/construction_site/new/" in enter(people["coordinator"]).get("/registers/").content.decode()


def test_the_address_keeps_filters_order_and_columns(people: dict[str, User], enter: Enter) -> None:
    client = enter(people["viewer"])
    page = client.get(LIST, {"status": "停工"}).content.decode()
    assert "柳桥第2工地" in page
    assert "柳桥第1工地" not in page
    assert '<option value="停工" selected>' in page
    page = client.get(LIST, {"sort": "-code"}).content.decode()
    assert page.index("YX-0003") < page.index("YX-0001")
    assert 'aria-sort="descending"' in page
    page = client.get(LIST, {"cols": ["code", "size"]}).content.decode()
    assert "1,000.5" in page
    assert "3,001.5" in page
    assert "云溪一建" not in page
    assert "没有符合的条目" in client.get(LIST, {"q": "无此工地"}).content.decode()


def test_rows_of_another_district_do_not_exist(outsider: User, enter: Enter) -> None:
    client = enter(outsider)
    assert "柳桥第" not in client.get(LIST).content.decode()
    assert client.get(f"{LIST}rows/YX-0001/").status_code == 404
    assert client.get(f"{LIST}map/places.json").json()["places"] == []
    assert client.get(f"{LIST}suggest.json", {"q": "柳桥"}).json()["rows"] == []


def test_personal_fields_are_not_shown_to_who_does_not_keep_the_register(
    people: dict[str, User], street: User, enter: Enter
) -> None:
    address = f"{LIST}rows/YX-0001/"
    looker, keeper = enter(people["viewer"]).get(address), enter(street).get(address)
    assert "0555-8801" not in looker.content.decode()
    assert "不显示" in looker.content.decode()
    assert "0555-8801" in keeper.content.decode()
    export = enter(people["viewer"]).get(f"{LIST}export.csv").content.decode("utf-8-sig")
    assert "0555-8801" not in export
    assert "柳桥第1工地" in export


def test_a_list_takes_as_many_queries_for_fifty_rows_as_for_three(
    sites: Register, people: dict[str, User], enter: Enter
) -> None:
    client = enter(people["coordinator"])
    client.get(LIST)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(LIST).status_code == 200
        return len(found)

    few = queries()
    actions.fill(people["coordinator"], sites, [site(n) for n in range(4, 70)], effective=date(2026, 1, 2))
    assert queries() == few
    page = client.get(LIST).content.decode()
    assert "YX-0050" in page
    assert "YX-0051" not in page
    assert "cursor=2" in page


def test_a_row_tells_its_history_and_what_it_said_on_a_day(
    sites: Register, people: dict[str, User], enter: Enter
) -> None:
    actions.fill(people["coordinator"], sites, [site(1, status="竣工", rating=None)], effective=date(2026, 6, 1))
    client = enter(people["viewer"])
    page = client.get(f"{LIST}rows/YX-0001/").content.decode()
    assert "<del>在施</del>" in page
    assert "<ins>竣工</ins>" in page
    assert "2026-06-01" in page
    past = client.get(f"{LIST}rows/YX-0001/", {"on": "2026-05-31"}).content.decode()
    assert "2026-05-31" in past
    assert "现已变化" in past
    assert "当日尚未上账" in client.get(f"{LIST}rows/YX-0001/", {"on": "2025-12-31"}).content.decode()


def test_a_site_shows_its_inspections_and_begins_a_new_one(people: dict[str, User], street: User, enter: Enter) -> None:
    row = {"code": "JC-1", "date": "2026-02-03", "site": "YX-0001", "street": STREET, "inspector": site(1)["keeper"],
           "result": "未发现问题"}  # fmt: skip
    inspections = catalogue.registers()["site_inspection"]
    actions.fill(people["coordinator"], inspections, [row], effective=date(2026, 2, 3))
    page = enter(street).get(f"{LIST}rows/YX-0001/").content.decode()
    assert "/registers/site_inspection/rows/JC-1/" in page
    new = f"/registers/site_inspection/new/?site=YX-0001&amp;street={STREET}"
    assert new in page
    form = enter(street).get(new.replace("&amp;", "&")).content.decode()
    assert 'value="YX-0001"' in form
    assert f'<option value="{STREET}" selected>' in form


def test_the_map_draws_what_the_list_beside_it_says(people: dict[str, User], enter: Enter) -> None:
    client = enter(people["viewer"])
    page = client.get(f"{LIST}map/", {"by": "status"}).content.decode()
    places = client.get(f"{LIST}map/places.json", {"by": "status"}).json()["places"]
    assert [(one["key"], one["word"], one["order"]) for one in places] == [
        ("YX-0001", "在施", 0), ("YX-0002", "停工", 1), ("YX-0003", "在施", 0),
    ]  # fmt: skip
    assert all(f'data-key="{one["key"]}"' in page for one in places)
    only = client.get(f"{LIST}map/places.json", {"status": "停工"}).json()["places"]
    assert [one["key"] for one in only] == ["YX-0002"]


def test_script_in_texts_stays_text(sites: Register, people: dict[str, User], enter: Enter) -> None:
    nasty = "<script>alert(1)</script>"
    actions.fill(people["coordinator"], sites, [site(9, name=nasty, builder=nasty)], effective=date(2026, 1, 3))
    client = enter(people["viewer"])
    for address in (LIST, f"{LIST}rows/YX-0009/", f"{LIST}map/"):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("key", ["a/b", "..", "a?b", "井#1"])
def test_keys_that_no_address_can_hold_are_reached_by_uid(
    key: str, sites: Register, people: dict[str, User], enter: Enter
) -> None:
    actions.fill(people["coordinator"], sites, [site(9, code=key, name="怪编号")], effective=date(2026, 1, 3))
    client = enter(people["viewer"])
    page = client.get(LIST, {"q": "怪编号"})
    address = next(line["url"] for line in page.context["lines"])
    assert "怪编号" in client.get(address).content.decode()
    assert key not in address


def test_unknown_registers_are_not_there(people: dict[str, User], enter: Enter) -> None:
    assert enter(people["coordinator"]).get("/registers/no_such/").status_code == 404
