"""Pages of the device register: what they show, what they escape, what they cost."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Unit
from lantian.apps.core import actions as core
from lantian.apps.core.models import User
from lantian.apps.devices import actions, lakedays, proposal
from lantian.apps.devices.models import Device, DeviceState, FactorUnit
from lantian.ingest import records
from lantian.lake import Lake
from lantian.lake.schema import OBSERVATION
from lantian.protocols.hj212.decode import decode
from lantian.protocols.hj212.profile import Profile
from tests.apps.devices import MN, PLAIN, enter, healthy, keep, packets, report

pytestmark = [pytest.mark.django_db]
Login = Callable[[str], Client]
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def lake(settings: Any, tmp_path: Path) -> None:
    settings.LANTIAN_LAKE = str(tmp_path / "data" / "lake")
    settings.LANGUAGE_CODE = "zh-hans"


def body(client: Client, name: str, *args: Any, **query: str) -> str:
    answer = client.get(reverse(f"devices:{name}", args=args), query)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def fill(row: Device, **changes: str) -> dict[str, str]:
    """The profile form as a browser sends it."""
    values = {"crc": "hj212", "version": "2017", "period_label": "start", "interval": "60", "do": "confirm"}
    return values | {"revision": str(row.revision)} | changes


# From an unknown number to a device whose units are confirmed


def test_from_an_unknown_number_to_statistics(people: dict[str, User], login: Login, settings: Any) -> None:
    keep(settings, packets(profile=Profile(crc="modbus")), marks=records.REJECTED)
    client = login("coordinator")
    page = body(client, "quarantine")
    assert MN in page
    answer = client.post(reverse("devices:register"), {"mn": MN})
    row = Device.objects.get(mn=MN)
    assert (answer.status_code, answer.url) == (302, reverse("devices:propose", args=[row.uid]))
    assert (row.kind, row.state) == ("dust", DeviceState.PROPOSED)
    assert MN not in body(client, "quarantine")
    page = body(client, "propose", row.uid)
    assert '<option value="modbus" selected>' in page
    assert "0.16" in page
    answer = client.post(reverse("devices:propose", args=[row.uid]), fill(row, crc="modbus", password="geheim"))
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.state == DeviceState.ACTIVE
    assert {one.factor: one.unit for one in row.units.all()} == {
        "a34001": "mg/m3", "a34004": "mg/m3", "a01001": "degC",
    }  # fmt: skip
    page = body(client, "device", row.uid)
    assert "geheim" not in page
    assert "••••••" in page
    units = {f"unit-{one.factor}": one.unit for one in row.units.all()}
    answer = client.post(reverse("devices:units", args=[row.uid]), units | {"revision": str(row.revision)})
    assert answer.status_code == 302
    assert FactorUnit.objects.filter(confirmed__isnull=False, by=people["coordinator"]).count() == 3


def test_one_unit_alone_is_confirmed(people: dict[str, User], login: Login) -> None:
    row = enter(people["coordinator"])
    actions.propose_units(people["coordinator"], row, proposal.observed([decode(one)[0] for one in packets()], {}))
    given = {"unit-a34001": "ug/m3", "unit-a34004": "ug/m3", "one": "a34001", "scale-a34001": "1000"}
    login("coordinator").post(reverse("devices:units", args=[row.uid]), given)
    assert [(one.factor, one.scale) for one in row.units.filter(confirmed__isnull=False)] == [("a34001", 1000)]


def test_what_is_wrong_with_a_unit_is_said(people: dict[str, User], login: Login) -> None:
    row = enter(people["coordinator"])
    actions.propose_units(people["coordinator"], row, proposal.observed([decode(one)[0] for one in packets()], {}))
    client, place = login("coordinator"), reverse("devices:units", args=[row.uid])
    answer = client.post(place, {"unit-a34001": "ug/m3", "scale-a34001": "viel"})
    assert (answer.status_code, 'value="viel"' in answer.content.decode()) == (400, True)
    assert client.post(place, {"one": "a34001"}).status_code == 400
    assert client.post(place, {"unit-a34001": "ug/m3", "revision": "99"}).status_code == 400


def test_a_proposal_from_pasted_packets_needs_no_gateway(people: dict[str, User], login: Login) -> None:
    row = enter(people["coordinator"], profile=False)
    text = "".join(frame.decode() for frame in packets(factors=(("107", 0.2),)))
    client, place = login("coordinator"), reverse("devices:propose", args=[row.uid])
    page = client.post(place, {"packets": text, "do": "read"}).content.decode()
    assert "107=a34001" in page
    answer = client.post(place, fill(row, packets=text, aliases="107=a34001"))
    assert answer.status_code == 302
    assert row.profiles.get().aliases == {"107": "a34001"}
    assert row.units.get().factor == "a34001"
    nothing = client.post(place, {"packets": "no packet", "do": "read"})
    assert "field-error" in nothing.content.decode()


@pytest.mark.parametrize(
    "changes", [{"aliases": "107"}, {"sm4_key": "xyz"}, {"crc": "md5"}, {"revision": "77"}, {"interval": "0"}]
)
def test_a_profile_form_says_what_is_wrong(people: dict[str, User], login: Login, changes: dict[str, str]) -> None:
    row = enter(people["coordinator"], profile=False)
    answer = login("coordinator").post(reverse("devices:propose", args=[row.uid]), fill(row, **changes))
    assert answer.status_code == 400
    assert "alert-danger" in answer.content.decode()
    assert not row.profiles.exists()


def test_a_device_is_entered_corrected_and_retired(login: Login) -> None:
    client = login("coordinator")
    area = str(Unit.objects.get(name="东塘区政府").area_id)
    given = {"mn": "HAND1", "name": "手工登记", "kind": "noise", "area": area, "state": "proposed"}
    assert client.post(reverse("devices:new"), given).status_code == 302
    row = Device.objects.get(mn="HAND1")
    assert client.post(reverse("devices:new"), given).status_code == 400
    assert client.post(reverse("devices:new"), given | {"mn": "A;CP=&&"}).status_code == 400
    place = reverse("devices:edit", args=[row.uid])
    assert client.post(place, given | {"state": "active", "revision": "1"}).status_code == 400
    assert client.post(place, given | {"state": "retired", "revision": "1"}).status_code == 302
    row.refresh_from_db()
    assert row.retired is not None
    assert client.post(place, given | {"revision": "1"}).status_code == 400


# Lists, states, files


def test_devices_that_send_rubbish_stand_with_their_reasons(
    people: dict[str, User], login: Login, settings: Any
) -> None:
    enter(people["coordinator"], "GOOD")
    enter(people["coordinator"], "BAD")
    bad = healthy(counts={"accepted": 50, "rejected": 50}, codes={"crc-mismatch": 48, "cp-missing": 2})
    report(settings, {"GOOD": healthy(), "BAD": bad})
    page = body(login("inspector"), "list", show="rubbish")
    assert "BAD" in page
    assert "GOOD" not in page
    assert "校验码错误 48" in page
    assert "GOOD" in body(login("inspector"), "list", show="online")


def test_a_silent_gateway_is_said(people: dict[str, User], login: Login, settings: Any) -> None:
    enter(people["coordinator"])
    client = login("coordinator")
    assert "网关尚未运行" in body(client, "list")
    report(settings, {}, written="2026-01-01T00:00:00+00:00", alarms={"lake": "磁盘满"})
    page = body(client, "list")
    assert "2026-01-01 08:00:00" in page
    assert "磁盘满" in page


def test_what_arrived_in_the_lake_is_counted_by_day(people: dict[str, User], login: Login, settings: Any) -> None:
    row = enter(people["coordinator"])
    now = timezone.now().replace(microsecond=0, second=0)
    rows = [
        (
            MN,
            "a34001",
            "Rtd",
            now - timedelta(minutes=n),
            "instant",
            0.16,
            None,
            "N" if n % 2 else "D",
            None,
            "hj212 10.0.0.7",
            now,
        )
        for n in range(60)
    ]
    columns = zip(zip(*rows, strict=True), OBSERVATION, strict=True)
    table = pa.Table.from_arrays([pa.array(list(given), one.type) for given, one in columns], schema=OBSERVATION)
    Lake(settings.LANTIAN_LAKE).append(table, transaction=("test", 1))
    profile = row.profiles.get()
    days = lakedays.days(MN, profile, now)
    assert (sum(one.valid for one in days), sum(one.periods for one in days)) == (30, 60)
    assert lakedays.days(MN, profile, now + timedelta(days=30)) == []
    assert lakedays.stuck([MN], now + timedelta(hours=1)) == {MN: ["a34001"]}
    page = body(login("coordinator"), "device", row.uid)
    assert "实时数据" in page


def test_hostile_numbers_and_packets_are_escaped_everywhere(
    people: dict[str, User], login: Login, settings: Any
) -> None:
    number = "=cmd<script>"
    evil = packets(f"{HOSTILE}", number=1, factors=(("a34001", 1.0),))
    row = enter(people["coordinator"], number, name="=HYPERLINK(1)", note="@x")
    raw = packets(number, number=2)
    keep(settings, [*raw, *evil], marks=records.REJECTED)
    report(settings, {number: healthy(peer=HOSTILE, codes={HOSTILE: 3}), HOSTILE: healthy(known=False, peer=HOSTILE)})
    client = login("coordinator")
    for name, args in (("list", ()), ("quarantine", ()), ("device", (row.uid,)), ("propose", (row.uid,))):
        page = body(client, name, *args, show="rubbish") if name == "list" else body(client, name, *args)
        assert "<script>alert" not in page
        assert "cmd<script>" not in page
    answer = client.get(reverse("devices:export", args=["csv"]))
    cells = next(line for line in csv.reader(StringIO(answer.content.decode("utf-8-sig"))) if "cmd" in line[0])
    assert (cells[0][:2], cells[1][:2], cells[8][:2]) == ("'=", "'=", "'@")
    answer = client.get(reverse("devices:export", args=["xlsx"]))
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert (sheet["A2"].value, sheet["A2"].data_type) == (number, "s")


def test_an_export_comes_back_as_a_list(people: dict[str, User], login: Login) -> None:
    row = enter(people["coordinator"], name="出去再回来", owner=Unit.objects.get(name="市交通局"))
    client = login("coordinator")
    content = client.get(reverse("devices:export", args=["xlsx"])).content
    staged = actions.stage(people["coordinator"], "devices.xlsx", [content])
    assert staged.problems == []
    assert actions.accept(people["coordinator"], staged) == 1
    row.refresh_from_db()
    assert (row.name, row.owner.name if row.owner else "") == ("出去再回来", "市交通局")


def test_an_empty_list_and_an_upload(login: Login) -> None:
    client = login("administrator")
    empty = client.get(reverse("devices:empty")).content
    assert openpyxl.load_workbook(BytesIO(empty))["设备"]["A1"].value == "设备编号MN*"
    answer = client.post(reverse("devices:upload"), {"file": SimpleUploadedFile("清单.csv", b"MN,x\n1,2\n")})
    assert "缺少这一列" in client.get(answer.url).content.decode()
    answer = client.post(reverse("devices:upload"), {"file": SimpleUploadedFile("a.xlsx", b"\x00\x01")}, follow=True)
    assert "alert" in answer.content.decode()


# Who sees what, and what it costs


def test_a_district_sees_its_own_devices(people: dict[str, User]) -> None:
    user = core.create_user(None, "west", "west-password", must_change_password=False)
    add_membership(None, user, Unit.objects.get(name="西塘区生态环境局"), "reviewer")
    east, west = enter(people["coordinator"], "EAST"), enter(people["coordinator"], "WEST", area="880102")
    client = Client()
    client.force_login(user)
    page = body(client, "list")
    assert "WEST" in page
    assert "EAST" not in page
    assert client.get(reverse("devices:device", args=[east.uid])).status_code == 404
    assert client.get(reverse("devices:device", args=[west.uid])).status_code == 200
    assert client.get(reverse("devices:propose", args=[west.uid])).status_code == 403
    assert client.get(reverse("devices:quarantine")).status_code == 403


@pytest.mark.db
def test_the_number_of_queries_does_not_grow(people: dict[str, User], login: Login, settings: Any) -> None:
    client = login("coordinator")

    def queries(count: int) -> dict[str, int]:
        for n in range(Device.objects.count(), count):
            row = enter(people["coordinator"], f"MANY{n}", owner=Unit.objects.get(name="市交通局"))
            actions.save_profile(people["coordinator"], row, PLAIN | {"interval": 30 + n})
        report(
            settings,
            {f"MANY{n}": healthy() for n in range(count)} | {f"X{n}": healthy(known=False) for n in range(count)},
        )
        found = {}
        for name in ("list", "quarantine"):
            for _turn in range(2):
                with CaptureQueriesContext(
                    connection,
                ) as asked:
                    body(client, name)
            found[name] = len(asked)
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("devices:export", args=["csv"])).content  # noqa: B018
        return found | {"export": len(asked)}

    assert queries(2) == queries(12)
