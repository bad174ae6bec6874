"""The kinds of paper as a table (tables/kinds.yaml): layout, number, whether the drafter may check alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

_TABLES = Path(__file__).resolve().parent / "tables"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: ``layout`` document, letter or minutes; ``number`` and ``mark`` are patterns."""

    id: str
    zh: str
    layout: str
    number: str
    mark: str
    own_check: bool


@dataclass(frozen=True, slots=True)
class Template:
    """The text that a draft begins with, slots unfilled."""

    id: str
    title: str
    body: str


@cache
def kinds() -> dict[str, Kind]:
    """Kind → what the table says of it."""
    rows = yaml.safe_load((_TABLES / "kinds.yaml").read_text(encoding="utf-8"))
    return {name: Kind(name, **row) for name, row in rows.items()}


@cache
def shipped_templates() -> dict[str, Template]:
    """The templates that come with the project, by name; an installation may have its own (models.OwnTemplate)."""
    rows = yaml.safe_load((_TABLES / "templates.yaml").read_text(encoding="utf-8"))
    return {name: Template(name, row["title"], row["body"]) for name, row in rows.items()}


def number_of(kind: str, word: str, year: int, n: int) -> str:
    """发文字号 by GB/T 9704-2012 §7.2.5, such as 云环函〔2025〕3号."""
    return kinds()[kind].number.format(word=word, year=year, n=n)
