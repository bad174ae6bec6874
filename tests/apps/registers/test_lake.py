"""A register of the lake through the web: pages by keyset, filters, a row with its history, corrected, removed, out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client

from lantian.apps.core.holding import StaleError
from lantian.apps.core.models import User
from lantian.apps.registers import actions, catalogue, queries
from lantian.apps.registers.models import ImportState, Record, StagedRow
from lantian.apps.registers.queries import Choice
from lantian.apps.registers.views import maps
from lantian.registers import Register

pytestmark = [pytest.mark.django_db, pytest.mark.db]

ROWS = 120
Do = Callable[[Callable[[], Any]], Any]


@pytest.fixture
def do(run_jobs: Callable[[], int], django_capture_on_commit_callbacks: Any) -> Do:
    """Does something, and what follows from it in the background."""

    def done(what: Callable[[], Any]) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            found = what()
        with django_capture_on_commit_callbacks(execute=True):
            run_jobs()
        run_jobs()
        return found

    return done


@pytest.fixture
def filled(writers: dict[str, User], sites: Register, lake_visits: Register, do: Do) -> Register:
    """Visits of half a year, in the lake; one site."""
    by = writers["coordinator"]
    actions.save_row(by, sites, {"code": "A-1", "name": "一", "street": "柳桥街道", "status": "在施"})
    lines = ["检查编号,日期,工地,街道,问题数"]
    for n in range(ROWS):
        street = ("柳桥街道", "西塘区")[n % 4 == 0]
        lines.append(f"V-{n:03d},2026-{n % 6 + 1:02d}-{n % 28 + 1:02d},A-1,{street},{n}")
    session = actions.stage(by, lake_visits, "v.csv", ["\n".join(lines).encode()])
    do(lambda: None)
    session.refresh_from_db()
    assert (session.state, session.good) == (ImportState.READY, ROWS), session.error
    do(lambda: actions.accept(by, session, revision=session.revision))
    assert not StagedRow.objects.exists()
    assert not Record.objects.filter(register=lake_visits.name).exists()
    return lake_visits


def browser(user: User) -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user)
    return client


def test_the_list_by_pages_filters_and_files(filled: Register, writers: dict[str, User]) -> None:
    by, seen, cursor, pages = writers["coordinator"], [], "", 0
    while True:
        page = queries.page(by, filled, Choice(), cursor, size=50)
        seen += [row.key for row in page.rows]
        pages += 1
        cursor = page.next
        if not cursor:
            break
    assert (len(seen), len(set(seen)), pages) == (ROWS, ROWS, 3)
    client = browser(by)
    first = client.get("/registers/t_visit_lake/")
    assert first.status_code == 200
    shown = first.content.decode()
    assert str(ROWS) in shown
    assert "cursor=" in shown
    narrow = client.get("/registers/t_visit_lake/?area=880102&since=2026-03-01&until=2026-03-31").context["page"]
    march = [n for n in range(ROWS) if n % 4 == 0 and n % 6 + 1 == 3]
    assert (narrow.count, {row.area for row in narrow.rows}) == (len(march), {"880102"})
    found = client.get("/registers/t_visit_lake/?q=V-007").context["page"]
    assert [row.key for row in found.rows] == ["V-007"]
    assert client.get("/registers/t_visit_lake/?cursor=broken").status_code == 200
    out = client.get("/registers/t_visit_lake/export.csv?street=880102").content.decode("utf-8-sig").splitlines()
    assert len(out) == 1 + ROWS // 4
    assert client.get("/registers/t_visit_lake/export.xlsx").status_code == 200
    assert client.get("/registers/t_visit_lake/map/").status_code == 200
    assert client.get("/registers/t_visit_lake/map/places.json").json()["places"] == []
    # Whose area holds none of it sees none of it.
    assert queries.page(writers["street"], filled, Choice()).count == ROWS - ROWS // 4
    assert browser(writers["street"]).get("/registers/t_visit_lake/rows/V-004/").status_code == 404


def test_the_map_shows_the_newest_places_and_how_many_there_are(
    filled: Register, writers: dict[str, User], do: Do, packs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A field of places is added to rows that lie in the lake already; a hundred checks bring it."""
    file = packs / "registers" / "t_visit_lake.yaml"
    spot = "  place: {type: point, label: {zh: 位置, en: Place}}\n"
    file.write_text(file.read_text("utf-8").replace("version: 1", "version: 2") + spot, "utf-8")
    catalogue.forget()
    register, by = catalogue.register(filled.name), writers["coordinator"]
    assert actions.migrate(None, register) is not None
    given = [
        {"code": f"P-{n:03d}", "day": f"2026-07-{n % 28 + 1:02d}", "site": "A-1", "count": "1",
         "street": ("柳桥街道", "西塘区")[n % 4 == 0],
         "place": {"lon": 116.3 + n / 1000, "lat": 39.9, "datum": "WGS-84"}}
        for n in range(100)
    ]  # fmt: skip
    assert {row.what for row in do(lambda: actions.upsert(by, register, given))} == {"added"}
    client, address = browser(by), "/registers/t_visit_lake/map/"
    found = client.get(f"{address}places.json").json()["places"]
    assert {item["key"] for item in found} == {f"P-{n:03d}" for n in range(100)}
    assert {item["key"]: item["lon"] for item in found}["P-007"] == pytest.approx(116.307)
    assert client.get(found[0]["url"]).status_code == 200
    assert len(client.get(f"{address}places.json?area=880102").json()["places"]) == 25
    assert len(browser(writers["street"]).get(f"{address}places.json").json()["places"]) == 75
    monkeypatch.setattr(maps, "MOST", 40)
    days = {item["key"] for item in client.get(f"{address}places.json").json()["places"]}
    assert days == set(sorted((row["code"] for row in given), key=lambda key: (int(key[2:]) % 28, key))[-40:])
    page = client.get(address).content.decode()
    assert "40" in page
    assert "100" in page


def test_who_writes_in_one_area_imports_into_the_lake_only_there(
    filled: Register, writers: dict[str, User], do: Do, packs: Path
) -> None:
    """Rows elsewhere, and rows of others under their key, are problems of their cells; one's own come in."""
    file = packs / "registers" / "t_visit_lake.yaml"
    file.write_text(file.read_text("utf-8").replace("departments: [交通]", "levels: [town]"), "utf-8")
    catalogue.forget()
    register, by = catalogue.register(filled.name), writers["street"]
    lines = [
        "检查编号,日期,工地,街道,问题数",
        "V-004,2026-05-05,A-1,柳桥街道,1",  # the key of a row of the other district
        "V-005,2026-05-05,A-1,柳桥街道,77",  # one's own
        "N-1,2026-05-05,A-1,西塘区,1",  # elsewhere
        "N-2,2026-05-05,A-1,柳桥街道,2",
    ]
    session = actions.stage(by, register, "v.csv", ["\n".join(lines).encode()])
    do(lambda: None)
    session.refresh_from_db()
    assert (session.state, session.good, session.bad) == (ImportState.READY, 2, 2), session.error
    assert sorted(session.staged.filter(bad=True).values_list("key", flat=True)) == ["N-1", "V-004"]
    do(lambda: actions.accept(by, session, revision=session.revision, only_good=True))
    kept = {row.key: row for row in queries.every(writers["coordinator"], register, Choice())}
    assert (kept["V-004"].values["street"], kept["V-004"].values["count"]) == ("880102", "4")
    assert (kept["V-005"].values["count"], kept["N-2"].values["count"]) == ("77", "2")
    assert "N-1" not in kept


def test_a_row_is_corrected_and_removed(filled: Register, writers: dict[str, User], do: Do) -> None:
    by = writers["coordinator"]
    client = browser(by)
    row = queries.row(by, filled, "V-007")
    form = {"code": "V-007", "day": row.values["day"], "site": "A-1", "street": row.values["street"], "count": "99"}
    assert client.get("/registers/t_visit_lake/edit/V-007/").status_code == 200
    answer = do(lambda: client.post("/registers/t_visit_lake/edit/V-007/", form | {"_revision": row.revision}))
    assert answer.status_code == 302
    now = queries.row(by, filled, "V-007")
    assert (now.values["count"], now.revision) == ("99", row.revision + 1)
    late = client.post("/registers/t_visit_lake/edit/V-007/", form | {"count": "1", "_revision": row.revision})
    assert late.status_code == 400
    assert queries.row(by, filled, "V-007").values["count"] == "99"
    page = client.get("/registers/t_visit_lake/rows/V-007/").content.decode()
    assert "99" in page
    with pytest.raises(StaleError):
        actions.remove_row(by, filled, key="V-007", revision=row.revision, reason="重复")
    gone = {"reason": "重复登记", "_revision": now.revision}
    assert do(lambda: client.post("/registers/t_visit_lake/remove/V-007/", gone)).status_code == 302
    assert queries.page(by, filled, Choice()).count == ROWS - 1
    assert client.get("/registers/t_visit_lake/rows/V-007/").status_code == 404
    with pytest.raises(Http404):
        actions.remove_row(by, filled, key="V-007", revision=None, reason="再来")
    assert [entry.removed for entry in queries.history(by, filled, "V-007")] == [True, False]


def test_rows_of_others_are_not_replaced_by_their_key(filled: Register, writers: dict[str, User], do: Do) -> None:
    transport = writers["transport"]  # of the city: writes everywhere
    given = {"code": "V-004", "day": "2026-05-05", "site": "A-1", "street": "柳桥街道", "count": "1"}
    with pytest.raises(actions.RowRefused):  # there is a row of this key already
        actions.save_row(transport, filled, given)
    narrow = writers["street"]
    narrow_register = Register(**{
        name: getattr(filled, name) for name in Register.__slots__ if name not in ("shown", "levels")
    }, levels=("town",))  # fmt: skip
    with pytest.raises(Http404):
        actions.save_row(narrow, narrow_register, given, key="V-004")
    assert actions.upsert(narrow, narrow_register, [given])[0].what == "refused"
    own = queries.row(narrow, filled, "V-005")
    assert actions.save_row(narrow, narrow_register, {"count": "7"}, key="V-005", revision=own.revision).key == "V-005"
    with pytest.raises(PermissionDenied):
        actions.save_row(writers["viewer"], narrow_register, {"count": "7"}, key="V-005", revision=own.revision)
    do(lambda: None)
