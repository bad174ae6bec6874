"""Rows of the four tables of a directory, whatever file they stand in, and what can be said about them."""

from __future__ import annotations

import csv
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent.parent / "data"
# Columns that a CSV file may lack: older data folders do.
_LATER = frozenset({"named_since", "former", "misreading", "uid"})


class DirectoryError(ValueError):
    """A directory that cannot be loaded: names the file, the place and what is wrong; ``zh`` and ``en`` say so."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Sheet:
    """One of the four tables; ``optional`` ones may be missing."""

    name: str
    zh: str
    en: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``kind`` says how its text is read, ``note`` what officials should write there."""

    field: str
    zh: str
    en: str
    width: int
    required: bool
    kind: str
    note: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row: ``line`` as the file counts, ``values`` by field; columns that the file lacks are not in it."""

    sheet: str
    line: int
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row, in both languages; ``column`` is a field, blank where the whole row is meant."""

    sheet: str
    line: int
    column: str
    zh: str
    en: str

    def as_json(self) -> dict[str, Any]:
        """As it is stored with a staged workbook."""
        return asdict(self)

    def as_error(self) -> DirectoryError:
        """The same as an exception, for a folder of CSV files."""
        place = f"{self.sheet}.csv"
        return DirectoryError(f"{place} 第{self.line}行：{self.zh}", f"{place}, line {self.line}: {self.en}")


@dataclass(frozen=True, slots=True)
class Change:
    """What a row would change: ``what`` is new, changed or closed; ``fields`` are (field, old, new) as text."""

    sheet: str
    line: int
    what: str
    key: str
    fields: tuple[tuple[str, str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As it is stored with a staged workbook."""
        fields = [{"field": field, "old": old, "new": new} for field, old, new in self.fields]
        return {"sheet": self.sheet, "line": self.line, "what": self.what, "key": self.key, "fields": fields}


@cache
def sheets() -> dict[str, Sheet]:
    """The four tables by name, in the order in which they are read."""
    with (_DATA / "sheets.csv").open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream)
        return {row["sheet"]: Sheet(row["sheet"], row["zh"], row["en"], row["optional"] == "yes") for row in rows}


@cache
def columns(sheet: str) -> dict[str, Column]:
    """The columns of a table by field."""
    with (_DATA / "workbook.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["sheet"] == sheet]
    return {
        row["field"]: Column(
            row["field"], row["zh"], row["en"], int(row["width"]), row["required"] == "yes", row["kind"], row["note"]
        )
        for row in rows
    }


def read_folder(folder: Path) -> dict[str, list[Row]]:
    """The rows of ``areas.csv``, ``units.csv``, ``aliases.csv`` and, if there is one, ``collectives.csv``.

    Raises DirectoryError.
    """
    return {name: _read_csv(folder / f"{name}.csv", sheet) for name, sheet in sheets().items()}


def _read_csv(path: Path, sheet: Sheet) -> list[Row]:
    if not path.is_file():
        if sheet.optional:
            return []
        raise DirectoryError(f"{path}：找不到文件", f"{path}: missing")
    wanted = columns(sheet.name)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            given = set(reader.fieldnames or ())
            if lacking := sorted(set(wanted) - _LATER - given):
                names = ", ".join(lacking)
                raise DirectoryError(f"{path.name}：缺少列 {names}", f"{path.name}: column missing: {names}")
            known = [field for field in wanted if field in given]
            return [
                Row(sheet.name, reader.line_num, {field: (row[field] or "").strip() for field in known})
                for row in reader
                if any(row.get(field) for field in known)
            ]
    except UnicodeDecodeError:
        raise DirectoryError(f"{path.name}：不是 UTF-8 编码", f"{path.name}: not in UTF-8") from None
