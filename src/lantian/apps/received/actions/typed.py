"""Figures of one's own: dustfall jars, road dust runs, TSP samples, typed or pasted as lines of name and value."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Area
from lantian.apps.core import audit, policy
from lantian.apps.core.holding import NotPossible
from lantian.apps.core.models import User
from lantian.apps.received.matching import Names
from lantian.apps.received.models import Bulletin, Figure, Indicator, Method, Status
from lantian.apps.received.rights import RECEIVE
from lantian.reading.received.cells import Value, value_of
from lantian.reading.received.model import Period
from lantian.reading.received.words import indicators

MOST_LINES = 2000
_SEPARATOR = re.compile(r"\s*[\t,，;；]\s*")


@dataclass(frozen=True, slots=True)
class Line:
    """One line that can be taken: its number in what was typed, the name, its area, the value."""

    n: int
    name: str
    area: Area | None
    value: Value


class LinesError(NotPossible):
    """Lines that cannot be taken, each with what is wrong; nothing was stored."""

    def __init__(self, problems: list[tuple[int, str]]) -> None:
        super().__init__(_("%(n)s lines cannot be taken; nothing was stored.") % {"n": len(problems)})
        self.problems = problems


@transaction.atomic
def type_in(
    user: User, area: Area, *, title: str, indicator: str, period: Period, text: str, remark: str = ""
) -> Bulletin:
    """Store figures of one's own; they count at once and can be corrected with a reason.

    ``text``: one ``name value`` a line, divided by a tab, a comma or blanks; the unit is the indicator's. Raises
    PermissionDenied, and LinesError with every line that is no name and value.
    """
    row = Bulletin(area=area, method=Method.TYPED, status=Status.CHECKED, received_by=user, checked_by=user)
    policy.require(user, RECEIVE, row)
    if indicator not in Indicator.values:
        raise NotPossible(_("Choose the indicator."))
    lines = lines_of(area, period, indicator, text)
    unit = indicators()[indicator].unit
    row.title, row.indicator, row.unit, row.remark = title.strip()[:300], indicator, unit, remark.strip()[:300]
    row.period_kind, row.start, row.end, row.checked = period.kind, period.start, period.end, timezone.now()
    row.save()
    Figure.objects.bulk_create(
        Figure(
            bulletin=row, order=n, row=line.n, subject=line.name[:120], area=line.area, no_area=line.area is None,
            indicator=indicator, unit=unit, period_kind=period.kind, start=period.start, end=period.end,
            value=line.value.number, value_text=line.value.text[:60],
        )
        for n, line in enumerate(lines)
    )  # fmt: skip
    audit.record(user, "received.type", row, after={"title": row.title, "indicator": indicator, "figures": len(lines)})
    return row


def lines_of(area: Area, period: Period, indicator: str, text: str) -> list[Line]:
    """The lines that were typed. A name that no area bears is a site's or a road's, unless it is nearly an area's."""
    names = Names(area, period.start)
    known = indicators()[indicator]
    found: list[Line] = []
    problems: list[tuple[int, str]] = []
    seen: set[str] = set()
    given = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not given:
        raise NotPossible(_("Nothing was typed."))
    if len(given) > MOST_LINES:
        raise NotPossible(_("At most %(n)s lines at once.") % {"n": MOST_LINES})
    for n, line in given:
        name, value = _split(line)
        read = value_of(value)
        if not name or read.kind in ("text", "empty"):
            problems.append((n, _("“%(line)s” is no name with a value behind it.") % {"line": line.strip()[:40]}))
        elif name in seen:
            problems.append((n, _("%(name)s stands there twice.") % {"name": name}))
        elif read.number is not None and not known.low / 10 <= read.number <= known.high * 10:
            text_ = _("%(value)s %(unit)s cannot be %(what)s; check the unit.")
            problems.append((n, text_ % {"value": read.text, "unit": known.unit, "what": Indicator(indicator).label}))
        else:
            found.append(Line(n, name, names.find(name, "").area, read))
        seen.add(name)
    if problems:
        raise LinesError(problems)
    return found


def _split(line: str) -> tuple[str, str]:
    """Name and value: what stands before and behind the first tab or comma, else before the last word."""
    name, found, value = _SEPARATOR.sub("\t", line.strip(), count=1).partition("\t")
    if not found:
        name, _blank, value = line.strip().rpartition(" ")
    return name.strip(), value.strip()
