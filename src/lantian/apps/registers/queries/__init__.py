"""Reads of registers."""

from lantian.apps.registers.placing import title
from lantian.apps.registers.queries.choosing import Choice, choice_of
from lantian.apps.registers.queries.past import Entry, history, said_on
from lantian.apps.registers.queries.rows import (
    Labels,
    Linked,
    Page,
    Place,
    Row,
    Summary,
    attachment,
    every,
    labels,
    linked,
    overview,
    page,
    places,
    record,
    row,
    row_of,
    sessions,
    staged,
    totals,
    visible,
)

__all__ = [
    "Choice", "Entry", "Labels", "Linked", "Page", "Place", "Row", "Summary", "attachment", "choice_of", "every",
    "history", "labels", "linked", "overview", "page", "places", "record", "row", "row_of", "said_on", "sessions",
    "staged", "title", "totals", "visible",
]  # fmt: skip
