"""``lantian directory export PATH`` and ``lantian directory import PATH``: areas and units as a workbook."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lantian.cli.out import whole
from lantian.reading.errors import ReadingError, prefers_chinese

if TYPE_CHECKING:
    from lantian.apps.areas.models import DirectoryImport


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``lantian directory``."""
    zh = prefers_chinese()
    parser.add_argument("verb", choices=("export", "import"), help="导出或导入" if zh else "which way")
    parser.add_argument(
        "path",
        type=Path,
        metavar="PATH",
        help="工作簿（.xlsx）；导入时也可以是数据文件夹" if zh else "workbook, or folder",
    )
    parser.add_argument(
        "--under", default="", metavar="CODE", help="只导出该区域及下级" if zh else "export below this area"
    )
    parser.add_argument("--dry-run", action="store_true", help="只列出变化，不导入" if zh else "only list the changes")


def run(args: argparse.Namespace) -> int:
    """Write or take over the directory. Exit 1: the file is refused or has problems, and nothing was taken over."""
    from lantian.cli import _django

    _django.start()
    _django.prepare()
    try:
        return _export(args.path, args.under) if args.verb == "export" else _import(args.path, dry=args.dry_run)
    except OSError as error:
        return _refuse(f"{args.path}：{error.strerror}", f"{args.path}: {error.strerror}")


def _export(path: Path, under: str) -> int:
    from lantian.apps.areas.models import Area
    from lantian.apps.areas.workbook import write_workbook

    rows = Area.objects.all()
    if under:
        rows = rows.filter(path__contains=f"/{under}/")
        if not rows:
            return _refuse(f"没有代码为 {under} 的区域", f"no area has the code {under}")
    with whole(path) as stream:
        write_workbook(stream, rows)
    return 0


def _import(path: Path, *, dry: bool) -> int:
    from lantian.apps.areas import actions
    from lantian.apps.areas.actions.importing import tally
    from lantian.apps.core.files import TooLargeError

    try:
        if path.is_dir():
            for name, count in actions.load_areas(None, path).items():
                sys.stdout.write(f"{name}\t{count}\n")
            return 0
        with path.open("rb") as stream:
            staged = actions.stage(None, path.name, iter(lambda: stream.read(1 << 20), b""))
        if staged.problems:
            _list_problems(staged)
            return 1
        if dry:
            _list_changes(staged)
        elif staged.changes:
            actions.accept(None, staged)
    except (actions.DirectoryError, ReadingError) as error:
        return _refuse(error.zh, error.en)
    except actions.ChangeError as error:
        return _refuse(error.message, error.message)
    except TooLargeError as large:
        limit = large.limit // (1024 * 1024)
        return _refuse(f"{path}：文件超过 {limit} MB", f"{path}: larger than {limit} MB")
    for what, count in tally(staged.changes).items():
        sys.stdout.write(f"{what}\t{count}\n")
    return 0


def _list_problems(staged: DirectoryImport) -> None:
    """Every problem with its sheet, row and column."""
    from lantian.apps.areas.incoming import columns, sheets

    zh = prefers_chinese()
    for item in staged.problems:
        sheet, column = sheets()[item["sheet"]], columns(item["sheet"]).get(item["column"])
        if zh:
            place = f"{sheet.zh} 第{item['line']}行 {column.zh if column else ''}".rstrip()
        else:
            place = f"{sheet.en}, row {item['line']}{f', {column.en}' if column else ''}"
        sys.stderr.write(f"{place}{'：' if zh else ': '}{item['zh' if zh else 'en']}\n")


def _list_changes(staged: DirectoryImport) -> None:
    for item in staged.changes:
        fields = "; ".join(f"{part['field']}: {part['old']} → {part['new']}" for part in item["fields"])
        sys.stdout.write(f"{item['what']}\t{item['sheet']}\t{item['key']}\t{fields}\n")


def _refuse(zh: str, en: str) -> int:
    sys.stderr.write(f"lantian directory: {zh if prefers_chinese() else en}\n")
    return 1
