"""The working calendar of the site: the shipped table of holidays with what administrators changed."""

from __future__ import annotations

from lantian.apps.supervision.models import DayRule
from lantian.status import Workdays


def workdays() -> Workdays:
    """The calendar as it is now; one query. Make it once for many days."""
    return Workdays(dict(DayRule.objects.values_list("day", "working")))
