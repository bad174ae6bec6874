"""Files of rows: brought, their columns confirmed, then taken over as a whole or dropped.

A job reads and checks them (:mod:`lantian.apps.registers.jobs`), another takes them over; until that one transaction
is through nothing of a file counts, whatever dies in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.core import audit, files, jobs, policy
from lantian.apps.core.holding import NotPossible, StaleError, is_stale
from lantian.apps.core.models import User
from lantian.apps.registers import catalogue
from lantian.apps.registers.actions.holding import effective_day, require
from lantian.apps.registers.models import HeaderMemory, ImportSession, ImportState
from lantian.registers import Register
from lantian.registers.columns import headings, missing

READ, TAKE = "registers.read", "registers.take"
_DATUMS = ("", "WGS-84", "CGCS2000", "GCJ-02", "BD-09")


def stage(
    by: User, register: Register, name: str, chunks: Iterable[bytes], *, effective: date | None = None, datum: str = ""
) -> ImportSession:
    """Keep a file and ask for it to be read; changes no row. ``datum`` is that of coordinates which name none.

    Raises PermissionDenied, files.TooLargeError, NotPossible (a day in the future, no such datum).
    """
    require(by, register)
    day = effective_day(effective)
    if datum not in _DATUMS:
        raise NotPossible(_("There is no such coordinate system."))
    stored = files.store(by, name, chunks)
    with transaction.atomic():
        session = ImportSession.objects.create(
            register=register.name, file=stored, file_name=files.short_name(name), effective=day, datum=datum,
            created_by=by,
        )  # fmt: skip
        audit.record(by, "register.stage", session, after={"register": register.name, "file": session.file_name})
        _ask(by, session, READ)
    return session


@transaction.atomic
def map_columns(
    by: User, session: ImportSession, mapping: Mapping[str, str], *, revision: int | None, remember: bool = True
) -> None:
    """Say which field each column of the file is (place of the column → name of a heading, blank: left out).

    ``remember``: the next file of this header maps itself. May be done again until the file is taken over. Raises
    NotPossible (a required field without a column, a field twice, no such field), StaleError, PermissionDenied.
    """
    register = _opened(by, session, revision, ImportState.MAPPING, ImportState.READY)
    known = {item.name: item for item in headings(register)} | {
        item.name: item for item in headings(register) if not item.part
    }
    whole = {item.name for item in register.shown if item.type != "file"}
    columns = {str(column["at"]) for column in session.columns}
    chosen = {at: name for at, name in mapping.items() if name and at in columns}
    if unknown := [name for name in chosen.values() if name not in known and name not in whole]:
        raise NotPossible(_("There is no field %(name)s.") % {"name": unknown[0]})
    if twice := [name for name in chosen.values() if list(chosen.values()).count(name) > 1]:
        field = register.field(twice[0].partition(".")[0])
        raise NotPossible(_("Two columns are called %(name)s.") % {"name": field.label.zh})
    if lacking := missing(register, chosen.values()):
        names = "、".join(register.field(name).label.zh for name in lacking)
        raise NotPossible(_("Say which columns these required fields are: %(names)s.") % {"names": names})
    session.mapping, session.state, session.revision = chosen, ImportState.CHECKING, session.revision + 1
    session.save()
    if remember:
        texts = [column["text"] for column in session.columns]
        HeaderMemory.objects.update_or_create(
            register=register.name, shape=session.shape, defaults={"columns": texts, "mapping": chosen, "by": by}
        )
    audit.record(by, "register.map", session, after={"register": register.name, "file": session.file_name})
    _ask(by, session, READ)


@transaction.atomic
def accept(
    by: User, session: ImportSession, *, revision: int | None, only_good: bool = False, update: bool = True
) -> None:
    """Ask for the file to be taken over: all of it, or ``only_good`` rows where some have problems.

    ``update`` false leaves rows alone that are in the register already. Raises NotPossible (problems and not
    ``only_good``, nothing to take over, not checked), StaleError, PermissionDenied.
    """
    _opened(by, session, revision, ImportState.READY)
    if session.bad and not only_good:
        raise NotPossible(_("Some rows have problems. Correct the file, or take over only the good rows."))
    if not session.new and not (session.changes and update):
        raise NotPossible(_("Nothing in this file is new."))
    session.state, session.only_good, session.update = ImportState.ACCEPTING, only_good, update
    session.revision += 1
    session.save()
    _ask(by, session, TAKE)


@transaction.atomic
def drop(by: User, session: ImportSession, *, revision: int | None = None) -> None:
    """Drop a file; what was uploaded stays stored. Raises NotPossible (taken over or dropped already), StaleError."""
    states = (ImportState.READING, ImportState.MAPPING, ImportState.CHECKING, ImportState.READY, ImportState.FAILED)
    register = _opened(by, session, revision, *states)
    session.state, session.finished, session.revision = ImportState.DROPPED, timezone.now(), session.revision + 1
    session.save()
    session.staged.all()._raw_delete(session.staged.db)  # nothing hangs on staged rows
    audit.record(by, "register.drop", session, after={"register": register.name, "file": session.file_name})


def _opened(by: User, session: ImportSession, revision: int | None, *states: ImportState) -> Register:
    """Hold the session; raises unless the person may go on with it and it is in one of the states."""
    try:
        stale = is_stale(session, revision)
    except ImportSession.DoesNotExist:
        raise Http404 from None
    policy.get_or_404(by, ImportSession.objects.all(), pk=session.pk)
    register = catalogue.register(session.register)
    require(by, register)
    if stale:
        raise StaleError
    if session.state not in states:
        raise NotPossible(_("This file is not at that point; look at the page again."))
    return register


def _ask(by: User, session: ImportSession, kind: str) -> None:
    """Ask for the job of a step of the session; the same step asks once."""
    key = f"{kind}:{session.uid}:{session.revision}"
    session.job = jobs.enqueue(by, kind, {"session": str(session.uid)}, key=key)
    session.save(update_fields=["job"])
