"""A whole plan three ways: rows that the file moved, split, added or dropped against what people did with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from lantian.comparing.align import Line, align_lines, line_of
from lantian.comparing.merge import ROW, Conflict, Content, edited, facts, merge3
from lantian.reading.text import compare_form

State = Literal["same", "changed", "new", "kept", "gone"]
_SAME_ROW = 0.8  # score from which a row that people put in is the row that the file has only now


@dataclass(frozen=True, slots=True)
class MergedRow:
    """A row of the merged plan: as it was (``same``), with news from the file (``changed``), from the file (``new``) or
    only people's (``kept``)."""

    content: Content
    state: State
    conflicts: tuple[Conflict, ...] = ()


@dataclass(slots=True)
class MergedRows:
    """The merged plan in order, the uids of rows that go, and the new reading with its rows' uids.

    ``reading`` is what the next merge takes as ``old``.
    """

    rows: list[MergedRow] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    reading: list[Content] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many rows are in each state, are removed (``gone``) and have a conflict from this merge."""
        found = Counter(row.state for row in self.rows)
        states = {name: found[name] for name in ("same", "changed", "new", "kept")}
        return states | {"gone": len(self.removed), "conflicts": sum(bool(row.conflicts) for row in self.rows)}


def merge_rows(
    old: Sequence[Content], mine: Sequence[Content], new: Sequence[Content], make_uid: Callable[[], str]
) -> MergedRows:
    """Merge a plan: ``old`` the reading before, ``mine`` the rows now, ``new`` the new reading.

    The same ``uid`` in ``old`` and ``mine`` is the same row. Rows of the new reading need no uid; they get the one of
    the row that they are, else a new one. The rules stand in docs/comparing.md.
    """
    return _Merge(old, mine, new, make_uid).run()


class _Merge:
    """The working state of one merge."""

    def __init__(
        self, old: Sequence[Content], mine: Sequence[Content], new: Sequence[Content], make_uid: Callable[[], str]
    ) -> None:
        self.old = {item["uid"]: item for item in old}
        self.mine = {item["uid"]: item for item in mine}
        self.new = new
        self.make_uid = make_uid
        self.rows: dict[str, MergedRow] = {}
        self.uids: dict[int, str] = {}  # of the new reading's rows, by their place
        self.parts: set[int] = set()

    def run(self) -> MergedRows:
        before = list(self.old.values())
        met = self._met()
        pairs = self._aligned(before, met)
        for place in range(len(self.new)):
            self._take(place, met.get(place), pairs.get(place))
        removed = self._gone()
        order = self._order(before)
        rows = [self._numbered(self.rows[uid], n) for n, uid in enumerate(order, start=1)]
        reading = [item | {"uid": self.uids[place]} for place, item in enumerate(self.new)]
        return MergedRows(rows, removed, reading)

    def _met(self) -> dict[int, str]:
        """Rows of the file that people had made themselves: the words they gave a row stand in the file now."""
        worked: dict[str, list[str]] = {}
        for uid, item in self.mine.items():
            if uid not in self.old or item["text"] != self.old[uid]["text"]:
                worked.setdefault(compare_form(item["text"]), []).append(uid)
        standing: dict[str, list[int]] = {}
        for place, item in enumerate(self.new):
            standing.setdefault(compare_form(item["text"]), []).append(place)
        return {
            places[0]: worked[text][0]
            for text, places in standing.items()
            if text and len(places) == 1 and len(worked.get(text, ())) == 1
        }

    def _aligned(self, before: list[Content], met: dict[int, str]) -> dict[int, tuple[str, bool]]:
        """Place in the new reading → uid of the row that it was, and whether it is only a part of it."""
        met_uids = set(met.values())
        lefts = [item for item in before if item["uid"] not in met_uids]
        rights = [place for place in range(len(self.new)) if place not in met]
        found = align_lines([_line(item) for item in lefts], [_line(self.new[place]) for place in rights])
        pairs: dict[int, tuple[str, bool]] = {}
        for pair in found:
            if pair.old_n is not None and pair.new_n is not None and (rights[pair.new_n] not in pairs):
                pairs[rights[pair.new_n]] = lefts[pair.old_n]["uid"], pair.part
        inserted = [item for uid, item in self.mine.items() if uid not in self.old and uid not in met_uids]
        open_ = [place for place in rights if place not in pairs or pairs[place][1]]
        for pair in align_lines([_line(item) for item in inserted], [_line(self.new[place]) for place in open_]):
            if pair.old_n is not None and pair.new_n is not None and not pair.part and pair.score >= _SAME_ROW:
                pairs[open_[pair.new_n]] = inserted[pair.old_n]["uid"], False
        return pairs

    def _take(self, place: int, met: str | None, aligned: tuple[str, bool] | None) -> None:
        """Bring one row of the new reading in."""
        item = self.new[place]
        if met is not None or aligned is None:
            uid, part = met, False
        else:
            uid, part = aligned
        old = self.old.get(uid) if uid else None
        if uid is not None and part:
            self._take_part(place, uid, item)
        elif uid is not None and uid in self.mine:
            mine = self.mine[uid]
            merged = merge3(old, mine, item)
            same = merged.content == mine
            self._put(place, uid, MergedRow(merged.content, "same" if same else "changed", tuple(merged.conflicts)))
        elif uid is not None and old is not None:
            self._come_back(place, uid, old, item)
        else:
            uid = self.make_uid()
            self._put(place, uid, MergedRow(item | {"uid": uid}, "new"))

    def _take_part(self, place: int, whole: str, item: Content) -> None:
        """A row that the file cut off from another takes what people decided for the whole, but for its words."""
        uid = self.make_uid()
        content = item | {"uid": uid}
        if whole in self.mine and whole in self.old:
            mine = self.mine[whole] | {"uid": uid, "conflicts": []}
            content = merge3(self.old[whole], mine, item, part=True).content | {"conflicts": []}
        self._put(place, uid, MergedRow(content, "new"))

    def _come_back(self, place: int, uid: str, old: Content, item: Content) -> None:
        """A row that people took out stays out, unless the file says something else now: then they are asked."""
        self.uids[place] = uid
        if edited(old, item):
            conflict = {"field": ROW, "old": facts(old), "new": facts(item), "mine": None}
            content = item | {"uid": uid, "conflicts": [conflict]}
            self.rows[uid] = MergedRow(content, "new", (conflict,))

    def _put(self, place: int, uid: str, row: MergedRow) -> None:
        self.uids[place] = uid
        self.rows[uid] = row

    def _gone(self) -> list[str]:
        """Rows of the plan that the new reading lacks: people's own stay, worked-on ones ask, the others go."""
        removed = []
        for uid, item in self.mine.items():
            if uid in self.rows:
                continue
            old = self.old.get(uid)
            if old is None:
                self.rows[uid] = MergedRow(item, "kept")
            elif edited(old, item):
                conflict = {"field": ROW, "old": facts(old), "new": None, "mine": facts(item)}
                others = [entry for entry in item["conflicts"] if entry["field"] != ROW]
                self.rows[uid] = MergedRow(item | {"conflicts": [*others, conflict]}, "kept", (conflict,))
            else:
                removed.append(uid)
        return removed

    def _order(self, before: list[Content]) -> list[str]:
        """People's order where they moved rows, else the file's; what only the other has follows its neighbour."""
        was = [item["uid"] for item in before]
        now = [uid for uid in self.mine if uid in self.rows]
        read = [self.uids[place] for place in range(len(self.new)) if self.uids[place] in self.rows]
        shared = set(now) & set(was)
        moved = [uid for uid in now if uid in shared] != [uid for uid in was if uid in shared]
        return _woven(now, read) if moved else _woven(read, now)

    @staticmethod
    def _numbered(row: MergedRow, n: int) -> MergedRow:
        if row.content["n"] == n:
            return row
        return MergedRow(row.content | {"n": n}, row.state, row.conflicts)


def _line(item: Content) -> Line:
    return line_of(item["text"], item["task"], item["section"], item["seq"])


def _woven(main: Sequence[str], other: Sequence[str]) -> list[str]:
    """``main`` in its order, and what only ``other`` has behind the item before it there."""
    result = list(main)
    known = set(main)
    before: str | None = None
    for uid in other:
        if uid not in known:
            result.insert(0 if before is None else result.index(before) + 1, uid)
            known.add(uid)
        before = uid
    return result
