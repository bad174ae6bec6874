"""Submitted returns as the rules of status want them: every version, with the verdict that it had on a day.

A version is read from its frozen content; what the review said of it, and when, stands in the record that every step
writes. So a past day is judged by what was known then, whatever was corrected since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from lantian.apps.core.models import AuditEvent
from lantian.apps.supervision.models import Commitment, ReturnVersion
from lantian.status import Figure, Report, period_bounds, period_of

_STEPS = ("return.submit", "return.accept", "return.send_back", "return.reopen", "return.withdraw")


@dataclass(frozen=True, slots=True)
class Step:
    """One recorded step of a return: what, when, and which commitments it names."""

    what: str
    at: datetime
    accepted: bool
    rows: frozenset[str]


def reports_of(keys: Sequence[int], as_of: date) -> dict[int, list[Report]]:
    """The submitted versions about these commitments that were known by the end of a day, by the commitment's key.

    Three queries; versions are read unit by unit, so ask for the commitments of a unit together.
    """
    asked = Commitment.objects.filter(pk__in=keys).values_list("pk", "uid", "cadence", "unit", "plan")
    duties = {str(uid): (pk, cadence) for pk, uid, cadence, _unit, _plan in asked}
    units, plans = {row[3] for row in asked}, {row[4] for row in asked}
    until = timezone.make_aware(datetime.combine(as_of + timedelta(days=1), datetime.min.time()))
    versions = (
        ReturnVersion.objects.filter(report__unit__in=units, report__plan__in=plans, at__lt=until)
        .order_by("report", "number")
        .values_list("report__uid", "report__period", "number", "at", "content__rows")
    )
    found = list(versions)
    steps = _steps({uid for uid, *_rest in found}, until)
    ends = _ends(found)
    reports: dict[int, list[Report]] = defaultdict(list)
    for uid, period, number, at, rows in found:
        after = [step for step in steps[uid] if step.at >= at and step.at < ends[uid, number]]
        if any(step.what == "return.withdraw" for step in after):
            continue
        back = sum(step.what == "return.send_back" and step.at < at for step in steps[uid])
        for row in rows:
            if row["commitment"] in duties and _says(row):
                pk, cadence = duties[row["commitment"]]
                reports[pk].append(_report(f"{uid}:{number}", _period(period, cadence), at, row, after, back))
    return reports


def _steps(uids: set[UUID], until: datetime) -> dict[UUID, list[Step]]:
    """What was done to returns, in order."""
    found: dict[UUID, list[Step]] = defaultdict(list)
    events = AuditEvent.objects.filter(object_uid__in=uids, action__in=_STEPS, at__lt=until).order_by("id")
    for uid, action, at, after in events.values_list("object_uid", "action", "at", "after"):
        said = after or {}
        if uid is None:
            continue
        found[uid].append(Step(action, at, said.get("state") == "accepted", frozenset(said.get("rows") or ())))
    return found


def _ends(found: Iterable[tuple[Any, ...]]) -> dict[tuple[UUID, int], datetime]:
    """When each version was followed by the next."""
    rows = list(found)
    ends = {(uid, number): timezone.now() + timedelta(days=36500) for uid, _period, number, *_rest in rows}
    for uid, _period, number, at, _rows in rows:
        if (uid, number - 1) in ends:
            ends[uid, number - 1] = at
    return ends


def _says(row: dict[str, Any]) -> bool:
    """Whether a row of a version holds anything; rows that were left empty report nothing."""
    figures = any(item["cumulative"] is not None or item["period_value"] is not None for item in row["figures"])
    return figures or any(row[name] for name in ("progress", "problems", "no_change", "done", "step"))


def _period(month: str, cadence: str) -> str:
    """Returns are by month; a duty that is reported by the quarter answers for the quarter that ends in the month."""
    return month if cadence == "none" else period_of(cadence, period_bounds(month)[1])  # type: ignore[arg-type]


def _report(uid: str, period: str, at: datetime, row: dict[str, Any], steps: Sequence[Step], back: int) -> Report:
    verdict, decided = "", None
    for step in steps:
        verdict, decided = _verdict(step, row["commitment"], verdict, decided)
    return Report(
        id=uid,
        period=period,
        received=timezone.localtime(at).date(),
        verdict=verdict,  # type: ignore[arg-type]
        decided=decided,
        words=bool(row["progress"]) or row["no_change"],
        figures=tuple(
            Figure(item["share"], _figure(item["period_value"]), _figure(item["cumulative"])) for item in row["figures"]
        ),
        done=row["done"],
        no_change=row["no_change"],
        evidence=len(row["evidence"]),
        sent_back=back,
        step=row["step"],
        document_number=row["document_number"],
        document_date=date.fromisoformat(row["document_date"]) if row["document_date"] else None,
    )


def _verdict(step: Step, commitment: str, verdict: str, decided: date | None) -> tuple[str, date | None]:
    """The verdict on one row after a step: a sent-back return holds rows that were accepted, a reopened one, too."""
    day = timezone.localtime(step.at).date()
    if step.what == "return.accept" or (step.what == "return.submit" and step.accepted):
        return "accepted", day
    if step.what == "return.send_back":
        return ("sent_back" if commitment in step.rows else "accepted"), day
    if step.what == "return.reopen" and (not step.rows or commitment in step.rows):
        return "", None
    return verdict, decided


def _figure(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
