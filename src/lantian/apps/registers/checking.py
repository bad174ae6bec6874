"""A file's rows, read in the guarded worker, as staged rows: values or problems, compared with what is kept."""

from __future__ import annotations

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from django.db.models import Count, Q

from lantian.apps.core.models import User
from lantian.apps.registers import rights
from lantian.apps.registers.actions.bulk import areas_in_lake
from lantian.apps.registers.alike import Alike
from lantian.apps.registers.models import ImportSession, Record
from lantian.apps.registers.names import DirectoryNames
from lantian.apps.registers.placing import current, placed
from lantian.apps.registers.staging import Staged, put
from lantian.reading.guard import run_guarded
from lantian.registers import Register
from lantian.registers.rows import Problem, Row, check, key_of, reading, references, unknown_reference
from lantian.registers.sheets import Header, Left, book_of, find_header, rows
from lantian.registers.spooling import spool
from lantian.registers.values import Figure

BATCH = 1000
CPU_SECONDS = 240  # of a worker: 300,000 rows of a workbook need some ninety
Given = dict[str, Any]
Read = tuple[int, Given, Row, str]  # line, cells, what they say, key
Told = Callable[[int], None]


@contextmanager
def opened(session: ImportSession, known: Mapping[str, str]) -> Iterator[tuple[Header | None, list[str]]]:
    """The header of a session's file and the names of its hidden sheets; its rows can be read inside. ReadingError."""
    with tempfile.TemporaryDirectory(prefix="lantian-") as folder:
        path = Path(folder) / f"file{Path(session.file_name).suffix.lower()[:10]}"
        shutil.copyfile(session.file.path, path)
        book = book_of(run_guarded(spool, path, cpu=CPU_SECONDS))
        yield find_header(book, known), book.hidden


def check_rows(session: ImportSession, register: Register, header: Header, left: Left, told: Told) -> None:
    """Check every row of the file into :class:`StagedRow`, a batch at a time, and count them on the session.

    What was staged before is replaced, so that a job which died in between starts anew.
    """
    by = session.created_by
    assert by is not None
    session.staged.all()._raw_delete(session.staged.db)  # nothing hangs on staged rows
    checker = _Checker(session, register, by)
    columns = {int(at): name for at, name in session.mapping.items()}
    lines = rows(header, left)
    done = 0
    while some := list(islice(lines, BATCH)):
        put(session, checker.staged(some, columns))
        done += len(some)
        told(done * 100 // max(header.sheet.count, 1))
    _count(session)


class _Checker:
    """What the rows of one file are compared with."""

    def __init__(self, session: ImportSession, register: Register, by: User) -> None:
        self._register = register
        self._nothing: Given = dict.fromkeys(item.name for item in register.shown)
        self._names = DirectoryNames(by)
        self._read = reading(register, self._names, session.datum)
        self._alike = Alike(register)
        self._lines: dict[str, int] = {}
        areas: Sequence[int] = list(rights.writable_areas(by, register).values_list("pk", flat=True))
        self._allowed: set[int | None] = set(areas)
        if rights.may_write_at(by, register, None):
            self._allowed.add(None)
        self._narrow = rights.writes_in_part(by, register)
        self._elsewhere: Mapping[str, set[int | None]] = {}
        self._files = any(item.type == "file" for item in register.shown)

    def staged(self, some: Sequence[tuple[int, dict[int, Any]]], columns: Mapping[int, str]) -> list[Staged]:
        """One batch; a fixed number of queries."""
        parsed: list[Read] = []
        everything = dict.fromkeys(columns.values())
        for line, cells in some:
            given: Given = everything | {columns[at]: cell for at, cell in cells.items() if at in columns}
            row = self._read(given)
            parsed.append((line, given, row, key_of(self._register, row.values)))
        unknown = references(self._register, [row.values for _line, _given, row, _key in parsed], self._names)
        old: dict[str, Record] = {}
        if self._register.store == "table":
            keys = {key for *_rest, key in parsed}
            old = {row.key: row for row in Record.objects.filter(register=self._register.name, key__in=keys)}
        elif self._narrow:
            self._elsewhere = areas_in_lake(self._register, [read[3] for read in parsed], self._names)
        return [self._one(read, old.get(read[3]), unknown) for read in parsed]

    def _one(self, read: Read, old: Record | None, unknown: Mapping[str, set[str]]) -> Staged:
        line, given, row, key = read
        register = self._register
        there = old is not None and not old.gone
        before = current(register, old.values) if old is not None and there else {}
        values = self._nothing | before | row.values
        refused = {item.field for item in row.problems if not item.warning}
        problems = row.problems + check(register, values, refused)
        for name, keys in unknown.items():
            if row.values.get(name) in keys:
                problems.append(unknown_reference(register.field(name), row.values[name]))
        if key and (first := self._lines.setdefault(key, line)) != line:
            problems.append(Problem(register.key[0], f"与第{first}行重复", f"stands in line {first}, too"))
        place = placed(register, values, self._names)
        inside = place.area_id in self._allowed and (old is None or not there or old.area_id in self._allowed)
        inside = inside and self._elsewhere.get(key, self._allowed) <= self._allowed
        if not inside and not (register.area in refused or register.unit in refused):
            problems.append(
                Problem(register.area or register.unit, "不在您管理的范围内", "lies outside the areas where you write")
            )
        verdict = "new" if not there else "same" if values == before else "change"
        bad = bool(problems) and any(not item.warning for item in problems)
        if not bad and verdict == "new":
            problems += self._alike.check(key, values, place)
        return Staged(
            line, key, values, _given(given, problems) if problems else {}, [item.as_json() for item in problems],
            bad, not bad and bool(problems), "" if bad else verdict, old.revision if old else 0, place,
        )  # fmt: skip


def _given(cells: Given, problems: Sequence[Problem]) -> dict[str, str]:
    """The cells as they stand in the file, of the fields with problems."""
    fields = {item.field for item in problems}
    return {
        name: (cell.shown if isinstance(cell, Figure) else str(cell))[:300]
        for name, cell in cells.items()
        if cell is not None and name.partition(".")[0] in fields
    }


def _count(session: ImportSession) -> None:
    good = Q(bad=False)
    which = {
        "rows": Q(), "good": good, "bad": ~good, "warned": Q(warned=True), "new": good & Q(verdict="new"),
        "changes": good & Q(verdict="change"), "same": good & Q(verdict="same"),
    }  # fmt: skip
    found = session.staged.aggregate(**{f"n_{name}": Count("pk", filter=rows) for name, rows in which.items()})
    for name in which:
        setattr(session, name, found[f"n_{name}"])


def remarks(hidden: Sequence[str], left: Left) -> list[dict[str, Any]]:
    """What is to be said of the file as a whole: what was left out, and why."""
    found: dict[str, list[str]] = defaultdict(list)
    if hidden:
        names = "、".join(hidden)
        found["zh"].append(f"隐藏的工作表没有读取：{names}")
        found["en"].append(f"hidden sheets were not read: {names}")
    if left.sums:
        lines = "、".join(map(str, left.sums[:10]))
        found["zh"].append(f"合计行没有读取：第{lines}行")
        found["en"].append(f"rows of sums were not read: {lines}")
    if left.notes:
        lines = "、".join(map(str, left.notes[:10]))
        found["zh"].append(f"表下的说明没有读取：第{lines}行")
        found["en"].append(f"notes below the table were not read: lines {lines}")
    if left.nameless:
        letters = "、".join(letter(at) for at in sorted(left.nameless)[:10])
        found["zh"].append(f"没有表头的列没有读取：{letters}列")
        found["en"].append(f"columns without a heading were not read: {letters}")
    return [{"zh": zh, "en": en} for zh, en in zip(found["zh"], found["en"], strict=True)]


def letter(at: int) -> str:
    """The letters of a column, counted from 0."""
    text, at = "", at + 1
    while at:
        at, rest = divmod(at - 1, 26)
        text = chr(65 + rest) + text
    return text
