"""What the texts of a row mean here: areas and units of the directory, rows of other registers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import islice

from rapidfuzz import fuzz, process

from lantian.analysis.geodesy import to_wgs84
from lantian.apps.areas.models import Area, Unit, UnitAlias
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.registers import catalogue
from lantian.apps.registers.models import Record
from lantian.reading.text import compare_form

_AT_ONCE = 2000


class DirectoryNames:
    """The names of areas and units, as :class:`lantian.registers.values.Names`; read once, asked for every cell.

    A name that several bear means the one in the row's own area, above or below it, else the only one in the area of
    the person's roles; where that leaves several, all are answered and the cell is wrong.
    """

    def __init__(self, user: User | None) -> None:
        self._home = policy.home(user) if user is not None else ""
        self._own: dict[str, list[str]] = {}  # kind → names at home
        self.paths: dict[str, str] = {}  # area code → path
        self.area_keys: dict[str, int] = {}  # area code → primary key
        self._areas: dict[str, set[str]] = defaultdict(set)
        rows = Area.objects.order_by("code").values_list(
            "pk", "code", "name", "short_name", "path", "closed", "parent__name", "parent__short_name"
        )
        for key, code, name, short, path, closed, above, above_short in rows:
            self.paths[code], self.area_keys[code] = path, key
            if closed is None:
                full = {code, name, short, (above or "") + name, (above_short or "") + name}
                for form in full:
                    self._areas[compare_form(form)].add(code)
        self.unit_keys: dict[str, tuple[int, int, str]] = {}  # uid → key, key of its area, path of its area
        self._units: dict[str, set[str]] = defaultdict(set)
        uids: dict[int, str] = {}
        units = Unit.objects.filter(merged_into=None).values_list(
            "pk", "uid", "name", "short_name", "full_name", "area_id", "area__path", "closed"
        )
        for key, uid, name, short, full_name, area, path, closed in units:
            self.unit_keys[str(uid)] = (key, area, path)
            if closed is None:
                uids[key] = str(uid)
                for form in {name, short, full_name} - {""}:
                    self._units[compare_form(form)].add(str(uid))
        for key, name in UnitAlias.objects.filter(misreading=False).values_list("unit_id", "name"):
            if key in uids:
                self._units[compare_form(name)].add(uids[key])

    def areas(self, text: str, near: str) -> Sequence[str]:
        """Codes of the areas that a name or code means."""
        found = self._areas.get(compare_form(text), set())
        return self._nearest(sorted(found), [self.paths[code] for code in sorted(found)], near)

    def units(self, text: str, near: str) -> Sequence[str]:
        """Uids of the units that a name or uid means."""
        if text in self.unit_keys:
            return [text]
        found = sorted(self._units.get(compare_form(text), set()))
        return self._nearest(found, [self.unit_keys[uid][2] for uid in found], near)

    def like(self, kind: str, text: str) -> str:
        """The name most like a text: one of the person's own city before those of others."""
        names = self._areas if kind == "area" else self._units
        if kind not in self._own:
            self._own[kind] = [name for name, keys in names.items() if any(self._at_home(kind, key) for key in keys)]
        for known in (self._own[kind], list(names)):
            best = process.extractOne(compare_form(text), known, scorer=fuzz.ratio, score_cutoff=60)
            if best:
                return str(best[0])
        return ""

    def _at_home(self, kind: str, key: str) -> bool:
        """Whether an area or a unit lies where the person is at home."""
        return (self.paths[key] if kind == "area" else self.unit_keys[key][2]).startswith(self._home)

    def known(self, register: str, keys: Collection[str]) -> Collection[str]:
        """Those of the keys that are rows of a register now. Rows of the lake are taken at their word."""
        if catalogue.registers()[register].store == "lake":
            return keys
        found: set[str] = set()
        left = iter(keys)
        while some := list(islice(left, _AT_ONCE)):
            rows = Record.objects.filter(register=register, key__in=some, gone=False)
            found.update(rows.values_list("key", flat=True))
        return found

    def to_wgs84(self, lon: float, lat: float, datum: str) -> tuple[float, float]:
        """A point in WGS-84."""
        return to_wgs84(lon, lat, datum)

    def _nearest(self, found: list[str], paths: list[str], near: str) -> list[str]:
        if len(found) < 2:
            return found
        here = self.paths.get(near, "")
        # The row's own area, then what lies above it, nearest first; then below it; then where the person is at home.
        above = ["/" + "/".join(parts) + "/" for parts in _shorter(here.strip("/").split("/"))] if here else []
        for wanted in above:
            if some := [item for item, path in zip(found, paths, strict=True) if path == wanted]:
                return some
        for start in (here, self._home):
            some = [item for item, path in zip(found, paths, strict=True) if start and path.startswith(start)]
            if len(some) == 1:
                return some
        return found


def _shorter(parts: list[str]) -> Iterable[list[str]]:
    for length in range(len(parts), 0, -1):
        yield parts[:length]
