"""Taking a package of 区 → 市: each unit's return staged where the office decides about what came in."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.core import audit
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.actions.common import Altered
from lantian.apps.supervision.exchange import plans as downward
from lantian.apps.supervision.exchange import reports as upward
from lantian.apps.supervision.exchange.package import Json, Package
from lantian.apps.supervision.models import (
    Commitment,
    Exchange,
    Incoming,
    IncomingItem,
    IncomingState,
    ItemState,
    Route,
)
from lantian.apps.supervision.periods import months


def take_returns(user: User, row: Exchange, package: Package, plan: Plan, kept: Collection[str]) -> None:
    """Stage each unit's return where the city decides about what came in; an earlier package's rows that still wait
    give way to it. Evidence that is ``kept`` (SHA-256) waits with its row.

    Raises :class:`Altered`; checks no right and holds nothing, ``exchange.take`` does.
    """
    if row.incoming.exists():
        return
    document = package.document
    if document["plan"] != str(plan.uid) or document["period"] != row.period or row.period not in months(plan):
        raise Altered(_("The package lacks what its kind must hold; nothing was taken."))
    known = _units_of(document)
    _give_way(user, row, plan)
    staged, left = 0, []
    for given in document["returns"]:
        unit = known.find(given["unit"])
        if unit is None or not unit.area.path.startswith(row.area.path):
            left.append(str(given["unit"]["name"])[:80])
            continue
        staged += _stage(user, row, plan, unit, given, kept)
    row.plan, row.summary = plan, row.summary | {"staged": staged, "missing": left}


def _units_of(document: Json) -> downward.Known:
    refs = [{"unit": item["unit"], "via": None} for item in document["returns"]]
    return downward.known_units({"measures": [], "commitments": refs})


def _give_way(user: User, row: Exchange, plan: Plan) -> None:
    earlier = Incoming.objects.filter(
        exchanges__in=Exchange.objects.filter(plan=plan, area=row.area, period=row.period, outgoing=False),
        state=IncomingState.STAGED,
    )
    for piece in earlier.distinct():
        piece.items.filter(state=ItemState.STAGED).update(state=ItemState.DROPPED, decided=timezone.now())
        piece.state = IncomingState.DROPPED
        piece.save(update_fields=["state"])
        audit.record(user, "incoming.drop", piece, after={"state": str(piece.state), "newer": row.code})


def _stage(user: User, row: Exchange, plan: Plan, unit: Any, given: Json, kept: Collection[str]) -> int:
    title = f"{row.title}　{row.period}"
    reason = {"zh": f"交换包第{row.serial}号（{row.area.name}）", "en": f"exchange package no. {row.serial}"}
    piece = Incoming.objects.create(
        plan=plan, period=row.period, unit=unit, unit_confidence=1.0, unit_reason=reason, route=Route.SHEET,
        file=row.file, name=f"{unit.name}-{row.period}（{row.area.name}交换包）"[:255], digest="",
        content=upward.content_of(title, given, kept), state=IncomingState.STAGED, created_by=user,
    )  # fmt: skip
    row.incoming.add(piece)
    mine = Commitment.objects.filter(plan=plan, unit=unit, withdrawn=None).prefetch_related("shares")
    duties = {str(duty.uid): duty for duty in mine}
    items = [
        _item(piece, index, entry, duties.get(entry["commitment"])) for index, entry in enumerate(given["entries"])
    ]
    IncomingItem.objects.bulk_create(items, batch_size=200)
    return len(items)


def _item(piece: Incoming, index: int, entry: Json, duty: Commitment | None) -> IncomingItem:
    problems = []
    if duty is None:
        zh, en = "本级已没有这条责任事项，请核对后另行处理。", "There is no such commitment here any more."
        problems.append({"zh": zh, "en": en, "column": "code", "hard": True})
    read = upward.read_of(index + 1, entry)
    return IncomingItem(
        incoming=piece, order=index, place=read["place"], spot=[2, 2, index + 1, index + 1], read=read,
        words={name: str(entry[name]) for name in (*upward.WORDS, "document_date")},
        figures=upward.shares_known(duty, entry) if duty else [], done=bool(entry["done"]),
        no_change=bool(entry["no_change"]), commitment=duty, confidence=1.0 if duty else 0.0, problems=problems,
    )  # fmt: skip
