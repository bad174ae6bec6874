"""What pages show of the air: the index, the six pollutants, the composite index; units and decimals. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lantian.standards.ambient import POLLUTANTS
from lantian.standards.aqi import LEVELS
from lantian.standards.evaluation import STATISTICS
from lantian.standards.rounding import NOISE_DECIMALS

Values = NDArray[np.float64]
Levels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that can be chosen: its key in addresses, its label, unit and decimals as printed."""

    key: str
    label: str
    unit: str
    decimals: int


AQI = Item("aqi", "AQI", "", 0)
COMPOSITE = Item("composite", "composite", "", 2)
_ORDER = ("PM2.5", "PM10", "O3", "NO2", "SO2", "CO")
ITEMS = {
    name: Item(name, name, "mg/m³" if name == "CO" else "µg/m³", STATISTICS[name].decimals)
    for name in sorted(POLLUTANTS, key=_ORDER.index)
}
SAMPLED = {
    "tsp": Item("tsp", "TSP", "µg/m³", 0),
    "dustfall": Item("dustfall", "dustfall", "t/(km²·30d)", 1),
    "road_load": Item("road_load", "road dust load", "g/m²", 2),
    "road_residue": Item("road_residue", "road dust residue", "g/m²", 1),
}  # measured by hand; labels are those of SampleKind


def is_sampled(item: Item) -> bool:
    """Whether the item comes from own measurements, not from hours."""
    return item.key in SAMPLED


def item_of(key: str | None, *, aqi: bool = False, ranked: bool = False, default: str = "PM2.5") -> Item:
    """The item of an address; whatever is not offered becomes the default. ``ranked``: all that can be ranked."""
    offered = ({"aqi": AQI} if aqi else {}) | ITEMS | ({"composite": COMPOSITE} | SAMPLED if ranked else {})
    return offered.get(key or "", offered[default])


def texts(values: Values, decimals: int) -> list[str]:
    """Values as printed (GB/T 8170, half to even); blank where there is none."""
    scale = 10.0**decimals
    rounded = np.rint(np.round(values * scale, NOISE_DECIMALS - decimals)) / scale
    return ["" if np.isnan(value) else f"{value:.{decimals}f}" for value in rounded.ravel().tolist()]


def text(value: float | None, decimals: int) -> str:
    """One value as printed; blank for None."""
    return "" if value is None else texts(np.array([value]), decimals)[0]


def levels_of(index: Levels) -> Levels:
    """Level 1 to 6 of each AQI or sub-index; 0 where there is none (negative)."""
    edges = np.array([level.low for level in LEVELS])
    found: Levels = np.where(index < 0, 0, np.clip(np.searchsorted(edges, index, side="right"), 1, len(LEVELS)))
    return found
