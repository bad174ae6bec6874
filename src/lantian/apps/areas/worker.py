"""What runs in the guarded worker: a workbook of areas and units as plain rows. Imports no Django."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lantian.reading import open_document
from lantian.reading.errors import ReadingError
from lantian.reading.sources.detect import sniff


def read_sheets(path: Path) -> dict[str, Any]:
    """``{"sheets": [[name, [[row number, [texts]], …]], …], "hidden": words}`` of every visible sheet with content.

    ``hidden`` names the hidden sheets, rows and columns that were not read. Raises ReadingError for anything but a
    workbook.
    """
    if sniff(path) != "xlsx":
        raise ReadingError(
            f"{path.name}：不是 Excel 工作簿（.xlsx）。请用导出的表格填写后再上传。",
            f"{path.name}: not an Excel workbook (.xlsx). Fill in an exported one and bring that.",
        )
    document = open_document(path)
    found: list[list[Any]] = []
    for table in document.tables():
        grid = table.grid()
        rows = []
        for index, places in enumerate(grid):
            texts = [" ".join(cell.text.split()) if cell is not None else "" for cell in places]
            if any(texts):
                rows.append([table.row_number(index), texts])
        found.append([table.caption, rows])
    hidden = "；".join(flag.detail for flag in document.flags if flag.id == "R45")
    return {"sheets": found, "hidden": hidden}
