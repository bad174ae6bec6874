"""The demonstration's air (演示数据): invented outlines and stations, and generated hours since January of last year.

Nothing here was measured, and every page that shows it says so. Each hour is a function of its date alone (a fixed
seed): sums of waves for the weather that all stations share, the season, the time of day, what each district is like,
and noise by day. So a later start of the same demonstration goes on where it ended and rewrites nothing.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from math import log
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from lantian.apps.core.models import User
    from lantian.apps.monitoring.models import Station

SOURCE = "演示数据（程序生成，非实测）"
_SEED = 20260301
_ZONE = ZoneInfo("Asia/Shanghai")
_MOUNTAIN = "990121"  # the district that is ranked apart from those of the plain
_FAULTY = ("QL204", "QL211", "QL217", "QL222")  # stations of streets whose instruments fail in turn
_EPOCH = date(2024, 1, 1)  # from which the waves are counted
_FACTORS = ("SO2", "NO2", "PM10", "PM2.5", "CO", "O3")
# How districts differ: particles, traffic (NO2, CO), sulphur, ozone, by the first six figures of the area's code.
_DISTRICTS = {
    "990101": (1.00, 1.18, 0.9, 0.97),
    "990102": (0.97, 1.10, 0.9, 0.98),
    "990103": (0.90, 0.82, 0.9, 1.05),
    "990104": (1.24, 1.12, 2.1, 0.96),
    "990105": (0.86, 0.74, 0.8, 1.08),
    "990121": (0.70, 0.52, 0.7, 1.10),
    "990171": (1.08, 1.22, 1.0, 1.00),
}
# name, way, what, every so many hours, received so many hours ago, note
_SOURCES = (
    ("降尘缸手工监测", "manual", "各街道乡镇降尘量", 744, 300, "每月收样后录入"),
    ("道路尘负荷走航", "file", "各街道乡镇道路尘负荷（CSV）", 744, 620, "逐月走航，GBK 编码"),
)

Values = NDArray[np.float64]


def prepare(user: User, folder: Path) -> None:
    """Outlines, sources and stations once; the hours up to now at every start."""
    from lantian.apps.monitoring.models import DataSource, Station

    if not DataSource.objects.filter(name=SOURCE).exists():
        _registry(user, folder)
    rows = list(Station.objects.filter(source__name=SOURCE).select_related("area").order_by("code"))
    if rows and _hours(rows):
        from lantian.apps.monitoring.actions import received

        received(DataSource.objects.get(name=SOURCE), datetime.now(UTC))
    if rows:
        _quality(user)
        _ranked(user)


def _ranked(user: User) -> None:
    """Groups of districts, and dustfall of every street for the last 14 months as a list by hand; once."""
    from lantian.apps.areas.models import Area
    from lantian.apps.monitoring import actions
    from lantian.apps.monitoring.models import RankingRule, Sample

    begin = datetime(2024, 1, 1, tzinfo=_ZONE)
    if not RankingRule.objects.exists():
        areas = {area.code: area for area in Area.objects.filter(path__startswith="/990100/", level="district")}
        plain = [areas[code] for code in _DISTRICTS if code in areas and code != _MOUNTAIN]
        actions.save_rules(user, "group", plain, start=begin, end=None, group="平原地区")
        actions.save_rules(user, "group", [areas[_MOUNTAIN]], start=begin, end=None, group="山区")
    if not Sample.objects.exists():
        towns = Area.objects.filter(path__startswith="/990100/", level="town", closed=None).order_by("path")
        text = _jars([area.code for area in towns], datetime.now(_ZONE).date())
        actions.accept(user, actions.stage_samples(user, "降尘缸手工监测（演示数据）.csv", [text.encode()]))


def _jars(codes: Sequence[str], today: date) -> str:
    """A list of jars, one a street and month, that were out from the 1st of a month to the 1st of the next."""
    lines = ["类别,所在区域,点位,开始日期,结束日期,数值,单位,备注"]
    months = today.year * 12 + today.month - 1
    for number in range(months - 14, months):
        first, after = (date(n // 12, n % 12 + 1, 1) for n in (number, number + 1))
        spring = 1.2 if first.month in (3, 4, 5) else 1.0
        for code in codes:
            rng = np.random.default_rng([_SEED, 31, number, _number(code)])
            dust = _DISTRICTS[code[:6]][0]
            value = 4.1 * dust * spring * float(np.exp(rng.normal(0, 0.14)))
            lines.append(f"降尘量,{code},{code[-3:]}号缸,{first},{after},{value:.1f},t/(km²·30d),演示数据")
    return "\n".join(lines) + "\n"


def _quality(user: User) -> None:
    """Ask once for quality control of the last month and what of this one there is; ``serve`` does the job."""
    from lantian.apps.areas.models import Area
    from lantian.apps.monitoring import actions
    from lantian.apps.monitoring.models import QualityRun

    if QualityRun.objects.exists():
        return
    today = datetime.now(_ZONE).date()
    begin = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    actions.start_run(user, Area.objects.get(code="990100"), begin, today)


def _registry(user: User, folder: Path) -> None:
    """Everything in one transaction, so that an interrupted start begins anew."""
    from django.db import transaction

    from lantian.apps.areas.models import Area
    from lantian.apps.monitoring import actions

    with (folder / "stations.csv").open(encoding="utf-8", newline="") as stream:
        given = list(csv.DictReader(stream))
    outlines = json.loads((folder / "boundaries.geojson").read_text(encoding="utf-8"))["features"]
    areas = {area.code: area for area in Area.objects.filter(path__startswith="/990100/")}
    with transaction.atomic():
        source = _sources(user, areas["990100"])
        actions.save_boundaries(
            user, [(areas[item["properties"]["code"]], item["geometry"]) for item in outlines],
            datum="CGCS2000", source="虚构，仅供演示", valid_from=date(2024, 1, 1), synthetic=True,
        )  # fmt: skip
        for row in given:
            actions.save_station(user, _station(row, areas, source))


def _sources(user: User, city: Any) -> Any:
    from lantian.apps.monitoring import actions

    head = {"area": city, "hour_label": "begin", "unit_policy": "standard", "synthetic": True}
    air = {
        "name": SOURCE,
        "kind": "file",
        "sends": "六项污染物小时值",
        "expected_hours": 24 * 31,
        "note": "每次启动演示时续写到当前小时",
    }
    source = actions.save_source(user, head | air)
    for name, kind, sends, every, ago, note in _SOURCES:
        words = {"name": name, "kind": kind, "sends": sends, "expected_hours": every, "note": note}
        actions.received(actions.save_source(user, head | words), datetime.now(UTC) - timedelta(hours=ago))
    return source


def _station(row: Mapping[str, str], areas: Mapping[str, Any], source: Any) -> dict[str, Any]:
    second = (float(row["second_lon"]), float(row["second_lat"])) if row["second_lon"] else None
    return {
        "code": row["code"], "name": row["name"], "kind": row["class"], "area": areas[row["area"]],
        "point": (float(row["lon"]), float(row["lat"])), "datum": row["datum"], "second_point": second,
        "second_source": row["second_source"], "for_assessment": row["for_assessment"] == "yes",
        "valid_from": date.fromisoformat(row["valid_from"]), "valid_to": None, "source": source,
        "mn": row["mn"] or None,
    }  # fmt: skip


def _hours(stations: Sequence[Station]) -> bool:
    """Write the hours that the lake lacks up to the last full one; False where there are none."""
    from lantian.apps.monitoring.readings import lake, newest
    from lantian.lake.blocks import HourBlock

    now = datetime.now(_ZONE)
    last = newest([row.code for row in stations])
    if last is None:
        begin = datetime(now.year - 1, 1, 1, tzinfo=_ZONE)  # a whole year to compare this one with
    else:
        begin = datetime.combine(last[0], datetime.min.time(), _ZONE) + timedelta(hours=last[1] + 1)
    number = int((now.replace(minute=0, second=0, microsecond=0) - begin).total_seconds() // 3600)
    if number <= 0:
        return False
    codes = [row.code for row in stations]
    made = generate([(row.code, row.area.code, row.kind) for row in stations], begin, number)
    blocks = [
        HourBlock(codes, factor, begin, values, "mg/m³" if factor == "CO" else "µg/m³", SOURCE)
        for factor, values in made.items()
    ]
    windy = [row.code for row in stations if row.kind in ("national", "municipal")]
    speed, direction = wind(windy, begin, number)
    blocks += [
        HourBlock(windy, "a01007", begin, speed, "m/s", SOURCE),
        HourBlock(windy, "a01008", begin, direction, "°", SOURCE),
    ]
    lake().write_blocks(blocks, by="lantian demo")
    return True


def wind(codes: Sequence[str], begin: datetime, number: int) -> tuple[Values, Values]:
    """Speed (m/s) and direction (degrees) of every station's hours: weak where air stands still, and turning slowly."""
    first = (begin.date() - _EPOCH).days
    hour: Values = np.arange(first * 24 + begin.hour, first * 24 + begin.hour + number, dtype=np.float64)
    still = _waves(hour, [_SEED, 1], 26, (60.0, 330.0))
    sun = 0.5 + 0.5 * np.cos(2 * np.pi * (hour % 24 - 15) / 24)
    turning = 150 * _waves(hour, [_SEED, 21], 14, (30.0, 400.0)) + 200 - 45 * still
    speeds, directions = [], []
    for code in codes:
        gust = _waves(hour, [_SEED, 22, _number(code)], 8, (5.0, 40.0))
        speeds.append(np.round(np.maximum(0.2, (2.1 - 0.8 * still + 0.5 * gust) * (0.6 + 0.7 * sun)), 1))
        directions.append(np.round((turning + 18 * gust) % 360))
    return np.stack(speeds), np.stack(directions)


def generate(stations: Sequence[tuple[str, str, str]], begin: datetime, number: int) -> dict[str, Values]:
    """Hours of every factor, ``(stations, number)`` from ``begin`` (local), NaN in gaps; of (code, area, class)."""
    first = (begin.date() - _EPOCH).days - 2  # an outage of the days before may reach into the first one
    offset = 48 + begin.hour
    days = (offset + number + 23) // 24
    hour: Values = np.arange(days * 24, dtype=np.float64) + first * 24
    shared = _shared(hour)
    tuned = [_DISTRICTS[area[:6]] for _code, area, _kind in stations]
    dust, traffic, sulphur, ozone = (np.array(column)[:, None] for column in zip(*tuned, strict=True))
    own = np.stack([_waves(hour, [_SEED, _number(code)], 6, (30.0, 140.0)) for code, _area, _kind in stations])
    level = np.array([np.random.default_rng([_SEED, 7, _number(code)]).normal(1, 0.05) for code, _a, _k in stations])
    dust, noise = dust * level[:, None], _noise(len(stations), first, days)
    fine = shared["fine"] * dust * np.exp(0.12 * own + 0.10 * noise[3])
    values = {
        "SO2": shared["so2"] * sulphur * np.exp(0.2 * own + 0.15 * noise[0]),
        "NO2": shared["no2"] * traffic * np.exp(0.12 * own + 0.10 * noise[1]),
        "PM10": fine * 1.35 + shared["coarse"] * dust * np.exp(0.12 * noise[2]),
        "PM2.5": fine,
        "CO": 0.28 + 0.011 * fine * traffic**0.5 * np.exp(0.05 * noise[4]),
        "O3": np.maximum(2.0, shared["o3"] * ozone * np.exp(0.05 * noise[5]) - 0.35 * shared["no2"] * traffic),
    }
    lost = _gaps(stations, first, days)
    _faults([code for code, _area, _kind in stations], values, first, days)
    cut = slice(offset, offset + number)
    micro = np.array([kind == "micro" for _code, _area, kind in stations])
    found = {}
    for place, factor in enumerate(_FACTORS):
        exact = np.round(values[factor], 2 if factor == "CO" else 0)
        exact[lost[place]] = np.nan
        if factor not in ("PM2.5", "PM10"):
            exact[micro] = np.nan
        found[factor] = exact[:, cut]
    return found


def _shared(hour: Values) -> dict[str, Values]:
    """What all stations have in common: season, weather, time of day and of the week, and slow improvement."""
    day, clock = hour / 24.0, hour % 24
    year = np.cos(2 * np.pi * (day - 15) / 365.25)  # 1 in the middle of January
    still = _waves(hour, [_SEED, 1], 26, (60.0, 330.0))  # stagnant air, in standard deviations
    better = 0.955 ** (day / 365.25)
    weekend = np.isin(day.astype(int) % 7, (5, 6))  # 2024-01-01 was a Monday
    rush = np.exp(-(((clock - 7.8) / 2.0) ** 2)) + 1.15 * np.exp(-(((clock - 19.0) / 2.8) ** 2))
    night = 1 + 0.13 * np.cos(2 * np.pi * (clock - 1) / 24)
    sun = np.exp(-(((clock - 15.2) / 3.6) ** 2))
    storm = np.clip(_waves(hour, [_SEED, 3], 12, (200.0, 900.0)) - 1.7, 0, None) * np.clip(
        np.cos(2 * np.pi * (day - 100) / 365.25), 0, None
    )  # dust of spring
    return {
        "fine": better * (31 + 15 * year) * np.exp(0.52 * still * (1 + 0.18 * year)) * night * (1 + 0.06 * rush),
        "coarse": better * (22 + 4 * year) * (1 + 0.22 * rush * ~weekend) + 260 * storm,
        "no2": better * (24 + 11 * year) * np.exp(0.30 * still) * (0.68 + 0.5 * rush * np.where(weekend, 0.72, 1.0)),
        "so2": better * (5.5 + 2.6 * year) * np.exp(0.30 * still),
        "o3": (62 - 34 * year) * np.exp(0.14 * _waves(hour, [_SEED, 2], 18, (80.0, 400.0))) * (0.62 + 1.30 * sun),
    }


def _waves(hour: Values, seed: Sequence[int], number: int, periods: tuple[float, float]) -> Values:
    """A sum of waves with random periods (hours) and phases: like weather, and known for any hour. Variance 1."""
    rng = np.random.default_rng(list(seed))
    length = np.exp(rng.uniform(log(periods[0]), log(periods[1]), number))
    phase = rng.uniform(0, 2 * np.pi, number)
    found: Values = np.sqrt(2 / number) * np.sin(2 * np.pi * hour[None, :] / length[:, None] + phase[:, None]).sum(
        axis=0
    )
    return found


def _noise(stations: int, first: int, days: int) -> Values:
    """Noise of each factor, station and hour, drawn day by day so that every day is the same in any run."""
    drawn = [np.random.default_rng([_SEED, 11, first + day]).standard_normal((6, stations, 24)) for day in range(days)]
    return np.concatenate(drawn, axis=2)


def _gaps(stations: Sequence[tuple[str, str, str]], first: int, days: int) -> NDArray[np.bool_]:
    """Hours without a value: single ones now and then, and outages of up to two days of a whole station."""
    lost = np.zeros((6, len(stations), days * 24), dtype=bool)
    for day in range(days):
        rng = np.random.default_rng([_SEED, 13, first + day])
        lost[:, :, day * 24 : day * 24 + 24] |= rng.random((6, len(stations), 24)) < 0.007
        down = rng.random(len(stations)) < 0.009
        lengths = rng.integers(6, 48, len(stations))
        for station in np.flatnonzero(down):
            lost[:, station, day * 24 + 9 : day * 24 + 9 + int(lengths[station])] = True
    return lost


def _faults(codes: Sequence[str], values: dict[str, Values], first: int, days: int) -> None:
    """Instruments that fail, so that quality control has something to find: on the 5th of each month one stands still
    for a day, on the 11th one jumps for two hours, on the 17th one reads nearly zero for half a day."""
    for day in range(days):
        at = _EPOCH + timedelta(days=first + day)
        station = codes.index(_FAULTY[at.month % len(_FAULTY)]) if _FAULTY[at.month % len(_FAULTY)] in codes else None
        if station is None:
            continue
        begin = day * 24
        if at.day == 5:
            values["PM10"][station, begin + 2 : begin + 24] = values["PM10"][station, begin + 2]
        elif at.day == 11:
            values["PM2.5"][station, begin + 14 : begin + 16] *= 7
        elif at.day == 17:
            values["NO2"][station, begin + 6 : begin + 18] = 0.0


def _number(code: str) -> int:
    return int("".join(sign for sign in code if sign.isdigit()))
