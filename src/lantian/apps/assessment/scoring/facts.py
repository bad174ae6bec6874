"""The facts that cards may name: ``commitments.met_share``, ``letters.count(supervision)``, ``manual(信访投诉)``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

MANUAL = "manual"
_FORM = re.compile(r"([a-z_]+(?:\.[a-z_]+)?)(?:\(([^()]{1,40})\))?")


@dataclass(frozen=True, slots=True)
class Source:
    """A built-in fact: what stands in its parentheses, what it says, its unit."""

    name: str
    argument: str
    zh: str
    en: str
    unit: str


@cache
def _table() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("facts.yaml").read_text(encoding="utf-8"))
    return found


@cache
def sources() -> dict[str, Source]:
    """All built-in facts by name."""
    return {name: Source(name, **row) for name, row in _table().items() if name != "rungs"}


def split(fact: str) -> tuple[str, str]:
    """Name and argument of a fact as a card writes it; both empty where it has no such form."""
    found = _FORM.fullmatch(fact)
    return (found[1], (found[2] or "").strip()) if found else ("", "")


def wrong(fact: str) -> str:
    """Code of problems.yaml if ``fact`` names nothing; empty if it is right."""
    name, argument = split(fact)
    source = sources().get(name)
    if source is None:
        return "fact_unknown"
    if source.argument == "none":
        return "fact_argument_none" if argument or "(" in fact else ""
    if not argument:
        return f"fact_argument_{source.argument}"
    if source.argument == "rung" and argument not in _table()["rungs"]:
        return "fact_argument_rung"
    return ""
