"""What units owe and say of rows of a plan, read as bare values; the month's merge and the year's end build on it.

A row of a city has 330 units, a plan 13,000 commitments: objects of the same would take ten times as long.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Case, CharField, Count, IntegerField, Q, QuerySet, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from lantian.apps.areas.models import Unit
from lantian.apps.assessment.merge.rows import Amount, Said
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.models import Commitment, Entry, Figure, ShareOrigin
from lantian.apps.supervision.sharing import spec_key

_PERCENT = ("%", "％", "‰", "")
_WHOLE = ("total", "both", None)
ROWS, UNITS = 50, 600  # a page holds 50 rows, fewer where hundreds of units owe each of them
AT_ONCE = 3000  # with more commitments a page does not wait for what only the whole plan tells (its counts)


class Duty(NamedTuple):
    """A commitment; ``asked`` is 1 where the condition of :func:`duties` holds."""

    pk: int
    measure: int
    unit: int
    role: str
    convener: bool
    state: str
    state_rule: str
    asked: int


class Words(NamedTuple):
    """An entry."""

    pk: int
    duty: int
    report: int
    progress: str
    problems: str
    next_step: str
    no_change: bool
    done: bool


class Given(NamedTuple):
    """A figure with the share that it answers; ``spec`` is the target as JSON text."""

    entry: int
    period: Decimal | None
    cumulative: Decimal | None
    order: int
    origin: str
    spec: str


@dataclass(frozen=True, slots=True)
class Name:
    """A unit as it is shown."""

    uid: str
    name: str


def duties(rows: QuerySet[Commitment], asked: Q) -> list[Duty]:
    """Commitments in the order of making; one query."""
    flag = Case(When(asked, then=1), default=0, output_field=IntegerField())
    found = rows.annotate(asked=flag).order_by("n", "id")
    columns = ("pk", "measure_id", "unit_id", "role", "convener", "state", "state_rule", "asked")
    return [Duty(*values) for values in found.values_list(*columns)]


def words(entries: QuerySet[Entry]) -> dict[int, Words]:
    """These entries, one for each commitment, by its key; one query."""
    columns = ("pk", "commitment_id", "report_id", "progress", "problems", "next_step", "no_change", "done")
    rows = Entry.objects.filter(pk__in=entries.order_by().values("pk"))  # keys first: an index has them all
    return {values[1]: Words(*values) for values in rows.order_by().values_list(*columns)}


def figures(entries: QuerySet[Entry]) -> dict[int, list[Given]]:
    """The figures of these entries for targets still asked for, by the entry's key; one query."""
    rows = Figure.objects.filter(share__withdrawn=None, entry__in=entries.order_by().values("pk"))
    columns = ("entry_id", "period_value", "cumulative", "share__order", "share__origin", "spec", "id")
    texts = rows.annotate(spec=Cast("share__spec", CharField())).order_by().values_list(*columns)
    found: dict[int, list[Given]] = defaultdict(list)
    for values in sorted(texts, key=lambda row: (row[3], row[6])):
        found[values[0]].append(Given(*values[:6]))
    return found


def keys(of: Collection[int]) -> RawSQL:
    """Keys as the right side of ``__in``: thousands of parameters take Django longer than the database the answer."""
    return RawSQL(",".join(str(int(key)) for key in of) or "NULL", ())  # noqa: S611  # nothing but integers


def names_in(plan: Plan) -> dict[int, Name]:
    """The units that owe something of a plan, by key; one query."""
    owing = Commitment.objects.filter(plan=plan, withdrawn=None).order_by().values("unit")
    rows = Unit.objects.filter(pk__in=owing).order_by().values_list("pk", "uid", "name")
    return {pk: Name(str(uid), name) for pk, uid, name in rows}


def said(duty: Duty, entry: Words, given: Sequence[Given], unit: Name, *, several: bool, reviewed: bool) -> Said:
    """What one unit says, with its figures; ``several`` others owe the row as well."""
    amounts = tuple(_amount(item, duty, several=several) for item in given)
    return Said(
        unit.uid, unit.name, duty.role, duty.convener, duty.pk, entry.progress, entry.no_change, entry.done, reviewed,
        entry.problems, entry.next_step, amounts,
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _target(text: str, order: int) -> tuple[str, str, str, bool, bool]:
    """Of a target as JSON text: key, label, unit, whether it adds up, whether it binds the whole plan."""
    spec: Mapping[str, Any] = json.loads(text)
    unit = spec.get("unit") or ""
    adds = spec["kind"] == "count" or (spec["kind"] == "change" and unit not in _PERCENT)
    key = f"{order:03d} " + " ".join(spec_key(dict(spec)))
    places = "、".join(spec.get("scope") or ())  # figures for named areas stand beside each other
    label = (spec.get("subject") or spec["text"]) + (f"（{places}）" if places else "")
    return key, label, unit, adds, spec.get("applies") in _WHOLE


def _amount(item: Given, duty: Duty, *, several: bool) -> Amount:
    key, label, unit, adds, whole = _target(item.spec, item.order)
    whole = whole and several and duty.convener and item.origin == ShareOrigin.PRINTED
    return Amount(key, label, unit, adds, whole, item.period, item.cumulative)


def weights(plan: Plan, *, without: Sequence[str] = ()) -> dict[int, int]:
    """How many commitments each row of a plan has, roles ``without`` left out; one query."""
    rows = Commitment.objects.filter(plan=plan, withdrawn=None)
    if without:
        rows = rows.exclude(role__in=without)
    return dict(rows.order_by().values_list("measure").annotate(number=Count("pk")))


def page_of(measures: Sequence[int], weight: Mapping[int, int], number: str | None) -> Page[list[int]]:
    """One page of the rows of a plan; its only object is the list of their keys."""
    return Paginator(cut(measures, weight), 1).get_page(number)


def cut(keys: Sequence[int], weight: Mapping[int, int]) -> list[list[int]]:
    """Rows in pages of at most :data:`ROWS` rows and about :data:`UNITS` commitments; one empty page for none."""
    pages: list[list[int]] = [[]]
    held = 0
    for key in keys:
        own = weight.get(key, 0)
        if pages[-1] and (len(pages[-1]) == ROWS or held + own > UNITS):
            pages.append([])
            held = 0
        pages[-1].append(key)
        held += own
    return pages
