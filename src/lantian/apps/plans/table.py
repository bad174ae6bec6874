"""The plan as the table that officials know: sections, tasks merged over their rows, targets marked in the text.

Pure functions over rows that are already loaded; no query is made here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from lantian.apps.plans.hooks import Mark
from lantian.apps.plans.models import Assignment, Measure, MeasureFlag, RoleKind, Target
from lantian.reading.rules import Rule, rules
from lantian.reading.text import join_layout

_DOUBTS = ("doubt", "check")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a measure's text; ``target`` if a target was read from it."""

    text: str
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class ShownFlag:
    """A flag with its rule."""

    rule: Rule | None
    id: str
    detail: str

    @property
    def doubt(self) -> bool:
        """Whether a person should look, as against a repair or a note."""
        return self.rule is None or self.rule.kind in _DOUBTS


@dataclass(frozen=True, slots=True)
class Row:
    """One measure as a table row; ``span`` > 0 where it opens a task, else 0 (merged with the row above)."""

    measure: Measure
    span: int
    paragraphs: list[list[Piece]]
    roles: dict[str, list[Assignment]]
    flags: list[ShownFlag]
    marks: Sequence[Mark] = ()

    @property
    def doubts(self) -> int:
        """Flags that ask for a look."""
        return sum(flag.doubt for flag in self.flags)

    @property
    def repairs(self) -> int:
        """Flags that only tell what was repaired or noted."""
        return len(self.flags) - self.doubts


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the plan with its rows; ``title`` is empty where the plan prints none."""

    title: str
    rows: list[Row]


@dataclass(slots=True)
class Table:
    """The whole table: its sections and which columns the plan has."""

    sections: list[Section]
    columns: dict[str, bool] = field(default_factory=dict)

    @property
    def width(self) -> int:
        """Number of columns."""
        return sum(self.columns.values()) + 1


def build(measures: Sequence[Measure], marks: Mapping[int, Sequence[Mark]] | None = None) -> Table:
    """The table of loaded measures (with assignments, targets and flags prefetched) in the given order.

    ``marks`` (plans/hooks.py) open a column behind the others, by the measure's key.
    """
    beside = marks or {}
    sections = []
    for title, inside in groupby(measures, key=lambda measure: measure.section):
        rows: list[Row] = []
        for _task, group in groupby(inside, key=lambda measure: (measure.seq, measure.task)):
            members = list(group)
            rows += [row_of(m, 0 if place else len(members), beside.get(m.pk, ())) for place, m in enumerate(members)]
        sections.append(Section(title, rows))
    present = {role for section in sections for row in section.rows for role, units in row.roles.items() if units}
    columns = {
        "seq": any(measure.seq is not None for measure in measures),
        "task": any(measure.task for measure in measures),
        "deadline": any(measure.deadline_text for measure in measures),
        **{role: role in present for role in RoleKind.values},
        "beside": bool(beside),
    }
    return Table(sections, columns)


def row_of(measure: Measure, span: int = 1, marks: Sequence[Mark] = ()) -> Row:
    """One measure as a row."""
    roles: dict[str, list[Assignment]] = {role: [] for role in RoleKind.values}
    for assignment in measure.assignments.all():
        roles[assignment.role].append(assignment)
    return Row(measure, span, paragraphs(measure), roles, shown_flags(measure.flags.all()), marks)


def shown_flags(flags: Iterable[MeasureFlag]) -> list[ShownFlag]:
    """Flags with their rules, doubts first."""
    shown = [ShownFlag(rules().get(flag.rule), flag.rule, flag.detail) for flag in flags]
    return sorted(shown, key=lambda flag: not flag.doubt)


def paragraphs(measure: Measure) -> list[list[Piece]]:
    """The text in its printed paragraphs, cut into pieces at the targets.

    Paragraphs are kept apart only where, joined, they are the text; otherwise the text is one paragraph.
    """
    pieces = _pieces(measure.text, list(measure.targets.all()))
    lengths = [len(join_layout(part)) for part in measure.paragraphs]
    if len(lengths) < 2 or sum(lengths) != len(measure.text):
        return [pieces]
    ends, total = [], 0
    for length in lengths:
        total += length
        ends.append(total)
    return _split(pieces, ends)


def _pieces(text: str, targets: list[Target]) -> list[Piece]:
    pieces, done = [], 0
    for target in sorted(targets, key=lambda t: (t.span_start or 0, t.order)):
        if target.span_start is None or target.span_end is None:
            continue
        start, end = max(target.span_start, done), min(target.span_end, len(text))
        if start >= end:
            continue
        if start > done:
            pieces.append(Piece(text[done:start]))
        pieces.append(Piece(text[start:end], target))
        done = end
    if done < len(text):
        pieces.append(Piece(text[done:]))
    return pieces


def _split(pieces: list[Piece], ends: list[int]) -> list[list[Piece]]:
    """Pieces of a text distributed over its paragraphs, whose ends are given as positions in the text."""
    result: list[list[Piece]] = [[]]
    place = 0
    remaining = list(ends)
    for piece in pieces:
        text = piece.text
        while remaining and place + len(text) > remaining[0]:
            cut = remaining[0] - place
            if cut:
                result[-1].append(Piece(text[:cut], piece.target))
            result.append([])
            text, place = text[cut:], remaining.pop(0)
        if text:
            result[-1].append(Piece(text, piece.target))
            place += len(text)
    return [paragraph for paragraph in result if paragraph]
