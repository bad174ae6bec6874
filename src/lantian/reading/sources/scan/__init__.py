"""Scanned pages → paragraphs and tables: rulings, cells, text recognition (extra ``ocr``)."""

from __future__ import annotations

from lantian.reading.sources.scan.reader import engine, read, read_page_images

__all__ = ["engine", "read", "read_page_images"]
