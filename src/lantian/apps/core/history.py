"""历史: what the audit log says in sentences, and which of it a person may read.

Who may search reads what was done by people of the own area: by whoever had roles only there at that moment
(``AuditEvent.place``), and what the clock did to things that lie there. Somebody with a role further up is read further
up. A role that holds everywhere reads everything. Sentences and the names of things stand in a ``history.yaml`` of each
app, so that the core need not know them.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from django.apps import apps
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from lantian.apps.core import policy
from lantian.apps.core.language import chinese
from lantian.apps.core.models import AuditEvent, User

SEARCH = "history.search"
PAGE = 50
_SLOT = re.compile(r"\{(\w+)\}")
_UID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LONGEST = 400  # characters of a value on a page; the export has all of it
_SENTENCE = 80  # characters of a value inside a sentence


@dataclass(frozen=True, slots=True)
class Words:
    """All ``history.yaml`` files in one: sentences by action and their groups, sorts of things, fields, values.

    The same field may be called differently by two apps (``title``: of a plan, of a person): ``fields`` has it under
    ``app.field``, too, and ``app`` says which app an action belongs to.
    """

    groups: dict[str, list[str]] = field(default_factory=dict)
    actions: dict[str, list[str]] = field(default_factory=dict)
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    fields: dict[str, list[str]] = field(default_factory=dict)
    values: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    app: dict[str, str] = field(default_factory=dict)

    def label(self, app: str, name: str, side: int) -> str:
        """What a field is called in the sentences of an app; its code name where nobody says."""
        return (self.fields.get(f"{app}.{name}") or self.fields.get(name) or (name, name))[side]


@dataclass(frozen=True, slots=True)
class Entry:
    """One event for people: ``fields`` are (label, before, after), ``url`` leads to the thing if it has a page."""

    event: AuditEvent
    who: str
    sentence: str
    kind: str
    name: str
    url: str
    fields: tuple[tuple[str, str, str], ...]


@cache
def words() -> Words:
    """The words of all installed apps; the same action in two apps is a mistake of ours."""
    found = Words()
    for config in apps.get_app_configs():
        file = Path(config.path) / "history.yaml"
        if not file.is_file():
            continue
        given = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        if twice := found.actions.keys() & given.get("actions", {}).keys():
            raise ValueError(f"{file.name} of {config.label}: {sorted(twice)} stand in another app, too")
        found.groups.update(given.get("groups", {}))
        found.actions.update(given.get("actions", {}))
        found.objects.update(given.get("objects", {}))
        found.app.update(dict.fromkeys(given.get("actions", {}), config.label))
        for name, pair in given.get("fields", {}).items():
            found.fields[f"{config.label}.{name}"] = pair
            found.fields.setdefault(name, pair)
        for name, values in given.get("values", {}).items():
            found.values.setdefault(name, {}).update(values)
    return found


def visible(user: User) -> QuerySet[AuditEvent]:
    """The events that the person may search, newest first."""
    rows = AuditEvent.objects.select_related("user").order_by("-id")
    there = Q(user=user)
    for role, path in policy.memberships(user):
        if role in policy.ACTIONS[SEARCH]:
            if path is None:
                return rows
            there |= Q(place__startswith=path)
    return rows.filter(there) if policy.can(user, SEARCH) else rows.none()


def narrowed(
    rows: QuerySet[AuditEvent], *, who: str = "", action: str = "", kind: str = "", uid: str = "", request: str = "",
    text: str = "", since: date | None = None, until: date | None = None,
) -> QuerySet[AuditEvent]:  # fmt: skip
    """Events by name or login, action (or all that begin ``plan.``), sort of thing, thing, request, words, days.

    Words are looked for in what was before and after; both days are included.
    """
    if who:
        people = User.objects.filter(Q(username__icontains=who) | Q(display_name__icontains=who))
        rows = rows.filter(user__in=people.values("pk"))
    if action:
        rows = rows.filter(action__startswith=action) if action.endswith(".") else rows.filter(action=action)
    if kind:
        rows = rows.filter(object_type=kind)
    if uid:
        rows = rows.filter(object_uid=uid) if is_uid(uid) else rows.none()
    if request:
        rows = rows.filter(request_id=request)
    if since:
        rows = rows.filter(at__gte=_midnight(since))
    if until:
        rows = rows.filter(at__lt=_midnight(until + timedelta(days=1)))
    if text:
        # SQLite keeps JSON as it was written, with \\uXXXX for what is not ASCII; PostgreSQL keeps the characters.
        rows = rows.annotate(was=Cast("before", TextField()), now=Cast("after", TextField()))
        found = Q()
        for form in {text, json.dumps(text)[1:-1]}:
            found |= Q(was__icontains=form) | Q(now__icontains=form)
        rows = rows.filter(found)
    return rows


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def about(uid: UUID, limit: int = PAGE) -> list[Entry]:
    """The latest events of one thing, for a tab on its page: whoever may see the page may see them."""
    return entries(AuditEvent.objects.filter(object_uid=uid).select_related("user").order_by("-id")[:limit])


def entries(events: Iterable[AuditEvent]) -> list[Entry]:
    """Events as sentences with the names of their things; one query for each sort of thing that occurs."""
    rows = list(events)
    names = _names(rows)
    side = _side()
    return [_entry(row, names, side) for row in rows]


def action_choices() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """For a filter: (``plan.``, what the group is called, [(action, its sentence without slots), …]), in file order."""
    side = _side()
    found: dict[str, list[tuple[str, str]]] = {}
    for action, sentence in words().actions.items():
        found.setdefault(action.partition(".")[0], []).append((action, _SLOT.sub("…", sentence[side])))
    return [(f"{group}.", words().groups.get(group, [group, group])[side], rows) for group, rows in found.items()]


def kind_choices() -> list[tuple[str, str]]:
    """For a filter: sorts of things with their names."""
    return [(label, kind_of(label)) for label in words().objects]


def kind_of(label: str) -> str:
    """What a sort of thing (``plans.plan``) is called."""
    known = words().objects.get(label)
    return str(known["zh" if _side() == 0 else "en"]) if known else label


def _side() -> int:
    """Which of a pair of words the person reads: Chinese first, English second."""
    return 0 if chinese() else 1


def _names(rows: Sequence[AuditEvent]) -> dict[UUID, str]:
    """What the things are called today; what is gone, or has no name, is left out.

    A name is made of fields, divided by spaces; of ``this|that`` the first that is filled in.
    """
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for row in rows:
        if row.object_uid and words().objects.get(row.object_type, {}).get("name"):
            wanted[row.object_type].add(row.object_uid)
    found: dict[UUID, str] = {}
    for label, uids in wanted.items():
        pattern = str(words().objects[label]["name"])
        fields = pattern.replace("|", " ").split()
        model = apps.get_model(label)
        for row in model._default_manager.filter(uid__in=uids).values("uid", *fields):
            parts = (next((row[way] for way in part.split("|") if row[way]), "") for part in pattern.split())
            found[row["uid"]] = " ".join(str(part) for part in parts if part != "")
    return found


def _entry(row: AuditEvent, names: dict[UUID, str], side: int) -> Entry:
    name = names.get(row.object_uid, "") if row.object_uid else ""
    known = words().objects.get(row.object_type, {})
    url = ""
    if name and row.object_uid and known.get("url"):
        try:
            url = reverse(known["url"], args=[row.object_uid])
        except NoReverseMatch:
            url = ""
    values = (row.before or {}) | (row.after or {}) | {"object": name}
    sentence = words().actions.get(row.action, [row.action, row.action])[side]
    return Entry(
        event=row,
        who=str(row.user) if row.user else ("系统", "system")[side],
        sentence=_SLOT.sub(lambda slot: _slot(slot[1], values, side), sentence),
        kind=kind_of(row.object_type) if row.object_type else "",
        name=name,
        url=url,
        fields=tuple(_fields(row, side)),
    )


def _slot(name: str, values: dict[str, Any], side: int) -> str:
    value = show(name, values.get(name), side)
    return value[:_SENTENCE] or "…"


def _fields(row: AuditEvent, side: int) -> Iterator[tuple[str, str, str]]:
    before, after = row.before or {}, row.after or {}
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        was, now = (show(name, value, side)[:_LONGEST] for value in (old, new))
        if (old != new or name not in before) and (was or now) and not is_uid(was or now):
            yield words().label(words().app.get(row.action, ""), name, side), was, now


def show(name: str, value: Any, side: int) -> str:
    """A value in words: choices by their names, yes and no, lists and groups in one line."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return (("是", "yes") if value else ("否", "no"))[side]
    if isinstance(value, list):
        return "；".join(show(name, item, side) for item in value)
    if isinstance(value, dict):
        parts = ((key, show(key, item, side)) for key, item in value.items())
        return "，".join(f"{words().label('', key, side)} {text}" for key, text in parts if text)
    known = words().values.get(name, {}).get(str(value))
    return known[side] if known else str(value)


def is_uid(text: str) -> bool:
    """Whether a text of an address can be the id of something."""
    return _UID.fullmatch(text) is not None
