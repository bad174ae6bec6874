"""Our computed value beside a published one. The published figure and rank count; ours says what our stations give."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lantian.analysis.rankings import Period
from lantian.apps.areas.models import Level
from lantian.apps.core.models import User
from lantian.apps.monitoring.items import COMPOSITE, ITEMS, SAMPLED, Item, is_sampled
from lantian.apps.monitoring.queries.figures import as_printed
from lantian.apps.monitoring.queries.periods import needs
from lantian.apps.monitoring.queries.ranking import Line, Page, Wanted, ranking
from lantian.apps.monitoring.queries.subjects import DISTRICT, STREET
from lantian.apps.received.models import Bulletin, Figure, Method
from lantian.standards.ambient import in_force

_ITEMS: dict[str, Item] = {
    "pm25": ITEMS["PM2.5"], "pm10": ITEMS["PM10"], "so2": ITEMS["SO2"], "no2": ITEMS["NO2"], "co": ITEMS["CO"],
    "o3": ITEMS["O3"], "composite": COMPOSITE, **SAMPLED,
}  # fmt: skip
_KINDS = {Level.DISTRICT: DISTRICT, Level.TOWN: STREET}
_MOST_GROUPS = 6  # tables of one bulletin that are computed: a page must not compute a year of them
_SAND = "沙尘"

Group = tuple[str, str, Period]


@dataclass(frozen=True, slots=True)
class Ours:
    """What we compute for a published figure: value and rank as printed (rank None: too few days, or left out), ours
    less the published one, and what ours rests on."""

    value: Decimal
    rank: int | None
    difference: Decimal | None
    rests: str


@dataclass(frozen=True, slots=True)
class Beside:
    """Ours by the key of the figure, and, in the person's language, why they may differ."""

    figures: dict[int, Ours]
    reasons: list[str]


def beside(user: User, row: Bulletin, figures: Iterable[Figure]) -> Beside:
    """Our values for the figures of a bulletin whose area, period and unit we compute, too; of own measurements none.

    A fixed number of queries for each indicator, level and period of the bulletin, at most six of them.
    """
    if row.method == Method.TYPED:
        return Beside({}, [])
    groups: dict[Group, list[Figure]] = defaultdict(list)
    for figure in figures:
        if (group := _group(figure)) is not None:
            groups[group].append(figure)
    found: dict[int, Ours] = {}
    reasons: list[str] = []
    for (indicator, kind, period), own in list(groups.items())[:_MOST_GROUPS]:
        item = _ITEMS[indicator]
        page = ranking(user, Wanted(kind, item, in_force(period.end), sand=_without_sand(row)), period)
        lines = {line.subject.key: line for line in page.lines}
        made = {
            figure.pk: ours
            for figure in own
            if figure.area and (line := lines.get(figure.area.code)) and (ours := _ours(figure, line, item, period))
        }
        if made:
            found |= made
            reasons += _reasons(row, item, page)
    return Beside(found, list(dict.fromkeys(reasons)))


def _group(figure: Figure) -> Group | None:
    """What a figure can be computed as; None where we compute nothing like it."""
    item = _ITEMS.get(figure.indicator)
    kind = _KINDS.get(Level(figure.area.level)) if figure.area else None
    if item is None or kind is None or figure.start is None or figure.end is None:
        return None
    return None if figure.unit != item.unit else (figure.indicator, kind, Period(figure.start, figure.end))


def _ours(figure: Figure, line: Line, item: Item, period: Period) -> Ours | None:
    value = as_printed(line.now.exact, item)
    if value is None:
        return None
    difference = None if figure.value is None else value - figure.value
    if is_sampled(item):
        rests = ngettext("%(n)s measurement", "%(n)s measurements", line.now.points) % {"n": line.now.points}
    else:
        stations = len(line.subject.codes)
        words = {"days": line.now.valid_days or 0, "needs": needs(period)}
        rests = ngettext("%(n)s station", "%(n)s stations", stations) % {"n": stations}
        rests += _(", %(days)s valid days (%(needs)s needed)") % words
    return Ours(value, line.row.rank, difference, rests)


def _without_sand(row: Bulletin) -> bool:
    """Whether the bulletin says that its figures are without the hours of sand-dust."""
    return any(_SAND in str(note) for note in row.notes)


def _reasons(row: Bulletin, item: Item, page: Page) -> list[str]:
    """Why ours and the published may differ, as far as we know."""
    if is_sampled(item):
        said = [_("Ours is the mean of our own points; the publisher's points, days and weights may be others.")]
    else:
        said = [_("Ours is the hourly mean of the stations in our registry; the publisher may use other stations.")]
        said.append(_("Hours that our review took out do not count in ours; the publisher's review may differ."))
    if _without_sand(row) and not page.declared:
        said.append(_("The published figures are without sand-dust; no hours of it are declared here."))
    if not _without_sand(row) and page.declared:
        said.append(_("Hours of sand-dust are declared here; like the bulletin, ours has them in."))
    return said
