"""Bringing documents in: the upload page, the list of imports and the page of one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.core import files, policy
from lantian.apps.core.models import Job, JobState, User
from lantian.apps.core.policy import person
from lantian.apps.plans import actions
from lantian.apps.plans.actions.correspondence import candidates
from lantian.apps.plans.models import Plan
from lantian.apps.plans.workbench import words as say

SHOWN = 30
FILES_AT_ONCE = 20


@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """The upload form and the latest imports; asked by htmx, only the list."""
    user = person(request)
    policy.require(user, "plan.upload")
    rows = list(policy.scope(user, Job.objects.select_related("created_by"))[:SHOWN])
    context = {
        "jobs": rows,
        "active": any(row.active for row in rows),
        "limit": settings.LANTIAN_UPLOAD_BYTES // (1024 * 1024),
        "words": say.upload_words(),
    }
    partial = request.headers.get("HX-Request") == "true"
    return render(request, "plans/_imports.html" if partial else "plans/imports.html", context)


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take documents; what cannot be taken is named, the others are kept and read.

    Asked for JSON (the page's script sends one file at a time), the answer lists each file with the address of its
    import, or with what is wrong.
    """
    user = person(request)
    policy.require(user, "plan.upload")
    given = request.FILES.getlist("files")
    taken = [_take(user, item) for item in given[:FILES_AT_ONCE]]
    errors = [error for _name, _job, error in taken if error]
    if not given:
        errors.append(_("No file was chosen. Choose one or drop it on the field."))
    if len(given) > FILES_AT_ONCE:
        text = _("Only the first %(count)s files were taken; bring the others in a second go.")
        errors.append(text % {"count": FILES_AT_ONCE})
    if _wants_json(request):
        files_taken = [
            {"name": name, "url": reverse("plans:job", args=[row.uid]) if row else None, "error": error}
            for name, row, error in taken
        ]
        return JsonResponse({"files": files_taken, "errors": errors}, status=200 if given else 400)
    for error in errors:
        messages.error(request, error)
    started = [row for _name, row, _error in taken if row]
    return redirect("plans:job", uid=started[0].uid) if len(given) == len(started) == 1 else redirect("plans:imports")


def _take(user: User, item: UploadedFile[Any]) -> tuple[str, Job | None, str]:
    """Keep one file and have it read: its name, its import or None, what is wrong with it or nothing."""
    name = item.name or "file"
    if not item.size:
        return name, None, _("%(name)s is empty and was not taken.") % {"name": name}
    try:
        return name, actions.import_file(user, name, item.chunks()), ""
    except files.TooLargeError as large:
        text = _("%(name)s is larger than %(limit)s MB and was not taken; the other files were kept.")
        return name, None, text % {"name": name, "limit": large.limit // (1024 * 1024)}


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


@require_safe
def job(request: HttpRequest, uid: str) -> HttpResponse:
    """One import: its progress while it runs, then its plans or what went wrong.

    Asked by htmx, only the state; asked for JSON, the state as the upload page shows it beside the file.
    """
    user = person(request)
    policy.require(user, "plan.upload")
    row = policy.get_or_404(user, Job.objects.select_related("created_by"), uid=uid)
    plans = policy.scope(user, Plan.objects.select_related("area").filter(uid__in=(row.result or {}).get("plans", [])))
    shown = [(plan, plan.in_preparation and policy.can(user, "plan.edit", plan)) for plan in plans]
    if _wants_json(request):
        return JsonResponse(_job_state(row, shown))
    offers = [{"draft": plan, "plans": candidates(user, plan)} for plan, may_edit in shown if may_edit]
    context = {"job": row, "plans": shown, "offers": [offer for offer in offers if offer["plans"]]}
    partial = request.headers.get("HX-Request") == "true"
    return render(request, "plans/_job.html" if partial else "plans/job.html", context)


def _job_state(row: Job, plans: list[tuple[Plan, bool]]) -> dict[str, Any]:
    language = "en" if get_language() == "en" else "zh"
    return {
        "active": row.active,
        "state": row.state,
        "label": row.get_state_display(),
        "percent": row.percent,
        "progress": _(row.progress) if row.progress else "",
        "error": (row.error or {}).get(language, "") if row.state == JobState.FAILED else "",
        "plans": [
            {
                "title": plan.title,
                "url": reverse("plans:plan", args=[plan.uid]),
                "review": reverse("plans:review", args=[plan.uid]) if may_edit else None,
            }
            for plan, may_edit in plans
        ],
    }


@require_POST
def again(request: HttpRequest, uid: str) -> HttpResponse:
    """Try a failed import again."""
    user = person(request)
    policy.require(user, "plan.upload")
    row = policy.get_or_404(user, Job.objects.all(), uid=uid)
    actions.retry_import(user, row)
    return redirect("plans:job", uid=row.uid)
