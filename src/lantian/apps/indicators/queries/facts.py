"""Computed figures as the rules of status want them, for any past day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from lantian.apps.areas.models import Area, Level, Unit
from lantian.apps.indicators.models import Binding, BindingState, Compare, How, Value
from lantian.apps.indicators.shelf import indicators
from lantian.apps.indicators.spans import key_of
from lantian.indicators.headers import Indicator
from lantian.status import Fact

LEVELS = {Level.MUNICIPAL: "city", Level.DISTRICT: "district", Level.TOWN: "street"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One share of a target: what it is called, what it says, of which measure (key) and unit it is.

    ``since`` is the first year of a target that counts over several (2023—2024年内累计).
    """

    goal: str
    measure: int
    subject: str
    words: str
    unit: Unit  # with its area
    since: int | None = None


@dataclass(frozen=True, slots=True)
class _Wanted:
    goal: str
    binding: Binding
    indicator: Indicator
    level: str
    subject: str
    since: int | None


def confirmed(measures: Iterable[int]) -> dict[tuple[int, str, str], Binding]:
    """The confirmed bindings of measures (keys) to indicators, by measure, subject and words of the target."""
    rows = Binding.objects.filter(measure__in=set(measures), state=BindingState.CONFIRMED, how=How.INDICATOR)
    return {(row.measure_id, row.subject, row.words): row for row in rows}


def level_of(area: Area) -> str:
    """The level of packs (street, district, city) at which an area stands; empty for what is above a city."""
    return LEVELS.get(Level(area.level), "")


def facts_of(asked: Sequence[Asked], as_of: date) -> dict[str, list[Fact]]:
    """The computed figures of shares that a person bound to an indicator, by goal, as known by the end of a day.

    Two queries however many are asked. A unit answers for its area at its own level, or for itself where the
    indicator counts by unit.
    """
    bound = confirmed(item.measure for item in asked)
    if not bound:
        return {}
    known = indicators().indicators
    wanted = []
    for item in asked:
        row = bound.get((item.measure, item.subject, item.words))
        found = known.get(row.indicator) if row else None
        if row and found is not None and (place := subject_of(found, item.unit)):
            wanted.append(_Wanted(item.goal, row, found, *place, item.since))
    return _read(wanted, as_of)


def subject_of(indicator: Indicator, unit: Unit) -> tuple[str, str] | None:
    """(level, subject) under which an indicator's figure for a unit stands; None where it has none."""
    if indicator.subject == "unit":
        return "", str(unit.uid)
    if indicator.subject != "area":
        return None
    level = level_of(unit.area)
    return (level, unit.area.code) if level in indicator.levels else None


def _read(wanted: Sequence[_Wanted], as_of: date) -> dict[str, list[Fact]]:
    if not wanted:
        return {}
    until = timezone.make_aware(datetime.combine(as_of + timedelta(days=1), datetime.min.time()))
    names, subjects = {item.indicator.name for item in wanted}, {item.subject for item in wanted}
    rows = (
        Value.objects.filter(run__indicator__in=names, subject__in=subjects, run__computed__lt=until)
        .filter(Q(run__superseded=None) | Q(run__superseded__gte=until))
        .filter(run__start__lte=as_of)
        .order_by("run__end")
        .values_list("run__indicator", "run__level", "subject", "run__end", "value", "run__computed")
    )
    found: Mapping[tuple[str, str, str], list[tuple[date, Decimal, datetime]]] = defaultdict(list)
    for name, level, subject, end, value, computed in rows:
        if value is not None:
            found[name, level, subject].append((end, value, computed))
    return {
        item.goal: list(_facts(item, found.get((item.indicator.name, item.level, item.subject), []))) for item in wanted
    }


def _facts(item: _Wanted, own: Sequence[tuple[date, Decimal, datetime]]) -> Iterator[Fact]:
    """The figures of one share in the target's unit, each with that of the year before where a change is asked.

    A total over several years is this year's with what the whole years before it came to; while one of those is not
    computed there is no figure.
    """
    by_end = {end: value / item.binding.factor for end, value, _computed in own}
    for end, _value, computed in own:
        known = timezone.localtime(computed).date()
        if end >= known and not _standing(item.indicator):
            continue
        earlier = [by_end.get(date(year, 12, 31)) for year in _years_added(item, end)]
        if None in earlier:
            continue
        yield Fact(
            goal=item.goal,
            day=min(end, known),
            value=sum(filter(None, earlier), by_end[end]),
            source=item.indicator.name,
            base=by_end.get(_year_before(end)) if item.binding.compare == Compare.CHANGE else None,
            period=key_of(item.indicator.period, item.indicator.cumulative, end),
            known=known,
        )


def _years_added(item: _Wanted, end: date) -> range:
    """The whole years before a figure that a target counts, too; figures of a state (rates) never add up."""
    return range(item.since or end.year, end.year) if item.indicator.cumulative else range(0)


def _year_before(end: date) -> date:
    """The last day of the same span a year before."""
    return (end + timedelta(days=1)).replace(year=(end + timedelta(days=1)).year - 1) - timedelta(days=1)


def _standing(indicator: Indicator) -> bool:
    """Whether a figure says something while its period is under way: it adds up, or tells how things stand.

    The share of sites that were inspected this month is no figure before the month is over.
    """
    return indicator.cumulative or indicator.period == "to_date" or "start" not in indicator.query.parameters
