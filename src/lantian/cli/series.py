"""What ``trend``, ``polar`` and ``normalise`` share: files of hours, one pollutant, the hour's label, the weather."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lantian.cli.measurements import note, one_thread, refuse
from lantian.reading.errors import prefers_chinese
from lantian.standards.ambient import POLLUTANTS

if TYPE_CHECKING:
    from lantian.analysis.observations import HourLabel, Observations
    from lantian.analysis.weather import Weather

MISSING_EXTRA = 3


def add_series(parser: argparse.ArgumentParser, *, weather: bool) -> None:
    """The arguments that name the data."""
    zh = prefers_chinese()
    parser.add_argument(
        "--data",
        nargs="+",
        type=Path,
        required=True,
        metavar="FILE",
        help="小时数据（CSV 或 CSV.gz）" if zh else "hourly data, CSV or CSV.gz",
    )
    parser.add_argument("--pollutant", choices=POLLUTANTS, required=True, help="污染物" if zh else "pollutant")
    parser.add_argument(
        "--hour-label",
        choices=("begin", "end"),
        help="小时标签是起始时刻还是结束时刻（未给出时按起始时刻，并作提示）"
        if zh
        else "whether the label of an hour is its beginning or its end (taken as beginning, and said, where not given)",
    )
    if weather:
        parser.add_argument(
            "--weather",
            nargs="+",
            type=Path,
            metavar="FILE",
            help="气象文件（默认取自 --data 的气象列）" if zh else "files of weather (default: columns of --data)",
        )


def hour_label(command: str, args: argparse.Namespace) -> HourLabel:
    """The label of the hours; where none was given, ``begin``, and a line that says so."""
    if args.hour_label:
        label: HourLabel = args.hour_label
        return label
    note(
        command,
        "未指定 --hour-label，按小时起始时刻处理",
        "no --hour-label given: labels are taken as the beginning of the hour",
    )
    return "begin"


def read_series(command: str, args: argparse.Namespace) -> Observations:
    """The observations. DataError as :func:`lantian.analysis.observations.read_observations` says."""
    from lantian.analysis.observations import read_observations

    return read_observations(args.data, args.hour_label, lambda zh, en: note(command, zh, en))


def read_with_weather(command: str, args: argparse.Namespace) -> tuple[Observations, Weather]:
    """The observations and their weather, from ``--weather`` or from the same files."""
    from lantian.analysis.weather import read_weather

    data = read_series(command, args)
    return data, read_weather(args.weather or args.data, args.hour_label, data)


def guarded(command: str, args: argparse.Namespace, work: Callable[[argparse.Namespace], int]) -> int:
    """Run ``work``: refused data end in exit code 1, a missing extra in 3, each with its line."""
    one_thread()
    from lantian.analysis.errors import DataError, MissingExtra

    args.hour_label = hour_label(command, args)
    try:
        return work(args)
    except DataError as error:
        return refuse(command, error.zh, error.en)
    except MissingExtra as error:
        refuse(command, error.zh, error.en)
        return MISSING_EXTRA
