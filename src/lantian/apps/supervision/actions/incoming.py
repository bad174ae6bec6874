"""All writes to what comes in: taking a piece in, staging what was read, and what a person decides about each row.

Nothing becomes part of a return without a person's click; what is taken goes into the unit's draft by
:func:`~lantian.apps.supervision.actions.returns.write_entry`, never further.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Unit
from lantian.apps.core import audit, files, jobs, policy
from lantian.apps.core.models import User
from lantian.apps.plans.content import decimal_text
from lantian.apps.plans.models import IN_FORCE, Plan
from lantian.apps.supervision import periods
from lantian.apps.supervision.actions import evidence, returns
from lantian.apps.supervision.actions.common import NotPossible
from lantian.apps.supervision.actions.returns import EntryWords
from lantian.apps.supervision.incoming import staging
from lantian.apps.supervision.incoming.model import Content, Found, Item, Problem, Proposal
from lantian.apps.supervision.incoming.reader import MAX_TEXT
from lantian.apps.supervision.incoming.words import doubt
from lantian.apps.supervision.models import (
    Commitment,
    Entry,
    Incoming,
    IncomingItem,
    IncomingState,
    ItemState,
    Return,
    ReturnVersion,
    Route,
)
from lantian.apps.supervision.queries import incoming as queries

READ = "incoming.read"  # kind of the job
_BY_UNIT = frozenset({"no_unit", "nothing", "too_many"})  # doubts that go when another unit is said


def receive_file(user: User, plan: Plan, period: str, route: str, name: str, chunks: Iterable[bytes]) -> Incoming:
    """Keep a file and have it read. Raises PermissionDenied, :class:`NotPossible` or files.TooLargeError."""
    draft = _draft(user, plan, period, route)
    stored = files.store(user, name, chunks)
    draft.file, draft.name, draft.digest = stored, files.short_name(name), stored.sha256
    return _receive(user, draft)


def receive_text(user: User, plan: Plan, period: str, text: str) -> Incoming:
    """Keep a pasted text and have it read. Raises PermissionDenied or :class:`NotPossible`."""
    draft = _draft(user, plan, period, Route.DROP_BOX)
    text = text.strip()
    if not text:
        raise NotPossible(_("Paste the text first."))
    if len(text) > MAX_TEXT:
        limit = f"{MAX_TEXT:,}"
        raise NotPossible(_("The text has more than %(limit)s characters; paste it in parts.") % {"limit": limit})
    draft.text, draft.digest = text, hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return _receive(user, draft)


def _draft(user: User, plan: Plan, period: str, route: str) -> Incoming:
    """A piece that the person may bring: to the drop box only the office, a sheet who may write for some unit."""
    if route == Route.DROP_BOX:
        policy.require(user, "duty.assign", plan)
    policy.require(user, "return.write")
    if plan.status not in IN_FORCE:
        raise NotPossible(_("The plan is not in force; nothing is reported for it."))
    if period not in periods.months(plan):
        raise NotPossible(_("%(period)s is no month in which this plan is reported.") % {"period": period[:10]})
    return Incoming(plan=plan, period=period, route=route, created_by=user)


@transaction.atomic
def _receive(user: User, piece: Incoming) -> Incoming:
    earlier = Incoming.objects.filter(plan=piece.plan, digest=piece.digest)
    same = earlier.exclude(state__in=(IncomingState.DROPPED, IncomingState.FAILED)).order_by("id").first()
    if same is not None:
        when = timezone.localtime(same.created).strftime("%Y-%m-%d %H:%M")
        piece.problems = [doubt("same_piece", when=when, name=str(same)).as_dict()]
    piece.save()
    piece.job = jobs.enqueue(user, READ, {"incoming": str(piece.uid), "name": piece.name})
    piece.save(update_fields=["job"])
    after = {"plan": str(piece.plan.uid), "period": piece.period, "name": str(piece), "route": str(piece.route)}
    audit.record(user, "incoming.receive", piece, after=after)
    return piece


@transaction.atomic
def stage(piece: Incoming, content: Content, unit: Unit | None, found: Found, problems: list[Problem]) -> None:
    """Keep what was read of a piece: its unit, its rows, and what is doubtful. Called by the job."""
    piece.unit, piece.unit_confidence, piece.unit_reason = unit, found.confidence, found.reason
    piece.content = content
    piece.problems = [*piece.problems, *(problem.as_dict() for problem in problems)]
    _propose(piece)
    piece.state = IncomingState.STAGED
    piece.save()


def _propose(piece: Incoming) -> None:
    """Stage the rows of a piece anew for its unit; rows that were decided stay."""
    piece.items.filter(state=ItemState.STAGED).delete()
    if piece.unit is None:
        return
    duties = queries.duties_of(piece.plan, piece.unit)
    proposals, problems = staging.propose(piece.content, duties)
    piece.problems = [*piece.problems, *(problem.as_dict() for problem in problems)]
    keys = {str(row.uid): row.pk for row in queries.live(piece.plan).filter(unit=piece.unit)}
    begin = piece.items.count()
    rows = [_item(piece, begin + order, proposal, keys) for order, proposal in enumerate(proposals)]
    IncomingItem.objects.bulk_create(rows, batch_size=200)


def _item(piece: Incoming, order: int, proposal: Proposal, keys: Mapping[str, int]) -> IncomingItem:
    item = proposal.item
    row = IncomingItem(
        incoming=piece, order=order, place=item.place[:80], read=asdict(item),
        spot=[item.block, item.last_block, item.first, item.last], candidates=proposal.candidates,
        confidence=proposal.confidence, commitment_id=keys.get(proposal.duty or ""),
    )  # fmt: skip
    _fill(row, proposal)
    return row


def _fill(row: IncomingItem, proposal: Proposal) -> None:
    item = proposal.item
    row.words = {
        "progress": item.progress, "problems": item.problems, "next_step": item.next_step,
        "document_number": proposal.document_number, "document_date": proposal.document_date,
    }  # fmt: skip
    row.figures = [
        {"share": count.goal, "period_value": decimal_text(count.period),
         "cumulative": decimal_text(count.cumulative), "text": count.text[:200]}
        for count in proposal.counts
    ]  # fmt: skip
    row.done, row.no_change = proposal.done, proposal.no_change
    row.problems = [problem.as_dict() for problem in proposal.problems]


@transaction.atomic
def fail(piece: Incoming, *problems: Problem) -> None:
    """Keep why a piece cannot be read; its file stays. Called by the job."""
    piece.state = IncomingState.FAILED
    piece.problems = [*piece.problems, *(problem.as_dict() for problem in problems)]
    piece.save(update_fields=["state", "problems"])


def _hold(user: User, piece: Incoming, *, right: str = "return.write") -> None:
    """Hold the piece until the transaction ends. Raises PermissionDenied or :class:`NotPossible`."""
    piece.refresh_from_db(from_queryset=Incoming.objects.select_for_update())
    policy.require(user, right, piece)
    if piece.state == IncomingState.READING:
        raise NotPossible(_("The piece is still being read."))
    if piece.state == IncomingState.DROPPED:
        raise NotPossible(_("The piece was dropped meanwhile."))


def _hold_item(user: User, item: IncomingItem) -> Incoming:
    piece = item.incoming
    _hold(user, piece)
    found = IncomingItem.objects.select_for_update().filter(pk=item.pk).first()
    if found is None or found.state != ItemState.STAGED:
        raise NotPossible(_("Somebody else decided about this row meanwhile; nothing was changed."))
    item.refresh_from_db()
    item.incoming = piece
    return piece


@transaction.atomic
def set_unit(user: User, piece: Incoming, unit: Unit) -> None:
    """Say whose piece it is; its rows are matched anew. Raises PermissionDenied or :class:`NotPossible`."""
    _hold(user, piece, right="duty.assign")
    if piece.items.filter(state=ItemState.TAKEN).exists():
        raise NotPossible(_("Rows of it were taken over for %(unit)s already.") % {"unit": piece.unit})
    if not queries.live(piece.plan).filter(unit=unit).exists():
        raise NotPossible(_("%(unit)s owes nothing of this plan.") % {"unit": unit.name})
    before = {"unit": piece.unit.name if piece.unit else None}
    piece.items.all().delete()
    piece.unit, piece.unit_confidence = unit, 1.0
    piece.unit_reason = {"zh": "由人指定", "en": "said by a person"}
    piece.problems = [problem for problem in piece.problems if problem["id"] not in _BY_UNIT]
    _propose(piece)
    piece.state = IncomingState.STAGED
    piece.save()
    audit.record(user, "incoming.unit", piece, before=before, after={"unit": unit.name})


@transaction.atomic
def set_row(user: User, item: IncomingItem, commitment: Commitment) -> None:
    """Say which row an item is about; its figures are read anew. Raises PermissionDenied or :class:`NotPossible`."""
    piece = _hold_item(user, item)
    if commitment.plan_id != piece.plan_id or commitment.unit_id != piece.unit_id or commitment.withdrawn is not None:
        raise NotPossible(_("This row is not one of the unit's."))
    proposal = Proposal(Item(**item.read))
    staging.fill(proposal, queries.duty_of(commitment))
    before = {"commitment": str(item.commitment.uid) if item.commitment else None}
    item.commitment, item.confidence = commitment, 1.0
    _fill(item, proposal)
    item.save()
    audit.record(user, "incoming.row", item, before=before, after={"commitment": str(commitment.uid)})


@transaction.atomic
def take(user: User, item: IncomingItem, words: EntryWords | None = None, *, replace: bool = False) -> Entry:
    """Take an item over into the unit's draft, as it was read or with the person's ``words``.

    What was said of the row already is not overwritten unless ``replace`` says so; further lines of the same piece are
    added. Raises PermissionDenied, :class:`NotPossible`, or what ``write_entry`` raises.
    """
    piece = _hold_item(user, item)
    if item.commitment is None or piece.unit is None:
        raise NotPossible(_("Choose the row first."))
    ret = returns.open_return(user, piece.plan, piece.unit, piece.period)
    words = words or words_of(item)
    there = Entry.objects.filter(report=ret, commitment=item.commitment).prefetch_related("figures__share").first()
    if there is not None and _said(there):
        if there.source.get("piece") == str(piece.uid):
            words = _joined(there, words)
        elif not replace:
            raise NotPossible(_("Something is reported for this row already. Compare, then take it in its place."))
    if words.no_change and returns.last_said(ret, item.commitment) is None:
        said = words.progress or _("no change")
        words = EntryWords(**{**_fields(words), "no_change": False, "progress": said})
    source = {"piece": str(piece.uid), "file": str(piece), "place": item.place, "confidence": item.confidence}
    behalf = piece.route == Route.DROP_BOX
    entry = returns.write_entry(
        user, ret, item.commitment, words, route=piece.route, behalf=behalf, source=source,
        revision=there.revision if there else 0,
    )  # fmt: skip
    evidence.attach_sent(user, item, entry)
    _decide(user, item, ItemState.TAKEN, entry)
    return entry


def words_of(item: IncomingItem) -> EntryWords:
    """What an item says, as an entry takes it."""
    said = item.words
    day = said.get("document_date") or ""
    return EntryWords(
        progress=said.get("progress", ""), problems=said.get("problems", ""), next_step=said.get("next_step", ""),
        done=item.done, no_change=item.no_change, step="issued" if said.get("document_number") and item.done else "",
        document_number=said.get("document_number", ""), document_date=_day(day),
        figures={
            row["share"]: (queries.decimal(row["period_value"]), queries.decimal(row["cumulative"]))
            for row in item.figures
        },
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _fields(words: EntryWords) -> dict[str, Any]:
    return {name: getattr(words, name) for name in EntryWords.__dataclass_fields__}


def _said(entry: Entry) -> bool:
    return bool(entry.progress or entry.problems or entry.done or entry.no_change or entry.figures.all())


def _joined(there: Entry, words: EntryWords) -> EntryWords:
    """What a piece said of a row in an earlier line and what it says in this one."""
    fields = _fields(words)
    for name in ("progress", "problems", "next_step"):
        before, now = getattr(there, name), getattr(words, name)
        fields[name] = before if now in before else "\n".join(filter(None, (before, now)))
    fields["done"] = there.done or words.done
    fields["no_change"] = there.no_change and words.no_change
    for name in ("step", "document_number", "document_date"):
        fields[name] = getattr(words, name) or getattr(there, name)
    kept = {str(figure.share.uid): (figure.period_value, figure.cumulative) for figure in there.figures.all()}
    fields["figures"] = kept | dict(words.figures)
    return EntryWords(**fields)


@transaction.atomic
def take_all(user: User, piece: Incoming, least: float) -> tuple[int, int]:
    """Take every waiting row that is at least so sure and has no hard doubt: how many were taken, how many were left.

    A row for which something is reported already is left to a single click. Raises PermissionDenied or
    :class:`NotPossible`, and what ``write_entry`` raises (then nothing is taken).
    """
    _hold(user, piece)
    taken = left = 0
    for item in piece.items.filter(state=ItemState.STAGED).select_related("commitment", "incoming"):
        sure = item.commitment is not None and item.confidence >= least
        if not sure or any(problem.get("hard") for problem in item.problems):
            left += 1
            continue
        try:
            with transaction.atomic():
                take(user, item)
            taken += 1
        except NotPossible:
            left += 1
    return taken, left


@transaction.atomic
def drop(user: User, item: IncomingItem) -> None:
    """Leave an item out; nothing is written. Raises PermissionDenied or :class:`NotPossible`."""
    _hold_item(user, item)
    _decide(user, item, ItemState.DROPPED, None)


@transaction.atomic
def restore(user: User, item: IncomingItem) -> None:
    """Bring an item that was left out back. Raises PermissionDenied or :class:`NotPossible`."""
    piece = item.incoming
    _hold(user, piece)
    item.refresh_from_db()
    if item.state != ItemState.DROPPED:
        raise NotPossible(_("Somebody else decided about this row meanwhile; nothing was changed."))
    item.state, item.decided, item.decided_by = ItemState.STAGED, None, None
    item.save(update_fields=["state", "decided", "decided_by"])
    _settle(piece)
    audit.record(user, "incoming.restore", item)


def _decide(user: User, item: IncomingItem, state: str, entry: Entry | None) -> None:
    item.state, item.entry, item.decided, item.decided_by = state, entry, timezone.now(), user
    item.save(update_fields=["state", "entry", "decided", "decided_by"])
    after = {"entry": str(entry.uid) if entry else None, "place": item.place}
    audit.record(user, f"incoming.{state}", item, after=after)
    _settle(item.incoming)


def _settle(piece: Incoming) -> None:
    """A piece is done when no row of it waits."""
    waiting = piece.items.filter(state=ItemState.STAGED).exists()
    state = IncomingState.STAGED if waiting else IncomingState.DONE
    if piece.state != state:
        piece.state = state
        piece.save(update_fields=["state"])


@transaction.atomic
def drop_piece(user: User, piece: Incoming) -> None:
    """Put a piece aside with the rows that still wait; what was taken stays. Raises PermissionDenied, NotPossible."""
    _hold(user, piece)
    now = timezone.now()
    piece.items.filter(state=ItemState.STAGED).update(state=ItemState.DROPPED, decided=now, decided_by=user)
    before, piece.state = piece.state, IncomingState.DROPPED
    piece.save(update_fields=["state"])
    audit.record(user, "incoming.drop", piece, before={"state": before}, after={"state": str(piece.state)})


@transaction.atomic
def submit_for_unit(user: User, piece: Incoming, signer: str) -> ReturnVersion:
    """Hand the unit's return in for it (代填), once no row of the piece waits.

    Raises PermissionDenied, :class:`NotPossible`, or what ``returns.submit`` raises.
    """
    _hold(user, piece)
    if piece.items.filter(state=ItemState.STAGED).exists():
        raise NotPossible(_("Rows of this piece still wait for a decision."))
    ret = Return.objects.filter(plan=piece.plan, unit=piece.unit, period=piece.period).first()
    if ret is None:
        raise NotPossible(_("Nothing of it was taken over, so there is nothing to hand in."))
    behalf = piece.route == Route.DROP_BOX
    return returns.submit(user, ret, signer=signer, route=piece.route, behalf=behalf)
