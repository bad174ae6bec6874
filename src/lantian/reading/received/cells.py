"""Printed cells: values, ranks, changes. What is no number stays text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from lantian.reading.received.words import fold, words

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.\d{1,8})?|[+-]?\.\d{1,8}")
_MARKS = re.compile(r"[*#①②③④⑤⑥⑦⑧⑨]+$")
_BELOW = re.compile(r"^(?:<|≤|小于|低于)")
_DOWN = re.compile(r"^(?:↓|▼|下降|降低|减少|改善)")
_UP = re.compile(r"^(?:↑|▲|上升|升高|增加|增长|恶化)")
_RANK = re.compile(r"^(?:并列)?(?:倒数)?第?(\d{1,4})(?:名|位)?(?:\(并列\))?$")

CellKind = Literal["number", "empty", "below", "text"]


@dataclass(frozen=True, slots=True)
class Value:
    """A cell that should hold a value. ``below``: under the detection limit; ``text``: anything else."""

    kind: CellKind
    number: Decimal | None
    text: str


def value_of(printed: str) -> Value:
    """A figure as offices print it: full-width digits, grouped thousands, marks behind it (35*), a per cent sign."""
    text = " ".join(printed.split())
    folded = fold(text)
    if not folded or folded in words("missing"):
        return Value("empty", None, text)
    if folded in words("below") or _BELOW.match(folded):
        return Value("below", None, text)
    bare = _MARKS.sub("", _dashes(folded)).removesuffix("%")
    if _NUMBER.fullmatch(bare):
        return Value("number", Decimal(bare.replace(",", "")), text)
    return Value("text", None, text)


def change_of(printed: str) -> Decimal | None:
    """A change as signed number: 下降5.2% → −5.2, ↑3 → 3, 持平 → 0; None where none is printed."""
    text = _dashes(fold(printed))
    if text == "持平":
        return Decimal(0)
    sign = -1 if _DOWN.match(text) else 1
    bare = _UP.sub("", _DOWN.sub("", text)).removesuffix("%").removesuffix("个百分点")
    if not _NUMBER.fullmatch(bare):
        return None
    number = Decimal(bare.replace(",", ""))
    return number if sign > 0 or number < 0 else -number


def rank_of(printed: str) -> int | None:
    """A rank: 3, 第3名, 并列3, ３; None for anything else."""
    match = _RANK.match(unicodedata.normalize("NFKC", fold(printed)).removesuffix(".0"))
    return int(match[1]) if match else None


def looks_like_data(printed: str) -> bool:
    """Whether a cell can be a figure or a rank, not a header."""
    return value_of(printed).kind in ("number", "below") or rank_of(printed) is not None


def _dashes(text: str) -> str:
    return text.replace("−", "-")
