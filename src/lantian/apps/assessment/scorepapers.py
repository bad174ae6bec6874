"""Scores as Word and as a workbook: the matrix of all units, and every lost point with its reason."""

from __future__ import annotations

from collections.abc import Sequence

from lantian.apps.assessment import printed, scoretexts
from lantian.apps.assessment.scoring import Reason, UnitScore
from lantian.reading.output.shape import Column, Line, Place, Shape

Scores = Sequence[tuple[str, UnitScore]]  # name of the unit, its score
Titles = Sequence[tuple[str, str]]  # key and title of each item


def papers(title: str, note: str, titles: Titles, scores: Scores, form: str, *, mark: str = "") -> bytes:
    """The scores as ``docx`` or ``xlsx``; ``mark`` stands on every page (草稿)."""
    table, reasons = matrix(title, note, titles, scores), lost(f"{title}失分明细", note, titles, scores)
    if form == "xlsx":
        return printed.as_xlsx(joined(table, reasons), "考核得分")
    return printed.as_docx([table, reasons], mark)


def matrix(title: str, note: str, titles: Titles, scores: Scores) -> Shape:
    """Units × items with total, grade and rank."""
    heads = ["名次", "单位", *(name for _key, name in titles), "总分", "等次"]
    widths = [700, 1800, *([1000] * len(titles)), 1100, 1000]
    columns = tuple(Column("remark", head, width) for head, width in zip(heads, widths, strict=True))
    lines = [
        _line(
            str(score.rank or "—"), name, *(_points(item.low, item.high) for item in score.items),
            _points(score.low, score.high), score.grade.zh if score.grade else "—",
        )
        for name, score in scores
    ]  # fmt: skip
    return Shape(title, note, columns, tuple(lines))


def lost(title: str, note: str, titles: Titles, scores: Scores) -> Shape:
    """One row for every reason of every unit."""
    heads = (("单位", 1800), ("考核项", 2200), ("原因", 6000), ("加减分", 1000))
    columns = tuple(Column("remark", head, width) for head, width in heads)
    named = dict(titles)
    lines = [
        _line(name, named[item.key], _why(reason), scoretexts.figure(reason.points) if reason.points else "—")
        for name, score in scores
        for item in score.items
        for reason in item.reasons
    ]
    return Shape(title, note, columns, tuple(lines))


def _why(reason: Reason) -> str:
    refs = "、".join(ref.text for ref in reason.refs if ref.text)
    note = reason.note if reason.why not in ("appeal", "failed") else ""
    return scoretexts.sentence(reason) + "".join(f"（{part}）" for part in (note, refs) if part)


def _points(low: object, high: object) -> str:
    return scoretexts.points(low, high)  # type: ignore[arg-type]  # decimals both


def _line(*texts: str) -> Line:
    return Line(tuple(Place((text or "——",)) for text in texts))


def joined(first: Shape, second: Shape) -> Shape:
    """Both tables on one sheet, the second below the first; the narrower one's last cell spans the rest."""
    width = max(len(first.columns), len(second.columns))
    columns = first.columns if len(first.columns) == width else second.columns
    rows = [_line(*(column.title for column in second.columns)), *second.lines]
    below = [Line((Place((second.title,), span=width),), heading=True), *(_wide(row, width) for row in rows)]
    return Shape(first.title, first.note, columns, (*(_wide(row, width) for row in first.lines), *below))


def _wide(line: Line, width: int) -> Line:
    """The line with its last but one cell spread so that it fills the table."""
    *before, wide, last = line.places
    room = width - len(line.places)
    return line if not room else Line((*before, Place(wide.paragraphs, span=1 + room), last), line.heading)
