"""Targets about a rank: 退出后30名 (counted from the worst), 进入前20; 减少…进入后十 has only a direction."""

from __future__ import annotations

import re

from lantian.reading.grammar.targets.context import Context
from lantian.reading.grammar.targets.scopes import applies_to, scope_of, without_places
from lantian.reading.grammar.targets.subjects import clean
from lantian.reading.model import Target
from lantian.reading.numerals import amount

_NUMBER = r"(?P<n>\d{1,3}|[一二三四五六七八九十]{1,3})"
_OUT_OF_WORST = re.compile(
    r"(?P<verb>退出|不进入|不再进入|未进入|不在|不列|脱离|摆脱|跳出|避免进入|不落入|不得进入|防止进入"
    rf"|减少[^，。；]{{1,30}}进入)[^，。；]{{0,16}}?(?:后|倒数|末尾?|排名靠后)第?{_NUMBER}(?P<unit>名|位|个)?"
)
_AMONG_BEST = re.compile(
    rf"(?P<verb>进入|跻身|位居|位列|排名|保持在?|达到|力争|稳定在|列)[^，。；]{{0,12}}?前{_NUMBER}(?:(?P<unit>名|位)|强)?"
    r"(?!的|[一二三四五六七八九十\d]|季度|年|个?月|期|款|项|分之|%)"
)
_EDGE = re.compile(r"[\s，,、。；;：:]*")
_STATISTIC = re.compile(r"年均|月均|日均|季均|累计|平均")


def find_ranks(context: Context) -> list[Target]:
    """All targets about ranks. 退出后N → ``>`` N from the worst; 进入前N → ``<=`` N from the best."""
    masked = context.masked
    found: list[Target] = []
    for pattern, worst in ((_OUT_OF_WORST, True), (_AMONG_BEST, False)):
        for match in pattern.finditer(masked.view):
            value = int(match["n"]) if match["n"].isdecimal() else int(amount(match["n"]) or 0)
            if not value:
                continue
            fewer = match["verb"].startswith("减少")
            start = max(masked.clause(match.start())[0], match.start() - 60)
            start = min(_EDGE.match(masked.view, start).end(), match.start())  # type: ignore[union-attr]
            what = match["verb"][2:-2] if fewer else masked.view[start : match.start()]
            scope = scope_of(masked, match.start(), context.places)
            statistic = _STATISTIC.search(masked.view, start, match.end())
            found.append(
                Target(
                    text=masked.text[start : match.end()],
                    subject=without_places(clean(what), scope) or "排名",
                    kind="direction" if fewer else "rank",
                    comparator=None if fewer else (">" if worst else "<="),
                    value=None if fewer else value,
                    unit=None if fewer else match["unit"],
                    by=context.deadline(match.start()),
                    scope=scope,
                    sense="at_least" if worst and not fewer else "at_most",
                    applies=applies_to(masked, match.start(), counted=False, scope=scope, said=()),
                    strength=context.strength(match.end()),
                    statistic=statistic[0] if statistic else None,
                    span=(start, match.end()),
                )
            )
    return found
