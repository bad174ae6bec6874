"""``lantian aqi FILE``: the hourly AQI of a published feed, computed again (contracts §3)."""

from __future__ import annotations

import argparse
from pathlib import Path

from lantian.cli.measurements import refuse, write_csv
from lantian.reading.errors import prefers_chinese
from lantian.standards.ambient import STANDARDS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``lantian aqi``."""
    zh = prefers_chinese()
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="实时发布数据（CSV 或 CSV.gz）" if zh else "CSV or CSV.gz"
    )
    parser.add_argument(
        "--o3",
        choices=("hour", "published"),
        default="hour",
        help="published：取 o3 与 o3_24h 的较小值，与国家发布一致"
        if zh
        else "published: the smaller of o3 and o3_24h, as the national feed does",
    )
    parser.add_argument(
        "--standard",
        choices=tuple(STANDARDS),
        help="默认按数据时间选用" if zh else "by each row's time where not given",
    )


def run(args: argparse.Namespace) -> int:
    """Print the feed with three columns more. Exit 1: the file is refused, and nothing is printed."""
    from lantian.analysis.errors import DataError
    from lantian.analysis.feed import recompute

    standard = STANDARDS[args.standard] if args.standard else None
    try:
        header, rows = recompute(args.file, o3_published=args.o3 == "published", standard=standard)
        complete = list(rows)
    except DataError as error:
        return refuse("aqi", error.zh, error.en)
    write_csv(header, complete)
    return 0
