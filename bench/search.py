"""Search over 50 plans of 100 measures, and the other pages that list them: time and queries of a view, in one table.

``python -m bench.search`` measures on SQLite, and on PostgreSQL where LANTIAN_TEST_POSTGRES_URL names a server (a
database of its own is made there and dropped again). Every text is invented, by a fixed seed.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

from bench.measuring import on_every_database

PLANS, ROWS, RUNS = 50, 100, 15
LIMIT = 0.1  # seconds: what a search may take (issue 3)

SUBJECTS = (
    "施工工地扬尘", "道路扬尘", "新能源汽车推广", "老旧货车淘汰", "工业涂装VOCs", "加油站油气回收", "PM₂.₅浓度",
    "臭氧污染防控", "餐饮油烟", "燃气锅炉低氮改造", "非道路移动机械", "裸露地面苫盖", "秸秆露天焚烧",
    "重污染天气应急", "渣土运输车辆",
)  # fmt: skip
DEEDS = (
    "开展专项检查",
    "完成整治提升",
    "建立动态台账",
    "落实六个百分之百",
    "推进清洁替代",
    "实施分级管控",
    "组织交叉执法",
)
TAILS = ("，形成闭环管理", "，按月通报进展", "，力争走在全省前列", "，健全长效机制", "", "，并向社会公开结果")
OFFICES = (
    "市生态环境局",
    "市发展改革委",
    "市工业和信息化局",
    "市公安局",
    "市应急局",
    "市住房城乡建设局",
    "市市场监管局",
)
DISTRICTS = ("岚东区", "岚西区", "松陵区")
RARE = "苔藓"  # stands in one measure of all


def invented_plan(number: int, rows: int = ROWS) -> Any:
    """Plan ``number`` as the reader would give it: years, media and levels in turn, varied rows."""
    from lantian.reading import model as read

    dice = random.Random(number)  # noqa: S311  # invented texts, the same each time
    year = 2026 - number % 10
    city = number % 4 == 0
    region = "青岚市" if city else f"青岚市{DISTRICTS[number % 3]}"
    measures = tuple(_row(dice, n, year, number) for n in range(1, rows + 1))
    return read.Plan(
        title=f"{region}{year}年大气污染防治行动计划（第{number}号）", year=year, region=region,
        level="municipal" if city else "district", medium=("air", "water", "soil")[number % 3], measures=measures,
    )  # fmt: skip


def _row(dice: random.Random, n: int, year: int, number: int) -> Any:
    from lantian.reading import model as read

    amount = dice.randrange(2, 900)
    clauses = [
        f"{dice.choice(SUBJECTS)}{dice.choice(DEEDS)}{dice.choice(TAILS)}。" for _ in range(dice.randrange(1, 5))
    ]
    first = f"年内完成{amount}个点位治理，"
    text = first + "".join(clauses) + (f"开展{RARE}监测试点。" if (n, number) == (7, 7) else "")
    due = read.Deadline("年底前", "by", end=date(year, dice.choice((6, 9, 12)), 28))
    lead, *others = dice.sample(OFFICES, 3)
    roles = [read.Role("lead", lead, lead), *(read.Role("support", name, name) for name in others)]
    flags = (read.Flag("R13", lead),) if dice.random() < 0.1 else ()
    target = read.Target(
        f"完成{amount}个点位治理", "点位治理", "count", "=", amount, unit="个", span=(2, len(first) - 1)
    )
    return read.Measure(
        n=n, section=f"{'一二三四五'[n // 25]}、{SUBJECTS[n // 25]}", seq=(n + 4) // 5,
        task=SUBJECTS[(n // 5) % len(SUBJECTS)], measure=text, paragraphs=(text,),
        deadline=due if dice.random() < 0.8 else read.Deadline("长期坚持", "long_term"),
        roles=tuple(roles), targets=(target,), source=read.Source(None, n), flags=flags,
    )  # fmt: skip


def fill(plans: int = PLANS) -> Any:
    """The demonstration city with its coordinator and published plans, by the actions of an import."""
    from lantian.apps.areas.actions import add_membership, load_areas
    from lantian.apps.areas.models import Unit
    from lantian.apps.core.actions import create_user
    from lantian.apps.core.models import StoredFile
    from lantian.apps.plans import actions
    from lantian.cli.demo import data_folder

    load_areas(None, data_folder())
    user = create_user(None, "bench", "bench-bench-bench", must_change_password=False)
    add_membership(None, user, Unit.objects.get(name=OFFICES[0]), "coordinator")
    for number in range(plans):
        job = actions.import_file(user, f"{number}.txt", [str(number).encode()])
        stored = StoredFile.objects.get(uid=job.payload["file"])
        for plan in actions.store_plans(job, stored, [invented_plan(number)]):
            actions.publish_plan(user, plan)
    return user


def addresses() -> Iterator[tuple[str, str]]:
    """What is measured: a name and the address."""
    from lantian.apps.areas.models import Unit
    from lantian.apps.plans.models import Measure, Plan

    yield "search: frequent word", "/search/?q=扬尘"
    yield "search: inside a word", "/search/?q=新能源"
    yield "search: pm2.5 for PM₂.₅", "/search/?q=pm2.5"
    yield "search: rare word", f"/search/?q={RARE}"
    yield "search: no hit", "/search/?q=量子计算"
    yield "search: two words", "/search/?q=扬尘 台账"
    yield "search: last page", "/search/?q=扬尘&page=999"
    yield "search: word and filters", "/search/?q=扬尘&year=2024&level=district&unit=市公安局&role=lead&target=count"
    yield "search: filters alone", "/search/?area=990100&deadline=long_term&role=support"
    yield "palette: frequent word", "/search/quick/?q=扬尘"
    plan = Plan.objects.filter(level="municipal").earliest("id")
    yield "plan list", "/plans/"
    yield "plan table (100 rows)", f"/plans/{plan.uid}/"
    yield "overview", f"/plans/{plan.uid}/overview/"
    yield "measure", f"/measures/{Measure.objects.filter(plan=plan, n=5).get().uid}/"
    yield "unit", f"/units/{Unit.objects.get(name=OFFICES[0]).uid}/"


def measure() -> None:
    """Fill the database of this process and print a line for each address."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from lantian.cli import _django

    _django.start()
    _django.prepare()
    settings.ALLOWED_HOSTS = ["testserver"]
    begin = time.perf_counter()
    client = Client()
    client.force_login(fill())
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    print(
        f"{connection.vendor}: {PLANS} plans × {ROWS} measures filled in {time.perf_counter() - begin:.0f} s",
        flush=True,
    )
    slow = []
    for name, address in addresses():
        seconds = []
        for _ in range(RUNS):
            begin = time.perf_counter()
            status = client.get(address).status_code
            seconds.append(time.perf_counter() - begin)
            assert status == 200, (address, status)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        median = statistics.median(seconds)
        least, most = min(seconds) * 1000, max(seconds) * 1000
        figures = f"median {median * 1000:6.1f} ms   least {least:6.1f}   most {most:6.1f}   {len(queries):3} queries"
        print(f"{name:28} {figures}", flush=True)
        if name.startswith(("search", "palette")) and median > LIMIT:
            slow.append(name)
    if slow:
        print(f"over {LIMIT * 1000:.0f} ms: {', '.join(slow)}")


def run() -> None:
    """Measure on every database that there is, each in a process of its own."""
    load = os.getloadavg()[0]
    print(
        f"\n# Search and lists (whole view with its page, {RUNS} times; {load:.1f} processes were waiting at the start)"
    )
    on_every_database("bench.search")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--here", action="store_true", help="measure in this process, on the database that is set")
    measure() if parser.parse_args().here else run()
