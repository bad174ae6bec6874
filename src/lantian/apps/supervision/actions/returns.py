"""Writing a return: opening it, its rows, handing it in, taking it back. What a reviewer does stands in ``review``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Membership, Unit
from lantian.apps.core import audit, policy
from lantian.apps.core.models import User
from lantian.apps.plans.content import decimal_text
from lantian.apps.plans.models import IN_FORCE, Plan
from lantian.apps.supervision import periods, snapshots
from lantian.apps.supervision.days import workdays
from lantian.apps.supervision.models import (
    Commitment,
    Entry,
    Figure,
    Return,
    ReturnLink,
    ReturnState,
    ReturnVersion,
    Route,
    Share,
    Verdict,
)
from lantian.apps.supervision.prefill import computed
from lantian.apps.supervision.queries import returns as queries
from lantian.apps.supervision.steps import StaleError, StateError, begin, bump

__all__ = ["ChecksError", "EntryWords", "StaleError", "StateError"]

LONGEST = 4000  # characters of one field of words
_BIGGEST = Decimal(10) ** 17
_WORDS = ("progress", "problems", "next_step")
_STATED = (*_WORDS, "no_change", "done", "step", "document_number", "document_date", "explanation")
Values = tuple[Decimal | None, Decimal | None]


@dataclass(frozen=True, slots=True)
class EntryWords:
    """What is said of one commitment. ``figures``: uid of a share → (this period's value, cumulative value)."""

    progress: str = ""
    problems: str = ""
    next_step: str = ""
    done: bool = False
    no_change: bool = False
    step: str = ""
    document_number: str = ""
    document_date: date | None = None
    figures: Mapping[str, Values] = field(default_factory=dict)
    explanation: str = ""


class ChecksError(StateError):
    """Rows that cannot be handed in as they are: a check stops them, or warns and nobody has explained it."""

    def __init__(self, rows: Iterable[queries.Row]) -> None:
        self.rows = list(rows)
        text = _("%(n)s rows cannot be handed in yet; what is wrong stands beside them.")
        super().__init__(text % {"n": len(self.rows)})


def require_link(ret: Return) -> None:
    """That somebody without login may write: a link to this return holds now. Raises PermissionDenied."""
    links = ReturnLink.objects.filter(plan=ret.plan_id, unit=ret.unit_id, period=ret.period, revoked=None, used=None)
    if not links.filter(expires__gt=timezone.now()).exists():
        raise PermissionDenied


def on_behalf(user: User | None, unit: Unit) -> bool:
    """Whether the person writes for a unit that is not the person's own or subordinate to it (代填)."""
    if user is None:
        return False
    own = [unit.pk] if unit.parent_id is None else [unit.pk, unit.parent_id]
    return not Membership.objects.filter(user=user, unit__in=own).exists()


@transaction.atomic
def open_return(user: User | None, plan: Plan, unit: Unit, period: str) -> Return:
    """The return of a unit for a plan and month, made if it is not there; no row is written.

    Raises PermissionDenied, or :class:`StateError` for a plan that is not in force, a month that is not the
    plan's, or a unit that owes nothing of the plan.
    """
    wanted = Return(plan=plan, unit=unit, period=period)
    require_link(wanted) if user is None else policy.require(user, "return.write", wanted)
    found = Return.objects.filter(plan=plan, unit=unit, period=period).first()
    if found is not None:
        return found
    if plan.status not in IN_FORCE:
        raise StateError(_("The plan is not in force; nothing is reported for it."))
    if not periods.is_month(period) or period not in periods.months(plan):
        raise StateError(_("%(period)s is no month in which this plan is reported.") % {"period": period[:10]})
    if not Commitment.objects.filter(plan=plan, unit=unit, withdrawn=None).exists():
        raise StateError(_("%(unit)s owes nothing of this plan.") % {"unit": unit.name})
    due = periods.due_on(periods.rhythm_of(plan), period, workdays())
    ret, new = Return.objects.get_or_create(plan=plan, unit=unit, period=period, defaults={"due": due})
    if new:
        audit.record(user, "return.open", ret, after={"unit": unit.name, "period": period, "due": due.isoformat()})
    return ret


@transaction.atomic
def write_entry(
    user: User | None,
    ret: Return,
    commitment: Commitment,
    words: EntryWords,
    *,
    route: str = Route.SCREEN,
    behalf: bool = False,
    source: Mapping[str, Any] | None = None,
    revision: int | None = None,
) -> Entry:
    """Write one row of an open return and give it back; nothing is written where nothing changes.

    ``revision`` is that of the row from which the words were made (0: there was none; None: whatever is there is
    replaced). Raises PermissionDenied, :class:`StateError` (also for a row that the reviewer accepted) or
    :class:`StaleError`, whose ``current`` is the row as somebody else wrote it.
    """
    _open(user, ret)
    if commitment.plan_id != ret.plan_id or commitment.unit_id != ret.unit_id or commitment.withdrawn is not None:
        raise PermissionDenied
    entry = Entry.objects.filter(report=ret, commitment=commitment).prefetch_related("figures__share").first()
    if entry is not None and entry.verdict == Verdict.ACCEPTED:
        raise StateError(_("The reviewer accepted this row; it stays as it is."))
    if revision is not None and revision != (entry.revision if entry else 0):
        raise StaleError(_("Somebody else changed this row meanwhile. Your words were not saved."), entry)
    stated, values = _completed(ret, commitment, words)
    before = state_of(entry) if entry else None
    entry = entry or Entry(report=ret, commitment=commitment, revision=0)
    for name, value in stated.items():
        setattr(entry, name, value)
    after = _after(entry, values)
    if before == after:
        return entry
    entry.revision += 1
    entry.source = {"route": str(route), "behalf": behalf or on_behalf(user, ret.unit), **(source or {})}
    entry.save()
    _write_figures(entry, values, ret.period)
    audit.record(user, "return.entry", entry, before=before, after=after | {"route": str(route)})
    bump(ret)
    return entry


def _open(user: User | None, ret: Return) -> None:
    """Hold the return for writing; who holds a link may, while it holds."""
    if user is None:
        require_link(ret)
    begin(user, "write", ret)


def _completed(ret: Return, commitment: Commitment, words: EntryWords) -> tuple[dict[str, Any], dict[int, Values]]:
    """The fields of the row and its figures by share; of "no change" the words and cumulative figures of last time."""
    stated: dict[str, Any] = {name: getattr(words, name) for name in _STATED}
    for name in _WORDS:
        stated[name] = str(stated[name]).strip()[:LONGEST]
    stated |= {"step": words.step[:20], "document_number": words.document_number.strip()[:80]}
    stated["explanation"] = words.explanation.strip()[:1000]
    shares = {str(share.uid): share for share in Share.objects.filter(commitment=commitment, withdrawn=None)}
    if unknown := set(words.figures) - set(shares):
        raise StateError(_("A figure belongs to no target of this row: %(uid)s") % {"uid": sorted(unknown)[0][:36]})
    values = {shares[uid].pk: _checked(pair) for uid, pair in words.figures.items()}
    if words.no_change:
        last = last_said(ret, commitment)
        if last is None:
            raise StateError(_("Nothing was reported for this row before, so “no change” is not possible."))
        stated["progress"] = stated["progress"] or last.progress
        stated["next_step"] = stated["next_step"] or last.next_step
        for figure in last.figures.all():
            if not any(values.get(figure.share_id, (None, None))):
                values[figure.share_id] = (None if figure.period_value is None else Decimal(0), figure.cumulative)
    return stated, values


def last_said(ret: Return, commitment: Commitment) -> Entry | None:
    """What was handed in for the commitment in the latest period before the return's."""
    rows = Entry.objects.filter(commitment=commitment, report__period__lt=ret.period, report__state__in=queries.SAID)
    return rows.order_by("-report__period").prefetch_related("figures").first()


def _checked(pair: Values) -> Values:
    for value in pair:
        if value is not None and (not value.is_finite() or abs(value) >= _BIGGEST):
            raise StateError(_("A figure is too large to be kept."))
    period, cumulative = (None if value is None else value.quantize(Decimal("0.000001")) for value in pair)
    return period, cumulative


def state_of(entry: Entry) -> dict[str, Any]:
    """A row as JSON, for the record and for comparing."""
    stated = {name: getattr(entry, name) for name in _STATED}
    day = stated["document_date"]
    figures = {
        str(item.share.uid): [decimal_text(item.period_value), decimal_text(item.cumulative)]
        for item in entry.figures.all()
        if (item.period_value, item.cumulative) != (None, None)
    }
    return stated | {"document_date": day.isoformat() if day else None, "figures": figures}


def _after(entry: Entry, values: Mapping[int, Values]) -> dict[str, Any]:
    stated = {name: getattr(entry, name) for name in _STATED}
    day = stated["document_date"]
    uids = dict(Share.objects.filter(pk__in=values).values_list("pk", "uid"))
    figures = {
        str(uids[pk]): [decimal_text(pair[0]), decimal_text(pair[1])]
        for pk, pair in values.items()
        if pair != (None, None)
    }
    return stated | {"document_date": day.isoformat() if day else None, "figures": figures}


def _write_figures(entry: Entry, values: Mapping[int, Values], month: str) -> None:
    entry.figures.exclude(share__in=values).delete()
    for share in Share.objects.filter(pk__in=values):
        period, cumulative = values[share.pk]
        known = computed(share, month)
        if (period, cumulative, known) == (None, None, None):
            entry.figures.filter(share=share).delete()
            continue
        value, words = known or (None, "")
        defaults = {
            "period_value": period, "cumulative": cumulative, "computed": value, "computed_source": words[:120]
        }  # fmt: skip
        Figure.objects.update_or_create(entry=entry, share=share, defaults=defaults)


@transaction.atomic
def no_change(user: User | None, ret: Return, *, route: str = Route.SCREEN, behalf: bool = False) -> int:
    """Say "no change" in every row that nobody touched and that was reported before; returns how many.

    Raises PermissionDenied or :class:`StateError`.
    """
    _open(user, ret)
    count = 0
    for row in queries.rows_of(ret):
        if row.locked or row.touched or row.last is None:
            continue
        kept = EntryWords(no_change=True, figures=_kept(row), explanation=row.entry.explanation if row.entry else "")
        write_entry(user, ret, row.commitment, kept, route=route, behalf=behalf)
        count += 1
    return count


def _kept(row: queries.Row) -> dict[str, Values]:
    return {str(item.share.uid): (item.period_value, item.cumulative) for item in row.figures if item.given}


@transaction.atomic
def submit(
    user: User | None,
    ret: Return,
    *,
    signer: str = "",
    phone: str = "",
    revision: int | None = None,
    route: str = Route.SCREEN,
    behalf: bool = False,
) -> ReturnVersion:
    """Hand a return in and keep it whole as a version, whose code the printed sheet bears.

    Where the plan's review is off, or the row is the reviewing office's own and these are exempt, it counts as accepted
    and says that nobody looked (``unreviewed``). Raises PermissionDenied, :class:`StaleError`, :class:`StateError`, or
    :class:`ChecksError` with the rows that cannot be handed in.
    """
    if user is None:
        require_link(ret)
    step = begin(user, "submit", ret, revision)
    behalf = behalf or on_behalf(user, ret.unit)
    signer = signer.strip()[:80] or ("" if behalf else str(user or ""))
    if user is None and not (signer and phone.strip()):
        raise StateError(_("Who answers for the return? Write name and telephone number."))
    rows = queries.rows_of(ret, behalf=behalf)
    if not rows:
        raise StateError(_("There is nothing to report in this month."))
    if stopped := queries.stops_of(rows):
        raise ChecksError(stopped)
    unreviewed = _unreviewed(ret)
    pending = Entry.objects.filter(report=ret, verdict=Verdict.SENT_BACK)
    pending.update(verdict=Verdict.NONE)
    before = {"state": ret.state, "version": ret.version}
    now = timezone.now()
    bump(
        ret, state=ReturnState.ACCEPTED if unreviewed else step.target, version=ret.version + 1, signer=signer,
        phone=phone.strip()[:40], route=str(route), behalf=behalf, submitted=now, submitted_by=user, reviewed=None,
        reviewed_by=None, unreviewed=unreviewed, note="",
    )  # fmt: skip
    version = ReturnVersion.objects.create(
        report=ret, number=ret.version, content=snapshots.content_of(ret), code=snapshots.new_code(), by=user
    )
    ReturnLink.objects.filter(plan=ret.plan_id, unit=ret.unit_id, period=ret.period, used=None, revoked=None).update(
        used=now
    )
    after = {
        "state": str(ret.state), "version": ret.version, "code": version.code, "signer": signer, "route": str(route),
        "behalf": behalf, "unreviewed": unreviewed,
    }  # fmt: skip
    audit.record(user, "return.submit", ret, before=before, after=after)
    touch(ret)
    return version


def _unreviewed(ret: Return) -> bool:
    """Whether nobody is to look: review is off, or the unit is an office of the plan and own rows are exempt."""
    rhythm = periods.rhythm_of(ret.plan)
    if not rhythm.review:
        return True
    if not rhythm.own_rows_exempt:
        return False
    area = ret.plan.area
    office = area is None or area.path.startswith(ret.unit.area.path)
    reviewers = policy.ACTIONS["return.review"] & policy.OFFICE
    return office and Membership.objects.filter(unit=ret.unit_id, role__in=reviewers).exists()


@transaction.atomic
def withdraw(user: User, ret: Return, *, revision: int | None = None) -> None:
    """Take a submission back before anybody began to review it; it is a draft again, its version is kept.

    Raises PermissionDenied, :class:`StaleError` or :class:`StateError`.
    """
    step = begin(user, "withdraw", ret, revision)
    bump(ret, state=step.target)
    audit.record(user, "return.withdraw", ret, before={"state": "submitted"}, after={"state": str(ret.state)})
    touch(ret)


def touch(ret: Return) -> None:
    """Let the states of the return's commitments be computed anew."""
    from lantian.apps.supervision import evaluating

    evaluating.touch(list(Entry.objects.filter(report=ret).values_list("commitment", flat=True)))
