"""Taking a workbook over: staged with every problem and every change shown, then accepted as a whole or dropped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.areas import queries, workbook, worker
from lantian.apps.areas.actions.rows import EDIT, ChangeError
from lantian.apps.areas.incoming import Incoming, Problem, Row
from lantian.apps.areas.models import DirectoryImport
from lantian.apps.core import files, policy, staging
from lantian.apps.core.models import StagedState, StoredFile, User

IMPORT = "directory.import"


def stage(user: User | None, name: str, chunks: Iterable[bytes]) -> DirectoryImport:
    """Store a workbook, read it in a worker with limits and compare it with the directory. Writes no area or unit.

    Raises PermissionDenied, files.TooLargeError, ReadingError (no workbook, damaged), ChangeError (no sheet of ours).
    """
    if user is not None:
        policy.require(user, EDIT)
    stored = files.store(user, name, chunks)
    rows, problems, remarks = _read(stored, name)
    incoming = _compare(user, rows)
    row = DirectoryImport(remarks=remarks, changes=[change.as_json() for change in incoming.changes])
    row.rows = {sheet: [[item.line, item.values] for item in found] for sheet, found in rows.items()}
    facts = {"sha256": stored.sha256, "changes": len(row.changes)}
    staging.keep(user, row, stored, name, [*problems, *incoming.problems], action="directory.stage", **facts)
    return row


@transaction.atomic
def accept(user: User | None, staged: DirectoryImport) -> bool:
    """Take the whole workbook over, in one transaction.

    False, with the comparison made anew and nothing written, where the directory changed since the person saw it.
    Raises PermissionDenied, ChangeError (it has problems, or was accepted or dropped).
    """
    if user is not None:
        policy.require(user, EDIT)
    row = staging.hold(staged, _decided())
    rows = {
        sheet: [Row(sheet, line, values) for line, values in found] for sheet, found in row.rows.items()
    }  # fmt: skip
    if row.problems:
        raise ChangeError(_("A file with problems is not taken over. Correct it and bring it again."))
    incoming = _compare(user, rows)
    seen = row.changes
    row.problems = [problem.as_json() for problem in incoming.problems]
    row.changes = [change.as_json() for change in incoming.changes]
    if row.problems or row.changes != seen:
        row.save()
        return False
    incoming.save(user)
    counts = tally(row.changes)
    staging.finish(user, row, StagedState.ACCEPTED, action=IMPORT, sha256=row.file.sha256, **counts)
    return True


@transaction.atomic
def drop(user: User | None, staged: DirectoryImport) -> None:
    """Drop a staged workbook; the file stays stored. Raises PermissionDenied, ChangeError."""
    if user is not None:
        policy.require(user, EDIT)
    row = staging.hold(staged, _decided())
    staging.finish(user, row, StagedState.DROPPED, action="directory.drop")


def tally(changes: list[dict[str, Any]]) -> dict[str, int]:
    """How many rows are new, changed and closed."""
    return {what: sum(change["what"] == what for change in changes) for what in ("new", "changed", "closed")}


def _decided() -> ChangeError:
    return ChangeError(_("This file was taken over or dropped already."))


def _compare(user: User | None, rows: dict[str, list[Row]]) -> Incoming:
    reach = None if user is None else queries.reach(user, policy.ACTIONS[EDIT])
    return Incoming(rows, reach=reach, keep_edits=False)


def _read(stored: StoredFile, name: str) -> tuple[dict[str, list[Row]], list[Problem], list[dict[str, str]]]:
    """The rows of a stored workbook, problems of its headings, and remarks about what was not read."""
    found = staging.read_stored(worker.read_sheets, stored, name)
    rows, problems, unknown = workbook.rows_of(found["sheets"])
    if not rows:
        raise ChangeError(_("The workbook has none of the directory's sheets. Export one and fill it in."))
    remarks = []
    if unknown:
        names = "、".join(unknown)
        remarks.append({"zh": f"不认识的工作表，未读取：{names}", "en": f"Sheets that were not read: {names}"})
    if found["hidden"]:
        words = found["hidden"]
        remarks.append({"zh": f"隐藏的内容未读取：{words}", "en": f"Hidden content was not read: {words}"})
    return rows, problems, remarks
