"""``lantian sql --lake DIR "select …"``: one SELECT over the lake's views (contracts §4, docs/lake.md)."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lantian.cli.measurements import refuse
from lantian.reading.errors import prefers_chinese

_ROWS = 50_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``lantian sql``."""
    zh = prefers_chinese()
    parser.add_argument("query", help="一条 SELECT 语句" if zh else "one SELECT")
    parser.add_argument(
        "--lake", type=Path, required=True, metavar="DIR", help="数据湖所在文件夹" if zh else "the folder of the lake"
    )
    parser.add_argument("--format", choices=("csv", "json", "table"), default="csv", help="默认 csv" if zh else "csv")
    parser.add_argument(
        "--seconds", type=float, default=60.0, metavar="S", help="最长时间，默认 60" if zh else "at most, 60 by default"
    )
    parser.add_argument(
        "--megabytes", type=int, default=1024, metavar="MB", help="最大内存，默认 1024" if zh else "1024 by default"
    )


def run(args: argparse.Namespace) -> int:
    """Print the rows. Exit 1: the query or the lake is refused with one line, and nothing is printed."""
    from lantian.lake import Lake, LakeError
    from lantian.lake.query import Limits

    try:
        lake = Lake(args.lake)
        lake.exists()
        found = lake.sql(args.query, limits=Limits(seconds=args.seconds, megabytes=args.megabytes))
    except LakeError as error:
        return refuse("sql", error.zh, error.en)
    {"csv": _csv, "json": _json, "table": _table}[args.format](found)
    return 0


def _rows(table: Any) -> Iterator[list[Any]]:
    """Rows with instants as ISO text in UTC, None where nothing is known."""
    for batch in table.to_batches(_ROWS):
        columns = [_column(column) for column in batch.columns]
        yield from map(list, zip(*columns, strict=True))


def _column(column: Any) -> list[Any]:
    import pyarrow as pa

    if pa.types.is_timestamp(column.type):
        zone = "Z" if column.type.tz else ""
        texts = column.cast(pa.timestamp("us")).to_pylist()
        return [None if value is None else value.isoformat() + zone for value in texts]
    if pa.types.is_floating(column.type):
        return [None if value is None or value != value or value in _ENDLESS else value for value in column.to_pylist()]
    if pa.types.is_integer(column.type) or pa.types.is_string(column.type) or pa.types.is_boolean(column.type):
        plain: list[Any] = column.to_pylist()
        return plain
    return [None if value is None else _text(value) for value in column.to_pylist()]


_ENDLESS = (float("inf"), float("-inf"))


def _text(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _csv(table: Any) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(table.column_names)
    for row in _rows(table):
        writer.writerow([("true" if cell else "false") if isinstance(cell, bool) else cell for cell in row])


def _json(table: Any) -> None:
    names = table.column_names
    sys.stdout.write("[")
    for number, row in enumerate(_rows(table)):
        sys.stdout.write(",\n" if number else "\n")
        sys.stdout.write(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False))
    sys.stdout.write("\n]\n")


def _table(table: Any) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    shown = Table(*table.column_names, box=box.SIMPLE_HEAD)
    for row in _rows(table):
        shown.add_row(*("" if cell is None else str(cell) for cell in row))
    Console(markup=False, highlight=False).print(shown)
