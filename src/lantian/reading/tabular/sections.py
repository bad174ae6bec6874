"""Sections of a plan table: rows that are headings though they look like measures, and headings inside headings."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from lantian.reading.columns import ROLE_FIELDS, Field
from lantian.reading.tabular.rows import PlanRows, Row, RowCell, is_compound_number, number_form, parse_number
from lantian.reading.tabular.titles import section_level, without_number
from lantian.reading.text import join_layout

_WORDS: tuple[Field, ...] = ("section", "task", "measure", "goal")
_DUTIES: tuple[Field, ...] = ("deadline", *ROLE_FIELDS)
_LONGEST_HEADING = 60
_UNNUMBERED = 1


@dataclass(slots=True)
class SectionPath:
    """The headings that hold at a row, outermost first. ``tasked``: the table has a task column of its own."""

    tasked: bool
    levels: list[tuple[int, str]] = field(default_factory=list)

    def enter(self, title: str) -> None:
        """Go on below a section row; it closes all headings of its own level and deeper."""
        level = section_level(title)
        level = _UNNUMBERED if level is None else level
        self.levels = [(other, text) for other, text in self.levels if other < level]
        self.levels.append((level, title))

    def restart(self, title: str) -> None:
        """The table's own section column names the section."""
        self.levels = [(_UNNUMBERED, title)]

    @property
    def section(self) -> str:
        """一、…（一）…; only the outermost heading where the deeper ones stand for the missing task column."""
        titles = [text for _, text in self.levels]
        return "".join(titles if self.tasked else titles[:1])

    @property
    def task(self) -> str:
        """The innermost heading as task, where the table has no task column (as in prose)."""
        return "" if self.tasked or len(self.levels) < 2 else without_number(self.levels[-1][1])


def mark_sections(plan: PlanRows) -> None:
    """Turn rows that only number and name what follows into section rows; put in the headings between tables."""
    levels = [section_level(row.text("section")) for _, row in plan.headings]
    inside = {
        section_level(row.text("section"))
        for row, following in pairwise(plan.rows)
        if row.kind == "section" and following.kind == "measure"
    }
    if len(levels) > 1 or inside.intersection(levels):
        for position, heading in reversed(plan.headings):
            plan.rows.insert(position, heading)
    measures = [row for row in plan.rows if row.kind == "measure"]
    forms = {number_form(row.text("seq")) for row in measures if row.own("seq") and not _is_bare(row)}
    unnumbered = any(not row.own("seq") and not _is_bare(row) for row in measures)
    for row, following in zip(measures, [*measures[1:], None], strict=False):
        if not _is_bare(row):
            continue
        if not row.own("seq"):
            named = row.own("task") and len(row.cells["task"].spans) < 2 and row.blank("seq")
            if named and following is not None and following.own("task") and following.own("measure"):
                row.kind, row.cells = "section", {"section": row.cells["task"]}
            continue
        label = join_layout(row.text("seq"))
        if parse_number(label) is None and not is_compound_number(label):
            continue
        other_form = number_form(label) not in forms and (bool(forms) or unnumbered)
        inner = "" if following is None else join_layout(following.text("seq"))
        if other_form and (is_chinese(label) or is_compound_number(inner)):
            _make_section(row, label)


def is_chinese(label: str) -> bool:
    """Whether a number is printed in Chinese numerals: 一, （二）."""
    return not any(letter.isdigit() and letter.isascii() for letter in label) and parse_number(label) is not None


def _is_bare(row: Row) -> bool:
    """Whether a row prints, beside its number, one short cell and no duty."""
    printed = {cell.origin: cell for name, cell in row.cells.items() if name != "seq" and not cell.blank}
    if len(printed) != 1:
        return False
    (cell,) = printed.values()
    if cell.covered or len(join_layout(cell.text)) > _LONGEST_HEADING:
        return False
    spread = [name for name in _DUTIES if row.own(name)]
    return bool([name for name in _WORDS if row.own(name)]) and (not spread or len(cell.spans) > 1)


def _make_section(row: Row, label: str) -> None:
    cell: RowCell = next(row.cells[name] for name in _WORDS if row.own(name))
    mark = "" if label[-1] in "）)、．." else "、"
    cell.paragraphs = [label + mark + join_layout(cell.text)]
    row.kind = "section"
    row.cells = {"section": cell}
