"""Next year's draft of stored plans: the engine's rows under keys that a form can name, edited by a person."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lantian.apps.plans import exports
from lantian.apps.plans.models import Plan
from lantian.comparing.alignment.document import write_draft
from lantian.comparing.alignment.next_year import Draft, DraftRow, draft_next

ORIGINS: dict[str, str | Promise] = {
    "continued": _("continued"), "changed": _("changed above"), "new": _("new above"), "own": _("our own"),
    "dropped": _("no longer asked above"),
}  # fmt: skip
MARKS = {"continued": "＝", "changed": "▲", "new": "＋", "own": "●", "dropped": "✕"}


@dataclass(frozen=True, slots=True)
class Proposed:
    """A row of the draft; ``key`` names it by the new row above and this year's own row, which no two rows share."""

    key: str
    row: DraftRow
    text: str

    @property
    def label(self) -> str | Promise:
        """Where it comes from."""
        return ORIGINS[self.row.origin]

    @property
    def mark(self) -> str:
        """The shape of where it comes from."""
        return MARKS[self.row.origin]


def draft_of(plan: Plan, new: Plan, old: Sequence[Plan]) -> Draft:
    """Next year's draft of a stored plan from the stored new plan above it and this year's plans above."""
    return draft_next([exports.current(new)], exports.current(plan), [exports.current(city) for city in old])


def proposed(draft: Draft) -> list[Proposed]:
    """The rows as the form shows them."""
    return [Proposed(key_of(row), row, row.measure.measure) for row in draft.rows]


def key_of(row: DraftRow) -> str:
    """``<n above>-<n of this year>``, 0 where there is none."""
    return f"{row.city.n if row.city else 0}-{row.this_year or 0}"


def edited(draft: Draft, ticked: Collection[str], texts: Mapping[str, str]) -> Draft:
    """The draft with the ticked rows only, in the words that a person gave them; numbered anew."""
    rows: list[DraftRow] = []
    for row in draft.rows:
        key = key_of(row)
        if key not in ticked:
            continue
        measure = replace(row.measure, n=len(rows) + 1)
        text = texts.get(key, "").replace("\r", "").strip()
        if text and text != measure.measure:
            paragraphs = tuple(line.strip() for line in text.split("\n") if line.strip())
            measure = replace(measure, measure="".join(paragraphs), paragraphs=paragraphs, targets=(), text_dates=())
        rows.append(replace(row, measure=measure))
    return replace(draft, plan=replace(draft.plan, measures=tuple(row.measure for row in rows)), rows=tuple(rows))


def as_word(draft: Draft) -> bytes:
    """The draft as Word, with where each row comes from. It has at least one row."""
    buffer = BytesIO()
    write_draft(draft, buffer)
    return buffer.getvalue()
