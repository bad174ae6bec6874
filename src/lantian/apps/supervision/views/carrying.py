"""沿用上年设置: what this year's commitments could take over, one click for all of it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.alignment.years import accepted
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.plans.queries.filters import uid_of
from lantian.apps.supervision import carrying
from lantian.apps.supervision.actions import carrying as actions
from lantian.apps.supervision.actions.common import NotPossible
from lantian.apps.supervision.views.common import office_plan

PAGE = 50
RHYTHM = {
    "review": gettext_lazy("Returns are reviewed"),
    "own_rows_exempt": gettext_lazy("The office's own rows need no review"),
    "opens": gettext_lazy("Opens, days before the period ends"),
    "due": gettext_lazy("Due, days after the period's end"),
    "near_days": gettext_lazy("Blue light, days before due"),
    "lead_days": gettext_lazy("Internal due day, working days before the deadline"),
    "support_reports": gettext_lazy("Supporting units report, too"),
}


@require_safe
def carry_on(request: HttpRequest, uid: str) -> HttpResponse:
    """The proposals, 50 a page, and what of the rhythm differs."""
    plan = office_plan(request, uid)
    found = carrying.proposals(plan)
    before, values = carrying.rhythm(plan)
    context = {
        "plan": plan,
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "total": len(found),
        "links": accepted(plan).count(),
        "before": before,
        "rhythm": [(RHYTHM[name], _said(value)) for name, value in values.items()],
    }
    return render(request, "supervision/duties/carry.html", context)


def _said(value: object) -> str:
    if value is None:
        return _("by the table")
    return (_("yes") if value else _("no")) if isinstance(value, bool) else str(value)


@require_POST
def save(request: HttpRequest, uid: str) -> HttpResponse:
    """Carry on what is ticked, everything (``which=all``), or the rhythm (``which=rhythm``)."""
    plan, user = office_plan(request, uid), person(request)
    which = request.POST.get("which", "")

    def act() -> str:
        if which == "rhythm":
            taken = actions.carry_rhythm(user, plan)
            return _("The rhythm is that of last year.") if taken else _("The rhythm was that of last year already.")
        shown = None if which == "all" else _shown(request)
        count, left = actions.carry_on(user, plan, shown)
        text = ngettext(
            "%(n)s commitment took its settings over.", "%(n)s commitments took their settings over.", count
        )
        more = _("%(n)s were changed by somebody else meanwhile and stay open.") % {"n": left} if left else ""
        return text % {"n": count} + more

    attempt(request, act)
    return redirect("supervision:carry-on", uid=uid)


def _shown(request: HttpRequest) -> dict[str, int]:
    found = {}
    for text in request.POST.getlist("duty")[: 4 * PAGE]:
        name, _colon, revision = text.partition(":")
        if uid_of(name) and revision.isascii() and revision.isdigit() and len(revision) < 10:
            found[name] = int(revision)
    if not found:
        raise NotPossible(_("Tick at least one row."))
    return found
