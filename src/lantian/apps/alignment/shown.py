"""A link as the workbench shows it: clauses side by side with their words compared. Pure, no query is made here."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from lantian.apps.alignment.models import Link, Relation
from lantian.apps.alignment.reading import wording_of
from lantian.apps.plans.models import Measure
from lantian.comparing import text_diff
from lantian.comparing.text import Piece

_FIGURE = re.compile(r"\d+(?:\.\d+)?")
FIELDS: dict[str, str | Promise] = {
    "text": pgettext_lazy("what differs", "words"), "unit": pgettext_lazy("what differs", "units"),
    "date": pgettext_lazy("what differs", "deadline"), "target": pgettext_lazy("what differs", "figure"),
    "role": pgettext_lazy("what differs", "part"),
}  # fmt: skip
# The shape of a relation, so that no colour is needed: same, wavy, cut, up, down, plus.
MARKS = {
    Relation.VERBATIM: "＝", Relation.ADAPTED: "≈", Relation.NARROWED: "◁", Relation.TIGHTENED: "▲",
    Relation.LOOSENED: "▼", Relation.ADDED: "＋",
}  # fmt: skip
STYLES = {
    Relation.VERBATIM: "state-done", Relation.ADAPTED: "state-run", Relation.NARROWED: "state-warn",
    Relation.TIGHTENED: "state-run", Relation.LOOSENED: "state-bad", Relation.ADDED: "state-draft",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the row above beside ours; pieces say what stayed, went, came. Empty where one side has nothing."""

    state: str
    city: list[Piece]
    district: list[Piece]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs, with what officials call it."""

    label: str | Promise
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A link with everything its row on the page says."""

    link: Link
    clauses: list[Clause]
    changes: list[Change]
    altered: list[Measure]  # rows whose words changed, or that were dropped, since the link was made

    @property
    def partners(self) -> list[Measure]:
        """The rows above, the main one first."""
        return [partner.measure for partner in self.link.partners.all()]


def show(link: Link) -> Shown:
    """A link whose rows are prefetched (:func:`lantian.apps.alignment.queries.with_rows`)."""
    partners = list(link.partners.all())
    altered = [
        p.measure for p in partners if p.measure.withdrawn is not None or p.wording != wording_of(p.measure.text)
    ]
    if link.wording != wording_of(link.measure.text):
        altered.append(link.measure)
    rows = {str(partner.measure.uid): partner.measure for partner in partners}
    changes = [
        Change(FIELDS.get(item["field"], item["field"]), item["from"] or "", item["to"] or "")
        for item in link.changes
        if item["field"] != "text"
    ]
    return Shown(link, _clauses(link, rows, altered), changes, altered)


def _clauses(link: Link, rows: dict[str, Measure], altered: list[Measure]) -> list[Clause]:
    if altered:  # clauses of words that are no more would mislead: both texts as they stand now
        whole = [Clause("given", [("equal", row.text)], []) for row in rows.values()]
        return [*whole, Clause("given", [], [("equal", link.measure.text)])]
    clauses = []
    for piece in link.pieces:
        city = piece["city"] if piece["measure"] in rows else ""
        if city or piece["district"]:
            clauses.append(_clause(piece["state"], city, piece["district"]))
    told = {piece["measure"] for piece in link.pieces}
    added = [row for uid, row in rows.items() if uid not in told]
    return [*clauses, *(Clause("given", [("equal", row.text)], []) for row in added)]


def _clause(state: str, city: str, district: str) -> Clause:
    # Figures have their own comparison: a clause may be the same but for them.
    if city and district and (state == "reworded" or _FIGURE.findall(city) != _FIGURE.findall(district)):
        pieces = text_diff(city, district)
        return Clause("reworded", [p for p in pieces if p[0] != "insert"], [p for p in pieces if p[0] != "delete"])
    return Clause(
        state if city and district else "lost" if city else "new",
        [("equal" if district else "delete", city)] if city else [],
        [("equal" if city else "insert", district)] if district else [],
    )
