"""What every target of one text shares: its masked views, its dates, its deadline, how firmly the print speaks."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date

from lantian.reading.grammar.targets.dates import DateMention, find_mentions, governing
from lantian.reading.grammar.targets.masks import Masked
from lantian.reading.grammar.targets.words import words
from lantian.reading.model import Deadline, Strength

_COMMA = re.compile(r"[，,]")
_THEN = re.compile(
    r"(?P<now>截[至止]到?目前|目前)|(?P<ahead>力争|确保|计划|今年|本年度)"
    r"|(?:\A|[，,。；;：:]\s?|截[至止]到?)(?P<year>(?:19|20)\d\d)年"
)
_OPENS_SOFT = re.compile(r"\s*(?:全年|到?20\d\d年|年底前|全市)?力争(?!完成)")


class Context:
    """One measure's text with the year of the plan, the deadline of the cell, and the names that are known."""

    def __init__(
        self,
        masked: Masked,
        *,
        year: int | None,
        due: date | None,
        places: Collection[str],
        units: Collection[str],
        dates: Sequence[Deadline] = (),
    ) -> None:
        self.masked = masked
        self.year = year
        self.due = due
        self.places = frozenset(places)
        self.units = frozenset(units)
        self.mentions: list[DateMention] = find_mentions(masked, year=year, known=dates)

    def deadline(self, position: int) -> date | None:
        """The date that governs a figure: in the text, else of the cell, else the end of the plan's year."""
        found = self.date_or_due(position)
        return date(self.year, 12, 31) if found is None and self.year is not None else found

    def date_or_due(self, position: int) -> date | None:
        """The date that governs what stands at ``position``: in the text, else the latest of the deadline cell."""
        mention = governing(self.mentions, self.masked, position)
        return self.due if mention is None else mention.when

    def is_past(self, position: int) -> bool:
        """Whether the sentence says what was: 截至2020年底已达到…, 2022年，全市完成… in a plan of 2023."""
        start = self.masked.sentence(position)[0]
        past = False
        for then in _THEN.finditer(self.masked.view, start, position):
            past = bool(then["now"] or (then["year"] and self.year and int(then["year"]) < self.year))
        return past

    def strength(self, position: int) -> Strength:
        """力争, 鼓励, 研究 in the clause before; a 力争 that opens a sentence part governs its parallel clauses too."""
        clause = self.masked.clause(position)[0]
        sentence = self.masked.sentence(position)[0]
        before = self.masked.view[clause:position]
        if words("strength_soft").search(before):
            return "力争"
        if any(_OPENS_SOFT.match(part) for part in _COMMA.split(self.masked.view[sentence:clause])[-2:]):
            return "力争"
        if words("strength_encourage").search(before):
            return "encourage"
        return "study" if words("strength_study").search(before) else "hard"
