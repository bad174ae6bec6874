"""Which indicator answers a printed target: proposed by the wording, with the reason; a person confirms.

A phrase of an indicator's ``answers`` fits when each of its words is found: in the target's own words, before them in
the sentence, or further up in the measure (docs/bindings.md says what each place is worth and why).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from lantian.indicators.wording import Word, factor, normal, phrase, published, residue, sorts, uncounted
from lantian.reading.grammar.targets.words import words as reading_words
from lantian.reading.model import Measure, Plan, Target
from lantian.registers import Label

How = Literal["indicator", "external", "unbound"]
AreaLevel = Literal["street", "district", "city"]

ENOUGH = 0.72  # below it nothing is proposed
APART = 0.03  # two indicators closer than this fit equally well
_OWN, _SENTENCE, _BEFORE, _TASK = 1.0, 0.85, 0.65, 0.6
_PER_WORD = 0.04  # a phrase of more words says more
_STRANGE = 0.9  # what an unexplained subject costs when words had to be looked for further up
_NUMERIC = frozenset({"level", "change", "count", "rate", "rank"})
_STOPS = re.compile(r"[。；;！？\n]")
_TOPIC = re.compile(r"(?:中|(?<!以)内|里|方面)[，,]\Z|[：:]\Z")
_ACTOR = re.compile(r"[^，,、]{2,16}?(?:企业|单位|机构|工地|园区|场站)(?=完成|开展|实施|推进|落实|新建|建成)")
_WHOSE = re.compile(
    r"[全各]市|(?:各|其中|其他|其余|全)?[^，,、]{0,8}?(?:街道|镇|乡|地区|区县|区|县)(?:[（(]乡镇[)）])?"
)
_DOWN = re.compile("下降|降低|减少|压减|削减|改善")
_STREET = re.compile(r"(?:街道|镇|乡|地区)\Z")
_STREETS = re.compile("街道|乡镇|镇街|各镇")
_DISTRICTS = re.compile("各区|区县|县区|各县|各市")
_OF_PLAN: Mapping[str, AreaLevel] = {"municipal": "city", "district": "district", "town": "street"}
_SAID = {"street": Label("街道", "street"), "district": Label("区", "district"), "city": Label("市", "city")}


class Answering(Protocol):
    """What binding needs to know of an indicator (`lantian.indicators.headers.Indicator` has it)."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> Label: ...
    @property
    def unit(self) -> str: ...
    @property
    def better(self) -> str: ...
    @property
    def answers(self) -> tuple[str, ...]: ...
    @property
    def forbids(self) -> tuple[str, ...]: ...
    @property
    def statistic(self) -> str: ...
    @property
    def levels(self) -> tuple[AreaLevel, ...]: ...


class Catalogue(Protocol):
    """Indicators by their names."""

    @property
    def indicators(self) -> Mapping[str, Answering]: ...


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for one target.

    ``compare``: the target is held against the indicator's ``value``, or against its ``change`` since the year before.
    ``factor`` brings the target's figure into the indicator's unit. ``level``: the figures of which areas it is about.
    """

    how: How
    indicator: str | None
    score: float
    why: Label
    compare: Literal["value", "change"] = "value"
    factor: float = 1.0
    level: AreaLevel | None = None


@dataclass(frozen=True, slots=True)
class _Places:
    """Where words of a phrase are looked for, the nearest first."""

    own: str
    sentence: str
    before: str
    task: str

    def find(self, item: Word) -> float:
        """What the place is worth where the word stands; 0: nowhere."""
        for text, worth in ((self.own, _OWN), (self.sentence, _SENTENCE), (self.before, _BEFORE), (self.task, _TASK)):
            if item.pattern.search(text):
                return worth
            if item.own:
                return 0.0
        return 0.0


@dataclass(frozen=True, slots=True)
class _Fit:
    score: float
    indicator: Answering
    words: tuple[Word, ...]
    further: tuple[str, ...]


def propose(plan: Plan, measure: Measure, target: Target, indicators: Catalogue) -> Proposal:
    """The indicator that answers a target, or why none does.

    Targets that a letter from above sets are ``external``; so are figures that another body publishes, where no
    indicator of ours counts them. Papers and rhythms are ``unbound``: they are proved, not counted.
    """
    if target.kind == "external":
        return Proposal("external", None, 1.0, Label("数值由上级另行下达", "the figure is set by a letter from above"))
    if target.kind == "deliverable":
        return _unbound("成果类任务，以文件作佐证材料", "a paper to be written: proved by the paper itself")
    if target.kind == "cadence":
        return _unbound("频次类任务，按报告期填报", "a rhythm to be kept: reported every period")
    places = _places(measure, target)
    fits = sorted(
        _fits(target, places, indicators.indicators.values()), key=lambda fit: (-fit.score, fit.indicator.name)
    )
    best = _most_particular(fits)
    if best is not None and best.score >= ENOUGH:
        rivals = [fit for fit in fits if fit is not best and fit.score - best.score > -APART and not _within(fit, best)]
        if rivals:
            return _tied(best, rivals[0])
        return _other_base(plan, target, best) or _bound(plan, target, best)
    if (publisher := published(places.own)) is not None:
        return Proposal("external", None, 0.5, publisher)
    return _nothing(target, places, best, indicators.indicators.values())


def numeric(target: Target) -> bool:
    """Whether a target prints a figure of its own."""
    return target.kind in _NUMERIC and target.value is not None


def _places(measure: Measure, target: Target) -> _Places:
    text = measure.measure
    start, end = target.span or (text.find(target.text), text.find(target.text) + len(target.text))
    start = max(start, 0)
    began = max((mark.end() for mark in _STOPS.finditer(text, 0, start)), default=0)
    lead = text[began:start]
    own = target.text if target.subject in target.text else f"{target.subject} {target.text}"
    *clauses, last = re.split(r"(?<=[，,：:])", lead) if lead else [""]
    if not last and clauses and _TOPIC.search(clauses[-1]):
        own = clauses[-1] + own
    shared = ""
    if any(item is not target and item.text == target.text for item in measure.targets):
        own, shared = target.subject, target.text  # one text for several targets: only the subject tells them apart
    others = [item for item in measure.targets if numeric(item) and item.text != target.text and item.span]
    lender = _lender(target, others, began, start)
    if lender is not None and not _says_more(target):
        own = lender.text + own
    if target.unit and len(target.unit) > 1:
        own = own.replace(target.unit, "")  # the month of “吨/平方公里·月” is no monthly figure
    blank = text
    for item in others:
        if item is not lender:
            blank = _blanked(blank, item)
    after = _STOPS.search(text, end)
    tail = blank[end : after.start() if after else len(text)]
    return _Places(normal(own), normal(blank[began:start] + shared + tail), normal(blank[:began]), normal(measure.task))


def _lender(target: Target, others: Sequence[Target], began: int, start: int) -> Target | None:
    """The figure before, which says what this one is, where this one only says whose (其中东街道控制在4吨).

    A figure that says more than whose (其中国三1200辆) is a part of the one before, not the same figure.
    """
    if _says_more(target) and not (target.kind == "count" and target.subject.endswith("完成")):
        return None
    before = [item for item in others if item.span and began <= item.span[0] < start and item.unit == target.unit]
    return next((item for item in reversed(before) if _says_more(item)), None)


def _says_more(target: Target) -> bool:
    """Whether a subject says more than streets and districts."""
    said = target.subject
    for name in sorted(target.scope, key=len, reverse=True):
        said = said.replace(name, "")
    return bool(re.sub(r"\W", "", _WHOSE.sub("", said)))


def _blanked(text: str, other: Target) -> str:
    """The text without another figure's words; who acts at its head acts in the whole sentence (石化企业…)."""
    low, high = other.span or (0, 0)
    actor = _ACTOR.match(text, low, high)
    if actor and (low == 0 or _STOPS.match(text[low - 1])):
        low = actor.end()
    return text[:low] + " " * (high - low) + text[high:]


def _fits(target: Target, places: _Places, indicators: Iterable[Answering]) -> Iterator[_Fit]:
    for indicator in indicators:
        if not _comparable(target, indicator):
            continue
        if any(item.pattern.search(places.own) for text in indicator.forbids for item in phrase(text)):
            continue
        found = [fit for text in indicator.answers if (fit := _fit(target, places, indicator, phrase(text)))]
        if found:
            yield max(found, key=lambda fit: fit.score)


def _most_particular(fits: Sequence[_Fit]) -> _Fit | None:
    """The best fit; one that asks for the same words and more comes before it (水泥 … before any machine)."""
    best = fits[0] if fits else None
    for fit in fits[1:]:
        if best is not None and fit.score >= ENOUGH and _within(best, fit):
            best = fit
    return best


def _within(one: _Fit, other: _Fit) -> bool:
    """Whether every word of one stands among the other's, which has more."""
    return {item.text for item in one.words} < {item.text for item in other.words}


def _fit(target: Target, places: _Places, indicator: Answering, words: tuple[Word, ...]) -> _Fit | None:
    worth = [places.find(item) for item in words]
    if not words or not all(worth) or _OWN not in worth:
        return None
    further = tuple(item.text for item, value in zip(words, worth, strict=True) if value < _OWN)
    score = sum(worth) / len(worth)
    strange = residue(target.subject, words, indicator.title.zh)
    score *= 1 - strange * (_STRANGE if further else 0.25)
    return _Fit(score + _PER_WORD * (len(words) - 1), indicator, words, further)


def _comparable(target: Target, indicator: Answering) -> bool:
    """Whether the figures could be held against each other at all: unit, change or level, direction."""
    changes = indicator.statistic == "change"
    if target.kind == "rank":
        return "rank" in sorts(indicator.unit)
    if target.kind == "change":
        wanted = "lower" if (target.value or 0) < 0 else "higher"
        return indicator.better in (wanted, "none") and (changes or target.unit in ("%", "％", "个百分点"))
    if target.kind == "direction":
        wanted = "lower" if _DOWN.search(target.text) else "higher"
        return changes or indicator.better == wanted
    if changes:
        return False
    if target.kind == "universal":
        return "share" in sorts(indicator.unit) or indicator.better == "lower"
    if target.kind == "ratio_rule":
        return indicator.unit == "倍"
    return bool(sorts(target.unit or "名") & sorts(indicator.unit))


def level_of(plan: Plan, target: Target) -> AreaLevel:
    """The areas whose figures a target is about: those it names, each street or district, or the whole plan's."""
    named = [name for name in target.scope if not reading_words("local_area").fullmatch(name)]  # 城镇地区 is no street
    if any(_STREET.search(name) for name in named):
        return "street"
    each = target.applies in ("each", "both")
    if each and _STREETS.search(target.text):
        return "street"
    if named and plan.level in ("municipal", "provincial", "national"):
        return "district"
    if each and _DISTRICTS.search(target.text):
        return "district"
    return _OF_PLAN.get(plan.level, "city")


def _bound(plan: Plan, target: Target, fit: _Fit) -> Proposal:
    words = "、".join(f"“{item.text.split('|')[0]}”" for item in fit.words)
    english = ", ".join(f"“{item.text.split('|')[0]}”" for item in fit.words)
    above = "、".join(f"“{text.split('|')[0]}”" for text in fit.further)
    title = fit.indicator.title
    zh = f"措辞含{words}，与指标“{title.zh}”相符"
    en = f"the wording has {english}, as the indicator “{title.en}” asks"
    if above:
        zh, en = f"{zh}（{above}取自上文）", f"{en} ({above} stand further up)"
    compare: Literal["value", "change"] = "value"
    if target.kind in ("change", "direction") and fit.indicator.statistic != "change":
        compare = "change"
        zh, en = f"{zh}；按同比变化判定", f"{en}; judged by its change since the year before"
    level = level_of(plan, target)
    if fit.indicator.levels and level not in fit.indicator.levels:
        zh, en = f"{zh}；该指标不分{_SAID[level].zh}计算", f"{en}; it is not computed by {_SAID[level].en}"
    times = 1.0
    if target.unit and compare == "value" and target.kind != "rank":
        times = factor(target.unit, fit.indicator.unit)
    return Proposal(
        "indicator", fit.indicator.name, round(min(fit.score, 1.0), 3), Label(zh, en), compare, times, level
    )


def _other_base(plan: Plan, target: Target, fit: _Fit) -> Proposal | None:
    """A change since another year than the last: our changes are since the year before, and say nothing of it."""
    base = target.baseline
    if target.kind != "change" or not isinstance(base, int) or plan.year is None or base == plan.year - 1:
        return None
    title = fit.indicator.title
    return _unbound(
        f"与{base}年比较，“{title.zh}”只与上年同期比较，请填报",
        f"the change is since {base}, “{title.en}” compares with the year before: report the figure",
    )


def _tied(best: _Fit, rival: _Fit) -> Proposal:
    one, other = best.indicator.title, rival.indicator.title
    return _unbound(
        f"“{one.zh}”与“{other.zh}”同样相符，请人工选定",
        f"“{one.en}” and “{other.en}” fit equally well: a person chooses",
    )


def _nothing(target: Target, places: _Places, best: _Fit | None, indicators: Iterable[Answering]) -> Proposal:
    if best is not None:
        title = best.indicator.title
        return _unbound(
            f"最接近的是“{title.zh}”，但措辞只有一部分相符",
            f"“{title.en}” comes nearest, but fits only a part of the wording",
        )
    fitting = (item for item in indicators if not _comparable(target, item))
    other = next(
        (item for item in fitting if any(_fit(target, places, item, phrase(text)) for text in item.answers)), None
    )
    if other is not None:
        return _unbound(
            f"“{other.title.zh}”说的是同一件事，但计量方式不同（{other.unit}），请改为填报",
            f"“{other.title.en}” speaks of the same, but counts otherwise ({other.unit}): report the figure",
        )
    if (reason := uncounted(places.own)) is not None:
        return Proposal("unbound", None, 0.0, reason)
    return _unbound("没有指标计算这一数值，请按报告期填报", "no indicator counts this figure: report it every period")


def _unbound(zh: str, en: str) -> Proposal:
    return Proposal("unbound", None, 0.0, Label(zh, en))
