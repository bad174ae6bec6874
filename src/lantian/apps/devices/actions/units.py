"""Units of a device's factors: proposed from the values, confirmed by a person, the earlier ones kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.core import audit
from lantian.apps.core.models import User
from lantian.apps.devices import profilesfile
from lantian.apps.devices.actions.devices import lock
from lantian.apps.devices.models import Device, FactorUnit
from lantian.apps.devices.proposal import Observed, units
from lantian.apps.monitoring.errors import RegistryError

MOST = 200  # factors of one device


@transaction.atomic
def propose_units(by: User, device: Device, seen: Iterable[Observed]) -> int:
    """Note what was observed for every factor that has no unit confirmed; returns how many rows were written.

    Raises PermissionDenied.
    """
    row = lock(by, device, None)
    standing = {unit.factor: unit for unit in row.units.filter(ended=None)}
    written = 0
    for one in seen:
        old = standing.get(one.factor)
        if len(one.factor) > 40 or (old and old.confirmed) or (old is None and len(standing) >= MOST):
            continue
        unit = old or FactorUnit(device=row, factor=one.factor, since=timezone.now())
        if not unit.unit and one.candidates:
            unit.unit = one.candidates[0]
        unit.low, unit.middle, unit.high, unit.count = one.low, one.middle, one.high, one.count
        unit.save()
        standing[one.factor] = unit
        written += 1
    return written


@transaction.atomic
def confirm_units(
    by: User, device: Device, given: Mapping[str, tuple[str, Decimal]], *, revision: int | None = None
) -> int:
    """Confirm unit and scale of factors; another unit than the confirmed one ends that and begins anew.

    Returns how many changed. Raises PermissionDenied, StaleError, RegistryError (no such unit or scale).
    """
    row = lock(by, device, revision)
    known = units()
    for factor, (unit, scale) in given.items():
        if unit not in known:
            raise RegistryError(_("%(factor)s: choose a unit.") % {"factor": factor}, factor)
        if not scale.is_finite() or not Decimal("0.000001") <= scale <= 100_000:
            raise RegistryError(
                _("%(factor)s: the scale must lie between 0.000001 and 100000.") % {"factor": factor}, factor
            )
    standing = {one.factor: one for one in row.units.filter(ended=None)}
    now, before, after = timezone.now(), {}, {}
    for factor, (unit, scale) in given.items():
        old = standing.get(factor)
        if old is None or (old.confirmed and (old.unit, old.scale) == (unit, scale)):
            continue
        if old.confirmed:
            before[factor] = unit_words(old)
            FactorUnit.objects.filter(pk=old.pk).update(ended=now)
            old = FactorUnit(
                device=row, factor=factor, low=old.low, middle=old.middle, high=old.high, count=old.count, since=now
            )
        old.unit, old.scale, old.confirmed, old.by = unit, scale, now, by
        old.save()
        after[factor] = unit_words(old)
    if after:
        row.revision += 1
        row.save(update_fields=["revision"])
        audit.record(by, "device.units", row, before=before or None, after=after)
        profilesfile.changed(by)
    return len(after)


def unit_words(row: FactorUnit) -> str:
    """Unit and scale as the history shows them."""
    return row.unit if row.scale == 1 else f"{row.unit} × {row.scale.normalize():f}"
