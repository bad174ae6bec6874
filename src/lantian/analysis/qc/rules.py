"""The rules as a table (``analysis/tables/qc.yaml``): ids, sentences, severities, and their parameters by pollutant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

Severity = Literal["flag", "doubt", "invalid"]
# From the mildest: 提示, 存疑, 无效.
SEVERITIES: tuple[Severity, ...] = ("flag", "doubt", "invalid")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``bit`` is its place in the flags of an hour; ``kind`` says what it needs beside the station itself."""

    id: str
    key: str
    kind: Literal["value", "network", "pair"]
    severity: Severity
    zh: str
    en: str
    source: str
    bit: int


@dataclass(frozen=True, slots=True)
class Parameters:
    """Thresholds of one pollutant, in its unit; logarithms are natural. ``stuck``: (up to this level, hours that are
    too many, hours that are too many while the other stations move); 0 hours = never."""

    range: tuple[float, float]
    offset: float
    floor: float
    zero: float
    zero_expected: float
    stuck: tuple[tuple[float, int, int], ...]
    spike: float
    neighbour: tuple[tuple[int, float], ...]
    departure: tuple[tuple[int, float], ...]
    swapped: float
    shifted: float
    exchanged: float


@dataclass(frozen=True, slots=True)
class Common:
    """Thresholds that hold for every pollutant; each is explained where the rule of its name uses it."""

    moved: float
    spike_hours: int
    spike_reach: int
    one_sided: float
    without_network: float
    unit_factor: float
    zero_hours: int
    zero_long_hours: int
    departure_edge: float
    departure_beside: float
    departure_share: float
    departure_jump: float
    growth: float
    repeated_hours: int
    repeated_distinct: int
    outage_hours: int
    inversion_ratio: float
    above_nearest: float
    swapped_together: float
    shifted_together: float
    exchanged_together: float
    columns: tuple[tuple[str, str, float], ...]
    reversed: float
    reversed_usual: float
    reversed_high: tuple[float, float]
    reversed_low: tuple[float, float]


@cache
def _table() -> Any:
    path = Path(__file__).parent.parent / "tables" / "qc.yaml"
    return yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506  # a safe loader


@cache
def rules() -> tuple[Rule, ...]:
    """All rules in the order of their bits."""
    return tuple(Rule(**row, bit=bit) for bit, row in enumerate(_table()["rules"]))


@cache
def rule(name: str) -> Rule:
    """The rule of that id (``Q03``) or key (``spike``); KeyError otherwise."""
    return {**{item.id: item for item in rules()}, **{item.key: item for item in rules()}}[name]


@cache
def parameters() -> Mapping[str, Parameters]:
    """Thresholds by pollutant."""
    return {
        name: Parameters(
            **{
                **row,
                "range": tuple(row["range"]),
                **{key: tuple(tuple(step) for step in row[key]) for key in ("stuck", "neighbour", "departure")},
            }
        )
        for name, row in _table()["parameters"].items()
    }


@cache
def common() -> Common:
    """Thresholds of all pollutants together."""
    table = _table()["common"]
    listed = {key: tuple(table[key]) for key in ("reversed_high", "reversed_low")}
    return Common(**{**table, **listed, "columns": tuple(tuple(pair) for pair in table["columns"])})


def bits(*names: str) -> int:
    """The flags of these rules (ids or keys) together: ``bits("Q02", "spike")``."""
    return sum(1 << bit for bit in {rule(name).bit for name in names})


def bits_from(severity: Severity) -> int:
    """The flags of every rule at least so severe."""
    least = SEVERITIES.index(severity)
    return bits(*(item.id for item in rules() if SEVERITIES.index(item.severity) >= least))
