"""Published data sets that circulate in altered copies: how a copy is told from the original."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

_PRSA_NAME = re.compile(r"PRSA_Data_(\w+)_20130301-20170228\.csv(\.gz)?")


@cache
def _prsa() -> dict[str, dict[str, str]]:
    """Rows, missing cells and SHA-256 of the unpacked original by station (UCI dataset 501, CC BY 4.0)."""
    table = Path(__file__).parent / "tables" / "prsa.csv"
    with table.open(encoding="utf-8", newline="") as handle:
        return {row["station"]: row for row in csv.DictReader(handle)}


def altered_copy(
    path: Path, rows: int, missing: Mapping[str, int], digest: Callable[[], str]
) -> tuple[str, str] | None:
    """What to say of a file that bears the name of a published PRSA file and is not it; None where all is well.

    Many copies on the web are clipped, filled or cut short: the sentence names the counts that differ.
    """
    named = _PRSA_NAME.fullmatch(path.name)
    known = _prsa().get(named[1]) if named else None
    if known is None or digest() == known["sha256"]:
        return None
    parts = [("行数", "rows", rows, int(known["rows"]))] if rows != int(known["rows"]) else []
    parts += [
        (f"{name} 缺测", f"missing {name}", count, int(known[f"{name}_missing"]))
        for name, count in missing.items()
        if count != int(known[f"{name}_missing"])
    ]
    zh = (
        "，".join(f"{what} {ours}（原件 {theirs}）" for what, _en, ours, theirs in parts)
        or "行数与缺测数相同，内容不同"
    )
    en = (
        ", ".join(f"{what} {ours} (original {theirs})" for _zh, what, ours, theirs in parts)
        or "same counts, other values"
    )
    return f"{path}：与公开发布的原件不一致：{zh}", f"{path}: differs from the published original: {en}"
