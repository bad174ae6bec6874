"""Taking a checked file over: one transaction, in which the database copies the staged rows itself."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils import timezone

from lantian.apps.core import audit
from lantian.apps.registers import catalogue
from lantian.apps.registers.actions.holding import hold, open_change
from lantian.apps.registers.models import ChangeSet, ImportSession, ImportState, Route
from lantian.registers import Register

# Rows of a session that are taken over; the second list of placeholders are the verdicts.
_CHOSEN = "s.session_id = %s AND NOT s.bad AND s.verdict IN ('new', %s)"
_MOVED = f"""
SELECT COUNT(*) FROM registers_stagedrow s
LEFT JOIN registers_record r ON r.register = %s AND r.key = s.key
WHERE {_CHOSEN} AND COALESCE(r.revision, 0) <> s.base
"""  # noqa: S608  # no value stands in the text
_RECORDS = f"""
INSERT INTO registers_record
  (uid, register, key, "values", area_id, unit_id, "date", lon, lat, text, gone, revision, change_id)
SELECT s.uid, %s, s.key, s."values", s.area_id, s.unit_id, s."date", s.lon, s.lat, s.text, FALSE, s.base + 1, %s
FROM registers_stagedrow s WHERE {_CHOSEN}
ON CONFLICT (register, key) DO UPDATE SET
  "values" = excluded."values", area_id = excluded.area_id, unit_id = excluded.unit_id, "date" = excluded."date",
  lon = excluded.lon, lat = excluded.lat, text = excluded.text, gone = FALSE, revision = excluded.revision,
  change_id = excluded.change_id
"""  # noqa: S608
_VERSIONS = f"""
INSERT INTO registers_recordversion (register, key, change_id, revision, "values", valid_from)
SELECT %s, s.key, %s, s.base + 1, s."values", {{since}}
FROM registers_stagedrow s WHERE {_CHOSEN}
"""  # noqa: S608


def take(session: ImportSession) -> int | None:
    """Take a session over whose job runs; returns how many rows, None where rows were changed since they were checked.

    Either everything is there afterwards, with its change set, or nothing: also where the process is killed.
    """
    register = catalogue.register(session.register)
    with transaction.atomic():
        session.refresh_from_db(from_queryset=ImportSession.objects.select_for_update())
        if session.state != ImportState.ACCEPTING:  # another worker was faster
            return session.change.added + session.change.changed if session.change else 0
        state = hold(register)
        verdict = "change" if session.update else "new"
        if register.store == "table" and _count(_MOVED, register.name, session.pk, verdict):
            session.state, session.revision = ImportState.CHECKING, session.revision + 1
            session.save()
            return None
        rows = session.staged.filter(bad=False)
        added = rows.filter(verdict="new").count()
        changed = rows.filter(verdict="change").count() if session.update else 0
        change = open_change(
            state, session.created_by, Route.IMPORT, session.effective, file=session.file,
            file_name=session.file_name, added=added, changed=changed,
        )  # fmt: skip
        if register.store == "table":
            _copy(register, session, change, verdict)
        session.state, session.change, session.finished = ImportState.DONE, change, timezone.now()
        session.revision += 1
        session.save()
        facts = {"register": register.name, "file": session.file_name, "added": added, "changed": changed}
        audit.record(session.created_by, "register.accept", session, after=facts | {"left": session.bad})
    return added + changed


def _copy(register: Register, session: ImportSession, change: ChangeSet, verdict: str) -> None:
    chosen = (session.pk, verdict)
    event = register.kind == "event"
    versions = _VERSIONS.format(since='COALESCE(s."date", %s)' if event else "%s")
    with connection.cursor() as cursor:
        cursor.execute(_RECORDS, (register.name, change.pk, *chosen))
        cursor.execute(versions, (register.name, change.pk, change.effective, *chosen))


def _count(sql: str, *values: str | int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.fetchone()[0])
