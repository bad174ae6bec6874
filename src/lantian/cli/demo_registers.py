"""The demonstration's registers (演示数据): a year of construction sites, inspections, cameras, bare land and dustfall.

Everything is invented and drawn with a fixed seed, month by month from January to today, and goes through the same
action as any other change; so there are sites that were stopped and finished, streets that inspect all of theirs and
streets that do not, and one list waiting whose rows have problems.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import yaml

from lantian.cli.demo_city import City, city_of, months, next_month

if TYPE_CHECKING:
    from lantian.apps.core.models import User

_SEED = 20260101
_SITES = 62
_FITTED, _ONLINE = 0.94, 0.9  # shares of sites with cameras, of cameras online
_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(slots=True)
class _Site:
    """One invented site: its values now, from which month it is there, and what changes in which month."""

    values: dict[str, Any]
    since: date
    changes: dict[date, dict[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class _Cast:
    """The cast, the offices of its streets, the bureaus and districts that keep sites, and registers.yaml."""

    city: City
    streets: list[tuple[str, str]]  # code, name; those with an office
    offices: dict[str, str]  # street's code → uid of its office
    keepers: dict[str, str]  # name of a bureau of the cast, or district's code → uid
    words: dict[str, Any]


def prepare(user: User, folder: Path) -> None:
    """Fill the dust registers up to today, once."""
    from lantian.apps.registers.models import ChangeSet

    if ChangeSet.objects.filter(register="construction_site").exists():
        return
    today = datetime.now(_ZONE).date()
    cast = _cast(folder)
    if cast is None or not cast.streets:
        return
    sites = [_site(n, cast, today) for n in range(1, _SITES + 1)]
    for month in months(today):
        _fill(user, "construction_site", list(_sites_of(sites, month)), month)
        _fill(user, "site_inspection", list(_inspections(sites, cast, month, today)), month)
        _fill(user, "site_video", [row for site in sites for row in _cameras(site, month, today)], month)
        if month.month in (1, 4, 7, 10):
            _fill(user, "bare_land", list(_plots(cast, month, today)), month)
    _fill(user, "dustfall_sample", list(_jars(cast, today)), today - timedelta(days=9))
    _waiting(user, folder, today)


def _cast(folder: Path) -> _Cast | None:
    city = city_of(folder)
    if city is None:
        return None
    words = yaml.safe_load((folder / "registers.yaml").read_text(encoding="utf-8"))
    home = city.areas["municipal"][0][0]
    offices = {code: city.units[code][0][1] for code, _name in city.streets if city.units.get(code)}
    keepers = {name: uid for name, uid in city.units[home] if name in words["bureaus"]}
    for code, _name in city.areas["district"]:
        keepers[code] = city.keeper(code, ["住房城乡建设"])
    return _Cast(city, [row for row in city.streets if row[0] in offices], offices, keepers, words)


def _site(n: int, cast: _Cast, today: date) -> _Site:
    """One site and its year: begun, perhaps stopped, perhaps finished; rated by the quarter."""
    random, words = Random(_SEED + n), cast.words  # noqa: S311  (a demonstration, no secret)
    weights = [3 if code.startswith(tuple(words["centre"])) else 1 for code, _name in cast.streets]
    code, street = random.choices(cast.streets, weights)[0]
    kind = random.choices(words["works"], [item["weight"] for item in words["works"]])[0]
    works, (builder, group) = kind["name"], random.choice(words["builders"])
    first = next(months(today))
    begun = (
        first - timedelta(days=random.randint(40, 500)) if n <= 46 else first + timedelta(days=random.randint(20, 270))
    )
    begun = min(begun, today - timedelta(days=20))
    lasts = random.randint(90, 200) if works == "小微工程" else random.randint(380, 1000)
    lon, lat = cast.city.point(random, code)
    small = works in ("小微工程", "架空线入地")
    values: dict[str, Any] = {
        "code": f"QL-{begun.year}-{n:04d}",
        "name": f"{street.rstrip('街道镇乡')}{random.choice(words['places'])}{random.choice(kind['ends'])}",
        "works": works,
        "status": "在施",
        "street": code,
        "place": {"lon": lon, "lat": lat, "datum": "WGS-84", "x": lon, "y": lat},
        "keeper": cast.keepers.get(kind.get("keeper", code[:6]), cast.keepers["市住房城乡建设局"]),
        "builder": builder,
        "group": group or None,
        "manager": random.choice(words["people"]),
        "phone": f"0990-5550{random.randint(100, 999)}",
        "size": str(random.randint(3, 40) * 100 if small else random.randint(20, 900) * 100),
        "government": works not in ("房屋建筑", "拆除") or random.random() < 0.3,
        "start": begun.isoformat(),
        "finish": (begun + timedelta(days=lasts)).isoformat(),
        "video_fit": not small,
        "rating": random.choices(("绿", "黄", "红"), (68, 25, 7))[0],
    }
    return _Site(values, max(begun.replace(day=1), first), _changes(random, values, begun, lasts, today))


def _changes(
    random: Random, values: dict[str, Any], begun: date, lasts: int, today: date
) -> dict[date, dict[str, Any]]:
    """What changes at the beginning of a month."""
    found: dict[date, dict[str, Any]] = {}
    rating, ended = values["rating"], begun + timedelta(days=lasts)
    stops = random.random() < 0.14
    for month in months(today):
        if month <= begun:
            continue
        if month > ended:
            found[month] = {"status": "竣工", "rating": None}
            break
        if month.month in (4, 7, 10):
            rating = random.choices(("绿", "黄", "红"), (60, 30, 10) if rating != "红" else (15, 60, 25))[0]
            found[month] = {"rating": rating}
        if stops and month.month == 5 + begun.month % 4:
            found.setdefault(month, {})["status"] = "停工"
            if random.random() < 0.5 and (again := next_month(next_month(month))) <= today:
                found[again] = {"status": "在施"}
            break
    return found


def _sites_of(sites: list[_Site], month: date) -> Iterator[dict[str, Any]]:
    """The rows that begin or change with a month."""
    for site in sites:
        change = site.changes.get(month)
        if change is not None:
            site.values = site.values | change
        if site.since == month or change is not None:
            yield site.values


def _inspections(sites: list[_Site], cast: _Cast, month: date, today: date) -> Iterator[dict[str, Any]]:
    """The inspections of a month: streets of the first district go twice, lax ones leave sites out."""
    last = min(next_month(month) - timedelta(days=1), today)
    whole = last == next_month(month) - timedelta(days=1)
    for site in sites:
        values = site.values
        if site.since > month or values["status"] != "在施":
            continue
        random = Random(f"{_SEED} {values['code']} {month}")  # noqa: S311
        share = cast.words["lax"].get(values["street"], 1.0) * (1.0 if whole else 0.9 * last.day / 30)
        times = (2 if values["street"].startswith("990101") else 1) if random.random() < share else 0
        earliest = max(month, date.fromisoformat(values["start"]))
        for turn in range(times):
            if earliest <= last:
                day = earliest + timedelta(days=random.randint(0, (last - earliest).days))
                yield _inspection(random, values, cast, day, turn, today)


def _inspection(random: Random, site: dict[str, Any], cast: _Cast, day: date, turn: int, today: date) -> dict[str, Any]:
    weights = (40, 30, 24, 6) if site["rating"] == "红" else (62, 22, 14, 2)
    result = random.choices(("未发现问题", "立行立改", "限期整改", "移送处罚"), weights)[0]
    row: dict[str, Any] = {
        "code": f"JC{day:%Y%m%d}-{site['code'][-4:]}{turn + 1}",
        "date": day.isoformat(),
        "site": site["code"],
        "street": site["street"],
        "inspector": cast.offices[site["street"]],
        "result": result,
        "fault": None if result == "未发现问题" else random.choice(cast.words["faults"]),
        "due": None,
        "fixed": None,
    }
    if result == "限期整改":
        due = day + timedelta(days=random.choice((3, 5, 7)))
        fixed = due + timedelta(days=random.randint(-2, 1))
        row["due"] = due.isoformat()
        if fixed <= today and random.random() < 0.93:
            row["fixed"] = max(fixed, day).isoformat()
    return row


def _cameras(site: _Site, month: date, today: date) -> Iterator[dict[str, Any]]:
    """The devices that a site gets in a month (in the first one all that it has), and what became of them lately."""
    values = site.values
    random = Random(f"{_SEED} video {values['code']}")  # noqa: S311
    if not values["video_fit"] or random.random() > _FITTED:
        return
    installed = date.fromisoformat(values["start"]) + timedelta(days=random.randint(5, 18))
    connected = installed + timedelta(days=random.randint(0, 10))
    begins = max(installed.replace(day=1), site.since)
    online, now = random.random() < _ONLINE, month.replace(day=1) == today.replace(day=1)
    purposes = ("扬尘视频", "车牌识别", "洗轮机监测")[: random.choice((1, 3, 3))]
    if installed > today or begins > month or (begins != month and not now):
        return
    condition = "拆除" if values["status"] == "竣工" else "在线" if online or not now else "离线"
    for n, purpose in enumerate(purposes, 1):
        yield {
            "code": f"{values['code']}-{n}",
            "site": values["code"],
            "street": values["street"],
            "purpose": purpose,
            "installed": installed.isoformat(),
            "connected": connected.isoformat() if connected <= today else None,
            "condition": condition,
            "since": month.isoformat() if condition != "在线" else None,
        }


def _plots(cast: _Cast, month: date, today: date) -> Iterator[dict[str, Any]]:
    """Bare land: rectangles of a few hundred metres, covered more and more from quarter to quarter."""
    random = Random(_SEED)  # noqa: S311
    done = min(month.month / 10, 1.0)
    for n, (code, street) in enumerate(random.sample(cast.streets, min(16, len(cast.streets))), 1):
        lon, lat = cast.city.point(random, code)
        east, north = random.randint(60, 260), random.randint(50, 200)  # metres
        dx, dy = round(east / 87_000, 5), round(north / 111_000, 5)
        ring = [(lon, lat), (lon + dx, lat), (lon + dx, lat + dy), (lon, lat + dy), (lon, lat)]
        method, share = random.choice(
            (("绿化", 1.0), ("苫盖", 1.0), ("苫盖", 0.8), ("喷洒抑尘剂", 0.6), ("未治理", 0.0))
        )
        wkt = f"POLYGON (({', '.join(f'{x:.5f} {y:.5f}' for x, y in ring)}))"
        yield {
            "code": f"LD-{month.year}-{n:03d}",
            "name": f"{street}{random.choice(cast.words['places'])}路{random.choice('东西南北')}侧地块",
            "street": code,
            "plot": {"wkt": wkt, "ha": round(east * north / 1e4, 2)},
            "size": str(east * north),
            "covered": str(round(east * north * share * done)),
            "method": method,
            "keeper": cast.offices[code],
            "found": (date(month.year, 1, 1) - timedelta(days=random.randint(5, 200))).isoformat(),
            "due": (today + timedelta(days=random.randint(-40, 60))).isoformat(),
            "treated": month.isoformat() if share == 1.0 and done == 1.0 else None,
        }


def _jars(cast: _Cast, today: date) -> Iterator[dict[str, Any]]:
    """Dustfall of every street by month; spring brings sand."""
    for month in months(today - timedelta(days=40)):
        for code, street in cast.streets:
            random = Random(f"{_SEED} jar {code} {month}")  # noqa: S311
            level = 5.4 if code.startswith("990104") else 4.2 if code.startswith("990101") else 3.6
            sand = round(random.uniform(0.6, 2.4), 1) if month.month in (3, 4, 5) else 0.0
            valid = random.random() > 0.02
            yield {
                "point": f"{street}降尘点",
                "month": month.isoformat(),
                "street": code,
                "days": str(random.randint(28, 32)),
                "raw": f"{max(level + random.uniform(-0.9, 0.9) + sand, 0.5):.1f}",
                "sand": f"{sand:g}",
                "valid": valid,
                "reason": None if valid else "集尘缸内有杂物",
            }


def _fill(user: User, name: str, rows: list[dict[str, Any]], day: date) -> None:
    """One change set, told as of its day; nothing where a pack is not there or nothing changed."""
    from lantian.apps.registers import actions, catalogue
    from lantian.apps.registers.models import ChangeSet, Route

    register = catalogue.registers().get(name)
    if register is None or not rows:
        return
    change = actions.fill(user, register, rows, effective=day, route=Route.DEMO)
    at = datetime.combine(day, time(9, 30), _ZONE).astimezone(UTC)
    ChangeSet.objects.filter(pk=change.pk).update(at=at)


def _waiting(user: User, folder: Path, today: date) -> None:
    """A list of the district that waits with its problems: a wrong word, a misspelt street, a code twice, and more."""
    from lantian.apps.core import jobs
    from lantian.apps.registers import actions, catalogue

    register = catalogue.registers().get("construction_site")
    if register is None:
        return
    name = f"岚东区{today.month}月新开工工地.csv"
    session = actions.stage(user, register, name, [(folder / "new_sites.csv").read_bytes()])
    if session.job is not None:
        jobs.finish(session.job)
