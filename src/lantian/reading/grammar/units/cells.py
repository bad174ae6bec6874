"""One printed list of units cut into names: the cheapest way to read the cell, character by character.

A list may be separated by 、，；, by line breaks that also run through names, by spaces, or by nothing at all. Hard
separators always cut (except inside brackets and in names that contain one); for the rest every reading of the cell
gets a price — what is no name, what is only the tail of a name, what crosses a gap, what was printed without a gap —
and the cheapest is taken (dynamic programming, so the result does not depend on the order of special cases).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cache, lru_cache
from itertools import pairwise

from lantian.reading.grammar.units.names import collective_list, endings, has_ending, is_fragment, register
from lantian.reading.lexicon import alternation

_FULL_WIDTH = str.maketrans("()〔〕［］[]", "（）（）（）（）")
_SPACES = re.compile(r"[ \t\n\r\f\v\u00a0\u2002-\u200b\u202f\u205f\u3000\ufeff]")
_NOTHING = re.compile(r"[-—–－―─/／\\无*　 ]+")
_DASHES = re.compile("(?<![A-Za-z0-9])[—–―─]{2,}")  # none, printed for one of several measures of a row
_HARD = "、，,；;。/／|｜•"
_LABEL = re.compile(r"(?:^|(?<=[\s；;，,。]))[^\s：:，,；;、]{0,6}(?:单位|部门|机构|主体)[：:]\s*")
_SHARE = "按(?:照)?(?:各自)?(?:职责|职能|责任)(?:分工)?"
_TAIL = re.compile(
    f"(?:(?:{_SHARE}|分工|分别|共同|具体|牵头){{0,4}}(?:负责|落实|组织实施|实施|牵头|配合|参与|协助|指导){{1,4}}|{_SHARE})"
    r"(?=$|[，,；;。\s])"
)
_NUMBERING = re.compile(r"(?:^|(?<=[\s；;，,、]))(?:\d{1,2}[.．)）]|[①-⑳]|[（(]\d{1,2}[)）])")
_CONNECTIVE = re.compile("以及|及其他|及其它|及|和|与|会同")
_INNER_END = re.compile(
    "(?:局|(?<![省市区县党工])委|(?<!委)办|厅|(?<=[一-鿿]{3})部|署|政府|公司|管委会|支队|办事处)"
    "(?=(?:省|市|区|县|各|相关|中国|国网|首都|自治区)[一-鿿])"
)
_INNER_JOIN = re.compile(
    "(?:局|委|厅|部|署|政府|公司|管委会|办事处|中心|集团|(?<!等)部门|单位)(?:和|及|以及|与|会同)(?!单位|部门)"
)


class Gap(IntEnum):
    """What stands before a character on the page."""

    NONE = 0
    SPACE = 1
    LINE = 2
    WIDE = 3  # two spaces or an empty line: the print groups its units


class Kind(IntEnum):
    """What an atom is: text of a name, a bracket that belongs to the name before, a separator, a mark of 等."""

    TEXT = 0
    BRACKET = 1
    SEPARATOR = 2
    OPEN = 3


@dataclass(slots=True)
class Atom:
    """A character, or something that no cut may go through (a bracket, a name with 、 in it)."""

    text: str
    start: int
    end: int
    gap: Gap
    kind: Kind = Kind.TEXT
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A name as cut from the cell. ``name`` has full-width brackets and no layout spaces."""

    name: str
    as_printed: str
    group: int = 0
    mark: str = ""  # the separator mark or 和 that stood before it; empty for a gap
    closing: str = ""  # the 等 mark that stood behind it, as printed
    rejoined: bool = False
    separated: bool = False
    damaged: bool = False  # a bracket without its partner


def cut_cell(text: str, known: Callable[[str], bool]) -> list[Piece]:
    """The names of one printed list, in printed order.

    :param text: the cell as printed; ``\\n`` is a line or paragraph break.
    :param known: tells names that are known (register, or the plan's own); they are never cut.
    """
    pieces: list[Piece] = []
    text = _DASHES.sub("、", _LABEL.sub("", text))
    text = _TAIL.sub("", _NUMBERING.sub("", text).rstrip(" \n。；;"))
    for chunk, mark, closing in _chunks(_atoms(text)):
        for index, (first, last, separated, joined) in enumerate(_cheapest(chunk, known)):
            atoms = chunk[first:last]
            name = "".join(atom.text for atom in atoms)
            if _NOTHING.fullmatch(name):
                continue
            printed = _SPACES.sub("", text[atoms[0].start : atoms[-1].end])
            rejoined = any(atom.gap for atom in atoms[1:])
            group = pieces[-1].group + int(atoms[0].gap is Gap.WIDE) if pieces else 0
            damaged = any(atom.damaged for atom in atoms)
            before = "和" if joined else mark if index == 0 else ""
            pieces.append(Piece(name, printed, group, before, "", rejoined, separated, damaged))
        if closing and pieces:
            pieces[-1] = replace(pieces[-1], closing=closing)
    return pieces


# 等、各区政府: governments of areas that follow as units of their own are no part of the mark.
_AREAS_FOLLOW = r"(?:\s+|\s*、\s*)各(?:[省市区县]、?)+(?:(?:人民)?政府)?(?=$|[\s、，,；;。）)（(\]])"


@cache
def _open_mark() -> re.Pattern[str]:
    words = alternation(endings("open"))
    return re.compile(
        rf"[，,、]?等(?:(?!{_AREAS_FOLLOW})\s*(?:(?:{words}){{0,8}}"
        rf"(?:部门|单位|企业|机构|(?P<seat>[区县市镇乡](?:人民)?政府))|(?:{words}){{1,8}}))?"
        r"(?=$|[\s、，,；;。）)\]]|和|及|以及)"
    )


_BEFORE_GROUP = re.compile("等(?=[^、，,；;\\s]{3,}成员单位)")


@cache
def _names_with_separator() -> re.Pattern[str]:
    names = [name for name in register() if "、" in name]
    body = "|".join(r"\s*".join("[、,，]" if letter == "、" else letter for letter in name) for name in names)
    return re.compile(rf"(?:[省市区县]\s*)?(?:{body})(?=$|[\s、，,；;（）()])")


def _gap(run: str) -> Gap:
    if not run:
        return Gap.NONE
    if run.count("\n") > 1 or ("\n" not in run and len(run) > 1):
        return Gap.WIDE
    return Gap.LINE if "\n" in run else Gap.SPACE


def _atoms(text: str) -> list[Atom]:
    flat = text.translate(_FULL_WIDTH)
    marks = {match.start(): match.end() for match in _open_mark().finditer(flat)} if "等" in flat else {}
    masked = {match.start(): match.end() for match in _names_with_separator().finditer(flat)}
    atoms: list[Atom] = []
    position = after = 0
    while position < len(flat):
        char = flat[position]
        if _SPACES.match(char):
            position += 1
            continue
        atom = Atom(char, position, position + 1, _gap(flat[after:position]))
        if position in marks:
            atom.end, atom.kind = marks[position], Kind.OPEN
            atom.text = _SPACES.sub("", flat[position : atom.end])
        elif position in masked:
            atom.end = masked[position]
            atom.text = re.sub("[,，]", "、", _SPACES.sub("", flat[position : atom.end]))
        elif listed := collective_list(flat, position):
            atom.end, atom.text = position + len(listed), listed
        elif char == "（":
            atom.end, atom.kind, atom.gap = _closing(flat, position), Kind.BRACKET, Gap.NONE
            atom.text = _bracket(flat[position : atom.end])
            atom.damaged = flat[atom.end - 1] != "）"
        elif char in _HARD or _BEFORE_GROUP.match(flat, position):
            atom.kind = Kind.SEPARATOR
        position = after = atom.end
        if atom.text == "）":
            for before in atoms[-1:]:
                before.damaged, before.end = True, atom.end
        elif atom.text != "（）":
            atoms.append(atom)
    return _unspaced(atoms)


def _unspaced(atoms: list[Atom]) -> list[Atom]:
    """Letter-spaced names (财 政 局): a gap between two single characters is no gap."""
    gaps = [True, *(bool(atom.gap) for atom in atoms[1:]), True]
    alone = [
        gaps[index] and gaps[index + 1] and atom.kind is Kind.TEXT and len(atom.text) == 1
        for index, atom in enumerate(atoms)
    ]
    for index in range(1, len(atoms)):
        if alone[index - 1] and alone[index]:
            atoms[index].gap = Gap.NONE
    return atoms


def _closing(text: str, start: int) -> int:
    depth = 0
    for position in range(start, len(text)):
        depth += {"（": 1, "）": -1}.get(text[position], 0)
        if depth == 0:
            return position + 1
    return len(text)


def _bracket(printed: str) -> str:
    """A bracket in canonical form; one that the print left open is closed."""
    inner = printed[1:-1] if len(printed) > 1 and printed.endswith("）") else printed[1:]
    return "（" + _SPACES.sub("", inner).replace(",", "、") + "）"


def _chunks(atoms: list[Atom]) -> Iterator[tuple[list[Atom], str, str]]:
    """Runs of atoms between separators; the separator before each; the 等 mark that closes it."""
    run: list[Atom] = []
    mark = ""
    for atom in atoms:
        if atom.kind in (Kind.SEPARATOR, Kind.OPEN):
            yield run, mark, atom.text if atom.kind is Kind.OPEN else ""
            mark, run = atom.text if atom.kind is Kind.SEPARATOR else "", []
        else:
            run.append(atom)
    yield run, mark, ""


_CROSS = {Gap.NONE: 0.0, Gap.SPACE: 2.5, Gap.LINE: 2.0, Gap.WIDE: 6.0}
_DEAREST_CROSSING = 8.0
_LONGEST = 60

Cut = tuple[int, int, bool, bool]  # first atom, after last atom, cut where the print leaves no gap, cut at 和


def _cheapest(atoms: list[Atom], known: Callable[[str], bool]) -> list[Cut]:
    """The cuts of the cheapest reading of one chunk."""
    count = len(atoms)
    edges = [0, *(index for index in range(1, count) if atoms[index].gap), count]
    runs = list(pairwise(edges)) if count else []
    if all(known("".join(atom.text for atom in atoms[first:last])) for first, last in runs):
        return [(first, last, False, False) for first, last in runs]  # nothing can be cheaper
    best = [0.0] + [float("inf")] * count
    back: list[tuple[int, int, bool]] = [(0, 0, False)] * (count + 1)
    stops = _stops(atoms)
    for first in range(count):
        if best[first] == float("inf"):
            continue
        starts = [(first, 0.0)]
        match = _CONNECTIVE.match("".join(atom.text for atom in atoms[first : first + 3]))
        if match and first + len(match[0]) < count:
            starts.append((first + len(match[0]), 1.5))
        for start, extra in starts:
            tight = 0 < first == start and not atoms[first].gap and atoms[first - 1].kind is not Kind.BRACKET
            name, cost = "", best[first] + extra
            for last in range(start, min(count, start + _LONGEST)):
                if last > start:
                    cost += _CROSS[atoms[last].gap]
                if cost - best[first] > _DEAREST_CROSSING:
                    break
                name += atoms[last].text
                if last + 1 not in stops:
                    continue
                total = cost + _price(name, known) + (_price_tight(name, known) if tight else 0.0) + 0.02
                if total < best[last + 1]:
                    best[last + 1], back[last + 1] = total, (first, start, tight)
    cuts = []
    end = count
    while end:
        first, start, tight = back[end]
        cuts.append((start, end, tight, start > first))
        end = first
    return cuts[::-1]


@cache
def _last_characters() -> frozenset[str]:
    return frozenset(word[-1] for kind in ("strong", "weak", "area", "collective") for word in endings(kind))


def _stops(atoms: list[Atom]) -> frozenset[int]:
    """Where a name may end: before a gap, at the end, behind a bracket, behind the last letter of an ending."""
    lasts = _last_characters()
    return frozenset(
        index
        for index in range(1, len(atoms) + 1)
        if index == len(atoms)
        or (
            atoms[index].kind is not Kind.BRACKET
            and atoms[index - 1].text + atoms[index].text != "部门"
            and (atoms[index].gap or atoms[index - 1].kind is Kind.BRACKET or atoms[index - 1].text[-1] in lasts)
        )
    )


def _price_tight(name: str, known: Callable[[str], bool]) -> float:
    """What it costs to begin a name where the print leaves no gap."""
    if known(name):
        return 3.0
    return 3.5 if re.match("[省市区县各]|相关|中国", name) and has_ending(name) else 50.0


def _price(name: str, known: Callable[[str], bool]) -> float:
    """How unlike a name the text is; 0 for a known one."""
    return 0.0 if known(name) else _price_of_shape(name)


@lru_cache(maxsize=20_000)
def _price_of_shape(name: str) -> float:
    if is_fragment(name):
        return 9.0
    inner = 4.0 * (len(_INNER_END.findall(name)) + len(_INNER_JOIN.findall(name)))
    if has_ending(name):
        return inner + (1.0 if re.match("[省市区县各]|相关|有关|国家|中国|自治区", name) else 1.5) + 0.03 * len(name)
    return inner + 6.0 + 0.1 * len(name)
