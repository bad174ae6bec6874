"""DOCX → paragraphs and tables, by a walk over its XML."""

from __future__ import annotations

from lantian.reading.sources.docx.reader import read

__all__ = ["read"]
