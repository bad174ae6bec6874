"""One row saved or removed by a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Area
from lantian.apps.core import audit, policy
from lantian.apps.core.holding import NotPossible, StaleError, is_stale
from lantian.apps.core.models import StoredFile, User
from lantian.apps.registers import rights
from lantian.apps.registers.actions.holding import effective_day, hold, open_change, require
from lantian.apps.registers.alike import Alike
from lantian.apps.registers.models import ChangeSet, Record, RecordVersion, Route
from lantian.apps.registers.names import DirectoryNames
from lantian.apps.registers.placing import Place, current, merged, placed
from lantian.apps.registers.queries import lakerows
from lantian.registers import Register
from lantian.registers.rows import Problem, check, key_of, reading, references, unknown_reference


class RowRefused(Exception):
    """A row that cannot be kept; ``problems`` say why, by field. Nothing was written."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(*(f"{item.field}: {item.en}" for item in problems))
        self.problems = problems


@dataclass(slots=True)
class Saved:
    """A row as it was saved: its record (None: it lies in the lake), its key, and what is odd about it."""

    record: Record | None
    key: str
    warnings: list[Problem]


@transaction.atomic
def save_row(
    by: User,
    register: Register,
    given: Mapping[str, Any],
    *,
    uid: UUID | None = None,
    key: str | None = None,
    revision: int | None = None,
    effective: date | None = None,
    route: Route = Route.FORM,
) -> Saved:
    """Add a row (neither ``uid`` nor ``key``) or change one; ``given`` holds texts by field (``place.lon``: a part).

    Fields that are not given stay as they are. ``key`` names a row of the lake, ``uid`` any other; ``revision`` is what
    `queries.Row` says of it. Raises RowRefused, StaleError (somebody changed it since), Http404, PermissionDenied,
    NotPossible.
    """
    require(by, register)
    day = effective_day(effective)
    state = hold(register)
    old = _held(by, register, uid, revision) if uid is not None else None
    names = DirectoryNames(by)
    before = current(register, old.values) if old is not None else {}
    if key is not None:
        before = _held_in_lake(by, register, key, revision)
    values, problems = _read(register, given, before, names)
    new_key = key_of(register, values)
    problems += _keyed(register, new_key, old, key)
    if any(not item.warning for item in problems):
        raise RowRefused(problems)
    place = placed(register, values, names)
    _require_at(by, register, place)
    if values == before and not (old is not None and old.gone):
        return Saved(old, new_key, problems)
    if old is None or place[:5] != (old.area_id, old.unit_id, old.date, old.lon, old.lat):
        problems += Alike(register).check(new_key, values, place)
    change = open_change(state, by, route, day)
    record = None if register.store == "lake" else _kept(register, old, new_key, values, place, change)
    _version(register.name, new_key, values, change, valid_from(register, place.date, day))
    what = "added" if old is None and key is None else "changed"
    ChangeSet.objects.filter(pk=change.pk).update(**{what: 1})
    shown = {name: value for name, value in rights.masked(register, values).items() if before.get(name) != values[name]}
    facts = {"register": register.name, "key": new_key}
    audit.record(
        by,
        "register.save",
        record or change,
        before={name: value for name, value in rights.masked(register, before).items() if name in shown},
        after=facts | shown,
    )
    return Saved(record, new_key, [item for item in problems if item.warning])


@transaction.atomic
def remove_row(
    by: User,
    register: Register,
    uid: UUID | None = None,
    *,
    key: str | None = None,
    revision: int | None,
    reason: str,
    effective: date | None = None,
    route: Route = Route.FORM,
) -> None:
    """Remove a row as of a day; its history stays, and its key may be used again. ``key`` names a row of the lake.

    Raises StaleError, Http404, PermissionDenied, NotPossible (no reason, or removed already).
    """
    require(by, register)
    day = effective_day(effective)
    if not reason.strip():
        raise NotPossible(_("Say why the row is removed."))
    state = hold(register)
    record = _held(by, register, uid, revision) if uid is not None else None
    if record is not None and record.gone:
        raise NotPossible(_("The row was removed already."))
    before = {} if record is not None else _held_in_lake(by, register, key or "", revision)
    change = open_change(state, by, route, day, note=reason.strip()[:300], removed=1)
    if record is not None:
        remove(record, change, day)
    else:  # an event counts from its own day, and so does that there was none
        happened = date.fromisoformat(before[register.date][:10])
        _version(register.name, key or "", None, change, happened)
    after = {"register": register.name, "key": record.key if record else key, "reason": change.note}
    audit.record(by, "register.remove", record or change, after=after)


def remove(record: Record, change: ChangeSet, day: date) -> None:
    """Mark a held record as gone within a change set."""
    record.gone, record.revision, record.change = True, record.revision + 1, change
    record.save(update_fields=["gone", "revision", "change"])
    _version(record.register, record.key, None, change, day, record.revision)


def _held(by: User, register: Register, uid: UUID, revision: int | None) -> Record:
    record = policy.get_or_404(by, Record.objects.filter(register=register.name), uid=uid)
    if is_stale(record, revision):
        raise StaleError
    if not rights.may_write_at(by, register, record.area):
        raise PermissionDenied
    return record


def _held_in_lake(by: User, register: Register, key: str, revision: int | None) -> dict[str, Any]:
    """What a row of the lake says now, also where a change of it is still on its way there."""
    found = lakerows.one(register, key, None)
    last = RecordVersion.objects.filter(register=register.name, key=key).order_by("-change__number").first()
    waits = last is not None and last.change.written is None
    values = (last.values if waits and last is not None else found) or {}
    area = Area.objects.filter(code=values.get(register.area) or "").first()
    if not values or not rights.reads(by, area):
        raise Http404
    changed = max(found["change"] if found else 0, last.change.number if last is not None else 0)
    if revision is not None and revision != changed:
        raise StaleError
    if not rights.may_write_at(by, register, area):
        raise PermissionDenied
    return current(register, values)


def _read(
    register: Register, given: Mapping[str, Any], before: Mapping[str, Any], names: DirectoryNames
) -> tuple[dict[str, Any], list[Problem]]:
    """The whole row as it would be, and what is wrong with it."""
    near = before.get(register.area) if register.area else None
    cells = dict(given) if register.area in given or not near else {**given, register.area: near}
    row = reading(register, names)(cells)
    values = merged(register, before, row.values)
    refused = {item.field for item in row.problems if not item.warning}
    problems = row.problems + check(register, values, refused)
    for name, keys in references(register, [row.values], names).items():
        problems += [unknown_reference(register.field(name), key) for key in keys if before.get(name) != key]
    for item in register.shown:
        uid = values.get(item.name) if item.type == "file" else None
        if uid and before.get(item.name) != uid and not StoredFile.objects.filter(uid=uid).exists():
            problems.append(Problem(item.name, "附件不存在", "there is no such file"))
    return values, problems


def _keyed(register: Register, key: str, old: Record | None, named: str | None) -> list[Problem]:
    """What is wrong with the row's key: it never changes, and a new row has a new one."""
    if not key:
        return []  # a required field is missing, which is said already
    first = register.key[0]
    if old is not None or named is not None:
        if key == (old.key if old is not None else named):
            return []
        zh = f"{register.field(first).label.zh}是这一行的编号，不能改；请移除后另行新增"
        return [Problem(first, zh, "the key of a row does not change; remove the row and add another")]
    there = Record.objects.filter(register=register.name, key=key, gone=False).exists()
    if there or (register.store == "lake" and lakerows.one(register, key, None) is not None):
        return [Problem(first, f"“{key}”已在台账中", f"there is a row {key} already")]
    return []


def _require_at(by: User, register: Register, place: Place) -> None:
    area = Area.objects.get(pk=place.area_id) if place.area_id else None
    if not rights.may_write_at(by, register, area):
        field = register.area or register.unit
        if not field:
            raise PermissionDenied
        raise RowRefused([Problem(field, "不在您管理的范围内", "lies outside the areas where you write")])


def _kept(
    register: Register, old: Record | None, key: str, values: dict[str, Any], place: Place, change: ChangeSet
) -> Record:
    record = old or Record.objects.select_for_update().filter(register=register.name, key=key).first()
    if record is None:
        return Record.objects.create(register=register.name, key=key, values=values, change=change, **place._asdict())
    for name, value in place._asdict().items():
        setattr(record, name, value)
    record.values, record.gone, record.change, record.revision = values, False, change, record.revision + 1
    record.save()
    return record


def valid_from(register: Register, happened: date | None, effective: date) -> date:
    """From when on a row says what it says: an event from its own day, anything else from the change's."""
    return happened if register.kind == "event" and happened else effective


def _version(
    name: str, key: str, values: dict[str, Any] | None, change: ChangeSet, since: date, revision: int | None = None
) -> None:
    if revision is None:
        last = RecordVersion.objects.filter(register=name, key=key).order_by("-revision").first()
        revision = (last.revision if last else 0) + 1
    RecordVersion.objects.create(
        register=name, key=key, change=change, revision=revision, values=values, valid_from=since
    )
