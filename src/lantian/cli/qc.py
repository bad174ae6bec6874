"""``lantian qc``: hourly data checked by the rules of quality control, and what the rules do to a year."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantian.cli.measurements import note, of_last_day, refuse, write_csv
from lantian.reading.errors import prefers_chinese
from lantian.standards.ambient import STANDARDS

if TYPE_CHECKING:
    from lantian.analysis.observations import Observations, RefusedCell
    from lantian.analysis.qc import Quality, Run

RUNS = ["station", "pollutant", "rule", "severity", "start", "end", "hours", "value", "text"]
_COMPARED = ("valid", "mean", "percentile", "valid_days", "exceed_days")
EFFECT = [
    "station",
    "pollutant",
    "year",
    *(f"{name}{suffix}" for name in _COMPARED for suffix in ("", "_without")),
    "rule",
    "hours",
]
# In the column rule of --effect: everything from the chosen severity on together.
TOGETHER = "*"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``lantian qc``."""
    zh = prefers_chinese()
    origin = parser.add_mutually_exclusive_group(required=True)
    origin.add_argument(
        "--data",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="小时数据（CSV 或 CSV.gz），同一城市的站点一起给出"
        if zh
        else "hourly data, the stations of a city together",
    )
    origin.add_argument("--lake", type=Path, metavar="DIR", help="数据湖中的小时数据" if zh else "the hours of a lake")
    parser.add_argument(
        "--hour-label",
        choices=("begin", "end"),
        help="小时标签是起始时刻还是结束时刻（用 --data 时必填）"
        if zh
        else "whether the label of an hour is its beginning or its end (required with --data)",
    )
    parser.add_argument(
        "--severity",
        choices=("flag", "doubt", "invalid"),
        default="doubt",
        help="列出不低于此级别的结果，默认 doubt（存疑）" if zh else "the mildest to be listed (doubt)",
    )
    parser.add_argument(
        "--effect",
        action="store_true",
        help="列出剔除所标记小时后年统计的变化" if zh else "what leaving the flagged hours out does to each year",
    )
    parser.add_argument(
        "--standard",
        choices=tuple(STANDARDS),
        help="--effect 用的标准，默认为数据最后一天执行的标准" if zh else "for --effect; else that of the last day",
    )
    parser.add_argument("--format", choices=("csv", "json"), default="csv")


def run(args: argparse.Namespace) -> int:
    """Print the runs or the effect. Exit 1: the data are refused; values that are no concentration become Q14."""
    from lantian.analysis.errors import DataError
    from lantian.analysis.qc import SEVERITIES, check
    from lantian.lake.errors import LakeError

    if bool(args.data) != bool(args.hour_label):
        note(
            "qc",
            "用 --data 时必须给出 --hour-label，用 --lake 时不需要",
            "--hour-label is required with --data and not used with --lake",
        )
        return 2
    refused: list[RefusedCell] = []
    try:
        data = _read(args, refused)
    except (DataError, LakeError) as error:
        return refuse("qc", error.zh, error.en)
    quality = check(data, refused)
    _say(quality)
    if args.effect:
        _write(args.format, EFFECT, _effect(quality, args))
        return 0
    least = SEVERITIES.index(args.severity)
    # Printed as the file labels its hours, so that a row can be found in it.
    shift = timedelta(hours=args.hour_label == "end")
    zh = prefers_chinese()
    chosen = (item for item in quality.runs if SEVERITIES.index(item.rule.severity) >= least)
    _write(args.format, RUNS, (_row(data, item, shift, chinese=zh) for item in chosen))
    return 0


def _read(args: argparse.Namespace, refused: list[RefusedCell]) -> Observations:
    if args.lake:
        from lantian.cli.lakedata import observations

        return observations(args.lake).data
    from lantian.analysis.observations import read_observations

    return read_observations(args.data, args.hour_label, lambda zh, en: note("qc", zh, en), refused)


def _row(data: Observations, item: Run, shift: timedelta, *, chinese: bool) -> list[Any]:
    return [
        item.station,
        item.pollutant,
        item.rule.id,
        item.rule.severity,
        (item.start(data) + shift).isoformat(timespec="minutes"),
        (item.end(data) - timedelta(hours=1) + shift).isoformat(timespec="minutes"),
        item.hours,
        item.value,
        item.zh if chinese else item.en,
    ]


def _say(quality: Quality) -> None:
    """How many runs and hours each rule found, one line: nothing is found in silence."""
    runs, hours = Counter[str](), Counter[str]()
    for item in quality.runs:
        runs[item.rule.id] += 1
        hours[item.rule.id] += item.hours
    counts = "；".join(f"{name} {runs[name]}（{hours[name]} h）" for name in sorted(runs))
    stations = len(quality.data.stations)
    note("qc", f"{stations} 个站点：{counts or '没有发现'}", f"{stations} stations: {counts or 'nothing found'}")
    if stations < 4:
        note(
            "qc",
            "站点少于 4 个，与周边站点比较的规则不适用",
            "fewer than 4 stations: the rules that compare with the others are not applied",
        )


def _effect(quality: Quality, args: argparse.Namespace) -> Iterator[list[Any]]:
    from lantian.analysis.qc import SEVERITIES, bits, bits_from, rules
    from lantian.analysis.qc.review import effect

    standard = STANDARDS[args.standard] if args.standard else of_last_day("qc", quality.data)
    least = SEVERITIES.index(args.severity)
    found = {item.rule.id for item in quality.runs}
    which = {TOGETHER: bits_from(args.severity)} | {
        item.id: bits(item.id) for item in rules() if SEVERITIES.index(item.severity) >= least and item.id in found
    }
    for row in effect(quality.data, quality.flags, which, standard):
        yield [
            row.raw.station,
            row.raw.pollutant,
            row.raw.year,
            *(
                value
                for name in _COMPARED
                for value in (getattr(row.raw, name), getattr(row.without, name) if row.without else None)
            ),
            row.rule,
            row.hours,
        ]


def _write(form: str, header: list[str], rows: Iterator[list[Any]]) -> None:
    if form == "csv":
        write_csv(header, rows)
        return
    found = [dict(zip(header, row, strict=True)) for row in rows]
    sys.stdout.write(json.dumps({"rows": found}, ensure_ascii=False, indent=1) + "\n")
