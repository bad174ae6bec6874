"""考核: saving a card, entering what Lantian cannot count, appeals and decisions, freezing the year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.areas import queries as areas
from lantian.apps.areas.collectives import Expander
from lantian.apps.areas.models import Unit
from lantian.apps.areas.queries import Directory
from lantian.apps.assessment import rights_scorecards as rights
from lantian.apps.assessment.models import Appeal, AppealState, EnteredFact, Scorecard, ScoreVersion
from lantian.apps.assessment.queries import scorecards as queries
from lantian.apps.assessment.scoring import MANUAL, Card, read_card, split
from lantian.apps.core import audit, files, policy
from lantian.apps.core.models import StoredFile, User
from lantian.apps.plans.models import IN_PREPARATION, Plan, PlanKind
from lantian.apps.supervision.actions.common import NotPossible, Stale, hold
from lantian.apps.supervision.actions.evidence import looked_at
from lantian.apps.supervision.models import Commitment
from lantian.apps.supervision.steps import StateError

EDIT, APPEAL = rights.EDIT, rights.APPEAL
LONGEST, LONGEST_BASIS = 2000, 300
_LARGEST = Decimal(10) ** 9
Upload = tuple[str, Iterable[bytes]]  # name, content


@transaction.atomic
def save(user: User, text: str, card: Scorecard | None = None, revision: int | None = None) -> Scorecard:
    """Make a card from its text, or give an existing one a new text; plans and units are looked up now.

    Raises PermissionDenied, ``CardError`` with everything that is wrong in the text, ``Stale``, or ``NotPossible``
    for a plan or a unit that it names and that is not there.
    """
    policy.require(user, EDIT, card)
    read = read_card(text)
    plans = _plans(user, read)
    area = plans[0].area
    if area is None or any(plan.area_id != area.pk for plan in plans):
        raise NotPossible(_("All plans of a card must belong to the same area."))
    units = _units(read, plans)
    before = None
    if card is None:
        card = Scorecard(area=area, created_by=user)
    else:
        hold(card, revision)
        if card.area_id != area.pk:
            raise NotPossible(_("A card stays with its area; make a new one."))
        _keep_appealed(card, read, units)
        before = {"title": card.title, "year": card.year, "text": card.text}
        card.revision += 1
    card.title, card.year, card.text = read.title.zh, read.year, text
    card.save()
    card.plans.set(plans)
    card.units.set(units)
    after = {"title": card.title, "year": card.year, "text": text, "units": [unit.name for unit in units]}
    audit.record(user, "scorecard.save", card, before=before, after=after)
    return card


def _plans(user: User, read: Card) -> list[Plan]:
    rows = Plan.objects.filter(areas.office_of(user, EDIT, "area__"), kind=PlanKind.PLAN, amends=None)
    rows = rows.exclude(status__in=IN_PREPARATION).select_related("area")
    known = {plan.title: plan for plan in rows.filter(title__in=read.plans).order_by("id")}
    for title in read.plans:
        if title not in known:
            raise NotPossible(_("No published plan of your office is called “%(title)s”.") % {"title": title})
    return [known[title] for title in dict.fromkeys(read.plans)]


def _units(read: Card, plans: list[Plan]) -> list[Unit]:
    """The units that the card scores, as of the last day of its year or today."""
    day, subjects, area = min(date(read.year, 12, 31), timezone.localdate()), read.subjects, plans[0].area
    if subjects.level:
        owed = Commitment.objects.filter(plan__in=plans, withdrawn=None).values("unit")
        found = list(
            Unit.objects.filter(pk__in=owed, level=subjects.level, collective=False).order_by("area__code", "id")
        )
        if not found:
            raise NotPossible(_("No unit of this level owes anything in these plans."))
        return found
    directory = Directory(area, day)
    named = []
    for name in subjects.names or (subjects.collective,):
        unit = directory.find(name)
        if unit is None:
            raise NotPossible(_("The directory does not know the unit “%(name)s”.") % {"name": name})
        named.append(unit)
    if subjects.names:
        return list(dict.fromkeys(named))
    members = Expander(named[0].area, day).expand(named[0])
    if members.open or not members.members:
        text = _("It is not clear whom “%(name)s” stands for: %(why)s. Name the units instead.")
        raise NotPossible(text % {"name": subjects.collective, "why": members.why})
    return list(members.members)


def _keep_appealed(card: Scorecard, read: Card, units: list[Unit]) -> None:
    """A text without an item or a unit about which there are appeals would leave them hanging."""
    keys, kept = {item.key for item in read.items}, {unit.pk for unit in units}
    for appeal in card.appeals.select_related("unit"):
        if appeal.item not in keys or appeal.unit_id not in kept:
            raise NotPossible(
                _("There is an appeal of %(unit)s about “%(item)s”: the card must keep both.")
                % {"unit": appeal.unit.name, "item": appeal.item}
            )


@transaction.atomic
def open_to_units(user: User, card: Scorecard, revision: int | None = None) -> None:
    """Let every unit see its own score with its reasons. Raises PermissionDenied, ``Stale`` or ``NotPossible``."""
    policy.require(user, EDIT, card)
    hold(card, revision)
    if card.opened is not None:
        raise NotPossible(_("The units see their scores already."))
    card.opened, card.revision = timezone.now(), card.revision + 1
    card.save(update_fields=["opened", "revision"])
    audit.record(user, "scorecard.open", card, after={"units": card.units.count()})


@transaction.atomic
def set_window(user: User, card: Scorecard, first: date, last: date, revision: int | None = None) -> None:
    """Say from when until when units may appeal, both days included.

    Raises PermissionDenied, ``Stale``, or ``NotPossible`` where the days are the wrong way round or units cannot see
    the card yet.
    """
    policy.require(user, EDIT, card)
    hold(card, revision)
    if card.opened is None:
        raise NotPossible(_("First open the card to the units."))
    if not first <= last <= first + timedelta(days=366):
        raise NotPossible(_("The last day must come after the first, within a year."))
    before = {"from": _text(card.appeal_from), "until": _text(card.appeal_until)}
    card.appeal_from, card.appeal_until, card.revision = first, last, card.revision + 1
    card.save(update_fields=["appeal_from", "appeal_until", "revision"])
    audit.record(user, "scorecard.window", card, before=before, after={"from": _text(first), "until": _text(last)})


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def window_open(card: Scorecard, today: date) -> bool:
    """Whether units may appeal today."""
    return bool(card.appeal_from and card.appeal_until and card.appeal_from <= today <= card.appeal_until)


def enter(
    user: User, card: Scorecard, unit: Unit, name: str, value: Decimal | None, *, since: date, basis: str,
    upload: Upload | None = None,
) -> EnteredFact:  # fmt: skip
    """Enter a figure that Lantian cannot count, with the paper that it rests on; ``value`` None takes it back.

    Raises PermissionDenied, ``NotPossible``, or ``TooLargeError``.
    """
    policy.require(user, EDIT, card)
    _check_figures(card, {(unit.pk, name): value}, basis)
    stored = _kept(user, upload)
    with transaction.atomic():
        return _entered(user, card, unit, name, value, (since, basis.strip(), stored, _name(upload)))


def enter_column(
    user: User, card: Scorecard, figures: Mapping[tuple[int, str], Decimal], *, since: date, basis: str,
    upload: Upload | None = None, seen: tuple[Sequence[str], int] | None = None,
) -> int:  # fmt: skip
    """Enter figures of many units, by (unit's key, name), that rest on one paper: all or none. Returns how many.

    ``seen``: names of the page's figures and how often they had been entered when the page was made. Raises
    PermissionDenied, ``Stale``, ``NotPossible``, or ``TooLargeError``.
    """
    policy.require(user, EDIT, card)
    if not figures:
        raise NotPossible(_("Nothing was typed or pasted."))
    _check_figures(card, figures, basis)
    stored = _kept(user, upload)
    with transaction.atomic():
        hold(card, None)
        if seen is not None and card.entered.filter(name__in=seen[0]).count() != seen[1]:
            raise Stale
        units = card.units.in_bulk([key for key, _figure in figures])
        for (key, name), value in figures.items():
            _entered(user, card, units[key], name, value, (since, basis.strip(), stored, _name(upload)))
    return len(figures)


def _check_figures(card: Scorecard, figures: Mapping[tuple[int, str], Decimal | None], basis: str) -> None:
    names, units = set(entered_names(card)), set(card.units.values_list("pk", flat=True))
    if any(name not in names or key not in units for key, name in figures):
        raise NotPossible(_("The card asks for no such figure of this unit."))
    if any(value is not None and not (value.is_finite() and abs(value) < _LARGEST) for value in figures.values()):
        raise NotPossible(_("A number is wanted."))
    if not basis.strip() or len(basis) > LONGEST_BASIS:
        raise NotPossible(_("Say on what paper the figure rests, in at most %(n)s characters.") % {"n": LONGEST_BASIS})


def _entered(
    user: User, card: Scorecard, unit: Unit, name: str, value: Decimal | None,
    rests: tuple[date, str, StoredFile | None, str],
) -> EnteredFact:  # fmt: skip
    since, basis, stored, file_name = rests
    row = EnteredFact.objects.create(
        card=card, unit=unit, name=name, value=value, since=since, basis=basis, file=stored, file_name=file_name,
        by=user,
    )  # fmt: skip
    after = {"unit": unit.name, "name": name, "value": None if value is None else str(value), "basis": row.basis}
    audit.record(user, "scorecard.enter", row, after=after)
    return row


def entered_names(card: Scorecard) -> list[str]:
    """The figures that the office enters for a card: what stands in ``manual(…)``, once each."""
    found = [split(fact) for fact in queries.card_of(card.text).facts]
    return [argument for source, argument in found if source == MANUAL]


def _kept(user: User, upload: Upload | None) -> StoredFile | None:
    """The file, looked at in a guarded worker before anything is kept."""
    if upload is None:
        return None
    try:
        with looked_at(*upload) as (path, _kind), path.open("rb") as stream:
            return files.store(user, _name(upload), iter(lambda: stream.read(2**20), b""))
    except StateError as refusal:
        raise NotPossible(str(refusal)) from None


def _name(upload: Upload | None) -> str:
    return upload[0].replace("\\", "/").rpartition("/")[2][-255:] if upload else ""


def appeal(
    user: User, card: Scorecard, unit: Unit, item: str, words: str, upload: Upload | None = None
) -> Appeal:  # fmt: skip
    """Appeal against a unit's points of one item, within the window.

    Raises PermissionDenied, ``NotPossible`` (outside the window, no such item, one is open already), ``TooLargeError``.
    """
    _may_appeal(user, card, unit, item)
    words = words.replace("\r\n", "\n").strip()
    if not words or len(words) > LONGEST:
        raise NotPossible(_("Say what is not right, in at most %(n)s characters.") % {"n": LONGEST})
    stored = _kept(user, upload)
    with transaction.atomic():
        hold(card, None)
        _may_appeal(user, card, unit, item)
        if card.appeals.filter(unit=unit, item=item, state=AppealState.OPEN).exists():
            raise NotPossible(_("There is an appeal about this item already; it waits for the decision."))
        found = queries.row_of(card, unit, timezone.localdate()).item(item)
        scored = str(found.points) if found.points is not None else f"{found.low}–{found.high}"
        row = Appeal.objects.create(
            card=card, unit=unit, item=item, scored=scored, words=words, file=stored, file_name=_name(upload), by=user
        )
        audit.record(user, "scorecard.appeal", row, after={"unit": unit.name, "item": item, "scored": scored})
    return row


def _may_appeal(user: User, card: Scorecard, unit: Unit, item: str) -> None:
    if not policy.can(user, APPEAL) or not rights.units_of(user, card, APPEAL).filter(pk=unit.pk).exists():
        raise PermissionDenied
    if not window_open(card, timezone.localdate()):
        raise NotPossible(_("Appeals are taken only within the days that the office set."))
    if item not in {row.key for row in queries.card_of(card.text).items if row.veto is None}:
        raise NotPossible(_("The card has no such item."))


@transaction.atomic
def decide(user: User, row: Appeal, *, points: Decimal | None, basis: str, revision: int | None = None) -> None:
    """Grant an appeal with the points given back, or refuse it (``points`` None), on a basis.

    Neither who filed it nor anybody of the unit that appealed decides. Raises PermissionDenied, ``Stale`` or
    ``NotPossible``.
    """
    policy.require(user, EDIT, row)
    if row.by_id == user.pk or rights.member_of(user, row.unit):
        raise PermissionDenied
    hold(row, revision)
    if row.state != AppealState.OPEN:
        raise NotPossible(_("This appeal is decided already."))
    if not basis.strip() or len(basis) > LONGEST_BASIS:
        raise NotPossible(_("Say on what the decision rests, in at most %(n)s characters.") % {"n": LONGEST_BASIS})
    item = next(item for item in queries.card_of(row.card.text).items if item.key == row.item)
    if points is not None and not (points.is_finite() and 0 < points <= max(item.weight, item.cap)):
        raise NotPossible(_("Points given back lie between 0 and %(most)s.") % {"most": max(item.weight, item.cap)})
    row.state = AppealState.REFUSED if points is None else AppealState.GRANTED
    row.points, row.basis, row.decided, row.decided_by = points, basis.strip(), timezone.now(), user
    row.revision += 1
    row.save()
    after = {"state": row.state, "points": None if points is None else str(points), "basis": row.basis}
    audit.record(user, "scorecard.decide", row, before={"scored": row.scored}, after=after)


@transaction.atomic
def freeze(user: User, card: Scorecard, day: date, note: str = "", revision: int | None = None) -> ScoreVersion:
    """Freeze the scores as of a day; nothing changes them any more, a correction is the next number with its reason.

    Raises PermissionDenied, ``Stale``, or ``NotPossible``: an appeal waits, something is not scored yet, the day has
    not come, or a later number has no reason.
    """
    policy.require(user, EDIT, card)
    hold(card, revision)
    if day > timezone.localdate():
        raise NotPossible(_("The day has not come yet."))
    if card.appeals.filter(state=AppealState.OPEN).exists():
        raise NotPossible(_("First decide the appeals that wait."))
    found = queries.rows(card, day)
    waiting = [row.unit.name for row in found if row.score.total is None or (row.score.grade is None and _graded(card))]
    if waiting:
        text = _("Not scored yet: %(units)s. Enter what is missing first.")
        raise NotPossible(text % {"units": "、".join(waiting[:12]) + ("…" if len(waiting) > 12 else "")})
    last = card.versions.aggregate(last=Max("number"))["last"] or 0
    if last and not note.strip():
        raise NotPossible(_("Say why the frozen scores are corrected."))
    content: dict[str, Any] = queries.content_of(card, found)
    row = ScoreVersion.objects.create(
        card=card, number=last + 1, day=day, note=note.strip()[:LONGEST_BASIS], content=content, by=user
    )
    card.revision += 1
    card.save(update_fields=["revision"])
    after = {"number": row.number, "day": day.isoformat(), "units": len(found), "note": row.note}
    audit.record(user, "scorecard.freeze", row, after=after)
    return row


def _graded(card: Scorecard) -> bool:
    return bool(queries.card_of(card.text).grades)
