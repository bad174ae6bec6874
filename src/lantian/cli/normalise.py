"""``lantian normalise``: hourly concentrations with the weather taken out, as CSV; the skill on standard error."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lantian.cli.measurements import note, refuse
from lantian.cli.series import add_series, guarded, read_with_weather
from lantian.reading.errors import prefers_chinese

if TYPE_CHECKING:
    from lantian.analysis.normalise import Normalised
    from lantian.analysis.observations import Observations
    from lantian.analysis.weather import Weather

COLUMNS = ["station", "time", "observed", "normalised", "lower", "upper"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``lantian normalise``."""
    zh = prefers_chinese()
    add_series(parser, weather=True)
    parser.add_argument(
        "--draws",
        type=_positive,
        default=10,
        help="重抽样气象的次数（默认 10）" if zh else "how often the weather is drawn (default 10)",
    )


def _positive(text: str) -> int:
    if not text.isdecimal() or not 2 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r}: 2 to 1000")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Print one row per station and hour. Exit 1: refused data or too few weeks; 3: lightgbm is missing."""
    return guarded("normalise", args, _normalise)


def _normalise(args: argparse.Namespace) -> int:
    from lantian.analysis.errors import science
    from lantian.analysis.normalise import FOLDS, LEAST_WEEKS, TooFewWeeks

    science("lightgbm")  # said before minutes of reading, not after
    data, weather = read_with_weather("normalise", args)
    found: dict[int, Normalised] = {}
    with _progress(len(data.stations) * FOLDS * (1 + args.draws)) as step:
        for place, name in enumerate(data.stations):
            try:
                found[place] = _one(data, weather, args, place, step)
            except TooFewWeeks as error:
                note(
                    "normalise",
                    f"{name}：只有 {error.weeks} 周同时有浓度和气象数据，至少需要 {LEAST_WEEKS} 周，略去",
                    f"{name}: {error.weeks} weeks with concentration and weather, {LEAST_WEEKS} are needed: left out",
                )
    if not found:
        return refuse("normalise", "没有站点的数据足够", "no station has enough data")
    for place, result in found.items():
        _tell(data.stations[place], result)
    if len(found) > 1:
        mean = sum(result.skill.r2 for result in found.values()) / len(found)
        note("normalise", f"各站整周检验 R² 平均 {mean:.3f}", f"mean week-block R² of the stations {mean:.3f}")
    _write(data, found)
    return 0


def _one(
    data: Observations, weather: Weather, args: argparse.Namespace, place: int, step: Callable[[], None]
) -> Normalised:
    from lantian.analysis.normalise import normalise

    return normalise(data, weather, args.pollutant, place, draws=args.draws, step=step)


def _tell(name: str, result: Normalised) -> None:
    skill = result.skill
    width = float((result.upper - result.lower).mean())
    note(
        "normalise",
        f"{name}：整周检验 R² {skill.r2:.3f}（五折 {skill.worst:.3f}～{skill.best:.3f}，{skill.hours} 小时，"
        f"平均偏差 {skill.bias:+.1%}）；小时值 95% 区间平均宽 {width:.3g}",
        f"{name}: week-block R² {skill.r2:.3f} (folds {skill.worst:.3f} to {skill.best:.3f}, {skill.hours} hours, "
        f"mean bias {skill.bias:+.1%}); spread: 95 % interval of an hour {width:.3g} wide on average",
    )


def _write(data: Observations, found: dict[int, Normalised]) -> None:
    import numpy as np

    hours = np.datetime64(data.first_day, "h") + np.arange(data.days * 24)
    times = np.datetime_as_string(hours, unit="m").tolist()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    for place, result in found.items():
        low, high = data.spans[place]
        own = slice(low * 24, (high + 1) * 24)
        observed = ["" if value != value else value for value in result.observed[own].tolist()]
        columns = [series[own].tolist() for series in (result.mean, result.lower, result.upper)]
        writer.writerows(zip([data.stations[place]] * len(observed), times[own], observed, *columns, strict=True))


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """A progress bar on standard error where that is a terminal, nothing elsewhere; gives the function to call."""
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True)
    task = bar.add_task("normalise", total=total)
    with bar:
        yield lambda: bar.advance(task)
