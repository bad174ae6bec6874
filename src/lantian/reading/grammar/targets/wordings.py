"""Targets without a figure: universal, cadence, direction, external, ratio rule, deliverable (reading conventions)."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from typing import get_args

from lantian.reading.grammar.targets.context import Context
from lantian.reading.grammar.targets.masks import BRACKET, Masked
from lantian.reading.grammar.targets.scopes import applies_to, scope_of
from lantian.reading.grammar.targets.subjects import after_words, clean, is_low, without_verb
from lantian.reading.grammar.targets.words import fragment, words
from lantian.reading.lexicon import table
from lantian.reading.model import Sense, Strength, Target, TargetKind

_KINDS: tuple[TargetKind, ...] = get_args(TargetKind)
_FALLING = ("下降", "降低", "减少", "削减", "不增", "压减")
_GIVEN = re.compile(
    r"^(?:[^的]{0,20}?(?:下达|分解|核定|确定|规定)的?|(?:国家|全省|省级|省|市级|北京市|本市|我市|上级|自治区|年度|[“\"]十[二三四五六]五[”\"])?(?:和|及|、)?(?:本市|全省|市级|国家|本区)?的?)"
)
_EDGES = re.compile(r"^[\s，,、。；;：:]+|[\s，,、。；;：:\n]+$")
_IMPROVING = ("完善", "研究完善", "动态完善", "研究", "编制")
_VAGUE = re.compile(r"的(?:政策)?措施\Z")
_CHANGE = re.compile(r"提升|提高|降低|增加|扩大|减少")
_BARE = re.compile(r"(?:年均|月均|平均)?(?:浓度|总量|强度|数量|排放量)")
_POLICY_LIST = re.compile(r"[^，。；]{0,60}等(?:相关)?(?:政策|措施)")
_GENERAL = re.compile(r"(?:制度|机制|协议|法规|措施)\Z")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row["kind"], re.compile(row["pattern"].replace("\\x01", BRACKET))) for row in table("target_kinds"))


@cache
def _deliverable() -> re.Pattern[str]:
    noun = rf"{fragment('document_noun')}(?![^，。；,;：:、《》和与及并等\x01（(])"
    named = rf"[^，。；,;：:《》]{{1,60}}?{noun}"
    more = rf"(?:[和及与、](?:(?!{fragment('deliverable_verb')}|鼓励|推动)[^，。；,;：:、《》]){{0,30}}?{noun})*"
    title = rf"《[^》]{{2,80}}》|{named}{more}"
    return re.compile(rf"(?P<verb>{fragment('deliverable_verb')})(?!的|后|和|与|及)(?P<title>{title})")


def find_wordings(context: Context, numeric: list[Target]) -> list[Target]:
    """Targets that the print gives without a figure, one per clause and kind; figures come first."""
    found: list[Target] = []
    masked = context.masked
    taken: set[tuple[int, str]] = set()
    covered = sorted(target.span for target in numeric if target.span)
    for target in [*_documents(context), *_worded(context)]:
        start, end = target.span or (0, 0)
        key = (start if target.kind == "deliverable" else masked.clause(start)[0], target.kind)
        if key in taken:
            continue
        if target.kind != "deliverable" and _overlaps(covered, start, end):
            continue
        taken.add(key)
        if not (found and _goes_on(found[-1], target)):
            found.append(target)
    return found


def _goes_on(last: Target, target: Target) -> bool:
    """粗颗粒物持续改善，年均浓度继续下降: the second clause names no indicator of its own."""
    bare = target.kind == last.kind == "direction" and _BARE.fullmatch(target.subject) is not None
    return bare and target.span is not None and last.span is not None and target.span[0] - last.span[1] <= 1


def _overlaps(covered: list[tuple[int, int]], start: int, end: int) -> bool:
    index = bisect_left(covered, (end, 0))
    return any(stop > start for _, stop in covered[max(0, index - 12) : index])


def _worded(context: Context) -> Iterator[Target]:
    masked = context.masked
    for name, pattern in _patterns():
        kind: TargetKind = next(item for item in _KINDS if name.startswith(item))
        for match in pattern.finditer(masked.view):
            start, end = masked.clause(match.start())
            if match.end() > end:
                end = masked.clause(match.end() - 1)[1]
            begin, stop = max(start, match.start() - 80), min(end, match.end() + 60)
            subject, sense = _subject(name, match, masked.view[begin : match.start()], masked.view[match.end() : stop])
            if kind == "external" and re.match(
                r"[^，。；,;]{0,8}(?:考核|检查|培训)", masked.view[match.end() : match.end() + 20]
            ):
                continue
            if name == "direction_before" and _POLICY_LIST.match(masked.view, match.end(), end):
                continue
            span = _trimmed(masked, begin if name != "direction_before" else match.start(), stop)
            scope = scope_of(masked, match.start(), context.places)
            yield Target(
                text=masked.text[slice(*span)],
                subject=subject,
                kind=kind,
                by=context.date_or_due(match.start()),
                scope=scope,
                sense=sense,
                applies=applies_to(masked, match.start(), counted=False, scope=scope, said=()),
                strength=context.strength(match.end()),
                period=match[0] if kind == "cadence" else None,
                span=span,
            )


def _subject(name: str, match: re.Match[str], before: str, after: str) -> tuple[str, Sense | None]:
    if name == "direction_after":
        subject = clean(before + match["what"])
        return subject, "at_most" if match["verb"] in _FALLING or is_low(subject) else "at_least"
    if name == "direction_before":
        return clean(match["what"]), "at_most" if match["verb"] in _FALLING else "at_least"
    if name == "external":
        own = clean(before)
        asked = _GIVEN.sub("", match["what"]).strip('的“”"')
        return (own if len(own) > 1 and not asked else asked or own or match["goal"]), None
    if name in ("cadence", "ratio_rule"):
        return after_words(after) or clean(before), None
    own = without_verb(clean(before))
    return (own if len(own) > 1 else after_words(after)), None


def _documents(context: Context) -> Iterator[Target]:
    masked = context.masked
    for match in _deliverable().finditer(masked.view):
        verb, title = match["verb"], match["title"]
        before = masked.view[max(0, match.start() - 2) : match.start()]
        if title.startswith(("本方案", "本计划", "本意见", "本办法")):
            continue
        if before.endswith(("通过", "按照", "其")) or _VAGUE.search(title) or (verb == "研究" and _CHANGE.match(title)):
            continue
        if _only_encouraged(masked, match):
            continue
        if (verb in _IMPROVING and _GENERAL.search(title)) or (verb == "完善" and title.endswith("政策")):
            continue
        span = _trimmed(masked, match.start(), match.end())
        scope = scope_of(masked, match.start(), context.places)
        strength: Strength = context.strength(match.start())
        if strength == "study" or (strength == "hard" and verb in ("研究", "研究提出")):
            strength = "study"
        yield Target(
            text=masked.text[slice(*span)],
            subject=masked.text[match.start("title") : match.end("title")],
            kind="deliverable",
            by=context.date_or_due(match.start()),
            scope=scope,
            applies=applies_to(masked, match.start(), counted=False, scope=scope, said=()),
            strength=strength,
            span=span,
        )


def _only_encouraged(masked: Masked, match: re.Match[str]) -> bool:
    """鼓励采取…、制定…优惠方案等措施: one of several ways that are encouraged, no document that is asked for."""
    start, end = masked.clause(match.start())
    listed = _POLICY_LIST.match(masked.view, match.end(), end) is not None
    return listed and words("strength_encourage").search(masked.view, start, match.start()) is not None


def _trimmed(masked: Masked, start: int, end: int) -> tuple[int, int]:
    piece = masked.text[start:end]
    left = len(piece) - len(_EDGES.sub("", piece, count=1)) if piece[:1] in " ，,、。；;：:\n" else 0
    right = len(piece) - len(piece.rstrip(" ，,、。；;：:\n"))
    return start + left, max(end - right, start + left)
