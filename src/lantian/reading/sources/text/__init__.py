"""Text → paragraphs and tables: table dumps, markdown, CSV, running text."""

from __future__ import annotations

from lantian.reading.sources.text.reader import parse, read

__all__ = ["parse", "read"]
