"""A device's profile: every confirmed setting is a new version; secrets are sealed and never shown again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from lantian.apps.core import audit, sealed
from lantian.apps.core.models import User
from lantian.apps.devices import profilesfile
from lantian.apps.devices.actions.devices import lock
from lantian.apps.devices.models import Device, DeviceState, Profile
from lantian.apps.monitoring.errors import RegistryError
from lantian.protocols.hj212.profile import ProfileError, from_mapping

PLAIN = ("crc", "version", "encoding", "period_label", "minutes", "interval", "check_password", "aliases", "relay")
SECRETS = ("password", "sm4_key")


@transaction.atomic
def save_profile(by: User, device: Device, values: Mapping[str, Any], *, revision: int | None = None) -> Profile:
    """Confirm how a device speaks: a new version in force from now; a proposed device comes into use.

    ``values`` by :data:`PLAIN`, ``why``, and the secrets in clear: None keeps what stood, "" forgets it. Nothing is
    written where nothing differs. Raises PermissionDenied, StaleError, RegistryError (names the field).
    """
    row = lock(by, device, revision)
    old = row.profiles.order_by("-number").first()
    new = Profile(device=row, number=old.number + 1 if old else 1, by=by, valid_from=timezone.now())
    for name in PLAIN:
        setattr(new, name, values[name])
    new.why = values.get("why") or ""
    check(new, values.get("sm4_key"))
    moved = _secrets(new, old, values)
    before = plain_state(old) if old else {}
    after = plain_state(new)
    changes = [name for name in after if before.get(name) != after[name]]
    if old is not None and not changes and not moved:
        return old
    new.save()
    if row.state == DeviceState.PROPOSED:
        row.state = DeviceState.ACTIVE
    row.revision += 1
    row.save(update_fields=["state", "revision"])
    audit.record(
        by, "device.profile", row,
        before={name: before[name] for name in changes if name in before} or None,
        after={name: after[name] for name in changes} | moved | ({"why": new.why} if new.why else {}),
    )  # fmt: skip
    profilesfile.changed(by)
    return new


def check(new: Profile, sm4_key: str | None) -> None:
    """Raise RegistryError where the gateway's reader would refuse the profile."""
    given = {name: getattr(new, name) for name in ("crc", "version", "encoding", "period_label", "minutes", "aliases")}
    try:
        from_mapping({name: value for name, value in given.items() if value} | {"sm4_key_hex": sm4_key or None})
    except ProfileError as error:
        raise RegistryError(str(error), error.name.removesuffix("_hex")) from None


def plain_state(row: Profile) -> dict[str, Any]:
    """What of a profile may be read by everybody who sees the device."""
    return {name: getattr(row, name) for name in PLAIN}


def _secrets(new: Profile, old: Profile | None, values: Mapping[str, Any]) -> dict[str, str]:
    """Seal what was given, keep what was not; what happened to each, for the history — never the secret itself."""
    moved = {}
    for name in SECRETS:
        given, kept = values.get(name), getattr(old, name) if old else ""
        if given is None:
            setattr(new, name, kept)
            continue
        setattr(new, name, sealed.seal(profilesfile.USE, given))
        if given or kept:
            moved[name] = "set" if given else "forgotten"
    return moved
