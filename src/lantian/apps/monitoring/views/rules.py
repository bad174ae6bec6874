"""排名口径: groups, who is left out and why, declared hours of sand-dust."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lantian.apps.core import policy
from lantian.apps.monitoring import actions
from lantian.apps.monitoring.errors import RegistryError
from lantian.apps.monitoring.forms import RuleForm
from lantian.apps.monitoring.models import RankingRule
from lantian.apps.monitoring.rights import EDIT, keeps
from lantian.apps.monitoring.views import common

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """The facts that rankings go by, and the form that adds one for several areas."""
    user = common.reader(request)
    if request.method == "POST":
        policy.require(user, EDIT)
    may = policy.can(user, EDIT)
    form = RuleForm(request.POST or None, user=user) if may else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            number = actions.save_rules(user, **_values(form.cleaned_data))
        except RegistryError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Noted for %(n)s areas.") % {"n": number})
            return redirect("monitoring:ranking_rules")
    rows = policy.scope(user, RankingRule.objects.select_related("area__parent", "created_by"))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    lines = [{"row": row, "may": may and keeps(user, EDIT, row.area)} for row in page.object_list]
    status = 400 if form is not None and form.errors else 200
    return render(request, "monitoring/ranking_rules.html", {"page": page, "lines": lines, "form": form}, status=status)


@require_POST
def drop(request: HttpRequest, uid: str) -> HttpResponse:
    """Take a fact back."""
    user = policy.person(request)
    row = policy.get_or_404(user, RankingRule.objects.select_related("area"), uid=uid)
    actions.drop_rule(user, row)
    messages.success(request, _("Taken back. Rankings are computed without it from now on."))
    return redirect("monitoring:ranking_rules")


def _values(given: dict[str, Any]) -> dict[str, Any]:
    """Days and hours of the form as instants; the last day (or hour) is included."""
    zone = timezone.get_default_timezone()
    start = datetime.combine(given["start"], time(given["start_hour"] or 0), zone)
    end = None
    if given["end"]:
        hour = given["end_hour"]
        end = datetime.combine(given["end"], time(), zone) + timedelta(hours=24 if hour is None else hour + 1)
    return {
        "kind": given["kind"], "areas": list(given["areas"]), "group": given["group"], "reason": given["reason"],
        "start": start, "end": end,
    }  # fmt: skip
