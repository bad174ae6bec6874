"""The rules behind the flags: what each id means, in both languages (``tables/rules.csv``; docs/reading/flags.md)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from lantian.reading.lexicon import table
from lantian.reading.model import Flag


@dataclass(frozen=True, slots=True)
class Rule:
    """One repair, doubt, note or check that reading may raise."""

    id: str
    name: str
    kind: Literal["repair", "doubt", "note", "check"]
    zh: str
    en: str


@cache
def rules() -> dict[str, Rule]:
    """All rules by id, in table order."""
    return {row["id"]: Rule(**row) for row in table("rules")}  # type: ignore[arg-type]


def flag_text(flag: Flag, *, chinese: bool) -> str:
    """One sentence for a flag: what the rule says, then the print it speaks of."""
    rule = rules()[flag.id]
    sentence = rule.zh if chinese else rule.en
    if not flag.detail:
        return sentence
    return f"{sentence}：{flag.detail}" if chinese else f"{sentence}: {flag.detail}"
