"""The history of an area or a unit as its page shows it: who changed what, when, from what to what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lantian.apps.areas.incoming import columns
from lantian.apps.areas.models import Area, AreaKind, Level, RuleKind, Unit
from lantian.apps.core.models import AuditEvent

SHOWN = 50

ACTIONS = {
    "area.create": _("entered"),
    "area.edit": _("corrected"),
    "area.change": _("renamed or moved"),
    "area.forget": _("earlier state taken back"),
    "area.import": _("changed by an import"),
    "unit.create": _("entered"),
    "unit.edit": _("corrected"),
    "unit.rename": _("renamed"),
    "unit.alias": _("other name entered or changed"),
    "unit.alias_delete": _("other name deleted"),
    "directory.learn": _("other name learned while reading"),
    "unit.rules": _("members changed"),
    "unit.merge": _("merged into another unit"),
    "unit.take_in": _("took in a duplicate"),
    "unit.merge_undo": _("merge taken back"),
    "unit.import": _("changed by an import"),
}
_WORDS = {
    "from": _("from the day"),
    "past": _("earlier name"),
    "rules": _("members"),
    "alias": _("other name"),
    "merged_into": _("merged into"),
    "merged": _("duplicate"),
    "moved": _("rows moved"),
    "stayed": _("rows that stayed"),
}
_LABELS: dict[str, dict[str, Any]] = {
    "level": dict(Level.choices),
    "kind": {**dict(AreaKind.choices), **dict(RuleKind.choices)},
}
_HIDDEN = frozenset({"merged_into_uid"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One change: ``fields`` are (label, old, new)."""

    at: datetime
    who: str
    what: str
    fields: tuple[tuple[str, str, str], ...]


def history(row: Area | Unit) -> list[Entry]:
    """The latest changes of a row, newest first; one query."""
    events = AuditEvent.objects.filter(object_uid=row.uid).select_related("user")[:SHOWN]
    sheet = "areas" if isinstance(row, Area) else "units"
    return [
        Entry(
            event.at,
            str(event.user) if event.user else str(_("system")),
            str(ACTIONS.get(event.action, event.action)),
            tuple(_fields(event, sheet)),
        )
        for event in events
    ]


def _fields(event: AuditEvent, sheet: str) -> Iterator[tuple[str, str, str]]:
    before, after = event.before or {}, event.after or {}
    for field in dict.fromkeys((*before, *after)):
        old, new = show_value(field, before.get(field)), show_value(field, after.get(field))
        if field not in _HIDDEN and (old or new):
            yield field_label(sheet, field), old, new


def field_label(sheet: str, field: str) -> str:
    """What a field is called in the language of the person."""
    if field in _WORDS:
        return str(_WORDS[field])
    column = columns(sheet).get(field) or columns("aliases").get(field)
    if column is None:
        return field
    return column.zh if (get_language() or "").startswith("zh") else column.en


def show_value(field: str, value: Any) -> str:
    """A value of a state in the language of the person: choices and yes or no in words."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(_("yes")) if value else str(_("no"))
    if isinstance(value, dict):
        return "、".join(f"{key} {part}" for key, part in value.items() if part)
    if isinstance(value, list):
        return "；".join(_rule(item) for item in value)
    return str(_LABELS.get(field, {}).get(value, value))


def _rule(item: Any) -> str:
    """One rule of a collective unit in words."""
    if not isinstance(item, dict):
        return str(item)
    kind = str(_LABELS["kind"].get(str(item.get("kind")), item.get("kind")))
    names = [kind, item.get("pattern"), item.get("member"), item.get("since"), item.get("until")]
    return " ".join(str(name) for name in names if name)
