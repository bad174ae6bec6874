"""Steps of an import as processes of their own, so that one can be killed: ``python -m … prepare|take|look|finish``."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import django

ROWS = 3000


def main(step: str, folder: Path) -> None:
    """Do one step in the data folder of LANTIAN_DATA; ``folder`` holds the invented city's files."""
    from django.conf import settings

    django.setup()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    {"prepare": prepare, "take": take, "look": look, "finish": finish}[step](folder)


def city(folder: Path) -> Any:
    """Tables, a city and a person of its clean-air office, who is returned."""
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command

    settings.MIGRATION_MODULES = {config.label: None for config in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0)

    from lantian.apps.areas.actions import add_membership, load_areas
    from lantian.apps.areas.models import Unit
    from lantian.apps.core import actions as core

    load_areas(None, folder)
    by = core.create_user(None, "c", "c", must_change_password=False)
    add_membership(None, by, Unit.objects.get(name="市生态环境局"), "coordinator")
    return by


def prepare(folder: Path) -> None:
    """Tables, a city, a person, and a checked file of which taking over was asked for."""
    by = city(folder)
    from lantian.apps.core import jobs
    from lantian.apps.registers import actions, catalogue

    register = catalogue.register("construction_site")
    lines = ["工地编号,工地名称,工程类别,状态,街道（乡镇）,监管单位"]
    lines += [f"A-{n},工地{n},拆除,在施,柳桥街道,市交通局" for n in range(ROWS)]
    old = [dict(zip(("code", "name", "works", "status", "street", "keeper"), line.split(","), strict=True))
           for line in lines[1:11]]  # fmt: skip
    actions.upsert(by, register, [row | {"name": "旧名"} for row in old])
    session = actions.stage(by, register, "a.csv", ["\n".join(lines).encode()])
    jobs.run_due()
    session.refresh_from_db()
    actions.accept(by, session, revision=session.revision)


def take(_folder: Path) -> None:
    """Take over, and wait within the transaction, after the rows were copied, until somebody kills us."""
    from django.db import connection

    from lantian.apps.core import jobs

    def halt(execute: Any, sql: str, *rest: Any) -> Any:
        if "INSERT INTO registers_recordversion" in sql:
            sys.stdout.write("midway\n")
            sys.stdout.flush()
            time.sleep(120)
        return execute(sql, *rest)

    with connection.execute_wrapper(halt):
        jobs.run_due()


def look(_folder: Path) -> None:
    """What everybody sees."""
    from lantian.apps.registers.models import ChangeSet, ImportSession, Record, RecordVersion

    session = ImportSession.objects.get()
    found = {
        "records": Record.objects.count(),
        "old": Record.objects.filter(values__name="旧名").count(),
        "versions": RecordVersion.objects.count(),
        "changes": ChangeSet.objects.count(),
        "state": session.state,
    }
    sys.stdout.write(json.dumps(found))


def finish(folder: Path) -> None:
    """Another worker, after the lease of the first has run out."""
    from datetime import timedelta

    from django.utils import timezone

    from lantian.apps.core import jobs
    from lantian.apps.core.models import Job

    Job.objects.filter(state="running").update(lease_until=timezone.now() - timedelta(seconds=1))
    jobs.run_due()
    look(folder)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
