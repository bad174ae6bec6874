"""Web pages → paragraphs and tables. Nothing is fetched."""

from __future__ import annotations

from lantian.reading.sources.html.reader import read

__all__ = ["read"]
