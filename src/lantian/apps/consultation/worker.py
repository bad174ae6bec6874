"""What runs in the guarded worker: a filled form as plain tables. Imports neither Django nor the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lantian.reading import open_document


def read_form(path: Path) -> dict[str, Any]:
    """``{"lines": [text…], "tables": [[{"row": number, "cells": [text…]}…]…]}``; merged cells repeat their text."""
    document = open_document(path)
    tables = [
        [
            {"row": table.row_number(index), "cells": [cell.text if cell else "" for cell in places]}
            for index, places in enumerate(table.grid())
        ]
        for table in document.tables()
    ]
    return {"lines": [paragraph.text for paragraph in document.paragraphs()], "tables": tables}
