"""``lantian demo``: the demonstration city with its units, its plan and one user for each role."""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Collection, Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from lantian.reading.errors import prefers_chinese

if TYPE_CHECKING:
    from lantian.apps.areas.models import Unit
    from lantian.apps.core.models import User
    from lantian.apps.plans.models import Plan

LOGINS = "demo-logins.txt"
_NICE = 10  # people who use the site meanwhile go first
PLANS = ("district2025.html", "plan.html", "district.html")


class Login(NamedTuple):
    """A demonstration user, as ``LOGIN <role> <user> <password>`` prints it."""

    role: str
    user: str
    password: str


class DemoError(Exception):
    """What kept the demonstration from being prepared, in the language of the command."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    chinese = prefers_chinese()
    text = "同时读取并发布这份计划" if chinese else "read and publish this plan, too"
    parser.add_argument("--plan", type=Path, metavar="FILE", help=text)
    bare = "只准备计划，不演示填报过程" if chinese else "prepare the plans only, without a year of returns"
    parser.add_argument("--no-story", action="store_true", help=bare)
    full = (
        "只为已准备好的示范城市填入一年的台账：所列的，不列则为各业务包全部"
        if chinese
        else "fill a prepared city's registers, a year of each: those named, or all of them"
    )
    parser.add_argument("--registers", nargs="*", metavar="NAME", help=full)


def run(args: argparse.Namespace) -> int:
    """Prepare the demonstration and print its logins."""
    from lantian.cli import _django

    _django.start()
    _django.prepare()
    try:
        if args.registers is not None:
            fill(args.registers)
            return 0
        logins = prepare(args.plan, story=not args.no_story)
    except DemoError as error:
        sys.stderr.write(f"lantian demo: {error}\n")
        return 1
    print_logins(logins)
    return 0


def fill(only: Collection[str] = ()) -> None:
    """A year of every pack's registers, or of those named (``lantian serve --demo`` does it beside the site).

    Raises DemoError: there is no city yet, or no such register is drawn.
    """
    from lantian.apps.core import policy
    from lantian.apps.core.models import User
    from lantian.cli import demo_packs

    user = User.objects.filter(username=f"demo-{policy.COORDINATOR}").first()
    if user is None:
        raise DemoError("尚无示范城市，请先运行 lantian demo" if prefers_chinese() else "there is no demonstration yet")
    if unknown := set(only) - demo_packs.drawn(data_folder()):
        names = ", ".join(sorted(unknown))
        raise DemoError(f"没有演示数据的台账：{names}" if prefers_chinese() else f"no rows are drawn for {names}")
    os.nice(_NICE)
    demo_packs.bring_own(user, data_folder() / "packs")
    demo_packs.fill(user, data_folder(), only)


def print_logins(logins: list[Login]) -> None:
    """One line for each demonstration user (contracts §6)."""
    for login in logins:
        sys.stdout.write(f"LOGIN {login.role} {login.user} {login.password}\n")
    sys.stdout.flush()


def data_folder() -> Path:
    """Where the invented city lies in the package."""
    return Path(str(files("lantian") / "demo"))


def prepare(plan: Path | None, *, story: bool = True) -> list[Login]:
    """Areas, units, users and plans of the demonstration, and its year so far; what is there already stays as it is.

    Raises DemoError.
    """
    from lantian.apps.areas import actions as areas
    from lantian.apps.core import policy
    from lantian.cli import (
        demo_air,
        demo_bulletins,
        demo_devices,
        demo_forecast,
        demo_indicators,
        demo_packs,
        demo_received,
        demo_registers,
        demo_story,
    )

    folder = data_folder()
    try:
        areas.load_if_changed(folder)
    except areas.DirectoryError as error:
        raise DemoError(str(error)) from None
    logins = _users(folder)
    told = demo_story.told(folder)
    for document in [*(folder / name for name in PLANS), *([plan] if plan else [])]:
        _publish(document, demo_story.heads(told))
    if story:
        demo_story.play(_person(policy.COORDINATOR), _person(policy.REPORTER), told, folder / "letter.pdf")
        demo_received.play(_person(policy.COORDINATOR))
        demo_air.prepare(_person(policy.COORDINATOR), folder)
        demo_forecast.prepare(_person(policy.COORDINATOR))
        demo_devices.prepare(_person(policy.COORDINATOR))
        demo_registers.prepare(_person(policy.COORDINATOR), folder)
        demo_indicators.prepare(_person(policy.COORDINATOR))
        demo_packs.hold_back()
        demo_bulletins.play(_person(policy.COORDINATOR), _person(policy.REPORTER))
    return logins


def _person(role: str) -> User:
    from lantian.apps.core.models import User

    return User.objects.get(username=f"demo-{role}")


def _users(folder: Path) -> list[Login]:
    from django.conf import settings
    from django.db import transaction

    from lantian.apps.areas.actions import add_membership
    from lantian.apps.core import actions, policy
    from lantian.apps.core.models import User

    path = settings.LANTIAN_DATA / LOGINS
    kept = _kept(path)
    known = set(User.objects.filter(demonstration=True).values_list("username", flat=True))
    if {login.role for login in kept} == set(policy.ROLES) and {login.user for login in kept} <= known:
        return kept
    office, outer = _offices(folder)
    logins = []
    with transaction.atomic():
        for role in policy.ROLES:
            login = Login(role, f"demo-{role}", actions.random_password())
            user = User.objects.filter(username=login.user).first()
            if user is None:
                user = actions.create_user(
                    None, login.user, login.password, demonstration=True, must_change_password=False
                )
            else:
                actions.set_password(None, user, login.password)
            add_membership(None, user, outer if role == policy.REPORTER else office, role)
            if role in policy.ACTIONS["plan.view_draft"]:
                # A visitor brings plans of other cities, too, and wants to see what becomes of them.
                add_membership(None, user, None, role)
            logins.append(login)
        _keep(path, logins)
    return logins


def _offices(folder: Path) -> tuple[Unit, Unit]:
    """The city's office (the first unit of the file) and a street (the first of that level) to report."""
    from lantian.apps.areas.models import Level, Unit

    with (folder / "areas.csv").open(encoding="utf-8-sig", newline="") as stream:
        city = next(csv.DictReader(stream))["code"]
    with (folder / "units.csv").open(encoding="utf-8-sig", newline="") as stream:
        first = next(row["name"] for row in csv.DictReader(stream) if row["area"] == city)
    office = Unit.objects.get(area__code=city, name=first)
    below = Unit.objects.filter(area__path__startswith=f"/{city}/", level=Level.TOWN, collective=False)
    return office, below.order_by("id").first() or office


def _kept(path: Path) -> list[Login]:
    if not path.is_file():
        return []
    rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
    return [Login(*row) for row in rows if len(row) == 3]


def _keep(path: Path, logins: list[Login]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.writelines(f"{login.role} {login.user} {login.password}\n" for login in logins)


def _publish(document: Path, heads: Mapping[str, dict[str, Any]]) -> None:
    """Import and publish a plan as the demonstration's coordinator, and make its commitments."""
    from lantian.apps.core import jobs, policy
    from lantian.apps.core.files import TooLargeError
    from lantian.apps.core.models import Job, JobState
    from lantian.apps.plans import actions
    from lantian.apps.plans.models import Plan
    from lantian.apps.supervision.actions.making import MAKE

    user = _person(policy.COORDINATOR)
    chinese = prefers_chinese()
    try:
        job = actions.import_file(user, document.name, document)
    except OSError as error:
        raise DemoError(f"{document}: {error.strerror}") from None
    except TooLargeError:
        raise DemoError(f"{document}: 文件过大" if chinese else f"{document}: too large") from None
    if jobs.finish(job).state != JobState.DONE:
        raise DemoError(f"{document}: {(job.error or {}).get('zh' if chinese else 'en', '')}")
    for plan in Plan.objects.filter(uid__in=(job.result or {}).get("plans", [])).select_related("area"):
        _head(user, plan, heads.get(plan.title, {}))
        actions.publish_plan(user, plan)
    for waiting in Job.objects.filter(kind=MAKE):
        jobs.finish(waiting)


def _head(user: User, plan: Plan, words: Mapping[str, Any]) -> None:
    """Number and day of issue, as somebody would fill them in before publishing."""
    from lantian.apps.plans.actions.edits import edit

    for field, value in words.items():
        if plan.in_preparation:
            edit(user, plan, {"op": "head", "field": field, "value": str(value)})
    plan.refresh_from_db()
