"""Changing plans over HTTP: documents and rows in, one measure changed, a plan published."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import File, Query
from ninja.files import UploadedFile
from ninja.responses import Status
from pydantic import Field

from lantian.apps.core import files as storage
from lantian.apps.core import policy
from lantian.apps.core.api import etags
from lantian.apps.core.api.auth import user_of
from lantian.apps.core.api.errors import Refusal, invalid
from lantian.apps.core.api.fields import WITHOUT_NUL, Words
from lantian.apps.core.api.operations import operation
from lantian.apps.core.models import Job
from lantian.apps.plans import actions, content
from lantian.apps.plans.actions.bulk import import_rows as store_rows
from lantian.apps.plans.actions.edits import EditError, StaleError, edit
from lantian.apps.plans.actions.lifecycle import lock
from lantian.apps.plans.api import shapes
from lantian.apps.plans.api.document import DocumentIn, Name, Strict
from lantian.apps.plans.api.reads import get_measure, get_plan, router, shown_plans
from lantian.apps.plans.models import Measure, Plan

WRITE, IMPORT = "write:plans", "import:plans"
FILES_AT_ONCE = 20


class MeasureChange(Strict):
    """Fields of a measure to change; what is not given stays. Text and deadline are read anew by the grammars."""

    section: str | None = Field(None, max_length=300, pattern=WITHOUT_NUL)
    seq: int | None = Field(None, ge=0, le=2_147_483_647)
    task: str | None = Field(None, max_length=500, pattern=WITHOUT_NUL)
    measure: str | None = Field(None, min_length=1, max_length=20_000, pattern=WITHOUT_NUL)
    deadline: Words | None = Field(None, description="The words as printed, such as 2025年10月底前.")
    lead: list[Name] | None = Field(None, max_length=200)
    responsible: list[Name] | None = Field(None, max_length=200)
    support: list[Name] | None = Field(None, max_length=200)
    inherited: list[Name] | None = Field(None, max_length=200)


class Publication(Strict):
    """A publication."""

    note: str = Field("", max_length=500, pattern=WITHOUT_NUL, description="What changed since the last version.")


class RowsQuery(Strict):
    """How the rows are kept."""

    name: str = Field("import.json", min_length=1, max_length=200, pattern=WITHOUT_NUL, description="Their file name.")


@operation(router, "POST", "/plans/import", name="import", scope=IMPORT, gives=shapes.JobsOut, status=202)
def import_files(request: HttpRequest, files: File[list[UploadedFile]]) -> Any:
    """Bring documents in to be read; answers with one job for each, or takes none of them."""
    user = user_of(request)
    policy.require(user, "plan.upload")
    if len(files) > FILES_AT_ONCE:
        raise invalid("files", _("may have at most %(max_length)s entries") % {"max_length": FILES_AT_ONCE})
    empty = [item.name or "" for item in files if not item.size]
    if empty:
        raise Refusal("invalid", fields=[("files", _("%(name)s is empty") % {"name": name}) for name in empty])
    try:
        with transaction.atomic():
            jobs = [actions.import_file(user, item.name or "file", item.chunks()) for item in files]
    except storage.TooLargeError:
        raise Refusal("too_large") from None
    return Status(202, {"jobs": [job_out(job) for job in jobs]})


@operation(router, "GET", "/jobs/{uuid:uid}", name="job", scope=IMPORT, gives=shapes.JobOut)
def job(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    """An import: how far it is, then its plans."""
    user = user_of(request)
    policy.require(user, "plan.upload")
    return job_out(policy.get_or_404(user, Job.objects.all(), uid=uid))


def job_out(row: Job) -> dict[str, Any]:
    """An import as the API shows it; the reason of a failure in the language of the request."""
    language = "en" if (get_language() or "").startswith("en") else "zh"
    names = ("uid", "state", "percent", "created", "finished")
    return {name: getattr(row, name) for name in names} | {
        "file": row.payload.get("name", ""),
        "plans": (row.result or {}).get("plans", []),
        "error": {"message": row.error[language]} if row.error else None,
    }


@operation(router, "POST", "/plans/import-rows", name="import_rows", scope=IMPORT, gives=shapes.ImportedOut, status=201)
def import_rows(request: HttpRequest, body: DocumentIn, query: Query[RowsQuery]) -> Any:
    """Bring plans in as ``lantian read`` prints them; they become drafts, all or none. The same document asks once."""
    user = user_of(request)
    try:
        rows = store_rows(user, query.name, request.body, body.reading())
    except storage.TooLargeError:
        raise Refusal("too_large") from None
    shown = {row.pk: row for row in shown_plans(user).filter(pk__in=[row.pk for row in rows])}
    return Status(201, {"plans": [shapes.plan_out(shown[row.pk]) for row in rows if row.pk in shown]})


@operation(
    router, "PATCH", "/measures/{uuid:uid}", name="measure", scope=WRITE, gives=shapes.MeasureOut,
    errors=(409, 412, 428),
)  # fmt: skip
def change_measure(request: HttpRequest, response: HttpResponse, uid: UUID, body: MeasureChange) -> dict[str, Any]:
    """Change fields of a measure of a plan in preparation, all or none. Needs If-Match."""
    user = user_of(request)
    row = get_measure(user, uid)
    policy.require(user, "plan.edit", row.plan)
    tags = etags.wanted(request)
    with transaction.atomic():
        lock(row.plan)
        row = get_measure(user, uid)
        if shapes.measure_etag(row.uid, row.revision) not in tags:
            raise Refusal("stale", current=_current(row))
        for field, value in body.model_dump(exclude_unset=True).items():
            _set(request, row, field, value)
            row = get_measure(user, uid)
    response.headers["ETag"] = shapes.measure_etag(row.uid, row.revision)
    return shapes.measure_out(row, content.content_of(row))


def _set(request: HttpRequest, row: Measure, field: str, value: Any) -> None:
    if value is None and field != "seq":
        raise invalid(f"body.{field}", _("may not be empty"))
    wanted = "text" if field == "measure" else field
    given = [{"name": name} for name in value] if isinstance(value, list) else value
    change = {"op": "set", "measure": str(row.uid), "revision": row.revision, "field": wanted, "value": given}
    try:
        edit(user_of(request), row.plan, change)
    except StaleError:
        raise Refusal("stale", current=_current(row)) from None
    except EditError as error:
        if error.code == "closed":
            raise Refusal("conflict", message=str(error)) from None
        raise invalid(f"body.{field}", str(error)) from None


def _current(row: Measure) -> dict[str, Any]:
    return shapes.MeasureOut.model_validate(shapes.measure_out(row, content.content_of(row))).model_dump(mode="json")


@operation(
    router, "POST", "/plans/{uuid:uid}/publish", name="publish", scope=WRITE, gives=shapes.PlanOut,
    errors=(409, 412, 428),
)  # fmt: skip
def publish(request: HttpRequest, response: HttpResponse, uid: UUID, body: Publication) -> dict[str, Any]:
    """Publish a plan in preparation as its next version. Needs If-Match."""
    user = user_of(request)
    row = policy.get_or_404(user, Plan.objects.select_related("area"), uid=uid)
    policy.require(user, "plan.publish", row)
    tags = etags.wanted(request)
    with transaction.atomic():
        lock(row)
        if shapes.plan_etag(row) not in tags:
            current = shapes.PlanOut.model_validate(shapes.plan_out(get_plan(user, uid)))
            raise Refusal("stale", current=current.model_dump(mode="json"))
        if not row.in_preparation:
            raise Refusal("conflict")
        actions.publish_plan(user, row, body.note)
    shown = get_plan(user, uid)
    response.headers["ETag"] = shapes.plan_etag(shown)
    return shapes.plan_out(shown)
