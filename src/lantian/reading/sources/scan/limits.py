"""Thresholds of the scan reader by name, from ``tables/scan.csv`` (units and reasons stand there)."""

from __future__ import annotations

from lantian.reading.lexicon import table

SCAN: dict[str, float] = {row["name"]: float(row["value"]) for row in table("scan")}
