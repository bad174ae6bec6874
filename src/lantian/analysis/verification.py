"""How good a forecast was (预报检验): what was issued beside what came, by lead time, with persistence as the baseline.

A forecast is judged by what it said itself: its AQI range, the levels it named, its primary pollutants. No tolerance is
added. The rule of DB32/T 4678-2024 (环境空气质量预报评价规范, 6.1 and 6.2) is of one province and was not read in
full, so the definitions below are ours and stand on the page; the width of the ranges is always printed beside their
hits, because a wide range hits easily.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from lantian.standards.aqi import LEVELS, PRIMARY_ABOVE, level_of

POLLUTED_ABOVE = 100  # 超标天: from here on a day is polluted (level 3 and worse)
LARGEST = LEVELS[-1].high


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of one day: levels 1 to 6, the AQI range where there was one, primary pollutants (O3, PM2.5 …)."""

    day: date
    issued: date
    levels: tuple[int, int]
    low: int | None = None
    high: int | None = None
    primary: tuple[str, ...] = ()

    @property
    def lead(self) -> int:
        """Days ahead: 1 is 24 h, 2 is 48 h, 3 is 72 h; 0 the day of issue itself."""
        return (self.day - self.issued).days

    @property
    def middle(self) -> float | None:
        """The middle of the range."""
        return None if self.low is None or self.high is None else (self.low + self.high) / 2


@dataclass(frozen=True, slots=True)
class Came:
    """What was measured on a day: AQI by HJ 633, and its primary pollutants (none up to 50)."""

    aqi: int
    primary: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """One forecast day beside what came; None: the forecast said nothing of it, or there was nothing to hit."""

    level: bool
    range: bool | None
    primary: bool | None
    error: float | None


@dataclass(frozen=True, slots=True)
class Score:
    """Shares and errors over some days. ``ranged`` and ``named`` count the days behind range and primary pollutant.

    ``hits``, ``misses``, ``alarms``: polluted days foreseen, not foreseen, foreseen in vain.
    """

    days: int = 0
    levels: int = 0
    ranged: int = 0
    in_range: int = 0
    width: float | None = None
    named: int = 0
    primaries: int = 0
    bias: float | None = None
    error: float | None = None
    hits: int = 0
    misses: int = 0
    alarms: int = 0

    @property
    def level_share(self) -> float | None:
        """级别准确率 in per cent."""
        return _share(self.levels, self.days)

    @property
    def range_share(self) -> float | None:
        """AQI 范围准确率 in per cent."""
        return _share(self.in_range, self.ranged)

    @property
    def primary_share(self) -> float | None:
        """首要污染物准确率 in per cent."""
        return _share(self.primaries, self.named)

    @property
    def threat(self) -> float | None:
        """Polluted days foreseen of all that came or were foreseen (CSI), in per cent."""
        return _share(self.hits, self.hits + self.misses + self.alarms)


@dataclass(frozen=True, slots=True)
class Lead:
    """One lead time: the forecast, persistence on the same days, and what of its error the forecast saves (%)."""

    lead: int
    forecast: Score
    persistence: Score

    @property
    def skill(self) -> float | None:
        """100 × (1 − error / error of persistence); below zero the forecast is worse than saying “as yesterday”."""
        own, base = self.forecast.error, self.persistence.error
        return None if own is None or not base else 100 * (1 - own / base)


def verdict(said: Said, came: Came) -> Verdict:
    """One day: the level that came is among those named; the AQI lies in the range, its ends included; one of the
    primary pollutants that came was named (asked only above 50, where there is one, and where one was named)."""
    inside = None if said.low is None or said.high is None else said.low <= came.aqi <= said.high
    asked = came.aqi > PRIMARY_ABOVE and came.primary and said.primary
    named = bool(set(said.primary) & set(came.primary)) if asked else None
    error = None if said.middle is None else said.middle - came.aqi
    return Verdict(said.levels[0] <= level_of(came.aqi).level <= said.levels[1], inside, named, error)


def score(rows: Iterable[tuple[Said, Came]]) -> Score:
    """All days together."""
    found = [(said, came, verdict(said, came)) for said, came in rows]
    errors = [one.error for _said, _came, one in found if one.error is not None]
    widths = [said.high - said.low for said, _came, _one in found if said.low is not None and said.high is not None]
    ranges = [one.range for _said, _came, one in found if one.range is not None]
    primaries = [one.primary for _said, _came, one in found if one.primary is not None]
    warned = [(_warns(said), came.aqi > POLLUTED_ABOVE) for said, came, _one in found]
    return Score(
        days=len(found), levels=sum(one.level for _said, _came, one in found),
        ranged=len(ranges), in_range=sum(ranges), width=_mean(widths),
        named=len(primaries), primaries=sum(primaries),
        bias=_mean(errors), error=_mean([abs(error) for error in errors]),
        hits=warned.count((True, True)), misses=warned.count((False, True)), alarms=warned.count((True, False)),
    )  # fmt: skip


def by_lead(said: Sequence[Said], came: Mapping[date, Came], leads: Iterable[int]) -> list[Lead]:
    """The scores of each lead time. Both sides of a line rest on the same days: those that came, of which the day
    before the issue is known, too."""
    found = []
    for lead in leads:
        pairs = [(one, came[one.day]) for one in said if one.lead == lead and one.day in came]
        likes = [(pair, like) for pair in pairs if (like := persistence(pair[0], came)) is not None]
        own = score(pair for pair, _like in likes)
        base = score((like, pair[1]) for pair, like in likes)
        found.append(Lead(lead, own, base))
    return found


def persistence(said: Said, came: Mapping[date, Came]) -> Said | None:
    """“As it was”: the AQI and primary pollutants of the last whole day before the issue, in a range as wide as the
    forecast's. None where that day was not measured."""
    last = came.get(said.issued - timedelta(days=1))
    if last is None:
        return None
    half = (said.high - said.low) / 2 if said.low is not None and said.high is not None else 0
    low, high = round(last.aqi - half), round(last.aqi + half)
    levels = level_of(max(0, low)).level, level_of(min(LARGEST, high)).level
    if said.low is None:
        own = level_of(last.aqi).level
        levels = own, min(LEVELS[-1].level, own + said.levels[1] - said.levels[0])
    # Where no range was issued there is nothing to compare a middle with: the baseline says none, either.
    low_high = (low, high) if said.low is not None else (None, None)
    return replace(said, levels=levels, low=low_high[0], high=low_high[1], primary=last.primary)


def _warns(said: Said) -> bool:
    """Whether a polluted day was foreseen: the middle of the range above 100, else the lower of the levels."""
    return said.middle > POLLUTED_ABOVE if said.middle is not None else said.levels[0] > level_of(POLLUTED_ABOVE).level


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
