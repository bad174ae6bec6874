"""The text as it was sent: its rows for pages and papers, and what differs from the round before. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from lantian.apps.plans.content import Content
from lantian.apps.plans.models import RoleKind
from lantian.reading.text import compare_form

WHOLE = 0  # the row number under which comments on the whole plan stand in forms and addresses


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the text as sent.

    ``units`` are (role, names) in the order of the columns, ``duties`` the uids of the units that the directory knew.
    """

    uid: str
    n: int
    section: str
    seq: int | None
    task: str
    text: str
    deadline: str
    units: tuple[tuple[str, str], ...]
    duties: frozenset[str] = frozenset()

    @property
    def head(self) -> str:
        """Number and task as people quote a row: ``3 扬尘管控``."""
        return f"{self.seq or ''} {self.task}".strip()


@dataclass(frozen=True, slots=True)
class Change:
    """A row that differs from the round before: ``before`` None where the row is new."""

    before: Line | None
    fields: tuple[str, ...] = ()


def lines_of(content: Content) -> list[Line]:
    """The rows of a text as sent, in order."""
    return [_line(item) for item in content["measures"]]


def _line(item: dict[str, Any]) -> Line:
    units = tuple(
        (str(role), "、".join(duty["name"] for duty in item["roles"] if duty["role"] == role))
        for role in RoleKind.values
        if any(duty["role"] == role for duty in item["roles"])
    )
    return Line(
        uid=item["uid"], n=item["n"], section=item["section"], seq=item["seq"], task=item["task"], text=item["text"],
        deadline=item["deadline"]["text"], units=units,
        duties=frozenset(duty["unit"] for duty in item["roles"] if duty["unit"]),
    )  # fmt: skip


def sections_of(lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    """The rows under their printed sections."""
    return [(title, list(rows)) for title, rows in groupby(lines, key=lambda line: line.section)]


def changes(before: Iterable[Line], after: Iterable[Line]) -> dict[int, Change]:
    """Rows of ``after`` that are new or differ from the same row (by uid) in ``before``; keys are their ``n``."""
    old = {line.uid: line for line in before}
    found: dict[int, Change] = {}
    for line in after:
        was = old.get(line.uid)
        if was is None:
            found[line.n] = Change(None)
            continue
        fields = tuple(name for name in ("task", "text", "deadline") if _differs(was, line, name))
        if was.units != line.units:
            fields += ("units",)
        if fields:
            found[line.n] = Change(was, fields)
    return found


def dropped(before: Iterable[Line], after: Iterable[Line]) -> list[Line]:
    """Rows that the round before had and this one lacks."""
    kept = {line.uid for line in after}
    return [line for line in before if line.uid not in kept]


def _differs(was: Line, now: Line, name: str) -> bool:
    return compare_form(getattr(was, name)) != compare_form(getattr(now, name))
