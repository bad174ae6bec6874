"""``lantian import FILE…``: the same action as the upload page, done at once."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from lantian.reading.errors import prefers_chinese


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")


def run(args: argparse.Namespace) -> int:
    """Import each file; prints uid, measures and title of each plan. Exit 1: no file was read, 4: some were not."""
    from lantian.cli import _django

    _django.start()
    _django.prepare()
    failed = sum(not _one(path) for path in args.files)
    if not failed:
        return 0
    return 1 if failed == len(args.files) else 4


def _one(path: Path) -> bool:
    from lantian.apps.core import jobs
    from lantian.apps.core.files import TooLargeError
    from lantian.apps.core.models import JobState
    from lantian.apps.plans import actions
    from lantian.apps.plans.models import Plan

    chinese = prefers_chinese()
    try:
        job = actions.import_file(None, path.name, path)
    except OSError as error:
        sys.stderr.write(f"{path}: {error.strerror}\n")
        return False
    except TooLargeError as large:
        limit = large.limit // (1024 * 1024)
        sys.stderr.write(f"{path}: 文件超过 {limit} MB\n" if chinese else f"{path}: larger than {limit} MB\n")
        return False
    if jobs.finish(job).state != JobState.DONE:
        sys.stderr.write(f"{path}: {(job.error or {}).get('zh' if chinese else 'en', '')}\n")
        return False
    for plan in Plan.objects.filter(uid__in=(job.result or {}).get("plans", [])).order_by("place_in_file"):
        sys.stdout.write(f"{plan.uid}\t{plan.measures.count()}\t{plan.title}\n")
    return True
