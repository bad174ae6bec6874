"""Who owes whom what, how often: proposed from a measure's wording for the register of deliveries (通报与移送)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lantian.indicators.wording import table
from lantian.reading.model import Measure

_SENTENCE = re.compile(r"[^。；;]+[。；;]?")
_CLAUSE = re.compile(r"[，,]")
# How often, by the words of plans; a rhythm that is only called regular (定期) is asked for, not guessed.
_EVERY = (
    ("每月", re.compile("每月|按月|月度")),
    ("每季度", re.compile("每季度|按季度?|季度")),
    ("每半年", re.compile("每半年|半年")),
    ("每年", re.compile("每年|(?<!上)年度")),
    ("随时", re.compile("及时|实时|立即|随时")),
)
# A system, a rule or a measure that only speaks of deliveries, and what was delivered before.
_SPOKEN_OF = re.compile("(?:机制|制度|模式|平台|措施)[^，,]*$|已移交|移交工作|推送问题")
# 移交给甲 · 通报甲 · 向甲推送 · 与甲共享: the name ends where a unit's name ends.
_ENDS = r"(?:局|委|办|部门|单位|政府|街道[（(]乡镇[）)]|街道办事处|街道|乡镇|大队|支队|社会)"
_TO = (
    re.compile(rf"(?:移交|移送|推送|反馈|通报)(?:给|至|到)?(?P<to>[^，,的、向与给]{{1,20}}?{_ENDS})"),
    re.compile(
        rf"[向与给](?P<to>[^，,的向与给]{{0,40}}?{_ENDS})(?:依法)?(?:推送|通报|反馈|共享|移交|移送|公开|公布|公示)"
    ),
)


@dataclass(frozen=True, slots=True)
class Owed:
    """One delivery that a measure asks for.

    ``kind`` and ``every`` are choices of the register ``delivery_duty`` (``every`` empty: the print does not say);
    ``receiver`` is as printed, empty where nobody is named; ``senders`` are the units that lead the measure.
    """

    kind: str
    what: str
    senders: tuple[str, ...]
    receiver: str
    every: str


def owed(measure: Measure) -> Iterator[Owed]:
    """The deliveries that a measure asks for, in printed order: one for a clause, one of a kind for a sentence."""
    senders = tuple(measure.units("lead") or measure.units("responsible"))
    for sentence in _SENTENCE.findall(measure.measure):
        said: set[str] = set()
        for row in table("deliveries"):
            found = re.search(row["pattern"], sentence)
            clause = _clause(sentence, found.start()) if found else ""
            if not clause or clause in said or _SPOKEN_OF.search(clause.rstrip("。；;")):
                continue
            said.add(clause)
            every = next((word for word, pattern in _EVERY if pattern.search(clause)), "")
            yield Owed(row["kind"], clause.strip("，,。；; "), senders, _receiver(clause, row["pattern"]), every)


def _clause(sentence: str, at: int) -> str:
    """The clause around a place of a sentence."""
    begin = max((mark.end() for mark in _CLAUSE.finditer(sentence, 0, at)), default=0)
    end = _CLAUSE.search(sentence, at)
    return sentence[begin : end.start() if end else len(sentence)]


def _receiver(clause: str, words: str) -> str:
    for pattern in _TO:
        found = pattern.search(clause)
        if found is not None and re.search(words, found[0]) and "排名" not in found["to"]:
            return found["to"]
    return ""
