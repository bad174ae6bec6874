"""Forecasts of the demonstration: a year of daily issues, made from the generated air with an error that grows by the
day ahead, and the consultations before its heaviest days. A fixed seed: each issue is a function of its date."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

if TYPE_CHECKING:
    from lantian.analysis.verification import Came
    from lantian.apps.areas.models import Area
    from lantian.apps.core.models import User
    from lantian.apps.monitoring.forecasting import DayGiven
    from lantian.apps.monitoring.models import Forecast

ISSUER = "青岚市生态环境监测中心（演示）"
_CITY = "990100"
_SEED = 20261115
_ZONE = ZoneInfo("Asia/Shanghai")
_AHEAD = 5  # days of an issue
_BACK = 365  # days of issues
_MEETINGS = 5
_AIR = {
    1: "扩散条件有利，空气质量以优为主。",
    2: "扩散条件一般，空气质量以良为主。",
    3: "大气层结稳定，扩散条件较差，污染物有所累积。",
    4: "静稳高湿，扩散条件不利，污染物持续累积。",
}


def prepare(user: User) -> None:
    """The issues that are lacking up to yesterday's, and, once, the consultations."""
    from django.db import transaction

    from lantian.apps.areas.models import Area
    from lantian.apps.monitoring import actions
    from lantian.apps.monitoring.models import Forecast, Meeting

    city = Area.objects.get(code=_CITY)
    today = datetime.now(_ZONE).date()
    last = Forecast.objects.filter(issuer=ISSUER).order_by("-issued").values_list("issued", flat=True).first()
    first = last.astimezone(_ZONE).date() + timedelta(days=1) if last else today - timedelta(days=_BACK)
    if first >= today:
        return
    air = _air(first, today + timedelta(days=_AHEAD))
    with transaction.atomic():
        made = []
        for n in range((today - first).days):
            at = first + timedelta(days=n)
            days = [told for lead in range(1, _AHEAD + 1) if (told := _told(at, lead, air))]
            if days:
                issued = datetime.combine(at, time(17), _ZONE)
                text = _AIR[min(4, max(day.levels[0] for day in days))]
                made.append(actions.save_forecast(user, city, ISSUER, issued, days, text=text, synthetic=True)[0])
        if not Meeting.objects.exists():
            _consult(user, city, made)


def _air(first: date, last: date) -> dict[date, Came]:
    """The city's daily AQI as the generated air of its official stations has it, also of days to come."""
    from lantian.analysis.daily import daily_aqi, daily_values
    from lantian.analysis.observations import Observations
    from lantian.analysis.verification import Came
    from lantian.apps.monitoring.models import Station
    from lantian.cli import demo_air
    from lantian.standards.ambient import in_force
    from lantian.standards.aqi import aqi_rule

    rows = Station.objects.filter(source__name=demo_air.SOURCE, kind__in=("national", "municipal", "district"))
    stations = [(row.code, row.area.code, row.kind) for row in rows.select_related("area").order_by("code")]
    if not stations:
        return {}
    days = (last - first).days + 1
    hours = demo_air.generate(stations, datetime.combine(first, time(), _ZONE), days * 24)
    means = {factor: np.nanmean(array, axis=0, keepdims=True) for factor, array in hours.items()}
    data = Observations(("city",), first, days, means, ((0, days - 1),))
    standard = in_force(last)
    index = daily_aqi(daily_values(data, standard), aqi_rule(standard.aqi))
    found = {}
    for n in range(days):
        if index.index[0, n] >= 0:
            names = index.names(int(index.primary[0, n])).replace("O3_8h", "O3")
            found[first + timedelta(days=n)] = Came(
                int(index.index[0, n]), tuple(name for name in names.split(";") if name)
            )
    return found


def _told(at: date, lead: int, air: dict[date, Came]) -> DayGiven | None:
    """What the issue of a day says so many days ahead: the truth with an error, drawn towards the usual level."""
    from lantian.apps.monitoring.forecasting import DayGiven
    from lantian.standards.aqi import level_of

    day = at + timedelta(days=lead)
    came = air.get(day)
    if came is None:
        return None
    rng = np.random.default_rng([_SEED, at.toordinal(), lead])
    usual = 75.0
    drawn = came.aqi + (usual - came.aqi) * 0.06 * lead
    middle = drawn * float(np.exp(rng.normal(0.02, 0.10 + 0.035 * lead)))
    half = 10 if middle <= 60 else 15 if middle <= 150 else 25
    low, high = (max(15, int(5 * round((middle + part) / 5))) for part in (-half, half))
    high = min(500, max(high, low + 10))
    primary = ";".join(came.primary)
    if rng.random() < 0.1 + 0.04 * lead:
        primary = "PM2.5" if "O3" in came.primary else "O3" if day.month in range(5, 10) else "PM10"
    return DayGiven(day, low, high, (level_of(low).level, level_of(high).level), primary if high > 50 else "")


def _consult(user: User, city: Area, made: list[Forecast]) -> None:
    """A record before each of the heaviest stretches: the issues whose next days are worst, ten days apart."""
    from lantian.analysis.alerts import called_for
    from lantian.apps.areas.models import Unit
    from lantian.apps.monitoring import actions

    ranked = sorted(made, key=lambda row: -_top(row))
    chosen: list[Forecast] = []
    for row in ranked:
        if len(chosen) < _MEETINGS and all(abs((row.issued - other.issued).days) > 10 for other in chosen):
            chosen.append(row)
    units = list(Unit.objects.filter(area=city, collective=False, merged_into=None, closed=None).order_by("id")[:4])
    for row in chosen:
        days = [day for day in row.days.all() if (day.aqi_high or 0) > 100]
        called = called_for({day.day: day.aqi_high for day in row.days.all() if day.aqi_high is not None})
        actions.save_meeting(
            user,
            {
                "area": city, "title": f"{row.issued:%Y年%-m月%-d日}空气质量预报会商",
                "units": units, "others": "市气象台",
                "held": row.issued - timedelta(hours=2), "forecast": row,
                "conclusions": f"未来几天{_AIR[3]}预计最高AQI在{_top(row)}以内，过程后期随冷空气南下逐步改善。"
                "请各区加强道路保洁和工地扬尘管控，重点企业做好减排准备。",
                "episode_start": days[0].day if days else None, "episode_end": days[-1].day if days else None,
                "alert": called.alert if called else "health" if days else "",
            },
            synthetic=True,
        )  # fmt: skip


def _top(row: Forecast) -> int:
    return max(day.aqi_high or 0 for day in row.days.all())
