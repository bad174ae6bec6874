"""Builders for the tests of status: duties, goals, reports and facts in few words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from lantian.status import Deadline, Duty, Fact, Figure, Goal, Report, Settings, period_bounds

HANDBOOK = Path(__file__).with_name("handbook.yaml")
NUMBERS = ("value", "value_max", "stretch", "tolerance", "total", "exempt", "carried_in")


@dataclass(frozen=True)
class Example:
    """One line of the handbook."""

    say: str
    duty: Duty
    goals: tuple[Goal, ...]
    reports: tuple[Report, ...]
    facts: tuple[Fact, ...]
    settings: Settings
    on: date
    state: str
    rule: str


def number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def make_duty(**given: Any) -> Duty:
    """A duty of the plan of 2025, due at the year's end, reported monthly on the 5th, holidays left alone."""
    also = tuple(Deadline(**item) for item in given.pop("also", ()))
    return Duty(**{"year": 2025, "end": date(2025, 12, 31), "also": also, **given})


def make_goal(**given: Any) -> Goal:
    fields = {key: number(value) if key in NUMBERS else value for key, value in given.items()}
    if "points" in fields:
        fields["points"] = tuple((key, Decimal(str(value))) for key, value in fields["points"])
    return Goal(**{"id": "g", "subject": "某项工作", "curve": "even_months" if _counts(given) else "", **fields})


def _counts(given: Mapping[str, Any]) -> bool:
    return given["kind"] in ("count", "universal")


def make_report(period: str, content: Any = None) -> Report:
    """A return that came on the 4th after its period, accepted the next day, with one piece of evidence."""
    given = dict(content) if isinstance(content, Mapping) else {"figure": content}
    received = given.pop("received", period_bounds(period)[1] + timedelta(days=4))
    accepted = given.pop("accepted", True)
    values = {
        "cumulative": given.pop("figure", None),
        "period": given.pop("own", None),
        "base": given.pop("base", None),
    }
    figure = Figure("g", **{key: number(value) for key, value in values.items()})
    told = figure.cumulative is not None or figure.period is not None
    return Report(
        id=given.pop("id", f"r{period}"),
        period=period,
        received=received,
        verdict={True: "accepted", False: "", "back": "sent_back"}[accepted],
        decided=received + timedelta(days=1) if accepted else None,
        figures=(figure,) if told else (),
        **{"evidence": 1, **given},
    )


def make_fact(day: date, content: Any) -> Fact:
    given = dict(content) if isinstance(content, Mapping) else {"value": content}
    numbers = {key: number(given.pop(key, None)) for key in ("value", "base")}
    return Fact("g", day, source=f"indicator {day}", **numbers, **given)


def handbook() -> list[Example]:
    """Every line of ``handbook.yaml``."""
    lines = yaml.safe_load(HANDBOOK.read_text(encoding="utf-8"))
    return [
        Example(
            say=line["say"],
            duty=make_duty(**line.get("duty", {})),
            goals=(make_goal(**line["goal"]),) if "goal" in line else (),
            reports=tuple(make_report(key, value) for key, value in line.get("reports", {}).items()),
            facts=tuple(make_fact(key, value) for key, value in line.get("facts", {}).items()),
            settings=Settings(**line.get("settings", {})),
            on=line["day"],
            state=line["state"],
            rule=line["rule"],
        )
        for line in lines
    ]
