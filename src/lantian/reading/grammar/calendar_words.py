"""Dates behind the words of a deadline: months, quarters, halves, five-year plans, seasons by region."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from functools import cache

from lantian.reading.grammar.places import ancestors
from lantian.reading.lexicon import alternation, table
from lantian.reading.numerals import numeral

_RELATIVE_YEAR = {"明": 1, "次": 1, "翌": 1, "第": 1, "去": -1, "上": -1}
_FIVE_YEAR_PLANS = {"十三": 2020, "十四": 2025, "十五": 2030, "十六": 2035, "十七": 2040}


@cache
def season_words() -> tuple[str, str]:
    """Alternations of the season words that stand alone, and of those (also shorter ones) that stand before 前."""
    forms = [word for row in table("seasons") for word in row["forms"].split("|") if word]
    stems = [word for row in table("seasons") for word in row["before"].split("|") if word]
    return alternation(forms), alternation(forms + stems)


@cache
def _season_rows(word: str) -> tuple[dict[str, str], ...]:
    return tuple(row for row in table("seasons") if word in row["forms"].split("|") or word in row["before"].split("|"))


class Resolver:
    """Turns the named groups of a deadline form into dates, for a plan's year and region."""

    def __init__(self, year: int | None, region: str) -> None:
        self.year = year
        self.region = region

    def dates(self, groups: Mapping[str, str | None], start: str, end: str) -> tuple[date | None, date | None]:
        """Earliest and latest date by two rules of ``tables/deadline_forms.csv``; None where the year is unknown.

        :raises ValueError: the print names a day that does not exist.
        """
        first = self._date(groups, start, last=False, after=None) if start else None
        return first, self._date(groups, end, last=True, after=first) if end else None

    def _year(self, groups: Mapping[str, str | None], side: str) -> int | None:
        if printed := groups.get(f"y{side}"):
            return numeral(printed)
        word = groups.get(f"rel{side}")
        if word and self.year is not None:
            return self.year + _RELATIVE_YEAR.get(word[0], 0)
        return self._year(groups, "1") if side == "2" else self.year

    def _date(self, groups: Mapping[str, str | None], rule: str, *, last: bool, after: date | None) -> date | None:
        if rule.startswith("plan"):
            return self._five_year_plan(groups, rule)
        name, _, edge = rule.partition("_")
        unit, side = name.rstrip("12"), name[-1]
        if unit == "season":
            return self._season(groups, edge)
        month, day = self._month_and_day(groups, "ten_days" if rule.startswith("ten") else unit, side, last)
        year = self._year(groups, side)
        checked = date(year or 2000, month, day or monthrange(year or 2000, month)[1])
        if year is None:
            return None
        crosses = after is not None and checked < after and not (groups.get("y2") or groups.get("rel2"))
        return _moved(checked, day is None) if crosses else checked

    def _month_and_day(
        self, groups: Mapping[str, str | None], unit: str, side: str, last: bool
    ) -> tuple[int, int | None]:
        """Month and day that a rule names; day None is the last day of the month."""
        edge = None if last else 1
        if unit == "year":
            return (12, 31) if last else (1, 1)
        if unit == "half":
            return (6, 30) if groups.get("half") == "上" else (12, 31)
        if unit == "quarter":
            quarter = numeral(groups.get(f"q{side}") or "1")
            return (3 * quarter if last else 3 * quarter - 2), edge
        month = numeral(groups.get(f"m{side}") or groups.get("m1") or "12")
        if not 1 <= month <= 12:
            raise ValueError(month)
        if unit == "ten_days":
            return month, 10 if groups.get("early") else 20 if groups.get("mid") else None
        if unit == "day":
            return month, numeral(groups.get(f"d{side}") or "1")
        return month, edge

    def _five_year_plan(self, groups: Mapping[str, str | None], rule: str) -> date:
        end = _FIVE_YEAR_PLANS[groups.get("plan") or "十四"]
        return date(end - 4, 1, 1) if rule.endswith("start") else date(end, 12, 31)

    def _season(self, groups: Mapping[str, str | None], edge: str) -> date | None:
        year = self._year(groups, "1")
        if groups.get("m2") and groups.get("d2"):
            return self._date(groups, "day2", last=True, after=None)
        row = self._season_row(groups.get("season") or "", year)
        if year is None or row is None or not row["start"]:
            return None
        first = date.fromisoformat(f"{year}-{row['start']}")
        if edge == "start":
            return first
        end = date.fromisoformat(f"{year}-{row['end']}")
        return _moved(end, False) if end < first else end

    def _season_row(self, word: str, year: int | None) -> dict[str, str] | None:
        rows = _season_rows(word)
        for region in (*ancestors(self.region), ""):
            for row in rows:
                if row["region"] == region and row["year"] in (str(year), ""):
                    return row
        return None


def _moved(day: date, month_end: bool) -> date:
    """The same day, or the same month's end, one year later."""
    if month_end:
        return date(day.year + 1, day.month, monthrange(day.year + 1, day.month)[1])
    return day.replace(year=day.year + 1)
