"""行政区: provinces, prefecture-level cities and the districts of Beijing, with what they belong to (GB/T 2260)."""

from __future__ import annotations

from functools import cache

from lantian.reading.grammar.lexicon import table


@cache
def places() -> dict[str, tuple[str, str]]:
    """Full name of an area → (level as in ``Plan``, the area it belongs to or empty)."""
    return {row["name"]: (row["level"], row["parent"]) for row in table("regions")}


@cache
def ancestors(name: str) -> tuple[str, ...]:
    """The area itself and the areas it belongs to, innermost first: 西城区 → (西城区, 北京市)."""
    chain = [name] if name else []
    while name in places() and places()[name][1]:
        name = places()[name][1]
        chain.append(name)
    return tuple(chain)
