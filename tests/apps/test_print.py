"""The print that is kept beside a file: what stood where, without the columns of persons."""

from __future__ import annotations

from lantian.apps.plans.worker import print_of
from lantian.reading.layout import Cell, Document, Paragraph, Table

HEADER = ("序号", "工作措施", "完成时限", "责任单位", "联系人及电话")


def table(*rows: tuple[str, ...]) -> Table:
    cells = [Cell(r, c, [text]) for r, row in enumerate(rows) for c, text in enumerate(row)]
    return Table(len(rows), len(rows[0]), cells, page=1)


def texts(document: Document) -> list[str]:
    return [cell["text"] for block in print_of(document) for row in block.get("rows", []) for cell in row["cells"]]


def test_columns_of_persons_are_not_kept() -> None:
    first = table(HEADER, ("1", "巡查工地。", "年底前", "市水务局", "王某 0000-1234567"))
    second = table(("2", "清扫道路。", "年底前", "市水务局", "李某 0000-7654321"))
    kept = texts(Document("docx", [first, second]))
    assert "巡查工地。" in kept
    assert "清扫道路。" in kept
    assert not any("0000-" in text for text in kept)


def test_rows_and_lines_keep_their_place() -> None:
    block = table(HEADER[:4], ("1", "巡查工地。", "年底前", "市水务局"))
    printed = print_of(Document("docx", [Paragraph("云岭市行动计划", line=1), block]))
    assert printed[0] == {"line": 1, "page": None, "text": "云岭市行动计划"}
    assert [row["row"] for row in printed[1]["rows"]] == [1, 2]
