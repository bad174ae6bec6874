"""Section, number and task of every row: carried down, recognised when printed again, restored when lost."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from lantian.reading.model import Flag
from lantian.reading.tabular.rows import Row, is_compound_number, parse_number, same_words, section_title
from lantian.reading.tabular.sections import SectionPath
from lantian.reading.text import compare_form, join_layout


@dataclass(slots=True)
class Group:
    """重点任务: the rows that share one number and task."""

    section: str
    seq: int | None
    task: str
    rows: list[Row] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    lost: bool = False  # a number stood here in print, but the file has lost it
    label: str = ""  # the number as printed


def group_rows(rows: list[Row], *, numbered: bool, tasked: bool = True) -> tuple[list[Group], list[Flag]]:
    """Rows → groups. The flags speak of the whole plan.

    ``numbered``, ``tasked``: the table has a 序号 and a task column.
    """
    groups: list[Group] = []
    path = SectionPath(tasked)
    for row in rows:
        if row.kind == "section":
            path.enter(section_title(row.text("section")))
            continue
        if row.own("section"):
            path.restart(section_title(row.text("section")))
        current = groups[-1] if groups and groups[-1].section == path.section else None
        if current is not None and not tasked and current.task != path.task:
            current = None
        label = compare_form(row.text("seq")) if row.own("seq") else ""
        seq = parse_number(row.text("seq")) if row.own("seq") else None
        task = task_title(row) if row.own("task") else path.task
        again = current is not None and row.own("task") and _same_group(current, label, seq, task)
        if current is not None and not row.own("seq") and not row.own("task"):
            current.rows.append(row)
        elif again:
            assert current is not None
            current.rows.append(row)
            row.flags.append(Flag("R03", " ".join(part for part in (str(seq or ""), task) if part)))
        else:
            groups.append(_new_group(current, path.section, seq, task, row, numbered))
            groups[-1].label = label
            if seq is None and is_compound_number(row.text("seq")):
                groups[-1].flags.append(Flag("R56", label))
    _restore_numbers(groups)
    _flag_duplicates(groups)
    return groups, _gaps(groups)


def task_title(row: Row) -> str:
    """The task label of a row; a label repeated inside its cell (printed again on the next page) counts once."""
    cell = row.cells.get("task")
    if cell is None:
        return ""
    parts = [join_layout(part) for part in cell.paragraphs if part.strip()]
    whole = "".join(parts)
    half = len(whole) // 2
    if len(whole) > 4 and len(whole) % 2 == 0 and whole[:half] == whole[half:]:
        return whole[:half]
    distinct = list(dict.fromkeys(parts))
    return "".join(distinct)


def _same_group(current: Group, label: str, seq: int | None, task: str) -> bool:
    if seq is not None and current.seq != seq:
        return False
    if seq is None and label and label != current.label:
        return False
    return bool(task) and same_words(current.task, task)


def _new_group(current: Group | None, section: str, seq: int | None, task: str, row: Row, numbered: bool) -> Group:
    seq_cell = row.cells.get("seq")
    measure = row.cells.get("measure")
    if measure is not None and "task" in measure.spans:
        task = ""
    elif not task and row.blank("task") and current is not None:
        task = current.task
    elif not task and (cell := row.cells.get("task")) is not None and cell.covered:
        task = task_title(row)
    lost = False
    if seq is None and numbered:
        if seq_cell is not None and seq_cell.covered and not seq_cell.blank:
            seq = parse_number(seq_cell.text)
        else:
            lost = not row.own("seq")
    return Group(section, seq, task, [row], lost=lost)


def _restore_numbers(groups: list[Group]) -> None:
    """Give lost numbers back where the neighbours leave exactly one possibility (R05), else say so (R06)."""
    known = [group.seq for group in groups if group.seq is not None]
    steady = all(later - earlier >= 0 for earlier, later in itertools.pairwise(known))
    index = 0
    while index < len(groups):
        if not groups[index].lost:
            index += 1
            continue
        end = index
        while end < len(groups) and groups[end].lost:
            end += 1
        before = groups[index - 1].seq if index else 0
        after = groups[end].seq if end < len(groups) else None
        run = groups[index:end]
        certain = before is not None and (
            (after is not None and after - before - 1 == len(run)) or (end == len(groups) and steady and before > 0)
        )
        for offset, group in enumerate(run, start=1):
            if certain and before is not None:
                group.seq = before + offset
                group.flags.append(Flag("R05", str(group.seq)))
            else:
                group.flags.append(Flag("R06", group.task))
        index = end


def _flag_duplicates(groups: list[Group]) -> None:
    seen: dict[str, Row] = {}
    for group in groups:
        for row in group.rows:
            words = compare_form(row.text("measure"))
            if len(words) < 8 or not row.own("measure"):
                continue
            key = f"{compare_form(group.task)}|{words}"
            if key in seen:
                row.flags.append(Flag("R04", str(seen[key].number)))
            seen.setdefault(key, row)


def _gaps(groups: list[Group]) -> list[Flag]:
    flags = []
    numbers = [group.seq for group in groups if group.seq is not None]
    for earlier, later in itertools.pairwise(numbers):
        if later > earlier + 1:
            missing = f"{earlier + 1}" if later == earlier + 2 else f"{earlier + 1}–{later - 1}"
            flags.append(Flag("R24", missing))
    return flags
