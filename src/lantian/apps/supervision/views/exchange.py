"""Exchange with other installations: making packages, looking into one that came, taking it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.areas.models import Area
from lantian.apps.core import downloads, files, policy
from lantian.apps.core.models import User
from lantian.apps.core.policy import person
from lantian.apps.plans.models import IN_FORCE, Plan
from lantian.apps.plans.queries import standing, uid_of
from lantian.apps.supervision import periods
from lantian.apps.supervision.actions import exchange as actions
from lantian.apps.supervision.actions.common import NotPossible
from lantian.apps.supervision.actions.errands import offices
from lantian.apps.supervision.exchange.package import shown_code
from lantian.apps.supervision.models import Commitment, Exchange

PAGE = 50


def _plans(user: User) -> list[Plan]:
    """Plans in force with commitments that the person may see."""
    made = policy.scope(user, Commitment.objects.filter(withdrawn=None)).values("plan")
    rows = standing(policy.scope(user, Plan.objects.filter(status__in=IN_FORCE)))
    return list(rows.filter(pk__in=made).select_related("area").order_by("-year", "id")[:100])


def _districts(own: list[Plan]) -> list[Area]:
    """The areas right below those of the office's own plans: to whom packages go."""
    return list(Area.objects.filter(parent__in={plan.area_id for plan in own}, closed=None).order_by("code"))


@require_safe
def exchange(request: HttpRequest) -> HttpResponse:
    """The packages that were made and brought, and the forms that make and bring one."""
    user = person(request)
    policy.require(user, "duty.assign")
    rows = policy.scope(user, Exchange.objects.select_related("area", "by", "plan"))
    plans = _plans(user)
    today = timezone.localdate()
    own = [plan for plan in plans if policy.can(user, "plan.edit", plan)]
    tops = {plan.area.path.split("/")[1] for plan in plans if plan.area}
    months = sorted({month for plan in plans for month in periods.months(plan)}, reverse=True)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "own": own,
        "above": plans,
        "districts": _districts(own),
        "areas": [area for area in offices(user) if area.path.split("/")[1] in tops],
        "months": months,
        "month": periods.month_of(today),
    }
    return render(request, "supervision/exchange/list.html", context)


def _attempt(request: HttpRequest, act: Callable[[], Exchange], back: str = "") -> HttpResponse:
    """Do it and show the package, or say why it is not possible."""
    try:
        row = act()
    except NotPossible as refusal:
        messages.error(request, str(refusal))
        return redirect(back or reverse("supervision:exchange"))
    except files.TooLargeError as large:
        text = _("The file is larger than %(limit)s MB and was not taken.")
        messages.error(request, text % {"limit": large.limit // (1024 * 1024)})
        return redirect("supervision:exchange")
    return redirect("supervision:exchange-package", uid=row.uid)


def _chosen(request: HttpRequest, user: User) -> tuple[Plan, Area]:
    wanted = uid_of(request.POST.get("plan", ""))
    plan = policy.get_or_404(user, Plan.objects.select_related("area", "file"), uid=wanted)
    area = Area.objects.filter(code=request.POST.get("area", "")[:20]).first()
    if area is None:
        raise NotPossible(_("Choose the district."))
    return plan, area


@require_POST
def make_plan(request: HttpRequest) -> HttpResponse:
    """A package for a district: a plan with its commitments."""
    user = person(request)
    policy.require(user, "duty.assign")
    return _attempt(request, lambda: actions.make_plan_package(user, *_chosen(request, user)))


@require_POST
def make_return(request: HttpRequest) -> HttpResponse:
    """A package for the office above: what was handed in for a month."""
    user = person(request)
    policy.require(user, "duty.assign")
    period = request.POST.get("period", "")
    whole = request.POST.get("without_files") != "1"
    return _attempt(
        request, lambda: actions.make_return_package(user, *_chosen(request, user), period, with_files=whole)
    )


@require_POST
def bring(request: HttpRequest) -> HttpResponse:
    """Bring a package; it is shown before anything of it is taken."""
    user, given = person(request), request.FILES.get("file")
    policy.require(user, "duty.assign")

    def act() -> Exchange:
        if given is None:
            raise NotPossible(_("Choose a file first."))
        return actions.bring(user, given.name or "package.zip", given.chunks())

    return _attempt(request, act)


def _row(request: HttpRequest, uid: object) -> Exchange:
    rows = Exchange.objects.select_related("area", "plan__area", "file", "by")
    return policy.get_or_404(person(request), rows, uid=uid)


@require_safe
def package(request: HttpRequest, uid: str) -> HttpResponse:
    """One package: what it holds, its check code, and whether it was taken."""
    row = _row(request, uid)
    context = {"package": row, "code": shown_code(row.code), "pieces": row.incoming.select_related("unit", "plan")}
    return render(request, "supervision/exchange/package.html", context)


@require_safe
def download(request: HttpRequest, uid: str) -> HttpResponse:
    """The package as a file."""
    row = _row(request, uid)
    return downloads.stored(row.file, row.name)


@require_POST
def take(request: HttpRequest, uid: str) -> HttpResponse:
    """Take a package that was brought."""
    user, row = person(request), _row(request, uid)

    def act() -> Exchange:
        taken = actions.take(user, row)
        messages.success(request, _("The package was taken."))
        return taken

    return _attempt(request, act, reverse("supervision:exchange-package", args=[row.uid]))
