"""Thresholds and word lists of the PDF reader, from ``tables/pdf.csv`` and ``tables/pdf_fonts.csv``."""

from __future__ import annotations

from lantian.reading.lexicon import table

LIMITS: dict[str, float] = {row["name"]: float(row["value"]) for row in table("pdf")}
HEAVY_FONTS: tuple[str, ...] = tuple(row["part"] for row in table("pdf_fonts") if row["heavy"] == "yes")
RADICALS: dict[str, str] = {row["radical"]: row["letter"] for row in table("pdf_radicals")}
