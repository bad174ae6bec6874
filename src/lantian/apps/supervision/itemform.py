"""The form of a staged row and of a telephone note: the fields of a return's row, without a return being there yet."""

from __future__ import annotations

from dataclasses import dataclass

from lantian.apps.plans.models import TargetKind
from lantian.apps.supervision import entryform
from lantian.apps.supervision.models import Commitment, Entry, IncomingItem
from lantian.apps.supervision.queries.incoming import countable
from lantian.apps.supervision.queries.returns import FigureRow, Row
from lantian.status import Step, ladder_for


@dataclass(frozen=True, slots=True)
class Fields:
    """What a template shows of a row's form: its texts, the two fields of each target, the rungs of a document."""

    form: entryform.Form
    figures: list[entryform.FigureField]
    steps: tuple[Step, ...]


def row_of(commitment: Commitment, entry: Entry | None = None) -> Row:
    """A commitment (its measure and shares read before) as a row of a return, with what is said of it now."""
    given = {figure.share_id: figure for figure in entry.figures.all()} if entry else {}
    figures = [FigureRow(share, given.get(share.pk), None, None, None, "") for share in countable(commitment)]
    papers = [share.spec for share in commitment.shares.all() if share.spec.get("kind") == TargetKind.DELIVERABLE]
    ladder = ladder_for(str(papers[0].get("text") or commitment.measure.text)) if papers else None
    return Row(commitment, entry, None, figures, [], ladder)


def of_row(row: Row, typed: entryform.Form | None = None) -> Fields:
    """The fields of a row: as typed, else as stored."""
    form = typed or entryform.shown(row)
    return Fields(form, entryform.fields_of(row, form), row.ladder.steps if row.ladder else ())


def of_item(item: IncomingItem) -> Fields | None:
    """The fields of a staged row as it was read; None where it has no commitment yet."""
    if item.commitment is None:
        return None
    row = row_of(item.commitment)
    form = entryform.shown(row)
    form.values |= {name: str(text or "") for name, text in item.words.items()}
    form.done, form.no_change = item.done, item.no_change
    if item.done and item.words.get("document_number") and row.ladder:
        form.values["step"] = row.ladder.steps[-1].id
    for figure in item.figures:
        form.values[f"{entryform.PERIOD}{figure['share']}"] = str(figure["period_value"] or "")
        form.values[f"{entryform.TOTAL}{figure['share']}"] = str(figure["cumulative"] or "")
    return Fields(form, entryform.fields_of(row, form), row.ladder.steps if row.ladder else ())
