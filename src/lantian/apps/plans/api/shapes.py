"""Plans, measures and targets as the API shows them: the names of ``lantian read`` (contracts §1), figures as text."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from lantian.apps.areas.models import Level
from lantian.apps.core.api import etags
from lantian.apps.core.models import JobState
from lantian.apps.plans.content import Content
from lantian.apps.plans.models import (
    DeadlineKind,
    Measure,
    Medium,
    Plan,
    PlanStatus,
    PlanVersion,
    RoleKind,
    Secrecy,
    Strength,
    TargetKind,
)  # fmt: skip
from lantian.reading.rules import rules

UNIT_LISTS = ("lead", "responsible", "support", "inherited")


class PlanFlagOut(BaseModel):
    """A remark of the reader about a whole file."""

    id: str
    name: str
    detail: str


class PlanOut(BaseModel):
    """A plan without its measures."""

    uid: UUID
    title: str
    year: int | None
    region: str = Field(description="The place as printed.")
    area: str | None = Field(description="Code of the area, null where the print names none or several.")
    level: Level
    medium: Medium
    status: PlanStatus
    secrecy: Secrecy
    number: str = Field(description="发文字号")
    issued: date | None
    version: int = Field(description="Of the last publication; 0: never published.")
    revision: int = Field(description="Rises with every change of a row.")
    amends: UUID | None
    file: str
    sha256: str
    flags: list[PlanFlagOut]
    measures: int = Field(description="How many measures it has.")
    created: datetime
    published: datetime | None
    updated: datetime = Field(description="When the plan or one of its rows last changed.")


class FlagOut(PlanFlagOut):
    """A repair or a doubt of the reader; docs/reading/flags.md lists the rules."""

    accepted: bool


class SecondDeadlineOut(BaseModel):
    """A further deadline of the same cell."""

    text: str
    kind: DeadlineKind
    start: date | None
    end: date | None


class DeadlineOut(SecondDeadlineOut):
    """The printed words, their kind, earliest and latest date."""

    also: list[SecondDeadlineOut]


class RoleOut(BaseModel):
    """One name in one role, with the unit of the directory that it means."""

    role: RoleKind
    name: str
    as_printed: str
    open: bool
    group: int
    unit: UUID | None


class TargetOut(BaseModel):
    """A target as printed; figures as decimal text."""

    text: str
    subject: str
    kind: TargetKind
    comparator: str | None
    value: str | None
    value_max: str | None
    stretch: str | None
    unit: str | None
    baseline: str | None
    by: date | None
    scope: list[str]
    qualifier: str | None
    sense: str | None
    applies: str | None
    strength: Strength
    statistic: str | None
    period: str | None
    denominator: str | None
    span: list[int] | None = Field(description="First character of `measure` that the text covers, and the one behind.")
    edited: bool


class SourceOut(BaseModel):
    """Where it was printed."""

    page: int | None
    row: int


class RowOut(BaseModel):
    """A measure's text as one version of the plan has it."""

    uid: UUID
    n: int
    section: str
    seq: int | None
    task: str
    measure: str
    paragraphs: list[str]
    deadline: DeadlineOut
    text_dates: list[DeadlineOut]
    lead: list[str]
    responsible: list[str]
    support: list[str]
    inherited: list[str]
    roles: list[RoleOut]
    targets: list[TargetOut]
    source: SourceOut
    flags: list[FlagOut]


class MeasureOut(RowOut):
    """A measure as it is now."""

    plan: UUID
    revision: int


class FoundTargetOut(TargetOut):
    """A target with the measure and the plan that set it."""

    measure: UUID
    plan: UUID
    order: int


class VersionOut(BaseModel):
    """A version of a plan."""

    number: int = Field(description="0: as read; from 1 as published.")
    note: str
    at: datetime
    file: str


class VersionTextOut(VersionOut):
    """A version with its whole text."""

    title: str
    year: int | None
    region: str
    level: Level
    medium: Medium
    rows: list[RowOut]


class JobErrorOut(BaseModel):
    """Why an import failed."""

    message: str


class JobOut(BaseModel):
    """An import: while it runs, then its plans or why there are none."""

    uid: UUID
    file: str
    state: JobState
    percent: int
    plans: list[UUID]
    error: JobErrorOut | None
    created: datetime
    finished: datetime | None


class JobsOut(BaseModel):
    """The imports that were asked for, in the order of the files."""

    jobs: list[JobOut]


class ImportedOut(BaseModel):
    """The drafts that came of a JSON document, in its order."""

    plans: list[PlanOut]


def plan_out(plan: Plan) -> dict[str, Any]:
    """A plan as the API shows it; of :func:`lantian.apps.plans.api.reads.shown_plans`."""
    names = (
        "uid", "title", "year", "region", "level", "medium", "status", "secrecy", "number", "issued", "version",
        "revision", "created", "published",
    )  # fmt: skip
    return {name: getattr(plan, name) for name in names} | {
        "area": plan.area.code if plan.area else None,
        "amends": plan.amends.uid if plan.amends else None,
        "file": plan.file_name,
        "sha256": plan.file.sha256,
        "flags": [_flag(item) for item in plan.flags],
        "measures": plan.measure_count,  # type: ignore[attr-defined]
        "updated": plan.updated,  # type: ignore[attr-defined]
    }


def plan_etag(plan: Plan) -> str:
    """Changes with every row, every step and who may read it."""
    return etags.of("plan", plan.uid, plan.revision, plan.version, plan.status, plan.secrecy)


def measure_etag(uid: Any, revision: int) -> str:
    """Changes with every save of the row; its place in the plan is no part of it."""
    return etags.of("measure", uid, revision)


def measure_out(measure: Measure, content: Content) -> dict[str, Any]:
    """A stored measure; ``content`` is what :func:`lantian.apps.plans.content.content_of` gives of it."""
    return row_out(content) | {"plan": measure.plan.uid, "revision": measure.revision}


def row_out(content: Content) -> dict[str, Any]:
    """The content of a row with the names of ``lantian read``."""
    names = ("uid", "n", "section", "seq", "task", "paragraphs", "deadline", "text_dates", "roles", "targets")
    return {name: content[name] for name in names} | {
        "measure": content["text"],
        **{kind: [item["name"] for item in content["roles"] if item["role"] == kind] for kind in UNIT_LISTS},
        "source": {"page": content["source"]["page"], "row": content["source"]["row"]},
        "flags": [_flag(item) | {"accepted": item["accepted"]} for item in content["flags"]],
    }


def version_out(version: PlanVersion) -> dict[str, Any]:
    """A version as lists show it."""
    return {"number": version.number, "note": version.note, "at": version.at, "file": version.file_name}


def version_text_out(version: PlanVersion) -> dict[str, Any]:
    """A version with its text."""
    head = {name: version.content[name] for name in ("title", "year", "region", "level", "medium")}
    return version_out(version) | head | {"rows": [row_out(item) for item in version.content["measures"]]}


def _flag(item: dict[str, Any]) -> dict[str, Any]:
    rule = rules().get(item["id"])
    return {"id": item["id"], "name": rule.name if rule else "", "detail": item["detail"]}
