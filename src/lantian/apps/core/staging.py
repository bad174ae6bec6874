"""Files that people bring: stored, read in a worker with limits, kept with what is wrong, taken over whole or dropped.

What a file brings is its app's; so is who may bring it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from django.db import transaction
from django.utils import timezone

from lantian.apps.core import audit, files
from lantian.apps.core.columns import Problem, Row
from lantian.apps.core.models import Staged, StagedState, StoredFile, User
from lantian.reading.guard import run_guarded
from lantian.reading.lists import read_list

S = TypeVar("S", bound=Staged)
T = TypeVar("T")
_NAME = 200  # bytes of a name; file systems take 255


class Objection(Protocol):
    """A problem that is kept with its file."""

    def as_json(self) -> dict[str, Any]: ...


def bring_list(
    by: User, row: S, name: str, chunks: Iterable[bytes], *, action: str,
    rows_of: Callable[[list[list[Any]]], tuple[list[Row], list[Problem]]],
    check: Callable[[list[Row]], list[Problem]],
    **facts: object,
) -> S:  # fmt: skip
    """Store a list, read it, and keep it as ``row`` (not saved yet) with what is wrong: in its headings, else its rows.

    Checks no right: who calls it did. Raises files.TooLargeError, ReadingError (no table, damaged).
    """
    stored = files.store(by, name, chunks)
    row.rows, problems = rows_of(read_stored(read_list, stored, name))
    problems = problems or check(row.rows)
    return keep(by, row, stored, name, problems, action=action, rows=len(row.rows), **facts)


def read_stored(read: Callable[[Path], T], stored: StoredFile, name: str, *, seconds: int | None = None) -> T:
    """What ``read`` makes of a stored file, in a worker with limits (``seconds``: of CPU and of waiting).

    Raises ReadingError.
    """
    with tempfile.TemporaryDirectory(prefix="lantian-") as temporary:
        # Under its own name, so that a refusal names the file as the person knows it; its end is what folders can hold.
        short = files.short_name(name).encode(errors="ignore")[-_NAME:].decode(errors="ignore")
        place = Path(temporary) / short
        place.symlink_to(stored.path)
        return run_guarded(read, place, cpu=seconds, wall=seconds)


def keep(
    by: User | None, row: S, stored: StoredFile, name: str, problems: Iterable[Objection], *, action: str,
    **facts: object,
) -> S:  # fmt: skip
    """Save what was read, with the audit record ``action``; ``facts`` are more that the record says."""
    row.file, row.file_name, row.created_by = stored, files.short_name(name), by
    row.problems = [problem.as_json() for problem in problems]
    with transaction.atomic():
        row.save()
        audit.record(by, action, row, after=facts | {"file": row.file_name, "problems": len(row.problems)})
    return row


def rows_in(row: Staged) -> list[Row]:
    """The rows of a staged list as they are checked."""
    return [(line, values) for line, values in row.rows]


def hold(staged: S, refusal: Exception) -> S:
    """The file as it is now, held until the transaction ends; raises ``refusal`` where it was decided on already."""
    row = type(staged)._default_manager.select_for_update(of=("self",)).get(pk=staged.pk)
    if row.state != StagedState.STAGED:
        raise refusal
    return row


def object_to(row: Staged, problems: Iterable[Objection]) -> None:
    """Keep what is wrong now, where things changed since the file was read."""
    row.problems = [problem.as_json() for problem in problems]
    row.save(update_fields=["problems"])


def finish(by: User | None, row: Staged, state: StagedState, *, action: str, **facts: object) -> None:
    """The file is taken over or dropped; what was uploaded stays stored."""
    row.state, row.finished = state, timezone.now()
    row.save()
    audit.record(by, action, row, after=facts | {"file": row.file_name})
