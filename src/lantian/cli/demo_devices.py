"""The demonstration's devices: what ``lantian hj212 simulate`` sends stands in the register, but for the last few.

Those stay unknown, so that the page of unknown numbers has something to show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantian.cli.demo_live import DEVICES, EVERY_SECONDS
from lantian.protocols.hj212 import simulate

if TYPE_CHECKING:
    from lantian.apps.areas.models import Area
    from lantian.apps.core.models import User
    from lantian.apps.devices.models import Device
    from lantian.apps.monitoring.models import Station

UNKNOWN = 4
CITY = "/990100/"
WHY = "演示数据"
_UNITS = {
    "a34001": "ug/m3", "a34002": "ug/m3", "a34004": "ug/m3", "a21026": "ug/m3", "a21004": "ug/m3", "a05024": "ug/m3",
    "a21005": "mg/m3", "a01001": "degC", "a01002": "%", "a01006": "kPa", "a01007": "m/s", "a01008": "deg", "LA": "dB",
}  # fmt: skip
_NAMES = {"dust": "工地扬尘监测仪", "air": "空气质量监测仪", "noise": "噪声监测仪"}


def prepare(user: User) -> int:
    """Register the simulated devices that are not yet; returns how many. Nothing where the city is not loaded."""
    from lantian.apps.areas.models import Area, Level
    from lantian.apps.devices import actions
    from lantian.apps.monitoring.models import Station

    streets = list(Area.objects.filter(path__startswith=CITY, level=Level.TOWN, closed=None).order_by("code"))
    stations = list(Station.objects.filter(area__path__startswith=CITY, devices=None).select_related("area"))
    if not streets:
        return 0
    rows = []
    for one in simulate.devices(DEVICES - UNKNOWN):
        station = stations.pop(0) if one.kind == "air" and stations else None
        rows.append(_device(one, station.area if station else streets[one.index % len(streets)], station))
    profile = {"crc": "hj212", "version": "2017", "period_label": "start", "interval": EVERY_SECONDS}
    units = {kind: {code: _UNITS[code] for code in codes} for kind, (_system, codes) in simulate.KINDS.items()}
    return actions.enter_many(user, rows, profile, units, WHY)


def _device(one: simulate.Device, area: Area, station: Station | None) -> Device:
    from lantian.apps.devices.models import Device, DeviceState

    name = station.name if station else f"{area.short_name}{_NAMES[one.kind]}{one.index:03d}"
    return Device(
        mn=one.mn, name=name[:60], kind=one.kind, area=area, station=station, state=DeviceState.ACTIVE, synthetic=True
    )
