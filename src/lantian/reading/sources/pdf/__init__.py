"""PDF pages → paragraphs and tables: characters, rulings, cells; pictures of pages for provenance."""

from __future__ import annotations

from lantian.reading.sources.pdf.reader import read
from lantian.reading.sources.pdf.render import render_page

__all__ = ["read", "render_page"]
