"""Weather-normalised concentrations: what an hour would have held in average weather (Grange and Carslaw 2019).

The slow level of the series is divided out; gradient-boosted trees learn what remains from the calendar and the
weather. Then each hour is asked again under weather drawn from the whole period, its calendar left in place, and the
answers are averaged and given their level back. Without the first step the trees credit a part of every trend to
weather that happens to drift with it: of an injected −10 % a year they gave back two thirds, with it all.

How much the model may be trusted is measured on whole weeks that neither trees nor level have seen: random hours would
leak their neighbours, and R² would flatter.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lantian.analysis.errors import science
from lantian.analysis.features import calendar_features, weather_features
from lantian.analysis.hourly import Observations
from lantian.analysis.weather import Weather

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SEED = 20130301
FOLDS = 5
DRAWS = 10
_WEEK = 168
# Fewer weeks with data than this (a year, nearly) do not show every season.
LEAST_WEEKS = 50
# The level is a local line under a Gaussian of this width; below two years nothing tells it from the season.
_LEVEL_DAYS = 365.0
_LEVEL_FROM_DAYS = 730
_YEAR = 365.25
_LEVEL_STEP = 14
# Keeps the level of a series that almost vanishes away from zero.
_LEAST_LEVEL = 0.05
_Z95 = 1.959963984540054
_ROUNDS = 200
_PARAMETERS: dict[str, Any] = {
    "objective": "l2", "num_leaves": 31, "learning_rate": 0.08, "min_data_in_leaf": 100, "feature_fraction": 0.3,
    "bagging_fraction": 0.7, "bagging_freq": 1, "verbosity": -1, "seed": SEED, "deterministic": True,
    "force_row_wise": True, "num_threads": 1,
}  # fmt: skip


@dataclass(frozen=True)
class Skill:
    """How well whole unseen weeks were told: ``r2`` and ``bias`` over all hours, ``worst`` and ``best`` fold."""

    r2: float
    worst: float
    best: float
    bias: float
    hours: int


@dataclass(frozen=True)
class Normalised:
    """One station: hourly ``observed`` (NaN missing), ``mean`` under average weather, its 95 % interval, the skill.

    The interval holds two spreads: that of the models of the five folds (delete-a-group jackknife over weeks) and that
    of the drawn weather. It does not hold what a wrong model gets wrong everywhere.
    """

    observed: Floats
    mean: Floats
    lower: Floats
    upper: Floats
    skill: Skill


class TooFewWeeks(ValueError):
    """``weeks`` hold both pollutant and weather; ``LEAST_WEEKS`` are needed."""

    def __init__(self, weeks: int) -> None:
        super().__init__(f"{weeks} weeks with data, {LEAST_WEEKS} are needed")
        self.weeks = weeks


def folds_of_weeks(hours: int, folds: int = FOLDS, seed: int = SEED) -> NDArray[np.int64]:
    """For each hour the fold that holds it out: whole weeks, dealt at random, equally many to each fold."""
    weeks = -(-hours // _WEEK)
    fold = np.random.default_rng(seed).permutation(weeks) % folds
    return np.repeat(fold, _WEEK)[:hours]


def normalise(
    data: Observations,
    weather: Weather,
    pollutant: str,
    station: int,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    step: Callable[[], None] = lambda: None,
) -> Normalised:
    """Normalise one station. ``step`` is called FOLDS × (1 + draws) times on the way.

    The other stations of ``weather`` give the regional means; only their weather is looked at. TooFewWeeks;
    MissingExtra without lightgbm.
    """
    lightgbm = science("lightgbm")
    observed = data.values[pollutant][station]
    calendar = calendar_features(data).astype(np.float32)
    met = weather_features(weather, station).astype(np.float32)
    told = ~np.isnan(weather.wind_speed[station]) | ~np.isnan(weather.temperature[station])
    known = ~np.isnan(observed) & told
    weeks = len(np.unique(np.flatnonzero(known) // _WEEK))
    if weeks < LEAST_WEEKS:
        raise TooFewWeeks(weeks)
    inputs = np.hstack([calendar, met])
    fold = folds_of_weeks(len(observed), seed=seed)
    unseen = np.full(len(observed), np.nan)
    residuals = np.full(len(observed), np.nan)
    levels = [slow_level(np.where(known & (fold != held), observed, np.nan)) for held in range(FOLDS)]

    def teach(held: int) -> Any:
        taught, asked = known & (fold != held), known & (fold == held)
        # Square roots, because errors grow with the level.
        target = np.sqrt(observed / levels[held])
        lesson = lightgbm.Dataset(inputs[taught], target[taught], params={"verbosity": -1})
        model = lightgbm.train({**_PARAMETERS, "seed": seed % 2**31}, lesson, _ROUNDS)
        if asked.any():
            unseen[asked] = np.maximum(model.predict(inputs[asked], num_threads=1), 0)
            residuals[asked] = target[asked] - unseen[asked]
        step()
        return model

    # One thread a model: the library's own threads wait for each other in a busy loop, which a shared machine pays for.
    with ThreadPoolExecutor(min(FOLDS, os.cpu_count() or 1)) as pool:
        models = list(pool.map(teach, range(FOLDS)))
        # The mean of a square is the square of the mean and the mean square of what is left (Duan 1983).
        smear = [float(np.nanmean(residuals[fold != held] ** 2)) for held in range(FOLDS)]

        def ask(drawn: NDArray[np.float32]) -> list[Floats]:
            def one(held: int) -> Floats:
                told: Floats = levels[held] * (
                    np.maximum(models[held].predict(drawn, num_threads=1), 0) ** 2 + smear[held]
                )
                step()
                return told

            return list(pool.map(one, range(FOLDS)))

        mean, error = _resampled(ask, calendar, met, np.flatnonzero(told), draws, seed)
    told_unseen = np.choose(fold, levels) * (unseen**2 + np.choose(fold, smear))
    skill = _skill(observed, told_unseen, fold, known)
    return Normalised(observed, mean, np.maximum(mean - _Z95 * error, 0), mean + _Z95 * error, skill)


def slow_level(hours: Floats) -> Floats:
    """The level of a series, hour by hour: a local line through its days, a year wide, beside a season; the mean below
    two years."""
    cells = hours.reshape(-1, 24)
    counts = (~np.isnan(cells)).sum(axis=1).astype(np.float64)
    sums = np.nansum(cells, axis=1)
    overall = float(sums.sum() / counts.sum())
    filled = np.flatnonzero(counts)
    if filled[-1] - filled[0] < _LEVEL_FROM_DAYS or overall == 0:
        return np.full(len(hours), overall or 1.0)
    at = np.arange(0, len(cells) + _LEVEL_STEP, _LEVEL_STEP, dtype=np.float64)
    line = np.empty(len(at))
    days = np.arange(len(cells), dtype=np.float64)
    # The season is fitted beside the line and left out: at the ends of a series it would bend the line.
    wave = [turn(2 * np.pi * days / _YEAR) for turn in (np.cos, np.sin)]
    for place, knot in enumerate(at):
        basis = np.column_stack([np.ones(len(days)), (days - knot) / _YEAR, *wave])
        near = np.exp(-0.5 * ((days - knot) / _LEVEL_DAYS) ** 2)
        weighted = basis * (near * counts)[:, None]
        line[place] = np.linalg.lstsq(weighted.T @ basis, basis.T @ (near * sums), rcond=None)[0][0]
    level: Floats = np.maximum(np.interp(np.arange(len(hours)) / 24.0, at, line), _LEAST_LEVEL * overall)
    return level


def _resampled(
    ask: Callable[[NDArray[np.float32]], list[Floats]],
    calendar: NDArray[np.float32],
    met: NDArray[np.float32],
    donors: NDArray[np.int64],
    draws: int,
    seed: int,
) -> tuple[Floats, Floats]:
    """Mean and standard error of each hour over models and drawn weather; every model is given the same draws."""
    hours = len(calendar)
    by_model = np.zeros((FOLDS, hours))
    squares = np.zeros(hours)
    chance = np.random.default_rng(seed + 1)
    for _ in range(draws):
        # A permutation, not a draw with replacement: every hour's weather is used as often as every other's.
        drawn = np.concatenate([chance.permutation(donors) for _ in range(-(-hours // len(donors)))])[:hours]
        answers = np.array(ask(np.hstack([calendar, met[drawn]])))
        by_model += answers
        squares += answers.mean(axis=0) ** 2
    by_model /= draws
    mean = by_model.mean(axis=0)
    jackknife = (FOLDS - 1) / FOLDS * ((by_model - mean) ** 2).sum(axis=0)
    drawn_variance = np.maximum(squares / draws - mean**2, 0) / max(draws - 1, 1)
    error: Floats = np.sqrt(jackknife + drawn_variance)
    return mean, error


def _skill(observed: Floats, told: Floats, fold: NDArray[np.int64], known: Bools) -> Skill:
    def r2(hours: Bools) -> float:
        spread = ((observed[hours] - observed[hours].mean()) ** 2).sum()
        return float(1 - ((observed[hours] - told[hours]) ** 2).sum() / spread) if spread > 0 else float("nan")

    by_fold = [r2(known & (fold == held)) for held in range(FOLDS) if (known & (fold == held)).any()]
    bias = float(told[known].mean() / observed[known].mean() - 1) if observed[known].mean() else float("nan")
    return Skill(r2(known), min(by_fold), max(by_fold), bias, int(known.sum()))
