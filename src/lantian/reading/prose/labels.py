"""Printed numbers of headings and items: 第一章, 一、, （一）, 1., （1）, ①, 第一条, in full or half width."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lantian.reading.numerals import numeral

_HAN = "一二三四五六七八九十百零〇"
_COUNTED = "万亿千百吨个家座台辆米年月日倍元度公平立毫微"  # 1.5万吨 is a figure
_NUM = rf"(?P<n>[{_HAN}]{{1,5}}|\d{{1,3}})"

CHAPTER_RANK = 3
ITEM_RANK = 4

# Style, its usual depth, and how it is printed. What follows the number keeps decimals, dates and 一、二线 out.
_STYLES: tuple[tuple[str, int, re.Pattern[str]], ...] = tuple(
    (style, rank, re.compile(pattern))
    for style, rank, pattern in (
        ("part", 0, rf"第{_NUM}(?:部分|篇|编)[:：、.．﹒]?"),
        ("chapter", 1, rf"第{_NUM}章[:：、.．﹒]?"),
        ("division", 2, rf"第{_NUM}节[:：、.．﹒]?"),
        ("han", 3, rf"(?P<n>[{_HAN}]{{1,4}})(?:、(?![{_HAN}]+[、类级线期])|[.．﹒](?!\d))"),
        ("article", 4, rf"第{_NUM}条[:：、.．﹒]?(?!款|第)"),
        ("action", 4, rf"(?:专项行动|重点行动|行动|任务|重点任务|工程|重点工程|专项|措施){_NUM}[:：、.．﹒](?!\d)"),
        ("han_bracket", 4, rf"[（(](?P<n>[{_HAN}]{{1,4}})[）)][、.．﹒]?(?![至和、]?[（(][{_HAN}]{{1,4}}[）)])"),
        (
            "decimal",
            5,
            rf"(?P<p>\d{{1,2}}(?:[.．﹒]\d{{1,2}}){{1,3}})[.．﹒、]?(?=[\u4e00-\u9fff“《（(])(?![{_COUNTED}])",
        ),
        ("digit", 5, r"(?P<n>\d{1,3})(?:[.．﹒](?=20\d{2}年|\D)|、|[.．﹒](?=\d{1,2}月))"),
        ("digit_half", 6, r"(?P<n>\d{1,3})[）)][、.．﹒]?"),
        ("digit_bracket", 7, r"[（(](?P<n>\d{1,3})[）)][、.．﹒]?"),
        ("circle", 8, r"(?P<c>[①-⑳㉑-㉟⑴-⒇⒈-⒛㈠-㈩])[、.．﹒]?"),
    )
)  # fmt: skip
_CIRCLES = (
    (0x2460, "circle"),
    (0x2474, "digit_bracket"),
    (0x2488, "digit"),
    (0x3220, "han_bracket"),
    (0x3251, "circle"),
)
_RANKS = {style: rank for style, rank, _ in _STYLES}


@dataclass(frozen=True, slots=True)
class Label:
    """A printed number: its style, usual depth (``rank``), value, and the characters that print it."""

    style: str
    rank: int
    number: int
    printed: str
    path: tuple[int, ...] = ()


def read_label(text: str) -> Label | None:
    """The number at the start of a joined line, or None. 1.5万吨 and 一、二线城市 are no numbers."""
    for style, rank, pattern in _STYLES:
        if (match := pattern.match(text)) is None:
            continue
        groups = match.groupdict()
        if path := groups.get("p"):
            parts = tuple(int(part) for part in re.split(r"[.．﹒]", path))
            return Label(f"decimal{len(parts)}", rank + len(parts) - 2, parts[-1], match[0], parts)
        if circle := groups.get("c"):
            return _circle(circle, match[0])
        return Label(style, rank, numeral(groups["n"]), match[0])
    return None


def _circle(char: str, printed: str) -> Label:
    code = ord(char)
    start, style = max((item for item in _CIRCLES if item[0] <= code), key=lambda item: item[0])
    number = code - start + 1 + (20 if start == 0x3251 else 0)
    return Label(style, _RANKS[style], number, printed)
