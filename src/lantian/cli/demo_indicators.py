"""The demonstration's targets (演示数据): most are bound, some wait for a decision; two exemptions.

The figures themselves are computed in the background once the registers lie in the lake.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lantian.apps.core.models import User

_SURE = 0.85  # proposals as good as this are confirmed; the others are left to whoever tries the page


def prepare(user: User) -> None:
    """Propose and confirm for every plan in force, ask for two exemptions; once."""
    from lantian.apps.indicators import actions
    from lantian.apps.indicators.models import Binding, Exemption, How
    from lantian.apps.plans.models import IN_FORCE, Plan
    from lantian.apps.registers.models import Record

    if Binding.objects.exists():
        return
    for plan in Plan.objects.filter(status__in=IN_FORCE, amends=None):
        actions.propose(plan)
    sure = Binding.objects.filter(score__gte=_SURE).exclude(how=How.REPORTED)
    for row in sure.select_related("measure__plan__area"):
        actions.confirm(user, row, row.how, row.indicator, revision=row.revision)
    if Exemption.objects.exists():
        return
    sites = Record.objects.filter(register="construction_site", gone=False).select_related("area").order_by("key")
    reasons = ("占地面积不足，不具备视频安装条件", "管线抢修，工期不足一个月")
    for record, reason, approved in zip(sites, reasons, (True, False), strict=False):
        since = date.fromisoformat(str(record.values.get("start") or "2026-01-01"))
        asked = actions.ask(user, "construction_site", record.key, record.area, reason, since)
        if approved:
            actions.decide(user, asked, True)
