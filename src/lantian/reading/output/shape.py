"""A plan as the table that officials print: columns, rows, merged cells. Pure; :mod:`docx` puts it on paper.

The form is chosen so that our own reader gives the same plan back (docs/export.md): ``——`` where nothing is meant,
because a blank would be read as a merged cell; ``、`` between units, because a line break may run through a name; a
measure without a task spread over both columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from lantian.reading.grammar.heads import Head, head_note, read_head
from lantian.reading.model import ROLE_NAMES, Measure, Plan, Role
from lantian.reading.tabular.rows import parse_number
from lantian.reading.tabular.sections import SectionPath

NONE = "——"
_GROUP_BREAK = ""  # an empty paragraph: the print groups its units
_GOAL_RULE = "R57"  # its detail quotes the goal column

Merge = Literal["", "start", "on"]
Field = Literal[
    "section", "seq", "task", "measure", "goal", "deadline", "lead", "responsible", "support", "inherited",
    "remark",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the printed table; ``width`` in twips, ``centred`` where numbers and short words stand."""

    field: Field
    title: str
    width: int
    centred: bool = False


COLUMNS: tuple[Column, ...] = (
    Column("section", "任务类别", 1300),
    Column("seq", "序号", 640, centred=True),
    Column("task", "重点任务", 1560),
    Column("measure", "工作措施", 0),  # takes what the others leave
    Column("goal", "工作目标", 2400),
    Column("deadline", "完成时限", 1420, centred=True),
    Column("lead", "牵头部门", 1780),
    Column("responsible", "主责单位", 1780),
    Column("support", "协办单位", 1780),
    Column("inherited", "下同单位", 1500),
)


@dataclass(frozen=True, slots=True)
class Place:
    """One cell of one row. ``merge``: it begins a cell that goes on below, or goes on the one above."""

    paragraphs: tuple[str, ...]
    span: int = 1
    merge: Merge = ""
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table, a heading across it where ``heading``."""

    places: tuple[Place, ...]
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """The printed plan: title, a line below it where the title does not say what plan this is, columns and rows."""

    title: str
    note: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


def shape_of(plan: Plan) -> Shape:
    """The printed form of a plan; :data:`COLUMNS` that it does not use are left out."""
    sectioned = _needs_section_column(plan)
    columns = _columns(plan, sectioned)
    return Shape(plan.title, _note(plan), columns, tuple(_lines(plan, columns, sectioned)))


def _columns(plan: Plan, sectioned: bool) -> tuple[Column, ...]:
    measures = plan.measures
    tasks = {bool(item.task) for item in measures}
    used: dict[Field, bool] = {
        "section": sectioned,
        # Without numbers a measure without a task would be read as one more of the task above.
        "seq": any(item.seq is not None for item in measures) or len(tasks) > 1,
        "task": True in tasks,
        "measure": True,
        "goal": any(map(_goal, measures)),
        "deadline": any(item.deadline.text for item in measures),
        **{name: any(item.units(name) for item in measures) for name in ROLE_NAMES},
        "inherited": any(item.inherited for item in measures),
    }
    if not any(used[name] for name in ROLE_NAMES):  # a plan that names no owner yet has room for them
        used["deadline"] = used["responsible"] = True
    only = used["responsible"] and not (used["lead"] or used["support"])
    return tuple(
        Column("responsible", "责任单位", column.width) if only and column.field == "responsible" else column
        for column in COLUMNS
        if used[column.field]
    )


def _needs_section_column(plan: Plan) -> bool:
    """Whether headings between the rows would be read as one inside the other (一、… over （一）…), or not at all."""
    sections = [section for section, _ in groupby(item.section for item in plan.measures)]
    path = SectionPath(tasked=True)
    for section in sections:
        if section:
            path.enter(section)
        if path.section != section or parse_number(section) is not None:
            return True
    return False


def _lines(plan: Plan, columns: Sequence[Column], sectioned: bool) -> Iterator[Line]:
    names = [column.field for column in columns]
    measures = plan.measures
    for above, item, below in zip([None, *measures[:-1]], measures, [*measures[1:], None], strict=True):
        if item.section and not sectioned and (above is None or above.section != item.section):
            yield Line((Place((item.section,), span=len(columns)),), heading=True)
        yield Line(tuple(_places(item, above, below, columns, names)))


def _places(
    item: Measure, above: Measure | None, below: Measure | None, columns: Sequence[Column], names: Sequence[Field]
) -> Iterator[Place]:
    for column in columns:
        if column.field == "task" and not item.task:
            continue  # the measure takes its place
        words = _WORDS[column.field](item) or (NONE,)
        merge: Merge = ""
        if (same := _SAME.get(column.field)) is not None:
            starts = below is not None and same(below) == same(item)
            merge = "on" if above is not None and same(above) == same(item) else "start" if starts else ""
        span = 2 if column.field == "measure" and "task" in names and not item.task else 1
        yield Place(() if merge == "on" else words, span, merge, column.centred or words == (NONE,))


# What rows must share for one merged cell to stand for all of them.
_SAME: dict[Field, Callable[[Measure], tuple[object, ...]]] = {
    "section": lambda item: (item.section,),
    "seq": lambda item: (item.section, item.seq, item.task),
    "task": lambda item: (item.section, item.seq, item.task),
}


def units_text(roles: Sequence[Role]) -> tuple[str, ...]:
    """Units as printed paragraphs: ``、`` between them, 等 behind an open list, an empty line between groups.

    A unit that follows an open list stands behind ``，``: 等、有关单位 would be one closing word.
    """
    paragraphs: list[str] = []
    for _, members in groupby(roles, key=lambda role: role.group):
        listed = "".join(role.name + ("等，" if role.open else "、") for role in members)
        paragraphs += [_GROUP_BREAK] * bool(paragraphs) + [listed.rstrip("、")]
    if paragraphs:
        paragraphs[-1] = paragraphs[-1].rstrip("，")
    return tuple(paragraphs)


def _goal(item: Measure) -> tuple[str, ...]:
    """What a goal column beside the measure printed: only the rule that read it quotes it."""
    return tuple(flag.detail for flag in item.flags if flag.id == _GOAL_RULE and flag.detail)


def _measure(item: Measure) -> tuple[str, ...]:
    whole = "".join(re.sub(r"\s", "", part) for part in item.paragraphs)
    kept = whole == re.sub(r"\s", "", item.measure)
    return tuple(part for part in item.paragraphs if part.strip()) if kept else (item.measure,)


def _role(name: Literal["lead", "responsible", "support"]) -> Callable[[Measure], tuple[str, ...]]:
    return lambda item: units_text([role for role in item.roles if role.role == name])


def _word(text: str) -> tuple[str, ...]:
    return (text,) if text.strip() else ()


_WORDS: dict[Field, Callable[[Measure], tuple[str, ...]]] = {
    "section": lambda item: _word(item.section),
    "seq": lambda item: () if item.seq is None else (str(item.seq),),
    "task": lambda item: _word(item.task),
    "measure": _measure,
    "goal": _goal,
    "deadline": lambda item: _word(item.deadline.text),
    "lead": _role("lead"),
    "responsible": _role("responsible"),
    "support": _role("support"),
    "inherited": lambda item: _word("、".join(item.inherited)),
}


def _note(plan: Plan) -> str:
    """（行政区域：云溪市；年度：2025年）: what title and units of the plan tell otherwise or not at all."""
    units = [text for item in plan.measures for name in ROLE_NAMES for text in _WORDS[name](item)]
    told = read_head(plan.title, [], units=units, topics=[item.task for item in plan.measures])
    meant = Head(plan.year, plan.region, plan.level, plan.medium)
    return head_note(meant, told)
