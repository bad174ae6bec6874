"""Word lists of received bulletins: indicators, units, column names, directions, rules (``tables/received_*``)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from lantian.reading.lexicon import table
from lantian.reading.received.model import Oddity
from lantian.reading.text import compare_form


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: the words that name it, its unit, the range in which its published figures lie."""

    id: str
    zh: str
    en: str
    words: tuple[str, ...]
    unit: str
    low: Decimal
    high: Decimal
    decimals: int
    better: str  # low, high


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of reading: doubt, note or repair, with its sentence in both languages."""

    id: str
    name: str
    kind: str
    zh: str
    en: str


@cache
def indicators() -> dict[str, Indicator]:
    """All indicators by id, in table order."""
    return {
        row["indicator"]: Indicator(
            row["indicator"], row["zh"], row["en"], tuple(fold(word) for word in row["words"].split("|")), row["unit"],
            Decimal(row["low"]), Decimal(row["high"]), int(row["decimals"]), row["better"],
        )
        for row in table("received_indicators")
    }  # fmt: skip


@cache
def rules() -> dict[str, Rule]:
    """All rules by id, in table order."""
    return {row["id"]: Rule(**row) for row in table("received_rules")}


@cache
def words(kind: str) -> tuple[str, ...]:
    """The words of one kind of ``received_words.csv`` in the form in which print is compared."""
    return tuple(fold(row["word"]) for row in table("received_words") if row["kind"] == kind)


def fold(text: str) -> str:
    """The form in which printed words are compared: :func:`compare_form` in capitals (pm2.5 is PM2.5)."""
    return compare_form(text).upper()


def named_indicators(text: str) -> list[str]:
    """The indicators that a text names, the longest word first; a word inside a longer one that matched is no name.

    优良天数比例 is not 优良天数 as well, and PM2.5 not PM.
    """
    rest = fold(text)
    found: list[tuple[int, str]] = []
    by_length = sorted(
        ((word, item.id) for item in indicators().values() for word in item.words), key=lambda pair: -len(pair[0])
    )
    for word, name in by_length:
        at = rest.find(word)
        while at >= 0:
            if not (word.isascii() and _glued(rest, at, len(word))):
                found.append((at, name))
                rest = rest[:at] + "\0" * len(word) + rest[at + len(word) :]
            at = rest.find(word, at + 1)
    return list(dict.fromkeys(name for _at, name in sorted(found)))


def _glued(text: str, at: int, length: int) -> bool:
    """Whether letters or digits stand right beside a Latin word: CO in COD, NO2 in NO24."""
    before, after = text[at - 1 : at] if at else "", text[at + length : at + length + 1]
    return (before.isascii() and before.isalnum()) or (after.isascii() and after.isalnum())


@cache
def _units() -> list[tuple[str, str]]:
    pairs = [(fold(row["printed"]), row["unit"]) for row in table("received_units")]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


def unit_in(text: str) -> str:
    """The unit that a text names (单位：微克/立方米; 浓度(μg/m3)), blank without one.

    One-letter units (天, %) count only in a bracket of their own or behind 单位.
    """
    folded = fold(text)
    for printed, unit in _units():
        if len(printed) > 1 and printed in folded:
            return unit
        if len(printed) == 1 and (f"({printed})" in folded or f"单位:{printed}" in folded or folded == printed):
            return unit
    return ""


def column_field(text: str) -> str:
    """Which field of a row a header names by ``received_columns.csv`` (the first word that fits), blank if none."""
    folded = fold(text)
    for row in table("received_columns"):
        word = fold(row["word"])
        if folded == word or (row["match"] == "contains" and word in folded):
            return row["field"]
    return ""


def sentence(oddity: Oddity, *, chinese: bool) -> str:
    """What an oddity says, with the print that it quotes; ids of the document readers (R…) are theirs."""
    from lantian.reading.model import Flag
    from lantian.reading.rules import flag_text

    if oddity.rule not in rules():
        return flag_text(Flag(oddity.rule, oddity.detail), chinese=chinese)
    rule = rules()[oddity.rule]
    text = rule.zh if chinese else rule.en
    return f"{text}{'：' if chinese else ': '}{oddity.detail}" if oddity.detail else text


def is_doubt(oddity: Oddity) -> bool:
    """Whether a person should look: a doubt, also one of the document readers."""
    from lantian.reading.rules import rules as document_rules

    kind = rules()[oddity.rule].kind if oddity.rule in rules() else document_rules()[oddity.rule].kind
    return kind == "doubt"
