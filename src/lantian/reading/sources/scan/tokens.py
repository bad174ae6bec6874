"""Terms of the field that recognition is known to misread (``tables/ocr_tokens.csv``): V0Cs, PM25, N0x."""

from __future__ import annotations

import re
from functools import cache

from lantian.reading.lexicon import table

_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉ₓ", "0123456789x")


@cache
def _tokens() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(row["pattern"]), row["replacement"]) for row in table("ocr_tokens"))


def repair_tokens(text: str) -> tuple[str, list[str]]:
    """The text with misread terms put right and each repair as ``V0Cs → VOCs``; subscripts join their letters."""
    text = text.translate(_SUBSCRIPTS)
    repairs: list[str] = []
    for pattern, replacement in _tokens():
        found = [match[0] for match in pattern.finditer(text) if match[0] != replacement]
        if found:
            text = pattern.sub(replacement, text)
            repairs.extend(f"{word} → {replacement}" for word in dict.fromkeys(found))
    return text, repairs
