"""完成时限: printed deadlines and dates → what kind they are and the earliest and latest date they tell.

Forms stand in ``tables/deadline_forms.csv``, seasons by region in ``tables/seasons.csv``. Sources: the expressions of
five city and two district plans, reading conventions *Deadline*; the date rules are convention: a day, month or
quarter that is named before 前 is included, the year is the plan's where none is printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import pairwise
from typing import cast

from lantian.reading.grammar.calendar_words import Resolver, season_words
from lantian.reading.lexicon import table
from lantian.reading.model import Deadline, DeadlineKind

_YEAR = (
    r"(?:(?<!\d)(?P<y#>20\d\d|二[〇零○O0][〇零○O一二三四五六七八九]{2})年"
    r"|(?P<rel#>今年|当年|本年度?|明年|次年|翌年|第二年|去年|上年))"
)
_MONTH_NUMBER = r"(?<![\d个.])(?P<m#>\d{1,2}|十[一二]?|[一二三四五六七八九])"
_PARTS = {
    "Y": _YEAR,
    "V": r"(?<!\d)(?P<y#>20\d\d)",
    "M": rf"{_MONTH_NUMBER}月",
    "N": _MONTH_NUMBER,
    "D": r"(?P<d#>\d{1,2}|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]",
    "Q": r"(?P<q#>[一二三四1-4])",
}
_WORDS = {
    "{R}": "(?:—+|–|－|-|―|─|~|～|至|到)",
    "{B}": "(?:之前|以前|前)",
    "{K}": "(?:[0-9]{1,3}|[一二两三四五六七八九十]{1,3})",
}
_FOLD = str.maketrans("０１２３４５６７８９（）．", "0123456789（）.")
_SPACES = re.compile(r"[\s\u200b\ufeff]+")
_BETWEEN = re.compile(
    r"[、，,；;。和并及:：（）()]+|力争|争取|确保|原则上|预计|其中|于|在|截至|截止到?|持续|提前|分别|至迟|最迟|不晚于"
)
_AFTER = re.compile(
    "(?:要|须|应)?(?:全部|全面|基本|初步|阶段性|如期|按时|力争|务必|保质保量|首次|率先)*"
    "(?:完成|实现|达到|建成|落实|出台|启动|实施|推进|开展|见效|到位|投运|运行|印发|报送|上报|销号|清零|取得|见|验收|退出|淘汰|关停|"
    "整改|整治|施行|执行|使用|长期坚持|坚持|更新|制定|编制|发布|开工|竣工|治理|改造)+"
    r"[^，。；;、\s\d年月]{0,10}"
)
_DOCUMENT = re.compile(
    r"《[^》]*》|(?<!\d)20\d\d(?:[—–－-]20\d\d)?年(?!底|末|内|前|年底|\d{1,2}月|起|全年|[，,。；])[^，,。；;：:、\d]{0,14}?"
    r"(?:行动计划|工作计划|实施计划|计划|方案|规划|版|修订|修正|目录|清单|文件|要点|任务书|通知|意见|办法|标准|公报|基数|水平|年报)"
)
# 2022年新建建筑中装配式建筑占比达到45%: a year that opens a clause which says what is to be reached.
_YEAR_IN_TEXT = re.compile(
    r"(?:^|(?<=[。；;：:，,（(]))(?P<y1>20\d\d)年"
    r"(?=[，,]|全市|全区|全县|全省|各|力争|计划|将|要|[^，,。；;]{0,40}(?:完成|实现|建成|达到|达|不低于|不少于|不超过|降至))"
)
_STRONG = ("by", "window", "from")


@dataclass(frozen=True, slots=True)
class _Form:
    id: str
    pattern: re.Pattern[str]
    kind: DeadlineKind
    start: str
    end: str
    in_text: bool


def _compile(pattern: str) -> re.Pattern[str]:
    forms, stems = season_words()
    pattern = pattern.replace("{S}", f"(?P<season>{forms})").replace("{T}", f"(?P<season>{stems})")
    for word, body in _WORDS.items():
        pattern = pattern.replace(word, body)
    seen: set[str] = set()
    for key in re.findall(r"\{[YVMNDQ][12]\}", pattern):
        body = _PARTS[key[1]].replace("#", key[2])
        for _ in range(pattern.count(key) if key not in seen else 0):
            pattern = pattern.replace(key, body if key not in seen else re.sub(r"\?P<\w+>", "?:", body), 1)
            seen.add(key)
    return re.compile(pattern)


@cache
def _forms() -> tuple[_Form, ...]:
    return tuple(
        _Form(
            row["id"], _compile(row["pattern"]), cast(DeadlineKind, row["kind"]), row["start"], row["end"],
            row["where"] == "both",
        )
        for row in table("deadline_forms")
    )  # fmt: skip


def read_deadline(text: str, *, year: int | None, region: str = "") -> Deadline:
    """Read a deadline cell.

    :param text: the cell as printed; layout spaces and line breaks are dropped.
    :param year: the plan's year, for words that name none; without it such words have no dates.
    :param region: the plan's area, for seasons that differ by region (采暖季).
    :returns: the first deadline with further ones of the cell in ``also``. ``text`` is the whole print, several
        deadlines joined with one space where the print had a gap. Kind ``none`` without dates where nothing could
        be read (see :func:`is_unreadable`) or where the words name no date (立即).
    """
    compact, gaps = _compact(text)
    if not compact or _is_blank(compact):
        return Deadline("" if _is_blank(compact) else compact, "none")
    found, complete = _scan(compact, year, region)
    if not complete:
        found = [(start, item) for start, item in found if item.kind in _STRONG]
    if not found:
        return Deadline(_SPACES.sub("", text), "none")
    printed = _SPACES.sub("", text)
    cuts = [0, *(start for start, _ in found[1:] if start in gaps), len(printed)]
    whole = " ".join(printed[a:b] for a, b in pairwise(cuts))
    first, *others = (item for _, item in found)
    return replace(first, text=whole, also=tuple(others))


def is_deadline(text: str) -> bool:
    """Whether a printed cell is a deadline and nothing else: 年底前, 6—9月, 长期实施, 按时间节点完成."""
    compact, _ = _compact(text)
    if not compact or len(compact) > 60 or _is_blank(compact):
        return False
    found, complete = _scan(compact, None, "")
    return complete and bool(found)


def is_unreadable(deadline: Deadline) -> bool:
    """Whether the cell prints something that is no known deadline (a known one without a date is readable)."""
    return bool(deadline.text) and deadline.kind == "none" and not is_deadline(deadline.text)


def find_dates(text: str, *, year: int | None, region: str = "") -> tuple[Deadline, ...]:
    """Dates, windows and rhythms inside a measure's text, in printed order, each wording once.

    Years that belong to titles, versions and plans (《…（2023—2025年）》, 2022年版, 2021年工作方案), baselines
    (较2020年) and episodes without a date (空气重污染期间) are no dates of the measure.
    """
    folded = _DOCUMENT.sub(lambda match: "＿" * len(match[0]), text.translate(_FOLD))
    resolver = Resolver(year, region)
    found: dict[str, Deadline] = {}
    position = 0
    for start in _candidates(folded):
        if start < position:
            continue
        best = _longest(folded, start, resolver, in_text=True)
        if best is None and (match := _YEAR_IN_TEXT.match(folded, start)) and int(match["y1"]) >= (year or 9999):
            best = match.end(), Deadline(match[0], "by", None, date(int(match["y1"]), 12, 31))
        if best is not None:
            position, item = best
            printed = text[start:position]
            found.setdefault(printed, replace(item, text=printed))
    return tuple(found.values())


def _is_blank(compact: str) -> bool:
    return bool(re.fullmatch("[-—–－―─/／\\\\无、.]*", compact))


def _compact(text: str) -> tuple[str, frozenset[int]]:
    """The text without white space, folded letter by letter, and the places where white space stood."""
    parts = _SPACES.split(text)
    gaps, length = set(), 0
    for part in parts:
        gaps.add(length)
        length += len(part)
    return "".join(parts).translate(_FOLD), frozenset(gaps)


def _scan(compact: str, year: int | None, region: str) -> tuple[list[tuple[int, Deadline]], bool]:
    """All deadlines of a cell with their places, and whether they and joining words are all that it prints."""
    resolver = Resolver(year, region)
    found: list[tuple[int, Deadline]] = []
    position, complete = 0, True
    while position < len(compact):
        best = _longest(compact, position, resolver, in_text=False)
        if best is not None:
            found.append((position, replace(best[1], text=compact[position : best[0]])))
            position = best[0]
            if end := best[1].end or best[1].start:  # 2025年6月底前…，年底前…: the year goes on
                resolver = Resolver(end.year if str(end.year) in best[1].text else resolver.year, region)
            continue
        match = _BETWEEN.match(compact, position) or (_AFTER.match(compact, position) if found else None)
        complete = complete and match is not None
        position = match.end() if match else position + 1
    return found, complete


def _longest(text: str, start: int, resolver: Resolver, *, in_text: bool) -> tuple[int, Deadline] | None:
    best: tuple[int, Deadline] | None = None
    for form in _forms():
        if in_text and not form.in_text:
            continue
        match = form.pattern.match(text, start)
        if match is None or match.end() <= (best[0] if best else start):
            continue
        try:
            first, last = resolver.dates(match.groupdict(), form.start, form.end)
        except ValueError:  # 13月, 2月30日: printed so, but no date
            continue
        best = match.end(), Deadline(match[0], form.kind, first, last)
    return best


@cache
def _starts() -> re.Pattern[str]:
    forms, stems = season_words()
    seasons = {word[0] for word in re.split(r"[|()?:]+", forms + stems) if word}
    letters = set('自从每按逐到至截今当本明次翌去年贯全第一二三四五六七八九十上下“"') | seasons
    return re.compile(f"(?<!\\d)\\d|[{''.join(sorted(letters))}]")


def _candidates(text: str) -> Iterator[int]:
    return (match.start() for match in _starts().finditer(text))
