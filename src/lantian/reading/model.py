"""What reading a plan gives: plans, measures, roles, deadlines, targets, flags.

Plain frozen data, no behaviour beyond what follows from the data itself. ``as_dict`` of :mod:`lantian.reading.output`
turns it into the JSON of the command; the names here are the names there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

RoleName = Literal["lead", "responsible", "support"]
ROLE_NAMES: tuple[RoleName, ...] = ("lead", "responsible", "support")

DeadlineKind = Literal["by", "window", "from", "season", "long_term", "as_scheduled", "recurring", "relative", "none"]
TargetKind = Literal[
    "level", "change", "count", "rate", "rank", "direction", "external", "universal", "cadence", "ratio_rule",
    "deliverable",
]  # fmt: skip
Comparator = Literal[">=", "<=", ">", "<", "=", "~"]
Sense = Literal["at_least", "at_most"]
Applies = Literal["total", "each", "both", "owner"]
Strength = Literal["hard", "力争", "encourage", "study"]


@dataclass(frozen=True, slots=True)
class Flag:
    """A repair that was made or a doubt that stays; ``id`` is a row of ``tables/rules.csv``.

    ``detail`` quotes the print (never translated): ``市生态环境委 → 市生态环境局``.
    """

    id: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in fractions of the page's width and height as it is shown (0, 0 = top left)."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class CellRef:
    """Where one field of a measure was printed: 1-based page (None without pages), row and column, box if known."""

    field: str
    page: int | None
    row: int
    col: int | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a measure was printed. ``row`` is the table row or, in a text, the line (1-based)."""

    page: int | None
    row: int
    cells: tuple[CellRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Deadline:
    """完成时限: the printed words, what kind they are, and the earliest and latest date if they tell one."""

    text: str
    kind: DeadlineKind
    start: date | None = None
    end: date | None = None
    also: tuple[Deadline, ...] = ()


@dataclass(frozen=True, slots=True)
class Role:
    """分工: one unit in one role. ``open`` is true where the list it closes was open (等, 等部门)."""

    role: RoleName
    name: str
    as_printed: str
    open: bool = False
    group: int = 0  # printed group inside the cell, counted from 0


@dataclass(frozen=True, slots=True)
class Target:
    """量化目标, as printed; fields as in docs/reading/targets.md."""

    text: str
    subject: str
    kind: TargetKind
    comparator: Comparator | None = None
    value: float | int | None = None
    value_max: float | int | None = None
    unit: str | None = None
    baseline: int | Literal["previous_year"] | None = None
    by: date | None = None
    scope: tuple[str, ...] = ()
    qualifier: str | None = None
    sense: Sense | None = None
    applies: Applies | None = None
    strength: Strength = "hard"
    stretch: float | int | None = None
    statistic: str | None = None
    period: str | None = None
    denominator: str | None = None
    span: tuple[int, int] | None = None  # characters of ``Measure.measure`` that ``text`` covers


@dataclass(frozen=True, slots=True)
class Measure:
    """工作措施: one measure of the plan with everything the print says about it."""

    n: int
    section: str
    seq: int | None
    task: str
    measure: str
    paragraphs: tuple[str, ...]
    deadline: Deadline
    text_dates: tuple[Deadline, ...] = ()
    roles: tuple[Role, ...] = ()
    inherited: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    source: Source = field(default_factory=lambda: Source(None, 0))
    flags: tuple[Flag, ...] = ()

    def units(self, role: RoleName) -> list[str]:
        """Canonical unit names in one role, in printed order."""
        return [item.name for item in self.roles if item.role == role]


@dataclass(frozen=True, slots=True)
class Plan:
    """计划: one published plan. A file may hold several."""

    title: str
    year: int | None
    region: str
    level: Literal["national", "provincial", "municipal", "district", "town"]
    medium: Literal["air", "water", "soil", "other"]
    measures: tuple[Measure, ...]
    file: str = ""
    sha256: str = ""
    flags: tuple[Flag, ...] = ()
