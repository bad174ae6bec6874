"""Keeping what was computed: a run with its figures, the one before superseded where it said something else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from lantian.apps.indicators.models import Run, Value
from lantian.indicators.headers import Indicator
from lantian.indicators.running import Answer

_DIGITS = Decimal("0.000000001")


@transaction.atomic
def keep(indicator: Indicator, level: str, start: date, end: date, answer: Answer) -> bool:
    """Keep an answer; returns whether the figures changed.

    The same figures again only note that they were looked at and from which inputs; other figures, or a failure, make
    a new run and the old one stays readable.
    """
    now = timezone.now()
    values = {subject: _decimal(value) for subject, value in answer.rows}
    failed = None if answer.failed is None else {"zh": answer.failed.zh, "en": answer.failed.en}
    mine = Run.objects.select_for_update().filter(
        indicator=indicator.name, level=level, start=start, end=end, superseded=None
    )
    held = mine.first()
    if held is not None and held.failed == failed and _values(held) == values:
        held.query, held.inputs, held.checked = answer.lineage.sha, answer.lineage.inputs, now
        held.save(update_fields=["query", "inputs", "checked"])
        return False
    mine.update(superseded=now)
    run = Run.objects.create(
        indicator=indicator.name,
        level=level,
        start=start,
        end=end,
        query=answer.lineage.sha,
        inputs=answer.lineage.inputs,
        seconds=answer.lineage.seconds,
        failed=failed,
        computed=now,
        checked=now,
    )
    Value.objects.bulk_create([Value(run=run, subject=key, value=value) for key, value in values.items()], 2000)
    return True


def _values(run: Run) -> Mapping[str, Decimal | None]:
    return dict(run.values.values_list("subject", "value"))


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value)).quantize(_DIGITS)
