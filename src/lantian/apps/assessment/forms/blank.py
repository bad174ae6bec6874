"""A blank as a grid, and the same file with values in its cells. Runs in the guarded worker.

The file is changed where a value goes and nowhere else: parts, styles, widths, pictures and formulas of the office
above stay as they are.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from lantian.apps.assessment.forms import word, workbook
from lantian.reading.errors import ReadingError
from lantian.reading.sources.package import Package

VALUES = "values.json"  # beside the blank: what is to be put where
LONGEST = 32_000  # characters of one cell (32,767 in a workbook)
_MACRO_PARTS = ("vbaproject.bin", "vbadata.xml")
_KINDS = (
    (b"spreadsheetml.sheet.main", "xlsx", "xl/workbook.xml"),
    (b"wordprocessingml.document.main", "docx", "word/document.xml"),
)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Grid = dict[str, Any]
"""``{"kind": "xlsx"|"docx", "sheets": [{"name", "rows": [[cell or null…]…]}]}``; a cell is ``{"text", "rows", "cols"}``
(how many places it covers) and ``"formula": true`` where it computes; places covered by another cell are null."""
Value = dict[str, Any]  # {"sheet", "row", "col", "text"} or with "number" (decimal text) instead of "text"


def read_blank(path: Path) -> Grid:
    """The grid of an XLSX or DOCX file. Raises ReadingError: another kind, macros, damaged, no table."""
    kind = _checked(path)
    with Package(path) as package:
        sheets = workbook.sheets_of(package, path.name) if kind == "xlsx" else word.tables_of(package)
    if not any(cell and cell["text"] for sheet in sheets for row in sheet["rows"] for cell in row):
        raise ReadingError(f"“{path.name}”里没有可以填写的表格。", f"{path.name} holds no table to fill.")
    return {"kind": kind, "sheets": sheets}


def fill_beside(path: Path) -> bytes:
    """The blank with the values that stand in :data:`VALUES` beside it."""
    return fill(path, json.loads((path.parent / VALUES).read_text(encoding="utf-8")))


def fill(path: Path, values: Sequence[Value]) -> bytes:
    """The blank with ``values`` in its cells, typed: texts are never formulas. A cell that computes is left alone."""
    kind = _checked(path)
    clean = [_clean(item) for item in values]
    with Package(path) as package:
        changed = workbook.filled(package, path.name, clean) if kind == "xlsx" else word.filled(package, clean)
    return _rewritten(path, changed)


def _clean(item: Value) -> Value:
    if "text" not in item:
        return item
    text = _FORBIDDEN.sub("", str(item["text"]).replace("\r\n", "\n").replace("\r", "\n"))
    return item | {"text": text[:LONGEST]}


def _checked(path: Path) -> str:
    """What the file is by its content; macros are refused whatever the name ends in."""
    with Package(path) as package:
        names = _names(path)
        if any(name.rpartition("/")[2].lower() in _MACRO_PARTS for name in names):
            raise ReadingError(
                f"“{path.name}”带有宏，不能使用；请另存为不带宏的 XLSX 或 DOCX。",
                f"{path.name} carries macros and was refused; save it without them.",
            )
        types = package.part("[Content_Types].xml") or b""
        if b"macroEnabled" in types:
            raise ReadingError(
                f"“{path.name}”是启用宏的文件，不能使用；请另存为不带宏的 XLSX 或 DOCX。",
                f"{path.name} is a file for macros and was refused; save it as XLSX or DOCX.",
            )
        for mark, kind, usual in _KINDS:
            if mark in types and package.part(main := package.main_part(usual)) is not None:
                _refuse_strict(path, next(name for name in names if name.lower() == main.lower()))
                return kind
    raise ReadingError(
        f"“{path.name}”不是 Excel（XLSX）或 Word（DOCX）表格。",
        f"{path.name} is neither a workbook nor a Word document.",
    )


def _refuse_strict(path: Path, part: str) -> None:
    """Strict OOXML has namespaces of its own; what is written here would not fit the rest of such a file."""
    with zipfile.ZipFile(path) as archive, archive.open(part) as stream:
        if b"purl.oclc.org/ooxml" in stream.read(8192):
            raise ReadingError(
                f"“{path.name}”是“严格 Open XML”格式，请另存为普通的 XLSX 或 DOCX。",
                f"{path.name} is in Strict Open XML; save it as an ordinary XLSX or DOCX.",
            )


def _names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def _rewritten(path: Path, changed: dict[str, bytes]) -> bytes:
    """The container with some parts replaced; sizes were checked when it was opened as a package."""
    target = BytesIO()
    wanted = {name.lower(): content for name, content in changed.items()}
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after:
        for item in before.infolist():
            content = wanted.get(item.filename.lower())
            after.writestr(item.filename, before.read(item) if content is None else content)
    return target.getvalue()
