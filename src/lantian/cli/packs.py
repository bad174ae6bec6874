"""``lantian packs check [FOLDER…]`` and ``lantian packs migrate [--apply]`` (docs/packs.md)."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from lantian.reading.errors import prefers_chinese

if TYPE_CHECKING:
    from lantian.apps.registers.actions import Plan
    from lantian.registers import PackProblem

_STEPS = {
    "add": ("新增字段 {0}", "adds {0}"),
    "rename": ("字段 {1} 改名为 {0}", "renames {1} to {0}"),
    "convert": ("字段 {1} 换成 {0}", "converts {1} to {0}"),
    "hide": ("停用字段 {0}", "gives up {0}"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``lantian packs``."""
    zh = prefers_chinese()
    parser.add_argument(
        "action",
        choices=("check", "migrate"),
        help="check：检查台账、指标和规则；migrate：列出台账声明改动后要改写的条目"
        if zh
        else "check: registers, indicators and rules; migrate: what changed declarations do to the rows",
    )
    parser.add_argument(
        "folders",
        nargs="*",
        type=Path,
        metavar="FOLDER",
        help="check：自有业务包所在文件夹，与随附的一并检查（缺省为 LANTIAN_PACKS）"
        if zh
        else "check: folders of packs, checked with those shipped (LANTIAN_PACKS where none is given)",
    )
    parser.add_argument("--apply", action="store_true", help="migrate：改写" if zh else "migrate: do it")


def run(args: argparse.Namespace) -> int:
    """Print what there is on stdout. Exit 1: problems, one line each on stderr; 2: arguments that make no sense."""
    if args.action == "check" and not args.apply:
        return _check(args.folders or _own())
    if args.action == "migrate" and not args.folders:
        return _migrate(args.apply)
    sys.stderr.write("lantian packs check [FOLDER…] | lantian packs migrate [--apply]\n")
    return 2


def at_start() -> bool:
    """Whether the site may start with the packs of this installation; says on stderr why not. Wants Django.

    Indexes that the registers declare and that are not there yet are made, and what waits for ``migrate`` is told.
    """
    from lantian.apps.registers import actions, catalogue, indexes

    if problems := catalogue.problems():
        _refuse(problems)
        return False
    registers = catalogue.registers().values()
    indexes.ensure(*registers)
    waiting = [
        item.name for item in registers if (plan := actions.plan(item)) and (plan.was or plan.moves or plan.refused)
    ]
    if waiting:
        zh, en = "台账声明有改动，请运行 lantian packs migrate：", "declarations changed, run lantian packs migrate: "
        sys.stderr.write(f"lantian: {zh if prefers_chinese() else en}{', '.join(waiting)}\n")
    return True


def _own() -> list[Path]:
    """The installation's own folder (LANTIAN_PACKS, docs/settings.md), where there is one."""
    folder = Path(os.environ.get("LANTIAN_PACKS") or Path(os.environ.get("LANTIAN_DATA") or "var") / "packs")
    return [folder] if folder.is_dir() else []


def _check(folders: Iterable[Path]) -> int:
    from lantian.indicators.packs import load
    from lantian.registers import SHIPPED, PacksRefused
    from lantian.registers import load as load_packs

    try:
        found = load(load_packs(SHIPPED, *folders))
    except PacksRefused as error:
        _refuse(error.problems)
        return 1
    counts = (len(found.packs.packs), len(found.packs.registers), len(found.indicators), len(found.rules))
    zh, en = (
        "{} 个业务包，{} 个台账，{} 个指标，{} 条规则，全部有效",
        "{} packs, {} registers, {} indicators, {} rules: all valid",
    )
    sys.stdout.write((zh if prefers_chinese() else en).format(*counts) + "\n")
    return 0


def _refuse(problems: Iterable[PackProblem]) -> None:
    chinese, count = prefers_chinese(), 0
    for problem in problems:
        count += 1
        sys.stderr.write(f"{problem.says(chinese)}\n")
    sys.stderr.write(f"lantian packs: {f'{count} 处有误' if chinese else f'{count} problem(s)'}\n")


def _migrate(apply: bool) -> int:
    """Say what each changed declaration does to the rows; do it if all of them can be done."""
    from lantian.cli import _django

    _django.start()
    _django.prepare()
    from lantian.apps.registers import actions, catalogue, indexes

    if problems := catalogue.problems():
        _refuse(problems)
        return 1
    registers = list(catalogue.registers().values())
    plans = [found for item in registers if (found := actions.plan(item)) is not None]
    for plan in plans:
        _describe(plan)
    if any(plan.refused for plan in plans):
        return 1
    chinese = prefers_chinese()
    if not apply:
        wanted = len(indexes.wanted(registers) ^ indexes.kept())
        zh, en = f"{len(plans)} 个台账、{wanted} 个索引待更新", f"{len(plans)} registers and {wanted} indexes to do"
        hint = ("；加 --apply 执行" if chinese else "; --apply does it") if plans or wanted else ""
        sys.stdout.write((zh if chinese else en) + hint + "\n")
        return 0
    for plan in plans:
        actions.migrate(None, plan.register)
    indexes.ensure(*registers)
    indexes.drop_unused(registers)
    sys.stdout.write((f"已更新 {len(plans)} 个台账" if chinese else f"{len(plans)} registers done") + "\n")
    return 0


def _describe(plan: Plan) -> None:
    register = plan.register
    side = 0 if prefers_chinese() else 1
    done = "; ".join(_STEPS[step.what][side].format(step.field.name, step.before) for step in plan.steps) or "-"
    rows = (f"改写 {plan.rows} 行", f"{plan.rows} rows")[side]
    if plan.was:
        done = "; ".join(((f"由 {plan.was} 改名", f"was {plan.was}")[side], done))
    sys.stdout.write(f"{register.name} {plan.before} → {register.version}: {done}; {rows}\n")
    for refusal in plan.refusals:
        sys.stderr.write(f"{register.file}:1: {refusal[side]}\n")
    for key, problem in plan.problems:
        sys.stderr.write(f"{register.name} “{key}” {problem.field}: {(problem.zh, problem.en)[side]}\n")
    if plan.failed:
        failed = (f"{plan.failed} 行无法转换", f"{plan.failed} rows cannot be converted")[side]
        sys.stderr.write(f"{register.name}: {failed}\n")
