"""One station of the registry: entered, corrected, closed by its last day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lantian.analysis.geodesy import to_wgs84
from lantian.apps.core import audit, policy
from lantian.apps.core.models import User
from lantian.apps.monitoring.errors import RegistryError, StaleError
from lantian.apps.monitoring.models import Station
from lantian.apps.monitoring.places import findings, outlines
from lantian.apps.monitoring.rights import EDIT, keeps

FIELDS = ("code", "name", "kind", "area", "for_assessment", "valid_from", "valid_to", "source", "mn")
State = dict[str, Any]


@transaction.atomic
def save_station(by: User, values: Mapping[str, Any], *, uid: Any = None, revision: int | None = None) -> Station:
    """Enter a station (``uid`` None) or correct one; findings about its coordinates are found anew.

    ``values``: the fields of :data:`FIELDS`, ``point`` and ``second_point`` ``(lon, lat)`` in ``datum`` or None, and
    ``second_source``. ``revision`` is the one that the form was made from. Raises PermissionDenied (not in the own
    area), StaleError, RegistryError (code or device taken).
    """
    policy.require(by, EDIT)
    old = Station.objects.select_for_update(of=("self",)).select_related("area").get(uid=uid) if uid else None
    if old is not None:
        policy.require(by, EDIT, old)
        if revision is not None and old.revision != revision:
            raise StaleError(_("Somebody else changed this station meanwhile. Look at it again before you save."))
    row = write_station(by, old, values)
    if not keeps(by, EDIT, row.area):
        policy.require(by, EDIT, row)
    others = Station.objects.exclude(pk=row.pk)
    if others.filter(code=row.code).exists():
        raise RegistryError(_("Another station has this code."), "code")
    if row.mn and others.filter(mn=row.mn).exists():
        raise RegistryError(_("Another station has this device."), "mn")
    return save_found(by, row, outlines([row.area_id]))


def write_station(by: User, old: Station | None, values: Mapping[str, Any]) -> Station:  # noqa: ARG001  # see save
    """The row with its new values, not saved; keeps in ``row.before`` what it was for the audit record."""
    row = old or Station()
    row.before = station_state(old) if old else None  # type: ignore[attr-defined]  # for save_found
    for name in FIELDS:
        setattr(row, name, values[name])
    point, second, datum = values.get("point"), values.get("second_point"), values.get("datum") or ""
    row.lon, row.lat = to_wgs84(point[0], point[1], datum) if point else (None, None)
    row.datum = datum if point else ""
    row.given = f"{point[0]!r},{point[1]!r}" if point else ""
    row.second_lon, row.second_lat = to_wgs84(second[0], second[1], datum) if second and datum else (None, None)
    row.second_source = values.get("second_source") or ""
    return row


def save_found(by: User | None, row: Station, known: Mapping[int, Any]) -> Station:
    """Save a row of :func:`write_station` with its findings, and the audit record."""
    row.outside, row.apart_m = findings(row, known)
    before = row.before  # type: ignore[attr-defined]
    row.revision = row.revision + 1 if before else 1
    row.save()
    after = station_state(row)
    changed = [name for name in after if before is None or before[name] != after[name]]
    if changed:
        audit.record(
            by, "station.edit" if before else "station.add", row,
            before={name: before[name] for name in changed} if before else None,
            after={name: after[name] for name in changed},
        )  # fmt: skip
    return row


def station_state(row: Station) -> State:
    """A station's fields as JSON."""
    days = {name: value.isoformat() if (value := getattr(row, name)) else "" for name in ("valid_from", "valid_to")}
    texts = {name: getattr(row, name) for name in ("code", "name", "kind", "for_assessment", "datum", "given")}
    source = row.source.name if row.source else ""
    return texts | days | {"area": row.area.code, "mn": row.mn or "", "source": source}
