"""Bulletins of the demonstration: invented lists of the invented city, read and checked as an office would."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lantian.apps.areas.models import Area
    from lantian.apps.core.models import User

_ISSUER = "青岚市生态环境局"
# Rank, district, street, value: three half months of the invented ranking from the worst.
_STREETS = (
    ("石桥区", "铁山街道"), ("松陵区", "青石镇"), ("石桥区", "平川镇"), ("岚东区", "望江街道"),
    ("白鹭湖区", "荷塘镇"), ("岚西区", "新港街道"), ("青岚高新区", "创新街道"), ("松陵区", "北塘街道"),
    ("云台县", "长坪乡"), ("岚东区", "桃园街道"),
)  # fmt: skip
_TSP = {
    "2025年9月下半月": (138, 131, 131, 126, 122, 119, 117, 117, 114, 110),
    "2025年10月上半月": (146, 139, 133, 133, 128, 121, 120, 116, 115, 112),
    "2025年10月下半月": (152, 137, 135, 129, 129, 125, 121, 118, 113, 111),
}
_PM25 = (
    ("云台县", 24, "-4.0%", 1), ("白鹭湖区", 27, "-3.6%", 2), ("松陵区", 27, "+3.8%", 2), ("岚西区", 29, "持平", 4),
    ("岚东区", 30, "-6.3%", 5), ("青岚高新区", 31, "-3.1%", 6), ("石桥区", 34, "+6.3%", 7),
)  # fmt: skip
_WAITING = "2025年10月道路尘负荷"


def play(user: User) -> None:
    """Bring the bulletins through the real reader; what is there already stays as it is."""
    from lantian.apps.received.models import Bulletin
    from lantian.apps.received.rights import offices

    if Bulletin.objects.exists():
        return
    office = offices(user)[0]
    _sources(user, office)
    for period, values in _TSP.items():
        _bring(user, office, _tsp(period, values), f"TSP{period}.csv")
    _bring(user, office, _pm25(), "PM2.5-10.html")
    _bring(user, office, _road(), "道路尘负荷10月.txt", check=False)
    _jars(user, office)


def _sources(user: User, office: Area) -> None:
    """What was waited for when these bulletins came, and two lists that are waited for now, so that one is late."""
    from django.utils import timezone

    from lantian.apps.monitoring.actions import save_source

    for name, indicator, rhythm, days in (
        ("街道（乡镇）粗颗粒物半月排名", "tsp", "half_month", 5),
        ("各区县PM2.5月度排名", "pm25", "month", 10),
        ("街道（乡镇）道路尘负荷月报", "road_load", "month", 15),
    ):
        head = {
            "area": office, "kind": "bulletin", "sender": _ISSUER, "indicator": indicator, "rhythm": rhythm,
            "due_days": days, "synthetic": True,
        }  # fmt: skip
        first = date(2025, 9, 16) if rhythm == "half_month" else date(2025, 10, 1)
        ended = {"name": f"{name}（2025年秋）", "since": first, "until": date(2025, 10, 31)}
        save_source(user, head | ended)
        if rhythm == "half_month" or indicator == "pm25":
            begin = (timezone.localdate().replace(day=1) - timedelta(days=1)).replace(day=1)
            save_source(user, head | {"name": name, "since": begin, "sends": "各区县、街道（乡镇）排名（DOCX）"})


def _bring(user: User, office: Area, text: str, name: str, *, check: bool = True) -> None:
    from lantian.apps.core import jobs
    from lantian.apps.received.actions import bring_file, confirm

    row = bring_file(user, office, name, [text.encode()])
    if row.job is not None:
        jobs.finish(row.job)
    row.refresh_from_db()
    if check:
        confirm(user, row, revision=row.revision)


def _tsp(period: str, values: tuple[int, ...]) -> str:
    places = sorted(zip(values, _STREETS, strict=True), key=lambda pair: -pair[0])
    lines = [
        f"{1 + sum(other > value for other in values)},{district},{street},{value}"
        for value, (district, street) in places
    ]
    title = f"青岚市{period}街道（乡镇）粗颗粒物（TSP）浓度后10名情况通报"
    return "\n".join([title, "单位：微克/立方米", "排名,区县,街道（乡镇）,浓度", *lines, _ISSUER])


def _pm25() -> str:
    cells = ((rank, name, value, change) for name, value, change, rank in _PM25)
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in cells)
    return (
        "<html><body><h1>青岚市2025年10月各区县PM2.5浓度排名（由好到差）</h1><p>单位：微克/立方米，已扣除沙尘影响</p>"
        "<table><tr><th>排名</th><th>区县</th><th>PM2.5浓度</th><th>同比</th></tr>"
        f"{rows}</table><p>{_ISSUER}</p></body></html>"
    )


def _road() -> str:
    lines = (
        "排名\t区县\t街道（乡镇）\t道路尘负荷（克/平方米）", "1\t青岚高新区\t软件园街道\t0.21",
        "2\t岚西区\t鼓楼西街\t0.24", "3\t岚东区\t书院街道\t0.24", "4\t白鹭湖区\t湖心街道\t未检出",
    )  # fmt: skip
    return "\n".join([f"青岚市{_WAITING}较好街道（乡镇）名单", *lines, _ISSUER])


def _jars(user: User, office: Area) -> None:
    from lantian.apps.received.actions import type_in
    from lantian.reading.received.periods import period_in

    period = period_in("2025年10月")
    assert period is not None
    text = "望江街道\t4.6\n书院街道\t4.1\n铁山街道\t6.3\n"
    remark = "挂缸30天，HJ 1221-2021"
    type_in(user, office, title="10月降尘缸自测", indicator="dustfall", period=period, text=text, remark=remark)
