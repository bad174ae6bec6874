"""``lantian stats annual|daily|rank|standards``: statistics of hourly observations as CSV (contracts §3)."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantian.cli import engines
from lantian.cli.measurements import note, of_day, of_last_day, one_thread, refuse, write_csv
from lantian.reading.errors import prefers_chinese
from lantian.standards.ambient import POLLUTANTS, STANDARDS, Standard

if TYPE_CHECKING:
    from lantian.analysis.annual import YearStatistic
    from lantian.analysis.hourly import Observations

ANNUAL = [
    "station",
    "pollutant",
    "year",
    "valid_days",
    "valid_months",
    "valid",
    "mean",
    "percentile",
    "exceed_days",
    "mean_rounded",
    "percentile_rounded",
]
DAILY = ["station", "date", "SO2", "NO2", "PM10", "PM2.5", "CO", "O3_1h", "O3_8h", "aqi", "primary"]
RANK = ["station", "year", "composite", "rank_composite", "pm25", "rank_pm25", "pm25_yoy_pct"]
MONTHS = ["station", "month", "days", "valid", "mean", "rank", "yoy_pct"]
_HELD = 64 * 2**20  # bytes of lines that wait in memory
# Repeated for each standard in ``stats standards``.
JUDGED = ("days", "good_days", "good_pct", "heavy_days", "composite", "attains", "failing")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``lantian stats``."""
    zh = prefers_chinese()
    parser.add_argument("verb", choices=("annual", "daily", "rank", "standards"), help="统计内容" if zh else "what")
    parser.set_defaults(misused=parser.error)
    origin = parser.add_mutually_exclusive_group(required=True)
    origin.add_argument(
        "--data",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="小时数据（CSV 或 CSV.gz）" if zh else "hourly data, CSV or CSV.gz",
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
        "--stations",
        nargs="+",
        metavar="NAME",
        help="只统计数据湖中的这些站点" if zh else "these stations of the lake only",
    )
    parser.add_argument(
        "--standard",
        choices=tuple(STANDARDS),
        help="默认为数据最后一天执行的标准" if zh else "the one in force on the last day where not given",
    )
    parser.add_argument(
        "--weights",
        type=_weights,
        metavar="P=W,…",
        help="综合指数权重，如 PM2.5=3,O3=2" if zh else "weights of the composite index, as PM2.5=3,O3=2",
    )
    parser.add_argument(
        "--without-sand",
        type=Path,
        metavar="FILE",
        help="扣除清单所列沙尘时段的 PM10、PM2.5（仅 annual、rank）"
        if zh
        else "leave PM10 and PM2.5 out in the listed hours of sand-dust (annual and rank)",
    )
    parser.add_argument(
        "--monthly",
        choices=POLLUTANTS,
        metavar="P",
        help="rank：改为按月排名这一项污染物" if zh else "rank: the months of this pollutant instead of years",
    )
    parser.add_argument(
        "--published",
        action="store_true",
        help="排名按修约后的发布值计算" if zh else "rank by the figures as rounded for print",
    )
    parser.add_argument(
        "--with-rejected",
        action="store_true",
        help="人工审核确认无效的小时也参与统计（用 --lake 时）"
        if zh
        else "count the hours that a person confirmed as wrong, too (of a --lake)",
    )
    engines.add_arguments(parser)


def _weights(text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in text.split(","):
        name, _, weight = part.partition("=")
        try:
            found[name] = float(weight)
        except ValueError:
            found[name] = -1.0
        if name not in POLLUTANTS or not 0 <= found[name] < 1e6:
            raise argparse.ArgumentTypeError(f"{part!r}: P=W, P in {' '.join(POLLUTANTS)}, W >= 0")
    return found


def run(args: argparse.Namespace) -> int:
    """Print one table. Exit 1: the data are refused with file, line and reason, and nothing is printed."""
    one_thread()
    from lantian.analysis.errors import DataError
    from lantian.lake.errors import LakeError

    if misused := _misused(args):
        args.misused(misused[0] if prefers_chinese() else misused[1])
    if args.without_sand and args.verb not in ("annual", "rank"):
        return refuse("stats", "优良天和 AQI 不扣除沙尘", "days and their AQI keep the hours of sand-dust")
    try:
        if args.monthly:
            return _monthly(args)
        if args.verb in ("annual", "rank"):
            standard, rows = _years(args)
            return _annual(rows) if args.verb == "annual" else _rank(rows, standard, args)
        if args.verb == "standards":
            return _standards(args)
        if args.engine == "spark":
            return _daily_on_spark(args)
        return _daily(args)
    except (DataError, LakeError) as error:
        return refuse("stats", error.zh, error.en)


def _misused(args: argparse.Namespace) -> tuple[str, str] | None:
    """What is wrong with how the command was called; an hour's label is never guessed."""
    if args.data and not args.hour_label:
        return "用 --data 时必须给出 --hour-label begin 或 end", "--data needs --hour-label begin or end"
    if args.lake and args.hour_label:
        return "数据湖中的小时不需要 --hour-label", "the hours of a lake need no --hour-label"
    if args.monthly and args.verb != "rank":
        return "--monthly 只用于 rank", "--monthly goes with rank"
    if args.engine == "spark" and (args.data or args.monthly or args.verb == "standards"):
        return (
            "--engine spark 只用于 annual、daily、rank，数据取自 --lake",
            "--engine spark goes with annual, daily and rank of a --lake",
        )
    if args.data and args.stations:
        return "--stations 只用于 --lake", "--stations goes with --lake"
    if args.data and args.with_rejected:
        return "--with-rejected 只用于 --lake", "--with-rejected goes with --lake"
    return None


def _read(args: argparse.Namespace) -> tuple[Observations, int]:
    """The observations, and how many values of them a person rejected."""
    if args.lake:
        from lantian.cli.lakedata import observations

        return observations(args.lake, args.stations, not args.with_rejected)
    from lantian.analysis.observations import read_observations

    return read_observations(args.data, args.hour_label, lambda zh, en: note("stats", zh, en)), 0


def _at_once(args: argparse.Namespace) -> tuple[Standard, Observations]:
    data, lost = _read(args)
    standard = STANDARDS[args.standard] if args.standard else of_last_day("stats", data)
    say_rejected(lost)
    return standard, data


def say_rejected(lost: int) -> None:
    """How many hourly values do not count because a person confirmed them as wrong; nothing where there are none."""
    if lost:
        note(
            "stats",
            f"已剔除人工审核确认无效的 {lost} 个小时值（--with-rejected 可计入）",
            f"{lost} hourly values that a person confirmed as wrong are left out (--with-rejected counts them)",
        )


def _computed(
    args: argparse.Namespace, work: Callable[[Observations, str, Standard], list[Any]], pollutants: Sequence[str]
) -> tuple[Standard, list[Any]]:
    """What ``work`` makes of each pollutant: of a whole lake group by group, so that its size does not matter."""
    one = work
    if args.without_sand:  # what reads lists takes longer to import than a year from the lake to compute
        from lantian.analysis.sand import read_periods, without_sand

        periods = read_periods(args.without_sand)

        def one(data: Observations, pollutant: str, standard: Standard) -> list[Any]:
            return work(without_sand(data, periods), pollutant, standard)

    if args.lake and not args.stations:
        from lantian.cli.lakedata import in_groups, last_day

        standard = STANDARDS[args.standard] if args.standard else of_day("stats", last_day(args.lake))
        rows, lost = in_groups(
            args.lake, lambda data, name: one(data, name, standard), pollutants, not args.with_rejected
        )
        say_rejected(lost)
        return standard, rows
    standard, data = _at_once(args)
    return standard, [row for name in pollutants for row in one(data, name, standard)]


def _years(args: argparse.Namespace) -> tuple[Standard, list[YearStatistic]]:
    if args.engine == "spark":
        from lantian.cli.onspark import years

        return years(args)
    from lantian.analysis.annual import in_order, pollutant_years

    standard, rows = _computed(args, pollutant_years, POLLUTANTS)
    return standard, in_order(rows)


def _annual(rows: list[YearStatistic]) -> int:
    write_csv(ANNUAL, map(attrgetter(*ANNUAL), rows))
    return 0


def _monthly(args: argparse.Namespace) -> int:
    from lantian.analysis.monthly import month_figures, rank_months

    _standard, rows = _computed(args, month_figures, [args.monthly])
    write_csv(MONTHS, map(attrgetter(*MONTHS), rank_months(rows)))
    return 0


def _daily(args: argparse.Namespace) -> int:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    if not args.lake or args.stations:
        standard, data = _at_once(args)
        writer.writerow(DAILY)
        for _station, rows in _days(data, standard):
            writer.writerows(rows)
        return 0
    from tempfile import SpooledTemporaryFile

    from lantian.cli.lakedata import by_group, last_day

    standard = STANDARDS[args.standard] if args.standard else of_day("stats", last_day(args.lake))
    lost = 0
    # Groups come in no order of names, and a damaged file may be the last: lines wait, beyond some on disk.
    with SpooledTemporaryFile(_HELD) as kept:
        places: dict[str, tuple[int, int]] = {}
        for data, number in by_group(args.lake, not args.with_rejected):
            lost += number
            for station, rows in _days(data, standard):
                text = io.StringIO()
                csv.writer(text, lineterminator="\n").writerows(rows)
                places[station] = kept.tell(), kept.write(text.getvalue().encode())
        say_rejected(lost)
        writer.writerow(DAILY)
        for _station, (begin, size) in sorted(places.items()):
            kept.seek(begin)
            sys.stdout.write(kept.read(size).decode())
    return 0


def _days(data: Observations, standard: Standard) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """Each station with its lines of ``stats daily``."""
    from lantian.analysis.daily import COLUMNS, daily_aqi, daily_values
    from lantian.standards.aqi import aqi_rule

    values = daily_values(data, standard)
    found = daily_aqi(values, aqi_rule(standard.aqi))
    named = {bits: found.names(bits) for bits in set(found.primary.reshape(-1).tolist())}
    dates = data.calendar().astype(str).tolist()
    for place, (station, (low, high)) in enumerate(zip(data.stations, data.spans, strict=True)):
        own = slice(low, high + 1)
        columns = [["" if value != value else value for value in values[name][place, own].tolist()] for name in COLUMNS]
        index = ["" if value < 0 else value for value in found.index[place, own].tolist()]
        primary = [named[bits] for bits in found.primary[place, own].tolist()]
        days = dates[own]
        yield station, list(zip([station] * len(days), days, *columns, index, primary, strict=True))


def _daily_on_spark(args: argparse.Namespace) -> int:
    from lantian.cli.onspark import days

    rows = days(args)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(DAILY)
    writer.writerows(rows)
    return 0


def _rank(statistics: list[YearStatistic], standard: Standard, args: argparse.Namespace) -> int:
    from lantian.analysis.ranks import rank_years

    rows = rank_years(statistics, standard, args.weights, published=args.published)
    doubtful = sum(not row.valid for row in rows)
    if doubtful:
        note(
            "stats",
            f"{len(rows)} 个站点年中有 {doubtful} 个不满足 HJ 663 有效性要求，仍参与排名，发布前请核对",
            f"{doubtful} of {len(rows)} station-years are not valid by HJ 663 and ranked all the same",
        )
    write_csv(RANK, ([getattr(row, name) for name in RANK] for row in rows))
    return 0


def _standards(args: argparse.Namespace) -> int:
    from lantian.analysis.ranks import under_every_standard

    data, lost = _read(args)
    say_rejected(lost)
    found = under_every_standard(data, args.weights)
    header = ["station", "year", *(f"{name}_{key}" for key in STANDARDS for name in JUDGED)]
    rows = (
        [
            station,
            year,
            *(
                value
                for item in judged
                for value in (
                    item.days.days,
                    item.days.good,
                    item.good_pct,
                    item.days.heavy,
                    item.composite,
                    item.attains,
                    ";".join(item.failing),
                )
            ),
        ]
        for (station, year), judged in sorted(found.items())
    )
    write_csv(header, rows)
    return 0
