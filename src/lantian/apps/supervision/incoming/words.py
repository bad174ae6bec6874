"""The words of ``tables/incoming.yaml`` and the normal form in which they are looked for."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

import yaml

from lantian.apps.supervision.incoming.model import Problem
from lantian.reading.text import compare_form, join_layout

TABLES = Path(__file__).resolve().parent.parent / "tables"
LONGEST_HEADER = 24  # characters of a column's head
_QUOTED = 60  # characters that a doubt quotes


@cache
def table() -> dict[str, Any]:
    """The whole table."""
    with (TABLES / "incoming.yaml").open(encoding="utf-8") as handle:
        return cast("dict[str, Any]", yaml.safe_load(handle))


@cache
def pattern(name: str) -> re.Pattern[str]:
    """One pattern of the table by its path: ``done``, ``columns.seq``."""
    found: Any = table()
    for part in name.split("."):
        found = found[part]
    return re.compile(found, re.I)


@lru_cache(maxsize=4096)
def column_of(head: str) -> str | None:
    """The meaning of a column by its head (``存在问题`` → problems), or None."""
    form = compare_form(head).strip(":*")
    if not form or len(form) > LONGEST_HEADER:
        return None
    return next((name for name in table()["columns"] if pattern(f"columns.{name}").search(form)), None)


@cache
def _units() -> dict[str, str]:
    return {plain(name): plain(names[0]) for names in table()["units"] for name in names}


@lru_cache(maxsize=4096)
def unit_form(unit: str) -> str:
    """A unit in its common form: km → 公里, 台(套) → 台, 座次 → 座."""
    form = plain(unit)
    bare = form.removesuffix("次") or form
    return _units().get(form) or _units().get(bare, bare)


@cache
def units_known() -> tuple[str, ...]:
    """Every spelling of the units of the table, the longest first."""
    return tuple(sorted(_units(), key=lambda name: (-len(name), name)))


def doubt(name: str, column: str = "", /, **words: str) -> Problem:
    """A sentence of the table, filled in."""
    row = table()["doubts"][name]
    short = {key: value[:_QUOTED] for key, value in words.items()}
    return Problem(row["zh"].format(**short), row["en"].format(**short), column, bool(row.get("hard")), name)


def plain(text: str) -> str:
    """Normal form: NFKC, no spaces, one kind of bracket, lower case."""
    return compare_form(text).lower()


def tidy(text: str) -> str:
    """A passage as it is kept: paragraphs stay, what the page layout broke is joined."""
    parts = (join_layout(part).strip() for part in text.replace("\r", "\n").split("\n"))
    return "\n".join(part for part in parts if part)
