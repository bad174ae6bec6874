"""Downloads of a plan for everybody who may see it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from lantian.apps.core import policy
from lantian.apps.plans import exports
from lantian.apps.plans.models import Plan, PlanVersion
from lantian.apps.plans.views.plans import person


@require_safe
def export(request: HttpRequest, uid: str, fmt: str) -> HttpResponse:
    """The plan as a file: ``fmt`` is one of ``exports.FORMATS``; ``?version=N`` gives an older text."""
    form = exports.FORMATS.get(fmt)
    if form is None:
        raise Http404
    plan = policy.get_or_404(person(request), Plan.objects.select_related("file"), uid=uid)
    version = _version(plan, request.GET.get("version", ""))
    reading = exports.current(plan) if version is None else exports.of_version(version)
    chinese = (get_language() or "zh").startswith("zh")
    content = exports.written(reading, fmt, chinese=chinese, mark=exports.mark_of(plan, version))
    response = HttpResponse(content, content_type=form.content_type)
    response["Content-Disposition"] = content_disposition_header(True, exports.file_name(reading, fmt, version))
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _version(plan: Plan, number: str) -> PlanVersion | None:
    """The version that the address asks for; None for the current text; 404 for one that the plan does not have."""
    if not number:
        return None
    row = None
    if number.isascii() and number.isdigit() and len(number) < 5:
        row = plan.versions.select_related("file").filter(number=int(number)).first()
    if row is None:
        raise Http404
    return row
