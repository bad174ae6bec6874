"""The parts of an XLSX that its sheets refer to: list of sheets, shared strings, styles (ECMA-376 part 1, 18)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lantian.reading.errors import ReadingError
from lantian.reading.sources.attributes import integer
from lantian.reading.sources.package import Package
from lantian.reading.sources.raised import raised
from lantian.reading.sources.xlsx.format import built_in_format

if TYPE_CHECKING:
    from lxml.etree import _Element

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_ON = ("1", "true", "on")


@dataclass(frozen=True, slots=True)
class CellStyle:
    """How a cell looks: number format, bold, centred."""

    format: str = "General"
    bold: bool = False
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet by name and part; ``hidden`` also for very hidden ones."""

    name: str
    part: str
    hidden: bool


@dataclass(slots=True)
class Book:
    """What all sheets of a workbook share."""

    sheets: list[Sheet]
    strings: list[str]
    styles: list[CellStyle]
    epoch_1904: bool

    def style(self, index: str | None) -> CellStyle:
        """The style of a cell by its ``s`` attribute."""
        number = integer(index) or 0
        return self.styles[number] if 0 <= number < len(self.styles) else CellStyle()


def is_on(text: str | None) -> bool:
    """Whether a boolean attribute is set."""
    return text is not None and text.lower() in _ON


def rich_text(item: _Element) -> str:
    """The text of a string item or inline string, powers raised, phonetic readings left out."""
    text = ""
    for child in item:
        if child.tag == S + "t":
            text += child.text or ""
        elif child.tag == S + "r":
            piece = "".join(part.text or "" for part in child.iterfind(S + "t"))
            align = child.find(f"{S}rPr/{S}vertAlign")
            text += raised(piece, text) if align is not None and align.get("val") == "superscript" else piece
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text).replace("\r\n", "\n").replace("\r", "\n")


def read_book(package: Package, name: str) -> Book:
    """Read the workbook part and what it names. Raises ReadingError where the package holds no workbook."""
    main = package.main_part("xl/workbook.xml")
    root = package.xml(main)
    if root is None or root.tag != S + "workbook":
        raise ReadingError(
            f"“{name}”中没有工作簿（缺少 xl/workbook.xml）。",
            f"{name} has no workbook in it (xl/workbook.xml is missing).",
        )
    related = package.related(main)
    targets = {key: part for key, kind, part in related if kind == "worksheet"}
    sheets = [
        Sheet(item.get("name", ""), targets[item.get(_ID, "")], item.get("state", "visible") != "visible")
        for item in root.iterfind(f"{S}sheets/{S}sheet")
        if item.get(_ID, "") in targets
    ]
    properties = root.find(S + "workbookPr")
    parts = {kind: part for _, kind, part in related}
    strings = [rich_text(item) for item in package.rows(parts.get("sharedStrings", ""), (S + "si",))]
    styles = package.xml(parts["styles"]) if "styles" in parts else None
    return Book(
        sheets,
        strings,
        [] if styles is None else _styles(styles),
        epoch_1904=properties is not None and is_on(properties.get("date1904")),
    )


def _styles(root: _Element) -> list[CellStyle]:
    codes = {integer(item.get("numFmtId")): item.get("formatCode", "General") for item in root.iter(S + "numFmt")}
    bold = [_is_bold(font) for font in root.iterfind(f"{S}fonts/{S}font")]
    styles: list[CellStyle] = []
    for item in root.iterfind(f"{S}cellXfs/{S}xf"):
        number = integer(item.get("numFmtId")) or 0
        font = integer(item.get("fontId")) or 0
        alignment = item.find(S + "alignment")
        styles.append(
            CellStyle(
                codes.get(number) or built_in_format(number),
                bold=0 <= font < len(bold) and bold[font],
                centred=alignment is not None
                and alignment.get("horizontal") in ("center", "centerContinuous", "distributed"),
            )
        )
    return styles


def _is_bold(font: _Element) -> bool:
    found = font.find(S + "b")
    return found is not None and found.get("val", "1").lower() in _ON
