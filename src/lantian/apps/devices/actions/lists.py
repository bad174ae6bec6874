"""Lists of devices from files: read in a worker with limits, staged, taken over as a whole or dropped."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.core import audit, files, policy
from lantian.apps.core.models import StoredFile, User
from lantian.apps.devices import lists
from lantian.apps.devices.actions.devices import lock, write_device
from lantian.apps.devices.models import Device, DeviceList, ListState
from lantian.apps.devices.rights import EDIT
from lantian.apps.monitoring.errors import RegistryError
from lantian.reading.guard import run_guarded
from lantian.reading.lists import read_list


def stage(by: User, name: str, chunks: Iterable[bytes]) -> DeviceList:
    """Store a list, read it in a worker with limits, and keep what is wrong with it. Changes no device.

    Raises PermissionDenied, files.TooLargeError, ReadingError (no table, damaged).
    """
    policy.require(by, EDIT)
    stored = files.store(by, name, chunks)
    rows, problems = lists.rows_of(_read(stored, name))
    if not problems:
        problems = lists.entries(by, rows)[1]
    with transaction.atomic():
        row = DeviceList.objects.create(
            file=stored, file_name=files.short_name(name), created_by=by, rows=rows,
            problems=[problem.as_json() for problem in problems],
        )  # fmt: skip
        after = {"file": row.file_name, "rows": len(rows), "problems": len(problems)}
        audit.record(by, "device.list_stage", row, after=after)
    return row


@transaction.atomic
def accept(by: User, staged: DeviceList) -> int | None:
    """Take the whole list over; how many rows. None, with the problems found anew, where things changed meanwhile.

    Raises PermissionDenied, RegistryError (it has problems, or was taken over or dropped).
    """
    row = _open(by, staged)
    if row.problems:
        raise RegistryError(_("A list with problems is not taken over. Correct it and bring it again."))
    entries, problems = lists.entries(by, [(line, values) for line, values in row.rows])
    if problems:
        row.problems = [problem.as_json() for problem in problems]
        row.save(update_fields=["problems"])
        return None
    for entry in entries:
        write_device(by, lock(by, entry.old, None) if entry.old else Device(), entry.values)
    row.state, row.finished = ListState.ACCEPTED, timezone.now()
    row.save()
    audit.record(by, "device.list", row, after={"file": row.file_name, "rows": len(entries)})
    return len(entries)


@transaction.atomic
def drop(by: User, staged: DeviceList) -> None:
    """Drop a staged list; what was uploaded stays stored. Raises PermissionDenied, RegistryError."""
    row = _open(by, staged)
    row.state, row.finished = ListState.DROPPED, timezone.now()
    row.save()
    audit.record(by, "device.list_drop", row, after={"file": row.file_name})


def _open(by: User, staged: DeviceList) -> DeviceList:
    policy.require(by, EDIT)
    row = DeviceList.objects.select_for_update(of=("self",)).get(pk=staged.pk)
    if row.state != ListState.STAGED:
        raise RegistryError(_("This list was taken over or dropped already."))
    return row


def _read(stored: StoredFile, name: str) -> list[list[Any]]:
    with tempfile.TemporaryDirectory(prefix="lantian-") as temporary:
        # Under its own name, so that a refusal names the file as the person knows it.
        place = Path(temporary) / (files.short_name(name)[-100:] or "list.xlsx")
        place.symlink_to(stored.path)
        return run_guarded(read_list, place)
