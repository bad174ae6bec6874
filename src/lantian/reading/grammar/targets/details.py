"""What a target carries besides its value: the words it was printed in, its remark, denominator, period, statistic."""

from __future__ import annotations

import re
from bisect import bisect_right

from lantian.reading.grammar.targets.masks import BRACKET, Masked
from lantian.reading.grammar.targets.numbers import Quantity
from lantian.reading.grammar.targets.phrase import Phrase
from lantian.reading.grammar.targets.subjects import clean

_QUALIFIER = re.compile(r"扣除|不含|不包括|不包含|不计|除外|除[^，。]{1,20}外")
_CLOSING = re.compile(r"\x01+")
_EDGE_START = re.compile(r"[\s，,、。；;：:]*")
_PERIOD = re.compile(
    r"(?P<long>20\d\d年?[—–\-－至到]20\d\d年[内间]?)|月(?=检查率|度)|(?P<year>全年)|(?P<each>每(?:年|月|季度|周|半年|日|天))"
)
_STATISTIC = re.compile(r"年均|月均|日均|季均|累计|平均")
_DENOMINATOR = re.compile(
    r"(?P<inside>(?:现有|存量|新增|新建|更新)[^，。；,;]{1,40}?)中(?=[，,]|[^国央心等型小])"
    r"|(?P<able>(?:具备|符合|有)[^，。；,;的]{0,10}条件的[^，。；,;、\x01]{1,14}?(?=开展|进行|实施|采用|采取|推进|实现|应|要|全部|有序|[，,、\x01]))|(?P<rule>原则上)"
)
_SHARE_WORDS = re.compile(r"条件的|新增|新建|更新|现有|存量|原则上")


def span_of(masked: Masked, starts: list[int], phrase: Phrase, quantity: Quantity) -> tuple[int, int]:
    """Characters that the printed phrase of a figure covers; a later figure of one clause begins with itself."""
    if phrase.before.endswith(("、", "和", "及", "与")) and len(phrase.run) == 1:
        return quantity.start, end_of(masked, starts, phrase)
    start = phrase.start + len(_EDGE_START.match(phrase.before)[0])  # type: ignore[index]
    return min(start, quantity.start), end_of(masked, starts, phrase)


def end_of(masked: Masked, starts: list[int], phrase: Phrase) -> int:
    """Where the printed phrase ends: with the clause, or before the next of ``starts``, a closing remark included."""
    text, view = masked.text, masked.view
    end = phrase.end
    index = bisect_right(starts, phrase.quantity.start)
    if index < len(starts) and starts[index] < phrase.end:
        stop = re.compile(r"[，,、（(]|和|与|及").search(view, phrase.quantity.end, starts[index])
        end = stop.start() if stop else starts[index]
    while end > phrase.quantity.end and view[end - 1] in "，,。；;：:）) \n":
        end -= 1
    closing = _CLOSING.match(view, end)
    return closing.end() if closing and _QUALIFIER.search(text, end, closing.end()) else end


def qualifier_of(masked: Masked, starts: list[int], phrase: Phrase) -> str | None:
    """The remark that stays with the target: 扣除沙尘影响, 不含…, …除外."""
    start = masked.sentence(phrase.quantity.start)[0]
    view, text = masked.view, masked.text
    near = list(_CLOSING.finditer(view, phrase.start, end_of(masked, starts, phrase)))
    far = list(_CLOSING.finditer(view, start, phrase.start))
    for match in (*near, *reversed(far)):
        words_inside = text[match.start() + 1 : match.end() - 1]
        if _QUALIFIER.search(words_inside):
            return words_inside
    return None


def denominator_of(masked: Masked, phrase: Phrase) -> str | None:
    """Of what a share is taken: 新增和更新的…中, 具备条件的…, 原则上."""
    clause = masked.clause(phrase.quantity.start)[0]
    before = masked.view[max(clause - 60, masked.sentence(phrase.quantity.start)[0]) : phrase.quantity.start]
    matches = list(_DENOMINATOR.finditer(before)) if _SHARE_WORDS.search(before) else []
    for match in reversed(matches):
        found = next(group for group in match.groups() if group)
        tail = before[match.end() :]
        if match["able"] and not tail.startswith(phrase.before[-1:]) and "，" in tail:
            continue
        return found.replace(BRACKET, "").strip("，,、")
    bare = phrase.before.replace(BRACKET, "").strip("，,、")
    return clean(bare) if phrase.compared is None and bare.startswith("新增和更新") else None


def statistic_of(phrase: Phrase) -> str | None:
    """年均, 累计 … before the figure."""
    match = _STATISTIC.search(phrase.before)
    return match[0] if match else None


def period_of(phrase: Phrase) -> str | None:
    """The period the figure is counted in: 全年, 每季度, 2023—2024年内."""
    match = _PERIOD.search(phrase.before)
    return match[0] if match else None
