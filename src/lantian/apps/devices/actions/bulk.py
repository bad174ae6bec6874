"""Many devices with profile and units in one go: the demonstration's, which nobody confirms one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from lantian.apps.core import audit, policy
from lantian.apps.core.models import User
from lantian.apps.devices import profilesfile
from lantian.apps.devices.models import Device, FactorUnit, Profile
from lantian.apps.devices.rights import EDIT


@transaction.atomic
def enter_many(
    by: User, devices: Sequence[Device], profile: Mapping[str, Any], units: Mapping[str, Mapping[str, str]], why: str
) -> int:
    """Enter devices whose number is not registered yet, all with one profile; ``units`` by kind and factor.

    Six statements, whatever their number, and one audit record. Returns how many were new. Raises PermissionDenied.
    """
    for area in {device.area for device in devices}:
        policy.require(by, EDIT, Device(area=area))
    known = set(Device.objects.values_list("mn", flat=True))
    rows = Device.objects.bulk_create([device for device in devices if device.mn not in known])
    if not rows:
        return 0
    now = timezone.now()
    Profile.objects.bulk_create(
        Profile(device=row, number=1, valid_from=now, by=by, why=why, **profile) for row in rows
    )
    FactorUnit.objects.bulk_create(
        FactorUnit(device=row, factor=factor, unit=unit, since=now, confirmed=now, by=by)
        for row in rows
        for factor, unit in units.get(row.kind, {}).items()
    )
    audit.record(by, "device.many", after={"rows": len(rows), "why": why})
    profilesfile.changed(by)
    return len(rows)
