"""Lists that people bring as sheets: columns from a table, rows by field, problems by line and column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Row = tuple[int, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``note`` is Chinese: the empty list goes to offices. ``also`` are further names of it."""

    field: str
    zh: str
    en: str
    width: int
    note: str
    required: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at which line and column (blank: with the row)."""

    line: int
    column: str
    zh: str
    en: str

    def as_json(self) -> dict[str, Any]:
        """As it is stored with a staged file."""
        return {"line": self.line, "column": self.column, "zh": self.zh, "en": self.en}


def columns_of(path: Path, name: str | None = None) -> dict[str, Column]:
    """The columns of a table of columns (YAML) by field, in order; ``name``: of a file that holds several."""
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    items = found if name is None else found[name]
    return {item["field"]: Column(**(item | {"also": tuple(item.get("also", ()))})) for item in items}


def rows_of(
    given: list[list[Any]], columns: Mapping[str, Column], most: int, nothing: tuple[str, str]
) -> tuple[list[Row], list[Problem]]:
    """What the worker read as rows by field, and what is wrong with the headings.

    ``most`` rows are taken at a time; ``nothing`` (Chinese, English) says that only the heading is there.
    """
    if not given:
        return [], [Problem(1, "", "文件中没有内容", "the file is empty")]
    number, header = given[0]
    known = {name: item.field for item in columns.values() for name in (item.field, item.zh, item.en, *item.also)}
    fields = [known.get(text.strip().rstrip("*")) for text in header]
    wrong = [
        Problem(number, item.field, "缺少这一列", "the column is missing")
        for item in columns.values()
        if item.required and item.field not in fields
    ]
    wrong += [
        Problem(number, name, "这一列出现两次", "the column stands twice")
        for name in sorted({name for name in fields if name and fields.count(name) > 1})
    ]
    if len(given) - 1 > most:
        wrong.append(Problem(number, "", f"一次最多{most}行", f"at most {most} rows at a time"))
    if wrong:
        return [], wrong
    rows = [
        (line, {name: text.removeprefix("'").strip() for name, text in zip(fields, texts, strict=False) if name})
        for line, texts in given[1:]
    ]
    return rows, [] if rows else [Problem(number, "", *nothing)]
