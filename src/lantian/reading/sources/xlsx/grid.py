"""The visible part of a sheet: lines above the table as paragraphs, then the table with its merged cells."""

from __future__ import annotations

from dataclasses import dataclass, field

from lantian.reading.layout import Cell, Paragraph, Table
from lantian.reading.sources.hard_lines import paragraphs_of, starts_numbered
from lantian.reading.sources.limits import limit
from lantian.reading.sources.xlsx.book import CellStyle

Place = tuple[int, int]  # row and column of the sheet, from 1


@dataclass(slots=True)
class SheetContent:
    """What one sheet holds: texts and styles by place, merged ranges, hidden rows and columns, unsaved formulas."""

    texts: dict[Place, str] = field(default_factory=dict)
    styles: dict[Place, CellStyle] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)  # first row, first col, last row, last col
    hidden_rows: set[int] = field(default_factory=set)
    hidden_cols: set[int] = field(default_factory=set)
    unsaved: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Area:
    """The visible part of a merged range; ``anchor`` is the place whose text it shows."""

    anchor: Place
    rows: list[int]
    cols: list[int]


def sheet_blocks(sheet: SheetContent, title: str) -> list[Paragraph | Table]:
    """Paragraphs and table of a sheet, nothing for an empty one; ``title`` becomes the table's caption.

    Rows of the table are counted as in the sheet (``row_numbers``). Raises OverflowError beyond the limit of places.
    """
    shown = [place for place in sheet.texts if place[0] not in sheet.hidden_rows and place[1] not in sheet.hidden_cols]
    written = [area for merge in sheet.merges if merge[:2] in sheet.texts and (area := _visible(merge, sheet))]
    rows = {row for row, _ in shown}.union(*((area.rows[0], area.rows[-1]) for area in written))
    cols = {col for _, col in shown}.union(*((area.cols[0], area.cols[-1]) for area in written))
    if not rows:
        return []
    row_list = [row for row in range(min(rows), max(rows) + 1) if row not in sheet.hidden_rows]
    col_list = [col for col in range(min(cols), max(cols) + 1) if col not in sheet.hidden_cols]
    if len(row_list) * len(col_list) > limit("table_places"):
        raise OverflowError
    cells = _cells(sheet, row_list, col_list)
    above = _lines_above(cells, len(row_list), len(col_list))
    blocks: list[Paragraph | Table] = [
        Paragraph(
            cell.text,
            bold=cell.bold,
            centred=cell.colspan > 1 or sheet.styles.get((row_list[cell.row], col_list[cell.col]), CellStyle()).centred,
        )
        for cell in above
    ]
    skipped = above[-1].row + above[-1].rowspan if above else 0
    rest = [cell for cell in cells if cell.row >= skipped]
    for cell in rest:
        cell.row -= skipped
    if rest:
        numbers = row_list[skipped:]
        blocks.append(Table(len(numbers), len(col_list), rest, row_numbers=numbers, caption=title))
    return blocks


def left_out(sheet: SheetContent) -> list[str]:
    """The hidden rows and columns that hold text, as the sheet names them: ``5``, ``C``."""
    rows = sorted({row for row, _ in sheet.texts if row in sheet.hidden_rows})
    cols = sorted({col for _, col in sheet.texts if col in sheet.hidden_cols})
    return [str(row) for row in rows] + [column_letters(col) for col in cols]


def column_letters(col: int) -> str:
    """The name of a column: 28 → AB."""
    text = ""
    while col:
        col, rest = divmod(col - 1, 26)
        text = chr(65 + rest) + text
    return text


def _visible(merge: tuple[int, int, int, int], sheet: SheetContent) -> _Area | None:
    first_row, first_col, last_row, last_col = merge
    rows = [row for row in range(first_row, min(last_row, limit("sheet_rows")) + 1) if row not in sheet.hidden_rows]
    cols = [col for col in range(first_col, min(last_col, limit("sheet_columns")) + 1) if col not in sheet.hidden_cols]
    return _Area((first_row, first_col), rows, cols) if rows and cols else None


def _cells(sheet: SheetContent, row_list: list[int], col_list: list[int]) -> list[Cell]:
    row_at = {row: index for index, row in enumerate(row_list)}
    col_at = {col: index for index, col in enumerate(col_list)}
    starts: dict[Place, _Area] = {}
    covered: set[Place] = set()
    for first_row, first_col, last_row, last_col in sheet.merges:
        rows = [row for row in range(first_row, min(last_row, row_list[-1]) + 1) if row in row_at]
        cols = [col for col in range(first_col, min(last_col, col_list[-1]) + 1) if col in col_at]
        places = [(row, col) for row in rows for col in cols]
        if places and covered.isdisjoint(places):
            covered.update(places)
            starts[places[0]] = _Area((first_row, first_col), rows, cols)
    cells: list[Cell] = []
    for row in row_list:
        for col in col_list:
            area = starts.get((row, col))
            if area is None and (row, col) in covered:
                continue
            source = area.anchor if area else (row, col)
            text = sheet.texts.get(source, "")
            cells.append(
                Cell(
                    row_at[row],
                    col_at[col],
                    paragraphs_of(text.split("\n")),
                    rowspan=len(area.rows) if area else 1,
                    colspan=len(area.cols) if area else 1,
                    bold=bool(text) and sheet.styles[source].bold,
                )
            )
    return cells


def _lines_above(cells: list[Cell], rows: int, cols: int) -> list[Cell]:
    """The lines above the table: single texts, up to the first row with several; a numbered line is a section of it."""
    by_row: dict[int, list[Cell]] = {}
    for cell in cells:
        if cell.paragraphs:
            by_row.setdefault(cell.row, []).append(cell)
    lines: list[Cell] = []
    for row in range(rows):
        texts = by_row.get(row, [])
        if len(texts) > 1 or any(
            (cell.rowspan > 1 and cell.colspan < cols) or starts_numbered(cell.text) for cell in texts
        ):
            break
        lines.extend(texts)
    return lines
