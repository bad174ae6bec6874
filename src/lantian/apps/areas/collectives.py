"""Collective units: which units 各区政府 or …成员单位 stood for on a day, and what only a person can say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from lantian.apps.areas.models import Area, AreaKind, CollectiveRule, RuleKind, Unit
from lantian.apps.areas.names import is_open_on
from lantian.apps.areas.tree import Tree, is_open
from lantian.reading.text import compare_form

ALTERNATIVES, KINDS = "|", ";"


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a unit stands for on a day.

    ``open``: not everything is known, a person must decide; ``candidates`` are then whom to ask about, never members.
    ``missing`` are names that a rule asks for and the directory does not have. ``why`` says so in the reader's
    language. A unit that is no collective stands for itself.
    """

    members: tuple[Unit, ...]
    open: bool
    why: str
    candidates: tuple[Unit, ...] = ()
    missing: tuple[str, ...] = ()


class Expander:
    """Expands collective units of one tree of areas as of one day; made once for all units of a plan."""

    def __init__(self, area: Area, on: date) -> None:
        self._on = on
        self._tree = Tree.around(area, on)
        self._top = area.path.split("/")[1]
        self._by_area: dict[int, list[Unit]] | None = None

    def expand(self, unit: Unit) -> Expansion:
        """The members of ``unit`` on the day; reads its rules (prefetch ``rules__member`` where many are asked)."""
        if not unit.collective:
            here = is_open_on(unit, self._on)
            return Expansion((unit,) if here else (), False, "" if here else _("the unit did not exist on this day"))
        rules = [rule for rule in unit.rules.all() if is_open(rule.since, rule.until, self._on)]
        return self.by_rules(unit.area, rules)

    def by_rules(self, area: Area, rules: Iterable[CollectiveRule]) -> Expansion:
        """What these rules give for a collective of ``area``."""
        members: dict[int, Unit] = {}
        candidates: dict[int, Unit] = {}
        missing: list[str] = []
        asked, count = False, 0
        for rule in rules:
            count += 1
            if rule.kind == RuleKind.MEMBER:
                if rule.member is not None and is_open_on(rule.member, self._on):
                    members[rule.member.pk] = rule.member
                elif rule.member is not None:
                    missing.append(rule.member.name)
                continue
            found, lacking = self._each(area, rule)
            if rule.kind == RuleKind.ASK:
                asked = True
                candidates |= found
            else:
                members |= found
                missing += lacking
        candidates = {key: one for key, one in candidates.items() if key not in members}
        lacking_names = tuple(dict.fromkeys(missing))
        unknown = asked or bool(missing) or not members
        why = _why(count, asked, lacking_names, nobody=not members)
        return Expansion(tuple(members.values()), unknown, why, tuple(candidates.values()), lacking_names)

    def _each(self, area: Area, rule: CollectiveRule) -> tuple[dict[int, Unit], list[str]]:
        """The unit of the rule's pattern in every open area of its kinds below, and the names that nobody bears."""
        kinds = set(filter(None, rule.kinds.split(KINDS)))
        found: dict[int, Unit] = {}
        missing: list[str] = []
        if not kinds or not rule.pattern:
            return found, missing
        for place in self._tree.below(area):
            if place.kind not in kinds or not self._tree.is_open(place):
                continue
            names = [name for pattern in rule.pattern.split(ALTERNATIVES) for name in self._fill(pattern, place)]
            for name in names:
                bearers = self._bearers(place, name)
                if len(bearers) == 1:
                    found[bearers[0].pk] = bearers[0]
                    break
            else:
                missing.append(names[0])
        return found, missing

    def _fill(self, pattern: str, place: Area) -> list[str]:
        """The name that a pattern asks for in an area, by the area's name of the day and, if another, of today."""
        filled = pattern.strip().replace("{parent}", self._tree.parent_name(place))
        names = dict.fromkeys((self._tree.name(place), place.name))
        return [filled.replace("{area}", name) for name in names]

    def _bearers(self, place: Area, name: str) -> list[Unit]:
        """Units of an area that bear a name on the day."""
        if self._by_area is None:
            self._by_area = defaultdict(list)
            rows = Unit.objects.filter(area__path__startswith=f"/{self._top}/", collective=False, merged_into=None)
            for unit in rows.select_related("area").prefetch_related("aliases"):
                self._by_area[unit.area_id].append(unit)
        form = compare_form(name)
        units = [unit for unit in self._by_area.get(place.pk, ()) if is_open_on(unit, self._on)]
        own = [unit for unit in units if compare_form(unit.name) == form]
        if own:
            return own
        return [
            unit
            for unit in units
            if any(
                compare_form(alias.name) == form and is_open(alias.since, alias.until, self._on)
                for alias in unit.aliases.all()
                if not alias.misreading
            )
        ]


def expand(unit: Unit, on: date) -> Expansion:
    """What ``unit`` stands for on a day; for many units of a plan make an :class:`Expander` once."""
    return Expander(unit.area, on).expand(unit)


def area_kinds(text: str) -> list[str]:
    """The labels of a rule's area kinds."""
    labels = dict(AreaKind.choices)
    return [str(labels.get(kind, kind)) for kind in text.split(KINDS) if kind]


def _why(rules: int, asked: bool, missing: tuple[str, ...], *, nobody: bool) -> str:
    """A sentence that says what is left to a person and what the directory lacks."""
    parts = []
    if not rules:
        parts.append(_("no rule holds on this day, so a person must say who is meant"))
    elif asked:
        parts.append(_("the words leave open who is meant: a person must say"))
    elif nobody and not missing:
        parts.append(_("nothing of this kind lies in the area on this day"))
    if missing:
        text = ngettext(
            "%(count)d unit that the rule asks for is not in the directory: %(names)s",
            "%(count)d units that the rule asks for are not in the directory: %(names)s",
            len(missing),
        )
        parts.append(text % {"count": len(missing), "names": "、".join(missing)})
    return pgettext("between two remarks", "; ").join(parts)
