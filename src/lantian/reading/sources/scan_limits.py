"""Thresholds of the scan reader by name, from ``tables/scan.csv`` (units and reasons stand there)."""

from __future__ import annotations

import csv
from importlib.resources import files

with (files("lantian.reading") / "tables" / "scan.csv").open(encoding="utf-8") as _handle:
    SCAN: dict[str, float] = {row["name"]: float(row["value"]) for row in csv.DictReader(_handle)}
