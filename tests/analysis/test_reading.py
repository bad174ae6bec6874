"""Reading hourly data: layouts, labels, numbers — and everything that is refused, with file, line and reason."""

from __future__ import annotations

import csv
import gzip
import io
import math
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.analysis import csvbytes, observations
from lantian.analysis.csvbytes import as_text, blocks, header_of
from lantian.analysis.errors import DataError
from lantian.analysis.observations import read_observations
from lantian.analysis.published import altered_copy
from tests.analysis.invented import HEADER, write_station
from tests.conftest import examples

LONG = "station,time,pollutant,value,unit\n"


def write(folder: Path, text: str | bytes, name: str = "data.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refusal(path: Path, label: observations.HourLabel = "begin") -> DataError:
    with pytest.raises(DataError) as raised:
        read_observations([path], label)
    assert str(path) in raised.value.zh
    assert str(path) in raised.value.en
    return raised.value


def row(values: str = "1,2,3,4,500,6", *, at: str = "2024,5,1,0", station: str = "云溪一中") -> str:
    return f'1,{at},{values},-0.5,"NW",{station}\n'


def test_prsa_values_and_units(tmp_path: Path):
    data = read_observations([write(tmp_path, HEADER + row("NA,2.5,,4,1300,1.4994"))], "begin")
    assert (data.stations, data.first_day, data.days, data.spans) == (("云溪一中",), date(2024, 5, 1), 1, ((0, 0),))
    first = {name: values[0, 0] for name, values in data.values.items()}
    assert math.isnan(first["PM2.5"])
    assert math.isnan(first["SO2"])
    assert [first[name] for name in ("PM10", "NO2", "CO", "O3")] == [2.5, 4, 1.3, 1.4994]
    assert np.isnan(data.values["O3"][0, 1:]).all()


def test_gzip_in_several_members_and_with_padding_is_one_file(tmp_path: Path):
    parts = gzip.compress((HEADER + row()).encode()) + gzip.compress(row(at="2024,5,1,1").encode()) + b"\0" * 512
    data = read_observations([write(tmp_path, parts, "data.csv.gz")], "begin")
    assert data.values["PM2.5"][0, :2].tolist() == [1.0, 1.0]


def test_a_file_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(csvbytes, "FLOOR", 1 << 20)
    bomb = gzip.compress((HEADER + row()).encode() + b"0" * (5 << 20))
    assert "far more than hours of air" in refusal(write(tmp_path, bomb, "data.csv.gz")).en
    plain = (HEADER + row()).encode() + b"\n" * (5 << 20)
    assert read_observations([write(tmp_path, plain)], "begin").days == 1  # nothing was packed
    monkeypatch.setattr(csvbytes, "LARGEST", 4 << 20)
    assert "too large" in refusal(write(tmp_path, plain)).en


def test_the_label_moves_an_hour_and_hour_0_to_the_day_before(tmp_path: Path):
    path = write(tmp_path, HEADER + row(at="2024,3,1,0") + row("9,9,9,9,9,9", at="2024,3,1,23"))
    begin, end = read_observations([path], "begin"), read_observations([path], "end")
    assert (begin.first_day, begin.days) == (date(2024, 3, 1), 1)
    assert (end.first_day, end.days) == (date(2024, 2, 29), 2)
    assert end.values["O3"][0, 23] == 6
    assert end.values["O3"][0, 24 + 22] == 9


def test_hours_1_to_24_are_ends(tmp_path: Path):
    path = write(tmp_path, HEADER + row(at="2024,3,1,24"))
    assert read_observations([path], "end").values["O3"][0, 23] == 6
    assert "24:00" in refusal(path).en


def test_long_layout_converts_units_and_takes_iso_times(tmp_path: Path):
    lines = (
        "乙站,2024-05-01T05:00,CO,1.25,mg/m3\n"
        "乙站,2024-05-01 06:00:00,CO,1250,µg/m³\n"
        "甲站,2024-05-02T00,PM2.5,0.035,毫克/立方米\n"
        "甲站,2024-05-02T01:00:00+08:00,PM2.5,35.4,ug/m3\n"
    )
    data = read_observations([write(tmp_path, LONG + lines)], "begin")
    assert data.stations == ("乙站", "甲站"), "sorted by name"
    assert data.spans == ((0, 0), (1, 1))
    assert data.values["CO"][0, 5:7].tolist() == [1.25, 1.25]
    assert data.values["PM2.5"][1, 24:26].tolist() == [35.0, 35.4]


def test_column_order_quotes_line_ends_and_gzip_do_not_matter(tmp_path: Path):
    plain = read_observations([write_station(tmp_path, "柳塘公园", datetime(2024, 1, 1), 3, 1)], "begin")  # noqa: DTZ001
    source = (tmp_path / "柳塘公园.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(source)))
    quoted = io.StringIO()
    csv.writer(quoted, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows([line[::-1] for line in rows])
    odd = io.StringIO()
    csv.writer(odd).writerows([[*line, 'wind, "strong"' if line is not rows[0] else "note, of day"] for line in rows])
    for name, text in (("a.csv", quoted.getvalue()), ("b.csv", odd.getvalue()), ("c.csv", source.replace("\n", "\r"))):
        path = write(tmp_path, b"\xef\xbb\xbf" + text.encode(), name)
        packed = write(tmp_path, gzip.compress(path.read_bytes()), name + ".gz")
        for found in (read_observations([path], "begin"), read_observations([packed], "begin")):
            for pollutant, values in plain.values.items():
                assert np.array_equal(found.values[pollutant], values, equal_nan=True), name


def test_blocks_break_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = write_station(tmp_path, "云溪一中", datetime(2024, 1, 1), 9, 3)  # noqa: DTZ001
    whole = read_observations([path], "begin")
    monkeypatch.setattr("lantian.analysis.csvbytes.BLOCK", 777)
    for pollutant, values in read_observations([path], "begin").values.items():
        assert np.array_equal(values, whole.values[pollutant], equal_nan=True)
    broken = write(tmp_path, path.read_text(encoding="utf-8").replace(",2024,1,5,7,", ",2024,1,32,7,"), "broken.csv")
    assert "line 105: there is no time 2024-01-32 07:00" in refusal(broken).en


CELL = st.one_of(
    st.just(""),
    st.just("NA"),
    st.integers(0, 10**17).map(str),
    st.decimals(0, 99999, places=4).map(str),
    st.floats(0, 1e6).map(repr),
    st.sampled_from([".5", "5.", "+3", "1e3", "-0", " 7 ", "007.250"]),
)


@given(st.lists(CELL, min_size=1, max_size=40))
@settings(max_examples=examples(100))
def test_numbers_are_read_as_python_reads_them(cells: list[str]):
    path = Path("numbers.csv")
    data = as_text(path, ("a,b\n" + "".join(f"{cell},x\n" for cell in cells)).encode())
    (block,) = blocks(path, data, len(header_of(path, data)))
    found = block.numbers(0, "a").tolist()
    expected = [math.nan if cell in ("", "NA") else float(cell) for cell in cells]
    assert [repr(value) for value in found] == [repr(value) for value in expected]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (HEADER + row() + row("-3,2,3,4,500,6", at="2024,5,1,1"), 3, "PM2.5 is -3"),
        (HEADER + row("1,2,9999,4,500,6"), 2, "SO2 is 9999"),
        (HEADER + row("1,NaN,3,4,500,6"), 2, "PM10 is “NaN”, which is not a number"),
        (HEADER + row("1,2,3,4,500,inf"), 2, "O3 is “inf”"),
        (HEADER + row("1,2,3,4,5OO,6"), 2, "CO is “5OO”"),
        (HEADER + row("1,2,3,4,500,1e9"), 2, "O3 is 1e+09"),
        (HEADER + row() + row(), 3, "repeats the station and hour"),
        (HEADER + row(at="2023,2,29,0"), 2, "there is no time 2023-02-29 00:00"),
        (HEADER + row(at="2023,2,1.5,0"), 2, "day is “1.5”, not a whole number"),
        (HEADER + row(at="9023,2,1,0"), 2, "there is no time 9023"),
        (HEADER + row(station=""), 2, "names no station"),
        (HEADER + row() + "1,2024,5\n", 3, "has 3 fields, the header has 14"),
        (HEADER.replace("PM10", "PM2.5") + row(), 1, "has a column twice: PM2.5"),
        (HEADER.replace("station", "site") + row(), 1, "the PRSA layout needs station"),
        (LONG.replace(",unit", "") + "甲站,2024-05-01T05:00,O3,1\n", 1, "the long one unit"),
        (LONG + "甲站,2024-05-01T05:00,O3,1,ppb\n", 2, "unknown unit “ppb”"),
        (
            LONG + "甲站,2024-05-01T05:00,O3,1,ug/m3\n甲站,2024-05-01T06:00,PM25,1,ug/m3\n",
            3,
            "unknown pollutant “PM25”",
        ),
        (LONG + "甲站,2024-05-01T05:10,O3,1,ug/m3\n", 2, "not a full hour"),
        (LONG + "甲站,2024-05-01T05:00Z,O3,1,ug/m3\n", 2, "not a full hour of local time"),
        (LONG + "甲站,2024-05-01T05:00,O3,1,ug/m3\n" * 2, 3, "repeats"),
        (HEADER, None, "no rows"),
        ("", None, "is empty"),
        (HEADER.encode() + row().encode("gbk"), 2, "is not UTF-8 (GBK, perhaps)"),
        ((HEADER + row()).encode("utf-16"), 1, "is not UTF-8"),
        (gzip.compress((HEADER + row()).encode())[:-20], None, "damaged"),
        (gzip.compress((HEADER + row()).encode())[:-8] + b"\0" * 8, None, "damaged"),
        (gzip.compress((HEADER + row()).encode()) + b"more", None, "damaged"),
    ],
)
def test_refused_with_line_and_reason(tmp_path: Path, text: str | bytes, line: int | None, words: str):
    error = refusal(write(tmp_path, text))
    assert words in error.en
    assert (f"line {line}:" in error.en) == (line is not None)
    assert (f"第{line}行" in error.zh) == (line is not None)
    assert "\n" not in error.zh + error.en


def test_a_repeated_hour_is_found_across_files_and_pollutants_may_differ(tmp_path: Path):
    ozone = write(tmp_path, LONG + "甲站,2024-05-01T05:00,O3,1,ug/m3\n甲站,2024-05-01T05:00,CO,1,mg/m3\n", "a.csv")
    again = write(tmp_path, LONG + "甲站,2024-05-01T04:00,O3,1,ug/m3\n甲站,2024-05-01T05:00,O3,1,ug/m3\n", "b.csv")
    assert read_observations([ozone], "begin").days == 1
    with pytest.raises(DataError, match=r"b\.csv, line 3: repeats"):
        read_observations([ozone, again], "begin")


def test_a_missing_file_is_refused(tmp_path: Path):
    assert "cannot be read" in refusal(tmp_path / "none.csv").en


def test_years_far_apart_are_refused_before_memory_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(observations, "MOST_CELLS", 24 * 365)
    assert "check the years" in refusal(write(tmp_path, HEADER + row() + row(at="2034,5,1,0"))).en


def test_an_altered_copy_of_a_published_file_is_named_with_what_differs(tmp_path: Path):
    path = tmp_path / "PRSA_Data_Tiantan_20130301-20170228.csv"
    path.write_text(HEADER + row(station="Tiantan"), encoding="utf-8")
    heard: list[str] = []
    read_observations([path], "begin", lambda _zh, en: heard.append(en))
    assert len(heard) == 1
    assert "rows 1 (original 35064), missing SO2 0 (original 1118)" in heard[0]
    assert altered_copy(Path("other.csv"), 1, {}, lambda: "0") is None
