"""Reading words again that nobody changed says what the reader said, on our rows and on the real documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from lantian import read_plan
from lantian.apps.plans import checkup
from lantian.apps.plans.content import Content, content_read
from lantian.apps.plans.rereading import Rereader, cut, joined_paragraphs
from lantian.reading import model as read
from tests.apps.edits import read_rows


class Nobody:
    """A directory that knows no name: what the reader said stands alone."""

    def find(self, _name: str) -> None:
        return None

    def is_misreading(self, _name: str) -> bool:
        return False


def rows_of(plan: read.Plan) -> list[Content]:
    return [content_read(item, Nobody()) for item in plan.measures]  # type: ignore[arg-type]


def check(plan: read.Plan) -> None:
    rows = rows_of(plan)
    rereader = Rereader.of(plan.year, plan.region, rows)
    for row in rows:
        assert rereader.with_text(row, row["paragraphs"]) == row
        assert rereader.with_deadline(row, row["deadline"]["text"]) == row
        assert rereader.again(row, rereader) == row
        left, right = cut(row, len(row["text"]) // 2)
        assert "".join([*left, *right]) == row["text"] == "".join(joined_paragraphs(row))
    assert checkup.renewed(rows) == rows
    assert checkup.gaps(rows) == [flag.detail for flag in plan.flags if flag.id == "R24"]


def test_our_rows_read_again() -> None:
    check(read_rows())


@pytest.mark.shared
@pytest.mark.parametrize(
    "name", ["bj-2021.txt", "mtg-air-2023.docx", "cn-zero-waste-pilot-2018.html", "xc-air-2021.docx"]
)
def test_real_documents_read_again(shared_plans: Path, name: str) -> None:
    for plan in read_plan(shared_plans / name):
        check(plan)
