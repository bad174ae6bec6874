"""A confirmed unit of a device in the unit of GB 3095: for hours and rankings; what was sent stays as it was sent."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any


@cache
def scale(unit: str, pollutant: str) -> float | None:
    """What a value in ``unit`` is multiplied by to be in µg/m³ (CO: mg/m³) at the reference state of GB 3095.

    None: a unit that the table (units.yaml) does not have, or one that does not suit the pollutant (parts by volume or
    a normal state of particles): such values make no hour.
    """
    table = _table()
    known = table["units"].get(unit)
    if known is None:
        return None
    times = float(known["times"])
    mass = table["molar_mass"].get(pollutant)
    if known["kind"] != "mass" and mass is None:
        return None
    if known["kind"] == "parts":
        times *= mass / table["molar_volume"]
    elif known["kind"] == "normal":
        times *= table["normal_temperature"] / table["reference_temperature"]
    return times / 1000 if pollutant == "CO" else times


@cache
def _table() -> dict[str, Any]:
    import yaml

    found: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("units.yaml").read_text(encoding="utf-8"))
    return found
