"""What runs in the guarded worker: a list (.xlsx, .csv) as plain rows. Imports no Django."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path
from typing import Any

from lantian.reading import open_document
from lantian.reading.errors import ReadingError
from lantian.reading.sources.detect import sniff

_LARGEST = 5 * 1024 * 1024  # a list of people; a CSV is read whole
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
    if len(content) > _LARGEST or b"\x00" in content:
        raise ReadingError(f"{path.name}：不是名单，或者太大。", f"{path.name}: no list of people, or too large.")
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise ReadingError(f"{path.name}：文字编码无法识别。", f"{path.name}: the encoding is not known.")
    reader = csv.reader(StringIO(text, newline=""))
    rows: list[list[Any]] = []
    try:
        for cells in reader:
            texts = [" ".join(cell.split()) for cell in cells]
            if any(texts):
                rows.append([reader.line_num, texts])
    except csv.Error as error:
        raise ReadingError(f"{path.name}：第{reader.line_num}行不是 CSV。", f"{path.name}: {error}") from None
    return rows
