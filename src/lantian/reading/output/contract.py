"""The JSON of contracts §1: plans, measures, deadlines, targets and sources as plain dictionaries."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from typing import Any

from lantian.reading.model import ROLE_NAMES, CellRef, Deadline, Measure, Plan, Source, Target
from lantian.reading.rules import flag_text, rules


def day(value: date | None) -> str | None:
    """A date as ISO text."""
    return None if value is None else value.isoformat()


def deadline_dict(deadline: Deadline) -> dict[str, Any]:
    """A deadline as in contracts §1."""
    return {
        "text": deadline.text,
        "kind": deadline.kind,
        "start": day(deadline.start),
        "end": day(deadline.end),
        "also": [deadline_dict(item) for item in deadline.also],
    }


def target_dict(target: Target) -> dict[str, Any]:
    """A target as in contracts §1; dates as ISO text, ``span`` as two character positions in the measure."""
    values = {item.name: getattr(target, item.name) for item in fields(target)}
    values["by"] = day(target.by)
    values["scope"] = list(target.scope)
    values["span"] = None if target.span is None else list(target.span)
    return values


def _cell_dict(cell: CellRef) -> dict[str, Any]:
    box = cell.box
    return {
        "field": cell.field,
        "page": cell.page,
        "row": cell.row,
        "col": cell.col,
        "box": None if box is None else [round(value, 4) for value in (box.x0, box.y0, box.x1, box.y1)],
    }


def source_dict(source: Source) -> dict[str, Any]:
    """Where a measure was printed, as in contracts §1, with its cells."""
    return {"page": source.page, "row": source.row, "cells": [_cell_dict(cell) for cell in source.cells]}


def measure_dict(measure: Measure, *, chinese: bool) -> dict[str, Any]:
    """A measure as in contracts §1."""
    return {
        "n": measure.n,
        "section": measure.section,
        "seq": measure.seq,
        "task": measure.task,
        "measure": measure.measure,
        "paragraphs": list(measure.paragraphs),
        "deadline": deadline_dict(measure.deadline),
        "text_dates": [deadline_dict(item) for item in measure.text_dates],
        **{name: measure.units(name) for name in ROLE_NAMES},
        "inherited": list(measure.inherited),
        "roles": [
            {"role": role.role, "name": role.name, "as_printed": role.as_printed, "open": role.open,
             "group": role.group}
            for role in measure.roles
        ],
        "targets": [target_dict(target) for target in measure.targets],
        "source": source_dict(measure.source),
        "flags": [_flag_dict(flag, chinese) for flag in measure.flags],
    }  # fmt: skip


def _flag_dict(flag: Any, chinese: bool) -> dict[str, str]:
    return {"id": flag.id, "name": rules()[flag.id].name, "text": flag_text(flag, chinese=chinese)}


def plan_dict(plan: Plan, *, chinese: bool) -> dict[str, Any]:
    """A plan as in contracts §1."""
    return {
        "file": plan.file,
        "sha256": plan.sha256,
        "title": plan.title,
        "year": plan.year,
        "region": plan.region,
        "level": plan.level,
        "medium": plan.medium,
        "flags": [_flag_dict(flag, chinese) for flag in plan.flags],
        "measures": [measure_dict(measure, chinese=chinese) for measure in plan.measures],
    }


def to_json(plans: Iterable[Plan], *, chinese: bool = False) -> str:
    """The JSON document of ``lantian read`` (one object, key ``plans``), ending in a line break."""
    document = {"plans": [plan_dict(plan, chinese=chinese) for plan in plans]}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
