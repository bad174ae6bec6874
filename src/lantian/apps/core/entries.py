"""One row of a list that people bring, while it is read: values of the model, and every problem by column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

from lantian.apps.core.columns import Column, Problem

Old = TypeVar("Old")
# As offices write days, and as cells that hold a day come out of a workbook: with a time that says nothing.
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?")
_YES = {"是": True, "yes": True, "true": True, "1": True, "否": False, "no": False, "false": False, "0": False}


@dataclass(slots=True)
class Entry(Generic[Old]):
    """A row of a list: values by field of the model; ``old`` is the row that is there already, which it corrects."""

    line: int
    values: dict[str, Any]
    old: Old | None = None
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, column: str, zh: str, en: str) -> None:
        """Note a problem of one column."""
        self.problems.append(Problem(self.line, column, zh, en))

    def check_texts(self, given: Mapping[str, str], columns: Iterable[Column], longest: Mapping[str, int]) -> None:
        """Note what is blank and must not be, and what is longer than its field takes."""
        for column in columns:
            text = given.get(column.field, "")
            if column.required and not text:
                self.wrong(column.field, "不能为空", "is empty")
            if (most := longest.get(column.field)) and len(text) > most:
                self.wrong(column.field, f"超过{most}个字", f"longer than {most} characters")

    def yes(self, column: str, text: str, *, blank: bool) -> bool:
        """A cell that says yes or no; ``blank`` is what an empty one means. Notes what is neither."""
        word = text.lower()
        if word and word not in _YES:
            self.wrong(column, "只能填是或否", "yes or no is wanted")
        return _YES.get(word, blank)

    def day(self, column: str, text: str) -> date | None:
        """A cell with a day, None where it is blank; notes what is no day."""
        try:
            return day_of(text) if text else None
        except ValueError:
            self.wrong(column, *no_day(text))
            return None

    def once(self, column: str, key: object, seen: dict[object, int]) -> None:
        """Note that an earlier row of the list has the same key; ``seen`` keeps the line of each."""
        if (first := seen.setdefault(key, self.line)) != self.line:
            self.wrong(column, f"与第{first}行重复", f"stands in row {first}, too")


def day_of(text: str) -> date:
    """2026-03-05, 2026/3/5, 2026.3.5 or 2026年3月5日; a time behind it is passed over. Raises ValueError."""
    match = _DAY.fullmatch(text.strip())
    return date(*(int(part) for part in match.groups())) if match else date.fromisoformat(text)


def no_day(text: str) -> tuple[str, str]:
    """What is said of a cell that :func:`day_of` does not understand."""
    return f"不是日期：{text[:20]}（应为“年-月-日”）", f"no date: {text[:20]}"
