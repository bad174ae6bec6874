"""Learning names while plans are read: "always read it so"."""

from __future__ import annotations

from django.db import transaction

from lantian.apps.areas.models import Unit, UnitAlias
from lantian.apps.core import audit, policy
from lantian.apps.core.models import User

SOURCE = "learned"


@transaction.atomic
def learn_alias(user: User, unit: Unit, name: str, *, misreading: bool) -> UnitAlias:
    """From now on read ``name`` as ``unit``, in every plan of its area.

    A ``misreading`` is what scans and dumps make of the name: where it stands the unit's own name is shown. Otherwise
    it is another name in use, without days. Learning the same again changes nothing. Raises PermissionDenied.
    """
    policy.require(user, "directory.learn", unit)
    alias, new = UnitAlias.objects.get_or_create(
        unit=unit, name=name, defaults={"misreading": misreading, "source": SOURCE}
    )
    if new:
        after = {"name": name, "misreading": misreading, "source": SOURCE}
        audit.record(user, "directory.learn", unit, before=None, after=after)
    return alias
