"""The papers of the year's end from frozen content: 完成情况表, 目录, 封面, the list of checksums. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from lantian.reading.output.shape import Column, Line, Place, Shape

_CATALOGUE = (
    ("编号", 1100), ("材料名称", 0), ("重点任务", 2600), ("提供单位", 2200), ("报告期", 1200), ("大小", 1100),
)  # fmt: skip
_COVER = (("编号", 1300), ("材料名称", 0), ("提供单位", 2800), ("报告期", 1500))
Files = Sequence[Mapping[str, Any]]


def _table(title: str, note: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[str]]) -> Shape:
    heads = tuple(Column("remark", name, width) for name, width in columns)
    lines = tuple(Line(tuple(Place((text,)) for text in row)) for row in rows)
    return Shape(title, note, heads, lines)


def catalogue(title: str, files: Files) -> Shape:
    """目录 of the whole pack."""
    rows = [
        (item["number"], item["name"], item["task"], item["unit"], item["period"], size(item["size"])) for item in files
    ]
    return _table(f"{title}佐证材料目录", f"共{len(files)}件", _CATALOGUE, rows)


def covers(title: str, files: Files) -> list[tuple[str, Shape]]:
    """封面 for each 序号 with files: (folder, cover)."""
    found = []
    for folder, group in groupby(files, key=lambda item: str(item["folder"])):
        items = list(group)
        rows = [(item["number"], item["name"], item["unit"], item["period"]) for item in items]
        found.append((folder, _table(f"{title}佐证材料", f"{folder}　共{len(items)}件", _COVER, rows)))
    return found


def checksums(files: Files) -> str:
    """One line per file as sha256sum writes it, so that anybody can check the pack."""
    return "".join(f"{item['sha256']}  {item['folder']}/{item['file']}\n" for item in files)


def size(number: int) -> str:
    """A file's size for people: 12 KB, 3.4 MB."""
    if number < 1024 * 1024:
        return f"{max(1, round(number / 1024))} KB"
    return f"{number / (1024 * 1024):.1f} MB"
