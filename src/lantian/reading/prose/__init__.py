"""Prose plans: numbered items with bracketed duties → measures in print."""

from __future__ import annotations

from lantian.reading.prose.reader import lead_first, read_prose

__all__ = ["lead_first", "read_prose"]
