"""A row of a plan as JSON and back: what versions, edits, undo, comparison and exports all speak.

Row content::

    {"uid", "n", "section", "seq", "task", "text", "paragraphs",
     "deadline": {"text", "kind", "start", "end", "also"}, "text_dates": [deadline…],
     "roles": [{"role", "name", "as_printed", "open", "group", "unit"}],
     "targets": [{"text", "subject", "kind", "comparator", "value", …, "span", "edited"}], "dropped": [phrase…],
     "source": {"page", "row", "cells"}, "flags": [{"id", "detail", "accepted"}], "conflicts": […]}

Dates are ISO text; figures are decimal text without trailing zeros or null (contracts §7, *Numbers*); ``unit`` is the
uid of a unit of the directory or null. ``dropped`` are phrases that a person
said are no targets. ``uid`` is null for a row that is not stored yet. Pure but for reading the related rows, which
callers prefetch (:func:`lantian.apps.plans.queries.with_details`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, cast

from lantian.apps.areas.queries import Directory
from lantian.apps.plans.models import Assignment, Measure, MeasureFlag, Plan, RoleKind, Target
from lantian.reading import model as read
from lantian.reading.model import ROLE_NAMES
from lantian.reading.output import deadline_dict, source_dict, target_dict
from lantian.reading.text import compare_form

Content = dict[str, Any]

_UNKNOWN = "R13"  # unit name is not in the register

FIGURES = ("value", "value_max", "stretch")
TARGET_WORDS = (
    "comparator", "unit", "baseline", "qualifier", "sense", "applies", "statistic", "period", "denominator",
)  # fmt: skip
FACTS = ("section", "seq", "task", "text", "paragraphs", "deadline", "text_dates", "roles", "targets", "dropped")


def search_form(text: str) -> str:
    """The form in which text is searched: NFKC (which folds subscripts), lower case, no spaces."""
    return compare_form(text).lower()


def decimal_text(value: Decimal | float | int | None) -> str | None:
    """A figure as JSON keeps it: ``120``, ``-3.5``; None for none."""
    if value is None:
        return None
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    text = f"{number.quantize(Decimal('0.000001')):f}"
    return text.rstrip("0").rstrip(".") or "0"


def content_of(measure: Measure) -> Content:
    """The content of a stored row, its related rows prefetched."""
    return {
        "uid": str(measure.uid),
        "n": measure.n,
        "section": measure.section,
        "seq": measure.seq,
        "task": measure.task,
        "text": measure.text,
        "paragraphs": measure.paragraphs,
        "deadline": {
            "text": measure.deadline_text,
            "kind": measure.deadline_kind,
            "start": _day(measure.deadline_start),
            "end": _day(measure.deadline_end),
            "also": measure.deadline_also,
        },
        "text_dates": measure.text_dates,
        "roles": [_role(item) for item in measure.assignments.all()],
        "targets": [target_of(item) for item in measure.targets.all()],
        "dropped": measure.dropped_targets,
        "source": {"page": measure.page, "row": measure.row, "cells": measure.cells},
        "flags": [{"id": f.rule, "detail": f.detail, "accepted": f.accepted} for f in measure.flags.all()],
        "conflicts": measure.conflicts,
    }


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _role(item: Assignment) -> Content:
    return {
        "role": item.role, "name": item.name, "as_printed": item.as_printed, "open": item.open, "group": item.group,
        "unit": str(item.unit.uid) if item.unit else None,
    }  # fmt: skip


def target_of(item: Target) -> Content:
    """The content of a stored target."""
    return {
        "text": item.text,
        "subject": item.subject,
        "kind": item.kind,
        **{name: getattr(item, name) or None for name in TARGET_WORDS},
        **{name: decimal_text(getattr(item, name)) for name in FIGURES},
        "by": _day(item.by),
        "scope": item.scope,
        "strength": item.strength,
        "span": None if item.span_start is None else [item.span_start, item.span_end],
        "edited": item.edited,
    }


def content_read(item: read.Measure, directory: Directory) -> Content:
    """The content of a row as the reader gives it, its names resolved in the directory.

    A name that people told to read otherwise ("always read it so") takes the unit's name; the print is kept. A name
    that the reader did not know and the directory knows is no doubt.
    """
    roles = [
        {"role": role.role, "as_printed": role.as_printed, "open": role.open, "group": role.group,
         **named(role.name, directory)}
        for role in item.roles
    ]  # fmt: skip
    roles += [
        {"role": str(RoleKind.INHERITED), "as_printed": name, "open": False, "group": 0, **named(name, directory)}
        for name in item.inherited
    ]
    return {
        "uid": None,
        "n": item.n,
        "section": item.section[:300],
        "seq": item.seq,
        "task": item.task[:500],
        "text": item.measure,
        "paragraphs": list(item.paragraphs),
        "deadline": deadline_dict(item.deadline),
        "text_dates": [deadline_dict(due) for due in item.text_dates],
        "roles": roles,
        "targets": [target_read(target) for target in item.targets],
        "dropped": [],
        "source": source_dict(item.source),
        "flags": [
            {"id": flag.id, "detail": flag.detail, "accepted": False}
            for flag in item.flags
            if flag.id != _UNKNOWN or directory.find(flag.detail) is None
        ],
        "conflicts": [],
    }


def named(name: str, directory: Directory) -> Content:
    """``name`` and ``unit`` of a role: the unit that the directory finds, by whose name a misread one is replaced."""
    unit = directory.find(name)
    shown = unit.name if unit is not None and directory.is_misreading(name) else name
    return {"name": shown, "unit": str(unit.uid) if unit else None}


def target_read(item: read.Target) -> Content:
    """The content of a target as the grammar gives it."""
    content = target_dict(item)
    content |= {name: decimal_text(content[name]) for name in FIGURES}
    content["baseline"] = None if item.baseline is None else str(item.baseline)
    return content | {"edited": False}


def reading_of(content: Content) -> read.Measure:
    """The row as the reader's own type, for checks, comparison and exports."""
    roles = tuple(
        read.Role(item["role"], item["name"], item["as_printed"], item["open"], item["group"])
        for item in content["roles"]
        if item["role"] in ROLE_NAMES
    )
    cells = tuple(_cell_ref(cell) for cell in content["source"]["cells"])
    return read.Measure(
        n=content["n"],
        section=content["section"],
        seq=content["seq"],
        task=content["task"],
        measure=content["text"],
        paragraphs=tuple(content["paragraphs"]),
        deadline=_deadline_read(content["deadline"]),
        text_dates=tuple(_deadline_read(item) for item in content["text_dates"]),
        roles=roles,
        inherited=tuple(item["name"] for item in content["roles"] if item["role"] == RoleKind.INHERITED),
        targets=tuple(_target_read(item) for item in content["targets"]),
        source=read.Source(content["source"]["page"], content["source"]["row"], cells),
        flags=tuple(read.Flag(item["id"], item["detail"]) for item in content["flags"]),
    )


def _cell_ref(cell: Content) -> read.CellRef:
    box = None if cell["box"] is None else read.Box(cell["page"], *cell["box"])
    return read.CellRef(cell["field"], cell["page"], cell["row"], cell["col"], box)


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _deadline_read(item: Content) -> read.Deadline:
    also = tuple(_deadline_read(other) for other in item.get("also") or ())
    return read.Deadline(item["text"], item["kind"], _date(item["start"]), _date(item["end"]), also)


def _number(text: str | None) -> float | int | None:
    if text is None:
        return None
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else float(value)


def _target_read(item: Content) -> read.Target:
    baseline: Any = item["baseline"]
    words = {name: item[name] for name in TARGET_WORDS if name != "baseline"}
    return read.Target(
        text=item["text"],
        subject=item["subject"],
        kind=item["kind"],
        baseline=int(baseline) if baseline and baseline.isdigit() else baseline,
        by=_date(item["by"]),
        scope=tuple(item["scope"]),
        strength=item["strength"],
        span=None if item["span"] is None else (item["span"][0], item["span"][1]),
        **words,
        value=_number(item["value"]),
        value_max=_number(item["value_max"]),
        stretch=_number(item["stretch"]),
    )


def plan_reading(plan: Plan, measures: Iterable[Measure]) -> read.Plan:
    """A stored plan as the reader's own type; ``measures`` in order, with their related rows prefetched."""
    return read.Plan(
        title=plan.title,
        year=plan.year,
        region=plan.region,
        level=cast(Any, plan.level),
        medium=cast(Any, plan.medium),
        measures=tuple(reading_of(content_of(measure)) for measure in measures),
        file=plan.file_name,
        sha256=plan.file.sha256,
        flags=tuple(read.Flag(item["id"], item["detail"]) for item in plan.flags),
    )


def head_of(plan: Plan) -> Content:
    """What a version keeps of the plan itself."""
    names = ("title", "year", "region", "level", "medium", "number", "flags")
    return {name: getattr(plan, name) for name in names} | {"issued": _day(plan.issued)}


def fill(measure: Measure, content: Content) -> None:
    """Set the row's own fields from content (not its related rows, not its place ``n``)."""
    due, source = content["deadline"], content["source"]
    measure.section, measure.seq, measure.task = content["section"][:300], content["seq"], content["task"][:500]
    measure.text, measure.paragraphs = content["text"], content["paragraphs"]
    measure.deadline_text, measure.deadline_kind = due["text"][:200], due["kind"]
    measure.deadline_start, measure.deadline_end = _date(due["start"]), _date(due["end"])
    measure.deadline_also, measure.text_dates = due.get("also") or [], content["text_dates"]
    measure.page, measure.row, measure.cells = source["page"], source["row"], source["cells"]
    measure.dropped_targets, measure.conflicts = content["dropped"], content["conflicts"]
    names = dict.fromkeys(item["name"] for item in content["roles"])
    # A mark between the parts, so that no word is found across their borders.
    measure.search = "|".join(search_form(part) for part in (content["task"], content["text"], *names))


def assignments_of(measure: Measure, content: Content, units: dict[str, int]) -> list[Assignment]:
    """Unsaved assignments of a row; ``units`` gives keys by uid."""
    return [
        Assignment(
            measure=measure, role=item["role"], name=item["name"][:200], as_printed=item["as_printed"][:300],
            open=item["open"], group=item["group"], order=order, unit_id=units.get(item["unit"] or ""),
        )
        for order, item in enumerate(content["roles"])
    ]  # fmt: skip


def targets_of(measure: Measure, content: Content) -> list[Target]:
    """Unsaved targets of a row."""
    return [
        Target(
            measure=measure,
            order=order,
            text=item["text"],
            subject=item["subject"][:300],
            kind=item["kind"],
            comparator=item["comparator"] or "",
            unit=(item["unit"] or "")[:60],
            baseline=item["baseline"] or "",
            by=_date(item["by"]),
            scope=item["scope"],
            qualifier=(item["qualifier"] or "")[:300],
            sense=item["sense"] or "",
            applies=item["applies"] or "",
            strength=item["strength"],
            statistic=(item["statistic"] or "")[:60],
            period=(item["period"] or "")[:60],
            denominator=(item["denominator"] or "")[:300],
            span_start=item["span"][0] if item["span"] else None,
            span_end=item["span"][1] if item["span"] else None,
            edited=item["edited"],
            **{name: None if item[name] is None else Decimal(item[name]) for name in FIGURES},
        )
        for order, item in enumerate(content["targets"])
    ]


def flags_of(measure: Measure, content: Content) -> list[MeasureFlag]:
    """Unsaved flags of a row."""
    return [
        MeasureFlag(measure=measure, rule=item["id"], detail=item["detail"], accepted=item["accepted"])
        for item in content["flags"]
    ]
