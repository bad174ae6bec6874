"""What the demonstration's devices measure: the air that :mod:`demo_air` generates for their station and the hour.

So the first hour that is made of their packets goes on where the generated hours end.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from lantian.protocols.hj212.factors import POLLUTANTS

if TYPE_CHECKING:
    from lantian.protocols.hj212.simulate import Device

_CHINA = timezone(timedelta(hours=8))


def write(path: Path) -> None:
    """The demonstration's stations in order, each with the number of its device where it has one, for :class:`Air`."""
    from lantian.apps.monitoring.models import Station
    from lantian.cli.demo_air import SOURCE

    rows = Station.objects.filter(source__name=SOURCE).order_by("code")
    found = rows.values_list("code", "area__code", "kind", "devices__mn")
    draft = path.with_name(f"{path.name}.new")
    draft.write_text(json.dumps(list(found), ensure_ascii=False), encoding="utf-8")
    draft.replace(path)


class Air:
    """Levels of the devices that stand at stations of the demonstration, as :func:`write` left them. OSError, or
    ValueError where the file is another."""

    def __init__(self, path: Path) -> None:
        from lantian.cli.demo_air import generate

        try:
            rows = [((str(code), str(area), str(kind)), mn) for code, area, kind, mn in json.loads(path.read_bytes())]
            stations = list(dict.fromkeys(station for station, _ in rows))
            self._places = {str(mn): stations.index(station) for station, mn in rows if mn}
            generate(stations, datetime(2026, 1, 1, tzinfo=_CHINA), 1)
        except (TypeError, KeyError, IndexError) as error:
            raise ValueError(f"{path}: no stations of the demonstration ({error})") from None

        @lru_cache(maxsize=2)
        def hour(begin: datetime) -> Mapping[str, list[float]]:
            made = generate(stations, begin, 1)
            return {code: made[name][:, 0].tolist() for code, name in POLLUTANTS.items()}

        self._hour = hour

    def levels(self, device: Device, at: datetime) -> Mapping[str, float] | None:
        """By factor, in µg/m³ (CO: mg/m³), NaN where the generated hour has none; None: a device without a station."""
        place = self._places.get(device.mn)
        if place is None:
            return None
        begin = at.astimezone(_CHINA).replace(minute=0, second=0, microsecond=0)
        return {code: values[place] for code, values in self._hour(begin).items()}
