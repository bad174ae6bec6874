"""What each target of a row asks of each unit that owes it: whole, in part, the same of all, or nothing yet.

Pure. A target says to whom it ``applies`` (contracts §1): ``total`` is the sum of the plan, held by the 汇总单位 and
passed on only by a quota sheet (分解表); ``each`` binds every unit, ``both`` the whole and every unit, ``owner`` one.
Figures for named areas (六镇5.0、七镇4.5) reach the units of those areas alone. What print leaves open about a figure
is asked; for a target without figure :data:`UNSAID` says whom it binds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from lantian.apps.plans.content import Content
from lantian.apps.plans.models import RoleKind, TargetKind
from lantian.apps.supervision.models import QuestionKind, QuotaLine, ShareOrigin
from lantian.apps.supervision.owing import Asked, Owed, say
from lantian.reading.text import compare_form

# Whom a target without a figure binds where print does not say: the convener delivers the document, everybody else's
# wording (全部清零, 同比下降, 按季度, 完成上级下达的任务, 减二增一) binds all that owe the row.
UNSAID: Mapping[str, str] = {
    TargetKind.DELIVERABLE: "convener",
    TargetKind.UNIVERSAL: "everybody",
    TargetKind.DIRECTION: "everybody",
    TargetKind.CADENCE: "everybody",
    TargetKind.EXTERNAL: "everybody",
    TargetKind.RATIO_RULE: "everybody",
}
APPLIES = ("total", "each", "both", "owner")
_OTHERS = re.compile(r"^(?:其他|其它|其余)")
_SUFFIX = re.compile(r"(?:街道|地区|[区县市镇乡])$")

SpecKey = tuple[str, str, str]  # printed words, subject, scope: what a target is recognised by after an amendment


@dataclass(frozen=True, slots=True)
class Part:
    """What target number ``target`` asks of ``owed``."""

    owed: Owed
    target: int
    value: Decimal | None
    value_max: Decimal | None
    origin: str
    line: QuotaLine | None = None


def spec_key(spec: Content) -> SpecKey:
    """What recognises a target in another version of its row."""
    return spec["text"], spec["subject"], "|".join(spec["scope"])


def words_of(spec: Content) -> str:
    """The words of a question about a target: as printed, with the areas that the figure names."""
    text, places = str(spec["text"])[:400], "、".join(spec["scope"])
    return (text + (f"（{places}）" if places else ""))[:500]


def summable(spec: Content) -> bool:
    """Whether parts of the figure add up to it: tonnes and pieces do; concentrations, percent and ranks do not."""
    percent = (spec["unit"] or "%") in ("%", "％")
    adds = spec["kind"] == TargetKind.COUNT or (spec["kind"] == TargetKind.CHANGE and not percent)
    return adds and spec["value"] is not None and spec["applies"] in ("total", "both", None)


def proposed(spec: Content) -> str:
    """Whom a figure probably binds where print does not say: a count is a sum, anything else every unit's own."""
    return "total" if spec["kind"] == TargetKind.COUNT else "each"


def divide(
    specs: Sequence[Content],
    owed: Sequence[Owed],
    convener: Owed | None,
    answers: Mapping[str, Mapping[str, Any]],
    lines: Mapping[SpecKey, Mapping[int, QuotaLine]],
    own_area: str = "",
) -> tuple[list[Part], list[Asked]]:
    """The parts of all targets and the questions about whom they bind.

    ``answers`` are decisions by the words of a target (:func:`words_of`): ``{"applies", "units": [uid]}``; ``lines``
    the lines of issued quota sheets by target and unit; ``own_area`` the plan's own area, which narrows nothing.
    """
    bound = [item for item in owed if item.role != RoleKind.SUPPORT]
    parts: list[Part] = []
    asked: list[Asked] = []
    named = {place for spec in specs for place in spec["scope"] if not _OTHERS.match(place)}
    for number, spec in enumerate(specs):
        if not bound:
            break
        answer = answers.get(words_of(spec))
        found = _bound(spec, bound, convener, None, named, own_area)
        if found is None:  # asked whether or not it was answered: the print stays as open as it is
            asked.append(_asked(spec, bound))
        if answer and found is None:
            found = _bound(spec, bound, convener, answer, named, own_area)
        if found is None:
            continue
        given = lines.get(spec_key(spec), {})
        parts += [_part(spec, number, item, origin, given.get(item.unit.pk)) for item, origin in found]
    unique = {question.key: question for question in asked}
    return parts, list(unique.values())


def _part(spec: Content, number: int, item: Owed, origin: str, line: QuotaLine | None) -> Part:
    # A letter may set each unit another figure than the one printed for the whole and every unit alike.
    open_figure = origin == ShareOrigin.NONE or spec["value"] is None or spec["applies"] == "both"
    if line is not None and line.value is not None and open_figure:
        return Part(item, number, line.value, None, ShareOrigin.QUOTA, line)
    if origin == ShareOrigin.NONE:
        return Part(item, number, None, None, origin)
    value, most = (None if spec[name] is None else Decimal(spec[name]) for name in ("value", "value_max"))
    return Part(item, number, value, most, origin)


Bound = list[tuple[Owed, str]]


def _bound(
    spec: Content,
    bound: Sequence[Owed],
    convener: Owed | None,
    answer: Mapping[str, Any] | None,
    named: set[str],
    own_area: str,
) -> Bound | None:
    """Whom a target binds, with the origin of the figure; None where a person must say."""
    applies = spec["applies"] if spec["applies"] in APPLIES else None
    scope = [place for place in spec["scope"] if compare_form(place) != compare_form(own_area)]
    if answer:
        chosen = [item for item in bound if str(item.unit.uid) in set(answer.get("units") or ())]
        applies, scope = answer["applies"], []
        if chosen and applies == "total":
            return _by_words(applies, bound, chosen[0])
        if chosen:
            return [(item, ShareOrigin.PRINTED) for item in chosen]
    if scope:
        there = _there(scope, bound, named)
        if there and not (applies == "total" and len(there) > 1):
            return [(item, ShareOrigin.PART) for item in there]
        if not there and applies not in ("total", "both"):
            return None if len(bound) > 1 else [(bound[0], ShareOrigin.PRINTED)]
    return _by_words(applies or _unsaid(spec), bound, convener)


def _unsaid(spec: Content) -> str | None:
    return UNSAID.get(spec["kind"]) if spec["value"] is None else None


def _by_words(applies: str | None, bound: Sequence[Owed], convener: Owed | None) -> Bound | None:
    members = [item for item in bound if item.member]
    whole = convener if convener in bound else None
    if len(bound) == 1:
        return [(bound[0], ShareOrigin.PRINTED)]
    if applies == "each":
        return [(item, ShareOrigin.PRINTED) for item in members or bound]
    if applies == "everybody" or (applies == "convener" and whole is None):
        return [(item, ShareOrigin.PRINTED) for item in bound]
    if applies == "both":
        others = members or [item for item in bound if item != whole]
        return [(item, ShareOrigin.PRINTED) for item in ([whole] if whole and whole not in others else []) + others]
    if applies in ("convener", "owner"):
        return None if whole is None else [(whole, ShareOrigin.PRINTED)]
    if applies == "total":
        return [(item, ShareOrigin.PRINTED if item == whole else ShareOrigin.NONE) for item in bound]
    return None


def _there(scope: Sequence[str], bound: Sequence[Owed], named: set[str]) -> list[Owed]:
    """The units of the areas that the words name; 其他区 are those that no figure of the row names."""
    found: list[Owed] = []
    for place in scope:
        if _OTHERS.match(place):
            found += [item for item in bound if item.member and not any(_lies(item, other) for other in named)]
        else:
            found += [item for item in bound if _lies(item, place)]
    return list({item.unit.pk: item for item in found}.values())


def _lies(item: Owed, place: str) -> bool:
    """Whether a unit is the one that a place's words name: its own names, or its area's."""
    form = compare_form(place)
    area = item.unit.area
    names = {area.name, area.short_name, item.unit.name, item.unit.short_name, item.unit.full_name}
    forms = {compare_form(name) for name in names if name}
    bare = _SUFFIX.sub("", compare_form(area.name))
    return form in forms or (len(bare) > 1 and form == bare)


def _asked(spec: Content, bound: Sequence[Owed]) -> Asked:
    uids = tuple(str(item.unit.uid) for item in bound)
    if spec["scope"]:
        places = "、".join(spec["scope"])
        why = say(lambda: _("no unit of this row is known to be “%(places)s”") % {"places": places})
    else:
        why = say(lambda: _("the print does not say whether this is the sum or binds every unit"))
    return Asked(QuestionKind.APPLIES, "", None, words_of(spec), uids, why)
