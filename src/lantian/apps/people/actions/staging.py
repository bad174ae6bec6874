"""Lists taken over: staged with every problem by row, then accepted as a whole or dropped."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.core import actions as core
from lantian.apps.core import policy
from lantian.apps.core.columns import Problem, Row
from lantian.apps.core.models import StagedState, User
from lantian.apps.core.staging import bring_list, finish, hold, object_to, rows_in
from lantian.apps.people import lists
from lantian.apps.people.actions.accounts import add_person
from lantian.apps.people.actions.handing import Successor, hand_over
from lantian.apps.people.actions.register import save_liaison
from lantian.apps.people.errors import RegisterError
from lantian.apps.people.models import ListKind, StagedList
from lantian.apps.people.rights import STAGES, keeps_account

Slip = tuple[User, str]  # a person and the first password


def stage(by: User, kind: ListKind, name: str, chunks: Iterable[bytes]) -> StagedList:
    """Store a list, read it in a worker with limits, and keep what is wrong with it. Changes nobody.

    Raises PermissionDenied, files.TooLargeError, ReadingError (no workbook, damaged).
    """
    policy.require(by, STAGES[kind])
    return bring_list(
        by, StagedList(kind=kind), name, chunks, action="people.stage", kind=kind.value,
        rows_of=lambda given: lists.rows_of(kind, given), check=lambda rows: check(by, kind, rows),
    )  # fmt: skip


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
    rows = rows_in(row)
    problems = check(by, row.kind, rows)
    if problems:
        object_to(row, problems)
        return None
    slips: list[Slip] = []
    if row.kind == ListKind.PEOPLE:
        for new in lists.new_people(by, rows)[0]:
            slips.append(add_person(by, new.username, new.name, new.unit, list(new.roles)))
        row.made = [str(person.uid) for person, _password in slips]
    else:
        for entry in lists.new_entries(by, rows)[0]:
            _take(by, entry)
    finish(by, row, StagedState.ACCEPTED, action="people.import", kind=row.kind, rows=len(rows))
    return slips


@transaction.atomic
def drop(by: User, staged: StagedList) -> None:
    """Drop a staged list; the file stays stored. Raises PermissionDenied, RegisterError."""
    row = _open(by, staged)
    finish(by, row, StagedState.DROPPED, action="people.drop", kind=row.kind)


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
    return hold(staged, RegisterError(_("This list was taken over or dropped already.")))
