"""Writing, answering, joining parts, knowing repeats, proposing a profile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.protocols.hj212 import Frame, Profile, answers, decode
from lantian.protocols.hj212.commands import name
from lantian.protocols.hj212.encode import EncodeError, frame, message, upload
from lantian.protocols.hj212.factors import lookup, meant_by, rows, table
from lantian.protocols.hj212.packets import Assembler, Repeats
from lantian.protocols.hj212.profile import from_mapping
from lantian.protocols.hj212.propose import propose
from lantian.protocols.hj212.simulate import devices, packets
from tests.conftest import examples
from tests.protocols.packets import AT, DUST, KEY, framed

CODES = st.from_regex(r"[aw][0-9]{5}", fullmatch=True)
ATTRIBUTES = st.sampled_from(["Rtd", "Min", "Avg", "Max", "Cou", "ZsAvg"])
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
FACTORS = st.dictionaries(CODES, st.dictionaries(ATTRIBUTES, NUMBERS, min_size=1), max_size=12)
PROFILES = st.sampled_from([Profile(), Profile(sm4_key=KEY), Profile(crc="modbus"), Profile(encoding="gbk")])


@given(FACTORS, st.text(alphabet="更换滤膜清洗 ab;,=&#", max_size=30), PROFILES)
@settings(max_examples=examples(80))
def test_what_is_written_is_read_back(factors: dict[str, dict[str, float]], note: str, profile: Profile) -> None:
    head = {"QN": "20251103101500123", "ST": "22", "CN": "2011", "PW": "123456", "MN": "YX1", "Flag": "5"}
    params = {"DataTime": "20251103101500"}
    logged: dict[str, dict[str, object]] = (
        {"i11001": {"Info": f"//{note.replace('&&', '&')}//"}} if note.strip() else {}
    )
    raw = message(head, params, {**factors, **logged}, profile)
    (got,) = decode(raw, profile)
    assert got.usable
    assert got.body is not None
    assert (got.body.head, got.body.params) == (head, params)
    assert {code: values for code, values in got.body.factors.items() if code != "i11001"} == factors
    assert ("i11001" in got.body.factors) == bool(logged)


@pytest.mark.parametrize("text", ["a;b", "a,b", "a&&b", "a\nb"])
def test_a_value_that_would_divide_a_frame_is_refused(text: str) -> None:
    with pytest.raises(EncodeError):
        message({"MN": "A"}, {"Note": text})


def test_a_segment_beyond_the_length_field_is_refused() -> None:
    with pytest.raises(EncodeError, match="length field"):
        frame(b"a" * 10_000 + b"&&")


def test_large_records_are_split_and_joined_in_any_order() -> None:
    factors = [(f"a2{n:04d}", {"Min": n, "Avg": n + 0.5, "Max": n + 1, "Flag": "N"}) for n in range(40)]
    sent = upload("YX1", "2061", AT, AT - timedelta(hours=1), factors)
    assert len(sent) > 1
    frames = [decode(raw)[0] for raw in sent]
    assert all("over-1024" not in one.codes for one in frames)
    assert len({one.body.head["QN"] for one in frames if one.body}) == len(frames)
    other = decode(upload("YX2", "2061", AT, AT - timedelta(hours=1), factors)[0])[0]
    joined = Assembler()
    assert joined.add(other) is not None
    open_parts = []
    for one in reversed(frames):
        last = joined.add(one)
        assert last is not None
        open_parts.append(len(last.missing))
    assert open_parts == list(range(len(frames) - 1, -1, -1))
    assert len(last.factors) == 40
    assert [one.mn for one in joined.incomplete] == ["YX2"]


def test_a_part_repeated_changes_nothing_and_a_limit_holds() -> None:
    factors = [(f"a2{n:04d}", {"Avg": n + 0.25, "Flag": "N"}) for n in range(60)]
    joined = Assembler(limit=3)
    for device in range(9):
        part = decode(upload(f"YX{device}", "2061", AT, AT, factors)[0])[0]
        first, again = joined.add(part), joined.add(part)
        assert first is not None
        assert again is not None
        assert first.missing == again.missing
    assert len(joined.incomplete) == 3


def test_repeats_are_known() -> None:
    known = Repeats(limit=2)
    (first,), (second,) = decode(framed(DUST)), decode(framed(DUST.replace("231", "232")))
    assert [known.seen(one) for one in (first, second, first, second)] == [False, False, True, True]


def answer(raw: bytes, profile: Profile | None = None) -> Frame | None:
    made = answers.answer_to(decode(raw, profile or Profile())[0], profile or Profile())
    return decode(made)[0] if made else None


def test_data_are_confirmed_with_their_own_number() -> None:
    got = answer(framed(DUST))
    assert got is not None
    assert got.body is not None
    assert got.body.head == {
        "QN": "20251103101500123",
        "ST": "91",
        "CN": "9014",
        "PW": "123456",
        "MN": "YX000000000000000000DUST",
        "Flag": "4",
    }
    assert (got.outcome, got.codes) == ("accept", [])


@pytest.mark.parametrize(
    ("raw", "profile", "command"),
    [
        (framed(DUST.replace("Flag=5", "Flag=4")), None, None),  # no answer wanted
        (framed(DUST, crc="0001"), None, None),  # never where the checksum fails
        (framed(DUST.replace("CN=2011", "CN=2000")), None, None),  # a vendor's own command
        (framed("QN=20251103101500123;ST=21;CN=9015;MN=A1;Flag=9;CP=&&&&"), None, "9014"),
        (framed("QN=20251103101500123;ST=21;CN=9015;MN=A1;Flag=9;CP=&&&&"), Profile(version="2025"), "9013"),
        (framed("QN=20251103101500123;ST=32;CN=1013;MN=A1;Flag=5;CP=&&PolId=w01018&&"), None, "9013"),
    ],
)
def test_who_is_answered(raw: bytes, profile: Profile | None, command: str | None) -> None:
    got = answer(raw, profile)
    assert (got.body.head["CN"] if got and got.body else None) == command


def test_an_unconfirmed_checksum_gets_no_answer() -> None:
    raw = upload("YX1", "2011", AT, AT, [("LA", {"Rtd": 1})], profile=Profile(crc="modbus"))[0]
    assert answers.answer_to(decode(raw)[0]) is None
    assert answers.answer_to(decode(raw, Profile(crc="modbus"))[0], Profile(crc="modbus")) is not None


def test_the_clock_is_watched_and_can_be_set() -> None:
    (got,) = decode(framed(DUST))
    assert answers.clock_offset(got, AT) == timedelta(milliseconds=123)
    assert not answers.clock_is_wrong(got, AT)
    assert answers.clock_is_wrong(got, AT - timedelta(hours=8))
    assert answers.clock_is_wrong(got, AT + timedelta(days=800))
    (order,) = decode(answers.set_clock("YX1", AT, system="39", password="123456"))
    assert order.body is not None
    assert (order.body.head["CN"], order.body.params) == ("1012", {"SystemTime": "20251103101500"})
    asked = answers.ask_history("YX1", "2061", AT, AT - timedelta(hours=3), AT, system="39", password="123456")
    assert decode(asked)[0].outcome == "accept"


def test_a_profile_is_proposed_with_its_evidence() -> None:
    profile = Profile(crc="modbus")
    hours = [AT.replace(minute=0) + timedelta(hours=n) for n in range(5)]
    factors = [("PM10", {"Avg": 0.085, "Flag": "N"}), ("zz9", {"Avg": 1.5, "Flag": "N"})]
    raw = [upload("YX1", "2061", at + timedelta(seconds=20), at, factors, profile=profile)[0] for at in hours]
    raw += [
        upload("YX1", "2051", at + timedelta(minutes=5), at, factors, profile=profile)[0]
        for at in (AT, AT + timedelta(minutes=5), AT + timedelta(minutes=10))
    ]
    found = propose(decode(one)[0] for one in raw)
    settings_found = {key: hint.value for key, hint in found.settings.items()}
    assert settings_found == {"crc": "modbus", "version": "2017", "period_label": "end", "minutes": "5"}
    assert found.settings["crc"].votes == 8
    assert found.aliases == {"PM10": "a34002"}
    assert found.unnamed == ["zz9"]
    assert found.units["PM10"] == ["mg/m3"]
    confirmed = from_mapping(found.as_mapping())
    (read,) = decode(raw[0], confirmed)
    assert read.usable
    assert read.as_dict(1)["data_time"] == (hours[0] - timedelta(hours=1)).isoformat()
    assert not confirmed.units  # a unit is never assumed


def test_2025_is_not_concluded_from_flag_alone() -> None:
    surface = decode(framed("QN=20251103101500123;ST=21;CN=2011;MN=A1;Flag=9;CP=&&w01001-Rtd=7.5&&"))
    assert "version" not in propose(surface).settings


def test_the_tables_hold() -> None:
    assert (len(rows()), len(table())) == (470, 468)
    assert all(factor.source and factor.status for factor in rows())
    assert all(factor.same_as in table() for factor in rows() if factor.same_as)
    pump = lookup("e70102")
    assert pump is not None
    assert pump.code == "e701xx"
    assert lookup("zz9") is None
    tsp = lookup("a34001")
    assert tsp is not None
    assert tsp.unit_printed == "ng/m3"  # what the standard prints, and nobody sends
    assert meant_by("011") == "w01018"
    assert meant_by("zz9") == ""
    assert name("ExeRtn", "100") == "没有数据"
    assert name("CN", "8013") == "8013"


def test_simulated_devices_are_the_same_for_the_same_seed() -> None:
    for device in devices(5):
        raw = packets(device, AT, seed=3)
        assert raw == packets(device, AT, seed=3)
        assert raw != packets(device, AT, seed=4)
        assert all(decode(one)[0].outcome == "accept" for one in raw)


def test_simulated_days_are_plausible() -> None:
    (air,) = [device for device in devices(2) if device.kind == "air"]
    day: dict[str, list[float]] = {}
    for minute in range(0, 3 * 1440, 20):
        (raw,) = packets(air, AT.replace(hour=0, minute=0) + timedelta(minutes=minute))
        body = decode(raw)[0].body
        assert body
        values = {code: found["Rtd"] for code, found in body.factors.items()}
        assert values["a34002"] > values["a34004"] > 0  # type: ignore[operator]
        for code, value in values.items():
            assert isinstance(value, float)
            day.setdefault(code, []).append(value)
    hourly = {code: [sum(values[hour * 3 :: 72]) for hour in range(24)] for code, values in day.items()}
    assert 12 <= hourly["a05024"].index(max(hourly["a05024"])) <= 18  # ozone in the afternoon
    assert 12 <= hourly["a01001"].index(max(hourly["a01001"])) <= 18
    assert max(day["a01002"]) < 100 > max(day["a34004"]) / 2
