"""An invented city, one person for each role, and plans made of our own words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from lantian.apps.areas.actions import add_membership, load_areas
from lantian.apps.areas.models import Area, Unit
from lantian.apps.core import actions as core
from lantian.apps.core import jobs, policy
from lantian.apps.core.models import Job, StoredFile, User
from lantian.apps.plans import actions, prints
from lantian.apps.plans.models import Plan
from lantian.reading import model as read
from lantian.site import messages

CITY = "880000"

AREAS = """code,name,short_name,kind,level,parent,opened,closed,source
880000,云溪市,云溪,city,municipal,,,,ours
880101,东塘区,东塘,district,district,880000,,,ours
880102,西塘区,西塘,district,district,880000,,,ours
880103,老塘区,老塘,district,district,880000,,2015-12-31,ours
880101001,柳桥街道,柳桥,street,town,880101,,,ours
"""
UNITS = """area,name,short_name,full_name,level,collective,parent,opened,closed,source
880000,市生态环境局,,云溪市生态环境局,municipal,,,,,ours
880000,市交通局,,云溪市交通运输局,municipal,,,,,ours
880000,各区政府,,,municipal,yes,,,,ours
880000,市旧城办,,,municipal,,,,2019-12-31,ours
each:district,{area}政府,区政府,{parent}{area}人民政府,district,,,,,ours
each:district,{area}生态环境局,区生态环境局,{parent}{area}生态环境局,district,,{area}政府,,,ours
each:street,{area}办事处,{area},{parent}{area}办事处,town,,,,,ours
"""
ALIASES = """area,unit,name,since,until,source
880000,市生态环境局,市环保局,,2018-12-31,ours
880000,市生态环境局,市环境局,2019-01-01,,ours
"""


@pytest.fixture(scope="session", autouse=True)
def _catalogue() -> None:
    messages.ensure_compiled()


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    """A data folder of the test's own, and passwords that are cheap to check."""
    settings.LANTIAN_DATA = tmp_path / "data"
    settings.LANTIAN_LAKE = str(tmp_path / "data" / "lake")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return tmp_path / "data"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The invented city's data files."""
    place = tmp_path / "city"
    place.mkdir()
    for name, text in (("areas.csv", AREAS), ("units.csv", UNITS), ("aliases.csv", ALIASES)):
        (place / name).write_text(text, encoding="utf-8")
    return place


@pytest.fixture
def city(db: None, folder: Path) -> Area:  # noqa: ARG001  # the database must be there
    """The invented city, loaded."""
    load_areas(None, folder)
    return Area.objects.get(code=CITY)


@pytest.fixture
def people(city: Area) -> dict[str, User]:  # noqa: ARG001  # their bureau must be there
    """One person for each role, in the city's bureau; the password is the role's name."""
    office = Unit.objects.get(name="市生态环境局")
    found = {}
    for role in policy.ROLES:
        user = core.create_user(None, role, role, must_change_password=False)
        add_membership(None, user, office, role)
        found[role] = user
    return found


@pytest.fixture
def login(people: dict[str, User]) -> Callable[[str], Client]:
    """A browser in which the person with a role is logged in."""

    def enter(role: str) -> Client:
        client = Client()
        client.force_login(people[role])
        return client

    return enter


def read_measure(n: int, **changes: Any) -> read.Measure:
    """A measure as the reader would give it."""
    text = changes.pop("measure", f"第{n}项措施，年内完成{n}0台设备更新。")
    values: dict[str, Any] = {
        "n": n,
        "section": "一、总体要求",
        "seq": (n + 1) // 2,
        "task": f"任务{(n + 1) // 2}",
        "measure": text,
        "paragraphs": (text,),
        "deadline": read.Deadline("年底前", "by", end=date(2025, 12, 31)),
        "roles": (
            read.Role("lead", "市生态环境局", "市环境局"),
            read.Role("responsible", "各区政府", "各区政府", open=True),
            read.Role("support", "市无名局", "市无名局"),
        ),
        "targets": (
            read.Target(
                "完成10台设备更新", "设备更新", "count", "=", 10, unit="台", by=date(2025, 12, 31), span=(7, 11)
            ),
        ),
        "source": read.Source(None, n + 1),
        "flags": (read.Flag("R13", "市无名局"),) if n == 1 else (),
    }
    return read.Measure(**(values | changes))


def read_plan(*measures: read.Measure, **changes: Any) -> read.Plan:
    """A plan as the reader would give it."""
    values: dict[str, Any] = {
        "title": "云溪市大气污染防治2025年行动计划",
        "year": 2025,
        "region": "云溪市",
        "level": "municipal",
        "medium": "air",
        "measures": measures or tuple(read_measure(n) for n in range(1, 7)),
    }
    return read.Plan(**(values | changes))


@pytest.fixture
def make_plan(people: dict[str, User]) -> Callable[..., Plan]:
    """Stores a plan as an import would, as a draft or published; by default the coordinator brought it."""

    def make(
        plan: read.Plan | None = None,
        *,
        name: str = "计划.html",
        content: bytes = b"<html>ours</html>",
        by: str = "coordinator",
        publish: bool = True,
        printed: list[dict[str, Any]] | None = None,
    ) -> Plan:
        user = people[by]
        job = actions.import_file(user, name, [content])
        Job.objects.filter(pk=job.pk).update(state="done")
        job.refresh_from_db()
        stored = StoredFile.objects.get(uid=job.payload["file"])
        row = actions.store_plans(job, stored, [plan or read_plan()])[0]
        Job.objects.filter(pk=job.pk).update(result={"plans": [str(row.uid)]})
        if printed is not None:
            prints.keep(stored, printed)
        if publish:
            actions.publish_plan(people["administrator"], row)
        return row

    return make


@pytest.fixture
def run_jobs() -> Callable[[], int]:
    """Does the background work that is due."""
    return lambda: jobs.run_due("test")
