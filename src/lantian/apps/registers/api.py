"""Rows of registers over HTTP: lists, one row, many rows in by their key, rows removed."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Path, Query, Router
from ninja.responses import Status
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from lantian.apps.core import policy
from lantian.apps.core.api import etags
from lantian.apps.core.api.auth import user_of
from lantian.apps.core.api.errors import Refusal, invalid
from lantian.apps.core.api.fields import WITHOUT_NUL, AreaCode, Day, Words
from lantian.apps.core.api.operations import operation
from lantian.apps.core.api.paging import Listing
from lantian.apps.core.holding import NotPossible, StaleError
from lantian.apps.core.models import User
from lantian.apps.registers import actions, catalogue, queries, rights
from lantian.apps.registers.models import Route
from lantian.registers import Register

router = Router(tags=["registers"])
READ, WRITE = "read:registers", "write:registers"
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Key = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=WITHOUT_NUL)]
Value = str | int | float | bool | dict[str, str | float | None] | None


class FieldOut(BaseModel):
    """A field of a register."""

    name: str
    type: str
    label: str
    required: bool
    measure: str
    choices: list[str]
    of: str = Field(description="The register that a ref points into.")
    personal: bool


class RegisterOut(BaseModel):
    """A register as its pack declares it."""

    name: str
    pack: str
    version: int
    label: str
    kind: str
    key: list[str]
    writable: bool = Field(description="The user writes rows of it somewhere.")
    fields: list[FieldOut]


class RegistersOut(BaseModel):
    """All registers."""

    items: list[RegisterOut]


class RegisterRowOut(BaseModel):
    """A row. Values are canonical (docs/registers.md); personal ones are masked for who does not write the row."""

    uid: UUID | None = Field(description="null: the row lies in the lake and is named by its key.")
    key: str
    values: dict[str, Any]
    area: str = Field(description="Code of the area in which it lies, or blank.")
    revision: int
    gone: bool
    change: int = Field(description="Number of its last change set.")


class RowsOut(BaseModel):
    """A page of rows: ``count`` fit, ``next`` is the cursor of the next page (null: the last)."""

    count: int
    next: str | None
    items: list[RegisterRowOut]


class RowFilters(Listing):
    """Filters of rows; what is not given does not narrow."""

    q: Words | None = Field(None, description="Words of the row.")
    area: AreaCode | None = Field(None, description="Code of an area: its rows and those below.")
    since: Day | None = Field(None, description="Of events: from this day on.")
    until: Day | None = Field(None, description="Of events: up to this day.")
    gone: bool = Field(False, description="Removed rows instead of the others.")


class RowQuery(BaseModel):
    """Which row."""

    key: Key = Field(description="The row's key: its key fields joined with |.")


class RowsIn(BaseModel):
    """Rows to add or change by their key."""

    model_config = ConfigDict(extra="forbid")

    rows: list[dict[str, Value]] = Field(min_length=1, max_length=actions.MOST, description="Values by field.")
    effective: Day | None = Field(None, description="From which day they hold; today where it is missing.")
    note: str = Field("", max_length=300, pattern=WITHOUT_NUL)


class RemovalQuery(RowQuery):
    """Which row is removed, why, and as of which day."""

    reason: str = Field(min_length=1, max_length=300, pattern=WITHOUT_NUL, description="Stands in the row's history.")
    effective: Day | None = Field(None, description="From which day it is gone; today where it is missing.")


class ProblemOut(BaseModel):
    """What is wrong with a row; a warning does not keep it out."""

    field: str
    message: str
    warning: bool


class AnswerOut(BaseModel):
    """What became of a row: added, changed, same or refused."""

    key: str
    what: str
    problems: list[ProblemOut]


class AnswersOut(BaseModel):
    """One answer for each row, in their order."""

    rows: list[AnswerOut]


@operation(router, "GET", "/registers", name="registers", scope=READ, gives=RegistersOut)
def registers(request: HttpRequest) -> dict[str, Any]:
    """The registers that this installation has."""
    user = user_of(request)
    policy.require(user, rights.VIEW)
    return {"items": [_register(user, item) for item in catalogue.registers().values()]}


@operation(router, "GET", "/registers/{name}/rows", name="register_rows", scope=READ, gives=RowsOut)
def rows(request: HttpRequest, name: Annotated[Name, Path(...)], filters: Query[RowFilters]) -> dict[str, Any]:
    """Rows of a register."""
    user = user_of(request)
    policy.require(user, rights.VIEW)
    register = catalogue.register(name)
    choice = queries.Choice(
        area=filters.area or "", text=filters.q or "", gone=filters.gone, since=filters.since, until=filters.until
    )
    page = queries.page(user, register, choice, filters.cursor or "", filters.limit)
    return {"count": page.count, "next": page.next or None, "items": [_row(item) for item in page.rows]}


@operation(router, "GET", "/registers/{name}/row", name="register_row", scope=READ, gives=RegisterRowOut)
def row(
    request: HttpRequest, response: HttpResponse, name: Annotated[Name, Path(...)], query: Query[RowQuery]
) -> dict[str, Any]:
    """One row by its key."""
    user = user_of(request)
    policy.require(user, rights.VIEW)
    register = catalogue.register(name)
    found = queries.row(user, register, query.key)
    response.headers["ETag"] = _etag(register, found)
    return _row(found)


@operation(router, "POST", "/registers/{name}/rows", name="register_rows", scope=WRITE, gives=AnswersOut, errors=(409,))
def upsert(request: HttpRequest, name: Annotated[Name, Path(...)], body: RowsIn) -> dict[str, Any]:
    """Add or change rows by their key, each answered for itself; sending them again changes nothing."""
    user = user_of(request)
    policy.require(user, rights.EDIT)
    register = catalogue.register(name)
    known = {item.name for item in register.shown}
    for place, given in enumerate(body.rows):
        if unknown := sorted(given.keys() - known):
            raise invalid(f"body.rows[{place}].{unknown[0]}", _("is not known here"))
        if any("\0" in str(value) for value in given.values()):
            raise invalid(f"body.rows[{place}]", _("has characters that are not allowed here"))
    try:
        return _answers(actions.upsert(user, register, body.rows, effective=body.effective, note=body.note))
    except NotPossible as error:
        raise Refusal("conflict", message=str(error)) from None


@operation(
    router, "DELETE", "/registers/{name}/row", name="register_row", scope=WRITE, gives=None, status=204,
    errors=(409, 412, 428),
)  # fmt: skip
def remove(request: HttpRequest, name: Annotated[Name, Path(...)], query: Query[RemovalQuery]) -> Status[None]:
    """Remove a row; its history stays. Needs If-Match. Once more is 204 again: a row that is gone stays gone."""
    user = user_of(request)
    policy.require(user, rights.EDIT)
    register = catalogue.register(name)
    tags = etags.wanted(request)
    found = queries.row(user, register, query.key)
    if found.gone:
        return Status(204, None)
    if _etag(register, found) not in tags:
        raise Refusal("stale", current=_shown(found))
    key = found.key if found.uid is None else None
    try:
        actions.remove_row(
            user, register, found.uid, key=key, revision=found.revision, reason=query.reason,
            effective=query.effective, route=Route.API,
        )  # fmt: skip
    except StaleError:
        raise Refusal("stale", current=_shown(queries.row(user, register, query.key))) from None
    except NotPossible as error:
        raise Refusal("conflict", message=str(error)) from None
    return Status(204, None)


def _etag(register: Register, item: queries.Row) -> str:
    return etags.of("register row", register.name, item.key, item.revision, item.gone)


def _shown(item: queries.Row) -> dict[str, Any]:
    return RegisterRowOut.model_validate(_row(item)).model_dump(mode="json")


def _register(user: User, register: Register) -> dict[str, Any]:
    side = _side()
    fields = [
        {
            "name": item.name, "type": item.type, "label": item.label[side], "required": item.required,
            "measure": item.measure, "choices": [one.value for one in item.choices], "of": item.of,
            "personal": item.personal,
        }
        for item in register.shown
    ]  # fmt: skip
    return {
        "name": register.name, "pack": register.pack, "version": register.version, "label": register.label[side],
        "kind": register.kind, "key": list(register.key), "writable": rights.may_write(user, register),
        "fields": fields,
    }  # fmt: skip


def _row(item: queries.Row) -> dict[str, Any]:
    names = ("uid", "key", "values", "area", "revision", "gone", "change")
    return {name: getattr(item, name) for name in names}


def _answers(given: list[actions.Answer]) -> dict[str, Any]:
    side = _side()
    return {
        "rows": [
            {
                "key": item.key,
                "what": item.what,
                "problems": [
                    {"field": one.field, "message": (one.zh, one.en)[side], "warning": one.warning}
                    for one in item.problems
                ],
            }
            for item in given
        ]
    }


def _side() -> int:
    """0: the request wants Chinese, 1: English."""
    return 1 if (get_language() or "").startswith("en") else 0
