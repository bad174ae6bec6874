"""Steps of an import into a register of the lake, as processes of their own, so that one can be killed.

``python -m … prepare|take|write|look|finish FOLDER ROWS``; `take` is killed between the file's rows and its change set,
`write` between the lake's files and their commit.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import django

from tests.apps.registers import killed

REGISTER = "heavy_vehicle_check"


def main(step: str, folder: Path, rows: int) -> None:
    """Do one step in the data folder of LANTIAN_DATA; ``folder`` holds the invented city's files."""
    from django.conf import settings

    django.setup()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    {"prepare": prepare, "take": take, "write": write, "look": look, "finish": finish}[step](folder, rows)


def prepare(folder: Path, rows: int) -> None:
    """Tables, a city, a person, and a checked file of which taking over was asked for."""
    by = killed.city(folder)
    from lantian.apps.core import jobs
    from lantian.apps.registers import actions, catalogue

    lines = ["检查编号,检查日期,车牌号,燃料种类,检查地点类型,检查区域,检查单位,检查结果"]
    lines += [
        f"C-{n},2026-{n % 6 + 1:02}-{n % 28 + 1:02},京A{n % 100000:05},柴油,主要道路,柳桥街道,市生态环境局,合格"
        for n in range(rows)
    ]
    session = actions.stage(by, catalogue.register(REGISTER), "c.csv", ["\n".join(lines).encode()])
    began = time.monotonic()
    jobs.run_due()
    session.refresh_from_db()
    sys.stdout.write(f"read and checked in {time.monotonic() - began:.1f} s: {session.state} {session.good}\n")
    actions.accept(by, session, revision=session.revision)


def _midway() -> None:
    sys.stdout.write("midway\n")
    sys.stdout.flush()
    time.sleep(300)


def take(_folder: Path, _rows: int) -> None:
    """Take over, and wait within the transaction until somebody kills us."""
    from django.db import connection

    from lantian.apps.core import jobs

    def halt(execute: Any, sql: str, *rest: Any) -> Any:
        done = execute(sql, *rest)
        if "INSERT INTO" in sql and "registers_changeset" in sql:
            _midway()
        return done

    with connection.execute_wrapper(halt):
        jobs.run_due()


def write(_folder: Path, _rows: int) -> None:
    """Take over, write the lake's files, and wait before they are committed until somebody kills us."""
    from lantian.apps.core import jobs
    from lantian.lake.tables import Table

    Table.commit = lambda *_given, **_more: _midway()  # type: ignore[method-assign]
    _lease_over()
    jobs.run_due()


def look(_folder: Path, _rows: int) -> None:
    """What everybody sees."""
    from lantian.apps.registers import catalogue
    from lantian.apps.registers.models import ChangeSet, ImportSession, StagedRow
    from lantian.apps.registers.queries import lakerows

    found = {
        "rows": lakerows.count(catalogue.register(REGISTER), None),
        "staged": StagedRow.objects.count(),
        "changes": ChangeSet.objects.count(),
        "unwritten": ChangeSet.objects.filter(written=None).count(),
        "state": ImportSession.objects.get().state,
    }
    sys.stdout.write(json.dumps(found))


def finish(folder: Path, rows: int) -> None:
    """Another worker, after the leases of the first have run out."""
    from lantian.apps.core import jobs

    _lease_over()
    jobs.run_due()
    look(folder, rows)


def _lease_over() -> None:
    from datetime import timedelta

    from django.utils import timezone

    from lantian.apps.core.models import Job
    from lantian.apps.registers.models import RegisterState

    past = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(state="running").update(lease_until=past)
    RegisterState.objects.exclude(lease=None).update(lease=past)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
