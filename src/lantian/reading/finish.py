"""Measures in print → measures as read: units, deadlines and targets by their grammars, and what stays doubtful."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from lantian.reading.draft import Draft, DraftPlan, DraftRole
from lantian.reading.grammar.deadlines import find_dates, is_unreadable, read_deadline
from lantian.reading.grammar.heads import Head, read_head
from lantian.reading.grammar.places import areas_of
from lantian.reading.grammar.targets import find_targets
from lantian.reading.grammar.units import UnitList, read_unit_lists
from lantian.reading.model import Deadline, Flag, Measure, Plan, Role, Source
from lantian.reading.text import join_paragraphs


def finish_plan(draft: DraftPlan, *, file: str = "", sha256: str = "") -> Plan:
    """Read the words of a plan in print. Pure: the same draft gives the same plan."""
    roles = [role for item in draft.drafts for role in item.roles]
    printed = [role.text for role in roles]
    tasks = [item.task for item in draft.drafts]
    head = read_head(draft.title, draft.preamble, units=printed, topics=tasks)
    lists = read_unit_lists(
        printed,
        region=head.region,
        level=head.level,
        year=head.year,
        continues=[role.continues for role in roles],
    )
    areas = areas_of(mention.name for item in lists for mention in item.mentions)
    measures: list[Measure] = []
    position = 0
    for n, item in enumerate(draft.drafts, start=1):
        own = lists[position : position + len(item.roles)]
        position += len(item.roles)
        measures.append(_measure(n, item, own, head, areas))
    return Plan(
        draft.title, head.year, head.region, head.level, head.medium, tuple(measures), file, sha256,
        tuple(dict.fromkeys(draft.flags)),
    )  # fmt: skip


def _measure(n: int, draft: Draft, lists: Sequence[UnitList], head: Head, areas: frozenset[str]) -> Measure:
    text = join_paragraphs(draft.paragraphs)
    year, region = head.year, head.region
    deadline = read_deadline(draft.deadline, year=year, region=region)
    roles, unit_flags = _roles(draft.roles, lists)
    dates = find_dates(text, year=year, region=region)
    units = [role.name for role in roles]
    targets = find_targets(text, year=year, due=due_date(deadline), places=areas, units=units, dates=dates)
    for goal in draft.goals:
        own = find_dates(goal, year=year, region=region)
        dates = tuple(dict.fromkeys((*dates, *own)))
        found = find_targets(goal, year=year, due=due_date(deadline), places=areas, units=units, dates=own)
        targets = (*targets, *(replace(target, span=None) for target in found))
    flags = [*draft.flags, *unit_flags, *deadline_flags(draft.deadline, deadline, dates)]
    if "\ufffd" in text:
        flags.append(Flag("R21", text[max(0, text.index("\ufffd") - 5) :][:11]))
    return Measure(
        n=n,
        section=draft.section,
        seq=draft.seq,
        task=draft.task,
        measure=text,
        paragraphs=tuple(draft.paragraphs),
        deadline=deadline,
        text_dates=dates,
        roles=roles,
        inherited=tuple(draft.inherited),
        targets=targets,
        source=Source(draft.page, draft.row, tuple(draft.cells)),
        flags=tuple(dict.fromkeys(flags)),
    )


def _roles(drafts: Sequence[DraftRole], lists: Sequence[UnitList]) -> tuple[tuple[Role, ...], list[Flag]]:
    roles: list[Role] = []
    flags: list[Flag] = []
    for draft, units in zip(drafts, lists, strict=True):
        flags.extend(units.flags)
        for mention in units.mentions:
            flags.extend(mention.flags)
            if not any(role.role == draft.role and role.name == mention.name for role in roles):
                roles.append(Role(draft.role, mention.name, mention.as_printed, mention.open, mention.group))
    return tuple(roles), list(dict.fromkeys(flags))


def due_date(deadline: Deadline) -> date | None:
    """The latest date of a deadline cell: of its first deadline that has one."""
    for item in (deadline, *deadline.also):
        if item.end is not None:
            return item.end
    return None


def deadline_flags(printed: str, deadline: Deadline, dates: Sequence[Deadline]) -> list[Flag]:
    """What a deadline cell leaves to ask: two deadlines (R16), unreadable (R17), another date in the text (R15)."""
    flags = []
    if deadline.also:
        flags.append(Flag("R16", deadline.text))
    if printed.strip() and is_unreadable(deadline):
        flags.append(Flag("R17", printed.strip()))
    due = due_date(deadline)
    other = [item.text for item in dates if item.end is not None and item.kind == "by" and item.end != due]
    if other and deadline.kind != "none":
        flags.append(Flag("R15", f"{deadline.text} / {'、'.join(dict.fromkeys(other))}"))
    return flags
