"""Many rows at once, without a file: from another system (:func:`upsert`), from a generator of ours (:func:`fill`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, Literal

from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.core import audit
from lantian.apps.core.holding import NotPossible
from lantian.apps.core.models import User
from lantian.apps.registers import rights
from lantian.apps.registers.actions.holding import effective_day, hold, open_change, require
from lantian.apps.registers.actions.rows import RowRefused, valid_from
from lantian.apps.registers.models import ChangeSet, Record, RecordVersion, Route
from lantian.apps.registers.names import DirectoryNames
from lantian.apps.registers.placing import Place, current, merged, placed
from lantian.apps.registers.queries import lakerows
from lantian.registers import Register
from lantian.registers.rows import Problem, Reading, check, key_of, reading, references, unknown_reference

MOST = 5000  # rows of one upsert
_BATCH = 1000

What = Literal["added", "changed", "same", "refused"]


@dataclass(slots=True)
class Answer:
    """What became of one row: its key (blank: it has none), what was done, and what is wrong or odd."""

    key: str
    what: What
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class _Row:
    values: dict[str, Any]
    answer: Answer
    old: Record | None = None
    place: Place | None = None


@transaction.atomic
def upsert(
    by: User,
    register: Register,
    rows: Sequence[Mapping[str, Any]],
    *,
    effective: date | None = None,
    route: Route = Route.API,
    note: str = "",
) -> list[Answer]:
    """Add or change rows by their key, each answered for itself; a refused row keeps no other out.

    Sending the same rows again changes nothing. A row that was removed comes back. Fields that a row does not name stay
    as they are. Raises PermissionDenied, NotPossible (more than :data:`MOST` rows, a day in the future).
    """
    require(by, register)
    if len(rows) > MOST:
        raise NotPossible(_("At most %(most)s rows at a time.") % {"most": MOST})
    day = effective_day(effective)
    state = hold(register)
    found = _prepared(by, register, rows)
    wanted = [row for row in found if row.answer.what in ("added", "changed")]
    if wanted:
        change = open_change(state, by, route, day, note=note[:300], **_counts(wanted))
        _write(register, wanted, change, day)
        facts = {"register": register.name, "added": change.added, "changed": change.changed, "note": change.note}
        audit.record(by, "register.upsert", change, after=facts)
    return [row.answer for row in found]


@transaction.atomic
def fill(
    by: User | None,
    register: Register,
    rows: Iterable[Mapping[str, Any]],
    *,
    effective: date,
    route: Route = Route.DEMO,
    note: str = "",
) -> ChangeSet:
    """Any number of rows that we made ourselves, in one change set; the first wrong one refuses all (RowRefused).

    For the demonstration and commands of the installation: rights are not asked. Rows of the lake are kept as versions.
    """
    state = hold(register)
    change = open_change(state, by, route, effective, note=note[:300])
    names = DirectoryNames(by)
    read = reading(register, names)
    left = iter(rows)
    while some := list(islice(left, _BATCH)):
        found = _checked(register, some, read, names)
        if wrong := [item for row in found if row.answer.what == "refused" for item in row.answer.problems]:
            raise RowRefused(wrong)
        wanted = [row for row in found if row.answer.what != "same"]
        _write(register, wanted, change, effective)
        counts = _counts(wanted)
        change.added, change.changed = change.added + counts["added"], change.changed + counts["changed"]
    change.save(update_fields=["added", "changed"])
    facts = {"register": register.name, "added": change.added, "changed": change.changed}
    audit.record(by, "register.fill", change, after=facts)
    return change


_OUTSIDE = Problem("", "不在您管理的范围内", "lies outside the areas where you write")


def _prepared(by: User, register: Register, rows: Sequence[Mapping[str, Any]]) -> list[_Row]:
    names = DirectoryNames(by)
    found = _checked(register, rows, reading(register, names), names)
    allowed = set(rights.writable_areas(by, register).values_list("pk", flat=True))
    nowhere = rights.may_write_at(by, register, None)
    there = areas_in_lake(register, [row.answer.key for row in found], names) if register.store == "lake" else {}
    for row in found:
        if row.answer.what == "refused" or row.place is None:
            continue
        places = {row.place.area_id} | ({row.old.area_id} if row.old else set()) | there.get(row.answer.key, set())
        if not all(nowhere if place is None else place in allowed for place in places):
            row.answer = Answer(row.answer.key, "refused", [_OUTSIDE])
    return found


def areas_in_lake(register: Register, keys: Sequence[str], names: DirectoryNames) -> dict[str, set[int | None]]:
    """Where the rows of keys lie that the lake has already, by key: who may not write there does not replace them."""
    found = lakerows.many(register, keys)
    return {key: {names.area_keys.get(values.get(register.area) or "")} for key, values in found.items()}


def _checked(register: Register, rows: Sequence[Mapping[str, Any]], read: Reading, names: DirectoryNames) -> list[_Row]:
    """Every row read, merged with what is kept, checked and compared; a fixed number of queries."""
    parsed = [read(row) for row in rows]
    keys = [key_of(register, row.values) for row in parsed]
    old: dict[str, Record] = {}
    if register.store == "table":
        wanted = Record.objects.select_for_update(of=("self",)).filter(register=register.name, key__in=set(keys))
        old = {row.key: row for row in wanted}
    unknown = references(register, [row.values for row in parsed], names)
    found: list[_Row] = []
    seen: set[str] = set()
    for row, key in zip(parsed, keys, strict=True):
        record = old.get(key)
        before = current(register, record.values) if record is not None else {}
        values = merged(register, before, row.values)
        refused = {item.field for item in row.problems if not item.warning}
        problems = row.problems + check(register, values, refused)
        for name, missing in unknown.items():
            if row.values.get(name) in missing and before.get(name) != row.values[name]:
                problems.append(unknown_reference(register.field(name), row.values[name]))
        for item in register.shown:
            if item.type == "file" and row.values.get(item.name) not in (None, before.get(item.name)):
                problems.append(Problem(item.name, "附件只能在页面上传", "files are attached on the page of the row"))
        if key and key in seen:
            problems.append(Problem(register.key[0], f"“{key}”出现了两次", f"{key} stands there twice"))
        seen.add(key)
        what: What = "added" if record is None or record.gone else "same" if values == before else "changed"
        if any(not item.warning for item in problems):
            found.append(_Row(values, Answer(key, "refused", problems)))
        else:
            found.append(_Row(values, Answer(key, what, problems), record, placed(register, values, names)))
    return found


def _counts(rows: Iterable[_Row]) -> dict[str, int]:
    done = [row.answer.what for row in rows]
    return {"added": done.count("added"), "changed": done.count("changed")}


def _write(register: Register, rows: Sequence[_Row], change: ChangeSet, day: date) -> None:
    if register.store == "table":
        new = [row for row in rows if row.old is None]
        Record.objects.bulk_create(list(_new_records(register, new, change)), batch_size=_BATCH)
        held = [_changed(row, change) for row in rows if row.old is not None]
        columns = ("values", "gone", "revision", "change", *Place._fields)
        Record.objects.bulk_update(held, [name.removesuffix("_id") for name in columns], batch_size=_BATCH)
        revisions = {row.answer.key: row.old.revision if row.old else 1 for row in rows}
    else:
        revisions = _next_revisions(register, [row.answer.key for row in rows])
    versions = [
        _version(
            register, row.answer.key, row.values, change, revisions[row.answer.key],
            valid_from(register, row.place.date if row.place else None, day),
        )
        for row in rows
    ]  # fmt: skip
    RecordVersion.objects.bulk_create(versions, batch_size=_BATCH)


def _new_records(register: Register, rows: Iterable[_Row], change: ChangeSet) -> Iterator[Record]:
    for row in rows:
        assert row.place is not None
        facts = row.place._asdict()
        yield Record(register=register.name, key=row.answer.key, values=row.values, change=change, **facts)


def _changed(row: _Row, change: ChangeSet) -> Record:
    record = row.old
    assert record is not None
    assert row.place is not None
    for name, value in row.place._asdict().items():
        setattr(record, name, value)
    record.values, record.gone, record.change, record.revision = row.values, False, change, record.revision + 1
    return record


def _next_revisions(register: Register, keys: Sequence[str]) -> dict[str, int]:
    rows = RecordVersion.objects.filter(register=register.name, key__in=keys).order_by("revision")
    last = dict(rows.values_list("key", "revision"))
    return {key: last.get(key, 0) + 1 for key in keys}


def _version(
    register: Register, key: str, values: dict[str, Any] | None, change: ChangeSet, revision: int, since: date
) -> RecordVersion:
    return RecordVersion(
        register=register.name, key=key, change=change, revision=revision, values=values, valid_from=since
    )
