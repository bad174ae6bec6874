"""How well the figures of the real plans are read, against tests/reading/targets_truth.csv.

How the table came about: drafted with the reader, then checked. Kind, comparator, value and unit of every figure were
typed a second time from the documents alone and agree; every other numeral of the documents was looked at and is no
target. Subject, scope, date, strength and applies were only reviewed, so agreement on them says less. A score here
guards against regressions; test_targets_fields.py has the sentences that were typed before they were read.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from lantian.reading.grammar.targets import find_targets
from lantian.reading.model import Target
from lantian.reading.text import join_layout, join_paragraphs, strip_markup

TRUTH = Path(__file__).parent / "targets_truth.csv"
NUMERIC = {"level", "change", "count", "rate", "rank"}
LOCATOR = 12


class Score(NamedTuple):
    right: int
    missed: int
    extra: int

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, 2 * self.right + self.missed + self.extra)

    def __str__(self) -> str:
        precision = self.right / max(1, self.right + self.extra)
        recall = self.right / max(1, self.right + self.missed)
        return (
            f"precision {precision:.3f} recall {recall:.3f} F1 {self.f1:.3f} ({self.right}/{self.missed}/{self.extra})"
        )


def truth() -> dict[str, list[dict[str, str]]]:
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    with TRUTH.open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            rows[row["doc"]].append(row)
    return rows


def measures(folder: Path, doc: str) -> tuple[int, list[tuple[str, date | None]]]:
    """Year and (measure, end of the deadline cell) of a dump, by the plainest splitting that keeps measures whole."""
    text = (folder / f"{doc}.txt").read_text(encoding="utf-8")
    year = int(re.findall(r"\d{4}", doc)[-1])
    found: list[tuple[str, date | None]] = []
    if doc.startswith("bj"):
        for line in text.splitlines():
            cells = line.split("\t")
            if len(cells) < 5 or cells[2] in ("工作措施", ""):
                continue
            parts = re.findall(r"<p>(.*?)</p>", cells[2]) or [cells[2]]
            due = date(year, 12, 31) if "年底前" in join_layout(cells[3]) else None
            found.append((join_paragraphs(strip_markup(part) for part in parts), due))
    elif doc.startswith(("mtg", "xc")):
        cells = [cell for cell in text.split("\n\t") if len(cell) > 20]
        found = [(join_paragraphs(strip_markup(cell).split("\n")), None) for cell in cells]
    else:
        found = [(join_paragraphs([line]), None) for line in text.splitlines() if len(line) > 20]
    return year, found


def same(row: dict[str, str], target: Target) -> bool:
    value = float(row["value"]) if row["value"] else None
    return (
        row["kind"] == target.kind
        and row["comparator"] == (target.comparator or "")
        and value == target.value
        and row["unit"] == (target.unit or "")
        and (row["text"] in target.text or target.text in row["text"])
    )


def score(rows: list[dict[str, str]], found: list[tuple[str, Target]]) -> Score:
    """Each printed fact is matched at most once, on measure, text, kind, comparator, value and unit."""
    open_rows = list(rows)
    extra = 0
    for locator, target in found:
        match = next((row for row in open_rows if row["locator"] == locator and same(row, target)), None)
        if match is None:
            extra += 1
        else:
            open_rows.remove(match)
    return Score(len(rows) - len(open_rows), len(open_rows), extra)


def read(folder: Path, doc: str) -> list[tuple[str, Target]]:
    year, texts = measures(folder, doc)
    return [(text[:LOCATOR], target) for text, due in texts for target in find_targets(text, year=year, due=due)]


@pytest.mark.shared
def test_figures_of_the_real_plans(shared_plans: Path) -> None:
    total = Score(0, 0, 0)
    rows = truth()
    for path in sorted(shared_plans.glob("*.txt")):
        wanted = [row for row in rows.get(path.stem, []) if row["kind"] in NUMERIC]
        found = [(locator, target) for locator, target in read(shared_plans, path.stem) if target.kind in NUMERIC]
        one = score(wanted, found)
        print(path.stem, one)  # noqa: T201
        total = Score(*(a + b for a, b in zip(total, one, strict=True)))
    print("all", total)  # noqa: T201
    assert total.right + total.missed > 100
    assert total.f1 >= 0.97


@pytest.mark.shared
def test_fields_of_the_real_plans(shared_plans: Path) -> None:
    wrong: list[str] = []
    rows = truth()
    for doc, wanted in rows.items():
        found = read(shared_plans, doc)
        for row in wanted:
            hits = [target for locator, target in found if locator == row["locator"] and same(row, target)]
            facts = (row["scope"], row["baseline"], row["by"], row["strength"], row["applies"])
            if hits and not any(facts == _facts(target) for target in hits):
                wrong.append(f"{doc} {row['text']} {facts} {_facts(hits[0])}")
    assert len(wrong) <= 3, wrong


def _facts(target: Target) -> tuple[str, str, str, str, str]:
    return (
        "、".join(target.scope), str(target.baseline or ""), str(target.by or ""), target.strength,
        target.applies or "",
    )  # fmt: skip


@pytest.mark.shared
def test_targets_without_figures(shared_plans: Path) -> None:
    rows = [row for row in truth()["mtg-air-2023"] if row["kind"] not in NUMERIC]
    found = [(locator, target) for locator, target in read(shared_plans, "mtg-air-2023") if target.kind not in NUMERIC]
    assert score(rows, found).f1 >= 0.9


@pytest.mark.shared
def test_spans_are_the_printed_words(shared_plans: Path) -> None:
    for path in shared_plans.glob("*.txt"):
        year, texts = measures(shared_plans, path.stem)
        for text, due in texts:
            for target in find_targets(text, year=year, due=due):
                assert target.span is not None
                assert text[slice(*target.span)] == target.text
