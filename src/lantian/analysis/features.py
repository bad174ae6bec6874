"""What the weather was and had been: the numbers from which a model may explain a concentration.

Weather only. No pollutant of any hour or station is among them, so that a week that a model has not seen is foreign to
it in every column but the calendar.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lantian.analysis.hourly import Observations
from lantian.analysis.weather import Weather

Floats = NDArray[np.float64]

# Hours over which the past is averaged, and how much of a window must be there.
_OWN_WINDOWS = {
    "wind_speed": (6, 12, 24, 48, 72), "east": (6, 12, 24, 48, 72), "north": (6, 12, 24, 48, 72),
    "temperature": (12, 24, 48), "dew_point": (24, 48), "pressure": (24, 48), "humidity": (12, 24, 48),
}  # fmt: skip
_REGION_WINDOWS = {
    "wind_speed": (12, 24, 48), "east": (12, 24, 48), "north": (12, 24, 48), "temperature": (12, 24, 48),
    "humidity": (12, 24, 48),
}  # fmt: skip
_LEAST_SHARE = 4


def calendar_features(data: Observations) -> Floats:
    """``(hours, 4)``: days since the beginning, day of the year, hour, weekday — never resampled."""
    hours = np.datetime64(data.first_day, "h") + np.arange(data.days * 24)
    days = hours.astype("datetime64[D]")
    year_day = (days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.float64)
    # 1970-01-01 was a Thursday.
    weekday = (days.astype(np.int64) + 3) % 7
    return np.column_stack([np.arange(len(hours)) / 24.0, year_day, np.arange(len(hours)) % 24, weekday])


def weather_features(weather: Weather, station: int) -> Floats:
    """``(hours, features)`` of one station: its own weather and, where there are others, the mean over all stations."""
    own = _derived({name: getattr(weather, name)[station] for name in weather.__dataclass_fields__})
    parts = list(own.values()) + _past(own, _OWN_WINDOWS)
    for name in ("pressure", "temperature", "dew_point"):
        parts += [_change(own[name], hours) for hours in (3, 12, 24)]
    parts += [_window(own["rain"], hours, "sum") for hours in (12, 24, 48, 72)]
    parts += [_window(own["temperature"], 24, "max"), _window(own["wind_speed"], 24, "max")]
    if len(weather.wind_speed) > 1:
        region = _region(weather)
        parts += [value for name, value in region.items() if name not in ("rain", "spread")]
        parts += _past(region, _REGION_WINDOWS)
        parts += [_change(region["pressure"], 12), _change(region["pressure"], 24)]
        parts.append(_window(region["rain"], 24, "sum"))
    return np.column_stack(parts)


def _derived(given: dict[str, Floats]) -> dict[str, Floats]:
    """The measured quantities, with the wind as a vector towards which it blows, and the air's humidity."""
    angle = np.deg2rad(given["wind_direction"])
    temperature, dew_point = given["temperature"], given["dew_point"]
    # Relative humidity by Magnus' formula (Alduchov and Eskridge 1996).
    humidity = 100 * np.exp(17.625 * (dew_point / (243.04 + dew_point) - temperature / (243.04 + temperature)))
    return {
        "temperature": temperature,
        "pressure": given["pressure"],
        "dew_point": dew_point,
        "rain": given["rain"],
        "wind_speed": given["wind_speed"],
        "east": -given["wind_speed"] * np.sin(angle),
        "north": -given["wind_speed"] * np.cos(angle),
        "humidity": humidity,
        "spread": temperature - dew_point,
    }


def _region(weather: Weather) -> dict[str, Floats]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # an hour without any station is NaN, and no news
        derived = _derived({name: getattr(weather, name) for name in weather.__dataclass_fields__})
        return {name: np.nanmean(values, axis=0) for name, values in derived.items()}


def _past(values: Mapping[str, Floats], windows: Mapping[str, tuple[int, ...]]) -> list[Floats]:
    return [_window(values[name], hours, "mean") for name, several in windows.items() for hours in several]


def _change(values: Floats, hours: int) -> Floats:
    found = np.full(len(values), np.nan)
    found[hours:] = values[hours:] - values[:-hours]
    return found


def _window(values: Floats, hours: int, which: Literal["mean", "sum", "max"]) -> Floats:
    """Mean, sum or maximum over the last ``hours`` hours, this one included; NaN with less than a quarter of them."""
    there = ~np.isnan(values)
    counts = _running(there.astype(np.float64), hours)
    if which == "max":
        padded = np.concatenate([np.full(hours - 1, -np.inf), np.where(there, values, -np.inf)])
        found = np.lib.stride_tricks.sliding_window_view(padded, hours).max(axis=1)
    else:
        found = _running(np.where(there, values, 0.0), hours)
        if which == "mean":
            found = found / np.maximum(counts, 1)
    return np.where(counts >= max(1, hours // _LEAST_SHARE), found, np.nan)


def _running(values: Floats, hours: int) -> Floats:
    sums = np.concatenate([[0.0], np.cumsum(values)])
    starts = np.maximum(np.arange(len(values)) - hours + 1, 0)
    found: Floats = sums[1:] - sums[starts]
    return found
