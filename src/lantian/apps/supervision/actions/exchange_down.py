"""Taking a package of 市 → 区: the plan as it is above, and the commitments of the district. Called by ``exchange``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Area
from lantian.apps.core import audit, files
from lantian.apps.core.models import User
from lantian.apps.plans import actions as plans
from lantian.apps.plans.models import Measure, Medium, Plan, PlanStatus, Secrecy
from lantian.apps.supervision import evaluating
from lantian.apps.supervision.actions.common import Altered
from lantian.apps.supervision.exchange import plans as downward
from lantian.apps.supervision.exchange.package import Json, Package
from lantian.apps.supervision.models import Cadence, Commitment, Exchange, ExchangeKind, Rhythm, Share, ShareOrigin

GONE = "不在上级最新的交换包中"  # why a commitment that a newer package no longer has is withdrawn


def take_plan(user: User, row: Exchange, package: Package, plan: Plan | None) -> None:
    """Bring ``plan`` (None: it is not here yet) in line with the package; ``row`` takes the plan and the counts.

    Raises :class:`Altered`; checks no right and holds nothing, ``exchange.take`` does.
    """
    document = package.document
    given, known = document["plan"], downward.known_units(document)
    if plan is not None and not _foreign(plan):
        raise Altered(_("This plan was made here; a package cannot change it."))
    if given["uid"] != package.head["plan"]:
        raise Altered(_("The package lacks what its kind must hold; nothing was taken."))
    head = _head_of(given)
    contents = downward.contents(document, known)
    if plan is None:
        _fresh(contents)
        name = str(given["file_name"])[-255:]
        stored = row.file if package.source is None else files.store(user, name, [package.source])
        head |= {"uid": UUID(given["uid"]), "published": _moment(given["published"])}
        plan = plans.store_whole(user, head, contents, stored, name)
    elif head["version"] != plan.version:
        note = _("from exchange package no. %(n)s") % {"n": row.serial}
        plan = plans.renew_whole(user, plan, head, contents, note=note)
    Rhythm.objects.update_or_create(plan=plan, defaults={name: document["rhythm"][name] for name in downward.RHYTHM})
    row.plan = plan
    counts = _sync(user, plan, document["commitments"], known)
    row.summary = row.summary | counts | {"missing": known.missing}


def _foreign(plan: Plan) -> bool:
    """Whether the plan came by exchange."""
    came = Exchange.objects.filter(plan=plan, kind=ExchangeKind.PLAN, outgoing=False)
    return came.exclude(taken=None).exists()


def _head_of(given: Mapping[str, Any]) -> Json:
    area = Area.objects.filter(code=given["area"]).first()
    if area is None:
        text = _("The directory here knows no area %(code)s, of which the package speaks.")
        raise Altered(text % {"code": str(given["area"])[:20]})
    return {
        "title": str(given["title"])[:300], "year": given["year"], "region": str(given["region"])[:80], "area": area,
        "level": area.level, "medium": Medium(given["medium"]), "number": str(given["number"])[:80],
        "secrecy": Secrecy(given["secrecy"]), "version": max(1, int(given["version"])), "flags": given["flags"],
        "status": PlanStatus.AMENDED if int(given["version"]) > 1 else PlanStatus.PUBLISHED,
        "issued": date.fromisoformat(given["issued"]) if given["issued"] else None,
    }  # fmt: skip


def _moment(text: str | None) -> datetime:
    return (parse_datetime(text) if text else None) or timezone.now()


def _fresh(contents: list[Json]) -> None:
    """A row's uid is that of one row in the world; who has it already is another plan's."""
    if Measure.everything.filter(uid__in=[item["uid"] for item in contents]).exists():
        raise Altered(_("Rows of this package belong to another plan here; nothing was taken."))


def _sync(user: User, plan: Plan, given: list[Json], known: downward.Known) -> dict[str, int]:
    """Bring the district's commitments in line with the package; ones it no longer has are withdrawn, not deleted."""
    measures = {str(row.uid): row for row in Measure.everything.filter(plan=plan).prefetch_related("targets")}
    there = {str(row.uid): row for row in Commitment.objects.filter(plan=plan)}
    wanted = [item for item in given if known.find(item["unit"]) is not None]
    uids = {item["uid"] for item in wanted}
    gone = [row.pk for uid, row in there.items() if uid not in uids and row.withdrawn is None]
    Commitment.objects.filter(pk__in=gone).update(withdrawn=timezone.now(), withdrawn_reason=GONE)
    new = [item for item in wanted if item["uid"] not in there]
    rows = {item["uid"]: there.get(item["uid"]) or Commitment(plan=plan, uid=UUID(item["uid"])) for item in wanted}
    for item in wanted:
        row = rows[item["uid"]]
        row.measure, row.unit, row.via = measures[item["measure"]], known.find(item["unit"]), known.find(item["via"])  # type: ignore[assignment]
        for name, value in downward.values_of(item, downward.DUTY).items():
            setattr(row, name, value)
        row.cadence = Cadence(row.cadence)
        row.withdrawn, row.withdrawn_reason = None, ""
        row.cadence_edited = row.internal_edited = row.convener_edited = True  # the city decides of these
    Commitment.objects.bulk_create([rows[item["uid"]] for item in new], batch_size=200)
    fields = [*downward.DUTY, "measure", "unit", "via", "withdrawn", "withdrawn_reason"]
    old = [rows[item["uid"]] for item in wanted if item["uid"] in there]
    Commitment.objects.bulk_update(old, fields, batch_size=200)
    _sync_shares(rows, wanted)
    evaluating.touch([row.pk for row in rows.values()])
    audit.record(user, "commitment.exchange", plan, after={"made": len(new), "withdrawn": len(gone)})
    return {"made": len(new), "kept": len(old), "withdrawn": len(gone), "left_out": len(given) - len(wanted)}


def _sync_shares(rows: Mapping[str, Commitment], wanted: list[Json]) -> None:
    there = {str(row.uid): row for row in Share.objects.filter(commitment__in=rows.values())}
    new: list[Share] = []
    old: list[Share] = []
    for item in wanted:
        duty = rows[item["uid"]]
        targets = {target.order: target for target in duty.measure.targets.all()}
        for given in item["shares"]:
            share = there.pop(given["uid"], None)
            (old if share else new).append(share := share or Share(uid=UUID(given["uid"])))
            share.commitment, share.target, share.withdrawn = duty, targets.get(given["order"]), None
            for name, value in downward.values_of(given, downward.SHARE).items():
                setattr(share, name, value)
            share.origin = ShareOrigin(share.origin)
    Share.objects.bulk_create(new, batch_size=200)
    Share.objects.bulk_update(old, [*downward.SHARE, "commitment", "target", "withdrawn"], batch_size=200)
    Share.objects.filter(pk__in=[share.pk for share in there.values()]).update(withdrawn=timezone.now())
