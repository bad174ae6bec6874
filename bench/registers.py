"""A workbook of 100,000 rows into a register: read, checked, taken over; beside pandas, which only reads and stores.

``python -m bench.registers [ROWS]`` in a data folder of its own; ``--pandas`` is the peer's step.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROWS = 100_000
WORKS = ("房屋建筑", "市政道路", "拆除", "水务", "小微工程")
AREAS = "code,name,short_name,kind,level,parent,opened,closed,source\n880000,云溪市,云溪,city,municipal,,,,ours\n"
UNITS = (
    "area,name,short_name,full_name,level,collective,parent,opened,closed,source\n"
    "880000,市生态环境局,,云溪市生态环境局,municipal,,,,,ours\n880000,市交通局,,云溪市交通运输局,municipal,,,,,ours\n"
)


def main() -> None:
    """Make the workbook, measure ours, then the peer in a process of its own."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sites.xlsx"
        make(path, rows)
        print(f"# Registers: {rows} rows, 12 columns, {path.stat().st_size / 2**20:.1f} MB of workbook")
        os.environ |= {"LANTIAN_DATA": str(Path(folder) / "data"), "DJANGO_SETTINGS_MODULE": "lantian.site.settings"}
        ours(Path(folder), path, rows)
        subprocess.run([sys.executable, "-m", "bench.registers", "--pandas", str(path)], check=True)


def make(path: Path, rows: int) -> None:
    """A workbook of sites as an office would bring it."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("工地")
    head = ("工地编号", "工程名称", "工程类别", "状态", "属地", "监管单位", "位置经度", "位置纬度", "占地面积（m²）",
            "政府投资", "开工日期", "施工单位")  # fmt: skip
    sheet.write_row(0, 0, head)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for n in range(rows):
        area = f"街道{n % 300}"
        sheet.write_row(
            n + 1, 0, (f"YX-{n:06d}", f"第{n}号工程", WORKS[n % 5], ("在施", "停工")[n % 2], area, "市交通局")
        )
        sheet.write_row(
            n + 1, 6, (116 + n % 1000 / 1000, 39.5 + n // 1000 / 200, 500 + n % 997, ("是", "否")[n % 3 == 0])
        )
        sheet.write_number(n + 1, 10, 45_000 + n % 900, day)
        sheet.write_string(n + 1, 11, f"建筑集团{n % 40}公司")
    book.close()


def ours(folder: Path, path: Path, rows: int) -> None:
    """The three steps of an import, each job as `lantian tick` does it."""
    import django

    django.setup()
    by, register = prepared(folder)
    from lantian.apps.core import jobs
    from lantian.apps.registers import actions
    from lantian.apps.registers.models import Record

    with path.open("rb") as stream:
        session = actions.stage(by, register, path.name, iter(lambda: stream.read(2**20), b""))
    total = timed("read and check (staged rows)", lambda: work(jobs), rows)
    session.refresh_from_db()
    assert (session.state, session.good) == ("ready", rows), (session.state, session.good, session.error)
    actions.accept(by, session, revision=session.revision)
    total += timed("take over (one transaction)", lambda: work(jobs), rows)
    assert Record.objects.count() == rows
    own, reader = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"{'whole import':45} {total:7.1f} s {rows / total:9.0f} rows/s; peak {own:.0f} MB, reader {reader:.0f} MB")
    timed("to the lake (afterwards)", lambda: work(jobs), rows)


def work(jobs: Any) -> None:
    """The next job that waits, as a worker does it."""
    jobs.run(jobs.claim("bench"))


def timed(label: str, step: Callable[[], Any], rows: int) -> float:
    """Print and return how long some work took."""
    start, cpu = time.perf_counter(), _cpu()
    step()
    seconds = time.perf_counter() - start
    print(f"{label:45} {seconds:7.1f} s {rows / seconds:9.0f} rows/s; {_cpu() - cpu:.1f} s of CPU")
    return seconds


def _cpu() -> float:
    """Seconds of CPU of this process and of those that it started and that ended."""
    return sum(os.times()[:4])


def prepared(folder: Path) -> tuple[Any, Any]:
    """An empty database with a city of 300 streets and one coordinator; (the person, the register)."""
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command

    settings.MIGRATION_MODULES = {config.label: None for config in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0)
    from lantian.apps.areas.actions import add_membership, load_areas
    from lantian.apps.areas.models import Unit
    from lantian.apps.core import actions as core
    from lantian.apps.registers import catalogue

    city = folder / "city"
    city.mkdir()
    streets = "".join(f"880000{n:03d},街道{n},街道{n},street,town,880000,,,ours\n" for n in range(300))
    (city / "areas.csv").write_text(AREAS + streets, encoding="utf-8")
    (city / "units.csv").write_text(UNITS, encoding="utf-8")
    (city / "aliases.csv").write_text("area,unit,name,since,until,source\n", encoding="utf-8")
    load_areas(None, city)
    by = core.create_user(None, "bench", "bench", must_change_password=False)
    add_membership(None, by, Unit.objects.get(name="市生态环境局"), "coordinator")
    return by, catalogue.register("construction_site")


def peer(path: Path) -> None:
    """pandas: read_excel and to_sql; nothing is checked, resolved, kept as history or safe from a kill."""
    import sqlite3

    import pandas as pd  # type: ignore[import-untyped]

    start, cpu = time.perf_counter(), _cpu()
    frame = pd.read_excel(path)
    with sqlite3.connect(path.with_suffix(".sqlite3")) as connection:
        frame.to_sql("site", connection, index=False)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rate, busy = len(frame) / seconds, _cpu() - cpu
    print(f"{'pandas.read_excel + to_sql, unchecked':45} {seconds:7.1f} s {rate:9.0f} rows/s; {busy:.1f} s of CPU")
    print(f"{'':45} peak {peak:.0f} MB")


if __name__ == "__main__":
    if "--pandas" in sys.argv:
        peer(Path(sys.argv[-1]))
    else:
        main()
