"""Rows from outside against what is there: every problem, every change, and only then one save of everything.

Nothing is deleted: what the rows do not speak of stays, what is gone gets its closing date. Rows that people keep
(``edited``) are left alone where ``keep_edits`` says so, which is how the data files of an installation are loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from lantian.apps.areas.incoming.aliases import AliasTable, RuleTable
from lantian.apps.areas.incoming.places import AreaTable, UnitTable
from lantian.apps.areas.incoming.rows import Change, Problem, Row, columns
from lantian.apps.areas.incoming.values import Unreadable, read
from lantian.apps.areas.models import Area, Unit
from lantian.apps.areas.names import current
from lantian.apps.core.models import AuditEvent, User


class Incoming:
    """One comparison; :meth:`save` writes it, if there is no problem.

    ``reach``: paths of the areas whose rows may be changed, None for all. ``problems`` and ``changes`` are complete
    once the object is made; nothing has been written by then.
    """

    def __init__(self, rows: dict[str, list[Row]], *, reach: Iterable[str] | None, keep_edits: bool) -> None:
        self.problems: list[Problem] = []
        self.changes: list[Change] = []
        self.keep_edits = keep_edits
        self._reach = None if reach is None else tuple(reach)
        self.areas = AreaTable(self)
        self.units = UnitTable(self)
        self.aliases = AliasTable(self)
        self.rules = RuleTable(self)
        for table in (self.areas, self.units, self.aliases, self.rules):
            table.read(rows.get(table.sheet, []))

    def save(self, user: User | None) -> None:
        """Write everything, with one audit event for each row that was there before and changed."""
        if self.problems:
            raise ValueError("a directory with problems is not saved")
        events: list[AuditEvent] = []
        for table in (self.areas, self.units, self.aliases, self.rules):
            events += table.save(user)
        AuditEvent.objects.bulk_create(events, batch_size=200)

    def counts(self) -> dict[str, int]:
        """How many rows of each table stand behind the file, ``each:`` rows counted as what they stand for."""
        tables = (self.areas, self.units, self.aliases, self.rules)
        return {table.sheet: table.count for table in tables if table.count or table.sheet != "collectives"}

    def may(self, area: Area) -> bool:
        """Whether the person's rights reach the area."""
        return self._reach is None or area.path.startswith(self._reach)

    def wrong(self, row: Row, column: str, zh: str, en: str) -> None:
        """Note a problem of a row."""
        self.problems.append(Problem(row.sheet, row.line, column, zh, en))

    def values(self, row: Row, lengths: Callable[[str], int | None]) -> dict[str, Any] | None:
        """The row's cells as values; None, with the problems noted, where one cannot be used."""
        known, found, good = columns(row.sheet), {}, True
        for field, text in row.values.items():
            column = known[field]
            limit = lengths(field)
            try:
                if column.required and not text:
                    raise Unreadable("不能为空", f"{field} must not be blank")
                if limit and len(text) > limit:
                    raise Unreadable(f"超过 {limit} 个字", f"{field} is longer than {limit} characters")
                found[field] = read(column.kind, text)
            except Unreadable as error:
                self.wrong(row, field, error.zh, error.en)
                good = False
        return found if good else None

    def expanded(self, row: Row) -> Iterator[tuple[Area, Row]]:
        """The areas that a row speaks of, with ``{area}`` and ``{parent}`` of an ``each:KIND`` row filled in."""
        code = row.values.get("area", "")
        if not code.startswith("each:"):
            area = self.areas.by_code.get(code)
            if area is not None:
                yield area, row
            elif code and code not in self.areas.bad:
                self.wrong(row, "area", f"没有代码为 {code} 的区域", f"no such area: {code}")
            elif not code:
                self.wrong(row, "area", "不能为空", "area must not be blank")
            return
        try:
            kind = read("area_kind", code.removeprefix("each:"))
        except Unreadable as error:
            self.wrong(row, "area", error.zh, error.en)
            return
        for area in self.areas.in_file:
            if area.kind == kind and area.closed is None:
                yield area, Row(row.sheet, row.line, filled(row.values, area))

    def unit_in(self, area: Area, name: str) -> Unit | None:
        """The unit of that name in an area or, nearest first, above it."""
        place: Area | None = area
        while place is not None:
            if unit := self.units.by_key.get((place.code, name)):
                return current(unit)
            place = place.parent
        return None


def filled(values: dict[str, str], area: Area) -> dict[str, str]:
    """The cells of an ``each:`` row for one area. A pattern keeps its places: it is filled when it is expanded."""
    parent = area.parent.name if area.parent else ""
    return {
        field: text if field == "pattern" else text.replace("{area}", area.name).replace("{parent}", parent)
        for field, text in values.items()
    }
