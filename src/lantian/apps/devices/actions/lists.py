"""Lists of devices from files: read in a worker with limits, staged, taken over as a whole or dropped."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.core import policy, staging
from lantian.apps.core.models import StagedState, User
from lantian.apps.devices import lists
from lantian.apps.devices.actions.devices import lock, write_device
from lantian.apps.devices.models import Device, DeviceList
from lantian.apps.devices.rights import EDIT
from lantian.apps.monitoring.errors import RegistryError


def stage(by: User, name: str, chunks: Iterable[bytes]) -> DeviceList:
    """Store a list, read it in a worker with limits, and keep what is wrong with it. Changes no device.

    Raises PermissionDenied, files.TooLargeError, ReadingError (no table, damaged).
    """
    policy.require(by, EDIT)
    return staging.bring_list(
        by, DeviceList(), name, chunks, action="device.list_stage",
        rows_of=lists.rows_of, check=lambda rows: lists.entries(by, rows)[1],
    )  # fmt: skip


@transaction.atomic
def accept(by: User, staged: DeviceList) -> int | None:
    """Take the whole list over; how many rows. None, with the problems found anew, where things changed meanwhile.

    Raises PermissionDenied, RegistryError (it has problems, or was taken over or dropped).
    """
    row = _open(by, staged)
    if row.problems:
        raise RegistryError(_("A list with problems is not taken over. Correct it and bring it again."))
    entries, problems = lists.entries(by, staging.rows_in(row))
    if problems:
        staging.object_to(row, problems)
        return None
    for entry in entries:
        write_device(by, lock(by, entry.old, None) if entry.old else Device(), entry.values)
    staging.finish(by, row, StagedState.ACCEPTED, action="device.list", rows=len(entries))
    return len(entries)


@transaction.atomic
def drop(by: User, staged: DeviceList) -> None:
    """Drop a staged list; what was uploaded stays stored. Raises PermissionDenied, RegistryError."""
    row = _open(by, staged)
    staging.finish(by, row, StagedState.DROPPED, action="device.list_drop")


def _open(by: User, staged: DeviceList) -> DeviceList:
    policy.require(by, EDIT)
    return staging.hold(staged, RegistryError(_("This list was taken over or dropped already.")))
