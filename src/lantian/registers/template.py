"""Sheets of ours: an empty template, rows out in the same columns, a file back with its errors marked.

What goes out can come in again: headings, choices and values are those that :mod:`lantian.registers.rows` reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from lantian.reading.output.xlsx import workbook
from lantian.registers.columns import Heading, headings
from lantian.registers.declared import Field, Register
from lantian.registers.sheets import NOTE
from lantian.registers.values import plain

OURS = ("问题", "原文件行号")  # columns of a file with its errors marked; ignored when it comes again
Named = Callable[[Field, Any], str]  # an area's code, a unit's uid → its name
Sent = str | float | None


@dataclass(frozen=True, slots=True)
class Marked:
    """A row that goes back: its cells, what is wrong by field (whether it is a warning, a sentence), all in words."""

    line: int
    cells: Sequence[Sent]
    wrong: Mapping[str, tuple[bool, str]]
    says: str


_KINDS = {
    "text": "文字", "integer": "整数", "decimal": "数字", "date": "日期，如 2026-03-05",
    "datetime": "日期和时间，如 2026-03-05 14:30", "bool": "是 或 否", "choice": "从下拉列表中选择",
    "area": "区域名称或代码", "unit": "单位名称", "plate": "车牌号", "vin": "17 位车辆识别代号",
    "point": "度，如 116.3912", "polygon": "WKT 或 GeoJSON 的面", "ref": "相应台账的编号",
}  # fmt: skip
_DATUMS = ("WGS-84", "CGCS2000", "GCJ-02", "BD-09")
_ROWS = 2000  # rows of the template that have drop-downs
_LONGEST_LIST = 250  # characters of a drop-down list that a workbook keeps in the cell's rule


def template(register: Register) -> bytes:
    """An empty workbook: headings, what belongs into each column, an example, drop-downs; a second sheet explains."""
    target = BytesIO()
    book = workbook(target)
    formats = _formats(book)
    sheet = book.add_worksheet(_sheet_name(register))
    columns = headings(register)
    for at, column in enumerate(columns):
        sheet.set_column(at, at, _width(column))
        sheet.write_string(0, at, heading_text(column), formats["must" if column.field.required else "head"])
        sheet.write_string(1, at, NOTE + note(column), formats["note"])
        sheet.write_string(2, at, f"{NOTE}例：{example(column)}", formats["note"])
        _rule(sheet, at, column)
    sheet.freeze_panes(1, 0)
    sheet.set_row(1, 48)
    _explain(book, register, columns, formats)
    book.close()
    return target.getvalue()


def heading_text(column: Heading) -> str:
    """What the header prints: a required column has a star."""
    return column.text + ("*" if column.field.required and column.part != "datum" else "")


def note(column: Heading) -> str:
    """What belongs into a column, in one line."""
    field = column.field
    parts = [
        "必填" if field.required else "选填",
        "坐标系，不填为 WGS-84" if column.part == "datum" else _KINDS[field.type],
    ]
    if field.low is not None or field.high is not None:
        low, high = (plain(item) if item is not None else "" for item in (field.low, field.high))
        parts.append(f"{low}–{high}{field.measure}" if low and high else f"≥ {low}" if low else f"≤ {high}")
    if field.help:
        parts.append(field.help.zh)
    return "；".join(parts)


def example(column: Heading) -> str:
    """An example of a value."""
    field = column.field
    if field.example and not column.part:
        return field.example
    if field.type == "point":
        return {"lon": "116.3912", "lat": "39.9067", "datum": _DATUMS[0]}[column.part]
    fixed = {"date": "2026-03-05", "datetime": "2026-03-05 14:30", "bool": "是", "integer": "12", "decimal": "12.5"}
    return field.choices[0].value if field.choices else fixed.get(field.type, "")


def _rule(sheet: Any, at: int, column: Heading) -> None:
    options: Sequence[str] = ()
    if column.part == "datum":
        options = _DATUMS
    elif column.field.type == "choice":
        options = [item.value for item in column.field.choices]
    elif column.field.type == "bool":
        options = ("是", "否")
    if options and len(",".join(options)) <= _LONGEST_LIST and not any("," in item for item in options):
        rule = {"validate": "list", "source": list(options), "error_title": "请从列表中选择", "error_type": "stop"}
        sheet.data_validation(3, at, _ROWS, at, rule)


def _explain(book: Any, register: Register, columns: Sequence[Heading], formats: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet("填写说明")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 70)
    sheet.set_column(2, 2, 50)
    sheet.write_string(0, 0, register.label.zh, formats["head"])
    sheet.write_string(0, 1, register.describes.zh, formats["body"])
    for at, text in enumerate(("列", "填写要求", "可填内容")):
        sheet.write_string(2, at, text, formats["head"])
    for line, column in enumerate(columns, start=3):
        choices = "、".join(item.value for item in column.field.choices)
        for at, text in enumerate((heading_text(column), note(column), choices)):
            sheet.write_string(line, at, text, formats["body"])


def _formats(book: Any) -> dict[str, Any]:
    head = {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "bg_color": "#E8EEF4"}
    return {
        "head": book.add_format(head),
        "must": book.add_format(head | {"bg_color": "#FFF2CC"}),
        "note": book.add_format({"italic": True, "font_color": "#666666", "text_wrap": True, "valign": "top"}),
        "body": book.add_format({"text_wrap": True, "valign": "top", "border": 1}),
        "wrong": book.add_format({"text_wrap": True, "valign": "top", "border": 1, "bg_color": "#F8CBAD"}),
        "odd": book.add_format({"text_wrap": True, "valign": "top", "border": 1, "bg_color": "#FFE699"}),
    }


def _sheet_name(register: Register) -> str:
    return "".join("_" if letter in "[]:*?/\\'" else letter for letter in register.label.zh)[:31] or register.name


def _width(column: Heading) -> float:
    return {"text": 22, "polygon": 30, "unit": 22, "area": 16}.get(column.field.type, 14)


def cells_of(columns: Sequence[Heading], values: Mapping[str, Any], named: Named) -> list[Sent]:
    """One row as a sheet keeps it: figures as numbers, all else as text."""
    return [_sent(column, values.get(column.field.name), named) for column in columns]


def _sent(column: Heading, value: Any, named: Named) -> Sent:
    kind = column.field.type
    if value is None:
        return None
    if kind == "point":
        found = {"lon": value["x"], "lat": value["y"], "datum": value["datum"]}[column.part]
        return found if isinstance(found, str) else float(found)
    if kind in ("integer", "decimal") and len(str(value).strip("-0.").replace(".", "")) <= 15:
        return float(value)
    return shown(column.field, value, named)


def shown(field: Field, value: Any, named: Named) -> str:
    """A canonical value as text that can be read again."""
    if value is None:
        return ""
    if field.type == "bool":
        return "是" if value else "否"
    if field.type in ("area", "unit"):
        return named(field, value)
    if field.type == "point":
        return f"{value['x']},{value['y']}"
    if field.type == "polygon":
        return str(value["wkt"])
    return str(value)


def write(register: Register, rows: Iterable[Mapping[str, Any]], named: Named) -> bytes:
    """The rows as a workbook in the template's columns; no text becomes a formula (contracts §8)."""
    target = BytesIO()
    book = workbook(target)
    formats = _formats(book)
    sheet = book.add_worksheet(_sheet_name(register))
    columns = headings(register)
    for at, column in enumerate(columns):
        sheet.set_column(at, at, _width(column))
        sheet.write_string(0, at, heading_text(column), formats["head"])
    line = 0
    for line, values in enumerate(rows, start=1):
        for at, sent in enumerate(cells_of(columns, values, named)):
            put(sheet, line, at, sent)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(line, 1), len(columns) - 1)
    book.close()
    return target.getvalue()


def put(sheet: Any, line: int, at: int, sent: Sent, style: Any = None) -> None:
    """Write one cell with its type."""
    if isinstance(sent, float):
        sheet.write_number(line, at, sent, style)
    elif sent:
        sheet.write_string(line, at, sent, style)
    elif style is not None:
        sheet.write_blank(line, at, None, style)


def write_marked(register: Register, rows: Iterable[Marked]) -> bytes:
    """A file back with its errors, in the template's columns: corrected, it can be brought again.

    Wrong cells are coloured and carry their sentence as a comment; the column 问题 says all of it in words.
    """
    target = BytesIO()
    book = workbook(target)
    formats = _formats(book)
    sheet = book.add_worksheet(_sheet_name(register))
    columns = headings(register)
    last = len(columns)
    for at, text in enumerate([*map(heading_text, columns), *OURS]):
        sheet.set_column(at, at, 50 if at == last else 18)
        sheet.write_string(0, at, text, formats["head"])
    for place, row in enumerate(rows, start=1):
        for at, column in enumerate(columns):
            warning, says = row.wrong.get(column.field.name, (False, ""))
            style = formats["odd" if warning else "wrong"] if says else None
            put(sheet, place, at, row.cells[at], style)
            if says:
                sheet.write_comment(place, at, says)
        sheet.write_string(place, last, row.says)
        sheet.write_number(place, last + 1, row.line)
    sheet.freeze_panes(1, 0)
    book.close()
    return target.getvalue()
