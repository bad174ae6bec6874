"""Own measurements from lists: staged with every problem, then taken over as a whole; a correction keeps the old value
in the audit record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lantian.apps.core import audit, policy, staging
from lantian.apps.core.models import User
from lantian.apps.monitoring import hand
from lantian.apps.monitoring.actions.staging import stage_list
from lantian.apps.monitoring.models import Sample, StagedFile, StagedKind
from lantian.apps.monitoring.rights import EDIT

_BATCH = 500
_FIELDS = ("value", "km", "note")


def stage_samples(by: User, name: str, chunks: Iterable[bytes]) -> StagedFile:
    """Store a list of measurements, read it in a worker with limits, and keep what is wrong with it.

    Raises PermissionDenied, files.TooLargeError, ReadingError (no table, damaged).
    """
    policy.require(by, EDIT)
    return stage_list(by, StagedKind.SAMPLES, name, chunks, hand.rows_of, hand.entries)


def take_samples(by: User, row: StagedFile) -> int | None:
    """Save every row of a staged list; None, with the problems, where things changed meanwhile. Inside ``accept``."""
    entries, problems = hand.entries(by, staging.rows_in(row))
    if problems:
        staging.object_to(row, problems)
        return None
    fresh = [
        Sample(**{name: entry.values[name] for name in ("kind", "area", "point", "start", "end", *_FIELDS)}, file=row)
        for entry in entries
        if entry.old is None
    ]
    Sample.objects.bulk_create(fresh, batch_size=_BATCH)
    changed = 0
    for entry in entries:
        if entry.old is not None and any(getattr(entry.old, name) != entry.values[name] for name in _FIELDS):
            _correct(by, entry.old, entry.values, row)
            changed += 1
    audit.record(by, "sample.save", row, after={"rows": len(entries), "new": len(fresh), "corrected": changed})
    return len(entries)


def _correct(by: User, old: Sample, values: dict[str, Any], file: StagedFile) -> None:
    before = {name: str(getattr(old, name) or "") for name in _FIELDS}
    for name in _FIELDS:
        setattr(old, name, values[name])
    old.file, old.revision = file, old.revision + 1
    old.save()
    after = {name: str(values[name] or "") for name in _FIELDS}
    audit.record(by, "sample.correct", old, before={"point": old.point} | before, after={"point": old.point} | after)
