"""``lantian sql --lake DIR "select …"``: one SELECT over the lake and its registers (contracts §4, docs/lake.md)."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from lantian.cli import engines
from lantian.cli.lake import say_empty
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

    parser.add_argument(
        "--packs",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="自有业务包所在文件夹（台账的定义）" if zh else "a folder of packs of your own, which declare registers",
    )
    parser.add_argument(
        "--day",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="台账以哪一天为准，默认今天" if zh else "the day as of which registers are read, today by default",
    )
    parser.add_argument(
        "--personal",
        action="store_true",
        help="显示涉及个人的字段，默认为空" if zh else "show fields about persons, which are empty by default",
    )
    engines.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print the rows. Exit 1: the query, the lake or a pack is refused with one line, and nothing is printed."""
    from lantian.lake import Lake, LakeError
    from lantian.lake.query import Limits
    from lantian.registers import PacksRefused

    try:
        lake = Lake(args.lake)
        say_empty("sql", lake)
        limits = Limits(seconds=args.seconds, megabytes=args.megabytes)
        if args.engine == "spark":
            from lantian.cli.onspark import sql

            found = sql(args.lake, args.query, _registers(args), args.seconds, args.master)
        else:
            found = lake.sql(args.query, limits=limits, more=_registers(args))
    except LakeError as error:
        return refuse("sql", error.zh, error.en)
    except PacksRefused as error:
        problem = error.problems[0]
        return refuse("sql", problem.says(chinese=True), problem.says(chinese=False))
    {"csv": _csv, "json": _json, "table": _table}[args.format](found)
    return 0


def _registers(args: argparse.Namespace) -> dict[str, Callable[[], str]]:
    """What makes the views of the registers that the lake holds. Without any, no pack is read."""
    if not (args.lake / "registers").is_dir():
        return {}
    from lantian.indicators.known import HISTORY
    from lantian.indicators.snapshots import Snapshots
    from lantian.indicators.sources import Sources
    from lantian.indicators.views import register_view
    from lantian.registers import SHIPPED, Register, load

    sources, day = Sources(args.lake), args.day or date.today()  # noqa: DTZ011 (the analyst's day)

    def view(name: str, register: Register) -> str:
        _last, files, schema = sources.register(register)
        return register_view(name, register, files, schema, day, mapped=False, masked=not args.personal)

    declared = load(SHIPPED, *args.packs).registers
    found = [declared[name] for name in Snapshots(args.lake).names() if name in declared]
    return {
        name: partial(view, name, register) for register in found for name in (register.name, register.name + HISTORY)
    }


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
