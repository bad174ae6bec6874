"""``--engine`` and ``--master``: which engine answers a command on a lake."""

from __future__ import annotations

import argparse

from lantian.reading.errors import prefers_chinese


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the commands that Spark may answer."""
    zh = prefers_chinese()
    parser.add_argument(
        "--engine",
        choices=("local", "spark"),
        default="local",
        help="计算引擎，默认 local；spark 需安装 pyspark 和 Java"
        if zh
        else "local by default; spark needs pyspark and Java",
    )
    parser.add_argument(
        "--master",
        default="local[*]",
        metavar="URL",
        help="Spark 主节点，默认本机" if zh else "Spark's master, this machine by default",
    )
