"""What rows said before: every change of a row, and its values on a past day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from lantian.apps.areas.models import Area
from lantian.apps.core.models import User
from lantian.apps.registers import rights
from lantian.apps.registers.models import ChangeSet, RecordVersion
from lantian.apps.registers.placing import current
from lantian.registers import Field, Register


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of a row: by which change set, from when on, and the fields that it changed (before, after)."""

    change: ChangeSet
    valid_from: date
    revision: int
    changes: list[tuple[Field, Any, Any]]
    removed: bool


def history(user: User, register: Register, key: str) -> list[Entry]:
    """Every change of a row, newest first; personal values are masked where the person does not write."""
    versions = RecordVersion.objects.filter(register=register.name, key=key).order_by("revision")
    entries: list[Entry] = []
    before: dict[str, Any] = {}
    for version in versions.select_related("change", "change__by"):
        after = current(register, version.values) if version.values is not None else None
        shown = _seen(user, register, before), _seen(user, register, after or before)
        changes = [
            (item, shown[0].get(item.name), shown[1].get(item.name))
            for item in register.shown
            if after is not None and before.get(item.name) != after.get(item.name)
        ]
        entries.append(Entry(version.change, version.valid_from, version.revision, changes, after is None))
        before = after if after is not None else before
    return entries[::-1]


def said_on(register: Register, key: str, day: date) -> dict[str, Any] | None:
    """What a row said on a day, as known today; None where it was not there (yet, or any more).

    A later change replaces the earlier ones from its day on. Personal values are in it: whoever shows it masks them.
    """
    versions = RecordVersion.objects.filter(register=register.name, key=key, valid_from__lte=day)
    last = versions.order_by("-revision").first()
    if last is None or last.values is None:
        return None
    return current(register, last.values)


def _seen(user: User, register: Register, values: dict[str, Any]) -> dict[str, Any]:
    code = values.get(register.area) if register.area else None
    area = Area.objects.filter(code=code).first() if code else None
    return values if rights.sees_personal(user, register, area) else rights.masked(register, values)
