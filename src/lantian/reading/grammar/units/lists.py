"""分工: printed lists of units → single units under their canonical names.

All role cells of one plan are read together, because a plan is consistent in how it names its units: what it prints
often tells what a rare variant or a broken name should have been.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lantian.reading.grammar.units.cells import Piece, cut_cell
from lantian.reading.grammar.units.corrections import Names, aliases, join_damaged, old_names
from lantian.reading.grammar.units.names import (
    has_ending,
    is_registered,
    is_unit_name,
    levels_of_prefix,
    register,
    split_prefix,
    without_brackets,
)
from lantian.reading.model import Flag

__all__ = ["UnitList", "UnitMention", "is_unit_name", "read_unit_lists", "split_units"]


@dataclass(frozen=True, slots=True)
class UnitMention:
    """One unit of a printed list. ``open``: 等 stood behind it; ``group``: printed group in the cell, from 0."""

    name: str
    as_printed: str
    open: bool = False
    group: int = 0
    known: bool = True
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitList:
    """One printed list, read."""

    mentions: tuple[UnitMention, ...] = ()
    flags: tuple[Flag, ...] = ()


_OWN_PREFIX = re.compile(r".{0,8}?(?:省|自治区|市|自治州|州|盟|区|县|旗)")
_SEAT = re.compile(r"^[\u4e00-\u9fff]{2,5}?(?P<tail>(?:新区|[区县市旗]|镇|乡|街道)(?:人民)?(?:政府|办事处)?)$")
_SECTOR = re.compile("^[\u4e00-\u9fff]{2,10}?(?P<tail>部门)$")
_CLOSING_SEAT = re.compile(r"等(?P<tail>[区县市镇乡](?:人民)?政府)$")
_STREETS = re.compile(r"^(?:街道|乡镇|镇|乡|镇街)(?:人民)?(?:政府|办事处)?$")
_PROVINCIAL_OFFICE = re.compile("(?!.*(?:省|自治区))[\u4e00-\u9fff]{2,12}厅")  # only provinces and the nation have 厅
_LETTER = re.compile("[0-9A-Za-z\u3400-\u9fff]")
_AREA_WORD = re.compile("^(?:新区|街道|[区县市旗镇乡])")
_AREA_END = re.compile("[区县市旗镇乡]$")
_AREA_ONLY = re.compile("[\u4e00-\u9fff]{2,5}")


def split_units(text: str) -> list[UnitMention]:
    """One printed list without knowledge of its plan: cut and put in order, nothing corrected by region or plan."""
    return list(_read_list(text, Names(), "")[0].mentions)


def read_unit_lists(
    texts: Sequence[str], *, region: str, level: str, year: int | None, continues: Sequence[bool] = ()
) -> list[UnitList]:
    """Read all printed lists of one plan together.

    :param texts: role cells as printed (``\\n`` = line or paragraph break), or the unit lists of role brackets.
    :param region: innermost area of the plan (北京市), ``level`` as in ``Plan``, ``year`` of the plan: they choose the
        aliases that apply.
    :param continues: for each text, whether it goes on in the bracket of the text before it
        (省科技厅牵头，工业和信息化厅配合).
    :returns: one list for each text, in the same order.
    """
    forms = aliases(region, level, year)
    first = Names(forms=forms)
    seen: Counter[str] = Counter()
    for text, times in Counter(texts).items():
        for piece in cut_cell(text, first.known):
            seen[piece.name] += times
    for form, canonical in forms.items():
        if form in seen and canonical:
            seen[canonical] += seen.pop(form)
    names = Names(seen, forms)
    done: dict[tuple[str, str], tuple[UnitList, str]] = {}
    lists: list[UnitList] = []
    prefix = ""
    for index, text in enumerate(texts):
        prefix = prefix if index < len(continues) and continues[index] else ""
        key = (text, prefix)
        if key not in done:
            done[key] = _read_list(text, names, prefix)
        units, prefix = done[key]
        lists.append(units)
    return lists


def _read_list(text: str, names: Names, prefix: str) -> tuple[UnitList, str]:
    """The list and the prefix that holds after it; ``prefix`` is what an earlier list of the same bracket printed."""
    pieces = _complete_areas(_join_unfinished(cut_cell(text, names.known)))
    flags: list[Flag] = []
    mentions: dict[str, UnitMention] = {}
    previous = ""
    for piece, corrected in join_damaged(pieces, names):
        if not _LETTER.search(piece.name):
            flags.append(Flag("R21", piece.as_printed))
            continue
        name, own = corrected, _cut_flags(piece, previous)
        if name != piece.name:
            rule = "R29" if piece.name in old_names() else "R14"
            own.append(Flag(rule, f"{piece.as_printed} → {name or '等'}"))
        elif longer := _with_prefix(piece.name, prefix, previous):
            own.append(Flag("R31", f"{piece.as_printed} → {longer}"))
            name = longer
        elif _folded(piece.as_printed) != _folded(name):
            own.append(Flag("R31", f"{piece.as_printed} → {name}"))
        name = _member_group(name)
        prefix = _prefix_of(name) or prefix
        if not name:
            flags.extend(own)
        elif name not in mentions:
            if not (known := names.certain(name)):
                own.append(Flag("R13", name))
            mentions[name] = UnitMention(name, piece.as_printed, False, piece.group, known, tuple(own))
        previous = name or previous
        if piece.closing and previous:
            was = mentions[previous]
            mentions[previous] = replace(was, open=True, flags=(*was.flags, Flag("R12", piece.closing)))
    if len({mention.group for mention in mentions.values()}) > 1:
        flags.append(Flag("R36", str(1 + max(mention.group for mention in mentions.values()))))
    return UnitList(tuple(mentions.values()), tuple(dict.fromkeys(flags))), prefix


def _folded(printed: str) -> str:
    return re.sub("[（）]", "", printed.translate(_FOLD))


_FOLD = str.maketrans("()〔〕［］[],，", "（）（）（）（）、、")


def _cut_flags(piece: Piece, previous: str) -> list[Flag]:
    flags = []
    if piece.rejoined:
        flags.append(Flag("R18", piece.name))
    if piece.separated and previous:
        flags.append(Flag("R19", f"{previous}/{piece.name}"))
    return flags


def _member_group(name: str) -> str:
    """其他大气小组各成员单位 is 大气小组各成员单位 beside the units named before it."""
    return re.sub("^(?:及|和|以及)?其[他它](?=.+成员单位$)(?!各?成员单位$)", "", name)


def _prefix_of(name: str) -> str:
    """市 of 市财政局, 云川市 of 云川市财政局; empty for names without one and for areas' governments."""
    parts = split_prefix(without_brackets(name))
    return parts[0] if parts and _OWN_PREFIX.fullmatch(parts[0]) else ""


def _with_prefix(name: str, prefix: str, previous: str) -> str | None:
    """The full name where the list prints the prefix only once: 省科技厅、工业和信息化厅; 各镇政府、街道办事处."""
    if previous.startswith("各") and _STREETS.match(name):
        return f"各{name}"
    if previous.endswith(("行政公署", "行署")) and re.fullmatch("市(?:人民)?政府", name):
        return f"各{name}"
    bare = without_brackets(name)
    office = prefix.endswith(("省", "自治区")) and _PROVINCIAL_OFFICE.fullmatch(bare)
    levels = register().get(bare, "P" if office else "V")
    if not prefix or "V" in levels or not set(levels_of_prefix(prefix)) & set(levels):
        return None
    return prefix + name


def _join_unfinished(pieces: list[Piece]) -> list[Piece]:
    """Where ， separates the list, 、 belongs to a name whose parts are no names: 规划、自然资源局，财政局."""
    marks = {piece.mark for piece in pieces}
    if "、" not in marks or not marks & set("，,；;"):
        return pieces
    joined: list[Piece] = []
    for piece in pieces:
        before = joined[-1] if joined else None
        unfinished = before and not before.closing and not (has_ending(before.name) or is_registered(before.name))
        if before and unfinished and piece.mark == "、" and has_ending(piece.name) and not _SEAT.match(piece.name):
            name, printed = f"{before.name}、{piece.name}", f"{before.as_printed}、{piece.as_printed}"
            joined[-1] = replace(before, name=name, as_printed=printed, closing=piece.closing)
        else:
            joined.append(piece)
    return joined


def _complete_areas(pieces: list[Piece]) -> list[Piece]:
    """Names that share one ending: 朝阳、海淀等区政府 are 朝阳区政府 and 海淀区政府; 公安、交通部门 are two as well."""
    completed: list[Piece] = []
    tail = ""
    for piece in reversed(pieces):
        if match := _CLOSING_SEAT.match(piece.closing):
            tail = match["tail"]
        whole = piece.name + (_AREA_WORD.sub("", tail, count=1) if _AREA_END.search(piece.name) else tail)
        unfinished = _AREA_ONLY.fullmatch(piece.name) and not has_ending(piece.name) and not is_registered(piece.name)
        if tail and unfinished and is_registered(whole):
            completed.append(replace(piece, name=whole))
        else:
            match = _SEAT.match(piece.name) or _SECTOR.match(piece.name)
            tail = match["tail"] if match and piece.name[0] not in "各有相" else ""
            completed.append(piece)
        if not piece.mark:
            tail = ""
    return completed[::-1]
