"""``lantian polar``: a pollutant by wind direction and speed, on openair's grid, as CSV (contracts §3)."""

from __future__ import annotations

import argparse
import csv
import sys

from lantian.cli.measurements import note, refuse
from lantian.cli.series import add_series, guarded, read_with_weather
from lantian.reading.errors import prefers_chinese

COLUMNS = ["u", "v", "z"]
_STATISTICS = ("mean", "cpf", "nwr")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``lantian polar``."""
    zh = prefers_chinese()
    add_series(parser, weather=True)
    parser.add_argument("--statistic", choices=_STATISTICS, default="mean", help="统计量" if zh else "what is shown")
    parser.add_argument(
        "--percentile",
        type=_percentile,
        default=90.0,
        help="cpf 的百分位（默认 90）" if zh else "the percentile of cpf (default 90)",
    )
    parser.add_argument("--station", help="站点（有多个时必填）" if zh else "which one, where there are several")


def _percentile(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < 100:
        raise argparse.ArgumentTypeError(f"{text!r}: 0 < P < 100")
    return value


def run(args: argparse.Namespace) -> int:
    """Print ``u,v,z``, u fastest. Exit 1: refused data, no such station, or wind that fills too few bins."""
    return guarded("polar", args, _polar)


def _polar(args: argparse.Namespace) -> int:
    from lantian.analysis.polar import TooFewBins, polar_surface

    data, weather = read_with_weather("polar", args)
    names = ", ".join(data.stations)
    if args.station is None and len(data.stations) > 1:
        return refuse("polar", f"有多个站点，请指定 --station：{names}", f"several stations, choose --station: {names}")
    if args.station is not None and args.station not in data.stations:
        return refuse(
            "polar", f"没有站点 {args.station}，只有：{names}", f"no station {args.station}, there are: {names}"
        )
    place = data.stations.index(args.station) if args.station else 0
    if not weather.has_wind()[place]:
        return refuse("polar", "没有同时有风向和风速的小时", "no hour has both direction and speed of the wind")
    if args.statistic == "cpf":
        note("polar", f"条件概率的阈值为第 {args.percentile:g} 百分位", f"threshold: percentile {args.percentile:g}")
    try:
        surface = polar_surface(
            weather.wind_speed[place],
            weather.wind_direction[place],
            data.values[args.pollutant][place],
            args.statistic,
            args.percentile,
        )
    except TooFewBins as error:
        return refuse(
            "polar",
            f"风向风速格只有 {error.bins} 个有数据，拟合需要 {error.needed} 个；数据较少时请用 --statistic nwr",
            f"only {error.bins} bins of wind hold data, the surface needs {error.needed}; with few data use nwr",
        )
    axis = surface.axis.tolist()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    for v, row in zip(axis, surface.z.tolist(), strict=True):
        writer.writerows((u, v, "" if z != z else z) for u, z in zip(axis, row, strict=True))
    return 0
