"""What the head of a plan says: its year, its area and level, and whether it is about air, water or soil."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, TypeVar

from lantian.reading.grammar.places import ancestors, places
from lantian.reading.lexicon import alternation, table
from lantian.reading.numerals import numeral
from lantian.reading.text import join_layout

Level = Literal["national", "provincial", "municipal", "district", "town"]
Medium = Literal["air", "water", "soil", "other"]
Code = TypeVar("Code", Level, Medium)

NATION = "全国"
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)(?=\s*[年—–－~至/-]|度|$|\D)|(二[〇零○O0][〇零○O一二三四五六七八九]{2})年")
_NUMBER_OF_DOCUMENT = re.compile(r"[〔\[（(［【](20\d\d)[〕\]）)］】]\s*第?\s*\d*\s*号")
_NUMERAL = r"[\d一二三四五六七八九十]{1,3}"
_DATE_LINE = re.compile(rf"[（(]?(20\d\d|二[〇零○O0][〇零○O一二三四五六七八九]{{2}})年{_NUMERAL}月{_NUMERAL}日")
_HAN = "[\u4e00-\u9fff]"
_AREA = re.compile(
    rf"({_HAN}{{1,10}}?)(特别行政区|自治区|自治州|自治县|自治旗|经济技术开发区|高新技术产业开发区|开发区|高新区|新区|省|地区|盟|州|市|区|县|旗|镇|乡|街道)"
)
_SUFFIX_LEVELS: tuple[tuple[str, Level], ...] = (
    ("特别行政区", "provincial"), ("自治区", "provincial"), ("省", "provincial"),
    ("自治州", "municipal"), ("地区", "municipal"), ("盟", "municipal"), ("州", "municipal"), ("市", "municipal"),
    ("区", "district"), ("县", "district"), ("旗", "district"),
    ("镇", "town"), ("乡", "town"), ("街道", "town"),
)  # fmt: skip
_RANK: dict[Level, int] = {"national": 0, "provincial": 1, "municipal": 2, "district": 3, "town": 4}
_STARTS = re.compile(r"^|中共|印发|关于|20\d\d年度?|《|[“”\"：:）)、，,。；;]")
_ISSUER = re.compile(
    r"^.{2,16}(?:人民政府|委员会|办公室|办公厅|局|厅|领导小组|指挥部|街道办事处)(?:办公室|办公厅)?(?:文件)?$"
)
_UNIT_LEVEL: tuple[tuple[str, Level], ...] = (
    (r"^(?:省|自治区)", "provincial"), (r"^市", "municipal"), (r"^(?:区|县|旗)", "district"),
    (r"^(?:镇|街道|乡)", "town"),
)  # fmt: skip
# （行政区域：云溪市；级别：市级；年度：2025年）: a line under the title that says what the title leaves open.
_NOTE_LEVELS: dict[Level, str] = {
    "national": "国家级", "provincial": "省级", "municipal": "市级", "district": "区县级", "town": "乡镇级",
}  # fmt: skip
_NOTE_MEDIA: dict[Medium, str] = {"air": "大气", "water": "水", "soil": "土壤", "other": "其他"}
_NOTE_NONE = "无"
_NOTE = re.compile(r"[（(](?:(?:行政区域|级别|年度|领域)[:：][^:：;；（）()]*[;；]?)+[）)]")
_NOTE_ENTRY = re.compile(r"(行政区域|级别|年度|领域)[:：]([^:：;；（）()]*)")


@dataclass(frozen=True, slots=True)
class Head:
    """Year (None: not printed), innermost named area (全国 for the nation, empty if unknown), its level, medium."""

    year: int | None
    region: str
    level: Level
    medium: Medium


def read_head(title: str, preamble: Sequence[str], *, units: Sequence[str] = (), topics: Sequence[str] = ()) -> Head:
    """Read the head of a plan.

    :param title: the plan's title, layout spaces allowed.
    :param preamble: what is printed before the measures: issuer, document number, salutation, date.
    :param units: printed role cells; they tell the area and level where title and preamble name none.
    :param topics: tasks of the plan; they tell the medium of pages that print no title (a scan of two pages).
    """
    title = join_layout(title)
    lines = [join_layout(line) for line in preamble]
    region, level = _place(title, lines, units)
    medium = _medium(title, lines) if title else _medium_of_topics(topics)
    return _noted(Head(_year(title, lines), region, level, medium), lines)


def is_head_note(text: str) -> bool:
    """Whether a line under a title only says what plan this is: （行政区域：云溪市；级别：市级）."""
    return bool(_NOTE.fullmatch(join_layout(text)))


def head_note(meant: Head, told: Head) -> str:
    """The line that says where ``meant`` differs from what the rest of the print tells; empty where nothing does."""
    entries = []
    if (meant.region, meant.level) != (told.region, told.level):
        entries += [f"行政区域：{meant.region or _NOTE_NONE}", f"级别：{_NOTE_LEVELS[meant.level]}"]
    if meant.year != told.year:
        entries.append(f"年度：{meant.year}年" if meant.year else f"年度：{_NOTE_NONE}")
    if meant.medium != told.medium:
        entries.append(f"领域：{_NOTE_MEDIA[meant.medium]}")
    return f"（{'；'.join(entries)}）" if entries else ""


def _noted(head: Head, lines: Sequence[str]) -> Head:
    """The head as such a line sets it right."""
    for name, value in (entry for line in lines if is_head_note(line) for entry in _NOTE_ENTRY.findall(line)):
        if name == "行政区域":
            head = replace(head, region="" if value == _NOTE_NONE else value)
        elif name == "年度":
            years = _years(_YEAR, [value])
            head = replace(head, year=years[0] if years else None)
        elif name == "级别":
            head = replace(head, level=_code(_NOTE_LEVELS, value, head.level))
        else:
            head = replace(head, medium=_code(_NOTE_MEDIA, value, head.medium))
    return head


def _code(words: Mapping[Code, str], word: str, otherwise: Code) -> Code:
    return next((code for code, known in words.items() if known == word), otherwise)


@cache
def _words(kind: str) -> tuple[str, ...]:
    return tuple(row["word"] for row in table("head_words") if row["kind"] == kind)


def _year(title: str, lines: Sequence[str]) -> int | None:
    """The first year of the title; else the document's own number, its date, or the first year of its head."""
    for found in _years(_YEAR, [title]):
        return found
    own_numbers = [line for line in lines if len(line) <= 30]
    for pattern, texts in ((_NUMBER_OF_DOCUMENT, own_numbers), (_DATE_LINE, own_numbers), (_NUMBER_OF_DOCUMENT, lines)):
        for found in _years(pattern, texts):
            return found
    titles = [line for line in lines if re.search("计划|方案|要点|通知|意见", line)]
    return next(iter([*_years(_YEAR, titles), *_years(_DATE_LINE, lines)]), None)


def _years(pattern: re.Pattern[str], texts: Iterable[str]) -> list[int]:
    years = []
    for text in texts:
        for match in pattern.finditer(text):
            printed = next(group for group in match.groups() if group)
            years.append(numeral(printed))
    return years


def _medium_of_topics(topics: Sequence[str]) -> Medium:
    """The medium that most tasks name, if any does."""
    found: Counter[Medium] = Counter()
    for medium in ("air", "water", "soil"):
        pattern = re.compile(alternation(_words(medium)), re.I)
        found[medium] = sum(bool(pattern.search(topic)) for topic in topics)
    medium, times = found.most_common(1)[0]
    return medium if times else "other"


def _medium(title: str, lines: Sequence[str]) -> Medium:
    titles = [line for line in lines if len(line) <= 60 and re.search("计划|方案|要点|措施", line)]
    for text in (title, *titles):
        first: dict[Medium, int] = {}
        for medium in ("air", "water", "soil"):
            if match := re.search(alternation(_words(medium)), text, re.I):
                first[medium] = match.start()
        if first:
            return min(first, key=lambda medium: first[medium])
    return "other"


def _place(title: str, lines: Sequence[str], units: Sequence[str]) -> tuple[str, Level]:
    if named := _named(title):
        return named
    national = re.compile(alternation(_words("national")))
    if national.search(title):
        return NATION, "national"
    for line in lines:
        numbered = len(line) <= 30 and _NUMBER_OF_DOCUMENT.search(line)
        if _ISSUER.match(line) or numbered or re.search("(?:人民政府|局|委|办|机构)[：:]$", line):
            if national.search(line):
                return NATION, "national"
            if named := _named(line):
                return named
    for line in lines:
        if re.search("计划|方案|通知", line) and (named := _named(line)):
            return named
    if not units and any(national.search(line) for line in lines):
        return NATION, "national"
    return _place_of_units(units)


def _named(text: str) -> tuple[str, Level] | None:
    """The innermost area of the first chain of areas in the text: 云川市青石区 → 青石区."""
    for start in dict.fromkeys(match.end() for match in _STARTS.finditer(text)):
        if chain := _chain(text[start:].removeprefix("中共")):
            return chain[-1]
    known = [(text.index(name), -len(name), name) for name in places() if name in text]
    if known:
        name = min(known)[2]
        rest = _chain(text[text.index(name) :])
        return rest[-1] if rest else (name, _level(name))
    short = [(text.index(name), full) for name, full in _short_names().items() if name in text]
    return (min(short)[1], _level(min(short)[1])) if short else None


def _chain(text: str) -> list[tuple[str, Level]]:
    chain: list[tuple[str, Level]] = []
    while area := _next_area(text, chain[-1][1] if chain else None):
        chain.append(area)
        text = text[len(area[0]) :]
    return chain


def _next_area(text: str, above: Level | None) -> tuple[str, Level] | None:
    known = max((name for name in places() if text.startswith(name)), key=len, default="")
    if known:
        return known, _level(known)
    match = _AREA.match(text)
    if match is None or match[0] in _words("no_area") or match[0].endswith(_words("no_area_end")):
        return None
    if re.search(alternation(_words("no_area_part")), match[1]) or (len(match[1]) < 2 and match[2] != "县"):
        return None
    level = _level(match[0])
    if above is not None and _RANK[level] < _RANK[above]:
        return None
    return match[0], level


def _level(name: str) -> Level:
    if name in places():
        return places()[name][0]  # type: ignore[return-value]
    return next((level for suffix, level in _SUFFIX_LEVELS if name.endswith(suffix)), "municipal")


@cache
def _short_names() -> dict[str, str]:
    """北京 → 北京市, 西城 → 西城区: names of three letters and more without their last one, for lack of better."""
    names: dict[str, str] = {}
    for full, (level, _) in places().items():
        short = re.sub("(?:省|市|区|(?:壮族|回族|维吾尔)?自治区)$", "", full)
        if level != "national" and len(short) >= 2 and short != full:
            names.setdefault(short, full)
    return names


def _place_of_units(units: Sequence[str]) -> tuple[str, Level]:
    """Area and level that the units of a plan point to: 市生态环境局 beside 北京经济技术开发区管委会 is 北京市."""
    levels: Counter[Level] = Counter()
    votes: Counter[str] = Counter()
    for cell in units:
        for word in re.split(r"[\s、，,；;]+", cell):
            for pattern, at in _UNIT_LEVEL:
                levels[at] += bool(re.match(pattern, word))
    text = "\n".join(join_layout(cell) for cell in units)
    for name, full in _short_names().items():
        if found := text.count(name):
            votes.update(dict.fromkeys(ancestors(full), found))
    level: Level = levels.most_common(1)[0][0] if levels and sum(levels.values()) else "municipal"
    if not sum(levels.values()) and any(word.endswith("部") for cell in units for word in re.split("[、，]", cell)):
        return NATION, "national"
    fitting = [(count, name) for name, count in votes.items() if _level(name) == level]
    return (max(fitting)[1] if fitting else ""), level
