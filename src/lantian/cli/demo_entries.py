"""What units of the demonstration report: figures that follow each target's plan curve, and files of evidence."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lantian.apps.core.models import User
    from lantian.apps.supervision.models import Commitment, Return

Told = Mapping[str, Any]
_COUNT, _SMALL = "count", Decimal("0.01")


def figure(item: Any, pace: Decimal) -> tuple[Decimal | None, Decimal | None]:
    """What a unit reports for a ``FigureRow``, this period's value and the cumulative one: counts along the plan curve
    at its pace, whole things whole; of others the target nearly met."""
    value = item.share.value
    if value is None:
        return None, None
    if item.kind == _COUNT:
        aim = item.planned if item.planned is not None else value
        now = (aim * pace).to_integral_value() if value == value.to_integral_value() else (aim * pace).quantize(_SMALL)
        now = max(min(now, value), item.before or Decimal(0))
        return now - (item.before or Decimal(0)), now
    at_most = (item.share.spec.get("comparator") or "") in ("<=", "<")
    off = (value * (Decimal("1.06") - pace * Decimal("0.08"))) if at_most else value * min(Decimal(1), pace)
    now = off.quantize(_SMALL)
    return None, min(now, Decimal(100)) if item.unit == "%" else now


def files_of(row: Commitment, told: Iterable[Told], month: str = "") -> list[Told]:
    """What the story tells of files (``n``, ``units``, ``name``, ``text``, ``month``) about a row of a unit."""
    return [
        item
        for item in told
        if item["n"] == row.measure.n and row.unit.name in item["units"] and item.get("month", month) == month
    ]


def attach(user: User, ret: Return, row: Commitment, told: Iterable[Told], month: str = "") -> None:
    """Attach these files to the row."""
    from lantian.apps.supervision.actions import evidence

    for item in files_of(row, told, month):
        evidence.attach(user, ret, row, item["name"], [_paper(item, row.unit.name)])


def _paper(item: Told, unit: str) -> bytes:
    """A Word file with a heading, the unit and one paragraph."""
    import docx

    paper, stream = docx.Document(), io.BytesIO()
    paper.add_heading(str(item["name"]).rpartition(".")[0], 1)
    paper.add_paragraph(unit)
    paper.add_paragraph(item["text"])
    paper.save(stream)
    return stream.getvalue()
