"""区域 and 单位: the rows of areas and units, read, compared and saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from lantian.apps.areas.incoming.base import BATCH, Table
from lantian.apps.areas.incoming.rows import Row
from lantian.apps.areas.models import Area, Unit, UnitAlias
from lantian.apps.areas.paths import renew_paths
from lantian.apps.areas.states import State, area_state, unit_state
from lantian.apps.core.models import AuditEvent, User

if TYPE_CHECKING:
    from lantian.apps.areas.incoming.reconcile import Incoming

Place = TypeVar("Place", Area, Unit)


class AreaTable(Table):
    """区域: rows by code; what stands above must be there already or stand further up in the file."""

    sheet = "areas"
    model = Area

    def __init__(self, incoming: Incoming) -> None:
        super().__init__(incoming)
        self.by_code = {area.code: area for area in Area.objects.select_related("parent")}
        keys = {area.pk: area for area in self.by_code.values()}
        for area in self.by_code.values():
            if area.parent_id is not None:
                area.parent = keys[area.parent_id]
        self.in_file: list[Area] = []
        self.bad: set[str] = set()
        self._touched: list[Area] = []
        self._moved: list[Area] = []  # with another path, touched or not

    def read(self, rows: list[Row]) -> None:
        seen: set[str] = set()
        for row in rows:
            code = row.values.get("code", "")
            if code in seen:
                self.all.wrong(row, "code", f"代码 {code} 出现两次", f"{code} stands twice")
                continue
            seen.add(code)
            area = self._one(row, code)
            if area is None:
                self.bad.add(code)
            else:
                self.in_file.append(area)
                self.by_code[code] = area
        self.count = len(self.in_file)
        self._check_cycles(rows)
        self._moved = renew_paths(self.by_code.values())

    def _one(self, row: Row, code: str) -> Area | None:
        values = self._values(row)
        if values is None:
            return None
        area = self.by_code.get(code)
        if area is not None and area.edited and self.all.keep_edits:
            return area
        parent = self.by_code.get(values.get("parent", ""))
        if values.get("parent") and parent is None:
            words = values["parent"]
            if words not in self.bad:
                zh = f"上级区域 {words} 不存在，或写在了下级的后面"
                self.all.wrong(row, "parent", zh, f"parent {words} must stand above its children")
            return None
        if "parent" not in values and area is not None:
            parent = area.parent
        place = area or parent
        if place is None and not self.all.may(Area(path="/")):
            self.all.wrong(row, "code", "只有全系统的管理员可以新建最上级区域", "a new root is not yours to make")
            return None
        if any(not self.all.may(item) for item in (area, parent if area is None else area) if item is not None):
            self.all.wrong(row, "code", f"{code} 不在您的管理范围内", f"{code} lies outside your area")
            return None
        before = area_state(area) if area is not None else None
        area = area or Area(code=code)
        for field in ("name", "kind", "level", "opened", "closed", "source"):
            if field in values:
                setattr(area, field, values[field])
        area.short_name = values.get("short_name") or area.short_name or area.name
        area.parent = parent
        if area.opened and area.closed and area.closed < area.opened:
            self.all.wrong(row, "closed", "撤销日期早于设立日期", "closed before it was opened")
            return None
        area.path = f"{parent.path if parent else '/'}{area.code}/"
        if self._note(row, f"{area.code} {area.name}", before, area_state(area), area, "area.import"):
            area.edited = area.edited or not self.all.keep_edits
            self._touched.append(area)
        return area

    def _check_cycles(self, rows: list[Row]) -> None:
        for area, row in ((self.by_code.get(row.values.get("code", "")), row) for row in rows):
            seen: set[str] = set()
            place = area
            while place is not None and place.code not in seen:
                seen.add(place.code)
                place = place.parent
            if place is not None and area is not None:
                self.all.wrong(row, "parent", "上下级成环：不能归入自己的下级", "the area would lie below itself")
                area.parent = None

    def save(self, user: User | None) -> list[AuditEvent]:
        old = {*(area for area in (*self._touched, *self._moved) if area.pk is not None)}
        _create([area for area in self._touched if area.pk is None])
        fields = ("name", "short_name", "kind", "level", "parent", "path", "opened", "closed", "source", "edited")
        Area.objects.bulk_update(old, fields, batch_size=100)
        return self._events(user)


class UnitTable(Table):
    """单位: rows by area and name, or by the id that an export wrote."""

    sheet = "units"
    model = Unit

    def __init__(self, incoming: Incoming) -> None:
        super().__init__(incoming)
        rows = list(Unit.objects.select_related("area", "parent", "merged_into"))
        for unit in rows:
            unit.area = incoming.areas.by_code[unit.area.code]
        self.by_key = {(unit.area.code, unit.name): unit for unit in rows}
        self._by_uid = {str(unit.uid): unit for unit in rows}
        self._former = {
            (alias.unit.area.code, alias.name): alias.unit
            for alias in UnitAlias.objects.filter(former=True).select_related("unit__area")
        }
        self._touched: list[Unit] = []
        self._states: list[tuple[Row, Unit, State | None]] = []
        self.in_file: set[tuple[str, str]] = set()

    def read(self, rows: list[Row]) -> None:
        above: list[tuple[Row, Unit, str]] = []
        for printed in rows:
            for area, row in self.all.expanded(printed):
                unit = self._one(area, row)
                if unit is not None and "parent" in row.values:
                    above.append((row, unit, row.values["parent"]))
        for row, unit, name in above:
            self._put_below(row, unit, name)
        for row, unit, before in self._states:
            key = f"{unit.area.name} {unit.name}"
            if self._note(row, key, before, unit_state(unit), unit, "unit.import"):
                unit.edited = unit.edited or not self.all.keep_edits
                self._touched.append(unit)
        self.count = len(self.in_file)

    def _one(self, area: Area, row: Row) -> Unit | None:
        values = self._values(row)
        if values is None:
            return None
        key = (area.code, values["name"])
        if key in self.in_file:
            self.all.wrong(row, "name", f"{key[1]} 在{area.name}出现两次", f"{key[1]} stands twice in {area.name}")
            return None
        unit = self._known(key, row)
        if unit is None:
            return None
        self.in_file.add(key)
        self.by_key[key] = unit  # also under a name that it no longer bears
        if unit.pk is not None and self.all.keep_edits and unit.edited:
            return None
        if not self.all.may(area) or (unit.pk is not None and not self.all.may(unit.area)):
            self.all.wrong(row, "area", f"{area.name}不在您的管理范围内", f"{area.name} lies outside your area")
            return None
        before = unit_state(unit) if unit.pk is not None else None
        unit.area = area
        for field in (
            "name", "short_name", "full_name", "level", "collective", "opened", "closed", "named_since", "source",
        ):  # fmt: skip
            if field in values:
                setattr(unit, field, values[field])
        if unit.opened and unit.closed and unit.closed < unit.opened:
            self.all.wrong(row, "closed", "撤销日期早于成立日期", "closed before it was opened")
            return None
        self._states.append((row, unit, before))
        return unit

    def _known(self, key: tuple[str, str], row: Row) -> Unit | None:
        """The unit of the row, a new one if there is none; None, with the problem noted, where it is in doubt."""
        here = self.by_key.get(key)
        if uid := row.values.get("uid"):
            unit = self._by_uid.get(uid)
            if unit is None:
                self.all.wrong(row, "uid", "编号不在名录中；新单位的编号请留空", "no unit has this id")
                return None
            if here is not None and here is not unit:
                self.all.wrong(row, "name", f"{key[1]} 已是另一个单位的名称", f"{key[1]} is another unit's name")
                return None
            return unit
        unit = here or self._former.get(key)
        if unit is None:
            return Unit(name=key[1])
        if self.all.keep_edits:
            return unit
        if unit.merged_into is not None:
            now = unit.merged_into.name
            self.all.wrong(row, "name", f"{key[1]} 已并入{now}", f"{key[1]} was merged into {now}")
            return None
        if here is None:
            self.all.wrong(row, "name", f"{key[1]} 是{unit.name}的曾用名，请写现名", f"now called {unit.name}")
            return None
        return unit

    def _put_below(self, row: Row, unit: Unit, name: str) -> None:
        if unit.parent is not None and unit.parent.name == name:
            return
        found = self.all.unit_in(unit.area, name) if name else None
        if name and found is None:
            place = f"{unit.area.name}"
            zh = f"上级单位“{name}”不在{place}及其上级区域"
            self.all.wrong(row, "parent", zh, f"parent {name} is not in {place} or above it")
            return
        place_above = found
        while place_above is not None and place_above is not unit:
            place_above = place_above.parent
        if place_above is unit:
            self.all.wrong(row, "parent", "上下级成环：不能归入自己的下级", "the unit would stand below itself")
            return
        unit.parent = found

    def save(self, user: User | None) -> list[AuditEvent]:
        old = [unit for unit in self._touched if unit.pk is not None]
        _create([unit for unit in self._touched if unit.pk is None])
        fields = (
            "area", "name", "short_name", "full_name", "level", "collective", "parent", "opened", "closed",
            "named_since", "source", "edited",
        )  # fmt: skip
        Unit.objects.bulk_update(old, fields, batch_size=BATCH)
        return self._events(user)


def _create(new: list[Place]) -> None:
    """Save new areas or units, those above before those below."""
    while new:
        ready = [row for row in new if row.parent is None or row.parent.pk is not None]
        type(new[0])._default_manager.bulk_create(ready, batch_size=BATCH)
        new = [row for row in new if row.pk is None]
