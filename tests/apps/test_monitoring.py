"""The registry: stations, sources, outlines; files that are hostile or wrong; what is found odd about coordinates."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from lantian.analysis.geodesy import distance_m, wgs84_to_gcj02
from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Area, Unit
from lantian.apps.core import actions as core
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.monitoring import actions
from lantian.apps.monitoring.errors import RegistryError, StaleError
from lantian.apps.monitoring.models import Boundary, DataSource, StagedFile, Station
from lantian.apps.monitoring.queries.sources import states
from lantian.reading.errors import ReadingError

pytestmark = [pytest.mark.django_db, pytest.mark.db]

SQUARE = [[116.0, 40.0], [116.1, 40.0], [116.1, 40.1], [116.0, 40.1], [116.0, 40.0]]
HEAD = "站点编码,站点名称,点位级别,所在区域,经度,纬度,坐标系\n"


def outline(code: str, ring: list[list[float]] | None = None, kind: str = "Polygon") -> dict[str, Any]:
    rings: list[Any] = [ring or SQUARE]
    shape = {"type": kind, "coordinates": rings if kind == "Polygon" else [rings]}
    return {"type": "Feature", "properties": {"code": code}, "geometry": shape}


def collection(*features: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def values(area: str = "880101", **changes: Any) -> dict[str, Any]:
    given = {
        "code": "YX1", "name": "云溪一号", "kind": "national", "area": Area.objects.get(code=area), "datum": "WGS-84",
        "for_assessment": True, "valid_from": None, "valid_to": None, "source": None, "mn": None,
        "point": (116.05, 40.05), "second_point": None, "second_source": "",
    }  # fmt: skip
    return given | changes


def bring(user: User, ring: list[list[float]] | None = None, code: str = "880101") -> None:
    staged = actions.stage_boundaries(
        user, "界.geojson", [collection(outline(code, ring))],
        datum="WGS-84", source="ours", valid_from=date(2024, 1, 1),
    )  # fmt: skip
    assert actions.accept(user, staged) == 1


def test_coordinates_are_stored_in_wgs84_with_what_was_given(people: dict[str, User]) -> None:
    shifted = wgs84_to_gcj02(116.05, 40.05)
    row = actions.save_station(people["coordinator"], values(point=shifted, datum="GCJ-02"))
    assert distance_m((row.lon or 0, row.lat or 0), (116.05, 40.05)) < 0.01
    assert row.datum == "GCJ-02"
    assert row.given.startswith("116.05")


def test_a_station_outside_its_stated_area_is_found_and_found_anew(people: dict[str, User]) -> None:
    user = people["coordinator"]
    row = actions.save_station(user, values(point=(116.2, 40.05)))
    assert not row.outside  # nothing is known of the area yet
    bring(user)
    row.refresh_from_db()
    assert row.outside
    bring(user, [[116.0, 40.0], [116.3, 40.0], [116.3, 40.1], [116.0, 40.1], [116.0, 40.0]])
    row.refresh_from_db()
    assert not row.outside
    assert Boundary.objects.count() == 1


@pytest.mark.parametrize(("lon", "metres"), [(116.0534, None), (116.0537, 315)])
def test_a_second_source_farther_than_300_m_is_found(people: dict[str, User], lon: float, metres: int | None) -> None:
    row = actions.save_station(people["coordinator"], values(second_point=(lon, 40.05)))
    assert row.apart_m == metres


def test_who_read_an_older_state_overwrites_nothing(people: dict[str, User]) -> None:
    user = people["coordinator"]
    row = actions.save_station(user, values())
    actions.save_station(user, values(name="新名"), uid=row.uid, revision=1)
    with pytest.raises(StaleError):
        actions.save_station(user, values(name="旧名"), uid=row.uid, revision=1)
    row.refresh_from_db()
    assert (row.name, row.revision) == ("新名", 2)
    with pytest.raises(RegistryError):
        actions.save_station(user, values())  # the code is taken
    changes = AuditEvent.objects.filter(action="station.edit").get()
    assert changes.after == {"name": "新名"}


def test_only_the_own_area_is_kept(people: dict[str, User]) -> None:
    with pytest.raises(PermissionDenied):
        actions.save_station(people["viewer"], values())
    local = core.create_user(None, "local", "local", must_change_password=False)
    add_membership(None, local, Unit.objects.get(name="东塘区生态环境局"), "coordinator")
    actions.save_station(local, values("880101001"))
    with pytest.raises(PermissionDenied):
        actions.save_station(local, values("880102", code="YX2"))
    with pytest.raises(PermissionDenied):
        actions.save_boundaries(
            local, [(Area.objects.get(code="880102"), outline("x")["geometry"])],
            datum="WGS-84", source="ours", valid_from=date(2024, 1, 1),
        )  # fmt: skip


def test_a_list_is_taken_over_as_a_whole_and_corrects_what_is_there(people: dict[str, User]) -> None:
    user = people["coordinator"]
    actions.save_station(user, values())
    text = HEAD + "YX1,云溪甲站,市控,东塘区柳桥街道,116.05,40.05,CGCS2000\nYX2,乙站,微站,880102,,,\n"
    staged = actions.stage_stations(user, "站点.csv", [text.encode("gb18030")])
    assert staged.problems == []
    assert actions.accept(user, staged) == 2
    first, second = Station.objects.order_by("code")
    assert (first.name, first.kind, first.area.code, first.datum) == ("云溪甲站", "municipal", "880101001", "CGCS2000")
    assert (second.for_assessment, second.lon) == (False, None)
    with pytest.raises(RegistryError):
        actions.accept(user, staged)


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("YX2,乙站,国控,无此区,,,", "area"),
        ("YX2,乙站,超级站,东塘区,,,", "kind"),
        ("YX2,乙站,国控,东塘区,116.05,40.05,", "datum"),
        ("YX2,乙站,国控,东塘区,116.05,40.05,北京54", "datum"),
        ("YX2,乙站,国控,东塘区,116.05,,WGS-84", "lat"),
        ("YX2,乙站,国控,东塘区,nan,40.05,WGS-84", "lon"),
        ("YX2,乙站,国控,东塘区,400,40.05,WGS-84", "lon"),
        ("YX1,甲站,国控,东塘区,,,", "code"),
        (",乙站,国控,东塘区,,,", "code"),
        (f"YX2,{'长' * 61},国控,东塘区,,,", "name"),
    ],
)
def test_one_wrong_row_keeps_the_whole_list_out(people: dict[str, User], line: str, column: str) -> None:
    text = f"{HEAD}YX1,甲站,国控,东塘区,116.05,40.05,WGS-84\n{line}\n"
    staged = actions.stage_stations(people["coordinator"], "站点.csv", [text.encode()])
    assert [(item["line"], item["column"]) for item in staged.problems] == [(3, column)]
    with pytest.raises(RegistryError):
        actions.accept(people["coordinator"], staged)
    assert not Station.objects.exists()


def test_what_changed_since_staging_is_looked_at_again(people: dict[str, User]) -> None:
    user = people["coordinator"]
    text = HEAD.strip() + ",设备编号MN\nYX2,乙站,国控,东塘区,,,,MN1\n"
    staged = actions.stage_stations(user, "站点.csv", [text.encode()])
    actions.save_station(user, values(mn="MN1"))
    assert actions.accept(user, staged) is None
    staged.refresh_from_db()
    assert staged.problems[0]["column"] == "mn"
    assert Station.objects.count() == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00not text",
        b"[" * 100_000,
        b'{"type": "FeatureCollection", "features": []}',
        b'{"type": "FeatureCollection", "features": [1]}',
        collection({"type": "Feature", "properties": {"code": "880101"}, "geometry": None}),
        collection({"type": "Feature", "properties": {}, "geometry": outline("x")["geometry"]}),
        collection(outline("880101", [[116.0, 40.0], [116.1, 40.0], [116.1, 40.1]])),
        collection(outline("880101", [*SQUARE[:-1], [116.0, 40.05]])),
        collection(outline("880101", [[500000.0, 4400000.0]] * 4)),
        collection(outline("880101", [[None, 1.0]] * 4)),  # type: ignore[list-item]
        collection({"type": "Feature", "properties": {"code": "1"}, "geometry": {"type": "Point", "coordinates": [1]}}),
        b'{"type": "FeatureCollection", "features": [{"properties": {"code": "1"}, "geometry": '
        b'{"type": "Polygon", "coordinates": [[[1e999, 1], [1, 1], [1, 2], [1e999, 1]]]}}]}',
    ],
)
def test_hostile_outlines_end_in_a_sentence(people: dict[str, User], content: bytes) -> None:
    with pytest.raises(ReadingError):
        actions.stage_boundaries(
            people["coordinator"], "界.geojson", [content],
            datum="WGS-84", source="ours", valid_from=date(2024, 1, 1),
        )  # fmt: skip
    assert not StagedFile.objects.exists()


def test_outlines_of_nobody_and_doubles_are_not_taken(people: dict[str, User]) -> None:
    user = people["coordinator"]
    facts: dict[str, Any] = {"datum": "WGS-84", "source": "ours", "valid_from": date(2024, 1, 1)}
    foreign = actions.stage_boundaries(user, "界.geojson", [collection(outline("110000"))], **facts)
    twice = actions.stage_boundaries(user, "界.json", [collection(outline("880101"), outline("东塘区"))], **facts)
    assert foreign.problems
    assert twice.problems
    assert not Boundary.objects.exists()


def test_outlines_are_moved_out_of_their_datum(people: dict[str, User]) -> None:
    user = people["coordinator"]
    ring = [list(wgs84_to_gcj02(lon, lat)) for lon, lat in SQUARE]
    staged = actions.stage_boundaries(
        user, "界.json", [collection(outline("880101", ring, "MultiPolygon"))],
        datum="GCJ-02", source="ours", valid_from=date(2024, 1, 1),
    )  # fmt: skip
    actions.accept(user, staged)
    first = Boundary.objects.get().geometry["coordinates"][0][0][0]
    assert distance_m((first[0], first[1]), (116.0, 40.0)) < 0.05


def test_a_source_is_overdue_by_its_rhythm(people: dict[str, User]) -> None:
    city = Area.objects.get(code="880000")
    head = {"area": city, "kind": "bulletin", "hour_label": "end", "unit_policy": "stated", "expected_hours": 24}
    row = actions.save_source(people["coordinator"], head | {"name": "通报"})
    now = datetime(2026, 5, 2, 12, tzinfo=UTC)
    assert states([row], now)[0].overdue  # nothing ever came
    actions.received(row, now - timedelta(hours=23))
    actions.received(row, now - timedelta(hours=40))  # what comes late moves nothing back
    row.refresh_from_db()
    assert not states([row], now)[0].overdue
    assert states([row], now + timedelta(hours=2))[0].overdue
    row.expected_hours = None
    assert not states([row], now + timedelta(days=900))[0].overdue
    with pytest.raises(RegistryError):
        actions.save_source(people["coordinator"], head | {"name": "通报"})


@pytest.mark.parametrize(("hours", "says"), [(1, "每1小时"), (30, "每30小时"), (24, "每1天"), (744, "每31天")])
def test_how_often_a_source_sends_is_said_in_days_where_it_is_days(
    login: Callable[[str], Client], people: dict[str, User], hours: int, says: str
) -> None:
    head = {"area": Area.objects.get(code="880000"), "kind": "file", "hour_label": "end", "unit_policy": "stated"}
    actions.save_source(people["coordinator"], head | {"expected_hours": hours, "name": "来源"})
    assert says in login("coordinator").get("/monitoring/sources/").content.decode()


def test_forms_say_what_is_wrong_beside_the_field(login: Callable[[str], Client]) -> None:
    client = login("coordinator")
    area = Area.objects.get(code="880101").pk
    given = {
        "code": "YX1",
        "name": "一号",
        "kind": "national",
        "area": area,
        "point_lon": "116.0512345",
        "point_lat": "40.05",
    }
    refused = client.post(reverse("monitoring:station_new"), given)
    assert refused.status_code == 400
    assert "坐标系" in refused.content.decode()
    assert client.post(reverse("monitoring:station_new"), given | {"datum": "CGCS2000"}).status_code == 302
    row = Station.objects.get()
    page = client.get(reverse("monitoring:station_edit", args=[row.uid])).content.decode()
    assert 'value="116.0512345"' in page  # saved again it moves by nothing
    stale = client.post(
        reverse("monitoring:station_edit", args=[row.uid]), given | {"datum": "CGCS2000", "revision": "7"}
    )
    assert "他人刚刚修改" in stale.content.decode()
    source = {
        "name": "平台",
        "kind": "api",
        "area": area,
        "hour_label": "",
        "time_zone": "Mars",
        "unit_policy": "stated",
    }
    wrong = client.post(reverse("monitoring:source_new"), source).content.decode()
    assert "没有这个时区" in wrong
    client.post(reverse("monitoring:source_new"), source | {"hour_label": "end", "time_zone": "UTC"})
    assert DataSource.objects.get().time_zone == "UTC"


def test_the_way_of_a_list_through_the_pages(login: Callable[[str], Client]) -> None:
    client = login("coordinator")
    good = SimpleUploadedFile("站点.csv", (HEAD + "YX1,=1+1,国控,东塘区,,,\n").encode())
    sent = client.post(reverse("monitoring:upload_stations"), {"file": good})
    page = client.get(sent.headers["Location"])
    assert "YX1" in page.content.decode()
    row = StagedFile.objects.get()
    client.post(reverse("monitoring:accept", args=[row.uid]))
    exported = client.get(reverse("monitoring:stations_export", args=["csv"])).content.decode("utf-8-sig")
    assert "YX1,'=1+1,国控" in exported
    assert client.get("/monitoring/stations/export.exe").status_code == 404
    bad = SimpleUploadedFile("站点.xlsx", b"PK\x03\x04 no workbook")
    answer = client.post(reverse("monitoring:upload_stations"), {"file": bad}, follow=True)
    assert 'role="alert"' in answer.content.decode()
