"""A draft plan as Word: the printed table with a further column that says where each row comes from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import IO

from lantian.comparing.alignment.next_year import ORIGINS, Draft
from lantian.reading.output.docx import write_shapes
from lantian.reading.output.shape import Column, Line, Place, Shape, shape_of

_REMARK = Column("remark", "备注（来源、说明）", 3000)
_MARK = "起草稿"


def write_draft(draft: Draft, target: IO[bytes] | str | Path) -> None:
    """Write a draft; the head of every page says that it is one.

    :raises ValueError: the draft has no rows.
    """
    if not draft.rows:
        raise ValueError("a draft without rows")
    write_shapes([_with_remarks(shape_of(draft.plan), draft)], target, mark=_MARK)


def _with_remarks(shape: Shape, draft: Draft) -> Shape:
    remarks = iter(draft.rows)
    lines = []
    for line in shape.lines:
        if line.heading:
            lines.append(Line((replace(line.places[0], span=line.places[0].span + 1),), heading=True))
            continue
        row = next(remarks)
        lines.append(Line((*line.places, Place((f"【{ORIGINS[row.origin]}】{row.note}",)))))
    return replace(shape, columns=(*shape.columns, _REMARK), lines=tuple(lines))
