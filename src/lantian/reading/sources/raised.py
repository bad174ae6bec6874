"""Raised letters: a superscript 2 or 3 after a letter is a power (m³); every other small letter just joins."""

from __future__ import annotations

_POWERS = {"2": "²", "3": "³", "２": "²", "３": "³"}


def raised(text: str, before: str) -> str:
    """``text`` printed as superscript after ``before``: ("3", "μg/m") → "³"; ("1", "注") stays "1"."""
    power = _POWERS.get(text.strip())
    if power is None or not before[-1:].isalpha() or not before[-1:].isascii():
        return text
    return power
