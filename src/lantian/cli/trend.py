"""``lantian trend``: slopes of deseasonalised monthly means with their intervals, as CSV (contracts §3)."""

from __future__ import annotations

import argparse

from lantian.cli.measurements import note, refuse, write_csv
from lantian.cli.series import add_series, guarded, read_series
from lantian.reading.errors import prefers_chinese

COLUMNS = ["station", "slope_per_year", "lower", "upper", "p", "months"]
# Below this a slope is an anecdote: said, not refused.
_SHORT = 96


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``lantian trend``."""
    add_series(parser, weather=False)
    parser.add_argument(
        "--autocorrelated",
        action="store_true",
        help="按相邻月份相关处理，区间更宽（分块自助法）"
        if prefers_chinese()
        else "respect that months resemble their neighbours: wider intervals (block bootstrap)",
    )


def run(args: argparse.Namespace) -> int:
    """Print one row per station. Exit 1: refused data, or no station with six months; 3: statsmodels is missing."""
    return guarded("trend", args, _trend)


def _trend(args: argparse.Namespace) -> int:
    from lantian.analysis.trend import CAPTURE, LEAST_MONTHS, monthly_means, trend

    data = read_series("trend", args)
    months = monthly_means(data, args.pollutant)
    found = {
        name: trend(months, number, autocorrelated=args.autocorrelated) for number, name in enumerate(data.stations)
    }
    short = [name for name, row in found.items() if row is None]
    if len(short) == len(found):
        return refuse(
            "trend",
            f"没有站点的 {args.pollutant} 有效月份达到 {LEAST_MONTHS} 个（每月须有 {CAPTURE:.0%} 的小时），无法计算",
            f"no station has {LEAST_MONTHS} months of {args.pollutant} with {CAPTURE:.0%} of their hours: no trend",
        )
    for name in short:
        note(
            "trend",
            f"{name}：有效月份不足 {LEAST_MONTHS} 个",
            f"{name}: fewer than {LEAST_MONTHS} months, left out",
        )
    kept = {name: row for name, row in found.items() if row is not None}
    for name, row in kept.items():
        if row.filled:
            note(
                "trend",
                f"{name}：{row.filled} 个月有效小时不足 {CAPTURE:.0%}，按其他年份同月的直线补齐后去季节",
                f"{name}: {row.filled} months with less than {CAPTURE:.0%} of their hours were filled by the line "
                "through the same month of the other years, then deseasonalised",
            )
        if not row.deseasonalised:
            note("trend", f"{name}：不足两年，未去季节", f"{name}: up to two years, not deseasonalised")
    least = min(row.months for row in kept.values())
    if least < _SHORT:
        note(
            "trend",
            f"最短序列 {least} 个月：不足八年的斜率证据较弱，引用时请同时给出区间",
            f"the shortest series has {least} months: slopes over less than eight years are weak evidence, "
            "quote the interval with them",
        )
    write_csv(COLUMNS, ([name, row.slope, row.lower, row.upper, row.p, row.months] for name, row in kept.items()))
    return 0
