"""The forecast on a person's desk: today and the next three days, as the forecasts' own page prints them."""

from __future__ import annotations

from typing import Any

from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.monitoring.queries import forecasts as reads
from lantian.apps.monitoring.rights import FORECASTS
from lantian.apps.monitoring.views import common
from lantian.apps.monitoring.views.forecasts import shown

DAYS = 3


def days_ahead(user: User) -> list[dict[str, Any]]:
    """The days as ``monitoring/_ahead.html`` takes them; empty where none was entered, or the person may not read."""
    if not policy.can(user, FORECASTS):
        return []
    today = common.today()
    return [shown(row) | {"today": row.day == today} for row in reads.ahead(user, today, DAYS)]
