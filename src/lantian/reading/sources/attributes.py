"""Attribute values of office files and web pages."""

from __future__ import annotations

import re

_LEADING = re.compile(r"\s*([+-]?[0-9]{1,9})(?![0-9])")


def integer(text: str | None) -> int | None:
    """The whole number that an attribute begins with (``2``, ``2px``), or None where it is absent or no number."""
    found = _LEADING.match(text) if text else None
    return int(found[1]) if found else None
