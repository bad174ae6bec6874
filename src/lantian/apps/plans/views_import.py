"""Bringing documents in: the upload page, the list of imports and the page of one."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.core import files, policy
from lantian.apps.core.models import Job
from lantian.apps.plans import actions
from lantian.apps.plans.models import Plan
from lantian.apps.plans.views import person

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
    }
    partial = request.headers.get("HX-Request") == "true"
    return render(request, "plans/_imports.html" if partial else "plans/imports.html", context)


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take documents; what cannot be taken is named, the others are kept and read."""
    user = person(request)
    policy.require(user, "plan.upload")
    given = request.FILES.getlist("files")
    if not given:
        messages.error(request, _("No file was chosen. Choose one or drop it on the field."))
        return redirect("plans:imports")
    started: list[Job] = []
    for item in given[:FILES_AT_ONCE]:
        name = item.name or "file"
        if not item.size:
            messages.error(request, _("%(name)s is empty and was not taken.") % {"name": name})
            continue
        try:
            started.append(actions.import_file(user, name, item.chunks()))
        except files.TooLargeError as large:
            text = _("%(name)s is larger than %(limit)s MB and was not taken; the other files were kept.")
            messages.error(request, text % {"name": name, "limit": large.limit // (1024 * 1024)})
    if len(given) > FILES_AT_ONCE:
        text = _("Only the first %(count)s files were taken; bring the others in a second go.")
        messages.error(request, text % {"count": FILES_AT_ONCE})
    return redirect("plans:job", uid=started[0].uid) if len(given) == len(started) == 1 else redirect("plans:imports")


@require_safe
def job(request: HttpRequest, uid: str) -> HttpResponse:
    """One import: its progress while it runs, then its plans or what went wrong; asked by htmx, only the state."""
    user = person(request)
    policy.require(user, "plan.upload")
    row = policy.get_or_404(user, Job.objects.select_related("created_by"), uid=uid)
    plans = policy.scope(user, Plan.objects.filter(uid__in=(row.result or {}).get("plans", [])))
    partial = request.headers.get("HX-Request") == "true"
    return render(request, "plans/_job.html" if partial else "plans/job.html", {"job": row, "plans": plans})


@require_POST
def again(request: HttpRequest, uid: str) -> HttpResponse:
    """Try a failed import again."""
    user = person(request)
    policy.require(user, "plan.upload")
    row = policy.get_or_404(user, Job.objects.all(), uid=uid)
    actions.retry_import(user, row)
    return redirect("plans:job", uid=row.uid)
