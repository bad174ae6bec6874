"""The table grammar of received bulletins on tables that nobody typed: ranks, ties, permuted and doubled columns."""

from __future__ import annotations

import random
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.reading.errors import ReadingError
from lantian.reading.layout import Cell, Document, Paragraph, Table
from lantian.reading.received import received_of
from lantian.reading.received.delimited import parse_delimited
from lantian.reading.received.model import Received
from tests.conftest import examples

VALUES = st.lists(st.integers(40, 300), min_size=4, max_size=40)
LETTERS = "排名区街道浓度,\t|\n 0123456789.年月日<—％TSP（）()\u3000\"'第并列下降%"
HEADS = {"rank": "名次", "district": "所属区", "subject": "街道（乡镇）", "value": "浓度（微克/立方米）"}
DISTRICTS = ("东塘区", "西塘区", "南塘区")


def ranking(values: list[int], *, worst: bool) -> list[dict[str, str]]:
    """Rows of a published list: equal values share a rank and the next rank jumps."""
    ordered = sorted(values, reverse=worst)
    return [
        {
            "rank": str(1 + sum((other > value) if worst else (other < value) for other in ordered)),
            "district": DISTRICTS[n % 3],
            "subject": f"第{n}街道",
            "value": str(value),
        }
        for n, value in enumerate(ordered)
    ]


def document(title: str, rows: list[dict[str, str]], columns: list[str], blocks: int = 1) -> Document:
    """A table with the columns in this order, cut into lists side by side."""
    height = -(-len(rows) // blocks)
    lines = [[HEADS[column] for column in columns] * blocks]
    for r in range(height):
        line: list[str] = []
        for block in range(blocks):
            place = block * height + r
            line += [rows[place][column] for column in columns] if place < len(rows) else [""] * len(columns)
        lines.append(line)
    cells = [Cell(r, c, [text]) for r, line in enumerate(lines) for c, text in enumerate(line)]
    return Document("docx", [Paragraph(title), Table(len(lines), len(lines[0]), cells)])


def told(read: Received) -> list[tuple[str, str, int | None, Decimal | None]]:
    return sorted(((f.district, f.subject, f.rank, f.value) for f in read.figures), key=lambda item: int(item[1][1:-2]))


def truth(rows: list[dict[str, str]]) -> list[tuple[str, str, int | None, Decimal | None]]:
    return [(row["district"], row["subject"], int(row["rank"]), Decimal(row["value"])) for row in rows]


@settings(max_examples=examples(50), deadline=None)
@given(VALUES, st.booleans(), st.permutations(list(HEADS)), st.integers(1, 3))
def test_a_sound_list_is_read_whole_and_raises_nothing(
    values: list[int], worst: bool, columns: list[str], blocks: int
) -> None:
    rows = ranking(values, worst=worst)
    words = "由差到好" if worst else "由好到差"
    read = received_of(document(f"2025年10月粗颗粒物排名（{words}）", rows, columns, blocks))
    assert told(read) == truth(rows)
    assert {figure.direction for figure in read.figures} == {"worst" if worst else "best"}
    assert not read.oddities


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(st.integers(40, 300), min_size=6, max_size=30, unique=True), st.data())
def test_two_swapped_ranks_are_found(values: list[int], data: st.DataObject) -> None:
    rows = ranking(values, worst=True)
    place = data.draw(st.integers(0, len(rows) - 2))
    rows[place]["rank"], rows[place + 1]["rank"] = rows[place + 1]["rank"], rows[place]["rank"]
    read = received_of(document("2025年10月粗颗粒物排名（由差到好）", rows, list(HEADS)))
    assert "B09" in {oddity.rule for oddity in read.oddities}


@settings(max_examples=examples(50), deadline=None)
@given(VALUES, st.data())
def test_ranks_that_do_not_jump_after_a_tie_are_found(values: list[int], data: st.DataObject) -> None:
    tied = data.draw(st.sampled_from(values))
    rows = ranking([*values, tied, max(values) + 1, min(values) - 1], worst=True)
    dense = {rank: str(n) for n, rank in enumerate(sorted({int(row["rank"]) for row in rows}), 1)}
    for row in rows:
        row["rank"] = dense[int(row["rank"])]
    read = received_of(document("2025年10月粗颗粒物排名（由差到好）", rows, list(HEADS)))
    assert "B10" in {oddity.rule for oddity in read.oddities}


@settings(max_examples=examples(50), deadline=None)
@given(VALUES, st.booleans())
def test_without_words_the_values_tell_what_rank_1_is(values: list[int], worst: bool) -> None:
    rows = ranking([*values, max(values) + 9, min(values) - 9], worst=worst)
    read = received_of(document("2025年10月粗颗粒物通报", rows, list(HEADS)))
    assert {figure.direction for figure in read.figures} == {"worst" if worst else "best"}
    assert {oddity.rule for oddity in read.oddities} == {"B18"}


@settings(max_examples=examples(50), deadline=None)
@given(VALUES, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(values: list[int], chance: random.Random) -> None:
    rows = ranking(values, worst=True)
    shuffled = rows.copy()
    chance.shuffle(shuffled)
    read = received_of(document("2025年10月粗颗粒物排名（由差到好）", shuffled, list(HEADS)))
    assert told(read) == truth(rows)
    assert not read.oddities


@settings(max_examples=examples(100), deadline=None)
@given(
    st.text(
        alphabet=st.sampled_from("排名区街道浓度,\t|\n 0123456789.年月日<—％年TSP（）()\u3000\"'第并列下降%"),
        max_size=300,
    )
)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read = received_of(parse_delimited(text), file="x.txt")
    except ReadingError:
        return
    assert all(figure.subject for figure in read.figures)
    assert all(figure.value_text or figure.rank is not None for figure in read.figures)
