"""The register: a device entered, corrected, registered from the numbers that nobody knew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Area
from lantian.apps.core import audit, policy
from lantian.apps.core.models import User
from lantian.apps.devices import profilesfile
from lantian.apps.devices.lists import KIND_WORDS
from lantian.apps.devices.models import Device, DeviceState
from lantian.apps.devices.rights import EDIT, editable_areas, holds
from lantian.apps.monitoring.errors import RegistryError, StaleError
from lantian.apps.monitoring.models import Station

FIELDS = (
    "mn", "name", "kind", "area", "owner", "station", "state", "for_assessment", "installed", "retired", "note",
)  # fmt: skip


def lock(by: User, device: Device, revision: int | None) -> Device:
    """The device's row, locked; the person may change it and nobody else did since ``revision``.

    Raises PermissionDenied, StaleError.
    """
    policy.require(by, EDIT)
    row = Device.objects.select_for_update(of=("self",)).select_related("area", "owner", "station").get(pk=device.pk)
    policy.require(by, EDIT, row)
    if revision is not None and row.revision != revision:
        raise StaleError(_("Somebody else changed this device meanwhile. Look at it again before you save."))
    return row


@transaction.atomic
def save_device(
    by: User, values: Mapping[str, Any], *, device: Device | None = None, revision: int | None = None
) -> Device:
    """Enter a device or correct one; ``values`` by :data:`FIELDS`, what is left out stays.

    Raises PermissionDenied (not in the own area), StaleError, RegistryError (number taken, or in use without a
    confirmed profile).
    """
    policy.require(by, EDIT)
    row = Device() if device is None else lock(by, device, revision)
    return write_device(by, row, values)


def write_device(by: User, row: Device, values: Mapping[str, Any]) -> Device:
    """Check and save a new or locked row with its audit record; raises as :func:`save_device`."""
    before = device_state(row) if row.pk else None
    for name in FIELDS:
        if name in values:
            setattr(row, name, values[name])
    if not holds(by, EDIT, row.area):
        raise RegistryError(_("You do not keep the register of this area."), "area")
    if Device.objects.exclude(pk=row.pk).filter(mn=row.mn).exists():
        raise RegistryError(_("Another device has this number."), "mn")
    if row.taken and not (row.pk and row.profiles.exists()):
        raise RegistryError(_("Confirm the device's profile first: until then its data go to quarantine."), "state")
    if row.state == DeviceState.RETIRED and row.retired is None:
        row.retired = timezone.localdate()
    row.revision = row.revision + 1 if before else 1
    row.save()
    after = device_state(row)
    moved = [name for name in after if before is None or before[name] != after[name]]
    if moved:
        audit.record(
            by, "device.edit" if before else "device.add", row,
            before={name: before[name] for name in moved} if before else None,
            after={name: after[name] for name in moved if after[name] not in ("", None)},
        )  # fmt: skip
        profilesfile.changed(by)
    return row


@transaction.atomic
def register(by: User, mn: str, kind: str) -> Device:
    """Register a number that nobody knew, in one click: at the station that names it, else in the person's own area.

    Its profile waits for confirmation. Raises PermissionDenied, RegistryError.
    """
    policy.require(by, EDIT)
    station = Station.objects.select_related("area").filter(mn=mn).first()
    area = station.area if station is not None and holds(by, EDIT, station.area) else _home(by)
    if area is None:
        raise RegistryError(_("You do not keep the register of any area."))
    name = station.name if station else f"{KIND_WORDS[kind]}{mn[-6:]}"
    values = {"mn": mn, "name": name[:60], "kind": kind, "area": area, "station": station}
    return save_device(by, values)


def device_state(row: Device) -> dict[str, Any]:
    """A device's fields as JSON."""
    days = {name: value.isoformat() if (value := getattr(row, name)) else "" for name in ("installed", "retired")}
    texts = {name: getattr(row, name) for name in ("mn", "name", "kind", "state", "for_assessment", "note")}
    return texts | days | {
        "area": row.area.code,
        "owner": row.owner.name if row.owner else "",
        "station": row.station.code if row.station else "",
    }  # fmt: skip


def _home(by: User) -> Area | None:
    """The widest area in which the person keeps the register, in the city where the newest device lies."""
    mine = editable_areas(by).order_by("path")
    newest = Device.objects.filter(area__in=mine).order_by("-pk").values_list("area__path", flat=True).first()
    return mine.filter(code__in=newest.split("/")).first() if newest else mine.first()
