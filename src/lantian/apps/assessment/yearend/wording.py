"""完成情况 proposed from states by a table (wordings.yaml). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LASTING_KINDS = frozenset({"long_term", "recurring", "as_scheduled"})
SOFT_MISSED = "soft_missed"
# As the paper prints them, whatever the reader speaks.
PRINTED = {"done": "完成", "mostly": "基本完成", "lasting": "完成年度任务并长期坚持", "not_done": "未完成", "": ""}


@cache
def table() -> list[dict[str, Any]]:
    """The lines of wordings.yaml in order."""
    rows: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "wordings.yaml").read_text(encoding="utf-8"))
    return rows


def propose(states: Iterable[str], kinds: Iterable[str]) -> str:
    """The wording for a row with these states and deadline kinds; blank where only a person can say (no data)."""
    found, long = set(states), bool(LASTING_KINDS & set(kinds))
    if not found:
        return ""
    for line in table():
        only, some = set(line.get("only", found)), set(line.get("some", found))
        if found <= only and found & some and (long or not line.get("long")):
            return str(line["wording"])
    return ""
