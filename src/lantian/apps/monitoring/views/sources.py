"""数据来源: who sends what, how often, when it came last, what is overdue."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.monitoring import actions
from lantian.apps.monitoring.errors import RegistryError
from lantian.apps.monitoring.forms import SourceForm
from lantian.apps.monitoring.models import DataSource, SourceKind, UnitPolicy
from lantian.apps.monitoring.queries.sources import states
from lantian.apps.monitoring.rights import EDIT
from lantian.apps.monitoring.views import common

PAGE = 50
_FIELDS = (
    "name", "kind", "area", "owner", "sender", "sends", "register", "indicator", "rhythm", "due_days", "since", "until",
    "expected_hours", "hour_label", "time_zone", "unit_policy", "note",
)  # fmt: skip


@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Every source of the city, the overdue ones marked."""
    user = common.reader(request)
    chosen = {name: request.GET.get(name, "").strip() for name in ("kind", "show")}
    rows = policy.scope(user, DataSource.objects.select_related("area", "owner"))
    if chosen["kind"]:
        rows = rows.filter(kind=chosen["kind"])
    lines = states(list(rows.annotate(number=Count("stations"))), timezone.now())
    late = sum(1 for line in lines if line.overdue)
    if chosen["show"] == "overdue":
        lines = [line for line in lines if line.overdue]
    context = {
        "page": Paginator(lines, PAGE).get_page(request.GET.get("page")),
        "late": late,
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "kinds": SourceKind.choices,
        "may_edit": policy.can(user, EDIT),
    }
    return render(request, "monitoring/sources.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new source."""
    user = policy.person(request)
    policy.require(user, EDIT)
    initial = {"kind": request.GET.get("kind", ""), "unit_policy": UnitPolicy.STATED}
    return _form(request, user, SourceForm(request.POST or None, user=user, initial=initial), None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Correct a source."""
    user = policy.person(request)
    row = policy.get_or_404(user, DataSource.objects.select_related("area"), uid=uid)
    policy.require(user, EDIT, row)
    initial = {name: getattr(row, name) for name in (*_FIELDS, "revision")}
    return _form(request, user, SourceForm(request.POST or None, user=user, initial=initial), row)


def _form(request: HttpRequest, user: User, form: SourceForm, row: DataSource | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in _FIELDS}
        try:
            actions.save_source(user, values, uid=row.uid if row else None, revision=form.cleaned_data.get("revision"))
        except RegistryError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The source was saved."))
            return redirect("monitoring:sources")
    status = 400 if form.errors else 200
    return render(request, "monitoring/source_form.html", {"form": form, "row": row}, status=status)
