"""A plan as ``lantian read --format json`` prints it (contracts §1), checked row by row and made the reader's own type.

Every problem of a document is found in one go; a name that is not known is a problem, not passed over. What the
document says twice (the lists of names and ``roles``) must agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

from django.utils.translation import gettext_noop
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from lantian.apps.areas.models import Level
from lantian.apps.core.api.fields import WITHOUT_NUL, Day
from lantian.apps.plans.models import DeadlineKind, Medium, Strength, TargetKind
from lantian.reading import model as read
from lantian.reading.rules import rules

PLANS = 20  # in one document
ROWS = 2000  # in one plan
_INTEGER = 2_147_483_647  # the largest that the database's integer takes


def _problem(sentence: str, **context: Any) -> PydanticCustomError:
    return PydanticCustomError("document", "a document that contradicts itself", {"sentence": sentence, **context})


Short = Annotated[str, StringConstraints(max_length=60, pattern=WITHOUT_NUL)]
Region = Annotated[str, StringConstraints(max_length=80, pattern=WITHOUT_NUL)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=WITHOUT_NUL)]
Due = Annotated[str, StringConstraints(max_length=200, pattern=WITHOUT_NUL)]
Phrase = Annotated[str, StringConstraints(max_length=300, pattern=WITHOUT_NUL)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=WITHOUT_NUL)]
Task = Annotated[str, StringConstraints(max_length=500, pattern=WITHOUT_NUL)]
Demand = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=WITHOUT_NUL)]
Long = Annotated[str, StringConstraints(max_length=20_000, pattern=WITHOUT_NUL)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=WITHOUT_NUL)]
# Fifteen digits survive the way through a JSON number; the reader's own figures are such numbers.
Figure = Annotated[Decimal, Field(max_digits=15, decimal_places=6)]
Position = Annotated[int, Field(ge=0, le=_INTEGER)]


class Strict(BaseModel):
    """Knows its names and no others."""

    model_config = ConfigDict(extra="forbid")


class FlagIn(Strict):
    """A flag of the reader; of its three texts the id counts (and ``detail``, where it is given apart)."""

    id: Annotated[str, StringConstraints(pattern=r"^[RT]\d{2}$")]
    name: Phrase = ""
    text: Long = ""
    detail: Long = ""

    def reading(self) -> read.Flag:
        """As the reader's own type. Raises nothing: an unknown rule is kept, and shown by its id."""
        if self.detail or not self.text:
            return read.Flag(self.id, self.detail)
        rule = rules().get(self.id)
        for sentence in (rule.zh + "：", rule.en + ": ") if rule else ():
            if self.text.startswith(sentence):
                return read.Flag(self.id, self.text.removeprefix(sentence))
        return read.Flag(self.id)


class SecondDeadlineIn(Strict):
    """A further deadline of the same cell."""

    text: Due
    kind: DeadlineKind
    start: Day | None = None
    end: Day | None = None
    also: Annotated[list[Any], Field(max_length=0)] = []

    @model_validator(mode="after")
    def _in_order(self) -> SecondDeadlineIn:
        if self.start and self.end and self.start > self.end:
            raise _problem(gettext_noop("ends before it begins"))
        return self

    def reading(self) -> read.Deadline:
        """As the reader's own type."""
        return read.Deadline(self.text, self.kind.value, self.start, self.end)  # type: ignore[arg-type]


class DeadlineIn(SecondDeadlineIn):
    """The printed words, their kind, earliest and latest date."""

    also: Annotated[list[SecondDeadlineIn], Field(max_length=20)] = []

    def reading(self) -> read.Deadline:
        also = tuple(item.reading() for item in self.also)
        return read.Deadline(self.text, self.kind.value, self.start, self.end, also)  # type: ignore[arg-type]


class RoleIn(Strict):
    """One name in one role, as read and as printed."""

    role: Literal["lead", "responsible", "support"]
    name: Name
    as_printed: Phrase = ""
    open: bool = False
    group: Annotated[int, Field(ge=0, le=32767)] = 0


class TargetIn(Strict):
    """A target; figures as numbers or as text."""

    text: Demand
    subject: Phrase
    kind: TargetKind
    comparator: Literal[">=", "<=", ">", "<", "=", "~"] | None = None
    value: Figure | None = None
    value_max: Figure | None = None
    stretch: Figure | None = None
    unit: Short | None = None
    baseline: Annotated[int, Field(ge=1949, le=2200)] | Literal["previous_year"] | None = None
    by: Day | None = None
    scope: Annotated[list[Name], Field(max_length=200)] = []
    qualifier: Phrase | None = None
    sense: Literal["at_least", "at_most"] | None = None
    applies: Literal["total", "each", "both", "owner"] | None = None
    strength: Strength = Strength.HARD
    statistic: Short | None = None
    period: Short | None = None
    denominator: Phrase | None = None
    span: tuple[Position, Position] | None = None

    def reading(self) -> read.Target:
        """As the reader's own type."""
        given: dict[str, Any] = self.model_dump()
        given |= {name: _number(given[name]) for name in ("value", "value_max", "stretch")}
        given |= {"kind": self.kind.value, "strength": self.strength.value, "scope": tuple(self.scope)}
        return read.Target(**given)


class SourceIn(Strict):
    """Where the row was printed."""

    page: Annotated[int, Field(ge=1, le=100_000)] | None = None
    row: Position = 0
    cells: Annotated[list[Any], Field(max_length=200)] = []  # boxes on pages that we do not have


class MeasureIn(Strict):
    """One row."""

    n: Annotated[int, Field(ge=1, le=ROWS)]
    section: Phrase = ""
    seq: Position | None = None
    task: Task = ""
    measure: Text
    paragraphs: Annotated[list[Long], Field(max_length=500)] = []
    deadline: DeadlineIn = DeadlineIn(text="", kind=DeadlineKind.NONE)
    text_dates: Annotated[list[DeadlineIn], Field(max_length=100)] = []
    lead: Annotated[list[Name], Field(max_length=200)] = []
    responsible: Annotated[list[Name], Field(max_length=200)] = []
    support: Annotated[list[Name], Field(max_length=200)] = []
    inherited: Annotated[list[Name], Field(max_length=200)] = []
    roles: Annotated[list[RoleIn], Field(max_length=600)] | None = None
    targets: Annotated[list[TargetIn], Field(max_length=200)] = []
    source: SourceIn = SourceIn()
    flags: Annotated[list[FlagIn], Field(max_length=200)] = []

    @model_validator(mode="after")
    def _agrees(self) -> MeasureIn:
        for place, target in enumerate(self.targets):
            if target.span and not target.span[0] < target.span[1] <= len(self.measure):
                raise _problem(gettext_noop("targets[%(place)s].span lies outside of the text"), place=place)
        for kind in get_args(read.RoleName):
            given = getattr(self, kind)
            if self.roles is not None and given and given != [item.name for item in self.roles if item.role == kind]:
                raise _problem(gettext_noop("%(kind)s names other units than roles"), kind=kind)
        return self

    def reading(self) -> read.Measure:
        """As the reader's own type."""
        return read.Measure(
            n=self.n,
            section=self.section,
            seq=self.seq,
            task=self.task,
            measure=self.measure,
            paragraphs=tuple(self.paragraphs or self.measure.split("\n")),
            deadline=self.deadline.reading(),
            text_dates=tuple(item.reading() for item in self.text_dates),
            roles=tuple(self._roles()),
            inherited=tuple(self.inherited),
            targets=tuple(item.reading() for item in self.targets),
            source=read.Source(self.source.page, self.source.row),
            flags=tuple(item.reading() for item in self.flags),
        )

    def _roles(self) -> Iterator[read.Role]:
        for kind in get_args(read.RoleName) if self.roles is None else ():
            yield from (read.Role(kind, name, name) for name in getattr(self, kind))
        for item in self.roles or ():
            yield read.Role(item.role, item.name, item.as_printed or item.name, item.open, item.group)


class PlanIn(Strict):
    """One plan with its rows."""

    file: Phrase = ""
    sha256: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")] = ""
    title: Title
    year: Annotated[int, Field(ge=1949, le=2200)] | None
    region: Region = ""
    level: Level
    medium: Medium
    flags: Annotated[list[FlagIn], Field(max_length=200)] = []
    measures: Annotated[list[MeasureIn], Field(min_length=1, max_length=ROWS)]

    @model_validator(mode="after")
    def _numbered(self) -> PlanIn:
        for place, row in enumerate(self.measures):
            if row.n != place + 1:
                raise _problem(gettext_noop("measures[%(place)s].n must be %(n)s"), place=place, n=place + 1)
        return self

    def reading(self) -> read.Plan:
        """As the reader's own type."""
        return read.Plan(
            title=self.title,
            year=self.year,
            region=self.region,
            level=self.level.value,  # type: ignore[arg-type]
            medium=self.medium.value,  # type: ignore[arg-type]
            measures=tuple(row.reading() for row in self.measures),
            file=self.file,
            sha256=self.sha256,
            flags=tuple(item.reading() for item in self.flags),
        )


class DocumentIn(Strict):
    """What ``lantian read --format json`` prints."""

    plans: Annotated[list[PlanIn], Field(min_length=1, max_length=PLANS)]

    def reading(self) -> list[read.Plan]:
        """As the reader's own types."""
        return [plan.reading() for plan in self.plans]


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
