"""A bulletin as it is printed: the sheet (GB/T 9704, as papers print it), Word and Excel. The same snapshot and words
give the same bytes.

The public version leaves out tables marked internal, with them every subject that is; the internal one adds what was
objected and how it was answered.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from lantian.apps.bulletins import composing
from lantian.apps.papers import word
from lantian.apps.papers.body import Block, blocks, parse
from lantian.apps.papers.sheet import Sheet, in_words
from lantian.reading.output.stamp import stamped
from lantian.reading.output.xlsx import workbook

_EPOCH = (1980, 1, 1, 0, 0, 0)
_STILL = datetime(2000, 1, 1)  # noqa: DTZ001  # a fixed stamp: when a file was made says nothing about the snapshot
_FIGURE = re.compile(r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_NAME = 31  # characters of the name of a worksheet
_COLUMNS = (
    ("区", "group", 14), ("名称", "subject", 20), ("指标", "indicator", 11), ("数值", "value", 11),
    ("发布值", "published", 9), ("上年同期", "previous", 10), ("同比", "change", 8), ("名次（好→差）", "rank", 12),
    ("名次（差→好）", "worst", 12), ("有效率（%）", "completeness", 11), ("备注", "note", 24),
    ("来源", "source", 28), ("取数时间", "as_of", 18),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Whole:
    """What a version is made of. ``objections`` are rows of a table; ``state`` words stand where it is not issued."""

    data: dict[str, Any]
    title: str
    paragraphs: Sequence[composing.Paragraph]
    issuer: str
    number: str
    dated: Any
    issued: Any
    internal: bool
    draft: bool
    void: bool
    note: str = ""  # of a corrected one what it replaces; of a withdrawn one why
    objections: Sequence[Sequence[str]] = ()


def tables(whole: Whole) -> list[dict[str, Any]]:
    """The tables of the version."""
    return [table for table in whole.data["tables"] if whole.internal or not table["internal"]]


def sheet(whole: Whole) -> Sheet:
    """The bulletin as a paper of the kind 通报 is printed: text, then the tables with their captions."""
    body: list[Block] = []
    if whole.note:
        body.append(Block("text", whole.note))
    body.extend(blocks(parse("\n".join(_plain(line) for line in composing.printed(whole.paragraphs)))))
    for table in tables(whole):
        body.append(Block("text", table["caption"]))
        body.append(Block("table", rows=(tuple(table["head"]), *(tuple(row) for row in table["rows"]))))
    if whole.internal and whole.objections:
        head = ("单位", "对象", "原数值", "异议", "答复", "更正后")
        body.append(Block("text", "核数异议及答复（内部）"))
        body.append(Block("table", rows=(head, *(tuple(row) for row in whole.objections))))
    return Sheet(
        layout="document", mark=f"{whole.issuer}通报", secrecy="内部" if whole.internal else "",
        number=whole.number or "〔    〕第  期", title=whole.title, main_to="", blocks=tuple(body), attachments=(),
        signature=whole.issuer, dated=in_words(whole.dated), copy_to="", printed_by=whole.issuer,
        printed_on=in_words(whole.issued) if whole.issued else "", draft=whole.draft, void=whole.void,
    )  # fmt: skip


def _plain(line: str) -> str:
    """A paragraph that begins with | would be read as a row of a table."""
    return line.lstrip("|").strip() if line.startswith("|") else line


def docx(whole: Whole, mark: str = "") -> bytes:
    """The version as Word, with ``mark`` at the head of its pages."""
    return still(stamped(word.write(sheet(whole)), "docx", mark))


def xlsx(whole: Whole, mark: str = "") -> bytes:
    """The version as a workbook: a sheet for each table, figures as numbers, every text a typed string.

    The internal version has every figure with its source and the moment it was taken on a sheet of its own.
    """
    stream = BytesIO()
    book = workbook(stream)
    book.set_properties({"title": whole.title[:255], "author": whole.issuer[:255], "created": _STILL})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "bg_color": "#E8EEF4"})
    cell = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    taken: set[str] = set()
    for table in tables(whole):
        name = _sheet_name(table["caption"], taken)
        _write(book, name, f"{whole.title}　{table['caption']}", table["head"], table["rows"], head, cell)
    if whole.internal:
        rows = [[_text(line[field]) for _head, field, _width in _COLUMNS] for line in whole.data["rows"]]
        _write(book, _sheet_name("全部数值", taken), whole.title, [c[0] for c in _COLUMNS], rows, head, cell,
               [c[2] for c in _COLUMNS])  # fmt: skip
        if whole.objections:
            names = ["单位", "对象", "原数值", "异议", "答复", "更正后"]
            _write(book, _sheet_name("核数异议", taken), whole.title, names, whole.objections, head, cell)
    if not taken:
        book.add_worksheet("空")
    book.close()
    return still(stamped(stream.getvalue(), "xlsx", mark))


def _write(book: Any, name: str, title: str, head: Sequence[str], rows: Sequence[Sequence[str]], bold: Any, cell: Any,
           widths: Sequence[float] = ()) -> None:  # fmt: skip
    page = book.add_worksheet(name)
    page.write_string(0, 0, title)
    for place, text in enumerate(head):
        longest = max([len(text), *(len(str(row[place])) for row in rows)])
        page.set_column(place, place, widths[place] if widths else min(44, max(9, longest * 1.9)))
        page.write_string(1, place, text, bold)
    for line, row in enumerate(rows, 2):
        for place, text in enumerate(row):
            number = _number(text)
            if number is None:
                page.write_string(line, place, str(text), cell)
            else:
                page.write_number(line, place, number, cell)
    page.freeze_panes(2, 0)
    page.repeat_rows(0, 1)
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _number(text: str) -> float | None:
    """A cell that is nothing but a figure, with its sign; 007 and 1e5 are names."""
    return float(text) if _FIGURE.fullmatch(str(text)) else None


def _sheet_name(caption: str, taken: set[str]) -> str:
    """A name that Excel takes, each once."""
    clean = "".join(c for c in caption if c not in "[]:*?/\\'").replace("　", " ").strip()[:_NAME] or "表"
    name, n = clean, 2
    while name.lower() in taken:
        name = f"{clean[: _NAME - 3]} {n}"
        n += 1
    taken.add(name.lower())
    return name


def still(content: bytes) -> bytes:
    """A package of ours without the moment of its writing: parts in their order, all of the same date."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        for item in old.infolist():
            part = zipfile.ZipInfo(item.filename, _EPOCH)
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, old.read(item))
    return target.getvalue()
