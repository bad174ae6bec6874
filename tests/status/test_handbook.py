"""The officer's handbook (handbook.yaml): which state, by which rule, and that every rule is shown and documented."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from lantian.status import STATES, duty_status, explain, explain_rule, rule_table
from tests.conftest import ROOT
from tests.status.cases import Example, handbook

LINES = handbook()


@pytest.mark.parametrize("line", LINES, ids=[line.say for line in LINES])
def test_state_and_rule(line: Example):
    got = duty_status(line.duty, line.goals, line.reports, line.facts, line.on, line.settings)
    assert (got.rule, got.state) == (line.rule, line.state), explain(got)
    assert got.as_of == line.on


@pytest.mark.parametrize("line", LINES, ids=[line.say for line in LINES])
def test_sentence_has_all_its_words(line: Example):
    got = duty_status(line.duty, line.goals, line.reports, line.facts, line.on, line.settings)
    rule = rule_table()[got.rule]
    assert set(re.findall(r"\{(\w+)\}", rule.zh + rule.en)) <= got.args.keys()
    for language in ("zh", "en"):
        assert not re.search(r"[{}]|None|Decimal", explain(got, language))
    assert all(isinstance(value, str) for value in got.args.values())


@pytest.mark.parametrize("line", LINES, ids=[line.say for line in LINES])
def test_what_came_later_changes_nothing(line: Example):
    """A past day is judged by what it knew."""
    got = duty_status(line.duty, line.goals, line.reports, line.facts, line.on, line.settings)
    known = [report for report in line.reports if report.received <= line.on]
    facts = [fact for fact in line.facts if fact.day <= line.on]
    later = [replace(report, received=line.on + timedelta(days=9), done=True, id="later") for report in line.reports]
    tomorrow = [replace(fact, day=line.on + timedelta(days=1), value=fact.value * 9 + 99) for fact in line.facts]
    again = duty_status(line.duty, line.goals, [*known, *later], [*facts, *tomorrow], line.on, line.settings)
    assert again == got


def test_every_rule_is_shown():
    assert set(rule_table()) == {line.rule for line in LINES}


def test_every_state_is_shown():
    assert set(STATES) == {line.state for line in LINES}


def test_every_rule_is_documented_with_its_state():
    text = (ROOT / "docs" / "status.md").read_text(encoding="utf-8")
    said = dict(re.findall(r"^\| (S\d\d) \| `(\w+)`", text, re.MULTILINE))
    assert said == {name: rule.state for name, rule in rule_table().items()}


def test_both_languages_take_the_same_words():
    for name, rule in rule_table().items():
        zh, en = (set(re.findall(r"\{(\w+)\}", text)) for text in (rule.zh, rule.en))
        assert zh == en, name


def test_a_stored_rule_explains_itself():
    assert explain_rule("S06", {"last": "2025-04", "period": "2025-05", "due": "2025-06-05"}) == (
        "最近一次填报为2025年4月，2025年5月应于2025-06-05前报送，未收到"
    )
    assert "2025-Q1" in explain_rule("S05", {"period": "2025-Q1", "due": "2025-04-07"}, "en")
    assert explain_rule("S05", {"period": "2025-H2"}) == "2025年下半年应于—前报送，至今未收到任何填报"


def test_an_unknown_rule_is_an_error():
    with pytest.raises(KeyError):
        explain_rule("S99", {})


def test_evidence_names_reports_and_figures():
    line = next(line for line in LINES if line.rule == "S28")
    got = duty_status(line.duty, line.goals, line.reports, line.facts, line.on, line.settings)
    kinds = {(item.kind, item.ref, str(item.value)) for item in got.evidence}
    assert kinds == {("report", "r2025-05", "260"), ("fact", "indicator 2025-06-10", "150")}
    assert got.evidence[0].as_dict() == {"kind": "report", "ref": "r2025-05", "day": "2025-05-31", "value": "260"}


def test_evidence_names_the_letter_that_set_the_value():
    line = next(line for line in LINES if line.goals and line.goals[0].letter and line.state == "met")
    got = duty_status(line.duty, line.goals, line.reports, line.facts, line.on, line.settings)
    assert [(item.kind, item.ref) for item in got.evidence] == [
        ("report", "r2025-05"),
        ("letter", "云溪环函〔2025〕8号"),
    ]


@pytest.mark.parametrize("line", LINES, ids=[line.say for line in LINES])
def test_never_fails_on_any_day(line: Example):
    for offset in range(-500, 900, 37):
        day = line.on + timedelta(days=offset)
        if day > date(2024, 1, 1):
            duty_status(line.duty, line.goals, line.reports, line.facts, day, line.settings)
