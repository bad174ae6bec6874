"""A measure as clauses in the form in which two levels are compared: without who does it and where.

市 and 区, 全市 and 全区, the names of offices and of the area itself differ in every row between a city's plan and a
district's; what is left after they are taken out is what is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache

from lantian.comparing.alignment.words import factors, pattern, replacements
from lantian.reading.grammar.places import ancestors, areas_of, places
from lantian.reading.grammar.units.names import register
from lantian.reading.model import Measure, Plan, Target
from lantian.reading.text import compare_form

_OPEN, _CLOSE = "（(《〈「『“", "）)》〉」』”"
_END = "。；;！？!?\n"
_BREAK = "，,：:"
_SECTORS = re.compile(
    r"(?:(?<=[，,。；;])|^)(?:市区两级|市、区两级|各级)?(?:[^\W\d_]{2,8}、)*[^\W\d_]{2,8}?等?(?:相关|有关)?(?:行业)?(?:主管|管理)?部门(?:和单位)?(?:及|和)?"
    r"|(?:[^\W\d_]{2,8}、)+[^\W\d_]{2,8}?等?(?:相关|有关)?(?:行业)?(?:主管|管理)?部门(?:和单位)?"
)
_NOISE = re.compile(r"[^\w%#./*<>=≥≤-]|_")
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_OFFICE = re.compile("(?:局|委|办|厅|部|署|公司|支队|总队|大队|中心|政府|管委会|院|集团|处|所|会|队|站|社)$")
_ITEMS = re.compile("、|以及|及|和|与|或者|或")
LOWER_LEVEL = "街镇"  # what the word list puts for streets and towns


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a measure up to a comma or full stop.

    ``form`` is what is compared (own figures as ``#``), ``items`` its enumeration in the same form, ``role`` the word
    that says what this level does with the demand (研究制定, 落实, 配合), ``bodies`` the lines of work that it
    names as doers (住房城乡建设、水务等部门), ``areas`` the parts of the city it names,
    ``exempt`` the exemptions it grants, ``binding`` whether its sentence binds every object (全部, 禁止, 清零),
    ``sentence`` counts sentences within the measure.
    """

    text: str
    start: int
    sentence: int
    bodies: tuple[str, ...]
    form: str
    items: tuple[str, ...]
    role: str
    areas: frozenset[str]
    exempt: tuple[str, ...]
    binding: bool
    condition: bool
    background: bool
    figures: tuple[str, ...]

    @property
    def weight(self) -> int:
        """Letters that ask for something."""
        return len(self.form)

    @property
    def end(self) -> int:
        """Where in the measure it ends."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Row:
    """A measure with its clauses, heading and pairs of letters, ready to be compared with many others."""

    medium: str
    measure: Measure
    clauses: tuple[Clause, ...]
    task: str
    form: str
    year: int | None

    @property
    def weight(self) -> int:
        """Letters of all clauses."""
        return sum(clause.weight for clause in self.clauses)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a plan's own place looks like in print: its names, its parts, the offices that it names."""

    own: re.Pattern[str]
    parts: frozenset[str]
    offices: frozenset[str]
    lengths: dict[str, tuple[int, ...]]  # first letter of an office → lengths of such names, the longest first
    year: int | None


def ground_of(plan: Plan) -> Ground:
    """Names that tell where a plan is at home and who works there."""
    offices = {name for name in register() if _OFFICE.search(name) and len(name) >= 2}
    units = [text for m in plan.measures for role in m.roles for text in (role.name, role.as_printed)]
    for unit in units:
        bare = compare_form(unit).split("(")[0]
        offices |= {bare, re.sub("^[市区县]", "", bare)}
    parents = {name for name, (_level, parent) in places().items() if parent == plan.region}
    own = [*ancestors(plan.region), *(short for short in [re.sub("[市区县]$", "", plan.region)] if len(short) >= 2)]
    names = [re.escape(name) for name in own if name]
    offices = {name for name in offices if len(name) >= 2 and not _is_collective(name)}
    lengths: dict[str, set[int]] = {}
    for name in offices:
        lengths.setdefault(name[0], set()).add(len(name))
    return Ground(
        re.compile("|".join(names) or r"(?!)"),
        frozenset(parents | areas_of(units)),
        frozenset(offices),
        {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()},
        plan.year,
    )


def _is_collective(name: str) -> bool:
    return name.startswith(("各", "相关", "有关"))


def rows_of(plan: Plan) -> tuple[Row, ...]:
    """Every measure of a plan in comparable form, in the plan's order."""
    ground = ground_of(plan)
    return tuple(_row(plan, measure, ground) for measure in plan.measures)


def _row(plan: Plan, measure: Measure, ground: Ground) -> Row:
    clauses = tuple(_clauses(measure, ground))
    form = "".join(clause.form for clause in clauses)
    return Row(plan.medium, measure, clauses, normal(measure.task, ground), form, plan.year)


def _clauses(measure: Measure, ground: Ground) -> Iterator[Clause]:
    text = measure.measure
    pieces = list(_split(text))
    sentences: dict[int, str] = {}
    for _start, piece, sentence in pieces:
        sentences[sentence] = sentences.get(sentence, "") + piece
    for start, piece, sentence in pieces:
        clause = _clause(piece, start, sentence, sentences[sentence], measure.targets, ground)
        if clause.form:
            yield clause


def _split(text: str) -> Iterator[tuple[int, str, int]]:
    """(start, clause, number of its sentence); brackets and titles stay whole."""
    depth, begin, sentence = 0, 0, 0
    for place, letter in enumerate(text):
        if letter in _OPEN:
            depth += 1
        elif letter in _CLOSE:
            depth = max(0, depth - 1)
        within_number = letter in ",:：" and text[place - 1 : place].isdigit() and text[place + 1 : place + 2].isdigit()
        stops = letter in _END
        if stops:
            depth = 0
        if stops or (letter in _BREAK and not depth and not within_number):
            if text[begin:place].strip():
                yield begin, text[begin:place], sentence
            begin = place + 1
            sentence += stops
    if text[begin:].strip():
        yield begin, text[begin:], sentence


def _clause(piece: str, start: int, sentence: int, around: str, targets: Collection[Target], ground: Ground) -> Clause:
    plain = compare_form(piece)
    exempt = tuple(
        item for found in pattern("exempt").findall(piece) for item in _exemptions(compare_form(found), ground)
    )
    asked = pattern("exempt").sub("", piece)
    areas = frozenset(name for name in ground.parts if name in plain)
    bare = _bare(_mask(asked, piece, start, targets), ground)
    form, role = _letters(bare), _role(bare)
    items = tuple(filter(None, map(_letters, _ITEMS.split(bare))))
    return Clause(
        piece, start, sentence, _bodies(plain), form, items, role, areas, exempt,
        bool(pattern("universal").search(around)), bool(pattern("condition").search(plain)),
        any(pattern("background").match(words) for words in (plain, bare)), tuple(_FIGURE.findall(form)),
    )  # fmt: skip


def _bodies(plain: str) -> tuple[str, ...]:
    named = "、".join(found[0] for found in _SECTORS.finditer(plain) if "、" in found[0])
    items = (re.sub("(?:等|相关|有关|行业|主管|管理|部门|和单位|及|和)*$", "", item) for item in named.split("、"))
    return tuple(item for item in items if item)


def _exemptions(bracket: str, ground: Ground) -> list[str]:
    inner = re.sub(r"不含|除外|不包括|[()]", "", bracket)
    return [form for form in (normal(item, ground) for item in _ITEMS.split(inner)) if form]


def _mask(asked: str, piece: str, start: int, targets: Collection[Target]) -> str:
    """The clause with the figures of its targets as ``#``: numbers are compared as numbers, not as letters."""
    end = start + len(piece)
    own = any(t.span and t.value is not None and t.span[0] < end and start < t.span[1] for t in targets)
    return _figure().sub("#", asked) if own else asked


@cache
def _figure() -> re.Pattern[str]:
    """A number with 万 or 亿, and its unit where that can be converted: 2公里 and 2000米 are one."""
    units = "|".join(sorted(map(re.escape, factors()), key=len, reverse=True))
    return re.compile(rf"\d[\d.,]*[万亿千百]*(?:{units})?")


def _role(plain: str) -> str:
    for group in ("role_down", "role_up", "role_lead"):
        found = pattern(group).search(plain)
        if found and found.start() <= _ROLE_REACH:
            return found[0]
    return ""


_ROLE_REACH = 16  # letters from the start of a clause within which a word still says what its subject does


def normal(text: str, ground: Ground) -> str:
    """The form in which two levels are compared; empty where nothing is asked."""
    return _letters(_bare(text, ground))


def _bare(text: str, ground: Ground) -> str:
    """The words without offices and places, enumerations still apart."""
    text = compare_form(text).lower().replace('"', "").replace("'", "")
    text = _without_offices(text, ground)
    text = _SECTORS.sub("", text)
    text = ground.own.sub("", text)
    if ground.year:  # each plan speaks of its own year
        text = text.replace(f"{ground.year}年", "")
    for name in sorted(ground.parts, key=len, reverse=True):
        text = text.replace(name, "")
    for group in ("lower", "own", "plain"):
        for expression, instead in replacements(group):
            text = expression.sub(instead, text)
    return text


def _letters(text: str) -> str:
    text = _NOISE.sub("", pattern("filler").sub("", text))
    return text.removeprefix(LOWER_LEVEL)  # who is to act


def _without_offices(text: str, ground: Ground) -> str:
    """The text without names of offices, longest first, with the 市 or 区 before them."""
    kept: list[str] = []
    place = 0
    while place < len(text):
        for length in ground.lengths.get(text[place], ()):
            if text[place : place + length] in ground.offices:
                if kept and kept[-1] in "市区县":
                    kept.pop()
                place += length
                break
        else:
            kept.append(text[place])
            place += 1
    return "".join(kept)
