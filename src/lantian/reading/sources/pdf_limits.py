"""Thresholds and word lists of the PDF reader, from ``tables/pdf.csv`` and ``tables/pdf_fonts.csv``."""

from __future__ import annotations

import csv
from pathlib import Path

_TABLES = Path(__file__).resolve().parent.parent / "tables"


def _rows(name: str) -> list[dict[str, str]]:
    with (_TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


LIMITS: dict[str, float] = {row["name"]: float(row["value"]) for row in _rows("pdf.csv")}
HEAVY_FONTS: tuple[str, ...] = tuple(row["part"] for row in _rows("pdf_fonts.csv") if row["heavy"] == "yes")
RADICALS: dict[str, str] = {row["radical"]: row["letter"] for row in _rows("pdf_radicals.csv")}
