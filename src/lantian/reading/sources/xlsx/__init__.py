"""Workbooks → paragraphs and tables, by a walk over their XML."""

from __future__ import annotations

from lantian.reading.sources.xlsx.reader import read

__all__ = ["read"]
