"""Lists that people bring (.xlsx, .csv) as plain rows. Run in the guarded worker: such files are hostile until read."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path
from typing import Any

from lantian.reading.errors import ReadingError
from lantian.reading.sources.detect import sniff

LARGEST = 10 * 2**20  # bytes of a CSV, which is read whole
_ENCODINGS = ("utf-8-sig", "gb18030")


def read_list(path: Path) -> list[list[Any]]:
    """``[[row number, [texts]], …]`` of the first table with content. Raises ReadingError for anything else."""
    if path.suffix.lower() == ".csv":
        return _csv(path)
    if sniff(path) != "xlsx":
        raise ReadingError(
            f"{path.name}：不是 Excel 工作簿（.xlsx）或 CSV 文件。请用本页的空表填写后再上传。",
            f"{path.name}: neither an Excel workbook (.xlsx) nor CSV. Fill in the empty list of this page.",
        )
    from lantian.reading import open_document

    for table in open_document(path).tables():
        rows = []
        for index, places in enumerate(table.grid()):
            texts = [" ".join(cell.text.split()) if cell is not None else "" for cell in places]
            if any(texts):
                rows.append([table.row_number(index), texts])
        if rows:
            return rows
    return []


def _csv(path: Path) -> list[list[Any]]:
    content = path.read_bytes()
    if len(content) > LARGEST or b"\x00" in content:
        raise ReadingError(f"{path.name}：不是表格，或者太大。", f"{path.name}: no table, or too large.")
    reader = csv.reader(StringIO(decoded(path, content), newline=""))
    rows: list[list[Any]] = []
    try:
        for cells in reader:
            texts = [" ".join(cell.split()) for cell in cells]
            if any(texts):
                rows.append([reader.line_num, texts])
    except csv.Error as error:
        raise ReadingError(f"{path.name}：第{reader.line_num}行不是 CSV。", f"{path.name}: {error}") from None
    return rows


def decoded(path: Path, content: bytes) -> str:
    """The text of a file in UTF-8 or GB 18030. Raises ReadingError for anything else."""
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ReadingError(f"{path.name}：文字编码无法识别。", f"{path.name}: the encoding is not known.")
