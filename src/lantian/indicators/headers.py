"""What stands above the SQL of an indicator or a rule: ``-- name: value`` lines (docs/packs.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Literal

from lantian.indicators.known import HISTORY
from lantian.indicators.subset import Query
from lantian.registers import Label, Register
from lantian.registers.marked import Problems

Level = Literal["street", "district", "city"]
LEVELS: tuple[Level, ...] = ("street", "district", "city")
Rhythm = Literal["month", "quarter", "half", "year", "to_date"]
RHYTHMS: tuple[Rhythm, ...] = ("month", "quarter", "half", "year", "to_date")
Better = Literal["higher", "lower", "none"]
SubjectKind = Literal["area", "unit", "register"]
NAME = r"[a-z][a-z0-9_]{0,79}"

# Entries of either header: (must be there, may be there).
_INDICATOR = (
    ("title", "unit", "period", "better", "subject"),
    ("answers", "not", "cumulative", "statistic", "version"),
)
_RULE = (("title", "period", "subject", "closes"), ("answers", "not", "cap", "quiet", "version"))
# At the beginning of the file, or behind two spaces on the same line.
_ENTRY = re.compile(r"(?:^|\s{2,})([a-z_]+):(?=\s|$)")
_CAP = 200


@dataclass(frozen=True, slots=True)
class Indicator:
    """指标: a SELECT that gives (subject, value) for a span of days.

    ``subject`` says what its subjects are: areas (computed at each of ``levels``), units, or rows of ``register``.
    ``answers`` are phrases that a target's wording must hold for the indicator to be proposed, ``forbids`` (``not`` in
    the header) words that rule it out. ``cumulative``: the figure adds up from the year's first day. ``sha`` changes
    with the query and with the declarations of the registers that it ``reads``.
    """

    name: str
    pack: str
    title: Label
    unit: str
    period: Rhythm
    better: Better
    subject: SubjectKind
    levels: tuple[Level, ...]
    register: str
    answers: tuple[str, ...]
    forbids: tuple[str, ...]
    cumulative: bool
    statistic: str
    version: int
    file: Path
    sql: str
    query: Query
    sha: str
    reads: tuple[Register, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """规则: a SELECT that gives (key, subject, unit, title, detail) of what is wrong.

    ``closes``: a finding is closed when its key is ``gone``, or ``stays`` until somebody closes it. ``cap``: so many
    are opened in one run at most. ``quiet``: from … to (in China) nothing is opened.
    """

    name: str
    pack: str
    title: Label
    period: Rhythm
    subject: SubjectKind
    register: str
    answers: tuple[str, ...]
    forbids: tuple[str, ...]
    closes: Literal["gone", "stays"]
    cap: int
    quiet: tuple[time, time] | None
    version: int
    file: Path
    sql: str
    query: Query
    sha: str
    reads: tuple[Register, ...] = ()


@dataclass
class Header:
    """The entries above a query, taken by name; what is wrong is reported at its line."""

    problems: Problems
    entries: dict[str, tuple[str, int]] = field(default_factory=dict)

    def take(self, name: str) -> str:
        """The text of an entry, empty where it is missing."""
        return self.entries.get(name, ("", 1))[0]

    def wrong(self, name: str, zh: str, en: str) -> None:
        """Report a problem at an entry."""
        self.problems.add(self.entries.get(name, ("", 1))[1], zh, en)

    def one_of(self, name: str, allowed: Sequence[str], default: str) -> str:
        """A word out of a list; the default where it is missing or wrong (which is reported)."""
        found = self.take(name)
        if found in allowed or not found:
            return found or default
        choices = ", ".join(allowed)
        self.wrong(name, f"“{name}”不能是“{found}”，可用：{choices}", f"“{name}” cannot be “{found}”: {choices}")
        return default

    def whole(self, name: str, default: int) -> int:
        """A whole number above zero."""
        found = self.take(name)
        if found and not (found.isascii() and found.isdigit() and int(found)):
            self.wrong(name, f"“{name}”应为正整数", f"“{name}” takes a whole number above zero")
            return default
        return int(found or default)

    def phrases(self, name: str) -> tuple[str, ...]:
        """Phrases separated by semicolons."""
        return tuple(item.strip() for item in re.split("[;；]", self.take(name)) if item.strip())

    def title(self) -> Label:
        """``zh | en``."""
        zh, bar, en = self.take("title").partition("|")
        if self.take("title") and not (bar and zh.strip() and en.strip()):
            self.wrong("title", "标题应写成“中文 | English”", "the title is written “中文 | English”")
        return Label(zh.strip(), en.strip())


def header_of(text: str, rule: bool, problems: Problems) -> Header:
    """Read the comment lines at the beginning of a file. A line that begins with no name is a remark of the author."""
    found = Header(problems)
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if not line.startswith("--"):
            break
        _line(line[2:].strip(), number, found)
    must, may = _RULE if rule else _INDICATOR
    for name in must:
        if not found.take(name):
            found.wrong(name, f"缺少“{name}”", f"“{name}” is missing")
    for name in found.entries:
        if name not in must and name not in may:
            found.wrong(name, f"不认识的条目“{name}”", f"unknown entry “{name}”")
    return found


def _line(text: str, number: int, found: Header) -> None:
    marks = list(_ENTRY.finditer(text))
    if not marks or marks[0].start():
        return
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends, strict=True):
        name = mark.group(1)
        if name in found.entries:
            found.problems.add(number, f"“{name}”重复", f"“{name}” twice")
        found.entries[name] = (text[mark.end() : end].strip(), number)


def subject_of(found: Header, registers: Mapping[str, object]) -> tuple[SubjectKind, tuple[Level, ...], str]:
    """(kind, levels, register) of ``area (street, district)``, ``unit`` or ``register <name>``."""
    text = found.take("subject")
    kind, _, rest = text.partition(" ")
    rest = rest.strip()
    if kind == "unit" and not rest:
        return "unit", (), ""
    if kind == "register":
        if rest not in registers:
            found.wrong("subject", f"没有台账“{rest}”", f"there is no register “{rest}”")
        return "register", (), rest
    levels = [item.strip() for item in rest.strip("()（）").replace("，", ",").split(",") if item.strip()]
    if kind == "area" and levels and all(item in LEVELS for item in levels):
        return "area", tuple(level for level in LEVELS if level in levels), ""
    if text:
        found.wrong(
            "subject",
            "“subject”应为 area (street, district, city)、unit 或 register 台账名",
            "“subject” takes area (street, district, city), unit, or register and its name",
        )
    return "area", LEVELS, ""


def quiet_of(found: Header) -> tuple[time, time] | None:
    """``22:00-07:00``: from … to, over midnight where it begins later than it ends."""
    text = found.take("quiet")
    if not text:
        return None
    parts = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]\d|2[0-3]):([0-5]\d)", text)
    if parts is None:
        found.wrong("quiet", "“quiet”应写成 22:00-07:00", "“quiet” is written 22:00-07:00")
        return None
    hours = [int(item) for item in parts.groups()]
    return time(hours[0], hours[1]), time(hours[2], hours[3])


def reads_of(query: Query, registers: Mapping[str, Register]) -> tuple[Register, ...]:
    """The registers that a query reads, as they are now or with their history."""
    names = {name if name in registers else name.removesuffix(HISTORY) for name in query.views}
    return tuple(registers[name] for name in sorted(names) if name in registers)


def indicator_of(
    found: Header, file: Path, pack: str, text: str, query: Query, sha: str, registers: Mapping[str, Register]
) -> Indicator:
    """An indicator of its header and its checked query."""
    kind, levels, register = subject_of(found, registers)
    return Indicator(
        name=file.stem,
        pack=pack,
        title=found.title(),
        unit=found.take("unit"),
        period=found.one_of("period", RHYTHMS, "month"),  # type: ignore[arg-type]  # checked there
        better=found.one_of("better", ("higher", "lower", "none"), "none"),  # type: ignore[arg-type]  # checked there
        subject=kind,
        levels=levels,
        register=register,
        answers=found.phrases("answers"),
        forbids=found.phrases("not"),
        cumulative=found.one_of("cumulative", ("no", "yes"), "no") == "yes",
        statistic=found.take("statistic"),
        version=found.whole("version", 1),
        file=file,
        sql=text,
        query=query,
        sha=sha,
        reads=reads_of(query, registers),
    )


def rule_of(
    found: Header, file: Path, pack: str, text: str, query: Query, sha: str, registers: Mapping[str, Register]
) -> Rule:
    """A rule of its header and its checked query."""
    kind, _levels, register = subject_of(found, registers)
    return Rule(
        name=file.stem,
        pack=pack,
        title=found.title(),
        period=found.one_of("period", RHYTHMS, "month"),  # type: ignore[arg-type]  # checked there
        subject=kind,
        register=register,
        answers=found.phrases("answers"),
        forbids=found.phrases("not"),
        closes=found.one_of("closes", ("gone", "stays"), "gone"),  # type: ignore[arg-type]  # checked there
        cap=found.whole("cap", _CAP),
        quiet=quiet_of(found),
        version=found.whole("version", 1),
        file=file,
        sql=text,
        query=query,
        sha=sha,
        reads=reads_of(query, registers),
    )
