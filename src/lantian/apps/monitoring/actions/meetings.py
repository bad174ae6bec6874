"""会商记录: who met when, what was concluded, which episode is expected, which alert is suggested."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.core import audit, files, policy
from lantian.apps.core.models import StoredFile, User
from lantian.apps.monitoring.errors import RegistryError, StaleError
from lantian.apps.monitoring.models import Meeting
from lantian.apps.monitoring.rights import FORECAST

_FIELDS = ("title", "held", "others", "conclusions", "episode_start", "episode_end", "alert", "forecast")


def save_meeting(
    by: User, values: Mapping[str, Any], *, uid: Any = None, revision: int | None = None, name: str = "",
    chunks: Iterable[bytes] | None = None, synthetic: bool = False,
) -> Meeting:  # fmt: skip
    """Enter a record or correct one; ``values`` by field (``area``, ``units`` among them), the attachment as chunks.

    A file without chunks stays as it is. Raises PermissionDenied, StaleError, RegistryError (the episode ends before
    it begins, or has one end only), files.TooLargeError.
    """
    policy.require(by, FORECAST)
    stored = files.store(by, name, chunks) if chunks is not None else None
    return _write(by, values, uid, revision, stored, name, synthetic)


@transaction.atomic
def _write(
    by: User, values: Mapping[str, Any], uid: Any, revision: int | None, stored: StoredFile | None, name: str,
    synthetic: bool,
) -> Meeting:  # fmt: skip
    row = Meeting(created_by=by, synthetic=synthetic)
    before: dict[str, Any] = {}
    if uid is not None:
        row = Meeting.objects.select_for_update(of=("self",)).select_related("area").get(uid=uid)
        policy.require(by, FORECAST, row)
        if revision is not None and row.revision != revision:
            raise StaleError(_("Somebody else changed this record meanwhile. Look at it again before you save."))
        before = _state(row)
    row.area = values["area"]
    policy.require(by, FORECAST, row)
    for field in _FIELDS:
        setattr(row, field, values[field])
    if (row.episode_start is None) != (row.episode_end is None):
        raise RegistryError(_("Give the first and the last day of the episode, or neither."), "episode_end")
    if row.episode_start and row.episode_end and row.episode_end < row.episode_start:
        raise RegistryError(_("The last day lies before the first."), "episode_end")
    if stored is not None:
        row.file, row.file_name = stored, files.short_name(name)
    row.revision = row.revision + 1 if before else 1
    row.save()
    row.units.set(values["units"])
    after = _state(row)
    changed = [field for field in after if not before or before[field] != after[field]]
    if changed:
        audit.record(
            by, "meeting.edit" if before else "meeting.add", row,
            before={field: before[field] for field in changed} if before else None,
            after={field: after[field] for field in changed},
        )  # fmt: skip
    return row


def _state(row: Meeting) -> dict[str, Any]:
    return {
        "area": row.area.name, "title": row.title, "held": row.held.isoformat(), "others": row.others,
        "units": sorted(row.units.values_list("name", flat=True)), "conclusions": row.conclusions,
        "episode_start": str(row.episode_start or ""), "episode_end": str(row.episode_end or ""), "alert": row.alert,
        "forecast": str(row.forecast or ""), "file": row.file_name,
    }  # fmt: skip
