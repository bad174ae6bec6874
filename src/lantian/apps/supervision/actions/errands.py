"""交办事项: handing a matter out, moving its day, settling it. It is a plan of one row; the rest follows from that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Area, Unit
from lantian.apps.core import audit, files, policy
from lantian.apps.core.ids import uuid7
from lantian.apps.core.models import StoredFile, User
from lantian.apps.plans import actions as plans
from lantian.apps.plans.actions.versions import contents_of
from lantian.apps.plans.content import Content
from lantian.apps.plans.models import IN_FORCE, Measure, Medium, PlanKind, PlanStatus, RoleKind, Secrecy
from lantian.apps.supervision import evaluating
from lantian.apps.supervision.actions import making
from lantian.apps.supervision.actions.common import NotPossible, hold
from lantian.apps.supervision.actions.evidence import looked_at
from lantian.apps.supervision.actions.returns import open_return
from lantian.apps.supervision.models import (
    Cadence,
    Commitment,
    Entry,
    Errand,
    ErrandKind,
    Outcome,
    Return,
    ReturnState,
    Rhythm,
)
from lantian.apps.supervision.periods import month_of

ANSWERED = (ReturnState.SUBMITTED, ReturnState.ACCEPTED)
LETTERS = frozenset({"pdf", "png", "jpg", "docx", "xlsx"})
_TITLE = 60  # characters of the words that stand for a title that nobody gave


@dataclass(frozen=True, slots=True)
class Matter:
    """What is handed out: words, who does it, until when, and the document that says so."""

    words: str
    leads: Sequence[Unit]
    reply_by: date
    supports: Sequence[Unit] = ()
    title: str = ""
    kind: str = ErrandKind.INSTRUCTION
    sender: str = ""
    source_title: str = ""
    source_number: str = ""
    source_date: date | None = None
    medium: str = Medium.AIR
    secrecy: str = Secrecy.WORK_SECRET
    letter_name: str = ""
    letter: Iterable[bytes] = field(default=())


def offices(user: User) -> list[Area]:
    """The areas whose office the person is, the own ones before those where a role without a unit holds."""
    held = user.memberships.filter(role__in=policy.ACTIONS["duty.assign"])
    own = list(Area.objects.filter(units__memberships__in=held).distinct().order_by("path"))
    if not held.filter(unit=None).exists():
        return own
    return own + list(Area.objects.filter(parent=None).exclude(pk__in=[area.pk for area in own]).order_by("path"))


def is_office(user: User, area: Area) -> bool:
    """Whether the person is of the office of the area, or of an area that it lies in."""
    return area.path.startswith(tuple(place.path for place in offices(user)))


def hand_out(user: User, area: Area, matter: Matter) -> Errand:
    """Hand a matter out: number it, publish its one row, put it on the desks of who owes it. All or nothing.

    Raises PermissionDenied (no office of the area), :class:`NotPossible` (no words, no unit, a day before the
    document's), what :func:`lantian.apps.supervision.actions.evidence.looked_at` refuses, or ``TooLargeError``.
    """
    policy.require(user, "duty.assign")
    if not is_office(user, area):
        raise PermissionDenied
    _check(matter)
    letter = _letter(user, matter)
    with transaction.atomic():
        Area.objects.select_for_update().get(pk=area.pk)  # one number at a time
        errand = _store(user, area, matter, letter)
        plans.publish_plan(user, errand.plan)
        making.make_measures(user, errand.plan, [Measure.objects.get(plan=errand.plan).pk])
        after = {
            "series": errand.series, "title": errand.plan.title, "reply_by": errand.reply_by.isoformat(),
            "units": [unit.name for unit in (*matter.leads, *matter.supports)],
        }  # fmt: skip
        audit.record(user, "errand.hand_out", errand, after=after)
        _lay_on_desks(user, errand)
    return errand


def _check(matter: Matter) -> None:
    if not matter.words.strip():
        raise NotPossible(_("Write what is to be done."))
    if not matter.leads:
        raise NotPossible(_("Say which unit is to do it."))
    if matter.source_date and matter.reply_by < matter.source_date:
        raise NotPossible(_("The reply-by day lies before the day of the document."))
    if not 2000 <= matter.reply_by.year <= 2100:
        raise NotPossible(_("Give the day as 2026-03-15."))


def _letter(user: User, matter: Matter) -> StoredFile | None:
    """The source document, looked at before it is kept."""
    if not matter.letter_name:
        return None
    with looked_at(matter.letter_name, matter.letter) as (path, kind):
        if kind not in LETTERS:
            raise NotPossible(_("The source document is taken as PDF, picture, Word or Excel file."))
        with path.open("rb") as stream:
            return files.store(user, matter.letter_name, iter(lambda: stream.read(2**20), b""))


def _store(user: User, area: Area, matter: Matter, letter: StoredFile | None) -> Errand:
    year = timezone.localdate().year
    number = (Errand.objects.filter(area=area, year=year).aggregate(last=Max("number"))["last"] or 0) + 1
    words = matter.words.strip()
    title = (matter.title.strip() or words.split("\n")[0][:_TITLE])[:300]
    stored = letter or files.store(user, "交办事项.txt", [words.encode()])
    day = matter.source_date or min(timezone.localdate(), matter.reply_by)
    head = {
        "title": title, "year": matter.reply_by.year, "region": area.name[:80], "area": area, "level": area.level,
        "medium": Medium(matter.medium), "kind": PlanKind.ERRAND, "status": PlanStatus.DRAFT,
        "secrecy": Secrecy(matter.secrecy), "issued": day, "number": f"交办〔{year}〕{number}号",
    }  # fmt: skip
    plan = plans.store_whole(user, head, [_row(matter, title)], stored, matter.letter_name or f"{title[:80]}.txt")
    return Errand.objects.create(
        plan=plan, area=area, year=year, number=number, kind=ErrandKind(matter.kind),
        sender=matter.sender.strip()[:120], source_title=matter.source_title.strip()[:200],
        source_number=matter.source_number.strip()[:80], source_date=matter.source_date, letter=letter,
        letter_name=matter.letter_name[-255:], reply_by=matter.reply_by, created_by=user,
    )  # fmt: skip


def _row(matter: Matter, title: str) -> Content:
    """The one row of the plan, as plans/content.py keeps rows."""
    words = matter.words.strip()
    roles = [_role(RoleKind.LEAD, unit) for unit in dict.fromkeys(matter.leads)]
    roles += [_role(RoleKind.SUPPORT, unit) for unit in dict.fromkeys(matter.supports) if unit not in matter.leads]
    return {
        "uid": str(uuid7()), "n": 1, "section": "", "seq": 1, "task": title[:500], "text": words,
        "paragraphs": words.split("\n"), "deadline": _deadline(matter.reply_by), "text_dates": [], "roles": roles,
        "targets": [], "dropped": [], "source": {"page": None, "row": 1, "cells": []}, "flags": [], "conflicts": [],
    }  # fmt: skip


def _role(role: str, unit: Unit) -> Content:
    return {
        "role": str(role), "name": unit.name, "as_printed": unit.name, "open": False, "group": 0, "unit": str(unit.uid)
    }  # fmt: skip


def _deadline(day: date) -> Content:
    return {"text": f"{day.isoformat()}前", "kind": "by", "start": None, "end": day.isoformat(), "also": []}


def _lay_on_desks(user: User, errand: Errand) -> None:
    """Reported once: a return of the reply-by month for each unit that owes the row, due on the reply-by day.

    What the handing office owes itself needs no review: nobody else could look at it.
    """
    Rhythm.objects.filter(plan=errand.plan).update(own_rows_exempt=True)
    rows = list(Commitment.objects.filter(plan=errand.plan, withdrawn=None).select_related("unit"))
    for row in rows:
        row.cadence, row.cadence_edited = Cadence.NONE, True
        row.internal_due, row.internal_edited = errand.reply_by, True
    Commitment.objects.bulk_update(rows, ["cadence", "cadence_edited", "internal_due", "internal_edited"])
    for row in rows:
        if row.role != RoleKind.SUPPORT:
            ret = open_return(user, errand.plan, row.unit, month_of(errand.reply_by))
            Return.objects.filter(pk=ret.pk).update(due=errand.reply_by)
            Entry.objects.get_or_create(report=ret, commitment=row)
    evaluating.touch([row.pk for row in rows])


@transaction.atomic
def extend(user: User, errand: Errand, reply_by: date, reason: str, *, revision: int | None = None) -> None:
    """Move the reply-by day; the row says the new day as a version of its own, with the reason as its note.

    Raises PermissionDenied, ``Stale`` or :class:`NotPossible`.
    """
    _held(user, errand, revision)
    if not reason.strip():
        raise NotPossible(_("Say why the day is moved; the reason is kept in the record."))
    if reply_by < timezone.localdate() or not 2000 <= reply_by.year <= 2100:
        raise NotPossible(_("The new day lies in the past."))
    before, plan = errand.reply_by, errand.plan
    rows = [item | {"deadline": _deadline(reply_by)} for item in contents_of(plan)]
    plans.renew_whole(user, plan, {"version": plan.version + 1, "status": PlanStatus.AMENDED}, rows, note=reason[:500])
    _bump(errand, reply_by=reply_by)
    live = Commitment.objects.filter(plan=plan, withdrawn=None)
    live.update(end=reply_by, internal_due=reply_by)
    Return.objects.filter(plan=plan).update(due=reply_by)
    audit.record(
        user, "errand.extend", errand, before={"reply_by": before.isoformat()},
        after={"reply_by": reply_by.isoformat(), "reason": reason.strip()[:500]},
    )  # fmt: skip
    evaluating.touch(live.values_list("pk", flat=True))


@transaction.atomic
def close(user: User, errand: Errand, outcome: str, answer: str, *, revision: int | None = None) -> None:
    """End the matter: 销号 with its answer once every unit's answer was accepted, or 撤销 with the reason.

    Raises PermissionDenied, ``Stale`` or :class:`NotPossible`.
    """
    _held(user, errand, revision)
    if outcome not in (Outcome.SETTLED, Outcome.DROPPED):
        raise NotPossible(_("Say whether the matter is settled or dropped."))
    if not answer.strip():
        raise NotPossible(_("Write how it was settled, or why it is dropped."))
    waiting = Return.objects.filter(plan=errand.plan).exclude(state=ReturnState.ACCEPTED)
    if outcome == Outcome.SETTLED and (names := list(waiting.values_list("unit__name", flat=True)[:5])):
        raise NotPossible(_("The answers of these units are not accepted yet: %(names)s") % {"names": "、".join(names)})
    today = timezone.localdate()
    _bump(errand, outcome=outcome, answer=answer.strip()[:4000], closed=today, closed_by=user)
    keys = _close_commitments(errand, today)
    plans.set_status(user, errand.plan, PlanStatus.CLOSED)
    audit.record(user, "errand.close", errand, after={"outcome": str(outcome), "answer": errand.answer})
    evaluating.touch(keys)


@transaction.atomic
def reopen(user: User, errand: Errand, reason: str, *, revision: int | None = None) -> None:
    """Take the ending back. Raises PermissionDenied, ``Stale`` or :class:`NotPossible`."""
    _require(user, errand)
    hold(errand, revision)
    if not errand.outcome:
        raise NotPossible(_("The matter is open."))
    if not reason.strip():
        raise NotPossible(_("Say why it is opened again; the reason is kept in the record."))
    before = {"outcome": str(errand.outcome), "answer": errand.answer, "closed": str(errand.closed)}
    _bump(errand, outcome=Outcome.OPEN, answer="", closed=None, closed_by=None)
    keys = _close_commitments(errand, None)
    plans.set_status(user, errand.plan, PlanStatus.PUBLISHED)
    audit.record(user, "errand.reopen", errand, before=before, after={"reason": reason.strip()[:500]})
    evaluating.touch(keys)


def _close_commitments(errand: Errand, day: date | None) -> list[int]:
    rows = Commitment.objects.filter(plan=errand.plan, withdrawn=None)
    rows.update(closed=day)
    return list(rows.values_list("pk", flat=True))


def _require(user: User, errand: Errand) -> None:
    policy.require(user, "duty.assign", errand)


def _held(user: User, errand: Errand, revision: int | None) -> None:
    """Hold an errand that is open and whose plan is in force."""
    _require(user, errand)
    hold(errand, revision)
    if errand.outcome or errand.plan.status not in IN_FORCE:
        raise NotPossible(_("The matter has ended."))


def _bump(errand: Errand, **values: Any) -> None:
    for name, value in values.items():
        setattr(errand, name, value)
    errand.revision += 1
    errand.save(update_fields=[*values, "revision"])
