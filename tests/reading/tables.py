"""Small plan tables for tests, written as rows of strings (invented city and units)."""

from __future__ import annotations

from collections.abc import Sequence

from lantian.reading.layout import Cell, Document, Paragraph, Table

HEADER = ("序号", "重点任务", "工作措施", "完成时限", "牵头部门", "主责单位", "协办单位")


def dump(
    *rows: Sequence[str], header: Sequence[str] = HEADER, before: Sequence[str] = ("云岭市2025年行动计划",)
) -> Document:
    """A table as a text dump shows it: every place a cell of its own, blanks where cells were merged."""
    lines = [tuple(header), *rows]
    cols = max(len(row) for row in lines)
    cells = [
        Cell(r, c, [part for part in text.split("\n") if part] if text else [])
        for r, row in enumerate(lines)
        for c, text in enumerate(row)
    ]
    table = Table(len(lines), cols, cells, row_numbers=list(range(10, 10 + len(lines))))
    return Document("text", [*(Paragraph(text) for text in before), table])


def pages(*tables: Sequence[Sequence[str]], kind: str = "pdf") -> Document:
    """One table a page; ``^`` stands for a place that the cell above covers, ``<`` for one covered from its left."""
    blocks: list[Paragraph | Table] = [Paragraph("云岭市2025年行动计划", page=1)]
    for page, rows in enumerate(tables, start=1):
        cells: dict[tuple[int, int], Cell] = {}
        for r, row in enumerate(rows):
            for c, text in enumerate(row):
                if text == "^":
                    above = next(cells[q, c] for q in range(r - 1, -1, -1) if (q, c) in cells)
                    above.rowspan = r - above.row + 1
                elif text == "<":
                    left = next(cells[r, q] for q in range(c - 1, -1, -1) if (r, q) in cells)
                    left.colspan = c - left.col + 1
                else:
                    cells[r, c] = Cell(r, c, [text] if text else [])
        blocks.append(Table(len(rows), len(rows[0]), list(cells.values()), page=page))
    return Document(kind, blocks, pages=len(tables))
