"""The factor table (factors.csv): what a wire code is called, and the unit that the standard *prints* for it.

A printed unit is no unit of a device: nothing on the wire names one, and the table of 2017 prints ng/m³ for dust that
everybody sends in µg/m³ or mg/m³. A unit belongs to (device, factor) and is confirmed by a person (profile ``units``).
Each row names its source and status: standard, in use, 2005 code, vendor alias, local, unverified.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

# The six pollutants of GB 3095 as devices code them (HJ 212-2017 table B.2; ozone as ambient stations send it).
POLLUTANTS = {"a34004": "PM2.5", "a34002": "PM10", "a05024": "O3", "a21004": "NO2", "a21026": "SO2", "a21005": "CO"}


@dataclass(frozen=True, slots=True)
class Factor:
    """One row. ``same_as``: the code that a vendor's name or an old code stands for, empty where nobody can know."""

    code: str
    name_zh: str
    name_en: str
    group: str
    code_2005: str
    unit_printed: str
    unit_emission: str
    data_type: str
    same_as: str
    source: str
    status: str
    note: str


@cache
def rows() -> tuple[Factor, ...]:
    """Every row; the standard prints two codes twice (their notes say so)."""
    text = files(__package__).joinpath("factors.csv").read_text(encoding="utf-8")
    return tuple(Factor(**row) for row in csv.DictReader(text.splitlines()))


@cache
def table() -> dict[str, Factor]:
    """The factors by code; of a code that is printed twice the first."""
    return {factor.code: factor for factor in reversed(rows())}


@cache
def by_2005() -> dict[str, tuple[Factor, ...]]:
    """The factors behind a code of 2005. One code may mean several (``03`` in air and in water): a person chooses."""
    found: dict[str, list[Factor]] = {}
    for factor in rows():
        if factor.code_2005:
            found.setdefault(factor.code_2005, []).append(factor)
    return {code: tuple(behind) for code, behind in found.items()}


def lookup(code: str) -> Factor | None:
    """What the table says of a wire code; None: "to be named" by a person. Sewage and flue codes carry the number of
    the device in their last two places (``e70102`` is a row ``e701xx``)."""
    exact = table().get(code)
    return exact or (table().get(f"{code[:4]}xx") if len(code) == 6 else None)


def meant_by(code: str) -> str:
    """The standard code that a vendor's name or a code of 2005 stands for, where only one can be meant; else empty."""
    factor = table().get(code)
    if factor is not None and factor.same_as:
        return factor.same_as
    behind = [row for row in by_2005().get(code, ()) if row.code != code]
    return behind[0].code if len(behind) == 1 else ""
