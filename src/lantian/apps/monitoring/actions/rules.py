"""Dated facts that rankings go by: groups, who is left out and why, hours of sand-dust."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Area
from lantian.apps.core import audit, policy
from lantian.apps.core.models import User
from lantian.apps.monitoring.errors import RegistryError
from lantian.apps.monitoring.models import RankingKind, RankingRule
from lantian.apps.monitoring.rights import EDIT


@transaction.atomic
def save_rules(
    by: User, kind: str, areas: Sequence[Area], *, start: datetime, end: datetime | None, group: str = "",
    reason: str = "",
) -> int:  # fmt: skip
    """Say the same of several areas, all or none; returns how many.

    Raises PermissionDenied (one is not the person's), RegistryError beside the field that is wrong.
    """
    policy.require(by, EDIT)
    for area in areas:
        policy.require(by, EDIT, RankingRule(area=area))
    group, reason = group.strip()[:40], reason.strip()[:200]
    if not areas:
        raise RegistryError(_("Choose at least one area."), "areas")
    if kind == RankingKind.GROUP and not group:
        raise RegistryError(_("A group needs its name."), "group")
    if kind != RankingKind.GROUP and not reason:
        raise RegistryError(_("Say why it is left out, or who declared the hours and in which document."), "reason")
    if kind == RankingKind.SAND and end is None:
        raise RegistryError(_("Hours of sand-dust have an end."), "end")
    if end is not None and end <= start:
        raise RegistryError(_("The end lies before the beginning."), "end")
    group = group if kind == RankingKind.GROUP else ""
    there = RankingRule.objects.filter(kind=kind, area__in=areas, group=group, start=start)
    if first := there.select_related("area").first():
        raise RegistryError(_("%(name)s has this from that moment on already.") % {"name": first.area.name}, "areas")
    for area in areas:
        row = RankingRule.objects.create(
            kind=kind, area=area, group=group, start=start, end=end, reason=reason, created_by=by
        )
        audit.record(by, "ranking.rule", row, after=_state(row))
    return len(areas)


@transaction.atomic
def drop_rule(by: User, rule: RankingRule) -> None:
    """Take a fact back; rankings are computed without it from then on. Raises PermissionDenied."""
    row = RankingRule.objects.select_for_update(of=("self",)).select_related("area").filter(pk=rule.pk).first()
    if row is None:
        return
    policy.require(by, EDIT, row)
    audit.record(by, "ranking.unrule", row, before=_state(row))
    row.delete()


def _state(row: RankingRule) -> dict[str, Any]:
    days = {"start": row.start.isoformat(), "end": row.end.isoformat() if row.end else ""}
    return {"kind": row.kind, "area": row.area.name, "group": row.group, "reason": row.reason} | days
