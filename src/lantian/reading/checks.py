"""The plan's check-up: what a careful reader would ask about the plan itself (reading conventions, last section)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from lantian.reading.model import Flag, Measure, Plan, Target

_NUMERIC = {"level", "count", "rate", "change"}


def check_plan(plan: Plan, document_flags: Sequence[Flag] = ()) -> Plan:
    """The plan with its checks as flags: on the measure they speak of, or on the plan."""
    found: dict[int, list[Flag]] = defaultdict(list)
    known = {role.name for measure in plan.measures for role in measure.roles if "各" not in role.name}
    has_roles = bool(known)
    for measure in plan.measures:
        found[measure.n].extend(_only_in_text(measure, known))
        found[measure.n].extend(_sums(measure))
        if has_roles and not measure.roles and not measure.inherited:
            found[measure.n].append(Flag("R27"))
    for n, flag in _contradictions(plan.measures):
        found[n].append(flag)
    measures = tuple(
        replace(measure, flags=tuple(dict.fromkeys((*measure.flags, *found[measure.n])))) for measure in plan.measures
    )
    return replace(plan, measures=measures, flags=tuple(dict.fromkeys((*plan.flags, *document_flags))))


def _only_in_text(measure: Measure, known: set[str]) -> list[Flag]:
    """Units that the text names and that hold no role here (R25); names are those of the plan's own role cells."""
    if not measure.roles:
        return []
    own = {role.name for role in measure.roles} | {role.as_printed for role in measure.roles}
    named = [name for name in known if len(name) >= 4 and name in measure.measure]
    missing = [
        name
        for name in named
        if not any(name in unit or unit in name for unit in own)
        and not any(name != other and name in other for other in named)
    ]
    return [Flag("R25", "、".join(sorted(missing, key=measure.measure.index)))] if missing else []


def _sums(measure: Measure) -> list[Flag]:
    """A total whose 其中 parts do not add up (R28)."""
    flags = []
    totals = [target for target in measure.targets if target.kind == "count" and not target.scope]
    for total in totals:
        parts = [
            target
            for target in measure.targets
            if target.kind == "count" and target.scope and target.unit == total.unit and target.by == total.by
        ]
        if len(parts) < 2 or total.value is None or "其中" not in measure.measure:
            continue
        added = sum(target.value or 0 for target in parts)
        if abs(added - total.value) > 1e-9 * abs(total.value):
            flags.append(Flag("R28", f"{added:g} ≠ {total.value:g} {total.unit or ''}".strip()))
    return flags


def _contradictions(measures: Sequence[Measure]) -> list[tuple[int, Flag]]:
    """An indicator whose value for the whole area differs from that for some of its parts elsewhere (R26)."""
    groups: dict[tuple[str, str | None, str], list[tuple[int, Target]]] = defaultdict(list)
    for measure in measures:
        for target in measure.targets:
            if target.kind in _NUMERIC and target.value is not None and len(target.subject) >= 3:
                groups[target.subject, target.unit, target.kind].append((measure.n, target))
    found = []
    for (subject, unit, _), items in groups.items():
        whole = [(n, target) for n, target in items if not target.scope]
        for n, target in whole:
            others = sorted(
                other.value
                for m, other in items
                if m != n and other.scope and other.value is not None
                and other.value != target.value and other.by == target.by
            )  # fmt: skip
            if others:
                values = "、".join(f"{value:g}" for value in dict.fromkeys(others))
                found.append((n, Flag("R26", f"{subject} {target.value:g} / {values} {unit or ''}".strip())))
    return found
