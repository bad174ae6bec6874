"""Who owes a row of a plan: its names expanded, the closest role of each unit, and what only a person can say.

Pure but for the directory's answers, which come in as functions. Rules (docs/commitments.md):

* A name in the directory owes; a collective unit's members owe through it, as of the plan's day.
* A unit owes a row once: in its highest role (牵头 > 主责 > 下同 > 协办); named itself it owes directly, else through
  the collective that names it first.
* 下同 (``inherited``) binds the unit as 主责 does: the print says 均需…负责. The role is kept, so that the list shows
  why.
* What the directory or its rules leave open becomes an :class:`Asked`; nobody is guessed. Whom a person named owes as
  if the print had done so.
* An open list (等) of 牵头 or 主责 asks who else is meant; of 协办 it does not, since 协办 owes no returns by default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lantian.apps.areas.collectives import Expander
from lantian.apps.areas.models import Unit
from lantian.apps.areas.queries import Directory
from lantian.apps.plans.models import Assignment, Plan, RoleKind
from lantian.apps.supervision.models import QuestionKind

RANKS = {RoleKind.LEAD: 0, RoleKind.RESPONSIBLE: 1, RoleKind.INHERITED: 2, RoleKind.SUPPORT: 3}
OWNERS = (RoleKind.LEAD, RoleKind.RESPONSIBLE, RoleKind.INHERITED)
LANGUAGES = {"zh": "zh-hans", "en": "en"}
ETC = "等"

Words = dict[str, str]
Key = tuple[str, str, str]  # kind, role, words of a question: what it is recognised by


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a unit of the directory stands for: members for certain, whom to ask about, why something is open."""

    members: tuple[Unit, ...] = ()
    candidates: tuple[Unit, ...] = ()
    open: bool = False
    why: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Directions:
    """How names of one plan are looked up: what a unit means, whose names are like an unknown one."""

    meaning: Callable[[Unit], Meaning]
    similar: Callable[[str], Sequence[Unit]]


@dataclass(frozen=True, slots=True)
class Owed:
    """A unit that owes the row; ``member`` where a collective of the row holds it, even if it is named itself, too."""

    unit: Unit
    role: str
    via: Unit | None
    printed: str
    order: int
    member: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person must say; ``key`` recognises the question when the row is looked at again."""

    kind: str
    role: str
    unit: Unit | None
    words: str
    candidates: tuple[str, ...]
    why: Words

    @property
    def key(self) -> Key:
        """Kind, role and words."""
        return self.kind, self.role, self.words


def plan_day(plan: Plan) -> date:
    """The day as of which a plan's collective units expand: 印发日期, else the first day of its year, else today."""
    if plan.issued is not None:
        return plan.issued
    return date(plan.year, 1, 1) if plan.year else timezone.localdate()


def directions(plan: Plan) -> Directions:
    """Look-ups for one plan; the directory is read once however many rows ask."""
    day = plan_day(plan)
    directory: list[Directory] = []
    expanders: dict[str, Expander] = {}
    known: dict[int, Meaning] = {}

    def meaning(unit: Unit) -> Meaning:
        if unit.pk not in known:
            top = unit.area.path.split("/")[1]
            if top not in expanders:
                expanders[top] = Expander(unit.area, day)
            known[unit.pk] = _meaning(unit, expanders[top])
        return known[unit.pk]

    def similar(name: str) -> Sequence[Unit]:
        if not directory:
            directory.append(Directory(plan.area, day))
        return directory[0].suggest(name)

    return Directions(meaning, similar)


def _meaning(unit: Unit, expander: Expander) -> Meaning:
    if not unit.collective:
        return Meaning((unit,))  # the reader resolved the name for the plan's year: the print holds
    why: Words = {}
    for code, language in LANGUAGES.items():
        with translation.override(language):
            found = expander.expand(unit)
            why[code] = found.why
    return Meaning(found.members, found.candidates, found.open, why)


def say(text: Callable[[], str]) -> Words:
    """A sentence in both languages; ``text`` calls gettext."""
    words = {}
    for code, language in LANGUAGES.items():
        with translation.override(language):
            words[code] = text()
    return words


def owners_of(
    assignments: Iterable[Assignment], look: Directions, answers: Mapping[Key, Sequence[Unit]]
) -> tuple[list[Owed], list[Asked]]:
    """Who owes the row, in the order of the print, and what is to be asked; each unit and each question once."""
    named: list[Owed] = []
    asked: dict[Key, Asked] = {}
    for item in assignments:
        question = _question(item, look)
        members, via = _members(item, look)
        named += [_owed(unit, item, via, len(named) + place) for place, unit in enumerate(members)]
        for open_one in question:
            asked.setdefault(open_one.key, open_one)
            for unit in answers.get(open_one.key, ()):
                meant = look.meaning(unit).members
                through = unit if unit.collective else item.unit if item.unit and item.unit.collective else None
                named += [_owed(one, item, through, len(named) + place) for place, one in enumerate(meant)]
    return _closest(named), list(asked.values())


def _owed(unit: Unit, item: Assignment, via: Unit | None, order: int) -> Owed:
    return Owed(unit, item.role, via, item.as_printed, order, via is not None)


def _members(item: Assignment, look: Directions) -> tuple[tuple[Unit, ...], Unit | None]:
    if item.unit is None:
        return (), None
    return look.meaning(item.unit).members, item.unit if item.unit.collective else None


def _question(item: Assignment, look: Directions) -> list[Asked]:
    """What one printed name leaves open."""
    if item.unit is None:
        uids = tuple(str(unit.uid) for unit in look.similar(item.name))
        why = say(lambda: _("the directory does not know this name"))
        return [Asked(QuestionKind.UNIT, item.role, None, item.name[:500], uids, why)]
    meant = look.meaning(item.unit)
    if meant.open:
        uids = tuple(str(unit.uid) for unit in meant.candidates)
        return [Asked(QuestionKind.COLLECTIVE, item.role, item.unit, item.name[:500], uids, meant.why)]
    if item.open and item.role in (RoleKind.LEAD, RoleKind.RESPONSIBLE):
        why = say(lambda: _("the list is open: the print says that others are meant, too"))
        return [Asked(QuestionKind.COLLECTIVE, item.role, item.unit, item.name[:490] + ETC, (), why)]
    return []


def _closest(named: Sequence[Owed]) -> list[Owed]:
    """Each unit once: the highest role, then named itself before through a collective, then the first named."""
    best: dict[int, Owed] = {}
    members = {item.unit.pk for item in named if item.member}
    for item in named:
        other = best.get(item.unit.pk)
        if other is None or _closeness(item) < _closeness(other):
            best[item.unit.pk] = item
    chosen = sorted(best.values(), key=lambda item: (RANKS[RoleKind(item.role)], item.order))
    return [
        item if item.member or item.unit.pk not in members
        else Owed(item.unit, item.role, item.via, item.printed, item.order, member=True)
        for item in chosen
    ]  # fmt: skip


def _closeness(item: Owed) -> tuple[int, bool, int]:
    return RANKS[RoleKind(item.role)], item.via is not None, item.order


def convener_of(owed: Sequence[Owed]) -> Owed | None:
    """汇总单位: the first lead that the print names itself, else the first such 主责; a collective convenes nobody."""
    for role in (RoleKind.LEAD, RoleKind.RESPONSIBLE):
        for item in owed:
            if item.role == role and item.via is None:
                return item
    return None
