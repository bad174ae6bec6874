"""Names of commands, results, data flags and system types (commands.csv), for screens, logs and summaries."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Word:
    """One row; ``kind``: CN, QnRtn, ExeRtn, Flag (of a value) or ST. ST does not tell the kind of a device."""

    kind: str
    code: str
    name_zh: str
    name_en: str
    source: str


@cache
def table() -> dict[tuple[str, str], Word]:
    """Every word by kind and code."""
    text = files(__package__).joinpath("commands.csv").read_text(encoding="utf-8")
    return {(row["kind"], row["code"]): Word(**row) for row in csv.DictReader(text.splitlines())}


def name(kind: str, code: str, *, chinese: bool = True) -> str:
    """What a code is called; the code itself where the table does not know it."""
    word = table().get((kind, code))
    return code if word is None else word.name_zh if chinese else word.name_en
