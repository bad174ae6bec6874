"""Every form that senders use, by invented packets: outcome, codes, content."""

from __future__ import annotations

import pytest

from lantian.protocols.hj212 import Profile, decode
from lantian.protocols.hj212 import sm4 as cipher
from lantian.protocols.hj212.profile import ProfileError, from_mapping
from tests.protocols.packets import COMMAND, DUST, KEY, framed, slow_crc, slow_modbus

CRC = f"{slow_crc(DUST.encode()):04X}"
MODBUS = f"{slow_modbus(DUST.encode()):04X}"
SWAPPED = CRC[2:] + CRC[:2]


def head(**changes: str | None) -> str:
    """DUST with other head fields; None drops one."""
    fields = dict(item.split("=") for item in DUST.split(";CP=")[0].split(";"))
    for name, text in changes.items():
        if text is None:
            del fields[name]
        else:
            fields[name] = text
    return ";".join(f"{name}={text}" for name, text in fields.items()) + DUST[DUST.index(";CP=") :]


def area(text: str) -> str:
    """DUST with another data area."""
    return f"{DUST[: DUST.index('CP=')]}CP=&&{text}&&"


LETTERS = next(
    text for text in (area(f"LA-Rtd={n}") for n in range(99)) if not f"{slow_crc(text.encode()):04X}".isdigit()
)

# Whatever is right in itself, however it is written.
ACCEPTED = {
    "as the standard has it": (framed(DUST), []),
    "no end mark": (framed(DUST, b""), ["tail-absent"]),
    "line feed": (framed(DUST, b"\n"), ["tail-lf"]),
    "end mark spelled out": (framed(DUST, b"\\r\\n"), ["tail-\\\\r\\\\n"]),
    "end mark of a relay": (framed(DUST, b"**"), ["tail-**"]),
    "keep-alives before": (b"\0\r\n\r\n" + framed(DUST), []),
    "lower-case checksum": (framed(LETTERS, crc=f"{slow_crc(LETTERS.encode()):04x}"), ["crc-lower-case"]),
    "no QN": (framed(head(QN=None)), ["no-qn"]),
    "QN of 14 digits": (framed(head(QN="20251103101500")), ["qn-format"]),
    "no Flag": (framed(head(Flag=None)), ["no-flag"]),
    "three-digit ST": (framed(head(ST="101")), ["st-format"]),
    "split bit without PNUM": (framed(head(Flag="7")), ["split-bit-without-pnum"]),
    "PNO before PNUM": (framed(head(Flag="7", PNO="0001", PNUM="0002")), ["split-part"]),
    "back-filled": (framed(head(Flag="9", RF="1")), ["rf"]),
    "old codes": (framed(area("DataTime=20251103101500;011-Rtd=31,011-Flag=N;S03-Rtd=7")), ["factor-2005"]),
    "names of a vendor": (framed(area("DataTime=20251103101500;PM10-Rtd=31;Lmax-Rtd=7")), ["factor-unlisted"]),
    "DataTime with milliseconds": (framed(area("DataTime=20251103101500000;LA-Rtd=1")), ["datatime-format"]),
    "no such day": (framed(area("DataTime=20250231101500;LA-Rtd=1")), ["datatime-invalid"]),
    "the same key twice": (framed(area("LA-Rtd=1;LA-Rtd=2")), ["repeated-keys"]),
    "separator at the end": (framed(area("LA-Rtd=1;")), ["trailing-separator"]),
    "blanks": (framed(area("DataTime=20251103101500; LA-Rtd = 1")), ["inner-whitespace"]),
    "GBK": (framed(area("i11001-Info=//更换滤膜//").encode("gbk")), ["text-gbk"]),
    "UTF-8": (framed(area("i11001-Info=//更换滤膜//")), []),
    "more than 1024 bytes": (
        framed(area(";".join(f"a2{n:04d}-Avg={n}.125,a2{n:04d}-Flag=N" for n in range(40)))),
        ["over-1024"],
    ),
    "no data area": (framed("QN=20251103101500123;ST=91;CN=9014;MN=A;Flag=4&&"), ["cp-missing"]),
}

# The checksum proves the content; the frame round it is wrong.
REPAIRED = {
    "length counts checksum and line end": (framed(DUST, length=len(DUST) + 6), ["length-mismatch(+6)"]),
    "length counts everything": (framed(DUST, length=len(DUST) + 12), ["length-mismatch(+12)"]),
    "length one short": (framed(DUST, length=len(DUST) - 1), ["length-mismatch(-1)"]),
    "length counts characters": (
        framed(area("i11001-Info=//时间校准//"), length=len(area("i11001-Info=//时间校准//"))),
        ["length-mismatch(-8)"],
    ),
    "length of three digits": (
        b"##" + framed(COMMAND)[3:],
        ["length-field-3-digits"],
    ),
    "registration text before": (b"+++AT,8612" + framed(DUST), ["junk-before-header"]),
}

REJECTED = {
    "wrong checksum": (framed(DUST, crc="0001"), ["crc-mismatch"]),
    "a byte changed": (framed(DUST).replace(b"=231,", b"=281,"), ["crc-mismatch"]),
    "cut off": (framed(DUST)[:120], [f"length-mismatch({len(DUST) - DUST.index('CP=&&') - 5:+d})", "crc-missing"]),
    "placeholder": (framed(DUST, crc="1234"), ["crc-mismatch"]),
    "a checksum round nothing": (framed("hello&&"), ["head-missing"]),
    "no frame": (b"GET / HTTP/1.0\r\n\r\n", ["header-missing"]),
    "nothing": (b"", ["header-missing"]),
    "only a header": (b"##0100", ["length-mismatch(+100)", "crc-missing"]),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(name: str) -> None:
    raw, codes = ACCEPTED[name]
    (frame,) = decode(raw)
    assert (frame.outcome, frame.codes) == ("accept", codes)
    assert frame.usable


@pytest.mark.parametrize("name", REPAIRED)
def test_repaired(name: str) -> None:
    raw, codes = REPAIRED[name]
    (frame,) = decode(raw)
    assert (frame.outcome, frame.codes) == ("repaired", codes)
    assert frame.usable


@pytest.mark.parametrize("name", REJECTED)
def test_rejected(name: str) -> None:
    raw, codes = REJECTED[name]
    (frame,) = decode(raw)
    assert (frame.outcome, frame.codes) == ("reject", codes)
    assert not frame.usable


@pytest.mark.parametrize(
    ("checksum", "kind", "code"),
    [(MODBUS, "modbus", "crc-is-modbus"), (SWAPPED, "swapped", "crc-bytes-swapped")],
)
def test_another_checksum_needs_a_confirmed_profile(checksum: str, kind: str, code: str) -> None:
    raw = framed(DUST, crc=checksum)
    (unknown,) = decode(raw)
    assert (unknown.outcome, unknown.codes, unknown.usable) == ("profile", [code], False)
    assert unknown.as_dict("a")["proposal"] == {"crc": kind}
    (known,) = decode(raw, Profile(crc=kind))
    assert (known.outcome, known.usable) == ("profile", True)


def test_no_checksum_at_all_only_by_profile_and_only_at_the_declared_length() -> None:
    profile = Profile(crc="none")
    (frame,) = decode(framed(DUST, crc="1234"), profile)
    assert (frame.outcome, frame.usable, frame.codes) == ("profile", True, ["crc-mismatch"])
    (frame,) = decode(framed(DUST, crc="1234", length=40), profile)
    assert frame.outcome == "reject"


def test_a_dropped_leading_zero_is_repaired() -> None:
    for value in range(3000):
        segment = area(f"LA-Rtd={value}")
        text = f"{slow_crc(segment.encode()):04X}"
        if text[0] == "0" and text[1] != "0":
            break
    (frame,) = decode(framed(segment, crc=text[1:]))
    assert (frame.outcome, frame.codes) == ("repaired", ["crc-leading-zero-dropped"])


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_what_is_encrypted_is_decrypted_where_its_own_checksum_holds_by_chance(encoding: str) -> None:
    """The checksum carries eight bits from byte to byte: one of 256 encrypted segments has that of its plain text."""
    for value in range(20000):
        note = f"{value}{'更换滤膜' * (value % 5)}滤膜"
        plain = area(f"i11001-Info=//{note}//").encode(encoding)
        start = plain.index(b"CP=&&") + 5
        hidden = plain[:start] + cipher.encrypt(plain[start:-2], KEY) + b"&&"
        if slow_crc(hidden) == slow_crc(plain):
            break
    else:
        pytest.fail("no such segment")
    raw = b"##%04d%s%04X\r\n" % (len(hidden), hidden, slow_crc(plain))
    for frame in decode(raw * 3, Profile(sm4_key=KEY)):
        assert "sm4-binary" in frame.codes
        assert frame.body is not None
        assert frame.body.factors["i11001"]["Info_text"] == f"//{note}//"


def test_encrypted_area_is_read_with_the_key_and_refused_without() -> None:
    start, end = DUST.encode().index(b"CP=&&") + 5, -2
    plain = DUST.encode()
    hidden = plain[:start] + cipher.encrypt(plain[start:end], KEY) + b"&&"
    raw = b"##%04d%s%s\r\n" % (len(hidden), hidden, CRC.encode())
    (frame,) = decode(raw, Profile(sm4_key=KEY))
    assert (frame.outcome, frame.codes) == ("accept", ["sm4-binary"])
    assert frame.body is not None
    assert frame.body.factors["a34002"] == {"Rtd": 88.5, "Flag": "N"}
    assert decode(raw)[0].outcome == "reject"
    assert decode(framed(DUST), Profile(sm4_key=KEY))[0].codes == []  # a device with a key may still send plain
    blocks = len(hidden[start:end]) & -16
    shown = "{" + ",".join(f"0x{one:02X}" for one in hidden[start : start + blocks]) + "}"
    printed = hidden[:start] + shown.encode() + hidden[start + blocks :]
    (frame,) = decode(b"##%04d%s%s\r\n" % (len(hidden), printed, CRC.encode()), Profile(sm4_key=KEY))
    assert frame.outcome == "repaired"
    assert "sm4-printed-hex" in frame.codes


def test_what_is_no_finite_number_is_null_with_its_text() -> None:
    text = "a-Rtd=1.2E+1;b-Rtd=NaN,b-Flag=D;c-Rtd=,c-Flag=B;d-Rtd=--;e-Rtd=1e999;f-Rtd=1_0;g-Rtd=-9999,g-Flag=0"
    (frame,) = decode(framed(area(text)))
    assert frame.body is not None
    assert frame.body.factors == {
        "a": {"Rtd": 12.0},
        "b": {"Rtd": None, "Rtd_text": "NaN", "Flag": "D"},
        "c": {"Rtd": None, "Rtd_text": "", "Flag": "B"},
        "d": {"Rtd": None, "Rtd_text": "--"},
        "e": {"Rtd": None, "Rtd_text": "1e999"},
        "f": {"Rtd": None, "Rtd_text": "1_0"},
        "g": {"Rtd": -9999.0, "Flag": "0"},
    }


def test_structure_is_read_as_sent() -> None:
    text = "BeginTime=1,EndTime=2;PolId==X;LA-Rtd-Max=3;i11001-Info=//a;b,c=d&&##0001//;Note=x,y;w01018-SN=00A1"
    (frame,) = decode(framed(area(text)))
    assert frame.body is not None
    assert frame.body.params == {"BeginTime": "1", "EndTime": "2", "PolId": "=X", "Note": "x,y"}
    assert frame.body.factors["LA"] == {"Rtd-Max": 3.0}
    assert frame.body.factors["i11001"] == {"Info": None, "Info_text": "//a;b,c=d&&##0001//"}
    assert frame.body.factors["w01018"] == {"SN": None, "SN_text": "00A1"}


def test_head_fields_are_found_by_name_in_any_case_and_order() -> None:
    (frame,) = decode(framed("mn = YX1;cn=2011,St=22;FLAG=4;;IMEI=86;CP=&&LA-Rtd=1&&"))
    assert frame.body is not None
    assert frame.body.head == {"MN": "YX1", "CN": "2011", "ST": "22", "Flag": "4"}
    assert frame.body.head_other == {"IMEI": "86"}


def test_a_second_device_number_in_a_head_takes_no_data_over() -> None:
    (frame,) = decode(framed(DUST.replace(";Flag=5", ";MN=YXOTHER;Flag=5")))
    assert frame.mn == "YX000000000000000000DUST"
    assert frame.codes == ["repeated-keys"]


def test_times_are_beijing_times_and_profiles_say_what_the_label_means() -> None:
    hour = framed(head(CN="2061").replace("DataTime=20251103101500", "DataTime=20251103110000"))
    assert decode(hour)[0].as_dict(1)["data_time"] == "2025-11-03T11:00:00+08:00"
    assert decode(hour, Profile(period_label="end"))[0].as_dict(1)["data_time"] == "2025-11-03T10:00:00+08:00"
    minute = framed(head(CN="2051"))
    (unknown,) = decode(minute, Profile(period_label="end"))
    assert unknown.as_dict(1)["data_time"] is None
    assert unknown.codes == ["period-length-unknown"]
    known = decode(minute, Profile(period_label="end", minutes=10))[0]
    assert known.as_dict(1)["data_time"] == "2025-11-03T10:05:00+08:00"
    assert decode(framed(DUST), Profile(period_label="end"))[0].as_dict(1)["data_time"] == "2025-11-03T10:15:00+08:00"


def test_aliases_name_the_factor_and_keep_the_wire_code() -> None:
    (frame,) = decode(framed(area("PM10-Rtd=31,PM10-Flag=N")), Profile(aliases={"PM10": "a34002"}))
    made = frame.as_dict(1)
    assert made["factors"] == {"a34002": {"Rtd": 31.0, "Flag": "N"}}
    assert made["wire"] == {"a34002": "PM10"}


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"crc": "md5"}, "crc"),
        ({"sm4_key_hex": "00"}, "sm4_key_hex"),
        ({"version": "1999"}, "version"),
        ({"minutes": 7}, "minutes"),
        ({"aliases": ["x"]}, "aliases"),
        ({"kleur": "blue"}, "kleur"),
    ],
)
def test_a_profile_that_cannot_be_meant_names_its_field(values: dict[str, object], name: str) -> None:
    with pytest.raises(ProfileError) as error:
        from_mapping(values)
    assert error.value.name == name
