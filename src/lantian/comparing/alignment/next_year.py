"""A draft of next year's district plan: the new city plan in its order, with the district's rows under it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lantian.comparing.align import align as align_years
from lantian.comparing.alignment.clauses import Row, rows_of
from lantian.comparing.alignment.engine import align
from lantian.comparing.alignment.figures import asked_of, shifted, shown_target
from lantian.comparing.alignment.localise import Style, localise, open_totals, style_of, units_for, unknown_offices
from lantian.comparing.alignment.model import Link, RowRef
from lantian.reading.model import Deadline, Measure, Plan, Source
from lantian.reading.text import compare_form

Origin = Literal["continued", "changed", "new", "own", "dropped"]
ORIGINS: dict[Origin, str] = {
    "continued": "延续", "changed": "市级有调整", "new": "市级新增", "own": "区级自有", "dropped": "市级不再提出",
}  # fmt: skip
_FIELDS = {"text": "文字", "unit": "单位", "date": "时限", "target": "指标", "role": "角色"}
_CHANGING = ("narrowed", "tightened", "loosened")
_SHOWN = 4  # changes that a note names


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A row of the draft: where it comes from, the new city row and this year's own row, and a sentence about it."""

    measure: Measure
    origin: Origin
    note: str
    city: RowRef | None = None
    this_year: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft plan, its rows with their provenance (same order), the city rows that ask nothing of the district."""

    plan: Plan
    rows: tuple[DraftRow, ...]
    left_out: tuple[RowRef, ...] = ()

    def counts(self) -> dict[str, int]:
        """How many rows of each origin, by its Chinese name."""
        number = Counter(row.origin for row in self.rows)
        return {label: number[origin] for origin, label in ORIGINS.items()}


def draft_next(new_city: Sequence[Plan], district: Plan, old_city: Sequence[Plan] = ()) -> Draft:
    """Draft next year's district plan from the city's new plan and this year's district plan.

    With the city's old plan, a row counts as changed where the city changed it; without, where the district's asks for
    something else than the new city row. Rows keep the district's own words where the city asks for the same, and its
    units always. Only the city's plan of the district's medium counts; without one the draft has no rows.
    """
    new = next((plan for plan in new_city if plan.medium == district.medium), None)
    old = next((plan for plan in old_city if plan.medium == district.medium), None)
    if new is None:
        return Draft(replace(district, measures=()), ())
    maker = _Maker(new, old, district)
    rows = maker.rows()
    numbered = _numbered([row.measure for row in rows])
    rows = [replace(row, measure=measure) for row, measure in zip(rows, numbered, strict=True)]
    plan = replace(
        district, title=maker.moved(district.title), year=maker.year, measures=tuple(numbered), file="", sha256="",
        flags=(),
    )  # fmt: skip
    return Draft(plan, tuple(rows), tuple(maker.left_out))


class _Maker:
    """Puts the rows together; holds what every step needs."""

    def __init__(self, new: Plan, old: Plan | None, district: Plan) -> None:
        self.new, self.old, self.district = new, old, district
        self.year = new.year or (district.year + 1 if district.year else None)
        self.style: Style = style_of(district)
        self.left_out: list[RowRef] = []
        self.links: dict[int, Link] = {link.district_n: link for link in align([new], district).links}
        before = align([old], district).links if old is not None else ()
        self.old_links = {link.district_n: link for link in before}
        pairs = align_years(old.measures, new.measures, reworded=True) if old is not None else ()
        self.became = {pair.old_n: pair.new_n for pair in pairs if pair.old_n and pair.new_n and not pair.part}

    def rows(self) -> list[DraftRow]:
        """Rows of the new city plan in its order; the district's other rows behind their neighbours of this year."""
        own = {m.n: m for m in self.district.measures}
        users = self._users()
        drafted: list[DraftRow] = []
        for row in rows_of(self.new):
            used = [own[n] for n in users.get(row.measure.n, ())]
            if used:
                drafted += [self._kept(row, measure, alone=len(used) == 1) for measure in used]
            elif self._concerns(row):
                drafted.append(self._new(row))
            else:
                self.left_out.append(self._ref(row.measure))
        placed = {row.this_year for row in drafted}
        for measure in self.district.measures:
            if measure.n not in placed:
                place = self._behind(drafted, measure.n)
                section = drafted[max(0, place - 1)].measure.section if drafted else None
                drafted.insert(place, self._rest(measure, section))
        return drafted

    def moved(self, text: str) -> str:
        """The text with this year's number as next year's."""
        return text.replace(f"{self.district.year}年", f"{self.year}年") if self.district.year and self.year else text

    def _users(self) -> dict[int, list[int]]:
        """New city row → this year's district rows, by their words or by the way of the city's old row."""
        users: dict[int, list[int]] = defaultdict(list)
        for n, link in self.links.items():
            targets = [row.n for row in link.city]
            if not targets and n in self.old_links:
                targets = [self.became[row.n] or 0 for row in self.old_links[n].city if self.became.get(row.n)]
            if targets:
                users[targets[0]].append(n)
        return users

    def _kept(self, row: Row, measure: Measure, *, alone: bool) -> DraftRow:
        link = self.links[measure.n]
        old = self._old_row(measure.n)
        if old is not None:
            changed = self._differs(old, row.measure)
        else:
            changed = link.relation in _CHANGING or any(change.field in ("target", "date") for change in link.changes)
        ref = self._ref(row.measure)
        kept = replace(self._shifted(measure), section=row.measure.section, task=row.measure.task)
        if not changed:
            return DraftRow(kept, "continued", self._source(row.measure), ref, measure.n)
        note = f"{self._source(row.measure)}，请核对：{self._differences(link)}"
        if not alone:
            note += "。本条与其他区级措施共同承接该市级措施，暂用今年文字"
            return DraftRow(kept, "changed", note, ref, measure.n)
        note += f"{self._open(row)}。今年区级文字：{measure.measure}"
        text = localise(row, self.style)
        drafted = replace(
            kept, measure=text, paragraphs=(text,), text_dates=row.measure.text_dates, deadline=row.measure.deadline,
            targets=tuple(replace(t, span=None) for t in asked_of(row.measure.targets, self.style.region)),
        )  # fmt: skip
        return DraftRow(drafted, "changed", note, ref, measure.n)

    def _new(self, row: Row) -> DraftRow:
        measure = row.measure
        text = localise(row, self.style)
        roles = units_for(measure, text, self.style)
        drafted = replace(
            measure, measure=text, paragraphs=(text,), roles=roles, inherited=(), flags=(), source=Source(None, 0),
            targets=tuple(replace(t, span=None) for t in asked_of(measure.targets, self.style.region)),
        )  # fmt: skip
        note = (
            self._source(measure) + ("，单位按对应部门拟定，请核对" if roles else "，请确定主责单位") + self._open(row)
        )
        return DraftRow(drafted, "new", note, self._ref(measure))

    def _open(self, row: Row) -> str:
        """What nobody can know from the print: this district's share of a sum, its body for a city's."""
        totals = "、".join(f"“{shown_target(t)}”" for t in open_totals(row.measure, self.style.region))
        offices = "、".join(unknown_offices(row, localise(row, self.style), self.style))
        return (f"；{totals}为全市总量，请换成本区指标" if totals else "") + (
            f"；{offices}在区里没有对应单位，请核对" if offices else ""
        )

    def _rest(self, measure: Measure, section: str | None) -> DraftRow:
        """A row of this year that no new city row asks for, in the section of the row before it."""
        link = self.old_links.get(measure.n)
        kept = replace(self._shifted(measure), section=measure.section if section is None else section)
        if link is not None and link.city:
            seq = link.city[0].seq
            note = f"今年承接的市级措施（序号{'—' if seq is None else seq}）新一年不再提出，请决定是否保留"
            return DraftRow(kept, "dropped", note, None, measure.n)
        return DraftRow(kept, "own", "市级计划没有对应措施，请决定是否保留", None, measure.n)

    def _behind(self, drafted: Sequence[DraftRow], n: int) -> int:
        """Behind the nearest earlier row of this year's plan that is in the draft."""
        places = {row.this_year: place for place, row in enumerate(drafted) if row.this_year is not None}
        earlier = [number for number in places if number is not None and number < n]
        return places[max(earlier)] + 1 if earlier else 0

    def _old_row(self, n: int) -> Measure | None:
        link = self.old_links.get(n)
        if self.old is None or link is None or not link.city:
            return None
        return next((m for m in self.old.measures if m.n == link.city[0].n), None)

    def _differs(self, old: Measure, new: Measure) -> bool:
        years = (self.new.year or 0) - (self.old.year or 0) if self.old is not None else 0
        text = old.measure
        if self.old is not None and self.old.year and self.new.year:
            text = text.replace(f"{self.old.year}年", f"{self.new.year}年")
        due = old.deadline.kind, shifted(old.deadline.start, years), shifted(old.deadline.end, years)
        same_date = due == (new.deadline.kind, new.deadline.start, new.deadline.end)
        return compare_form(text) != compare_form(new.measure) or not same_date

    def _shifted(self, measure: Measure) -> Measure:
        """This year's row a year later."""
        years = self.year - self.district.year if self.year and self.district.year else 0
        return replace(
            measure,
            section=self.moved(measure.section), task=self.moved(measure.task), measure=self.moved(measure.measure),
            paragraphs=tuple(map(self.moved, measure.paragraphs)), deadline=self._later(measure.deadline, years),
            text_dates=tuple(self._later(due, years) for due in measure.text_dates),
            targets=tuple(replace(t, by=shifted(t.by, years)) for t in measure.targets), flags=(),
        )  # fmt: skip

    def _later(self, due: Deadline, years: int) -> Deadline:
        return replace(
            due, text=self.moved(due.text), start=shifted(due.start, years), end=shifted(due.end, years),
            also=tuple(self._later(item, years) for item in due.also),
        )  # fmt: skip

    def _concerns(self, row: Row) -> bool:
        """Whether a city row asks something of districts, and of this one: not of city bodies or named others only."""
        doers = [role.name for role in row.measure.roles if role.role != "support"]
        collective = any(name.startswith(("各", "相关", "有关")) for name in doers)
        named = any(name.startswith(self.style.region) for name in doers)
        return collective or named or not doers or any("各区" in clause.text for clause in row.clauses)

    def _ref(self, measure: Measure) -> RowRef:
        return RowRef(self.new.medium, measure.seq, measure.n)

    @staticmethod
    def _source(measure: Measure) -> str:
        return f"市级序号{'—' if measure.seq is None else measure.seq}"

    @staticmethod
    def _differences(link: Link) -> str:
        changes = [change for change in link.changes if change.field != "unit"][:_SHOWN]
        return (
            "；".join(
                f"{_FIELDS[change.field]} 市“{change.before or '无'}”、区“{change.after or '无'}”" for change in changes
            )
            or "市级文字有调整"
        )


def _numbered(measures: Sequence[Measure]) -> list[Measure]:
    """Numbered anew: ``n`` by place, 序号 by task as the print counts it."""
    result: list[Measure] = []
    seq = 0
    for n, measure in enumerate(measures, start=1):
        above = result[-1] if result else None
        if above is None or (above.section, above.task) != (measure.section, measure.task) or not measure.task:
            seq += 1
        result.append(replace(measure, n=n, seq=seq, source=Source(None, n)))
    return result
