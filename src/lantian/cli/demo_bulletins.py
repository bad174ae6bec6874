"""The demonstration's bulletins: one TSP ranking that is out, and the next one with its figures out for checking.

Every figure is invented and the titles say 演示数据. Played through the actions that people use; what is there stays.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lantian.apps.areas.models import Unit
    from lantian.apps.bulletins.figures import Row
    from lantian.apps.bulletins.kinds import Period
    from lantian.apps.bulletins.models import Bulletin
    from lantian.apps.core.models import User

_KIND = "tsp_half_month"
_LEADER = "李明（演示）"
_SAYS = "辖区监测点位旁近期有管线抢修，部分时段数据偏高，请复核。"


def play(office: User, reporter: User) -> None:
    """One issued for the half-month before the last, one in its check for the last; nothing if any is there."""
    from lantian.apps.bulletins import actions, rights
    from lantian.apps.bulletins.models import Bulletin, Check
    from lantian.apps.core import policy

    issuers = rights.issuers(office)
    if not issuers or Bulletin.objects.filter(issuer=issuers[0]).exists():
        return
    last = _half_before(_today())
    out = _checking(office, issuers[0], _half_before(last.start), 0)
    actions.close_check(office, out, note="演示", revision=out.revision)
    actions.sign_on_paper(office, out, _LEADER, day=_today(), revision=out.revision)
    actions.issue(office, out, revision=out.revision)
    asked = _checking(office, issuers[0], last, 1)
    own = Check.objects.filter(bulletin=asked, unit__memberships__user=reporter).first()
    if own is not None and policy.can(reporter, rights.ANSWER, own):
        from lantian.apps.bulletins.actions.checking import own_rows

        actions.object_to(reporter, own, own_rows(asked, own)[0]["n"], _SAYS)


def _checking(office: User, issuer: Unit, period: Period, turn: int) -> Bulletin:
    """A bulletin of invented figures whose figures are out."""
    from lantian.apps.bulletins import actions, reads
    from lantian.apps.bulletins.models import Variant

    row = actions.draft(office, _KIND, issuer, period, _rows(issuer, turn), variant=Variant.INTERNAL, why="演示数据")
    title = f"{row.title}（演示数据）"
    actions.save_text(office, row, title, {}, variant=Variant.INTERNAL, revision=row.revision)
    actions.send_out(office, row, reads.asked_units(row)[0], days=2, revision=row.revision)
    return row


def _rows(issuer: Unit, turn: int) -> list[Row]:
    """Streets and towns of the city with figures made from their place in the list; one has none."""
    from lantian.apps.areas.models import Area, Level
    from lantian.apps.bulletins import sources
    from lantian.apps.bulletins.figures import Row

    towns = Area.objects.filter(path__startswith=issuer.area.path, level=Level.TOWN, closed=None)
    source: dict[str, Any] = {"indicator": "tsp", "source": "演示数据", "as_of": sources.now()}
    rows = [Row("全市", Decimal(118 - 6 * turn), previous=Decimal(126), **source)]
    for n, area in enumerate(towns.select_related("parent").order_by("code")):
        value, before = Decimal(92 + (n * 23 + turn * 7) % 61), Decimal(99 + (n * 31 + turn * 5) % 58)
        above = area.parent.name if area.parent else ""
        share = Decimal(98 - n % 5)
        rows.append(Row(area.name, None if n == 7 else value, above, previous=before, completeness=share, **source))
    return rows


def _today() -> date:
    from django.utils import timezone

    return timezone.localdate()


def _half_before(day: date) -> Period:
    """The last half-month that ended before a day."""
    from lantian.apps.bulletins.kinds import kinds, period_of

    if day.day > 15:
        return period_of(kinds()[_KIND], f"{day:%Y-%m}", "1")
    before = day.replace(day=1) - timedelta(days=1)
    return period_of(kinds()[_KIND], f"{before:%Y-%m}", "2")
