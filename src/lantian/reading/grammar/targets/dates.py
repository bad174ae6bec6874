"""Which date governs a figure: the nearest one printed before it, else the deadline of the cell."""

from __future__ import annotations

import calendar
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lantian.reading.grammar.targets.masks import Masked
from lantian.reading.model import Deadline

_QUARTERS = {"一": 3, "二": 6, "三": 9, "四": 12, "1": 3, "2": 6, "3": 9, "4": 12}
_YEARS = {digit: value for value in range(1, 7) for digit in (str(value), "一二三四五六"[value - 1])} | {"两": 2}
_FIVE_YEAR = {"十二五": 2015, "十三五": 2020, "十四五": 2025, "十五五": 2030, "十六五": 2035}
_MENTION = re.compile(
    r"(?P<span>(?:19|20)\d\d年?[—–\-－~～至到]{1,2}(?P<last>(?:19|20)\d\d)年(?P<within>[内间底末]|期间)?)"
    r"|[“\"]?(?P<plan>十[二三四五六]五)[”\"]?(?P<planend>期?末|期间|时期|[^，。；]{0,2}末)"
    r"|(?P<year>(?:19|20)\d\d)年(?:(?P<ymonth>\d{1,2})月(?:(?P<yday>\d{1,2})日)?(?P<ymtail>底|末|起)?"
    r"|(?P<yhalf>上半年|第?[一二三四1-4]季度)|(?P<ytail>年?底|年?末|内|前|之前|以前))?"
    r"|(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})日|(?P<mtail>底|末|份))(?P<from>起)?"
    r"|第?(?P<quarter>[一二三四])季度(?=末|底|前|内|完成|，|,)"
    r"|(?P<half>上半年)"
    r"|(?:用|经过)?(?P<years>[1-9一二两三四五六])年(?:内(?!外)|(?:左右)?(?:的)?(?:时间|努力))"
    r"|(?P<whole>年底|年末|年内|全年|本年度|年度内)"
)
_NAMED = re.compile(
    r"度?(?:版|行动计划|工作方案|工作计划|工作要点|实施方案|度?计划|[^，。；、]{0,8}(?:规划|计划|方案|要点)）|以来|起|的?基础|规划)"
)
_PLAN_NAME = re.compile(r"[^，。；,;:：]{0,24}(?:规划|方案|计划|措施)")
_OPENS = re.compile(r"(?:[，。；：,;:]|\A)(?:在|到)?\Z")
_LENT = re.compile(r"\s*(?:对标|对照|按照|根据|围绕|结合|依据|立足)")
_BASE_BEFORE = re.compile(r"(?:较|比|以|与|和|同|相比|从|自|对照|截至|据|由|在)\Z")
_BASE_AFTER = re.compile(r"(?:相比|为基[准数期]|为基础|同期|的?基础上?|相较|水平)")
_GOAL_BEFORE = re.compile(r"(?:到|至|于|力争|确保|[，。；：,;:、“]|\A)\Z")
_BASELINE = re.compile(
    r"(?P<previous>同比|环比|(?:比|较|相比于?|对比|与|同)(?:上|去|前一?)(?:一?年)(?:度|同期|同比|相比)?|比上年|较上年)"
    r"|(?:比|较|与|以|相比于?|相较于?|在)(?P<year>(?:19|20)\d\d)年"
    r"|(?:比|较|与|以|在)[“\"]?(?P<plan>十[二三四五六]五)[”\"]?(?:期?末|时期末|期间)?"
)


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date printed in the text. ``horizon`` marks a year or five-year plan, which governs the sentences after it.

    Up to ``until`` it governs at all: 对标“十四五”末…的要求 says nothing about the clauses that follow.
    """

    start: int
    end: int
    when: date
    horizon: bool
    until: int


def find_mentions(masked: Masked, *, year: int | None, known: Sequence[Deadline] = ()) -> list[DateMention]:
    """Dates by which something is to be done, in printed order; years that only name a plan or a base are left out.

    ``known`` adds dates that this grammar has no words for (采暖季前, 9月中旬前).
    """
    found: list[DateMention] = []
    for match in _MENTION.finditer(masked.view):
        if (mention := _read(masked, match, year)) is not None:
            found.append(mention)
    for item in known:
        start = masked.text.find(item.text)
        end = start + len(item.text)
        if item.kind == "by" and item.end and start >= 0 and not any(m.start < end and start < m.end for m in found):
            found.append(DateMention(start, end, item.end, False, len(masked.text) + 1))
    return sorted(found, key=lambda mention: mention.start)


def _read(masked: Masked, match: re.Match[str], year: int | None) -> DateMention | None:
    text = masked.view
    before, after = text[max(0, match.start() - 4) : match.start()], text[match.end() : match.end() + 14]
    if _BASE_BEFORE.search(before) or _BASE_AFTER.match(after) or match["from"] or match["ymtail"] == "起":
        return None
    when, horizon = _date(match, year)
    if when is None or (year is not None and when.year < year and not before.endswith(("到", "至"))):
        return None
    bare = match["year"] and not any(match[name] for name in ("ymonth", "yhalf", "ytail"))
    if bare and (not _GOAL_BEFORE.search(before) or _NAMED.match(after) or after.startswith(("—", "-", "至"))):
        return None
    if match["plan"] and match["planend"] in ("时期", "期间") and not _OPENS.search(text, 0, match.start()):
        return None
    if match["plan"] and _PLAN_NAME.match(text, match.end()):
        return None
    if match["last"] and not match["within"] and _NAMED.match(after):
        return None
    start, end = masked.clause(match.start())
    lent = _LENT.match(text, start, match.start() + 1) is not None
    return DateMention(match.start(), match.end(), when, horizon, end if lent else len(text) + 1)


def _date(match: re.Match[str], year: int | None) -> tuple[date | None, bool]:
    if match["last"]:
        return date(int(match["last"]), 12, 31), True
    if match["plan"]:
        return date(_FIVE_YEAR[match["plan"]], 12, 31), True
    if match["year"]:
        own = int(match["year"])
        if match["ymonth"]:
            return _day(own, match["ymonth"], match["yday"]), False
        if match["yhalf"]:
            return _day(
                own, "6" if match["yhalf"] == "上半年" else str(_QUARTERS[match["yhalf"].strip("第季度")]), None
            ), False
        return date(own, 12, 31), True
    if year is None:
        return None, False
    if match["years"]:
        return date(year + _YEARS[match["years"]] - 1, 12, 31), False
    if match["month"]:
        return _day(year, match["month"], match["day"]), False
    if match["quarter"]:
        return _day(year, str(_QUARTERS[match["quarter"]]), None), False
    return _day(year, "6" if match["half"] else "12", None), False


def _day(year: int, month: str, day: str | None) -> date | None:
    if not 1 <= int(month) <= 12:
        return None
    last = calendar.monthrange(year, int(month))[1]
    return date(year, int(month), min(max(int(day), 1), last) if day else last)


def governing(mentions: list[DateMention], masked: Masked, position: int) -> DateMention | None:
    """The date that governs what stands at ``position``: the nearest before it in its sentence, or an earlier horizon.

    A date that follows in the same clause (50家于3月底前完成) comes before those of other clauses.
    """
    clause_start, clause_end = masked.clause(position)
    index = bisect_right(mentions, position, key=lambda item: item.start) - 1
    follows = index + 1 < len(mentions) and mentions[index + 1].start < clause_end
    if follows and (index < 0 or mentions[index].start < clause_start):
        return mentions[index + 1]
    while index >= 0 and mentions[index].until <= position:
        index -= 1
    if index < 0:
        return None
    mention = mentions[index]
    if mention.horizon:
        return mention
    start = masked.sentence(position)[0]
    if mention.start >= start or (masked.text[start - 1] in "；;" and mention.start >= masked.sentence(start - 1)[0]):
        return mention
    return None


def find_baseline(before: str) -> int | Literal["previous_year"] | None:
    """``previous_year`` (同比, 比上年) or the base year (较2020年, 比“十三五”末) of the last comparison in the text."""
    found: int | Literal["previous_year"] | None = None
    for match in _BASELINE.finditer(before):
        if match["previous"]:
            found = "previous_year"
        elif match["year"]:
            found = int(match["year"])
        else:
            found = _FIVE_YEAR[match["plan"]]
    return found
