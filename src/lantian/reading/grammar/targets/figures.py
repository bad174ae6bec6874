"""Targets with a figure: level, rate, count, change and rank, from the phrases around numerals."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Literal

from lantian.reading.grammar.targets.context import Context
from lantian.reading.grammar.targets.dates import DateMention, find_baseline
from lantian.reading.grammar.targets.details import (
    denominator_of,
    end_of,
    period_of,
    qualifier_of,
    span_of,
    statistic_of,
)
from lantian.reading.grammar.targets.masks import BRACKET, Masked
from lantian.reading.grammar.targets.numbers import Number, Quantity, find_quantities
from lantian.reading.grammar.targets.phrase import Phrase, head_falls, is_goal, is_ground, is_limit, read_phrase
from lantian.reading.grammar.targets.ranks import find_ranks
from lantian.reading.grammar.targets.scopes import applies_to, find_places, scope_of, without_places
from lantian.reading.grammar.targets.subjects import (
    clean,
    is_low,
    measures_alike,
    own_is_verb,
    own_subject,
    rates_behind_list,
    shares_alike,
    split_items,
    without_verb,
)
from lantian.reading.grammar.targets.words import words, words_at_end
from lantian.reading.model import Comparator, Sense, Target, TargetKind

_FLIP: dict[Comparator, Comparator] = {">=": "<=", ">": "<", "<=": ">=", "<": ">", "=": "=", "~": "~"}
_LIST_JOINT = re.compile(r"\x01{0,300}(?:、|和|与|及|以及)\Z")
_MORE = re.compile(r"(?:、|和)\d")
_WHOLE = {"人", "名", "个", "张", "家", "辆", "床", "次", "项", "件"}  # 3.2人 is a mean, not a number of people
_REACH = 240  # characters that a base year is carried over semicolons
_NAME_ONLY = re.compile(r"[，、；,;]\s?[^，。；,;、\d]{1,12}")
_THINGS = re.compile(r"(?:改造|治理|修复|整治|建设|造林|绿化|推广)面积\Z")
_KEPT = {"稳定在", "保持在", "维持在", "稳定到"}
_AIM = re.compile(r"(?:控制)?(?:目标值?|任务|要求|指标)\Z")
_FALL_VERB = re.compile(r"^(?:减少|削减|压减|降低|压降|节约|减排)")
_FRESH = re.compile(
    r"新增|新建|建成|完成|新改扩建|扩建|改造|退出|淘汰|化解|关停|治理|修复|恢复|推广|整治|造林|绿化|建设|铺设|种植|划定|供应|流转"
)


class Figures:
    """Reads the figures of one text. State only within one call: what came before decides lists and stretch goals."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.masked: Masked = context.masked
        self.places = context.places
        self.starts: list[int] = []
        self.last: tuple[int, str] = (-1, "")  # sentence and subject of the target before
        self.level: tuple[int, str | None] = (-1, None)  # end and unit of the target before, if it was a level
        self.falling = -1  # clause of the last 减少A300吨、B900吨: its verb governs the whole list

    def read(self) -> list[Target]:
        """All targets with a figure, in printed order."""
        ranks = find_ranks(self.context)
        taken = [target.span for target in ranks if target.span]
        found: list[Target] = []
        for run in self._runs(taken):
            found.extend(self._targets(run, found))
        return sorted([*found, *ranks], key=lambda target: target.span or (0, 0))

    def _runs(self, taken: list[tuple[int, int]]) -> Iterator[list[Phrase]]:
        kept = list(self._kept(taken))
        self.starts = [quantity.start for quantity in kept]
        run: list[Phrase] = []
        floor = 0
        for index, quantity in enumerate(kept):
            joined = bool(run) and self._joined(run[-1].quantity, quantity)
            if run and not joined:
                yield run
                run = []
            run.append(read_phrase(self.masked, quantity, floor, self._next(index)))
            floor = quantity.end
        if run:
            yield run

    def _kept(self, taken: list[tuple[int, int]]) -> Iterator[Quantity]:
        """The figures that are neither ranks nor limits nor where things stand."""
        before: Quantity | None = None
        for quantity in find_quantities(self.masked.figures):
            if any(start <= quantity.start < end for start, end in taken):
                continue
            if quantity.unit_class == "none" and not self._may_be_bare(quantity):
                continue
            phrase = read_phrase(self.masked, quantity, before.end if before else 0, len(self.masked.text))
            listed = before is not None and before.unit == quantity.unit and self._joined(before, quantity)
            if quantity.unit_class == "none" and not self._unitless(phrase):
                continue
            adjoins = before is not None and before.end == quantity.start
            follows = before is not None and self._elides(before.end, before.unit, phrase)
            if not (listed or follows) and (
                is_limit(phrase, self.masked, adjoins=adjoins) or is_ground(phrase, self.masked)
            ):
                continue
            if self.context.is_past(quantity.start):
                continue
            before = quantity
            yield quantity

    def _joined(self, first: Quantity, second: Quantity) -> bool:
        return _LIST_JOINT.match(self.masked.view[first.end : second.start]) is not None

    def _elides(self, end: int, unit: str | None, phrase: Phrase) -> bool:
        """干道控制在0.8克以内，支路1.2克以内: the figure before lends its verb to a name and a like figure."""
        between = self.masked.view[end : phrase.quantity.start]
        alone = not phrase.rest.strip("，。；,;、 ")
        return alone and unit == phrase.quantity.unit and _NAME_ONLY.fullmatch(between) is not None

    def _next(self, index: int) -> int:
        return self.starts[index + 1] if index + 1 < len(self.starts) else len(self.masked.text)

    def _may_be_bare(self, quantity: Quantity) -> bool:
        near = self.masked.view[max(0, quantity.start - 16) : quantity.start]
        more = _MORE.match(self.masked.figures, quantity.unit_end) is not None
        return more or words("unitless_subject").search(near) is not None

    def _unitless(self, phrase: Phrase) -> bool:
        if _MORE.match(self.masked.figures, phrase.quantity.unit_end):
            return True
        compared = phrase.compared not in (None, "=") or words("low_goal").search(phrase.before[-8:]) is not None
        return compared and words_at_end("unitless_subject").search(phrase.stem) is not None

    def _targets(self, run: list[Phrase], earlier: list[Target]) -> Iterator[Target]:
        first, last = run[0], run[-1]
        first.run = [item.quantity for item in run]
        if first.quantity.unit_class == "none" and last.quantity.unit is None and len(run) > 1:
            return
        listed = self._continues_list(first, earlier)
        lead = replace(first, quantity=replace(
            first.quantity, unit=last.quantity.unit, unit_class=last.quantity.unit_class, after=last.quantity.after
        )) if first.quantity.unit is None and len(run) > 1 else first  # fmt: skip
        lead.run = first.run
        last_end = earlier[-1].span[1] if earlier and earlier[-1].span else -1
        follows = last_end >= 0 and self._elides(last_end, earlier[-1].unit, lead)
        if not (is_goal(lead, self.masked, listed=listed or follows) or (lead.quantity.unit is None and len(run) == 1)):
            return
        if len(run) == 1 and self._stretches(lead, earlier):
            return
        if len(run) > 1:
            yield from self._distributed(lead, run)
            return
        base = self._target(lead, lead.quantity, inherit=earlier[-1] if listed else None)
        yield from (
            (replace(base, subject=item) for item in self._sharing(lead, base)) if base.kind != "count" else (base,)
        )

    def _sharing(self, lead: Phrase, base: Target) -> list[str]:
        """The indicators that share one figure: 安装率、对接率均达到95%, 双100%, 硫、氮排放量分别下降10%."""
        named = clean(lead.stem)
        items = rates_behind_list(named) or split_items(named)
        if lead.quantity.double:
            return items[-2:] if len(items) > 1 else [base.subject, base.subject]
        spoken = bool(lead.said & {"均", "都", "分别"}) or shares_alike(named)
        return items if spoken and len(items) > 1 and measures_alike(items) and not base.scope else [base.subject]

    def _continues_list(self, phrase: Phrase, earlier: list[Target]) -> bool:
        if not earlier or not earlier[-1].span or earlier[-1].unit != phrase.quantity.unit:
            return False
        gap = self.masked.text[earlier[-1].span[1] : phrase.quantity.start]
        if "\n" in gap or len(gap) > 60:
            return False
        name = phrase.stem.replace(BRACKET, "").strip("、，,；;：: 和及与。（(")
        name = re.sub(r"^其中[:：，,]?", "", name)
        for verb in ("完成", "不少于", "达到"):
            name = name.removesuffix(verb)
        return bool(name) and (
            name in self.places or name in self.context.units or find_places(name, self.places) == [name]
        )

    def _stretches(self, phrase: Phrase, earlier: list[Target]) -> bool:
        """“X，力争Y”: Y becomes the stretch of the target before it."""
        if not earlier or not words("strength_soft").search(phrase.before):
            return False
        last = earlier[-1]
        if last.span is None or last.unit != phrase.quantity.unit or phrase.quantity.double:
            return False
        gap = self.masked.text[last.span[1] : phrase.start].strip("，,、并")
        if gap or len(without_verb(clean(phrase.stem)).replace("并", "")) > 1 or phrase.start - last.span[1] > 3:
            return False
        value = -phrase.quantity.value if last.kind == "change" and (last.value or 0) < 0 else phrase.quantity.value
        end = end_of(self.masked, self.starts, phrase)
        start = last.span[0]
        earlier[-1] = replace(last, stretch=value, span=(start, end), text=self.masked.text[start:end])
        return True

    def _target(self, phrase: Phrase, quantity: Quantity, *, inherit: Target | None = None) -> Target:
        kind, value, top, comparator = self._measure(phrase, quantity)
        start, end = span_of(self.masked, self.starts, phrase, quantity)
        scope = scope_of(self.masked, quantity.start, self.places)
        if not scope and self._names_area(phrase):
            scope = (clean(phrase.stem),)
        if inherit is not None:
            subject = inherit.subject
            named = find_places(phrase.before.lstrip("、，,；;：: 和及与（("), self.places)
            scope = tuple(named) if named else (re.sub(r"^其中[:：，,]?", "", phrase.stem.strip("、，,；;：: （(")),)
            kind = inherit.kind if kind in ("count", "level", "rate") else kind
            if inherit.kind == "change" and (inherit.value or 0) < 0 and value > 0:
                kind, value, comparator = "change", -value, _FLIP[comparator]
        else:
            subject = self._subject(phrase, scope)
        self.last = (self.masked.sentence(quantity.start)[0], subject)
        if kind == "count" and self._part_of_level(phrase, quantity):
            kind = "level"
        self.level = (quantity.end, quantity.unit) if kind == "level" else (-1, None)
        counted = kind == "count"
        return Target(
            text=self.masked.text[start:end],
            subject=subject,
            kind=kind,
            comparator=comparator,
            value=value,
            value_max=top,
            unit=quantity.unit,
            baseline=self._baseline(phrase) if kind == "change" else None,
            by=self.context.deadline(quantity.start),
            scope=scope,
            qualifier=qualifier_of(self.masked, self.starts, phrase),
            sense=self._sense(kind, comparator, subject, value, phrase),
            applies=applies_to(self.masked, quantity.start, counted=counted, scope=scope, said=phrase.said),
            strength=self.context.strength(quantity.start),
            statistic=statistic_of(phrase),
            period=period_of(phrase),
            denominator=denominator_of(self.masked, phrase),
            span=(start, end),
        )

    def _measure(self, phrase: Phrase, quantity: Quantity) -> tuple[TargetKind, Number, Number | None, Comparator]:
        value, top, comparator = quantity.value, quantity.value_max, phrase.comparator
        falls = phrase.sign < 0 or self._head_falls(phrase)
        changes = falls or phrase.sign > 0
        unit_class = quantity.unit_class
        things = unit_class in ("count", "extent", "size")
        level = words_at_end("level_noun").search(phrase.stem) is not None
        if changes and (falls or not things or level or find_baseline(phrase.before) is not None):
            if falls:
                low = -value if top is None else -top
                return "change", low, None if top is None else -value, _FLIP[comparator]
            return "change", value, top, comparator
        if unit_class == "ratio":
            return "rate", value, top, comparator
        named = clean(phrase.stem)
        fresh = _FRESH.match(named) is not None and comparator not in ("<=", "<")
        fresh = fresh or (phrase.compared is None and _THINGS.search(named) is not None)
        stock = words_at_end("stock_noun").search(phrase.stem) is not None and phrase.compared is not None
        if words("per_head").search(phrase.stem) or (quantity.unit in _WHOLE and value != int(value)):
            return "level", value, top, comparator
        if _KEPT & phrase.said and unit_class in ("count", "extent", "size"):
            return "level", value, top, comparator
        if unit_class == "count":
            return ("level" if stock else "count"), value, top, comparator
        if unit_class in ("extent", "size"):
            doing = words("doing_verb").search(phrase.before) is not None
            doing = doing or (
                (quantity.unit or "").endswith("元") and words("funding_verb").search(phrase.stem) is not None
            )
            counted = fresh or (not level and (doing or phrase.compared is None))
            return ("count" if counted else "level"), value, top, comparator
        if unit_class == "rate" and fresh:
            return "count", value, top, comparator
        return "level", value, top, comparator

    def _baseline(self, phrase: Phrase) -> int | Literal["previous_year"] | None:
        """What a change is compared with: 压减100万吨 only by its own clause, 下降5% also by words before in the
        sentence, and by a base year before a semicolon."""
        start, view = phrase.quantity.start, self.masked.view
        sentence = self.masked.sentence(start)[0]
        if phrase.sign == 0:
            return find_baseline(view[self.masked.clause(start)[0] : start])
        found = find_baseline(view[sentence:start])
        while found is None and sentence and view[sentence - 1] in "；;" and start - sentence < _REACH:
            sentence = self.masked.sentence(sentence - 1)[0]
            earlier = find_baseline(view[sentence:start])
            found = earlier if isinstance(earlier, int) else None
        return found

    def _part_of_level(self, phrase: Phrase, quantity: Quantity) -> bool:
        """规模达到500万千瓦，其中新型300万千瓦: a part without a verb of its own is of the same kind as its whole."""
        end, unit = self.level
        follows = end >= 0 and quantity.unit == unit and phrase.start - end < 4
        own = phrase.before.strip("，,；; ")
        return follows and own.startswith("其中") and words("doing_verb").search(own) is None

    def _head_falls(self, phrase: Phrase) -> bool:
        clause = self.masked.clause(phrase.quantity.start)[0]
        if head_falls(phrase):
            self.falling = clause
            return True
        return self.falling == clause and phrase.before.startswith("、") and phrase.compared is None and not phrase.sign

    def _sense(self, kind: TargetKind, comparator: Comparator, subject: str, value: Number, phrase: Phrase) -> Sense:
        if kind == "change":
            return "at_most" if value < 0 or comparator in ("<=", "<") else "at_least"
        if comparator in ("<=", "<"):
            return "at_most"
        if comparator in (">=", ">") or phrase.compared == ">=":
            reached = kind == "level" and is_low(subject) and phrase.said & {"达到", "达"}
            return "at_most" if reached and phrase.quantity.after is None else "at_least"
        low = kind in ("level", "rate") and (is_low(subject) or "控制在" in phrase.said)
        return "at_most" if low else "at_least"

    def _distributed(self, lead: Phrase, run: list[Phrase]) -> Iterator[Target]:
        count = len(run)
        sentence = self.masked.sentence(lead.quantity.start)[0]
        named = clean(lead.stem)
        places = [p for p in (find_places(self.masked.view[s : lead.quantity.start], self.places)
                  for s in (self.masked.clause(lead.quantity.start)[0], sentence)) if len(p) == count]  # fmt: skip
        years = [m for m in self.context.mentions if sentence <= m.start < lead.quantity.start]
        subjects: list[str] = [] if places else split_items(named, count)
        if subjects and all(re.fullmatch(r".{0,3}20\d\d年?", item) for item in subjects):
            subjects = []
        template = self._target(lead, lead.quantity)
        last = run[-1].quantity
        shared = None if any(phrase.quantity.after for phrase in run[:-1]) else last.after
        for index, phrase in enumerate(run):
            own = phrase.quantity
            quantity = own if own.unit else replace(own, unit=last.unit, unit_class=last.unit_class)
            own_words = replace(lead, quantity=replace(quantity, after=quantity.after or shared))
            kind, value, top, comparator = self._measure(own_words, own_words.quantity)
            item = replace(
                template, kind=kind, value=value, value_max=top, comparator=comparator, unit=quantity.unit,
                span=((template.span or (0, 0))[0], end_of(self.masked, self.starts, run[-1])),
            )  # fmt: skip
            item = replace(item, text=self.masked.text[slice(*(item.span or (0, 0)))])
            if places:
                item = replace(item, scope=(places[0][index],), applies="owner")
            elif subjects:
                item = replace(item, subject=subjects[index])
            elif len(years) >= count and len(self._year_list(years, count)) == count:
                item = replace(item, by=self._year_list(years, count)[index].when)
            yield replace(item, sense=self._sense(kind, comparator, item.subject, value, lead))

    def _year_list(self, years: list[DateMention], count: int) -> list[DateMention]:
        chain = years[-count:]
        gaps = [self.masked.view[a.end : b.start] for a, b in pairwise(chain)]
        return chain if all(re.fullmatch(r"[、和与及，,到至]{0,3}", gap) for gap in gaps) else []

    def _subject(self, phrase: Phrase, scope: tuple[str, ...]) -> str:
        own = without_places(own_subject(phrase), scope)
        if own in scope:
            head = _AIM.sub("", clean(phrase.head))
            return without_verb(head) or head or self.last[1] or own
        if head_falls(phrase):
            return _FALL_VERB.sub("", own) or own
        verb = own if own_is_verb(own) else ""
        own = without_verb(own)
        if own:
            return own
        sentence = self.masked.sentence(phrase.quantity.start)[0]
        earlier = self._earlier_subject(phrase) or (self.last[1] if self.last[0] == sentence else "")
        if verb not in ("", "完成", "实现", "力争") and "其中" in phrase.before + self._lead(phrase):
            return verb + earlier
        return earlier or re.sub(r"^(?:完成|实现)(?=.)", "", verb)

    def _names_area(self, phrase: Phrase) -> bool:
        """城区95%、农村60%: the words before the figure are an area and nothing else."""
        return words("local_area").fullmatch(clean(phrase.stem)) is not None

    def _lead(self, phrase: Phrase) -> str:
        clause = self.masked.clause(phrase.quantity.start)[0]
        return self.masked.view[clause : clause + 3]

    def _earlier_subject(self, phrase: Phrase) -> str:
        """Where the clause names nothing (累计分别完成6台), the clause before it in the sentence does."""
        clause = self.masked.clause(phrase.quantity.start)[0]
        if clause <= self.masked.sentence(phrase.quantity.start)[0]:
            return ""
        start, end = self.masked.clause(clause - 1)
        index = bisect_right(self.starts, start)
        if index < len(self.starts):
            end = max(start, min(end, self.starts[index]))
        words_before = self.masked.view[start:end]
        scope = find_places(words_before, self.places)
        return without_verb(clean(without_places(words_before.strip("，,：: "), tuple(scope))))
