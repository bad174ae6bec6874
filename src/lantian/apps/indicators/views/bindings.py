"""绑定: the targets of a plan with what settles each; a person confirms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantian.apps.core import policy
from lantian.apps.core.holding import NotPossible
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.indicators import actions
from lantian.apps.indicators.models import Binding, BindingState, Compare, How
from lantian.apps.indicators.rights import CONFIRM
from lantian.apps.indicators.shelf import indicators
from lantian.apps.plans.models import Plan

PAGE = 50


@require_safe
def bindings(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Targets and what settles them; ``show`` (open, reported, decided, all), ``how`` and ``q`` narrow the list."""
    user = person(request)
    plan = policy.get_or_404(user, Plan.objects.select_related("area"), uid=uid)
    rows = Binding.objects.filter(measure__plan=plan, measure__withdrawn=None).select_related("measure", "decided_by")
    shown = {
        # Only what a figure would settle waits for a person; the rest is reported until somebody says otherwise.
        "open": rows.filter(state=BindingState.PROPOSED, how=How.INDICATOR),
        "reported": rows.filter(state=BindingState.PROPOSED).exclude(how=How.INDICATOR),
        "decided": rows.filter(state=BindingState.CONFIRMED),
        "all": rows,
    }
    counts = {name: found.count() for name, found in shown.items()}
    show = request.GET.get("show", "")
    show = show if show in shown else "open" if counts["open"] else "all"
    rows = shown[show]
    how, text = request.GET.get("how", ""), request.GET.get("q", "").strip()[:60]
    if how in How.values:
        rows = rows.filter(how=how)
    if text:
        rows = rows.filter(words__contains=text)
    known = indicators().indicators
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "plan": plan,
        "page": page,
        "rows": [(row, known.get(row.indicator)) for row in page],
        "counts": counts,
        "show": show,
        "how": how,
        "q": text,
        "hows": How.choices,
        "may": policy.can(user, CONFIRM) and (not page.object_list or policy.can(user, CONFIRM, page.object_list[0])),
    }
    return render(request, "indicators/bindings.html", context)


@require_POST
def confirm_all(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Confirm the proposals that were ticked, each as it stands."""
    user = person(request)
    plan = policy.get_or_404(user, Plan.objects.all(), uid=uid)
    policy.require(user, CONFIRM)
    revisions = dict(item.partition(":")[::2] for item in request.POST.getlist("row")[:PAGE])
    rows = Binding.objects.filter(measure__plan=plan, state=BindingState.PROPOSED, uid__in=_uids(revisions))

    def confirm() -> str:
        if not revisions:
            raise NotPossible(_("Tick the targets whose proposal is right."))
        done = 0
        for row in rows:
            number = revisions[str(row.uid)]
            actions.confirm(user, row, row.how, row.indicator, revision=int(number) if number.isdigit() else 0)
            done += 1
        return ngettext("%(n)s target decided.", "%(n)s targets decided.", done) % {"n": done}

    attempt(request, confirm)
    return redirect(f"{reverse('indicators:bindings', args=[plan.uid])}?show=open")


@require_http_methods(["GET", "HEAD", "POST"])
def binding(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One target: confirm, choose otherwise, or take the decision back."""
    user = person(request)
    rows = Binding.objects.select_related("measure__plan__area", "decided_by")
    row = policy.get_or_404(user, rows, uid=uid)
    if request.method == "POST":
        given = request.POST
        number = given.get("revision", "")
        revision = int(number) if number.isdigit() else 0

        def decide() -> str:
            if given.get("step") == "release":
                actions.release(user, row, revision)
                return _("The decision is taken back.")
            how, note = given.get("how", ""), given.get("note", "")
            actions.confirm(user, row, how, given.get("indicator", ""), note, revision, given.get("compare"))
            return _("Decided.")

        if attempt(request, decide):
            return redirect("indicators:bindings", row.measure.plan.uid)
        return redirect("indicators:binding", row.uid)
    known = indicators().indicators
    context = {
        "row": row,
        "indicator": known.get(row.indicator),
        "choices": sorted(known.values(), key=lambda item: (item.pack, item.title.zh)),
        "hows": How.choices,
        "compares": Compare.choices,
        "may": policy.can(user, CONFIRM, row),
    }
    return render(request, "indicators/binding.html", context)


def _uids(given: Any) -> list[UUID]:
    found = []
    for text in given:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
