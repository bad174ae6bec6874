"""The tables of this package: CSV and YAML with the source of every figure, read once."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent / "tables"
# The C loader is ten times as fast, and start-up of the command is a feature; not every build of PyYAML has it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def csv_rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of ``tables/<name>`` as dicts of strings."""
    with (_FOLDER / name).open(encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle))


@cache
def yaml_table(name: str) -> Any:
    """``tables/<name>`` as plain lists and dicts."""
    return yaml.load((_FOLDER / name).read_text(encoding="utf-8"), _LOADER)  # noqa: S506  # a safe loader
