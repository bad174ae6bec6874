"""Pages of a plan's versions: the list, two side by side, one row through time; amending, replacing, discarding."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.core import downloads, files, policy
from lantian.apps.core.models import User
from lantian.apps.core.policy import person
from lantian.apps.plans import actions, comparison
from lantian.apps.plans.actions.versions import contents_of
from lantian.apps.plans.models import IN_FORCE, Measure, Plan, PlanVersion
from lantian.apps.plans.queries import versions as queries
from lantian.apps.plans.wording import ACTIONS

MOST_PLANS = 99  # of one file, as the form takes them


def _plan(user: User, uid: object) -> Plan:
    return policy.get_or_404(user, Plan.objects.select_related("area", "file", "amends"), uid=uid)


def _version(user: User, plan: Plan, number: int) -> PlanVersion:
    """A version that the person may read, or 404."""
    row = queries.readable(user, plan).filter(number=number).first()
    if row is None:
        raise Http404
    return row


@require_safe
def versions(request: HttpRequest, uid: str) -> HttpResponse:
    """The versions of a plan with their notes and files, and what may be done next."""
    user = person(request)
    plan = _plan(user, uid)
    edits = policy.can(user, "plan.edit", plan)
    rows = list(queries.readable(user, plan).defer("content"))
    older = {row.number: other.number for row, other in pairwise(rows)}
    context = {
        "plan": plan,
        "versions": [(row, older.get(row.number)) for row in rows],
        "numbers": [row.number for row in rows],
        "open_amendment": actions.open_amendment(plan) if edits else None,
        "may_amend": edits and plan.status in IN_FORCE,
        "may_replace": edits and (plan.in_preparation or plan.status in IN_FORCE),
        "edits": edits,
    }
    return render(request, "plans/versions/list.html", context)


@require_safe
def choose(request: HttpRequest, uid: str) -> HttpResponse:
    """Where the form of two numbers leads to."""
    plan = _plan(person(request), uid)
    numbers = [request.GET.get(name, "") for name in ("from", "to")]
    if not all(number.isascii() and number.isdigit() and len(number) < 5 for number in numbers):
        raise Http404
    return redirect("plans:compare", uid=plan.uid, old=int(numbers[0]), new=int(numbers[1]))


@require_safe
def compare(request: HttpRequest, uid: str, old: int, new: int) -> HttpResponse:
    """Two versions side by side."""
    user = person(request)
    plan = _plan(user, uid)
    sides = [_version(user, plan, number) for number in (old, new)]
    found = comparison.compare(sides[0].content["measures"], sides[1].content["measures"])
    titles = [_reading_title() if side.number == 0 else _("Version %d") % side.number for side in sides]
    return _compared(request, plan, found, titles)


@require_safe
def changes(request: HttpRequest, uid: str) -> HttpResponse:
    """What is different now: in an amendment from its plan, in any other plan in preparation from what was read."""
    user = person(request)
    plan = _plan(user, uid)
    policy.require(user, "plan.view_draft", plan)
    if plan.amends is not None:
        old, title = contents_of(plan.amends), _("Version %d") % plan.amends.version
    else:
        row = plan.versions.filter(number=0).first()
        old, title = (row.content["measures"] if row else []), _reading_title()
    origins = plan.measures.exclude(origin=None).values_list("uid", "origin__uid")
    found = comparison.compare(old, contents_of(plan), {str(own): str(origin) for own, origin in origins})
    now = _("this amendment") if plan.amends else _("now")
    return _compared(request, plan, found, [title, now])


def _reading_title() -> str:
    return _("as read from the document")


def _compared(request: HttpRequest, plan: Plan, found: comparison.PlanDiff, titles: list[str]) -> HttpResponse:
    only = request.GET.get("changed") == "1"
    blocks = [block for block in found.blocks() if not (only and block.same)]
    context = {"plan": plan, "blocks": blocks, "counts": found.count(), "titles": titles, "only_changed": only}
    return render(request, "plans/versions/compare.html", context)


@require_safe
def version_file(request: HttpRequest, uid: str, number: int) -> HttpResponse:
    """The document of one version, as a download: never shown in the browser (contracts §8)."""
    user = person(request)
    version = _version(user, _plan(user, uid), number)
    return downloads.stored(version.file, version.file_name)


@require_safe
def history(request: HttpRequest, uid: str) -> HttpResponse:
    """One row through time: what it said in each version, who changed what when."""
    user = person(request)
    policy.require(user, "history.view")
    rows = Measure.everything.select_related("plan", "plan__area", "origin", "plan__created_by")
    measure = policy.get_or_404(user, rows, uid=uid)
    events = [
        (event, ACTIONS.get(event.action, event.action), comparison.recorded_changes(event.before, event.after))
        for event in queries.events_of(user, measure)
    ]
    context = {
        "measure": measure,
        "plan": measure.plan,
        "events": events,
        "drafts": policy.can(user, "plan.view_draft", measure.plan),
        "standings": comparison.through([(item.version, item.content) for item in queries.standings(user, measure)]),
    }
    return render(request, "plans/versions/history.html", context)


@require_safe
def replace(request: HttpRequest, uid: str) -> HttpResponse:
    """The form for a corrected document, with reading again, taking back and throwing away beside it."""
    user = person(request)
    plan = _plan(user, uid)
    policy.require(user, "plan.edit", plan)
    context = {
        "plan": plan,
        "open": plan.in_preparation or plan.status in IN_FORCE,
        "amendment": actions.open_amendment(plan),
        "last": actions.last_reimport(plan),
        "rows": plan.measures.count(),
        "edits": plan.edits.filter(undone=False).count(),
        "limit": settings.LANTIAN_UPLOAD_BYTES // (1024 * 1024),
        "most": MOST_PLANS,
    }
    return render(request, "plans/versions/replace.html", context)


@require_POST
def replace_upload(request: HttpRequest, uid: str) -> HttpResponse:
    """Take a corrected document; it is read in the background."""
    user = person(request)
    plan = _plan(user, uid)
    policy.require(user, "plan.edit", plan)
    given, place = request.FILES.get("file"), request.POST.get("place", "").strip()
    if given is None or not given.size:
        messages.error(request, _("No file was chosen, or it is empty. Nothing was changed."))
        return redirect("plans:replace", uid=uid)
    if place and not (place.isascii() and place.isdigit() and len(place) < 5 and 1 <= int(place) <= MOST_PLANS):
        messages.error(request, _("Which plan of the file: write a number such as 1. Nothing was changed."))
        return redirect("plans:replace", uid=uid)
    try:
        job = actions.replace_file(user, plan, given.name or "file", given.chunks(), int(place) if place else None)
    except files.TooLargeError as large:
        text = _("%(name)s is larger than %(limit)s MB and was not taken. Nothing was changed.")
        messages.error(request, text % {"name": given.name, "limit": large.limit // (1024 * 1024)})
        return redirect("plans:replace", uid=uid)
    except actions.VersionError as refusal:
        messages.error(request, str(refusal))
        return redirect("plans:versions", uid=uid)
    return redirect("plans:job", uid=job.uid)


@require_POST
def reread(request: HttpRequest, uid: str) -> HttpResponse:
    """Read the plan's own document again with today's reader."""
    user = person(request)
    plan = _plan(user, uid)
    try:
        job = actions.reread(user, plan)
    except actions.VersionError as refusal:
        messages.error(request, str(refusal))
        return redirect("plans:versions", uid=uid)
    return redirect("plans:job", uid=job.uid)


def _then(request: HttpRequest, plan: Plan, page: str, what: Callable[[], str]) -> HttpResponse:
    """Do it and say so, or say why not; then show the plan's ``page``."""
    try:
        messages.success(request, what())
    except actions.VersionError as refusal:
        messages.error(request, str(refusal))
    return redirect(page, uid=plan.uid)


@require_POST
def take_back(request: HttpRequest, uid: str) -> HttpResponse:
    """Undo the last replacement of the document."""
    user = person(request)
    plan = _plan(user, uid)

    def do() -> str:
        actions.take_back(user, plan)
        return _("The replacement was taken back: the plan and its document are as before.")

    return _then(request, plan, "plans:replace", do)


@require_POST
def amend(request: HttpRequest, uid: str) -> HttpResponse:
    """Open the amendment of a plan in force (or go to the one that is open)."""
    user = person(request)
    plan = _plan(user, uid)
    try:
        amendment = actions.amend(user, plan)
    except actions.VersionError as refusal:
        messages.error(request, str(refusal))
        return redirect("plans:versions", uid=uid)
    return redirect("plans:review", uid=amendment.uid)


@require_POST
def discard(request: HttpRequest, uid: str) -> HttpResponse:
    """Throw a draft or an amendment away, once the person ticked that it is meant."""
    user = person(request)
    plan = _plan(user, uid)
    policy.require(user, "plan.edit", plan)
    if request.POST.get("confirm") != "yes":
        messages.error(request, _("Tick that you mean it. Nothing was thrown away."))
        return redirect("plans:replace", uid=uid)
    title, base = plan.title, plan.amends
    try:
        actions.discard(user, plan)
    except actions.VersionError as refusal:
        messages.error(request, str(refusal))
        return redirect("plans:replace", uid=uid)
    messages.success(request, _("“%(title)s” was thrown away; the record keeps who did it.") % {"title": title})
    return redirect("plans:plan", uid=base.uid) if base else redirect("plans:list")


@require_POST
def become(request: HttpRequest, uid: str) -> HttpResponse:
    """Make a fresh draft the new text of another plan."""
    user = person(request)
    draft = _plan(user, uid)
    try:
        other = UUID(request.POST.get("plan", ""))
    except ValueError:
        raise Http404 from None
    plan = _plan(user, other)
    try:
        target = actions.take_over(user, draft, plan)
    except actions.VersionError as refusal:
        messages.error(request, str(refusal))
        return redirect("plans:plan", uid=uid)
    messages.success(request, _("The draft is now the new text of this plan. What people had confirmed was kept."))
    return redirect("plans:review", uid=target.uid)
