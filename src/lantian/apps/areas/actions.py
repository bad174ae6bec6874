"""All writes to areas, units and memberships."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.db import transaction

from lantian.apps.areas.models import Area, AreaKind, Level, Membership, Unit, UnitAlias
from lantian.apps.core import audit, policy
from lantian.apps.core.models import AuditEvent, User

DATA = Path(__file__).parent / "data"
LOAD = "areas.load"

_AREA_COLUMNS = ("code", "name", "short_name", "kind", "level", "parent", "opened", "closed", "source")
_UNIT_COLUMNS = (
    "area", "name", "short_name", "full_name", "level", "collective", "parent", "opened", "closed", "source",
)  # fmt: skip
_ALIAS_COLUMNS = ("area", "unit", "name", "since", "until", "source")


class DirectoryError(ValueError):
    """A data file of areas and units that cannot be loaded: names the file, the line and what is wrong."""


_TABLES = ("areas.csv", "units.csv", "aliases.csv")


def shipped(name: str) -> Path:
    """The folder of a directory that ships with us (``beijing``), else the folder of that path."""
    return DATA / name if (DATA / name).is_dir() else Path(name)


def load_if_changed(folder: Path) -> bool:
    """Load a folder unless these very files were the last that were loaded under its name; says whether it did."""
    digest = _digest(folder)
    last = AuditEvent.objects.filter(action=LOAD, after__folder=folder.name).order_by("-id").first()
    if last is not None and last.after and last.after.get("sha256") == digest:
        return False
    load_areas(None, folder)
    return True


def _digest(folder: Path) -> str:
    try:
        return hashlib.sha256(b"".join((folder / name).read_bytes() for name in _TABLES)).hexdigest()
    except OSError as error:
        raise DirectoryError(f"{error.filename}: {error.strerror}") from None


@transaction.atomic
def load_areas(user: User | None, folder: Path) -> dict[str, int]:
    """Load ``areas.csv``, ``units.csv`` and ``aliases.csv`` of a folder; what is there already is brought up to date.

    ``area`` of a unit or alias is an area code, or ``each:KIND`` for one in every open area of that kind, with
    ``{area}`` and ``{parent}`` in the names standing for the names of the area and of the one above. Nothing is
    deleted: an area or unit that is gone gets its ``closed`` date. Returns how many rows of each there are; raises
    DirectoryError, and then nothing was loaded.
    """
    loader = _Loader(folder)
    loader.areas()
    loader.units()
    loader.aliases()
    counts = {
        "areas": len(loader.area_rows), "units": len(loader.unit_rows), "aliases": loader.alias_count
    }  # fmt: skip
    audit.record(user, LOAD, after={"folder": folder.name, "sha256": _digest(folder), **counts})
    return counts


@transaction.atomic
def add_membership(by: User | None, user: User, unit: Unit | None, role: str) -> Membership:
    """Give a person a role in a unit (None: in the whole installation)."""
    if role not in policy.ROLES:
        raise ValueError(f"no such role: {role}")
    row, new = Membership.objects.get_or_create(user=user, unit=unit, role=role)
    if new:
        after = {"user": str(user.uid), "unit": str(unit.uid) if unit else None, "role": role}
        audit.record(by, "membership.add", row, after=after)
    return row


class _Loader:
    """One run of :func:`load_areas`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.area_rows: dict[str, Area] = {}
        self.unit_rows: dict[tuple[str, str], Unit] = {}
        self.alias_count = 0
        self._place = ""

    def _rows(self, name: str, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
        path = self.folder / name
        if not path.is_file():
            raise DirectoryError(f"{path}: missing")
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            if lacking := set(columns) - set(reader.fieldnames or ()):
                raise DirectoryError(f"{name}: column missing: {', '.join(sorted(lacking))}")
            for row in reader:
                self._place = f"{name}, line {reader.line_num}"
                yield {column: (row.get(column) or "").strip() for column in columns}

    def _wrong(self, message: str) -> DirectoryError:
        return DirectoryError(f"{self._place}: {message}")

    def _day(self, text: str) -> date | None:
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise self._wrong(f"not a date: {text}") from None

    def _choice(self, text: str, choices: type[Level] | type[AreaKind]) -> str:
        if text not in choices.values:
            raise self._wrong(f"{text!r} is none of {', '.join(choices.values)}")
        return text

    def areas(self) -> None:
        fields = ("name", "short_name", "kind", "level", "parent", "path", "opened", "closed", "source")
        known = {area.code: area for area in Area.objects.all()}
        new: list[Area] = []
        for row in self._rows("areas.csv", _AREA_COLUMNS):
            parent = self.area_rows.get(row["parent"]) if row["parent"] else None
            if row["parent"] and parent is None:
                raise self._wrong(f"parent {row['parent']} must stand above its children")
            area = known.get(row["code"]) or Area(code=row["code"])
            area.name, area.short_name, area.source = row["name"], row["short_name"] or row["name"], row["source"]
            area.kind, area.level = self._choice(row["kind"], AreaKind), self._choice(row["level"], Level)
            area.parent = parent
            area.path = f"{parent.path if parent else '/'}{area.code}/"
            area.opened, area.closed = self._day(row["opened"]), self._day(row["closed"])
            if area.pk is None:
                area.save()
            else:
                new.append(area)
            self.area_rows[area.code] = area
        Area.objects.bulk_update(new, fields)

    def _each(self, row: dict[str, str]) -> Iterator[tuple[Area, dict[str, str]]]:
        """The areas a row speaks of, with ``{area}`` and ``{parent}`` filled in."""
        if not row["area"].startswith("each:"):
            area = self.area_rows.get(row["area"])
            if area is None:
                raise self._wrong(f"no such area: {row['area']}")
            yield area, row
            return
        kind = self._choice(row["area"].removeprefix("each:"), AreaKind)
        for area in self.area_rows.values():
            if area.kind == kind and area.closed is None:
                parent = area.parent.name if area.parent else ""
                yield (
                    area,
                    {key: value.replace("{area}", area.name).replace("{parent}", parent) for key, value in row.items()},
                )

    def units(self) -> None:
        known = {(unit.area.code, unit.name): unit for unit in Unit.objects.select_related("area")}
        changed: list[Unit] = []
        new: list[Unit] = []
        parents: list[tuple[Unit, str]] = []
        for printed in self._rows("units.csv", _UNIT_COLUMNS):
            for area, row in self._each(printed):
                key = (area.code, row["name"])
                if key in self.unit_rows:
                    raise self._wrong(f"{row['name']} stands twice in {area.name}")
                unit = known.get(key) or Unit(area=area, name=row["name"])
                unit.short_name, unit.full_name, unit.source = row["short_name"], row["full_name"], row["source"]
                unit.level = self._choice(row["level"], Level)
                unit.collective = row["collective"] == "yes"
                unit.opened, unit.closed = self._day(row["opened"]), self._day(row["closed"])
                (changed if unit.pk else new).append(unit)
                if row["parent"]:
                    parents.append((unit, row["parent"]))
                self.unit_rows[key] = unit
        Unit.objects.bulk_create(new)
        for unit, name in parents:
            unit.parent = self._unit_above(unit.area, name)
        fields = ("short_name", "full_name", "level", "collective", "parent", "opened", "closed", "source")
        Unit.objects.bulk_update({*changed, *(unit for unit, _ in parents)}, fields, batch_size=200)

    def _unit_above(self, area: Area | None, name: str) -> Unit:
        place = area
        while place is not None:
            if unit := self.unit_rows.get((place.code, name)):
                return unit
            place = place.parent
        raise DirectoryError(f"units.csv: parent {name} is not in {area} or above it")

    def aliases(self) -> None:
        known = {(alias.unit_id, alias.name): alias for alias in UnitAlias.objects.all()}
        new: list[UnitAlias] = []
        changed: list[UnitAlias] = []
        for printed in self._rows("aliases.csv", _ALIAS_COLUMNS):
            for area, row in self._each(printed):
                unit = self.unit_rows.get((area.code, row["unit"]))
                if unit is None:
                    if printed["area"].startswith("each:"):
                        continue
                    raise self._wrong(f"no unit {row['unit']} in {area.name}")
                alias = known.get((unit.pk, row["name"])) or UnitAlias(unit=unit, name=row["name"])
                alias.since, alias.until, alias.source = self._day(row["since"]), self._day(row["until"]), row["source"]
                (changed if alias.pk else new).append(alias)
        UnitAlias.objects.bulk_create(new)
        UnitAlias.objects.bulk_update(changed, ("since", "until", "source"), batch_size=200)
        self.alias_count = len(new) + len(changed)
