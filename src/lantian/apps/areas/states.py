"""Rows of the directory as JSON: what the audit log keeps of them before and after, and what two are compared by."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from lantian.apps.areas.models import Area, CollectiveRule, Unit, UnitAlias

State = dict[str, Any]


def area_state(area: Area) -> State:
    """An area's own fields; the area above by its code."""
    names = ("code", "name", "short_name", "kind", "level", "source")
    days = {name: _day(getattr(area, name)) for name in ("opened", "closed")}
    return {name: getattr(area, name) for name in names} | {"parent": area.parent.code if area.parent else ""} | days


def unit_state(unit: Unit) -> State:
    """A unit's own fields; its area by code, the unit above by name."""
    names = ("name", "short_name", "full_name", "level", "collective", "source")
    days = {name: _day(getattr(unit, name)) for name in ("opened", "closed", "named_since")}
    links = {"area": unit.area.code, "parent": unit.parent.name if unit.parent else ""}
    return {name: getattr(unit, name) for name in names} | links | days


def alias_state(alias: UnitAlias) -> State:
    """An alias without its unit."""
    days = {"since": _day(alias.since), "until": _day(alias.until)}
    flags = {"former": alias.former, "misreading": alias.misreading}
    return {"name": alias.name, "source": alias.source} | days | flags


def rule_state(rule: CollectiveRule) -> State:
    """A rule without its collective unit; the member by name and area."""
    member = rule.member
    return {
        "kind": rule.kind,
        "kinds": rule.kinds,
        "pattern": rule.pattern,
        "member": member.name if member else "",
        "member_area": member.area.code if member else "",
        "since": _day(rule.since),
        "until": _day(rule.until),
        "source": rule.source,
    }


def differing(before: State, after: State) -> tuple[State, State]:
    """Only what differs, of both."""
    keys = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in keys}, {key: after[key] for key in keys}


def stamp(state: State) -> str:
    """A mark of a state, by which a form knows that somebody else saved meanwhile."""
    return hashlib.sha256(json.dumps(state, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
