"""What was counted: figures of a passage with their unit, whether they are the period's or cumulative, and whose goal.

A figure belongs to a goal by its unit, among several of one unit by the words before it. What stands beside 目标, 同期
or 剩余 is no progress; what is neither the period's nor cumulative by its words counts as cumulative and says so.
Nothing is guessed where two goals fit equally: that is a problem for a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from lantian.apps.supervision.incoming.model import Count, Goal, Item, Problem
from lantian.apps.supervision.incoming.words import doubt, pattern, plain, unit_form, units_known
from lantian.reading.numerals import amount

_SCALE = {"": 1, "万": 10_000, "亿": 100_000_000}
_NUMBER = r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[+-]?\d{1,15}(?:\.\d{1,6})?|[一二两三四五六七八九十百]{1,5}"
_BREAK = re.compile(r"[。;!\n]")
_CLAUSE = re.compile(r"[,、:()]")
_NO_COUNT = re.compile(r"^(年|月|日|号|时|点|:|/\d|-\d|是|届|批次?$|期)")
_ALONE = re.compile(rf"^\s*({_NUMBER})\s*(万|亿)?\s*([^\d,，。;；]{{0,12}})\s*$")
_SO_FAR = re.compile(r"(\d+(?:\.\d+)?)/\d+(?:\.\d+)?(?=[一-鿿])")  # 8/10台
_LETTERS = 14  # before a figure that say what it counts


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a passage: value multiplied out, unit in common form, role period|cumulative|"" and its words."""

    value: Decimal
    unit: str
    role: str
    before: str
    text: str
    carried: str = ""  # the role of the figure before it in the sentence, where its own clause says none


def count(item: Item, goals: Sequence[Goal]) -> tuple[list[Count], list[Problem]]:
    """The counts of a row and what is doubtful about them: own columns first, else the words."""
    countable = [goal for goal in goals if goal.unit]
    counts: dict[str, Count] = {}
    problems: list[Problem] = []
    for column, role in (("period", "period"), ("cumulative", "cumulative")):
        text = getattr(item, column)
        if text:
            _count_cell(text, role, item, countable or list(goals), counts, problems)
    if not item.period and not item.cumulative:
        _count_words(item.progress, countable, counts, problems)
    elif counts:
        _complete(item, countable, counts)
    return list(counts.values()), problems


def _complete(item: Item, goals: Sequence[Goal], counts: dict[str, Count]) -> None:
    """What the words say beside one column of figures: 4月进展 64辆 | 累计 374. A column is never overruled."""
    said: dict[str, Count] = {}
    doubts: list[Problem] = []
    bare = alone(item.progress) is not None
    _count_words(item.progress, goals, said, doubts, "period" if bare and not item.period else "")
    for key, found in said.items():
        entry = counts.get(key)
        if entry is not None and not item.period and entry.period is None:
            entry.period = found.period
        if entry is not None and not item.cumulative and entry.cumulative is None and not doubts:
            entry.cumulative = found.cumulative


def alone(text: str) -> tuple[Decimal, str] | None:
    """The figure that a cell is, with the unit written beside it: 8, 8台, 1.2万吨; None for anything else."""
    match = _ALONE.match(plain(text))
    if match is None:
        return None
    value = _value(match[1])
    return None if value is None else (value * _SCALE[match[2] or ""], match[3].strip())


def _value(text: str) -> Decimal | None:
    if text[-1].isdigit():
        return Decimal(text.replace(",", ""))
    return amount(text)


def _count_cell(
    text: str, role: str, item: Item, goals: Sequence[Goal], counts: dict[str, Count], problems: list[Problem]
) -> None:
    if plain(text) in ("/", "-", "--", "无", "—"):
        return
    if item.marks.get(role) == "merged":
        problems.append(doubt("merged", role))
        return
    found = alone(text)
    if found is None:
        several = list(figures(text, [goal.unit for goal in goals]))
        if several:
            _count_words(text, goals, counts, problems, role)
        else:
            problems.append(doubt("no_number", role, text=text))
        return
    value, unit = found
    goal = _goal_of_cell(unit, item.goal, goals)
    if goal is None:
        problems.append(_no_goal(text, unit, goals, role))
        return
    entry = counts.setdefault(goal.key, Count(goal.key))
    setattr(entry, role, value)
    entry.text = entry.text or text


def _no_goal(text: str, unit: str, goals: Sequence[Goal], role: str) -> Problem:
    if not goals:
        return doubt("no_target", role, text=text)
    units = "、".join(dict.fromkeys(goal.unit for goal in goals if goal.unit))
    if unit and unit_form(unit) not in {unit_form(goal.unit) for goal in goals}:
        return doubt("unit_differs", role, unit=unit, units=units)
    return doubt("which_target", role, text=text)


def _goal_of_cell(unit: str, printed: str, goals: Sequence[Goal]) -> Goal | None:
    fitting = [goal for goal in goals if not unit or not goal.unit or unit_form(goal.unit) == unit_form(unit)]
    if len(fitting) > 1 and printed:
        named = [goal for goal in fitting if goal.text and plain(goal.text) in plain(printed)]
        fitting = named or fitting
    return _only(fitting)


def _only(goals: Sequence[Goal]) -> Goal | None:
    """The one goal, or of several the one for which the unit has a figure of its own."""
    if len(goals) > 1:
        goals = [goal for goal in goals if goal.own]
    return goals[0] if len(goals) == 1 else None


def _count_words(
    text: str, goals: Sequence[Goal], counts: dict[str, Count], problems: list[Problem], role: str = ""
) -> None:
    by_goal: dict[str, list[Figure]] = {}
    for figure in figures(text, [goal.unit for goal in goals]):
        fitting = [goal for goal in goals if unit_form(goal.unit) == figure.unit]
        if not fitting:
            continue
        goal = fitting[0] if len(fitting) == 1 else _nearest(figure, fitting)
        if goal is None:
            problems.append(_no_goal(figure.text, "", goals, "progress"))
        else:
            by_goal.setdefault(goal.key, []).append(figure)
    for goal in goals:
        _settle(goal, by_goal.get(goal.key, []), role, counts, problems)


def _settle(goal: Goal, found: Sequence[Figure], role: str, counts: dict[str, Count], problems: list[Problem]) -> None:
    """The period's and the cumulative figure of one goal; of several of one kind the one whose words name the goal."""
    chosen: dict[str, Figure] = {}
    several = sum(not figure.role for figure in found) > 1
    for figure in found:
        kind = role or figure.role or (figure.carried if several else "")
        if kind not in chosen or _nearness(figure, goal) > _nearness(chosen[kind], goal):
            chosen[kind] = figure
    plainly = chosen.pop("", None)
    if plainly is not None and "cumulative" not in chosen and not ("period" in chosen and not _nearness(plainly, goal)):
        chosen["cumulative"] = plainly
        if not goal.level:
            problems.append(doubt("which_span", "cumulative", text=plainly.text))
    elif plainly is not None and "period" not in chosen and found.index(plainly) < found.index(chosen["cumulative"]):
        chosen["period"] = plainly  # 完成3台，累计8台
    if goal.level and "cumulative" not in chosen and "period" in chosen:
        chosen["cumulative"] = chosen.pop("period")  # what is not added up month by month: how it stands now
    for kind, figure in chosen.items():
        entry = counts.setdefault(goal.key, Count(goal.key))
        setattr(entry, kind, figure.value)
        entry.text = "；".join(filter(None, (entry.text, figure.text)))


def _nearest(figure: Figure, goals: Sequence[Goal]) -> Goal | None:
    ranked = sorted(goals, key=lambda goal: -_nearness(figure, goal))
    first, second = _nearness(figure, ranked[0]), _nearness(figure, ranked[1])
    return ranked[0] if first > second else _only([goal for goal in ranked if _nearness(figure, goal) == first])


def _nearness(figure: Figure, goal: Goal) -> float:
    """How many of the goal's letters the words before the figure name, by pairs."""
    subject = plain(goal.subject or goal.text)
    pairs = {subject[at : at + 2] for at in range(len(subject) - 1)}
    return sum(pair in figure.before for pair in pairs) / len(pairs) if pairs else 0.0


def figures(text: str, units: Sequence[str]) -> Iterator[Figure]:
    """The figures of a passage that carry one of ``units`` (or another spelling of it), with their role."""
    wanted = frozenset(unit_form(unit) for unit in units if unit)
    if not wanted:
        return
    for sentence in _BREAK.split(_SO_FAR.sub(r"\1", plain(text.replace("\n", "。")))):
        role, carried, after = "", "", 0
        for match in _with_units(wanted).finditer(sentence):
            if match.start() and sentence[match.start() - 1] in "第.":
                continue
            value = _value(match[1])
            if value is None or _NO_COUNT.match(sentence[match.end(1) :]):
                continue
            start = max([after, *(cut.end() for cut in _CLAUSE.finditer(sentence, after, match.start()))])
            clause = sentence[start : match.start()] or sentence[after : match.start()]
            said = _role(clause)
            carried = role or carried
            if said is not None or "," in sentence[after : match.start()]:
                role = said or ""  # 累计检查工地20个、裸地5块 goes on; after a comma something else may begin
            after = match.end()
            if role == "skip":
                role = carried = ""
                continue
            before = sentence[max(0, match.start() - _LETTERS) : match.start()]
            yield Figure(
                value * _SCALE[match[2] or ""], unit_form(match[3]), role, before, match[0], "" if role else carried
            )


def _role(clause: str) -> str | None:
    """What the words of a clause make of its figure; of several words the last."""
    last: tuple[int, str] | None = None
    for name in ("cumulative", "period", "skip"):
        for match in pattern(f"roles.{name}").finditer(clause):
            if last is None or match.start() >= last[0]:
                last = match.start(), name
    return last[1] if last else None


@lru_cache(maxsize=512)
def _with_units(wanted: frozenset[str]) -> re.Pattern[str]:
    spellings = {name for name in units_known() if unit_form(name) in wanted} | wanted
    spellings |= {f"{name}次" for name in spellings if name.isalpha() and not name.endswith("次")}
    ends = "|".join(re.escape(name) for name in sorted(spellings, key=lambda name: (-len(name), name)))
    return re.compile(rf"(?<![\da-z.])({_NUMBER})(万|亿)?(?:余|多)?({ends})")
