"""Two texts of a plan side by side, and one row through time, as pages show them.

Pure functions over row contents (plans/content.py); no query is made here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rapidfuzz.distance import Indel

from lantian.apps.plans.content import Content, reading_of
from lantian.apps.plans.models import RoleKind
from lantian.comparing import align, field_changes, text_diff
from lantian.comparing.fields import FIELDS, shown_field, shown_figures
from lantian.comparing.text import Op, Piece

LABELS: dict[str, str | Promise] = {
    "section": _("Section"),
    "seq": _("No."),
    "task": _("Key task"),
    "text": _("Measure"),
    "deadline": _("Deadline"),
    **{str(kind): kind.label for kind in RoleKind},
    "roles": _("Units"),
    "targets": _("Targets"),
    "flags": _("Flags"),
    "conflicts": _("Conflicts"),
    "n": _("Place"),
    "version": _("Version"),
}
State = Literal["same", "changed", "new", "gone"]


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """One field that differs: its label and the words in pieces that stayed, went and came."""

    name: str
    pieces: list[Piece]

    @property
    def label(self) -> str | Promise:
        """What officials call the field."""
        return LABELS.get(self.name, self.name)

    @property
    def listed(self) -> bool:
        """Whether the pieces are names of their own, one under another."""
        return self.name in RoleKind.values

    @property
    def before(self) -> list[Piece]:
        """The words as they were."""
        return [piece for piece in self.pieces if piece[0] != "insert"]

    @property
    def after(self) -> list[Piece]:
        """The words as they are."""
        return [piece for piece in self.pieces if piece[0] != "delete"]


@dataclass(frozen=True, slots=True)
class RowDiff:
    """One row in both texts: its numbers there, what became of it, and the fields that differ."""

    state: State
    old_n: int | None
    new_n: int | None
    fields: list[FieldDiff] = field(default_factory=list)
    text: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows as the page shows them: one that differs, or a run of rows that are the same (folded)."""

    rows: list[RowDiff]

    @property
    def same(self) -> bool:
        """Whether this is a folded run."""
        return self.rows[0].state == "same"


@dataclass(frozen=True, slots=True)
class PlanDiff:
    """Two texts of a plan compared."""

    rows: list[RowDiff]

    def count(self) -> dict[str, int]:
        """How many rows are in each state."""
        return {state: sum(row.state == state for row in self.rows) for state in ("changed", "new", "gone", "same")}

    def blocks(self) -> list[Block]:
        """Rows that differ one by one, runs of equal rows together."""
        blocks: list[Block] = []
        for row in self.rows:
            if row.state == "same" and blocks and blocks[-1].same:
                blocks[-1].rows.append(row)
            else:
                blocks.append(Block([row]))
        return blocks


def compare(old: Sequence[Content], new: Sequence[Content], same_row: Mapping[str, str] | None = None) -> PlanDiff:
    """Compare two texts: rows of the same uid are the same, the others are told by their words.

    ``same_row`` gives the uid that a row of ``new`` has in ``old`` (an amendment's rows are copies). Rows follow
    ``new``; what is gone stands behind the row that stood before it.
    """
    before = {item["uid"]: item for item in old}
    partner = {}
    for item in new:
        uid = (same_row or {}).get(item["uid"], item["uid"])
        if uid in before:
            partner[item["uid"]] = uid
    lefts = [item for item in old if item["uid"] not in set(partner.values())]
    rights = [item for item in new if item["uid"] not in partner]
    by_n = {item["n"]: item["uid"] for item in lefts}, {item["n"]: item["uid"] for item in rights}
    for pair in align([reading_of(item) for item in lefts], [reading_of(item) for item in rights]):
        if pair.old_n is not None and pair.new_n is not None and not pair.part:
            partner[by_n[1][pair.new_n]] = by_n[0][pair.old_n]
    rows = [_row(before.get(partner.get(item["uid"], "")), item) for item in new]
    return PlanDiff(_with_gone(rows, old, new, partner))


def _with_gone(
    rows: list[RowDiff], old: Sequence[Content], new: Sequence[Content], partner: Mapping[str, str]
) -> list[RowDiff]:
    place = {uid: n for n, uid in enumerate(partner.get(item["uid"], "") for item in new) if uid}
    behind: dict[int, list[RowDiff]] = {}
    last = -1
    for item in old:
        if item["uid"] in place:
            last = place[item["uid"]]
        else:
            behind.setdefault(last, []).append(_row(item, None))
    result = behind.get(-1, [])
    for at, row in enumerate(rows):
        result = [*result, row, *behind.get(at, [])]
    return result


def _row(old: Content | None, new: Content | None) -> RowDiff:
    if old is None or new is None:
        item = old or new
        assert item is not None
        op: Op = "insert" if old is None else "delete"
        fields = [FieldDiff(name, _whole(name, op, shown)) for name in FIELDS if (shown := _shown(item, name))]
        state: State = "new" if old is None else "gone"
        numbers = [side["n"] if side else None for side in (old, new)]
        return RowDiff(state, numbers[0], numbers[1], fields, item["text"], item["uid"])
    changes = field_changes(reading_of(old), reading_of(new))
    fields = [FieldDiff(change.field, _pieces(change.field, change.before, change.after)) for change in changes]
    return RowDiff("changed" if fields else "same", old["n"], new["n"], fields, new["text"], new["uid"])


def _shown(item: Content, name: str) -> str:
    return shown_field(reading_of(item), name)


def _whole(name: str, op: Op, text: str) -> list[Piece]:
    return [(op, part) for part in (text.split("、") if name in RoleKind.values else [text])]


def _pieces(name: str, before: str, after: str) -> list[Piece]:
    """Long words are compared piece by piece; short fields are shown whole, once before and once after."""
    if name in ("text", "task", "section"):
        return text_diff(before, after)
    if name in RoleKind.values:
        return _list_pieces(before.split("、"), after.split("、"))
    pieces: list[Piece] = [("delete", before)] if before else []
    return [*pieces, ("insert", after)] if after else pieces


def _list_pieces(before: list[str], after: list[str]) -> list[Piece]:
    """Names that went, stayed and came; a name is never cut apart."""
    pieces: list[Piece] = []
    for op in Indel.opcodes(before, after):
        names = after[op.dest_start : op.dest_end] if op.tag == "insert" else before[op.src_start : op.src_end]
        pieces += [(cast("Op", op.tag), name) for name in names if name]
    return pieces


def recorded_changes(before: Content | None, after: Content | None) -> list[FieldDiff]:
    """What an audit record says that changed in a row: ``before`` and ``after`` hold the fields that differ, or all."""
    diffs = []
    for name in LABELS:
        old, new = ("" if side is None else shown_value(name, side.get(name)) for side in (before, after))
        if name in (before or {}) | (after or {}) and old != new:
            diffs.append(FieldDiff(name, _pieces(name, old, new)))
    return diffs


def shown_value(name: str, value: Any) -> str:
    """One field of a row content as words."""
    if value is None or value == [] or value == "":
        return ""
    if name == "deadline":
        return _shown_deadline(value)
    if name == "roles":
        return _shown_roles(value)
    if name == "targets":
        return "；".join(_shown_target(item) for item in value)
    if name == "flags":
        return "、".join(f"{item['id']}{' ✓' if item['accepted'] else ''}" for item in value)
    if name == "conflicts":
        return "、".join(str(LABELS.get(item["field"], item["field"])) for item in value)
    return str(value)


def _shown_deadline(value: Content) -> str:
    days = " – ".join(day for day in (value.get("start"), value.get("end")) if day)
    return f"{value['text']}（{days}）" if days else str(value["text"])


def _shown_roles(roles: Iterable[Content]) -> str:
    groups: dict[str, list[str]] = {}
    for item in roles:
        groups.setdefault(item["role"], []).append(item["name"])
    return "；".join(f"{LABELS.get(role, role)}：{'、'.join(names)}" for role, names in groups.items())


def _shown_target(item: Content) -> str:
    return shown_figures(reading_of(_AROUND | {"targets": [item]}).targets[0])


_AROUND: Content = {
    "uid": None, "n": 0, "section": "", "seq": None, "task": "", "text": "", "paragraphs": [], "text_dates": [],
    "deadline": {"text": "", "kind": "none", "start": None, "end": None, "also": []}, "roles": [], "flags": [],
    "source": {"page": None, "row": 0, "cells": []},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stand:
    """A row in one version: what differs from the version before; the first version shows the whole row."""

    version: Any
    state: State
    fields: list[FieldDiff]


def through(versions: Iterable[tuple[Any, Content | None]]) -> list[Stand]:
    """One row through the versions of its plan, the first first; versions before the row was made are left out."""
    stands: list[Stand] = []
    before: Content | None = None
    for version, now in versions:
        if before is None and now is None:
            continue
        row = _row(before, now)
        # The first version has nothing before it: its words did not come in, they stand there.
        fields = row.fields if stands else [_plain(diff) for diff in row.fields]
        stands.append(Stand(version, row.state, fields))
        before = now
    return stands


def _plain(diff: FieldDiff) -> FieldDiff:
    return FieldDiff(diff.name, [("equal", words) for _op, words in diff.pieces])
