"""What a column is by what stands in it: numbers, deadlines, units, sentences.

Used where header words tell nothing (谁来干 | 何时完成), and to see whether a table without a header goes on the one
above. A guess is never silent: columns taken by their content are flagged (R53).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from lantian.reading.columns import ROLE_FIELDS, Field, Grid, Header, header_field, is_list_word, settle
from lantian.reading.grammar.deadlines import is_deadline
from lantian.reading.grammar.units import is_unit_name, split_units
from lantian.reading.layout import Cell, Table
from lantian.reading.model import Flag
from lantian.reading.text import compare_form, join_layout

_SAMPLE = 16  # cells of a column that are looked at; a column is of one kind throughout
_MOST = 0.6  # share of the cells that must be of the kind
_FEWEST = 0.4  # share under which the cells speak against it
_SHORTEST_MEASURE = 6  # characters of a measure on average
_LONGEST_TITLE = 10  # characters of a header cell nobody has a word for
_FIRST_ROWS = 4
_NUMBER = re.compile(r"^[（(]?[\d一二三四五六七八九十①-⑳.．、（）()-]{1,6}$")
_BLANK = re.compile(r"^[-—–－_/／\s]*$|^(无|空)$")
_DUTY_WORD = re.compile(r"牵头|负责|配合|单位[：:]")


def read_header_by_content(grid: Grid, first: int, stop: int) -> Header | None:
    """A header whose words are unknown, told by the columns below it, in the rows ``first`` to ``stop`` of a grid.

    None unless units, deadlines and measures are all there: a list of contacts or of figures is no plan.
    """
    for start in range(first, min(stop - 2, first + _FIRST_ROWS)):
        cells = grid[start]
        texts = [join_layout(cell.text) if cell is not None else "" for cell in cells]
        if len({text for text in texts if text}) < 3 or not all(_is_title(text) for text in texts if text):
            continue
        if any(cell is not None and (cell.rowspan > 1 or cell.row < start) for cell in cells):
            continue
        if any(map(is_list_word, texts)):
            return None
        fields: list[Field | None] = [header_field(text) for text in texts]
        words = [compare_form(text) for text in texts]
        flags = complete(fields, words, grid[start + 1 : stop])
        if {"deadline", "measure"} <= set(fields) and set(fields) & set(ROLE_FIELDS):
            ranks = [0] * len(fields)
            return Header(settle(fields, words, ranks), words, _edges(cells), start, flags=flags)
        return None
    return None


def complete_header(header: Header, grid: Grid) -> None:
    """Find units or deadlines that no header word tells among the columns whose words are unknown (R53)."""
    body = grid[header.first_row + header.rows :]
    lacking = not any(header.has(name) for name in ROLE_FIELDS) or not (header.has("deadline") and header.has("seq"))
    if lacking and any(name is None for name in header.fields) and not header.listing:
        header.flags.extend(complete(header.fields, header.words, body, measure=False))


def complete(fields: list[Field | None], words: Sequence[str], body: Grid, *, measure: bool = True) -> list[Flag]:
    """Fill unknown columns by their content, in place; the flags name what was found so."""
    flags = []
    for index, name in enumerate(fields):
        kind = _kind(_column(body, index)) if name is None else None
        if kind is not None and kind not in fields and (words[index] or (index == 0 and kind == "seq")):
            if kind == "responsible" and any(role in fields for role in ROLE_FIELDS):
                continue
            fields[index] = kind
            flags.append(Flag("R53", f"{words[index]}: {kind}"))
    if measure and "measure" not in fields:
        free = [index for index, name in enumerate(fields) if name in (None, "task")]
        lengths = {index: _mean_length(_column(body, index)) for index in free}
        longest = max(free, key=lambda index: lengths[index], default=-1)
        if free and lengths[longest] >= _SHORTEST_MEASURE:
            fields[longest] = "measure"
            flags.append(Flag("R53", f"{words[longest]}: measure"))
            left = [index for index in free if index < longest and fields[index] is None and words[index]]
            if left and "task" not in fields:
                fields[left[-1]] = "task"
    return flags


def fits(table: Table, grid: Grid, header: Header, *, surely: bool = False) -> bool:
    """Whether the cells of a table without a header are what the header above says of their columns.

    ``surely``: units or deadlines must be there to show it; else it is enough that nothing speaks against it.
    """
    if table.cols != len(header.fields):
        return not surely  # told by the edges alone
    shown = False
    for index, name in enumerate(header.fields):
        texts = _column(grid, index)
        if name == "seq" and texts and header_field(texts[0]) == "seq":
            return False
        if not texts or name not in (*ROLE_FIELDS, "deadline"):
            continue
        share = _share(texts, is_deadline if name == "deadline" else is_unit_list)
        if share < _FEWEST and (len(texts) > 1 or surely):
            return False
        shown = shown or share >= _MOST
    return shown or not surely


def is_unit_list(text: str) -> bool:
    """Whether a cell names units (or says who leads and who supports) and nothing else."""
    if _DUTY_WORD.search(text):
        return len(text) < 300
    names = [unit.name for unit in split_units(text)]
    return bool(names) and sum(map(is_unit_name, names)) * 2 >= len(names)


def _is_title(text: str) -> bool:
    if len(text) > _LONGEST_TITLE or _NUMBER.match(text) or text[-1] in "。；;，,":
        return False
    return header_field(text) is not None or not (is_deadline(text) or is_unit_list(text))


def _column(grid: Grid, index: int) -> list[str]:
    """The first printed cells of a column, each once, dashes left out."""
    texts: list[str] = []
    last: Cell | None = None
    for row in grid:
        cell = row[index] if index < len(row) else None
        if cell is None or cell is last or cell.colspan > 1:
            continue
        last = cell
        if not _BLANK.match(cell.text.strip()):
            texts.append(cell.text)
            if len(texts) == _SAMPLE:
                break
    return texts


def _kind(texts: list[str]) -> Field | None:
    if not texts:
        return None
    if _share(texts, lambda text: bool(_NUMBER.match(join_layout(text)))) >= _MOST:
        return "seq"
    if _share(texts, is_deadline) >= _MOST:
        return "deadline"
    return "responsible" if _share(texts, is_unit_list) >= _MOST else None


def _share(texts: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(bool(test(text)) for text in texts) / len(texts) if texts else 0.0


def _mean_length(texts: Sequence[str]) -> float:
    return sum(len(join_layout(text)) for text in texts) / len(texts) if texts else 0.0


def _edges(cells: Sequence[Cell | None]) -> list[tuple[float, float] | None]:
    return [None if cell is None or cell.box is None else (cell.box.x0, cell.box.x1) for cell in cells]
