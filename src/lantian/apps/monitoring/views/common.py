"""What several pages need: who may, dates of addresses, words of standards."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lantian.apps.core import policy
from lantian.apps.core.language import chinese
from lantian.apps.core.models import User
from lantian.apps.monitoring.queries import registry
from lantian.apps.monitoring.readings import newest
from lantian.apps.monitoring.rights import VIEW
from lantian.standards.ambient import STANDARDS, Standard, in_force
from lantian.standards.aqi import LEVELS

FIRST_YEAR = 2014  # the first edition in this package holds since 2013, and a ranking looks back a year

# Short names of the rules of quality control (analysis/tables/qc.yaml has their sentences).
RULES = {
    "Q01": _("beyond the measuring range"),
    "Q02": _("value stands still"),
    "Q03": _("sudden jump"),
    "Q04": _("off by a thousand (unit)"),
    "Q05": _("zero while others are not"),
    "Q06": _("far off the other stations"),
    "Q07": _("level changed overnight"),
    "Q08": _("drifting away"),
    "Q09": _("hours repeated"),
    "Q10": _("stations exchanged"),
    "Q11": _("PM2.5 above PM10"),
    "Q12": _("outage"),
    "Q13": _("above the nearest three"),
    "Q14": _("no concentration in the file"),
    "Q15": _("PM2.5 and PM10 reversed"),
    "Q16": _("hours shifted (clock)"),
    "Q17": _("days exchanged"),
    "Q18": _("columns exchanged"),
}


def reader(request: HttpRequest) -> User:
    """The person, who may read measurements."""
    user = policy.person(request)
    policy.require(user, VIEW)
    return user


def standard_words(standard: Standard) -> str:
    """The standard's title in the person's language."""
    return standard.zh if chinese() else standard.title


def standards() -> list[tuple[str, str]]:
    """Key and title of every standard, as choosers offer them."""
    return [(key, standard_words(item)) for key, item in STANDARDS.items()]


def standard_of(key: str | None, day: date) -> Standard:
    """The standard of an address, else the one in force on the day."""
    return STANDARDS.get(key or "") or in_force(day)


def legend() -> list[dict[str, Any]]:
    """The six levels of HJ 633 with their ranges, for legends."""
    return [
        {"level": item.level, "words": item.zh if chinese() else item.en,
         "range": f"{item.low}–{item.high}" if item.level < 6 else f"> {item.low - 1}"}
        for item in LEVELS
    ]  # fmt: skip


def newest_of(user: User) -> tuple[date, int] | None:
    """Day and hour of the newest hour of all stations in sight."""
    return newest(tuple(registry.stations(user).order_by("code").values_list("code", flat=True)))


def moment(at: datetime) -> str:
    """An instant as tables print it: local day and minute."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def today() -> date:
    """The day in Shanghai."""
    return timezone.localdate()


def month_of(text: str | None, default: date) -> date:
    """The first day of the month of an address (``2026-10``); what cannot be read is the default's month."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        found = default
    return max(date(FIRST_YEAR, 1, 1), min(found, default)).replace(day=1)


def year_of(text: str | None, default: int) -> int:
    """The year of an address; what cannot be read is the default."""
    number = int(text) if text and text.isascii() and text.isdigit() and len(text) == 4 else default
    return max(FIRST_YEAR, min(number, default))


def months_back(day: date, number: int) -> date:
    """The first of the month so many months before (negative: after) that of ``day``."""
    months = day.year * 12 + day.month - 1 - number
    return date(months // 12, months % 12 + 1, 1)
