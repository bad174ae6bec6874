"""Downloads of a plan for everybody who may see it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from lantian.apps.core import downloads, policy
from lantian.apps.core.models import User
from lantian.apps.core.policy import person
from lantian.apps.plans import exports
from lantian.apps.plans.models import Plan, PlanVersion
from lantian.apps.plans.queries.versions import readable


@require_safe
def export(request: HttpRequest, uid: str, fmt: str) -> HttpResponse:
    """The plan as a file: ``fmt`` is one of ``exports.FORMATS``; ``?version=N`` gives an older text."""
    form = exports.FORMATS.get(fmt)
    if form is None:
        raise Http404
    user = person(request)
    plan = policy.get_or_404(user, Plan.objects.select_related("file", "area"), uid=uid)
    version = _version(user, plan, request.GET.get("version", ""))
    reading = exports.current(plan) if version is None else exports.of_version(version)
    chinese = (get_language() or "zh").startswith("zh")
    content = exports.written(reading, fmt, chinese=chinese, mark=exports.mark_of(plan, version, str(user)))
    return downloads.download(content, exports.file_name(reading, fmt, version), form.content_type)


def _version(user: User, plan: Plan, number: str) -> PlanVersion | None:
    """The version that the address asks for; None for the current text; 404 for one that the person may not read."""
    if not number:
        return None
    row = None
    if number.isascii() and number.isdigit() and len(number) < 5:
        row = readable(user, plan).filter(number=int(number)).first()
    if row is None:
        raise Http404
    return row
