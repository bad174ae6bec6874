"""Lists taken over: staged with every problem by row, then accepted as a whole or dropped."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.core import actions as core
from lantian.apps.core import audit, files, policy
from lantian.apps.core.columns import Problem, Row
from lantian.apps.core.models import StoredFile, User
from lantian.apps.people import lists
from lantian.apps.people.actions.accounts import add_person
from lantian.apps.people.actions.handing import Successor, hand_over
from lantian.apps.people.actions.register import save_liaison
from lantian.apps.people.errors import RegisterError
from lantian.apps.people.models import ListKind, ListState, StagedList
from lantian.apps.people.rights import STAGES, keeps_account
from lantian.reading.guard import run_guarded
from lantian.reading.lists import read_list

Slip = tuple[User, str]  # a person and the first password


def stage(by: User, kind: ListKind, name: str, chunks: Iterable[bytes]) -> StagedList:
    """Store a list, read it in a worker with limits, and keep what is wrong with it. Changes nobody.

    Raises PermissionDenied, files.TooLargeError, ReadingError (no workbook, damaged).
    """
    policy.require(by, STAGES[kind])
    stored = files.store(by, name, chunks)
    rows, problems = lists.rows_of(kind, _read(stored, name))
    if not problems:
        problems = check(by, kind, rows)
    with transaction.atomic():
        row = StagedList.objects.create(
            kind=kind, file=stored, file_name=name[:255], created_by=by, rows=rows,
            problems=[problem.as_json() for problem in problems],
        )  # fmt: skip
        after = {"kind": kind.value, "file": name[:255], "rows": len(rows), "problems": len(problems)}
        audit.record(by, "people.stage", row, after=after)
    return row


def check(by: User, kind: str, rows: list[Row]) -> list[Problem]:
    """What is wrong with the rows now."""
    return lists.new_people(by, rows)[1] if kind == ListKind.PEOPLE else lists.new_entries(by, rows)[1]


@transaction.atomic
def accept(by: User, staged: StagedList) -> list[Slip] | None:
    """Take the whole list over; returns the people it brought with their first passwords, which are kept nowhere.

    None, with the problems found anew and nothing written, where people or units changed since the list was staged.
    Raises PermissionDenied, RegisterError (it has problems, or was taken over or dropped).
    """
    row = _open(by, staged)
    if row.problems:
        raise RegisterError(_("A list with problems is not taken over. Correct it and bring it again."))
    rows: list[Row] = [(line, values) for line, values in row.rows]
    problems = check(by, row.kind, rows)
    if problems:
        row.problems = [problem.as_json() for problem in problems]
        row.save(update_fields=["problems"])
        return None
    slips: list[Slip] = []
    if row.kind == ListKind.PEOPLE:
        for new in lists.new_people(by, rows)[0]:
            slips.append(add_person(by, new.username, new.name, new.unit, list(new.roles)))
        row.made = [str(person.uid) for person, _password in slips]
    else:
        for entry in lists.new_entries(by, rows)[0]:
            _take(by, entry)
    row.state, row.finished = ListState.ACCEPTED, timezone.now()
    row.save()
    audit.record(by, "people.import", row, after={"kind": row.kind, "file": row.file_name, "rows": len(rows)})
    return slips


@transaction.atomic
def drop(by: User, staged: StagedList) -> None:
    """Drop a staged list; the file stays stored. Raises PermissionDenied, RegisterError."""
    row = _open(by, staged)
    row.state, row.finished = ListState.DROPPED, timezone.now()
    row.save()
    audit.record(by, "people.drop", row, after={"kind": row.kind, "file": row.file_name})


@transaction.atomic
def first_passwords(by: User, staged: StagedList) -> list[Slip]:
    """New first passwords for those of an accepted list who never logged in (the slips got lost).

    Raises PermissionDenied.
    """
    policy.require(by, STAGES[ListKind(staged.kind)], staged)
    people = User.objects.filter(uid__in=staged.made, last_login=None, is_active=True, must_change_password=True)
    slips: list[Slip] = []
    for person in people.order_by("pk"):
        if not keeps_account(by, person):
            raise PermissionDenied
        password = core.random_password()
        core.set_password(by, person, password, must_change=True)
        slips.append((person, password))
    return slips


def _take(by: User, entry: lists.NewEntry) -> None:
    values = entry.values
    if entry.what == "successor" and entry.old is not None:
        new = Successor(values["name"], values["title"], values["phone"], values["email"])
        taken = hand_over(by, entry.old, new, values["since"], revision=entry.old.revision).new
        if values["note"]:
            save_liaison(by, entry.unit, entry.post, values, revision=taken.revision)
    elif entry.what != "same":
        revision = entry.old.revision if entry.old else None
        save_liaison(by, entry.unit, entry.post, values, revision=revision)


def _open(by: User, staged: StagedList) -> StagedList:
    policy.require(by, STAGES[ListKind(staged.kind)])
    row = StagedList.objects.select_for_update(of=("self",)).get(pk=staged.pk)
    if row.state != ListState.STAGED:
        raise RegisterError(_("This list was taken over or dropped already."))
    return row


def _read(stored: StoredFile, name: str) -> list[list[Any]]:
    with tempfile.TemporaryDirectory(prefix="lantian-") as temporary:
        # Under its own name, so that a refusal names the file as the person knows it.
        place = Path(temporary) / (Path(name.replace("\\", "/")).name[-100:] or "list.xlsx")
        place.symlink_to(stored.path)
        return run_guarded(read_list, place)
