"""What the import workbench shows of a row: its cells with the words to edit, its flags, how its deadline was read.

Pure functions over rows that are already loaded (:func:`lantian.apps.plans.queries.with_details`); no query here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lantian.apps.plans import table
from lantian.apps.plans.content import content_of
from lantian.apps.plans.models import Assignment, Measure, MeasureFlag, RoleKind, Target
from lantian.reading.rules import Rule, rules
from lantian.reading.text import join_layout

CELLS = ("seq", "task", "text", "deadline", "lead", "responsible", "support", "inherited", "flags")


@dataclass(frozen=True, slots=True)
class WorkFlag:
    """A flag with its rule and whether a person has looked."""

    rule: Rule | None
    id: str
    detail: str
    accepted: bool

    @property
    def kind(self) -> str:
        """``doubt``, ``check``, ``repair`` or ``note``; a rule that is gone counts as a doubt."""
        return self.rule.kind if self.rule else "doubt"

    @property
    def doubt(self) -> bool:
        """Whether a person should look, as against a repair or a note."""
        return self.kind in ("doubt", "check")

    @property
    def open(self) -> bool:
        """Whether it waits for a person: notes never do."""
        return not self.accepted and self.kind != "note"


@dataclass(frozen=True, slots=True)
class WorkTarget:
    """A target with its content, which the panel of targets fills its form from."""

    target: Target
    content: dict[str, Any]

    @property
    def json(self) -> str:
        """The content as JSON text."""
        return json.dumps(self.content, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One row of the workbench."""

    measure: Measure
    words: str
    paragraphs: list[list[table.Piece]]
    roles: list[tuple[str, list[Assignment]]]
    targets: list[WorkTarget]
    flags: list[WorkFlag]

    @property
    def open(self) -> int:
        """How many of its problems wait for a person: flags, and conflicts of a re-import."""
        return sum(flag.open for flag in self.flags) + len(self.measure.conflicts)

    @property
    def doubts(self) -> int:
        """How many of its open flags are doubts or failed checks."""
        return sum(flag.open and flag.doubt for flag in self.flags)

    @property
    def repairs(self) -> int:
        """How many repairs nobody has looked at."""
        return sum(flag.open and not flag.doubt for flag in self.flags)

    @property
    def rules(self) -> str:
        """Ids of the rules of its flags, for filtering."""
        return " ".join(sorted({flag.id for flag in self.flags}))


def rows_of(measures: Iterable[Measure]) -> list[WorkRow]:
    """Loaded measures as rows of the workbench."""
    return [row_of(measure) for measure in measures]


def row_of(measure: Measure) -> WorkRow:
    """One loaded measure as a row of the workbench."""
    contents = content_of(measure)["targets"]
    by_role: dict[str, list[Assignment]] = {role: [] for role in RoleKind.values}
    for assignment in measure.assignments.all():
        by_role[assignment.role].append(assignment)
    return WorkRow(
        measure=measure,
        words=words_of(measure),
        paragraphs=table.paragraphs(measure),
        roles=list(by_role.items()),
        targets=[WorkTarget(*pair) for pair in zip(measure.targets.all(), contents, strict=True)],
        flags=flags_of(measure.flags.all()),
    )


def words_of(measure: Measure) -> str:
    """The text as it is edited: one line for each printed paragraph.

    Paragraphs are kept apart only where, joined, they are the text (as in :func:`lantian.apps.plans.table.paragraphs`).
    """
    parts = [join_layout(part) for part in measure.paragraphs]
    return "\n".join(parts) if len(parts) > 1 and "".join(parts) == measure.text else measure.text


def flags_of(flags: Iterable[MeasureFlag]) -> list[WorkFlag]:
    """Flags with their rules: what waits for a person first, doubts before repairs before notes."""
    shown = [WorkFlag(rules().get(flag.rule), flag.rule, flag.detail, flag.accepted) for flag in flags]
    return sorted(shown, key=lambda flag: (not flag.open, not flag.doubt, flag.kind == "note", flag.id))
