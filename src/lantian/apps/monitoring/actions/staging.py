"""What every kind of staged file shares: read in the guarded worker, kept with its problems."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import transaction

from lantian.apps.core import audit, files
from lantian.apps.core.columns import Problem
from lantian.apps.core.models import StoredFile, User
from lantian.apps.monitoring.models import StagedFile, StagedKind
from lantian.reading.guard import run_guarded


def stage(
    by: User, kind: StagedKind, stored: StoredFile, name: str, rows: list[Any], facts: dict[str, Any],
    problems: list[Problem],
) -> StagedFile:  # fmt: skip
    """A staged file with its audit record. Checks no right: who calls it did."""
    with transaction.atomic():
        row = StagedFile.objects.create(
            kind=kind, file=stored, file_name=files.short_name(name), created_by=by, rows=rows, facts=facts,
            problems=[problem.as_json() for problem in problems],
        )  # fmt: skip
        after = {"kind": kind.value, "file": row.file_name, "rows": len(rows), "problems": len(problems)}
        audit.record(by, "monitoring.stage", row, after=after)
    return row


def read_guarded(read: Callable[[Path], list[Any]], stored: StoredFile, name: str) -> list[Any]:
    """What ``read`` makes of the stored file, in a worker with limits. Raises ReadingError."""
    with tempfile.TemporaryDirectory(prefix="lantian-") as temporary:
        # Under its own name, so that a refusal names the file as the person knows it.
        place = Path(temporary) / (files.short_name(name)[-100:] or "list.xlsx")
        place.symlink_to(stored.path)
        return run_guarded(read, place)
