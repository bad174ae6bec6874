"""Plans out: JSON (contracts §1), CSV and XLSX with one row per measure, Word in the shape of the printed table."""

from __future__ import annotations

from lantian.reading.output.contract import (
    deadline_dict,
    measure_dict,
    plan_dict,
    source_dict,
    target_dict,
    to_json,
)
from lantian.reading.output.docx import write_docx
from lantian.reading.output.rows import COLUMNS, SEPARATOR, header_row, measure_row, to_csv
from lantian.reading.output.xlsx import write_xlsx

__all__ = [
    "COLUMNS",
    "SEPARATOR",
    "deadline_dict",
    "header_row",
    "measure_dict",
    "measure_row",
    "plan_dict",
    "source_dict",
    "target_dict",
    "to_csv",
    "to_json",
    "write_docx",
    "write_xlsx",
]
