"""别名 and 集合单位: the rows of aliases and of what collective units stand for, read, compared and saved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lantian.apps.areas.incoming.base import BATCH, Table
from lantian.apps.areas.incoming.rows import Row
from lantian.apps.areas.models import Area, CollectiveRule, RuleKind, Unit, UnitAlias
from lantian.apps.areas.states import alias_state, rule_state
from lantian.apps.core.models import AuditEvent, User

if TYPE_CHECKING:
    from lantian.apps.areas.incoming.reconcile import Incoming


class AliasTable(Table):
    """别名: rows by unit and name."""

    sheet = "aliases"
    model = UnitAlias

    def __init__(self, incoming: Incoming) -> None:
        super().__init__(incoming)
        self._known = {(alias.unit_id, alias.name): alias for alias in UnitAlias.objects.all()}
        self._touched: list[UnitAlias] = []

    def read(self, rows: list[Row]) -> None:
        seen: set[tuple[str, str, str]] = set()
        for printed in rows:
            for area, row in self.all.expanded(printed):
                unit = self._unit(area, row, each=row is not printed)
                values = self._values(row) if unit is not None else None
                if unit is None or values is None:
                    continue
                key = (area.code, unit.name, values["name"])
                if key in seen:
                    self.all.wrong(row, "name", f"{key[2]} 出现两次", f"{key[2]} stands twice")
                    continue
                seen.add(key)
                self.count += 1
                self._one(row, unit, values)

    def _unit(self, area: Area, row: Row, *, each: bool) -> Unit | None:
        name = row.values.get("unit", "")
        unit = self.all.units.by_key.get((area.code, name))
        if unit is None and not each:
            self.all.wrong(row, "unit", f"{area.name}没有单位“{name}”", f"no unit {name} in {area.name}")
        if unit is not None and not self.all.may(area):
            self.all.wrong(row, "area", f"{area.name}不在您的管理范围内", f"{area.name} lies outside your area")
            return None
        return unit

    def _one(self, row: Row, unit: Unit, values: dict[str, Any]) -> None:
        known = self._known.get((unit.pk, values["name"])) if unit.pk else None
        if self.all.keep_edits and unit.edited:
            return
        before = alias_state(known) if known is not None else None
        alias = known or UnitAlias(unit=unit, name=values["name"])
        for field in ("since", "until", "former", "misreading", "source"):
            if field in values:
                setattr(alias, field, values[field])
        if alias.since and alias.until and alias.until < alias.since:
            self.all.wrong(row, "until", "停用日期早于启用日期", "ends before it begins")
            return
        if self._note(row, f"{unit.name}：{alias.name}", before, alias_state(alias), unit, "unit.alias"):
            self._touched.append(alias)

    def save(self, user: User | None) -> list[AuditEvent]:
        old = [alias for alias in self._touched if alias.pk is not None]
        UnitAlias.objects.bulk_create([alias for alias in self._touched if alias.pk is None], batch_size=BATCH)
        fields = ("since", "until", "former", "misreading", "source")
        UnitAlias.objects.bulk_update(old, fields, batch_size=BATCH)
        return self._events(user)


class RuleTable(Table):
    """集合单位: all lines of one collective unit together replace the ones that it has."""

    sheet = "collectives"
    model = CollectiveRule

    def __init__(self, incoming: Incoming) -> None:
        super().__init__(incoming)
        self._known: dict[int, list[CollectiveRule]] = {}
        for rule in CollectiveRule.objects.select_related("member__area").order_by("id"):
            self._known.setdefault(rule.unit_id, []).append(rule)
        self._new: list[tuple[Unit, list[CollectiveRule]]] = []

    def read(self, rows: list[Row]) -> None:
        by_unit: dict[int, tuple[Row, Unit, list[CollectiveRule]]] = {}
        for row, unit in self._units(rows):
            rule = self._rule(row, unit)
            if rule is not None:
                by_unit.setdefault(id(unit), (row, unit, []))[2].append(rule)
        for row, unit, rules in by_unit.values():
            self.count += len(rules)
            if unit.edited and unit.pk and self.all.keep_edits and self._known.get(unit.pk):
                continue
            before = [rule_state(rule) for rule in self._known.get(unit.pk or 0, [])]
            after = [rule_state(rule) for rule in rules]
            if before != after:
                state = {"rules": before} if before else None
                self._note(row, f"{unit.area.name} {unit.name}", state, {"rules": after}, unit, "unit.rules")
                self._new.append((unit, rules))

    def _units(self, rows: list[Row]) -> Iterator[tuple[Row, Unit]]:
        for printed in rows:
            for area, row in self.all.expanded(printed):
                name = row.values.get("unit", "")
                unit = self.all.units.by_key.get((area.code, name))
                if unit is None:
                    self.all.wrong(row, "unit", f"{area.name}没有单位“{name}”", f"no unit {name} in {area.name}")
                elif not unit.collective:
                    self.all.wrong(row, "unit", f"“{name}”不是集合单位", f"{name} is not a collective unit")
                elif not self.all.may(area):
                    zh, en = f"{area.name}不在您的管理范围内", f"{area.name} lies outside your area"
                    self.all.wrong(row, "area", zh, en)
                else:
                    yield row, unit

    def _rule(self, row: Row, unit: Unit) -> CollectiveRule | None:
        values = self._values(row)
        if values is None:
            return None
        kind = values["kind"]
        own = {field: values.get(field) or "" for field in ("kinds", "pattern", "source")}
        rule = CollectiveRule(unit=unit, kind=kind, since=values.get("since"), until=values.get("until"), **own)
        if kind == RuleKind.EACH and not (rule.kinds and rule.pattern):
            zh = "“逐区域”须写明区域类别和名称样式"
            self.all.wrong(row, "pattern" if rule.kinds else "kinds", zh, "kinds and pattern are needed")
            return None
        if kind == RuleKind.MEMBER:
            code, name = values.get("member_area") or unit.area.code, values.get("member") or ""
            area = self.all.areas.by_code.get(code)
            rule.member = self.all.unit_in(area, name) if area else None
            if rule.member is None or rule.member is unit:
                zh = f"成员单位“{name}”不在代码为 {code} 的区域"
                self.all.wrong(row, "member", zh, f"no member {name} in {code}")
                return None
        return rule

    def save(self, user: User | None) -> list[AuditEvent]:
        CollectiveRule.objects.filter(unit__in=[unit for unit, _rules in self._new]).delete()
        CollectiveRule.objects.bulk_create([rule for _unit, rules in self._new for rule in rules], batch_size=BATCH)
        return self._events(user)
