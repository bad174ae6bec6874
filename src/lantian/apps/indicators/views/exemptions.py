"""豁免: records that do not count into denominators; asked for, approved, ended."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lantian.apps.areas.models import Area
from lantian.apps.core import policy
from lantian.apps.core.holding import NotPossible
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.indicators import actions
from lantian.apps.indicators.models import Exemption, ExemptionState
from lantian.apps.indicators.rights import APPROVE, ASK
from lantian.apps.registers import catalogue

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def exemptions(request: HttpRequest) -> HttpResponse:
    """The list, and asking for one more."""
    user = person(request)
    if request.method == "POST":
        policy.require(user, ASK)
        if attempt(request, lambda: _asked(request)):
            return redirect("indicators:exemptions")
    rows = policy.scope(user, Exemption.objects.select_related("area", "asked_by", "decided_by"))
    state = request.GET.get("state", "")
    if state in ExemptionState.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    registers = sorted(catalogue.registers().values(), key=lambda item: item.label.zh)
    context = {
        "page": page,
        "rows": [(row, catalogue.registers().get(row.register), policy.can(user, APPROVE, row)) for row in page],
        "registers": registers,
        "state": state,
        "states": ExemptionState.choices,
        "may_ask": policy.can(user, ASK),
        "given": request.POST,
        "today": timezone.localdate(),
    }
    return render(request, "indicators/exemptions.html", context)


@require_POST
def decide(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Approve, refuse or end an exemption."""
    user = person(request)
    row = policy.get_or_404(user, Exemption.objects.select_related("area"), uid=uid)
    step, note = request.POST.get("step", ""), request.POST.get("note", "")
    if step == "end":
        attempt(request, lambda: actions.end(user, row, note), _("The record counts again."))
    else:
        attempt(request, lambda: actions.decide(user, row, step == "approve", note), _("Decided."))
    return redirect("indicators:exemptions")


def _asked(request: HttpRequest) -> str:
    given = request.POST
    area = Area.objects.filter(name=given.get("area", "").strip()).first() if given.get("area", "").strip() else None
    if given.get("area", "").strip() and area is None:
        raise NotPossible(_("There is no area of this name."))
    since = _date(given.get("since", ""))
    if since is None:
        raise NotPossible(_("Say from which day."))
    actions.ask(
        person(request), given.get("register", ""), given.get("key", "").strip()[:200], area,
        given.get("reason", ""), since, _date(given.get("until", "")),
    )  # fmt: skip
    return _("Asked for; the office decides.")


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
