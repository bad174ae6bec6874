"""All rules over all stations: bit flags beside the values, and the runs in words. No value is ever changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from lantian.analysis.observations import Observations, RefusedCell
from lantian.analysis.qc import checks_network, checks_place, checks_slow, checks_value
from lantian.analysis.qc.background import Background, backgrounds
from lantian.analysis.qc.checks_value import Found, run_bounds
from lantian.analysis.qc.medians import Values
from lantian.analysis.qc.rules import Rule, common, parameters, rule
from lantian.standards.ambient import POLLUTANTS

Flags = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive hours of a station and pollutant that one rule names. ``first``: hours since the data's first day
    began; ``value``: the worst of them (None for an outage); ``zh`` and ``en`` say it."""

    station: str
    pollutant: str
    rule: Rule
    first: int
    hours: int
    value: float | None
    zh: str
    en: str

    def start(self, data: Observations) -> datetime:
        """Beginning of the first hour, local time."""
        return at(data, self.first)

    def end(self, data: Observations) -> datetime:
        """End of the last hour (not included), local time."""
        return at(data, self.first + self.hours)


@dataclass(frozen=True)
class Quality:
    """What the rules say of ``data``: ``flags[pollutant]`` is ``(stations, hours)`` of rule bits, ``runs`` the same in
    words, sorted by station, pollutant, first hour and rule."""

    data: Observations
    flags: Mapping[str, Flags]
    runs: tuple[Run, ...]


def at(data: Observations, hour: int) -> datetime:
    """The local time at which that hour begins."""
    return datetime.combine(data.first_day, time()) + timedelta(hours=hour)


def check(
    data: Observations,
    refused: Sequence[RefusedCell] = (),
    nearest: Mapping[str, Sequence[str]] | None = None,
) -> Quality:
    """Apply every rule of the table to hourly data.

    ``refused``: cells that the reader could not take (``read_observations(…, lenient=…)``) become Q14. ``nearest``:
    station → its three nearest, for Q13; without it that rule is not applied. With fewer than four stations the rules
    of kind ``network`` find nothing and the spike rule is less sharp.
    """
    flags = {name: np.zeros(data.values[name].shape, dtype=np.uint32) for name in POLLUTANTS}
    runs: list[Run] = []
    behind = backgrounds(
        {name: array for name, array in data.values.items() if not np.isnan(array).all()},
        {name: limits.offset for name, limits in parameters().items()},
    )
    misplaced = checks_place.misplaced(data.values, behind, parameters(), common())
    for name in behind:
        for key, found in (_applied(data, name, behind, nearest) | misplaced[name]).items():
            mask = found.mask if key == "outage" else found.mask & ~np.isnan(data.values[name])
            flags[name] |= mask.astype(np.uint32) << np.uint32(rule(key).bit)
            runs += _runs(data, name, rule(key), found)
    for run, place in _refusals(data, refused):
        flags[run.pollutant][place] |= np.uint32(1 << run.rule.bit)
        runs.append(run)
    order = {name: place for place, name in enumerate(POLLUTANTS)}
    runs.sort(key=lambda run: (run.station, order[run.pollutant], run.first, run.rule.bit))
    return Quality(data, flags, tuple(runs))


def _applied(
    data: Observations, name: str, every: Mapping[str, Background], nearest: Mapping[str, Sequence[str]] | None
) -> dict[str, Found]:
    hours, behind, limits, shared = data.values[name], every[name], parameters()[name], common()
    step, drift = checks_slow.departures(behind, limits, shared)
    found = {
        "range": checks_value.out_of_range(hours, limits),
        "stuck": checks_value.stuck(hours, behind, limits, shared),
        "spike": checks_value.spike(hours, behind, limits, shared),
        "unit": checks_network.unit(hours, behind, limits, shared),
        "zero": checks_network.zero(hours, behind, limits, shared),
        "neighbour": checks_network.neighbour(behind, limits),
        "step": step,
        "drift": drift,
        "repeated": checks_value.repeated(hours, shared),
        "outage": checks_value.outage(hours, data.spans, shared),
    }
    if name in ("PM2.5", "PM10") and "PM2.5" in every and "PM10" in every:
        found["reversed"] = checks_value.reversed_(name, data.values, every, parameters()["PM2.5"], shared)
    if name == "PM2.5":
        found["inversion"] = checks_value.inversion(hours, data.values["PM10"], limits, shared)
        if nearest:
            place = {station: number for number, station in enumerate(data.stations)}
            near = {place[own]: [place[other] for other in others] for own, others in nearest.items() if own in place}
            found["above-nearest"] = checks_network.above_nearest(hours, near, shared)
    return found


def _runs(data: Observations, pollutant: str, which: Rule, found: Found) -> list[Run]:
    hours = data.values[pollutant]
    score = hours if found.score is None else found.score
    made = []
    for station, first, after in zip(*(item.tolist() for item in run_bounds(found.mask)), strict=True):
        value, percent = _worst(which, hours[station], score[station], found.off, station, first, after)
        partner = found.partners.get((station, first))
        other = "" if partner is None else f"{data.stations[partner[0]]} {at(data, partner[1]):%Y-%m-%d %H:%M}"
        said = {
            "value": "" if value is None else f"{value:g}",
            "hours": after - first,
            "percent": f"{percent:+.0f}",
            "other": other,
        }
        made.append(
            Run(
                data.stations[station],
                pollutant,
                which,
                first,
                after - first,
                value,
                which.zh.format(**said),
                which.en.format(**said),
            )
        )
    return made


def _worst(
    which: Rule, hours: Values, score: Values, off: Values | None, station: int, first: int, after: int
) -> tuple[float | None, float]:
    """The worst value of a run, and by how many per cent it is off the other stations (0 where that is not asked)."""
    part = np.where(np.isnan(score[first:after]), -np.inf, score[first:after])
    place = first + int(part.argmax())
    value = float(score[place] if which.key in ("inversion", "reversed") else hours[place])
    percent = 0.0 if off is None else 100 * float(np.expm1(np.nan_to_num(off[station, place])))
    return (None if np.isnan(value) else value), percent


def _refusals(data: Observations, refused: Sequence[RefusedCell]) -> list[tuple[Run, tuple[int, int]]]:
    which = rule("refused")
    place = {station: number for number, station in enumerate(data.stations)}
    first = int(np.datetime64(data.first_day, "D").astype(np.int64)) * 24
    found = []
    for cell in refused:
        said = {"printed": cell.printed}
        where = (place[cell.station], cell.hour - first)
        zh, en = which.zh.format(**said), which.en.format(**said)
        line_zh, line_en = f"{cell.path} 第{cell.line}行：{zh}", f"{cell.path}, line {cell.line}: {en}"
        found.append((Run(cell.station, cell.pollutant, which, where[1], 1, cell.value, line_zh, line_en), where))
    return found
