"""The rules behind the states: ``tables/rules.yaml`` and the sentence that explains a status (docs/status.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from lantian.status.deliverables import ladders
from lantian.status.model import Language, State, Status

TABLES = Path(__file__).resolve().parent / "tables"
BASELINES = {"previous_year": {"zh": "上年同期", "en": "the same time last year"}}
NOT_YET = {"zh": "尚未起步", "en": "not begun"}
DIRECTIONS = {
    "at_most": {"zh": "下降", "en": "lower"},
    "at_least": {"zh": "上升", "en": "higher"},
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: the state it gives, whether that is no breach, and its sentence in both languages."""

    id: str
    state: State
    zh: str
    en: str
    soft: bool = False


@cache
def rule_table() -> dict[str, Rule]:
    """All rules by id, in table order."""
    with (TABLES / "rules.yaml").open(encoding="utf-8") as handle:
        return {name: Rule(id=name, **row) for name, row in yaml.safe_load(handle).items()}


def explain(status: Status, language: Language = "zh") -> str:
    """The sentence of a status."""
    return explain_rule(status.rule, status.args, language)


def explain_rule(rule: str, args: Mapping[str, str], language: Language = "zh") -> str:
    """The sentence of a rule with stored words; KeyError for an unknown rule, a dash for a word that is missing."""
    row = rule_table()[rule]
    words = _Words({name: _word(name, value, args, language) for name, value in args.items()})
    return (row.zh if language == "zh" else row.en).format_map(words)


class _Words(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "—"


def _word(name: str, value: str, args: Mapping[str, str], language: Language) -> str:
    if name in ("step", "expected"):
        ladder = ladders()[args["ladder"]]
        at = ladder.index(value)
        return ladder.steps[at].label(language) if at >= 0 else NOT_YET[language]
    if name in ("period", "last"):
        return period_label(value, language)
    if name == "periods":
        return ("、" if language == "zh" else ", ").join(period_label(key, language) for key in value.split(","))
    if name == "baseline":
        return BASELINES.get(value, {}).get(language) or (f"{value}年" if language == "zh" else value)
    if name == "target" and value in DIRECTIONS:
        return DIRECTIONS[value][language]
    return value


def period_label(key: str, language: Language) -> str:
    """A period as people read it: 2025年3月, 2025年一季度, 2025年上半年, 2025年; English keeps the key."""
    if language == "en" or not key[:4].isdigit():
        return key
    year, _, part = key.partition("-")
    if part.startswith("Q"):
        return f"{year}年{'一二三四'[int(part[1]) - 1]}季度"
    if part.startswith("H"):
        return f"{year}年{'上下'[int(part[1]) - 1]}半年"
    return f"{year}年{int(part)}月" if part else f"{year}年"
