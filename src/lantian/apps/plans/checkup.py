"""体检: the plan's check-up after each edit, and what is still open before a plan is published.

The checks are the reader's own (:mod:`lantian.reading.checks`), run again over the rows as they stand; duplicates and
gaps in the numbering are looked for in the rows, because there is no print to look at any more.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lantian.apps.areas.models import Unit
from lantian.apps.areas.queries import Directory
from lantian.apps.plans.content import Content, reading_of
from lantian.apps.plans.models import Assignment, MeasureFlag, Plan
from lantian.apps.plans.rereading import renew
from lantian.reading import model as read
from lantian.reading.checks import check_plan
from lantian.reading.rules import rules
from lantian.reading.text import compare_form

RENEWED = ("R04", "R25", "R26", "R27", "R28")  # rules that are told from the rows alone
GAP = "R24"
_SHORTEST_DUPLICATE = 8  # letters; shorter texts (长期坚持) repeat without being printed twice


def renewed(rows: Sequence[Content]) -> list[Content]:
    """The rows, in order and numbered, with the flags of the check-up renewed; what was accepted stays accepted."""
    plain = tuple(replace(reading_of(row), flags=()) for row in rows)
    plan = check_plan(read.Plan("", None, "", "municipal", "other", plain))
    twice = _duplicates(rows)
    return [
        row
        | {"flags": renew(row["flags"], RENEWED, [(f.id, f.detail) for f in measure.flags] + twice.get(measure.n, []))}
        for row, measure in zip(rows, plan.measures, strict=True)
    ]


def _duplicates(rows: Sequence[Content]) -> dict[int, list[tuple[str, str]]]:
    """By number: rows that say what an earlier one says, with that one's number or printed row (R04)."""
    first: dict[tuple[str, str], Content] = {}
    found: dict[int, list[tuple[str, str]]] = {}
    for row in rows:
        words = compare_form(row["text"])
        if len(words) < _SHORTEST_DUPLICATE:
            continue
        earlier = first.setdefault((compare_form(row["task"]), words), row)
        if earlier is not row:
            found[row["n"]] = [("R04", str(earlier["source"]["row"] or earlier["n"]))]
    return found


def gaps(rows: Iterable[Content]) -> list[str]:
    """Item numbers that are missing between two neighbours: ``5`` or ``5–7``, as the reader words them (R24)."""
    groups = itertools.groupby(rows, key=lambda row: (row["section"], row["seq"], row["task"]))
    numbers = [seq for (_section, seq, _task), _rows in groups if seq is not None]
    return [
        f"{earlier + 1}" if later == earlier + 2 else f"{earlier + 1}–{later - 1}"
        for earlier, later in itertools.pairwise(numbers)
        if later > earlier + 1
    ]


def renewed_gaps(flags: list[Content], before: Sequence[Content], after: Sequence[Content]) -> list[Content]:
    """The plan's own flags after an edit: gaps that the edit closed are gone, gaps that it opened are new.

    Gaps that were there before stay as the reader told them: numbers that start anew in each section are none.
    """
    old, new = gaps(before), gaps(after)
    kept = [flag for flag in flags if flag["id"] != GAP or flag["detail"] in new or flag["detail"] not in old]
    known = {flag["detail"] for flag in kept if flag["id"] == GAP}
    opened = [text for text in dict.fromkeys(new) if text not in old and text not in known]
    return kept + [{"id": GAP, "detail": text, "accepted": False} for text in opened]


@dataclass(frozen=True, slots=True)
class Problem:
    """One rule that speaks of a plan: how often, how often people agreed, of which rows (uids in order)."""

    rule: str
    kind: Literal["repair", "doubt", "note", "check"]
    count: int
    accepted: int
    measures: tuple[str, ...]  # empty where it speaks of the whole file
    open_measures: tuple[str, ...]  # those of its rows where nobody agreed yet

    @property
    def open(self) -> int:
        """How many nobody agreed to yet."""
        return self.count - self.accepted


_ORDER = {"doubt": 0, "check": 0, "repair": 1, "note": 1}


def problems(plan: Plan) -> list[Problem]:
    """What the reader and the check-up ask about a plan, by rule: doubts and checks first, open ones first.

    One query, however many rows.
    """
    flags = MeasureFlag.objects.filter(measure__plan=plan, measure__withdrawn=None).order_by("measure__n", "id")
    found: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for item in plan.flags:
        found[item["id"]].append(("", item.get("accepted", False)))
    for rule, uid, accepted in flags.values_list("rule", "measure__uid", "accepted"):
        found[rule].append((str(uid), accepted))
    rows = [_problem(rule, items) for rule, items in found.items()]
    return sorted(rows, key=lambda item: (_ORDER[item.kind], item.open == 0, item.rule))


def _problem(rule: str, items: Sequence[tuple[str, bool]]) -> Problem:
    known = rules().get(rule)
    return Problem(
        rule=rule,
        kind=known.kind if known else "note",
        count=len(items),
        accepted=sum(accepted for _uid, accepted in items),
        measures=tuple(dict.fromkeys(uid for uid, _accepted in items if uid)),
        open_measures=tuple(dict.fromkeys(uid for uid, accepted in items if uid and not accepted)),
    )


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A name in the role cells that the directory does not know, in how many rows, and whom it may mean."""

    name: str
    count: int
    measures: tuple[str, ...]
    suggestions: tuple[Unit, ...]


def unknown_names(plan: Plan, directory: Directory, limit: int = 5) -> list[UnknownName]:
    """Names without a unit, most frequent first, each with the directory's best guesses (``directory_of(plan)``)."""
    rows = Assignment.objects.filter(measure__plan=plan, measure__withdrawn=None, unit=None)
    found: dict[str, list[str]] = defaultdict(list)
    for name, uid in rows.order_by("measure__n", "order").values_list("name", "measure__uid"):
        found[name].append(str(uid))
    counted = Counter({name: len(set(uids)) for name, uids in found.items()})
    return [
        UnknownName(name, count, tuple(dict.fromkeys(found[name])), tuple(directory.suggest(name, limit)))
        for name, count in counted.most_common()
    ]
