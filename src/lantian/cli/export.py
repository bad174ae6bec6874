"""``lantian export UID [--format json|table|csv|xlsx|docx] [--version N] [-o PATH]``: a stored plan as a file."""

from __future__ import annotations

import argparse
from uuid import UUID

from lantian.cli.read import FORMATS, OFFICE, format_of, say, write
from lantian.reading.errors import prefers_chinese


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``lantian export``."""
    zh = prefers_chinese()
    parser.add_argument(
        "uid", metavar="UID", help="计划的 uid（见网址或 lantian import 的输出）" if zh else "plan's uid"
    )
    parser.add_argument("--format", choices=FORMATS, default=None, help="输出格式" if zh else "output format")
    parser.add_argument(
        "--version", type=int, default=None, metavar="N", help="第几版（默认现行文本）" if zh else "an older version"
    )
    parser.add_argument(
        "-o", "--output", metavar="PATH", help="写入文件（xlsx、docx 必填）" if zh else "write to a file"
    )


def run(args: argparse.Namespace) -> int:
    """Write the plan. Exit 1: no such plan or version, or the file cannot be written; 2: wrong use."""
    form = args.format or format_of(args.output)
    if form in OFFICE and not args.output:
        say(f"{form} 需要用 -o 指定输出文件。", f"{form} needs -o PATH.")
        return 2
    from lantian.cli import _django

    _django.start()
    _django.prepare()
    from lantian.apps.plans import exports
    from lantian.apps.plans.models import Plan

    uid = _uid(args.uid)
    plan = None if uid is None else Plan.objects.select_related("file").filter(uid=uid).first()
    if plan is None:
        say(f"没有 uid 为 {args.uid} 的计划。", f"there is no plan with the uid {args.uid}.")
        return 1
    version = None
    if args.version is not None:
        version = plan.versions.select_related("file").filter(number=args.version).first()
        if version is None:
            say(f"该计划没有第 {args.version} 版。", f"the plan has no version {args.version}.")
            return 1
    reading = exports.current(plan) if version is None else exports.of_version(version)
    try:
        write([reading], form, args.output, mark=exports.mark_of(plan, version))
    except OSError as error:
        say(f"无法写入 {args.output}：{error.strerror}", f"cannot write {args.output}: {error.strerror}")
        return 1
    return 0


def _uid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
