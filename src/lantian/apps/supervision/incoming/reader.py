"""What runs in the guarded worker: a file as lines and tables. Imports neither Django nor the database."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from lantian.apps.supervision.incoming.model import Content
from lantian.apps.supervision.incoming.words import tidy
from lantian.reading import open_document
from lantian.reading.errors import ReadingError
from lantian.reading.layout import Cell, Document, Paragraph, Table
from lantian.reading.sources.detect import decode, sniff
from lantian.reading.sources.package import Package
from lantian.reading.sources.xlsx.book import S, read_book

MAX_TEXT = 200_000  # characters of a pasted text or a text file: some hundred returns
_MACROS = ("vbaproject.bin",)
_SHEETS = "xlsx"


def read_piece(path: Path) -> Content:
    """The content of a file (see :data:`~lantian.apps.supervision.incoming.model.Content`).

    What the file is, is told by its content. Raises ReadingError: what no reader takes, and what holds macros.
    """
    kind = sniff(path)
    if kind == "text":
        return content_of_text(decode(path.read_bytes(), path.name), path.name)
    if kind in ("docx", _SHEETS):
        _refuse_macros(path)
    document = open_document(path)
    marks = formulas(path) if document.kind == _SHEETS else {}
    content = {"kind": document.kind, "blocks": _blocks(document, marks)}
    if not content["blocks"]:
        raise ReadingError(f"{path.name}：文件中没有文字", f"{path.name}: no text in the file")
    return content


def content_of_text(text: str, name: str = "") -> Content:
    """Running text as lines; lines with tabs that stand together (copied from a sheet) as a table.

    Raises ReadingError for more than :data:`MAX_TEXT` characters.
    """
    if len(text) > MAX_TEXT:
        limit = f"{MAX_TEXT:,}"
        who_zh, who_en = (f"{name}：", f"{name}: ") if name else ("", "")
        raise ReadingError(
            f"{who_zh}文字超过 {limit} 字，请分开报送", f"{who_en}more than {limit} characters; send it in parts"
        )
    blocks: list[dict[str, Any]] = []
    open_table: dict[str, Any] | None = None
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        if "\t" in line.strip("\t "):
            if open_table is None:
                open_table = {"caption": "", "rows": []}
                blocks.append(open_table)
            cells = [tidy(cell) for cell in line.split("\t")]
            open_table["rows"].append({"row": number, "cells": cells, "marks": {}})
            continue
        if line.strip():
            open_table = None
            blocks.append({"line": number, "text": line.strip()})
    return {"kind": "text", "blocks": blocks}


def _refuse_macros(path: Path) -> None:
    """Raise ReadingError for a document that carries a program, whatever its name ends in."""
    with zipfile.ZipFile(path) as archive:
        if any(name.lower().endswith(_MACROS) for name in archive.namelist()):
            raise ReadingError(
                f"{path.name}：文件带有宏（程序），不予接收；请另存为不带宏的 XLSX 或 DOCX 后再报送",
                f"{path.name}: the file carries macros and was refused; save it without them as XLSX or DOCX",
            )


def _blocks(document: Document, marks: dict[str, dict[tuple[int, int], str]]) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            if text := tidy(block.label + block.text):
                blocks.append({"line": block.line, "text": text})
        else:
            blocks.append(_table(block, marks.get(block.caption, {})))
    return blocks


def _table(table: Table, marks: dict[tuple[int, int], str]) -> dict[str, Any]:
    rows = []
    for index, places in enumerate(table.grid()):
        number = table.row_number(index)
        found = {str(col): "merged" for col, cell in enumerate(places) if cell is not None and _is_shared(cell)}
        found |= {str(col): marks[number, col] for col in range(table.cols) if (number, col) in marks}
        cells = [tidy(cell.text) if cell is not None else "" for cell in places]
        rows.append({"row": number, "cells": cells, "marks": found})
    return {"caption": table.caption, "rows": rows}


def _is_shared(cell: Cell) -> bool:
    """Whether a cell stands for several rows and says something there."""
    return cell.rowspan > 1 and bool(cell.text.strip())


def formulas(path: Path) -> dict[str, dict[tuple[int, int], str]]:
    """By sheet the places (row from 1, column from 0 of the visible columns) that hold a formula.

    ``unsaved`` is a formula without a stored result: what it would show is not known.
    """
    found: dict[str, dict[tuple[int, int], str]] = {}
    with Package(path) as package:
        for sheet in read_book(package, path.name).sheets:
            if sheet.hidden:
                continue
            places: dict[tuple[int, int], str] = {}
            first = None
            for item in package.rows(sheet.part, (f"{S}c",)):
                place = _place(item.get("r", ""))
                if place is None:
                    continue
                first = place[1] if first is None else min(first, place[1])
                if item.find(f"{S}f") is not None:
                    places[place] = "formula" if item.findtext(f"{S}v") else "unsaved"
            found[sheet.name] = {(row, col - (first or 0)): kind for (row, col), kind in places.items()}
    return found


def _place(reference: str) -> tuple[int, int] | None:
    """``B12`` → (12, 1)."""
    letters = reference.rstrip("0123456789")
    digits = reference[len(letters) :]
    if not letters.isascii() or not letters.isalpha() or not digits or len(reference) > 10:
        return None
    col = 0
    for letter in letters.upper():
        col = col * 26 + ord(letter) - 64
    return int(digits), col - 1
