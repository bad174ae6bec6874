"""Values as people write them."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.analysis.geodesy import distance_m, gcj02_to_bd09, wgs84_to_gcj02
from lantian.registers import Choice, Field, Label
from lantian.registers.declared import FIELD_TYPES
from lantian.registers.places import read_point, read_polygon
from lantian.registers.values import Doubt, Figure, Wrong, plain, reader_of, serial_day, vin_digit
from tests.conftest import examples
from tests.registers.names import Listed

NAMES = Listed()


def value(kind: str, given_: Any, **more: Any) -> Any:
    """What a field of a type makes of a cell."""
    return reader_of(Field("f", kind, Label("列", "column"), **more), NAMES)(given_, "")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "given_", "more", "kept"),
    [
        ("decimal", "１，２３４.５", {}, "1234.5"),
        ("decimal", "3.2万", {}, "32000"),
        ("decimal", "3万辆", {"measure": "万辆"}, "3"),
        ("decimal", "72%", {"measure": "%"}, "72"),
        ("decimal", Figure("0.72", "72%", ""), {"measure": "%"}, "72"),
        ("decimal", Figure("0.30000000000000004", "0.3", ""), {}, "0.3"),
        ("decimal", "1200 m²", {"measure": "m²"}, "1200"),
        ("decimal", "-3.46", {}, "-3.46"),
        ("decimal", 0.1, {}, "0.1"),
        ("integer", "12.0", {}, "12"),
        ("integer", Figure("1E+2", "100", ""), {}, "100"),
        ("date", "2026年3月5日", {}, "2026-03-05"),
        ("date", "2026.3.5", {}, "2026-03-05"),
        ("date", "2026/3/5 00:00:00", {}, "2026-03-05"),
        ("date", "20260305", {}, "2026-03-05"),
        ("date", Figure("20260305", "20260305", ""), {}, "2026-03-05"),
        ("date", Figure("46086", "46086", "2026-03-05"), {}, "2026-03-05"),
        ("datetime", "2026-03-05 14:30", {}, "2026-03-05T06:30:00Z"),
        ("datetime", "2026年3月5日 下午2时30分", {}, "2026-03-05T06:30:00Z"),
        ("datetime", "2026-03-05T06:30:00Z", {}, "2026-03-05T06:30:00Z"),
        ("bool", "√", {}, True),
        ("bool", "无", {}, False),
        ("text", "'=1+1", {}, "=1+1"),
        ("text", " 柳岸\u200b  小区 ", {}, "柳岸 小区"),
        ("plate", "京 A·12345", {}, "京A12345"),
        ("plate", "京ad12345", {}, "京AD12345"),
        ("area", "柳桥街道", {}, "880101001"),
    ],
)
def test_what_is_understood(kind: str, given_: Any, more: dict[str, Any], kept: Any) -> None:
    assert value(kind, given_, **more) == kept


@pytest.mark.parametrize(
    ("kind", "given_", "more"),
    [
        ("decimal", "约5", {}),
        ("decimal", "1,23", {}),
        ("decimal", "nan", {}),
        ("decimal", "1e99", {}),
        ("decimal", "72%", {}),
        ("decimal", Figure("0.72", "72%", ""), {}),
        ("decimal", "-1", {"low": Decimal(0)}),
        ("integer", "1.5", {}),
        ("date", "2026-02-30", {}),
        ("date", "2026年3月", {}),
        ("date", "1900-01-05", {}),
        ("date", "2026-03-055", {}),
        ("datetime", "2026-03-05 25:00", {}),
        ("bool", "大概", {}),
        ("plate", "京A1234", {}),
        ("plate", "京I12345", {}),
        ("vin", "LSVAA49J132O47819", {}),
        ("area", "无名街道", {}),
        ("text", "长" * 201, {}),
        ("file", "x.pdf", {}),
        ("decimal", {"a": 1}, {}),
    ],
)
def test_what_is_refused(kind: str, given_: Any, more: dict[str, Any]) -> None:
    with pytest.raises(Wrong) as wrong:
        value(kind, given_, **more)
    assert wrong.value.zh
    assert wrong.value.en


def test_a_choice_that_is_none_says_which_is_nearest() -> None:
    choices = (Choice("房屋建筑", Label("房屋建筑", "Building")), Choice("拆除", Label("拆除", "Demolition")))
    assert value("choice", " building", choices=choices) == "房屋建筑"
    with pytest.raises(Wrong, match="是不是“房屋建筑”"):
        value("choice", "房屋建设", choices=choices)


def test_the_check_digit_of_a_vin_only_warns() -> None:
    good = "1M8GDM9AXKP042788"  # the example of the standard's own text on the check digit
    assert vin_digit(good) == "X"
    assert value("vin", good) == good
    assert isinstance(value("vin", good.replace("X", "5")), Doubt)


@given(st.decimals(-(10**12), 10**12, allow_nan=False, allow_infinity=False, places=4))
@settings(max_examples=examples(100))
def test_figures_survive_every_way_of_writing(number: Decimal) -> None:
    wanted = plain(number) if number else "0"
    for text in (
        f"{number:f}",
        f"{number:,.4f}",
        plain(number).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    ):
        assert Decimal(value("decimal", text)) == Decimal(wanted)
    assert value("decimal", value("decimal", f"{number:f}")) == value("decimal", f"{number:f}")


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)))
@settings(max_examples=examples(100))
def test_days_survive_every_way_of_writing(day: date) -> None:
    for text in (
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}/{day.month}/{day.day}",
    ):
        assert value("date", text) == day.isoformat()
    since_1900, since_1904 = (day - date(1899, 12, 30)).days, (day - date(1904, 1, 1)).days
    assert serial_day(Decimal(since_1900), False) == serial_day(Decimal(since_1904), True) == day.isoformat()


@given(st.text(max_size=40))
@settings(max_examples=examples(200))
def test_no_text_breaks_a_reader(text: str) -> None:
    for kind in sorted(set(FIELD_TYPES) - {"choice", "point", "polygon"}):
        with suppress(Wrong):
            value(kind, text)
    for read in (read_point, read_polygon):
        with suppress(Wrong):
            read({"": text}, NAMES, "")


@pytest.mark.parametrize(
    "given_",
    [
        {"": "116.39,39.9"}, {"": "39.9，116.39"}, {"": "北纬39°54′ 东经116°23′24″"}, {"": "116°23′24″E 39°54′0″N"},
        {"lon": "116.39", "lat": "39.9"}, {"lon": 39.9, "lat": 116.39}, {"lon": "E116°23′24″", "lat": "N39°54′"},
        {"": {"lon": 1, "lat": 1, "datum": "WGS-84", "x": 116.39, "y": 39.9}},
    ],
)  # fmt: skip
def test_points_in_every_form(given_: dict[str, Any]) -> None:
    found = read_point(given_, NAMES, "")
    point = found.value if isinstance(found, Doubt) else found
    assert (point["lon"], point["lat"]) == pytest.approx((116.39, 39.9), abs=1e-6)


@given(st.floats(100, 125), st.floats(22, 45))
@settings(max_examples=examples(50))
def test_shifted_points_come_back_within_half_a_metre(lon: float, lat: float) -> None:
    shifted = wgs84_to_gcj02(lon, lat)
    for datum, (x, y) in (("火星坐标", shifted), ("百度", gcj02_to_bd09(*shifted))):
        point = read_point({"lon": x, "lat": y, "datum": datum}, NAMES, "")
        assert distance_m((point["lon"], point["lat"]), (lon, lat)) < 0.5
        assert (point["x"], point["y"]) == (x, y)


@pytest.mark.parametrize(
    "given_",
    [
        {"": "0,0"}, {"": "200,100"}, {"": "4412345,39512345"}, {"lon": "116.39"}, {"": "116.39"},
        {"": "116.39,39.9", "datum": "北京54"}, {"": "116°75′0″E 39°54′0″N"},
    ],
)  # fmt: skip
def test_wrong_points_are_refused(given_: dict[str, Any]) -> None:
    with pytest.raises(Wrong):
        read_point(given_, NAMES, "")


def test_polygons_have_their_size() -> None:
    square = "POLYGON((116.39 39.9, 116.4 39.9, 116.4 39.91, 116.39 39.91, 116.39 39.9))"
    found = read_polygon({"": square}, NAMES, "")
    # 0.01° at 39.905° N on the ellipsoid: 855.13 m by 1110.35 m.
    assert found["ha"] == pytest.approx(94.95, abs=0.05)
    assert read_polygon({"": found}, NAMES, "") == found
    for wrong in ("POINT(116 39)", "POLYGON((39.9 116.39, 39.9 116.4, 39.91 116.4, 39.9 116.39))", '{"type": "x"}'):
        with pytest.raises(Wrong):
            read_polygon({"": wrong}, NAMES, "")


def test_serials_stay_days_of_our_time() -> None:
    assert serial_day(Decimal("0.5"), False) == ""
    assert serial_day(Decimal("46086.5"), False) == "2026-03-05 12:00:00"
    assert date.fromisoformat(serial_day(Decimal(46086), False)) - date(1899, 12, 30) == timedelta(46086)
