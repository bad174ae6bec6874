"""Rows of an older declaration brought under today's: first looked at as a whole, then moved batch by batch.

Until they are moved, and where a process dies in the middle, rows of both ages are read alike (`placing.current`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lantian.apps.core import audit
from lantian.apps.core.models import User
from lantian.apps.registers import indexes
from lantian.apps.registers.actions.holding import hold, open_change
from lantian.apps.registers.actions.renaming import former, rename
from lantian.apps.registers.models import ChangeSet, Record, RecordVersion, RegisterState, Route
from lantian.apps.registers.names import DirectoryNames
from lantian.apps.registers.placing import placed
from lantian.indicators.moving import Look, looks
from lantian.indicators.snapshots import Snapshots
from lantian.lake import LakeError
from lantian.registers import Label, Register
from lantian.registers.migrating import Mover, Step, mover, refusals, shape_of, steps, unknown
from lantian.registers.rows import Problem

BATCH = 500
SHOWN = 20  # problems of rows that are named


class MigrationRefused(Exception):
    """Rows that cannot be moved; ``plan`` says why. Nothing was moved."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan.register.name)
        self.plan = plan


@dataclass(slots=True)
class Plan:
    """What a register's new declaration does: its steps, how many rows they touch, and what stands against it."""

    register: Register
    before: int  # version that the rows have; 0: not known
    steps: list[Step]
    refusals: list[Label]
    rows: int = 0
    failed: int = 0
    was: str = ""  # the name under which the rows still stand
    problems: list[tuple[str, Problem]] = field(default_factory=list)  # (key, what is wrong), the first SHOWN

    @property
    def moves(self) -> bool:
        """Whether rows may change."""
        return any(step.what in ("rename", "convert") for step in self.steps)

    @property
    def refused(self) -> bool:
        """Whether it cannot be done."""
        return bool(self.refusals or self.failed)


def plan(register: Register) -> Plan | None:
    """What moving a register's rows would do; None: they have today's name and declaration, or there are none. Reads
    only."""
    own = RegisterState.objects.filter(name=register.name).first()
    old = former(register)
    state = own or old
    if state is None or (old is None and state.shape == shape_of(register)):
        return None
    before = state.shape or unknown(register)
    found = Plan(register, before["version"], steps(register, before), list(refusals(register, before)))
    found.was = old.name if old else ""
    if own and old:
        zh = f"“{old.name}”和“{register.name}”下都已有条目，不能改名"
        found.refusals.append(Label(zh, f"there are rows both under “{old.name}” and under “{register.name}”"))
    if not found.moves:
        return found
    if register.store == "lake":
        if ChangeSet.objects.filter(register=state.name, written=None).exists():
            zh = "还有未写入数据湖的更改，请待后台任务完成后再试"
            found.refusals.append(
                Label(zh, "changes are still on their way to the lake: try again when they are there")
            )
            return found
        try:
            _count(found, _looks_in_lake(replace(register, name=state.name)))
        except LakeError as error:
            found.refusals.append(Label(error.zh, error.en))
    else:
        _count(found, _looks(register, state.name))
    return found


def _count(found: Plan, rows: Iterable[Look]) -> None:
    for key, changes, problems in rows:
        found.rows += changes
        if problems:
            found.failed += 1
            found.problems += [(key, item) for item in problems][: SHOWN - len(found.problems)]


def _looks(register: Register, name: str) -> Iterator[Look]:
    move = mover(register, DirectoryNames(None))
    rows = Record.objects.filter(register=name).order_by("pk")
    for key, values, gone in rows.values_list("key", "values", "gone").iterator(2000):
        moved, problems = move(values)
        yield Look(key, moved != values, [] if gone else problems)


def _looks_in_lake(register: Register) -> Iterator[Look]:
    root = Path(settings.LANTIAN_LAKE)
    move = mover(register, DirectoryNames(None))
    return looks(root, register, Snapshots(root).files(register), move, timezone.localdate())


def migrate(by: User | None, register: Register) -> Plan | None:
    """Move a register's rows and their history; None: there is nothing to do. For commands of the installation: rights
    are not asked. Raises MigrationRefused: a declaration that does not follow from the old one, or a row that cannot be
    converted. The lake takes the whole register anew afterwards, or moves the
    rows that only it has (:mod:`lantian.apps.registers.jobs`)."""
    found = plan(register)
    if found is None:
        return None
    if found.refused:
        raise MigrationRefused(found)
    if found.was:
        rename(by, register, found.was)
    if found.moves:
        names = DirectoryNames(None)
        move = mover(register, names)
        for keys in _batches(Record, register):
            _records(register, keys, move, names)
        for keys in _batches(RecordVersion, register):
            _versions(keys, move)
    _close(by, found)
    indexes.ensure(register)
    return found


def _batches(model: Any, register: Register) -> Iterator[list[int]]:
    """Primary keys, so many at a time; rows that come in meanwhile are written under today's declaration."""
    last = 0
    rows = model.objects.filter(register=register.name).order_by("pk")
    while keys := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        yield keys
        last = keys[-1]


@transaction.atomic
def _records(register: Register, keys: list[int], move: Mover, names: DirectoryNames) -> None:
    hold(register)
    moved = []
    for record in Record.objects.select_for_update().filter(pk__in=keys):
        values, _problems = move(record.values)
        if values == record.values:
            continue
        record.values, record.revision = values, record.revision + 1
        for name, value in placed(register, values, names)._asdict().items():
            setattr(record, name, value)
        moved.append(record)
    columns = ["values", "revision", "area", "unit", "date", "lon", "lat", "text"]
    Record.objects.bulk_update(moved, columns, batch_size=BATCH)


@transaction.atomic
def _versions(keys: list[int], move: Mover) -> None:
    """History says the same in today's words; what cannot be converted there stays under its old field."""
    moved = []
    for version in RecordVersion.objects.filter(pk__in=keys).exclude(values=None):
        values, _problems = move(version.values or {})
        if values != version.values:
            version.values = values
            moved.append(version)
    RecordVersion.objects.bulk_update(moved, ["values"], batch_size=BATCH)


@transaction.atomic
def _close(by: User | None, done: Plan) -> None:
    """The register has today's declaration; where its rows were moved, the lake is to take them anew."""
    register = done.register
    state = hold(register)
    state.shape = shape_of(register)
    state.save(update_fields=["shape"])
    facts = {"register": register.name, "version": register.version, "rows": done.rows}
    change = None
    if done.moves:
        note = f"{done.before} → {register.version}"
        change = open_change(state, by, Route.MIGRATE, timezone.localdate(), note=note, changed=done.rows)
    audit.record(by, "register.migrate", change, after=facts)
