"""The workbench of a plan below: what each row implements, confirmed row by row; rows above that nobody took."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.alignment import actions, papers, queries
from lantian.apps.alignment.models import Link, Relation
from lantian.apps.alignment.rights import CONFIRM, SEE
from lantian.apps.alignment.shown import show as as_shown
from lantian.apps.alignment.views.common import number, office_plan
from lantian.apps.core import downloads, policy
from lantian.apps.core.models import User
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.plans import watermark
from lantian.apps.plans.models import Measure, Plan
from lantian.apps.plans.queries.filters import uid_of

SHOWS = ("open", "confirmed", *Relation.values)
ORPHANS = "orphans"
MOST = 20  # rows above that one row of ours may name


@require_safe
def workbench(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The links of a plan, 50 a page, narrowed by ``?show=``; with ``orphans`` the rows above that nobody took."""
    user, plan = office_plan(request, uid)
    alignment = queries.alignment_of(plan)
    above = list(queries.plans_above(user, plan)[: queries.CHOICES])
    chosen = list(alignment.cities.all()) if alignment else queries.proposed_above(plan, above)
    show = request.GET.get("show", "")
    context: dict[str, Any] = {
        "plan": plan,
        "alignment": alignment,
        "above": above,
        "chosen": {row.pk for row in chosen},
        "show": show if show in (*SHOWS, ORPHANS) else "",
        "job": queries.running(plan, actions.RUN),
        "may_confirm": policy.can(user, CONFIRM, plan),
        "relations": Relation.choices,
    }
    if alignment is not None:
        orphans = queries.orphans(plan, alignment)
        rows: QuerySet[Any] = (
            orphans if show == ORPHANS else queries.with_rows(queries.shown(queries.links(plan), show))
        )
        page = Paginator(rows, queries.PAGE).get_page(request.GET.get("page"))
        context |= {"page": page, "counts": queries.counts(plan), "orphan_count": orphans.count()}
        if show != ORPHANS:
            context["rows"] = [as_shown(link) for link in page.object_list]
    return render(request, "alignment/workbench.html", context)


@require_POST
def run(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Lay the plan beside the ticked plans above it."""
    user, plan = office_plan(request, uid)
    wanted = [text for text in request.POST.getlist("city")[: queries.CHOICES] if uid_of(text)]
    cities = list(policy.scope(user, Plan.objects.select_related("file").filter(uid__in=wanted)))

    def act() -> str:
        if actions.run(user, plan, cities) is not None:
            return _("The plans are long: the comparison runs in the background, reload this page in a moment.")
        return _("The rows were compared. What was confirmed before stays as it was.")

    attempt(request, act)
    return redirect("alignment:workbench", uid=uid)


@require_POST
def confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Confirm the links that the page showed (``link``: uid and revision)."""
    user, plan = office_plan(request, uid)
    shown = []
    for text in request.POST.getlist("link")[: 4 * queries.PAGE]:
        name, _colon, revision = text.partition(":")
        if uid_of(name):
            shown.append((UUID(name), number(revision)))

    def act() -> str:
        done, other = actions.confirm_many(user, plan, shown)
        text = ngettext("%(n)s row was confirmed.", "%(n)s rows were confirmed.", done) % {"n": done}
        left = _("%(n)s were changed by somebody else meanwhile and stay open.") % {"n": other} if other else ""
        return f"{text}{left}"

    attempt(request, act)
    return redirect(_back(request, plan))


def _back(request: HttpRequest, plan: Plan, at: str = "") -> str:
    """The workbench with what it showed; only the two parts that it knows of what the form says."""
    said = QueryDict(request.POST.get("back", "")[:200])
    query = {name: said[name] for name in ("show", "page") if said.get(name)}
    url = reverse("alignment:workbench", args=[plan.uid])
    return url + (f"?{urlencode(query)}" if query else "") + at


def _link(request: HttpRequest, uid: UUID, action: str) -> tuple[User, Link]:
    """A link in the person's scope whose office the person belongs to."""
    user = person(request)
    link = policy.get_or_404(user, Link.objects.select_related("measure__plan__area"), uid=uid)
    policy.require(user, action, link)
    return user, link


@require_safe
def link(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One link: its relation, the rows above to keep, take out or add by search (``?q=``)."""
    user, row = _link(request, uid, SEE)
    plan = row.measure.plan
    alignment = queries.alignment_of(plan)
    if alignment is None:
        raise Http404
    row = queries.with_rows(Link.objects.all()).get(pk=row.pk)
    shown = as_shown(row)
    text = request.GET.get("q", "")
    known = {measure.pk for measure in shown.partners}
    found = [measure for measure in queries.search_above(alignment, text) if measure.pk not in known]
    context = {
        "plan": plan, "row": shown, "link": row, "q": text, "found": found,
        "relations": Relation.choices, "may_confirm": policy.can(user, CONFIRM, plan),
    }  # fmt: skip
    return render(request, "alignment/link.html", context)


@require_POST
def decide(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Confirm a link; answers with its row where the page's script asks, else leads back to the workbench."""
    user, row = _link(request, uid, CONFIRM)
    values = request.POST
    rows = None
    if values.get("rows_given"):
        wanted = [text for text in values.getlist("row")[:MOST] if uid_of(text)]
        found = {str(m.uid): m for m in policy.scope(user, Measure.objects.filter(uid__in=wanted))}
        rows = [found[text] for text in wanted if text in found]

    def act() -> str:
        actions.decide(
            user, row, relation=values.get("relation") or None, rows=rows, note=values.get("note"),
            revision=number(values.get("revision")),
        )  # fmt: skip
        return _("Measure %(n)s is confirmed.") % {"n": row.measure.n}

    return _answer(request, row, act)


@require_POST
def reopen(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Open a confirmed link again."""
    user, row = _link(request, uid, CONFIRM)

    def act() -> str:
        actions.reopen(user, row, revision=number(request.POST.get("revision")))
        return _("Measure %(n)s is open again.") % {"n": row.measure.n}

    return _answer(request, row, act)


def _answer(request: HttpRequest, row: Link, act: Callable[[], str]) -> HttpResponse:
    """Do it: for the page's script the row as it stands now (409 with a sentence where it was refused)."""
    if request.headers.get("X-Fragment") != "1":
        attempt(request, act)
        return redirect(_back(request, row.measure.plan, f"#m{row.measure.n}"))
    try:
        act()
    except actions.NotPossible as refusal:
        return HttpResponse(str(refusal), status=409, content_type="text/plain; charset=utf-8")
    fresh = queries.with_rows(Link.objects.filter(pk=row.pk)).get()
    context = {"row": as_shown(fresh), "may_confirm": True, "relations": Relation.choices, "plan": row.measure.plan}
    return render(request, "alignment/_link.html", context)


@require_safe
def export(request: HttpRequest, uid: UUID, fmt: str) -> HttpResponse:
    """The comparison as a table: XLSX or DOCX."""
    user, plan = office_plan(request, uid)
    alignment = queries.alignment_of(plan)
    if fmt not in papers.KINDS or alignment is None:
        raise Http404
    rows = [as_shown(row) for row in queries.with_rows(queries.links(plan))]
    content = papers.written(plan, alignment, rows, list(queries.orphans(plan, alignment)), fmt)
    content = watermark.marked(content, fmt, plan, user)
    return downloads.download(content, papers.name(plan, fmt), papers.KINDS[fmt])
