"""The file of device profiles that the gateway reads again when it changes (docs/gateway.md): ``profiles.json`` in the
data folder, an object ``{"devices": {MN: {…}}}`` of those devices whose data are taken.

It holds passwords and keys, so only its owner may read it. Every action that changes a device asks for a job in the
same transaction: a process that dies between its commit and the file is made good by the next look for work.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import secrets
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from lantian.apps.core import jobs, sealed
from lantian.apps.core.models import Job, User
from lantian.apps.devices.models import Device, DeviceState, FactorUnit, Profile
from lantian.protocols.hj212 import profile as hj212

log = logging.getLogger(__name__)

USE = b"lantian device secrets"
_JOB = "devices.profiles"


def path() -> Path:
    """Where the file stands; ``lantian ingest --profiles`` is given this."""
    return Path(settings.LANTIAN_DATA) / "profiles.json"


def register() -> None:
    """Make the job known, and ask for it once a day: a file that was lost or damaged comes back."""
    jobs.handles(_JOB)(_work)
    jobs.daily(_JOB, lambda: [("file", {})])


def changed(by: User | None) -> None:
    """The register changed in this transaction: write the file when it is committed, and see to it by a job."""
    jobs.enqueue(by, _JOB, {})
    transaction.on_commit(_now)


def write() -> bool:
    """Bring the file in step with the database; True where it was not. OSError: the old one stays.

    One writer at a time, each of which reads the database after the one before has finished: the newest state wins.
    """
    target = path()
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.with_name(f"{target.name}.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        data = json.dumps({"devices": entries()}, ensure_ascii=False, sort_keys=True, indent=1).encode()
        if _stands(target, data):
            return False
        _replace(target, data)
    return True


def entries() -> dict[str, dict[str, Any]]:
    """What the gateway is told of every device whose data are taken, by MN."""
    rows = Device.objects.filter(state__in=(DeviceState.ACTIVE, DeviceState.MAINTENANCE)).select_related("station")
    newest: dict[int, Profile] = {}
    for profile in Profile.objects.filter(device__in=rows).order_by("number"):
        newest[profile.device_id] = profile
    units: dict[int, dict[str, str]] = defaultdict(dict)
    # A value that wants a scale is no value in a unit as it was sent: the gateway stores what was sent.
    confirmed = FactorUnit.objects.filter(device__in=rows, ended=None, confirmed__isnull=False, scale=1)
    for device, factor, unit in confirmed.values_list("device_id", "factor", "unit"):
        units[device][factor] = unit
    return {row.mn: _entry(row, newest.get(row.pk), units.get(row.pk, {})) for row in rows.order_by("mn")}


def spoken(row: Device) -> hj212.Profile:
    """How the device speaks by its newest profile, for reading its packets again; the default without one."""
    newest = row.profiles.order_by("-number").first()
    own = ("station", "name", "interval", "password")
    values = {name: value for name, value in _entry(row, newest, {}).items() if name not in own}
    return hj212.from_mapping(values) if newest else hj212.DEFAULT


def _entry(row: Device, profile: Profile | None, units: dict[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {"station": row.lake_code, "name": row.name}
    if units:
        made["units"] = units
    if profile is None:
        return made
    made |= {"crc": profile.crc, "period_label": profile.period_label}
    made |= {
        name: value
        for name in ("version", "encoding", "minutes", "interval", "aliases")
        if (value := getattr(profile, name))
    }
    for name, text in (("sm4_key_hex", profile.sm4_key), ("password", profile.password)):
        if text and (name != "password" or profile.check_password) and (secret := _opened(row, text)):
            made[name] = secret
    return made


def _opened(row: Device, text: str) -> str:
    try:
        return sealed.unseal(USE, text)
    except sealed.SealError:
        # One device less readable, not the whole file lost: the installation's secret key was changed.
        log.error("device %s: its password or key was sealed under another secret key; enter it again", row.uid)
        return ""


def _stands(target: Path, data: bytes) -> bool:
    try:
        return target.read_bytes() == data and target.stat().st_mode & 0o777 == 0o600
    except OSError:
        return False


def _replace(target: Path, data: bytes) -> None:
    draft = target.with_name(f"{target.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(target)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise


def _now() -> None:
    try:
        write()
    except OSError as error:
        log.warning("profiles.json cannot be written now: %s; the job tries again", error)


def _work(_job: Job) -> dict[str, Any]:
    return {"written": write()}
