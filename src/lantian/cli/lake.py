"""``lantian lake load|compact|info``: the lake of observations filled from files, tidied, described (docs/lake.md)."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lantian.cli.measurements import note, refuse
from lantian.reading.errors import prefers_chinese

if TYPE_CHECKING:
    from lantian.lake import Lake


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``lantian lake``."""
    zh = prefers_chinese()
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")

    load = verbs.add_parser("load", help="装入小时数据文件" if zh else "load files of hourly data")
    _folder(load)
    load.add_argument(
        "--hour-label",
        choices=("begin", "end"),
        required=True,
        help="小时标签是起始时刻还是结束时刻" if zh else "whether the label of an hour is its beginning or its end",
    )
    load.add_argument(
        "--data",
        nargs="+",
        type=Path,
        required=True,
        metavar="FILE",
        help="小时数据（CSV 或 CSV.gz）" if zh else "hourly data, CSV or CSV.gz",
    )
    load.add_argument(
        "--source", default="file", metavar="NAME", help="数据来源名称" if zh else "what the source is called"
    )
    load.add_argument(
        "--reference-state",
        metavar="TEXT",
        help="来源声明的参比状态，如 298.15K 101.325kPa" if zh else "the reference state that the source states",
    )
    load.add_argument("--by", metavar="NAME", help="更正记在谁名下" if zh else "whose corrections these are")

    compact = verbs.add_parser(
        "compact", help="合并小文件，清理过期文件" if zh else "fold small files, delete old ones"
    )
    _folder(compact)
    compact.add_argument(
        "--keep-days",
        type=_days,
        metavar="N",
        help="原始数据只保留最近 N 天（小时数据全部保留）" if zh else "keep N days of raw data (hours are all kept)",
    )

    _folder(verbs.add_parser("info", help="查看各表" if zh else "describe the tables"))


def _folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--lake",
        type=Path,
        required=True,
        metavar="DIR",
        help="数据湖所在文件夹" if prefers_chinese() else "the folder of the lake",
    )


def _days(text: str) -> int:
    days = int(text) if text.isdigit() else 0
    if not 1 <= days <= 100_000:
        raise argparse.ArgumentTypeError(f"{text!r}: N >= 1")
    return days


def run(args: argparse.Namespace) -> int:
    """Run one verb. Exit 1: refused with one line, and nothing of it is visible in the lake."""
    from lantian.analysis.errors import DataError
    from lantian.lake import LakeError

    try:
        return {"load": _load, "compact": _compact, "info": _info}[args.verb](args)
    except (DataError, LakeError) as error:
        return refuse("lake", error.zh, error.en)


def _load(args: argparse.Namespace) -> int:
    from lantian.analysis.observations import read_observations
    from lantian.cli.lakedata import blocks
    from lantian.lake import Lake

    lake = Lake(args.lake)
    lake.exists()
    data = read_observations(args.data, args.hour_label, lambda zh, en: note("lake", zh, en))
    given = list(blocks(data, args.source, args.hour_label, args.reference_state))
    done = lake.write_blocks(given, by=args.by or _user())
    if done.corrected or done.beside:
        lake.compact()
    note(
        "lake",
        f"{len(data.stations)} 个站点：新增 {done.added} 个小时值，更正 {done.corrected} 个",
        f"{len(data.stations)} stations: {done.added} hours added, {done.corrected} corrected",
    )
    return 0


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "lantian lake load"


def _compact(args: argparse.Namespace) -> int:
    from lantian.lake import Lake

    lake = Lake(args.lake)
    say_empty("lake", lake)
    done = lake.compact(keep_days=args.keep_days)
    note(
        "lake",
        f"{done.folded} 个文件合并为 {done.into} 个，清除 {done.dropped} 行过期原始数据，删除 {done.deleted} 个旧文件",
        f"{done.folded} files folded into {done.into}, {done.dropped} outdated raw rows dropped, "
        f"{done.deleted} old files deleted",
    )
    return 0


def say_empty(command: str, lake: Lake) -> None:
    """Say on stderr where nothing was ever written: a mistyped folder looks like an empty lake.

    LakeError: the folder holds something that is no lake.
    """
    if not lake.exists():
        note(command, f"{lake.root}：还没有任何数据", f"{lake.root}: nothing was ever written here")


def _info(args: argparse.Namespace) -> int:
    from lantian.lake import Lake

    lake = Lake(args.lake)
    say_empty("lake", lake)
    for item in lake.info():
        sys.stdout.write(
            f"{item.name:12} version {item.version:6} {item.files:7} files {item.rows:12} rows"
            f" {item.megabytes:10.1f} MB\n"
        )
    return 0
