"""The history gets the area of who acted, and the database itself refuses to change it.

SQLite keeps its rows by a trigger against UPDATE only: the test runner empties tables there by DELETE. On PostgreSQL
both are refused. A later migration that makes SQLite rebuild the table must make the trigger again.
"""

from __future__ import annotations

from posixpath import commonpath
from typing import Any

from django.db import migrations, models

SQLITE = """
CREATE TRIGGER core_auditevent_keep BEFORE UPDATE ON core_auditevent
BEGIN SELECT RAISE(ABORT, 'the history is only added to'); END
"""
POSTGRESQL = (
    """
CREATE FUNCTION core_auditevent_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the history is only added to'; END $$
""",
    """
CREATE TRIGGER core_auditevent_keep BEFORE UPDATE OR DELETE ON core_auditevent
FOR EACH ROW EXECUTE FUNCTION core_auditevent_refuse()
""",
)


def places(apps: Any, _editor: Any) -> None:
    """Events of before get the area of their person's roles of today."""
    rows: dict[int, list[str | None]] = {}
    for user, path in apps.get_model("areas", "Membership").objects.values_list("user", "unit__area__path"):
        rows.setdefault(user, []).append(path)
    events = apps.get_model("core", "AuditEvent").objects
    for user, paths in rows.items():
        if None not in paths:
            events.filter(user=user).update(place=commonpath([str(path) for path in paths]).rstrip("/") + "/")


def keep(_apps: Any, editor: Any) -> None:
    """Make the triggers."""
    if editor.connection.vendor == "sqlite":
        editor.execute(SQLITE)
    elif editor.connection.vendor == "postgresql":
        for statement in POSTGRESQL:
            editor.execute(statement)


def release(_apps: Any, editor: Any) -> None:
    """Drop the triggers."""
    if editor.connection.vendor == "sqlite":
        editor.execute("DROP TRIGGER IF EXISTS core_auditevent_keep")
    elif editor.connection.vendor == "postgresql":
        editor.execute("DROP TRIGGER IF EXISTS core_auditevent_keep ON core_auditevent")
        editor.execute("DROP FUNCTION IF EXISTS core_auditevent_refuse()")


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_tokens"),
        ("areas", "0003_directory"),
    ]

    operations = [
        migrations.AddField(
            model_name="auditevent",
            name="place",
            field=models.CharField(blank=True, db_index=True, default="", max_length=200),
            preserve_default=False,
        ),
        migrations.RunPython(places, migrations.RunPython.noop),
        migrations.RunPython(keep, release),
    ]
