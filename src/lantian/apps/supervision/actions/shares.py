"""Shares of commitments follow the targets of their row: kept by the printed words, never lost with their figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.utils import timezone

from lantian.apps.plans.content import Content, target_of
from lantian.apps.plans.models import Measure, Target
from lantian.apps.supervision.models import Commitment, QuotaSheet, Share
from lantian.apps.supervision.recording import Event, changes
from lantian.apps.supervision.sharing import Part, SpecKey, spec_key

_FIELDS = (
    "target", "order", "spec", "value", "value_max", "origin", "line", "by", "withdrawn",
)  # fmt: skip
_TOLD = ("value", "value_max", "origin", "by", "withdrawn")  # what the record of a commitment says of its shares

Wanted = tuple[Commitment, Sequence[tuple[Part, Content, Target]]]


def sync_shares(wanted: Iterable[Wanted], events: list[Event]) -> set[int]:
    """Write the shares of stored commitments; adds to ``events`` and returns the keys of commitments that changed.

    A share is recognised by its target's printed words, subject and scope, so that it outlives an amendment with its
    figures, plan curve and exemptions. One that the text no longer asks for is withdrawn.
    """
    pairs = list(wanted)
    known: dict[int, dict[SpecKey, list[Share]]] = defaultdict(lambda: defaultdict(list))
    for old in Share.objects.filter(commitment__in=[row.pk for row, _parts in pairs]).order_by("order", "id"):
        known[old.commitment_id][spec_key(old.spec)].append(old)
    new: list[Share] = []
    changed: list[Share] = []
    for row, parts in pairs:
        there = known.get(row.pk, {})
        for part, spec, target in parts:
            same = there.get(spec_key(spec))
            share = same.pop(0) if same else None
            values = _values(part, spec, target)
            if share is None:
                new.append(Share(commitment=row, **values))
                continue
            before, after = changes(share, values)
            if after:
                changed.append(share)
                told = {name: value for name, value in after.items() if name in _TOLD}
                if told:
                    events.append(("share.change", row, {name: before[name] for name in told}, told))
        for gone in (item for left in there.values() for item in left if item.withdrawn is None):
            gone.withdrawn = timezone.now()
            changed.append(gone)
            events.append(("share.withdraw", row, {"target": gone.spec["text"]}, None))
    Share.objects.bulk_create(new, batch_size=200)
    Share.objects.bulk_update(changed, _FIELDS, batch_size=200)
    return {share.commitment_id for share in (*new, *changed)}


def _values(part: Part, spec: Content, target: Target) -> Content:
    return {
        "target_id": target.pk,
        "order": target.order,
        "spec": spec,
        "value": part.value,
        "value_max": part.value_max,
        "origin": str(part.origin),
        "line_id": part.line.pk if part.line else None,
        "by": target.by,
        "withdrawn": None,
    }


def rebind(measures: Iterable[Measure], sheets: Iterable[QuotaSheet]) -> None:
    """Quota sheets follow their target through an amendment by its words; its new total makes the gap show."""
    targets = {(row.pk, spec_key(target_of(item))): item for row in measures for item in row.targets.all()}
    for sheet in sheets:
        target = targets.get((sheet.measure_id, spec_key(sheet.spec)))
        if target is not None and (sheet.target_id != target.pk or sheet.total != target.value):
            sheet.target, sheet.total, sheet.spec = target, target.value, target_of(target)
            sheet.save(update_fields=["target", "total", "spec"])
