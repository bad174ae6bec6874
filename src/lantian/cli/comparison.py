"""What the commands share that compare plan documents: their options, reading the files, saying what is wrong."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from lantian.reading.errors import MissingExtra, ReadingError, prefers_chinese

if TYPE_CHECKING:
    from lantian.reading.model import Plan

FORMATS = ("json", "table", "xlsx")
MEDIA = ("air", "water", "soil", "other")


def add_output_arguments(parser: argparse.ArgumentParser) -> None:
    """``--format`` and ``-o``."""
    zh = prefers_chinese()
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default=None,
        help="输出格式（默认 json）" if zh else "output format (default json)",
    )
    parser.add_argument(
        "-o", "--output", metavar="PATH", help="写入文件（xlsx 必填）" if zh else "write to a file (xlsx needs it)"
    )


def format_of(args: argparse.Namespace) -> str:
    """The wanted format: as said, else by the ending of the output file, else JSON."""
    return args.format or ("xlsx" if (args.output or "").lower().endswith(".xlsx") else "json")


def read_plans(names: Iterable[str]) -> list[list[Plan]] | int:
    """The plans of each file, or the exit code where one cannot be read and stderr says why."""
    from lantian.cli.read import read_guarded

    found: list[list[Plan]] = []
    for name in names:
        result = read_guarded(Path(name))
        if isinstance(result, ReadingError):
            print(f"lantian: {result}", file=sys.stderr)
            return 3 if isinstance(result, MissingExtra) else 1
        found.append(result)
    return found


def wrong(zh: str, en: str) -> int:
    """Say what is wrong with the call; the exit code of usage."""
    print(f"lantian: {zh if prefers_chinese() else en}", file=sys.stderr)
    return 2
