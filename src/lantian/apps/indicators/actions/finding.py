"""线索: keeping what a rule found. Opened once, closed when it is gone if the rule says so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from lantian.apps.areas.models import Area, Unit
from lantian.apps.indicators.models import Finding
from lantian.apps.registers.models import Record
from lantian.indicators.finding import settle
from lantian.indicators.headers import Rule
from lantian.indicators.running import Found


@transaction.atomic
def keep_findings(rule: Rule, found: Sequence[Found], now: datetime | None = None) -> tuple[int, int, int]:
    """Bring a rule's open findings in line with what it found now: (opened, closed, held back).

    What cap or quiet hours hold back opens with a later run: a broken feed does not flood anyone.
    """
    at = now or timezone.now()
    standing = dict(Finding.objects.select_for_update().filter(rule=rule.name, closed=None).values_list("key", "pk"))
    settled = settle(standing, found, rule, at)
    Finding.objects.filter(pk__in=[standing[item.key] for item in settled.still]).update(seen=at)
    Finding.objects.filter(pk__in=[standing[key] for key in settled.closed]).update(closed=at)
    taken = settled.opened
    units = {str(row.uid): row for row in Unit.objects.filter(uid__in={item.unit for item in taken if item.unit})}
    areas = _areas(rule, [item.subject for item in taken])
    rows = [
        Finding(
            rule=rule.name, key=item.key[:200], subject=item.subject[:200], unit=units.get(item.unit),
            area=areas.get(item.subject), title=item.title[:300], detail=item.detail[:500], opened=at, seen=at,
        )
        for item in taken
    ]  # fmt: skip
    Finding.objects.bulk_create(rows, 1000)
    return len(rows), len(settled.closed), len(settled.held)


def _areas(rule: Rule, subjects: Sequence[str]) -> dict[str, Area]:
    """Where the subjects lie: areas themselves, or those of records."""
    if rule.subject == "register":
        rows = Record.objects.filter(register=rule.register, key__in=subjects).select_related("area")
        return {row.key: row.area for row in rows if row.area is not None}
    return {row.code: row for row in Area.objects.filter(code__in=subjects)} if rule.subject == "area" else {}
