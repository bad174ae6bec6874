"""For whom a target holds: the places the print names, and whether a figure is a sum or binds every unit."""

from __future__ import annotations

import re
from collections.abc import Collection

from lantian.reading.grammar.places import places, short_names
from lantian.reading.grammar.targets.masks import BRACKET, Masked
from lantian.reading.grammar.targets.words import HAN, fragment, words
from lantian.reading.model import Applies

_SUFFIX = r"(?:自治州|自治县|自治旗|开发区|高新区|新区|林区|特区|区|县|市|镇|乡|街道|旗|盟|州|省)"
_PLACE = re.compile(rf"{HAN}{{1,8}}?{_SUFFIX}")
_ENDS_AREA = re.compile(_SUFFIX + r"\Z")
_AFTER_SHORT = re.compile(r"[、和与及等（(\x01A-Za-z\d]|以及|两市|三市|四市|分别|细颗粒物|优良|空气|\Z")
_INSIDE_WORD = re.compile(r"[城域级政民容间舰直际场块贸旗镇乡]")  # 卫生县城, 跨省际, 本市场
_SHORTENED = re.compile(
    rf"(?P<short>{HAN}{{2,3}}(?:、{HAN}{{2,3}})*)(?:、|和)(?P<full>{HAN}{{2,3}}[市县区])(?![市县区、])"
)
_WORD = re.compile(HAN + "+")
_JOINT = re.compile(r"、|以及|和|与|及")
_LEAD = re.compile(
    r"(?:其中[:：，,]?|在|对|由|推动|推进|组织|支持|指导|督促|协助|完成|将|以|并|加快|[，,、：:\s“]|到?20\d\d年(?:底|末)?前?|\d{1,2}月底前|年底前|力争)*"
)
_NOT_PLACE = re.compile(
    r"^(?:市|区|省|该|本|全|所|对|以|和|与|按|两|多|每|不|从|到|至)|[各到等及]|相关|有关|会同|覆盖|继续|"
    + fragment("doing_verb")
)
_OFFICE = re.compile(
    rf"{HAN}{{0,8}}?(?:局|委员会|管委会|办公室|大队|支队)|{HAN}{{0,10}}?(?:委|办)(?:[、，,牵会负组就]|等)"
)
_GENERIC = re.compile(fragment("not_area") + r"\Z")
_NAMED_ZONE = re.compile(HAN + r"{2,}(?:开发区|高新区|新区|示范区)\Z")


def find_places(text: str, known: Collection[str]) -> list[str]:
    """The places that lead the text (东城区、西城区降尘量… → both), in printed order; none where it names none."""
    position = _LEAD.match(text).end()  # type: ignore[union-attr]
    found: list[str] = []
    shortened = _SHORTENED.match(text, position)
    if shortened and _place_at(text, shortened.start("full"), known) != shortened["full"]:
        shortened = None
    while True:
        name = _place_at(text, position, known)
        if name is None and shortened and position < shortened.end("short"):
            name = _WORD.match(text, position)[0]  # type: ignore[index]
        if name is None:
            return found
        found.append(name)
        position += len(name)
        while text[position : position + 1] == BRACKET:
            position += 1
        joint = _JOINT.match(text, position)
        if joint is None:
            return found
        position = joint.end()


def _place_at(text: str, position: int, known: Collection[str]) -> str | None:
    for length in range(min(16, len(text) - position), 1, -1):
        name = text[position : position + length]
        listed = name in known or name in places() or name in short_names()
        if listed and (_ENDS_AREA.search(name) or _AFTER_SHORT.match(text, position + length)):
            return name
    group = words("area_group").match(text, position)
    if group:
        return group[0]
    match = _PLACE.match(text, position)
    while match and (longer := re.compile(_SUFFIX).match(text, match.end())) and len(match[0]) + len(longer[0]) < 12:
        match = re.compile(rf"{HAN}{{{longer.end() - position}}}").match(text, position)
    if match is None or len(match[0]) < 2 or _NOT_PLACE.search(match[0]) or words("no_place").search(match[0]):
        return None
    if _INSIDE_WORD.match(text, match.end()) or (match[0].endswith("省") and match[0] not in places()):
        return None
    if _OFFICE.match(text, match.end()) or (_GENERIC.search(match[0]) and not _NAMED_ZONE.search(match[0])):
        return None
    return match[0]


def scope_of(masked: Masked, position: int, known: Collection[str]) -> tuple[str, ...]:
    """Places that narrow a target at ``position``: those leading its clause, else those leading its sentence."""
    clause = masked.clause(position)[0]
    sentence = masked.sentence(position)[0]
    for start in dict.fromkeys((clause, sentence)):
        places = find_places(masked.view[start : min(position, start + 200)], known)
        if places and start != clause and not _carries(masked, start, clause, places):
            return ()
        if places:
            return tuple(places)
        lead = masked.text[start : start + 12]
        if start == clause and (words("whole_area").match(lead) or words("collective").match(lead)):
            return ()
    return ()


def _carries(masked: Masked, start: int, clause: int, places: list[str]) -> bool:
    """Whether the area that leads a sentence holds for a later clause: a named one does, a kind of area only beside
    figures of its own (重点区域浓度下降20%，比例达到80%), and not where the clause speaks of another area."""
    if not all(words("area_group").fullmatch(place) or words("local_area").fullmatch(place) for place in places):
        return True
    if words("own_area").match(masked.view, clause):
        return False
    first = max(start, masked.view.find(places[0], start))
    lead = masked.figures[first : masked.clause(first)[1]]
    return len(lead.strip("，,：: ")) <= sum(map(len, places)) + 2 or any(letter.isdigit() for letter in lead)


def without_places(subject: str, scope: Collection[str]) -> str:
    """The subject without the places that lead it (甲区、乙区降尘量 → 降尘量), unless nothing else is left."""
    shorter = subject
    for place in scope:
        shorter = re.sub(rf"^(?:[、和与及等]?{re.escape(place)})等?", "", shorter)
    return subject if shorter == subject else shorter.lstrip("、和与及等的") or subject


def applies_to(
    masked: Masked, position: int, *, counted: bool, scope: tuple[str, ...], said: Collection[str]
) -> Applies | None:
    """``total`` a sum, ``each`` binds every unit, ``both``, ``owner`` one named unit; None where print does not say."""
    start = masked.sentence(position)[0]
    before = masked.text[max(start, position - 160) : position]
    clause = masked.text[masked.clause(position)[0] : position]
    if words("both_areas").search(before):
        return "both"
    if "各" in said or "每个" in clause or "月检查率" in clause:
        return "each"
    if len(scope) == 1 and words("others").match(scope[0]):
        return "each"
    if len(scope) == 1 and not words("area_group").fullmatch(scope[0]) and not words("local_area").fullmatch(scope[0]):
        return "owner"
    if counted:
        return "each" if words("collective").match(clause) and "每" in clause[:2] else "total"
    if len(scope) > 1 or words("collective").search(before):
        return "each"
    return "total" if words("whole_area").search(clause) else None
