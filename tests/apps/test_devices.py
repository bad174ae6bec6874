"""The register of devices: profiles, secrets, units, lists, and the file that the gateway reads."""

from __future__ import annotations

import json
import stat
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as fast
from hypothesis import strategies as st

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Area, Unit
from lantian.apps.core import actions as core
from lantian.apps.core import jobs
from lantian.apps.core.models import AuditEvent, StagedState, User
from lantian.apps.devices import actions, health, profilesfile, proposal, sent
from lantian.apps.devices.models import Device, DeviceState, FactorUnit
from lantian.apps.monitoring.errors import RegistryError, StaleError
from lantian.apps.monitoring.models import Station
from lantian.ingest import records
from lantian.ingest.registry import parse
from lantian.protocols.hj212 import simulate
from lantian.protocols.hj212.decode import decode
from lantian.protocols.hj212.profile import Profile
from tests.apps.devices import MN, PLAIN, enter, healthy, keep, packets, report
from tests.conftest import examples

pytestmark = [pytest.mark.django_db, pytest.mark.db]
KEY = "30" * 16


@pytest.fixture(autouse=True)
def lake(settings: Any, tmp_path: Path) -> Path:
    settings.LANTIAN_LAKE = str(tmp_path / "data" / "lake")
    return tmp_path / "data" / "lake"


def confirm(by: User, row: Device, **units: str) -> int:
    actions.propose_units(by, row, proposal.observed([decode(one)[0] for one in packets()], {}))
    return actions.confirm_units(by, row, {code: (unit, Decimal(1)) for code, unit in units.items()})


# The file of profiles


def test_what_the_register_says_is_what_the_gateway_reads(people: dict[str, User]) -> None:
    coordinator = people["coordinator"]
    station = Station.objects.create(code="S1", name="柳桥站", kind="town", area=Area.objects.get(code="880101001"))
    row = enter(coordinator, station=station, profile=False)
    values = PLAIN | {"crc": "modbus", "version": "2025", "period_label": "end", "minutes": 5, "encoding": "gbk"}
    values |= {"aliases": {"107": "a34001"}, "password": "654321", "sm4_key": KEY, "check_password": True}
    actions.save_profile(coordinator, row, values)
    confirm(coordinator, row, a34001="mg/m3")
    assert profilesfile.write()
    devices, problems = parse(profilesfile.path().read_bytes(), "profiles.json")
    assert problems == []
    device = devices[MN]
    assert (device.station, device.password, device.interval) == ("S1", "654321", 60)
    expected = Profile(
        "modbus", "2025", "gbk", "end", 5, bytes.fromhex(KEY), {"107": "a34001"}, {"a34001": "mg/m3"}
    )  # fmt: skip
    assert device.profile == expected
    assert stat.S_IMODE(profilesfile.path().stat().st_mode) == 0o600
    assert not profilesfile.write()


def test_only_devices_in_use_stand_in_the_file(people: dict[str, User]) -> None:
    coordinator = people["coordinator"]
    enter(coordinator, "WAITS", profile=False)
    active = enter(coordinator, "WORKS")
    gone = enter(coordinator, "GONE")
    actions.save_device(coordinator, {"state": DeviceState.RETIRED}, device=gone)
    assert set(profilesfile.entries()) == {"WORKS"}
    actions.save_device(coordinator, {"state": DeviceState.MAINTENANCE}, device=active)
    assert set(profilesfile.entries()) == {"WORKS"}


def test_an_unconfirmed_or_scaled_unit_is_not_told_to_the_gateway(people: dict[str, User]) -> None:
    coordinator = people["coordinator"]
    row = enter(coordinator)
    confirm(coordinator, row, a34001="mg/m3")
    actions.confirm_units(coordinator, row, {"a34004": ("ug/m3", Decimal(1000))})
    assert profilesfile.entries()[MN]["units"] == {"a34001": "mg/m3"}


def test_a_password_that_is_not_compared_is_not_told(people: dict[str, User]) -> None:
    row = enter(people["coordinator"], profile=False)
    actions.save_profile(people["coordinator"], row, PLAIN | {"password": "654321"})
    assert "password" not in profilesfile.entries()[MN]


def test_a_lost_or_damaged_file_comes_back(people: dict[str, User], run_jobs: Any) -> None:
    enter(people["coordinator"])
    run_jobs()
    good = profilesfile.path().read_bytes()
    profilesfile.path().write_bytes(b"half a fi")
    profilesfile.path().chmod(0o644)
    jobs.enqueue_daily()
    run_jobs()
    assert profilesfile.path().read_bytes() == good
    assert stat.S_IMODE(profilesfile.path().stat().st_mode) == 0o600
    names = {one.name for one in profilesfile.path().parent.glob("profiles.json*")}
    assert names == {"profiles.json", "profiles.json.lock"}


def test_a_changed_secret_key_costs_the_secrets_and_not_the_file(people: dict[str, User], settings: Any) -> None:
    row = enter(people["coordinator"], profile=False)
    actions.save_profile(people["coordinator"], row, PLAIN | {"sm4_key": KEY})
    settings.SECRET_KEY = "another key of the installation, long enough for it"
    assert "sm4_key_hex" not in profilesfile.entries()[MN]


# Profiles


def test_secrets_stand_nowhere_in_clear(people: dict[str, User]) -> None:
    coordinator = people["coordinator"]
    row = enter(coordinator, profile=False)
    actions.save_profile(coordinator, row, PLAIN | {"password": "geheim7", "sm4_key": KEY})
    kept = row.profiles.get()
    told = json.dumps(list(AuditEvent.objects.values_list("before", "after")))
    for secret in ("geheim7", KEY):
        assert secret not in kept.password + kept.sm4_key
        assert secret not in told
    assert '"password": "set"' in told
    actions.save_profile(coordinator, row, PLAIN | {"interval": 30})
    second = row.profiles.get(number=2)
    assert (second.password, second.sm4_key) == (kept.password, kept.sm4_key)
    actions.save_profile(coordinator, row, PLAIN | {"password": "", "sm4_key": ""})
    assert (row.profiles.get(number=3).password, row.profiles.get(number=3).sm4_key) == ("", "")


def test_a_confirmed_profile_brings_a_device_into_use_and_keeps_its_versions(people: dict[str, User]) -> None:
    coordinator = people["coordinator"]
    row = enter(coordinator, profile=False)
    with pytest.raises(RegistryError):
        actions.save_device(coordinator, {"state": DeviceState.ACTIVE}, device=row)
    first = actions.save_profile(coordinator, row, PLAIN)
    assert actions.save_profile(coordinator, row, PLAIN).pk == first.pk
    actions.save_profile(coordinator, row, PLAIN | {"period_label": "end", "why": "核对了时标"})
    row.refresh_from_db()
    assert row.state == DeviceState.ACTIVE
    assert [(one.number, one.period_label) for one in row.profiles.all()] == [(2, "end"), (1, "start")]


def test_two_people_do_not_overwrite_each_other(people: dict[str, User]) -> None:
    row = enter(people["coordinator"])
    seen = row.revision
    actions.save_profile(people["coordinator"], row, PLAIN | {"interval": 30}, revision=seen)
    with pytest.raises(StaleError):
        actions.save_profile(people["administrator"], row, PLAIN | {"interval": 10}, revision=seen)
    with pytest.raises(StaleError):
        actions.save_device(people["administrator"], {"name": "别名"}, device=row, revision=seen)


def test_a_profile_that_the_gateway_would_refuse_is_refused(people: dict[str, User]) -> None:
    row = enter(people["coordinator"], profile=False)
    with pytest.raises(RegistryError) as refused:
        actions.save_profile(people["coordinator"], row, PLAIN | {"minutes": 7})
    assert refused.value.field == "minutes"
    assert not row.profiles.exists()


# Units


def test_a_confirmed_unit_is_replaced_and_kept(people: dict[str, User]) -> None:
    coordinator = people["coordinator"]
    row = enter(coordinator)
    assert confirm(coordinator, row, a34001="mg/m3", a34004="mg/m3") == 2
    assert actions.confirm_units(coordinator, row, {"a34001": ("mg/m3", Decimal(1))}) == 0
    assert actions.confirm_units(coordinator, row, {"a34001": ("ug/m3", Decimal(1))}) == 1
    old, new = row.units.filter(factor="a34001").order_by("id")
    assert (old.unit, old.ended is not None) == ("mg/m3", True)
    assert (new.unit, new.ended, new.by) == ("ug/m3", None, coordinator)
    assert AuditEvent.objects.filter(action="device.units").first().before == {"a34001": "mg/m3"}


def test_looking_again_does_not_touch_what_is_confirmed(people: dict[str, User]) -> None:
    coordinator = people["coordinator"]
    row = enter(coordinator)
    confirm(coordinator, row, a34001="ng/m3")
    later = proposal.observed([decode(one)[0] for one in packets(factors=(("a34001", 99.0), ("LA", 55.0)))], {})
    assert actions.propose_units(coordinator, row, later) == 1
    assert row.units.get(factor="a34001").unit == "ng/m3"
    assert row.units.get(factor="LA").confirmed is None


@pytest.mark.parametrize(("unit", "scale"), [("furlong", Decimal(1)), ("", Decimal(1)), ("ug/m3", Decimal("NaN"))])
def test_no_unit_or_scale_of_no_use(people: dict[str, User], unit: str, scale: Decimal) -> None:
    row = enter(people["coordinator"])
    confirm(people["coordinator"], row)
    with pytest.raises(RegistryError):
        actions.confirm_units(people["coordinator"], row, {"a34001": (unit, scale)})
    assert not FactorUnit.objects.filter(confirmed__isnull=False).exists()


# Rights


def test_a_districts_office_keeps_its_own_devices_only(people: dict[str, User]) -> None:
    district = core.create_user(None, "east", "east-password", must_change_password=False)
    add_membership(None, district, Unit.objects.get(name="东塘区生态环境局"), "coordinator")
    row = enter(district)
    other = enter(people["coordinator"], "WEST", area="880102")
    with pytest.raises(PermissionDenied):
        actions.save_profile(district, other, PLAIN)
    with pytest.raises(RegistryError):
        actions.save_device(district, {"area": other.area}, device=row)
    with pytest.raises(RegistryError):
        enter(district, "NEW", area="880102")


@pytest.mark.parametrize("role", ["viewer", "reporter", "reviewer", "inspector"])
def test_others_change_nothing(people: dict[str, User], role: str) -> None:
    row = enter(people["coordinator"])
    for change in (
        lambda: actions.save_device(people[role], {"name": "x"}, device=row),
        lambda: actions.save_profile(people[role], row, PLAIN),
        lambda: actions.confirm_units(people[role], row, {}),
        lambda: actions.register(people[role], "X", "dust"),
        lambda: actions.stage(people[role], "a.csv", [b"x"]),
    ):
        with pytest.raises(PermissionDenied):
            change()


def test_one_click_registers_at_the_station_that_names_the_number(people: dict[str, User]) -> None:
    area = Area.objects.get(code="880101001")
    station = Station.objects.create(code="S1", name="柳桥站", kind="town", area=area, mn=MN)
    row = actions.register(people["coordinator"], MN, "dust")
    assert (row.station, row.area, row.name, row.state) == (station, area, "柳桥站", DeviceState.PROPOSED)
    with pytest.raises(RegistryError):
        actions.register(people["coordinator"], MN, "dust")


def test_many_devices_are_entered_in_few_statements_and_once(
    people: dict[str, User], django_assert_max_num_queries: Any
) -> None:
    area = Area.objects.get(code="880101")

    def rows() -> list[Device]:
        return [
            Device(mn=one.mn, name=one.mn, kind=one.kind, area=area, state=DeviceState.ACTIVE)
            for one in simulate.devices(300)
        ]

    profile = {"crc": "hj212", "version": "2017", "period_label": "start", "interval": 60}
    with django_assert_max_num_queries(20):
        assert actions.enter_many(people["coordinator"], rows(), profile, {"noise": {"LA": "dB"}}, "演示") == 300
    assert actions.enter_many(people["coordinator"], rows(), profile, {}, "演示") == 0
    devices = profilesfile.entries()
    assert len(devices) == 300
    noise = next(one for one in simulate.devices(300) if one.kind == "noise")
    assert devices[noise.mn]["units"] == {"LA": "dB"}
    with pytest.raises(PermissionDenied):
        actions.enter_many(people["reviewer"], rows(), profile, {}, "演示")


# What devices sent


def test_proposal_from_what_a_device_sends() -> None:
    profile = Profile(crc="modbus")
    frames = packets(profile=profile, command="2061", every=timedelta(hours=1), lag=timedelta(minutes=2))
    found = proposal.suggestion([decode(one)[0] for one in frames])
    assert (found.settings["crc"].value, found.settings["crc"].votes) == ("modbus", 5)
    assert found.settings["period_label"].value == "end"
    assert (found.interval.value if found.interval else None, found.usable, found.kind) == ("3600", 0, "dust")
    tsp = next(one for one in found.factors if one.factor == "a34001")
    assert (tsp.low, tsp.middle, tsp.high, tsp.candidates) == (0.16, 0.192, 0.224, ("mg/m3",))


def test_aliases_are_proposed_and_named() -> None:
    found = proposal.suggestion([decode(one)[0] for one in packets(factors=(("PM10", 80.0), ("zz9", 3.0)))])
    assert dict(found.aliases) == {"PM10": "a34002"}
    assert {one.wire: (one.factor, one.listed) for one in found.factors} == {
        "PM10": ("a34002", True),
        "zz9": ("zz9", False),
    }


def test_the_newest_packets_are_found_in_the_end_of_a_long_journal(settings: Any) -> None:
    keep(settings, packets(number=3), junk=20_000)  # more than is read: reading begins inside a record
    assert len(sent.of_device(MN, 10)) == 3
    assert sent.of_device(MN, 10)[0].peer == "10.0.0.7:4711"
    assert sent.of_device(MN[:-1], 10) == []


def test_no_journal_is_no_packets(settings: Any) -> None:
    assert sent.of_device(MN, 10) == []
    assert sent.numbers() == {}
    keep(settings, [])
    assert sent.of_device(MN, 10) == []


def test_a_number_that_nothing_proves_is_known_by_the_journal(settings: Any) -> None:
    keep(settings, packets("ODD1", profile=Profile(crc="modbus")), marks=records.REJECTED)
    found = sent.numbers()["ODD1"]
    assert (found.packets, found.rejected) == (5, 5)


def test_the_password_of_a_packet_is_hidden() -> None:
    packet = sent.Packet(packets()[0])
    assert "PW=***;" in packet.text
    assert "123456" not in packet.text


def test_pasted_packets_are_found_between_other_lines() -> None:
    lines = "\n".join(f"[2025-11-03 10:00] recv {frame.decode().strip()}" for frame in packets(number=4))
    assert [one.frame().mn for one in sent.pasted(lines)] == [MN] * 4
    assert sent.pasted("nothing here ## at all") == []


@fast(max_examples=examples(60), deadline=None)
@given(st.text(max_size=300))
def test_any_pasted_text_is_read_or_not(text: str) -> None:
    assert len(sent.pasted(text + packets(number=1)[0].decode())) <= 2
    proposal.suggestion([one.frame() for one in sent.pasted(text)])


# Health


@pytest.mark.parametrize(
    ("changes", "state", "problems"),
    [
        ({}, "online", ()),
        ({"last_seen": "2026-01-01T00:00:00+00:00"}, "offline", ()),
        ({"last_seen": None}, "never", ()),
        ({"counts": {"accepted": 90, "rejected": 10}}, "online", ("rubbish",)),
        ({"clock_offset_seconds": -28800}, "online", ("clock",)),
        ({"expected_share": 0.5, "counts": {"accepted": 5, "repeated": 5}}, "online", ("low", "repeats")),
        ({"second_peer": "10.0.0.8"}, "online", ("second_peer",)),
    ],
)
def test_verdicts(settings: Any, changes: dict[str, Any], state: str, problems: tuple[str, ...]) -> None:
    report(settings, {MN: healthy(**changes)})
    verdict = health.judge("active", health.report().devices[MN], 60, timezone.now())
    assert (verdict.state, verdict.problems) == (state, problems)


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{", '{"devices": 3}', '{"devices": {"A": 1, "B": {"counts": [], "last_seen": 5, "peer": null}}}',
     '{"written": "yesterday", "devices": {"B": {"expected_share": "x", "counts": {"a": "b", "c": true}}}}'],
)  # fmt: skip
def test_a_file_of_no_use_says_nothing(settings: Any, content: str) -> None:
    folder = Path(settings.LANTIAN_LAKE).with_name("journal")
    folder.mkdir(parents=True)
    (folder / "devices.json").write_text(content)
    found = health.report()
    assert found.written is None
    assert all(one.last_seen is None and one.total == 0 for one in found.devices.values())


# Lists

HEAD = "设备编号MN*,设备名称*,设备类型*,所在区域*,责任单位,是否考核,安装日期\n"


def test_a_list_is_taken_over_as_a_whole(people: dict[str, User]) -> None:
    coordinator = people["coordinator"]
    old = enter(coordinator, "OLD1")
    text = HEAD + "OLD1,新名,工地扬尘,东塘区,市交通局,是,2025-03-01\nNEW1,二号,噪声,柳桥街道,,,\n"
    staged = actions.stage(coordinator, "清单.csv", [text.encode("gb18030")])
    assert staged.problems == []
    assert actions.accept(coordinator, staged) == 2
    old.refresh_from_db()
    assert (old.name, old.owner.name if old.owner else "", old.installed) == ("新名", "市交通局", date(2025, 3, 1))
    assert old.state == DeviceState.ACTIVE
    assert Device.objects.get(mn="NEW1").state == DeviceState.PROPOSED
    with pytest.raises(RegistryError):
        actions.accept(coordinator, staged)


def test_every_problem_has_its_row_and_nothing_is_taken(people: dict[str, User]) -> None:
    coordinator = people["coordinator"]
    text = HEAD + "A1,一,飞机,东塘区,无名局,也许,昨天\nA1,二,噪声,某区,,,\n,三,噪声,东塘区,,,\n"
    staged = actions.stage(coordinator, "坏.csv", [text.encode()])
    assert {(item["line"], item["column"]) for item in staged.problems} == {
        (2, "kind"), (2, "owner"), (2, "for_assessment"), (2, "installed"), (3, "area"), (3, "mn"), (4, "mn"),
    }  # fmt: skip
    with pytest.raises(RegistryError):
        actions.accept(coordinator, staged)
    actions.drop(coordinator, staged)
    staged.refresh_from_db()
    assert (staged.state, Device.objects.count()) == (StagedState.DROPPED, 0)
