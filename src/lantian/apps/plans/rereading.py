"""Reading a row's words again by the reader's grammars after a person changed them.

What people decided is kept: a target that they made or changed stays where its phrase still stands, and a phrase that
they said is no target is not proposed again. Pure: contents in, contents out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from lantian.apps.plans.content import Content, reading_of, target_read
from lantian.reading.finish import deadline_flags, due_date
from lantian.reading.grammar.deadlines import find_dates, read_deadline
from lantian.reading.grammar.places import areas_of
from lantian.reading.grammar.targets import find_targets
from lantian.reading.model import Deadline, Target
from lantian.reading.output import deadline_dict
from lantian.reading.text import join_layout, join_paragraphs

DEADLINE_RULES = ("R15", "R16", "R17")
_UNREADABLE = "\ufffd"


@dataclass(frozen=True, slots=True)
class Rereader:
    """The grammars, set for one plan: its year, its region's words, and the area names that its units make known."""

    year: int | None
    region: str
    places: frozenset[str] = frozenset()

    @classmethod
    def of(cls, year: int | None, region: str, rows: Iterable[Content]) -> Rereader:
        """For a plan with these rows."""
        return cls(year, region, areas_of({role["name"] for row in rows for role in row["roles"]}))

    def with_text(self, content: Content, paragraphs: Sequence[str]) -> Content:
        """The row with new words: dates and targets read again, flags that spoke of the old words renewed."""
        text = join_paragraphs(paragraphs)
        other = [item for item in content["text_dates"] if item["text"] not in content["text"]]  # of a goal column
        dates = [deadline_dict(item) for item in find_dates(text, year=self.year, region=self.region)]
        changed = content | {
            "text": text,
            "paragraphs": list(paragraphs),
            "text_dates": dates + [item for item in other if item not in dates],
            "dropped": [phrase for phrase in content["dropped"] if phrase in text],
        }
        kept = [moved for item in content["targets"] if (moved := _kept(item, text)) is not None]
        changed["targets"] = in_print_order([*kept, *self._proposed(changed, kept)])
        lost = [
            f for f in content["flags"] if f["id"] == "R21" and _UNREADABLE in f["detail"] and f["detail"] not in text
        ]
        changed["flags"] = [flag for flag in content["flags"] if flag not in lost]
        if _UNREADABLE in text and not any(flag["id"] == "R21" for flag in changed["flags"]):
            around = text[max(0, text.index(_UNREADABLE) - 5) :][:11]
            changed["flags"] = [*changed["flags"], {"id": "R21", "detail": around, "accepted": False}]
        return self._with_deadline_flags(changed, content["deadline"]["text"])

    def with_deadline(self, content: Content, printed: str) -> Content:
        """The row with another deadline cell: dates, its flags, and the dates of targets that follow the cell."""
        deadline = read_deadline(printed, year=self.year, region=self.region)
        changed = content | {"deadline": deadline_dict(deadline)}
        return self._with_deadline_flags(self._with_target_dates(content, changed), printed)

    def again(self, content: Content, before: Rereader) -> Content:
        """The row under another year or region (``before``: as it was read): the same words, other dates."""
        text = find_dates(content["text"], year=self.year, region=self.region)
        other = [item for item in content["text_dates"] if item["text"] not in content["text"]]
        printed = content["deadline"]["text"]
        deadline = read_deadline(printed, year=self.year, region=self.region)
        changed = content | {"deadline": deadline_dict(deadline), "text_dates": [*map(deadline_dict, text), *other]}
        return self._with_deadline_flags(self._with_target_dates(content, changed, before), printed)

    def phrase(self, content: Content, text: str) -> Content | None:
        """The target that the grammar reads in one phrase alone, with the row's deadline and units, if any."""
        found = find_targets(
            text, year=self.year, due=_due(content), places=self.places, units=_names(content),
            dates=find_dates(text, year=self.year, region=self.region),
        )  # fmt: skip
        return target_read(found[0]) if found else None

    def _found(self, content: Content) -> tuple[Target, ...]:
        row = reading_of(content)
        return find_targets(
            row.measure, year=self.year, due=due_date(row.deadline), places=self.places, units=_names(content),
            dates=row.text_dates,
        )  # fmt: skip

    def _proposed(self, content: Content, kept: Sequence[Content]) -> list[Content]:
        """Targets that the grammar finds, but for phrases that people decided upon."""
        spans = [item["span"] for item in kept if item["span"]]
        found = [target_read(item) for item in self._found(content)]
        return [
            item
            for item in found
            if item["text"] not in content["dropped"] and not any(_meet(item["span"], span) for span in spans)
        ]

    def _with_target_dates(self, content: Content, changed: Content, before: Rereader | None = None) -> Content:
        """Targets that no person touched take the date that governs them now."""
        by = {item.span: item.by for item in self._found(changed)}
        was, now = (before or self)._year_end(content), self._year_end(changed)
        targets = []
        for item in content["targets"]:
            if not item["edited"]:
                span = tuple(item["span"]) if item["span"] else None
                if span in by:
                    item = item | {"by": _day(by[span])}
                elif item["by"] == was[item["value"] is not None]:
                    item = item | {"by": now[item["value"] is not None]}
            targets.append(item)
        return changed | {"targets": targets}

    def _year_end(self, content: Content) -> tuple[str | None, str | None]:
        """The date of a target without one of its own: without a figure, with a figure (docs/reading/targets.md)."""
        due = _due(content)
        end = due or (date(self.year, 12, 31) if self.year else None)
        return _day(due), _day(end)

    def _with_deadline_flags(self, content: Content, printed: str) -> Content:
        row = reading_of(content)
        now = [(flag.id, flag.detail) for flag in deadline_flags(printed, row.deadline, row.text_dates)]
        return content | {"flags": renew(content["flags"], DEADLINE_RULES, now)}


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs of typed words, blank lines dropped."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def joined_paragraphs(content: Content) -> list[str]:
    """The paragraphs of a row as its text joins them: one after the other they are the text."""
    parts = [join_layout(part) for part in content["paragraphs"]]
    return parts if "".join(parts) == content["text"] else [content["text"]]


def cut(content: Content, at: int) -> tuple[list[str], list[str]]:
    """The paragraphs before and after a character of the joined text."""
    parts = joined_paragraphs(content)
    starts = [0, *accumulate(map(len, parts))]
    left = [part[: at - start] for part, start in zip(parts, starts, strict=False) if start < at]
    right = [part[max(0, at - start) :] for part, start in zip(parts, starts, strict=False) if start + len(part) > at]
    return left, right


def shifted(targets: Iterable[Content], by: int) -> list[Content]:
    """Targets whose text moved by so many characters."""
    return [
        item if item["span"] is None else item | {"span": [item["span"][0] + by, item["span"][1] + by]}
        for item in targets
    ]


def in_print_order(targets: Iterable[Content]) -> list[Content]:
    """Targets as printed; those of a goal column, which have no place in the text, come last."""
    return sorted(targets, key=lambda item: (item["span"] is None, item["span"] or [0, 0]))


def renew(flags: Sequence[Content], rules: Sequence[str], now: Iterable[tuple[str, str]]) -> list[Content]:
    """The flags with those of ``rules`` as they are ``now``: gone ones dropped, new ones last, accepted ones kept."""
    wanted = list(dict.fromkeys(now))
    kept = [flag for flag in flags if flag["id"] not in rules or (flag["id"], flag["detail"]) in wanted]
    known = {(flag["id"], flag["detail"]) for flag in kept}
    new = [{"id": rule, "detail": detail, "accepted": False} for rule, detail in wanted if (rule, detail) not in known]
    return kept + new


def _unreadable(flags: Sequence[Content], text: str) -> list[Content]:
    """The flags without remarks about letters that are readable now, and with one about letters that are not."""
    kept = [f for f in flags if f["id"] != "R21" or _UNREADABLE not in f["detail"] or f["detail"] in text]
    if _UNREADABLE in text and not any(flag["id"] == "R21" for flag in kept):
        around = text[max(0, text.index(_UNREADABLE) - 5) :][:11]
        kept.append({"id": "R21", "detail": around, "accepted": False})
    return kept


def _kept(target: Content, text: str) -> Content | None:
    """A target that survives new words: of a goal column, or a person's own whose phrase still stands."""
    if target["span"] is None:
        return target
    if not target["edited"]:
        return None
    start = _nearest(target["text"], text, target["span"][0])
    return None if start is None else target | {"span": [start, start + len(target["text"])]}


def _nearest(phrase: str, text: str, place: int) -> int | None:
    """Where the phrase stands, nearest to where it stood."""
    found = []
    start = text.find(phrase) if phrase else -1
    while start >= 0:
        found.append(start)
        start = text.find(phrase, start + 1)
    return min(found, key=lambda start: abs(start - place)) if found else None


def _meet(one: Sequence[int], other: Sequence[int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _names(content: Content) -> list[str]:
    return [role["name"] for role in content["roles"]]


def _due(content: Content) -> date | None:
    return due_date(_deadline(content["deadline"]))


def _deadline(item: Content) -> Deadline:
    also: tuple[Deadline, ...] = tuple(map(_deadline, item["also"] or ()))
    end: Any = item["end"]
    return Deadline(item["text"], item["kind"], None, date.fromisoformat(end) if end else None, also)


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()
