"""Starting Django for a command: settings, messages, tables and directory that are up to date."""

from __future__ import annotations

import os
import sys


def start() -> None:
    """Set Django up. Exits with one clear line where a setting is of no use."""
    os.umask(0o077)  # database, plans and logins are nobody else's on this machine
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lantian.site.settings")
    import django

    from lantian.site import messages
    from lantian.site.config import ConfigError

    messages.ensure_compiled()
    try:
        django.setup()
    except ConfigError as error:
        sys.stderr.write(f"lantian: {error}\n")
        raise SystemExit(1) from None


def prepare() -> None:
    """Bring the tables and the directory of areas and units (LANTIAN_DIRECTORY) up to date."""
    from django.conf import settings

    from lantian.apps.areas import actions

    _migrate()
    if settings.LANTIAN_DIRECTORY:
        try:
            actions.load_if_changed(actions.shipped(settings.LANTIAN_DIRECTORY))
        except actions.DirectoryError as error:
            sys.stderr.write(f"lantian: LANTIAN_DIRECTORY: {error}\n")
            raise SystemExit(1) from None


def _migrate() -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    settings.LANTIAN_DATA.mkdir(parents=True, exist_ok=True)
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    call_command("migrate", verbosity=0, interactive=False)
