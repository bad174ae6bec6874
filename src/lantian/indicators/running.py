"""Computing indicators and rules: figures with their lineage, or why there are none.

On DuckDB, in the process, where no other engine is given; who computes many gives one (`lantian.indicators.engine`).
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from lantian.indicators.engine import LIMITS, MOST, Engine, on_duckdb
from lantian.indicators.headers import Indicator, Level, Rule
from lantian.indicators.sources import AreaRow, ExemptionRow, Sources, StationRow, UnitRow
from lantian.lake import LakeError
from lantian.lake.query import Limits

__all__ = [
    "Answer", "AreaRow", "ExemptionRow", "Failed", "Found", "Limits", "Lineage", "Problem", "Sources", "StationRow",
    "UnitRow", "compute", "find", "fresh", "inputs_of",
]  # fmt: skip


class Problem(NamedTuple):
    """Why there are no figures, in both languages."""

    zh: str
    en: str


class Failed(Exception):
    """A rule that could not be run: `problem` says why. What was found before stands as it is."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.en)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Lineage:
    """血缘: from what figures were computed. ``inputs``: by register the number of its last change set, by list of the
    directory its checksum, by view of the lake its version."""

    indicator: str
    sha: str
    inputs: dict[str, int]
    computed_at: datetime
    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The figures of one span of days: (subject, value or None), by subject. ``failed``: why there are none, which is
    not the same as zero."""

    rows: list[tuple[str, float | None]]
    lineage: Lineage
    failed: Problem | None = None


class Found(NamedTuple):
    """One thing that a rule finds wrong."""

    key: str
    subject: str
    unit: str
    title: str
    detail: str


def compute(
    indicator: Indicator,
    start: date,
    end: date,
    sources: Sources,
    level: Level | None = None,
    as_of: date | None = None,
    limits: Limits | None = None,
    engine: Engine | None = None,
) -> Answer:
    """The figures of an indicator from ``start`` to ``end`` (both included), for areas at one level.

    ValueError: an indicator of areas without a level, or the other way round. Whatever else goes wrong, a limit that is
    passed too, is the answer's ``failed``.
    """
    if (indicator.subject == "area") != (level is not None):
        raise ValueError(f"{indicator.name}: a level belongs to indicators of areas, and to no others")
    began = time.monotonic()
    rows: list[tuple[str, float | None]] = []
    failed = None
    inputs: dict[str, int] = {}
    try:
        inputs = inputs_of(indicator, sources)
        found = _run(engine, indicator, sources, level, _days(start, end, as_of), limits)
        rows = _figures(found)
    except LakeError as error:
        failed = Problem(error.zh, error.en)
    except Failed as error:
        failed = error.problem
    lineage = Lineage(indicator.name, indicator.sha, inputs, datetime.now(UTC), time.monotonic() - began)
    return Answer(rows, lineage, failed)


def find(
    rule: Rule,
    start: date,
    end: date,
    sources: Sources,
    as_of: date | None = None,
    limits: Limits | None = None,
    engine: Engine | None = None,
) -> list[Found]:
    """What a rule finds wrong, each key once, by key. Failed: the rule could not be run, or a key comes twice."""
    try:
        found = _run(engine, rule, sources, None, _days(start, end, as_of), limits)
    except LakeError as error:
        raise Failed(Problem(error.zh, error.en)) from error
    columns = [found.column(name).to_pylist() for name in Found._fields]
    rows: dict[str, Found] = {}
    for row in zip(*columns, strict=True):
        if row[0] is None:
            continue
        item = Found(*("" if cell is None else str(cell) for cell in row))
        if item.key in rows:
            raise Failed(
                Problem(f"“{item.key}”出现两次，规则的每个 key 只能有一行", f"“{item.key}” comes twice: one row a key")
            )
        rows[item.key] = item
    return [rows[key] for key in sorted(rows)]


def inputs_of(query: Indicator | Rule, sources: Sources) -> dict[str, int]:
    """What a query reads, each with the number that changes with it (`Lineage`)."""
    found = {register.name: sources.register(register)[0] for register in query.reads}
    views = query.query.views
    lists = {"area"} if isinstance(query, Indicator) and query.subject == "area" else set()
    found |= {name: mark for name, mark in sources.marks.items() if name in views | lists}
    if views & {"hour", "observation"}:
        found |= {name: version for name, version in sources.lake[0].items() if name in views}
    return found


def fresh(lineage: Lineage, sources: Sources, indicator: Indicator) -> bool:
    """Whether figures still stand: nothing that they were computed from has changed, nor how they are computed."""
    return lineage.sha == indicator.sha and lineage.inputs == inputs_of(indicator, sources)


def _days(start: date, end: date, as_of: date | None) -> dict[str, date]:
    return {"start": start, "end": end, "until": end + timedelta(days=1), "as_of": as_of or end}


def _run(
    engine: Engine | None,
    query: Indicator | Rule,
    sources: Sources,
    level: Level | None,
    days: dict[str, date],
    limits: Limits | None,
) -> Any:
    """The Arrow table of a query. LakeError: stopped at a limit, or a file is damaged. Failed: too many rows."""
    if engine is None:
        with on_duckdb() as own:
            found = own(query, sources, level, days, limits or LIMITS)
    else:
        found = engine(query, sources, level, days, limits or LIMITS)
    if found.num_rows > MOST:
        raise Failed(Problem(f"结果超过 {MOST} 行", f"more than {MOST} rows come out"))
    return found


def _figures(found: Any) -> list[tuple[str, float | None]]:
    rows: dict[str, float | None] = {}
    for subject, value in zip(found.column("subject").to_pylist(), found.column("value").to_pylist(), strict=True):
        if subject is None:
            continue
        if str(subject) in rows:
            raise Failed(
                Problem(f"“{subject}”出现两次，每个对象只能有一行", f"“{subject}” comes twice: one row a subject")
            )
        rows[str(subject)] = _figure(value)
    return sorted(rows.items())


def _figure(value: Any) -> float | None:
    if value is None:
        return None
    try:
        figure = float(value)
    except (TypeError, ValueError):
        raise Failed(Problem(f"“{value}”不是数字", f"“{value}” is no number")) from None
    return figure if math.isfinite(figure) else None
