"""Reads of people and of the liaison register."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from lantian.apps.areas.models import Area, Unit
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.people import hooks
from lantian.apps.people.models import Liaison, Post
from lantian.apps.people.rights import VIEW, units


def in_office(on: date) -> Q:
    """Condition on liaisons: they answer for the unit on that day (``until`` is the last day)."""
    return Q(since__lte=on) & (Q(until=None) | Q(until__gte=on))


def contacts(unit_ids: Iterable[int], on: date | None = None) -> dict[int, dict[str, Liaison]]:
    """Who answers for each unit on a day (today): ``{unit_id: {post: liaison}}`` with the keys of :class:`Post`.

    One query; units without anybody are left out. For callers that have settled already who may see the numbers.
    """
    found: dict[int, dict[str, Liaison]] = defaultdict(dict)
    rows = Liaison.objects.filter(in_office(on or timezone.localdate()), unit__in=unit_ids)
    for row in rows.select_related("unit").order_by("since"):
        found[row.unit_id][row.post] = row
    return dict(found)


@dataclass(frozen=True, slots=True)
class Line:
    """A unit in the register: who answers for it (one cell per post, None where nobody) and its open duties."""

    unit: Unit
    cells: tuple[tuple[str, str, Liaison | None], ...]  # post, its label, the person
    duties: int

    @property
    def gap(self) -> bool:
        """Open duties, and neither liaison A nor B to ask for them."""
        answering = {post for post, _label, row in self.cells if row is not None}
        return bool(self.duties) and not answering & {Post.LIAISON_A, Post.LIAISON_B}


def register_rows(user: User, *, text: str = "", area: str = "", show: str = "", on: date) -> QuerySet[Unit]:
    """The units of the register that the person may see, narrowed by words, area code and ``show``.

    ``text`` is looked for in the names of units and of their people; ``show`` is ``named`` (somebody is entered),
    ``gaps`` (open duties and no liaison) or blank for every unit in use on the day.
    """
    rows = units(user, VIEW).filter(Q(closed=None) | Q(closed__gte=on)).order_by("area__path", "id")
    now = Liaison.objects.filter(in_office(on))
    if text:
        people = now.filter(Q(name__icontains=text) | Q(phone__icontains=text)).values("unit")
        rows = rows.filter(Q(name__icontains=text) | Q(short_name__icontains=text) | Q(pk__in=people))
    if area:
        chosen = Area.objects.filter(code=area).values_list("path", flat=True).first()
        rows = rows.filter(area__path__startswith=chosen) if chosen else rows.none()
    if show == "named":
        rows = rows.filter(pk__in=now.values("unit"))
    if show == "gaps":
        answered = now.filter(post__in=(Post.LIAISON_A, Post.LIAISON_B)).values("unit")
        open_rows = rows.exclude(pk__in=answered)
        owing = hooks.counts(list(open_rows.values_list("pk", flat=True)), on)
        rows = open_rows.filter(pk__in=list(owing))
    return rows


def lines(page: Collection[Unit], on: date) -> list[Line]:
    """The units with their people and open duties: one query for the people, one for each provider of duties."""
    keys = [unit.pk for unit in page]
    known, owing = contacts(keys, on), hooks.counts(keys, on)
    return [
        Line(
            unit,
            tuple((post.value, str(post.label), known.get(unit.pk, {}).get(post)) for post in Post),
            owing.get(unit.pk, 0),
        )
        for unit in page
    ]


def people_page(
    rows: QuerySet[User], *, text: str = "", area: str = "", role: str = "", state: str = ""
) -> QuerySet[User]:
    """People narrowed by words of name, login or unit, area code, role, and ``active``, ``inactive``, ``never``."""
    if text:
        named = Q(display_name__icontains=text) | Q(username__icontains=text)
        rows = rows.filter(named | Q(memberships__unit__name__icontains=text))
    if role:
        rows = rows.filter(memberships__role=role)
    if area:
        chosen = Area.objects.filter(code=area).values_list("path", flat=True).first()
        rows = rows.filter(memberships__unit__area__path__startswith=chosen) if chosen else rows.none()
    if state:
        rows = rows.filter(is_active=state != "inactive")
    if state == "never":
        rows = rows.filter(last_login=None)
    found = rows.distinct().order_by("display_name", "username")
    return found.prefetch_related("memberships__unit__area")


class UnitNames:
    """Units by any way to write their names, for forms and lists; asked for many names, made once."""

    def __init__(self, rows: QuerySet[Unit], on: date | None = None) -> None:
        day = on or timezone.localdate()
        self._units: dict[str, set[Unit]] = defaultdict(set)
        self.labels: list[str] = []
        found = list(rows.filter(Q(closed=None) | Q(closed__gte=day)).order_by("area__path", "id"))
        names = [unit.name for unit in found]
        twice = {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else set()
        for unit in found:
            label = f"{unit.name}（{unit.area.name}）" if unit.name in twice else unit.name
            self.labels.append(label)
            for name in {unit.name, unit.full_name, f"{unit.name}（{unit.area.name}）"} - {""}:
                self._units[folded(name)].add(unit)

    def find(self, name: str) -> Unit | None:
        """The unit of that name; None where there is none, or where several have it."""
        found = self._units.get(folded(name), set())
        return next(iter(found)) if len(found) == 1 else None


def folded(text: str) -> str:
    """A name as it is compared: widths, case, kinds of bracket and spaces do not count."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def administrators(path: str | None) -> QuerySet[User]:
    """People who may log in and whose administrator's role reaches the area of that path (None: everywhere)."""
    above = [""] if path is None else [path[: place + 1] for place, sign in enumerate(path) if sign == "/" and place]
    reaching = Q(memberships__unit=None) | Q(memberships__unit__area__path__in=above)
    return User.objects.filter(reaching, is_active=True, memberships__role=policy.ADMINISTRATOR).distinct()
