"""Scorecards in YAML: what is read, and how what is wrong is named."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.apps.assessment import scoring
from lantian.apps.assessment.scoring import CardError, read_card
from tests.conftest import examples

HEAD = """scorecard: 1
title: 云溪市考核
year: 2025
plans: [云溪市计划]
units: {names: [东塘区政府]}
"""
ITEM = (
    "  - {key: late, title: 迟报, kind: deductions, weight: 100, deductions: [{fact: returns.late_count, each: 0.5}]}\n"
)
SAMPLE = Path(scoring.__file__).parent.parent / "samples" / "scorecard.yaml"


def codes(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(CardError) as caught:
        read_card(text)
    assert all(problem.zh and problem.en and "{part}" not in problem.zh for problem in caught.value.problems)
    return [(problem.line, problem.place, problem.code) for problem in caught.value.problems]


def item(words: str, weight: str = "100") -> str:
    return HEAD + f"items:\n  - {{key: a, title: 一, weight: {weight}, {words}}}\n"


def test_the_shipped_sample_is_read_whole() -> None:
    card = read_card(SAMPLE.read_text(encoding="utf-8"))
    assert (card.total, card.cap, len(card.items), len(card.grades)) == (100, 105, 8, 4)
    assert "quota.completion(充电桩)" in card.facts


def test_defaults_and_exact_numbers() -> None:
    card = read_card(HEAD + "items:\n" + ITEM)
    assert (card.total, card.cap, card.decimals) == (100, 100, 2)
    assert card.items[0].cases[0].each == Decimal("0.5")
    assert card.title.en == "云溪市考核"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", (1, "", "empty")),
        ("a: [", (1, "", "not_yaml")),
        ("a: &x 1\nb: *x\n", (1, "", "anchor")),
        ("a: 1\na: 2\n", (2, "", "key_twice")),
        ("x" * 60_001, (1, "", "too_long")),
        ("[" * 5000, (1, "", "not_yaml")),
        ("[" * 20 + "]" * 20, (1, "", "too_deep")),
        ("- 1\n", (1, "", "mapping")),
        (HEAD + "items: []\n", (6, "items", "list")),
        (HEAD + "colour: red\nitems:\n" + ITEM, (6, "colour", "unknown_key")),
        (HEAD + "items:\n" + ITEM + ITEM.replace("100", "0"), (8, "items[2].key", "item_twice")),
        (HEAD + "items:\n" + ITEM.replace("100", "90"), (6, "items", "weights")),
        (HEAD + "items:\n" + ITEM.replace("0.5", "0"), (7, "items[1].deductions[1].each", "each")),
        (HEAD + "items:\n" + ITEM.replace("weight: 100", "weight: viel"), (7, "items[1].weight", "number")),
        (HEAD + "items:\n" + ITEM.replace("late,", "Late,"), (7, "items[1].key", "key_form")),
        (HEAD.replace("names", "level") + "items:\n" + ITEM, (5, "units.level", "level")),
        (HEAD.replace("scorecard: 1", "scorecard: 2") + "items:\n" + ITEM, (1, "scorecard", "version")),
        (HEAD.replace("2025", "2025.5") + "items:\n" + ITEM, (3, "year", "whole")),
        (HEAD + "grades: [{from: 10, title: 好}]\nitems:\n" + ITEM, (6, "grades", "grades_order")),
        (item("kind: [1]"), (7, "items[1].kind", "kind")),
        (item("kind: deductions, sql: SELECT 1, deductions: []"), (7, "items[1].sql", "sql")),
        (item("kind: deductions, deductions: [{fact: {sql: SELECT 1}, each: 1}]"),
         (7, "items[1].deductions[1].fact.sql", "sql")),
        (item("kind: bands, fact: returns.late_count, bands: [{from: 1, points: 1}]"),
         (7, "items[1].bands[1]", "bands_rest")),
        (item("kind: bands, fact: manual(x), bands: [{from: 1, points: 1}, {from: 2, points: 2}, {points: 0}]"),
         (7, "items[1].bands", "bands_order")),
        (item("kind: linear, fact: returns.late_count, from: {at: 1, points: 0}, to: {at: 1, points: 5}"),
         (7, "items[1].to", "line_same")),
        (item("kind: formula, facts: {a: manual(x)}, formula: a + b"), (7, "items[1].formula", "formula_name")),
        (item("kind: formula, facts: {a: returns.late_count, b: manual(x)}, formula: a"),
         (7, "items[1].facts.b", "formula_unused")),
        (item("kind: bands, fact: letters.count, bands: [{points: 1}]"), (7, "items[1].fact", "fact_argument_rung")),
        (item("kind: bands, fact: letters.count(shout), bands: [{points: 1}]"),
         (7, "items[1].fact", "fact_argument_rung")),
        (item("kind: bands, fact: returns.late_count(x), bands: [{points: 1}]"),
         (7, "items[1].fact", "fact_argument_none")),
        (item("kind: bands, fact: manual, bands: [{points: 1}]"), (7, "items[1].fact", "fact_argument_label")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_line_and_place(text: str, wanted: tuple[int, str, str]) -> None:
    assert wanted in codes(text)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    found = [code for _line, _place, code in codes("scorecard: 1\nyear: soon\nitems: 3\n")]
    assert found.count("missing_key") == 3
    assert {"number", "list"} <= set(found)


def test_vetoes_name_an_item_or_a_grade_of_the_card() -> None:
    veto = "  - {key: v, title: 否决, kind: veto, fact: manual(x), effect: %s}\n"
    for effect, code in (("{item: none}", "veto_item"), ("{grade: 好}", "veto_grade"), ("everything", "veto_effect")):
        assert code in [found[2] for found in codes(HEAD + "items:\n" + ITEM + veto % effect)]
    assert read_card(HEAD + "items:\n" + ITEM + veto % "total").items[1].veto is not None


_KEYS = st.sampled_from(["scorecard", "title", "items", "key", "kind", "fact", "bands", "weight", "effect", "sql"])
_LEAF = st.one_of(_KEYS, st.integers(-5, 5), st.none(), st.booleans(), st.text(max_size=6))
_ANY = st.recursive(_LEAF, lambda part: st.lists(part, max_size=3) | st.dictionaries(_KEYS, part, max_size=4))


@settings(max_examples=examples(100))
@given(_ANY)
def test_nothing_but_a_card_error_comes_of_any_text(value: object) -> None:
    import yaml

    for text in (yaml.safe_dump(value, allow_unicode=True), str(value)):
        with pytest.raises(CardError) as caught:
            read_card(text)
        assert all(problem.line >= 1 for problem in caught.value.problems)
