"""Findings over time: opened once, held back by cap and quiet hours, closed when they are gone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta, timezone
from typing import NamedTuple

from lantian.indicators.headers import Rule
from lantian.indicators.running import Found

_CHINA = timezone(timedelta(hours=8))


class Settled(NamedTuple):
    """``opened`` now, ``still`` open, ``closed`` (keys) because they are gone, ``held`` back to a later run."""

    opened: list[Found]
    still: list[Found]
    closed: list[str]
    held: list[Found]


def settle(previous: Collection[str], found: Sequence[Found], rule: Rule, now: datetime) -> Settled:
    """Compare what a run found with the keys that are open. Call it only after a run that did not fail.

    A key opens once. In quiet hours nothing opens, and in one run no more than the rule's cap: what is held back comes
    up in the next run, if it is still wrong then. ``now`` is aware.
    """
    known = set(previous)
    new = [item for item in found if item.key not in known]
    most = 0 if quiet(rule, now) else rule.cap
    gone = known - {item.key for item in found} if rule.closes == "gone" else set()
    return Settled(new[:most], [item for item in found if item.key in known], sorted(gone), new[most:])


def quiet(rule: Rule, now: datetime) -> bool:
    """Whether a rule keeps quiet at an instant (aware): from its first hour on, up to its last."""
    if rule.quiet is None:
        return False
    first, last = rule.quiet
    at: time = now.astimezone(_CHINA).time()
    return first <= at < last if first <= last else at >= first or at < last
