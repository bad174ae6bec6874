"""年度对应 on screen: the pairs of two years to be accepted, new and dropped rows, a pair made by hand."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.alignment import actions, queries, years
from lantian.apps.alignment.models import Continuation
from lantian.apps.alignment.rights import CONFIRM
from lantian.apps.alignment.views.common import number, office_plan
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.plans.models import Plan
from lantian.apps.plans.queries.filters import uid_of

SHOWS = ("open", "accepted")


def _earlier(user: User, plan: Plan, text: str) -> Plan | None:
    """The earlier plan of the address, else the latest; 404 for another plan."""
    rows = years.earlier_plans(user, plan)
    if not text:
        return rows.first()
    found = rows.filter(uid=text).first() if uid_of(text) else None
    if found is None:
        raise Http404
    return found


@require_safe
def compare(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The rows beside those of an earlier year (``?earlier=``), 50 a page, narrowed by ``?show=``."""
    user, plan = office_plan(request, uid)
    earlier = _earlier(user, plan, request.GET.get("earlier", ""))
    found = years.compared(plan, earlier) if earlier else years.Years()
    show = request.GET.get("show", "")
    rows = [pair for pair in found.pairs if show not in SHOWS or (pair.link is not None) == (show == "accepted")]
    context = {
        "plan": plan,
        "earlier": earlier,
        "choices": list(years.earlier_plans(user, plan)[: years.CHOICES]),
        "found": found,
        "kept": len(found.pairs) - found.open,
        "page": Paginator(rows, queries.PAGE).get_page(request.GET.get("page")),
        "show": show if show in SHOWS else "",
        "may_confirm": policy.can(user, CONFIRM, plan),
    }
    return render(request, "alignment/years.html", context)


@require_POST
def accept(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Accept the ticked pairs, all (``which=all``), or the pair of two numbers typed in."""
    user, plan = office_plan(request, uid)
    policy.require(user, CONFIRM, plan)
    earlier = _earlier(user, plan, request.POST.get("earlier", ""))
    if earlier is None:
        raise Http404

    def act() -> str:
        count = actions.accept(user, plan, earlier, _wanted(request, plan, earlier))
        return ngettext("%(n)s pair was accepted.", "%(n)s pairs were accepted.", count) % {"n": count}

    attempt(request, act)
    return redirect(reverse("alignment:years", args=[plan.uid]) + f"?earlier={earlier.uid}")


def _wanted(request: HttpRequest, plan: Plan, earlier: Plan) -> list[tuple[str, str]]:
    given = request.POST
    if given.get("which") == "all":
        return [(str(pair.earlier.uid), str(pair.measure.uid)) for pair in years.compared(plan, earlier).pairs]
    if "old_n" in given:
        old = earlier.measures.filter(n=number(given.get("old_n"))).first()
        new = plan.measures.filter(n=number(given.get("new_n"))).first()
        if old is None or new is None:
            raise actions.NotPossible(_("There is no measure with this number."))
        return [(str(old.uid), str(new.uid))]
    pairs = [text.partition(":")[::2] for text in given.getlist("pair")[: 4 * queries.PAGE]]
    found = [(old, new) for old, new in pairs if uid_of(old) and uid_of(new)]
    if not found:
        raise actions.NotPossible(_("Tick at least one row."))
    return found


@require_POST
def take_back(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take an accepted pair back."""
    user = person(request)
    rows = Continuation.objects.select_related("measure__plan__area", "earlier__plan")
    link = policy.get_or_404(user, rows, uid=uid)
    policy.require(user, CONFIRM, link)
    address = reverse("alignment:years", args=[link.measure.plan.uid]) + f"?earlier={link.earlier.plan.uid}"

    def act() -> str:
        actions.take_back(user, link)
        return _("The pair was taken back.")

    attempt(request, act)
    return redirect(address)
