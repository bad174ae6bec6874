"""The import workbench: its page, the rows it asks for again, and the operations it sends (docs/workbench.md)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.areas.models import Level
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.core.policy import person
from lantian.apps.plans import prints, queries
from lantian.apps.plans import provenance as sources
from lantian.apps.plans.actions.edits import EditError, EditResult, StaleError, edit
from lantian.apps.plans.actions.edits.undo import redo, undo
from lantian.apps.plans.models import Measure, Medium, Plan, Secrecy, Strength, TargetKind
from lantian.apps.plans.workbench import reads
from lantian.apps.plans.workbench import words as say
from lantian.apps.plans.workbench.rows import flags_of

SCRIPTS = tuple(f"workbench{part}.js" for part in ("", "-save", "-edit", "-units", "-targets", "-panels", "-grid"))
AROUND_MOST = 200


def _plan(request: HttpRequest, uid: UUID | str) -> tuple[User, Plan]:
    """The person and the plan, which the person may edit (404 out of scope, 403 without the right)."""
    user = person(request)
    plan = policy.get_or_404(user, Plan.objects.select_related("area", "file"), uid=uid)
    policy.require(user, "plan.edit", plan)
    return user, plan


@require_safe
def review(request: HttpRequest, uid: str) -> HttpResponse:
    """The workbench of a plan in preparation; a plan that is published leads to its own page."""
    user, plan = _plan(request, uid)
    if not plan.in_preparation:
        messages.error(request, _("This plan is published and can no longer be edited; amend it to change it."))
        return redirect("plans:plan", uid=uid)
    can_undo, can_redo = reads.may_go_back(user, plan)
    context = {
        "plan": plan,
        "scripts": SCRIPTS,
        "rows": reads.plan_rows(plan),
        "has_inherited": reads.has_inherited(plan),
        "areas": reads.head_areas(plan),
        "levels": Level.choices,
        "media": Medium.choices,
        "secrecies": Secrecy.choices,
        "target_kinds": TargetKind.choices,
        "strengths": Strength.choices,
        "may_publish": policy.can(user, "plan.publish", plan),
        "can_undo": can_undo,
        "can_redo": can_redo,
        "keys": say.keys(),
        "words": say.words(),
        **reads.panels(plan),
    }
    return render(request, "plans/workbench/review.html", context)


@require_POST
def edit_rows(request: HttpRequest, uid: str) -> JsonResponse:
    """Do one operation (JSON, docs/edits.md); 409 with both states where the row was saved meanwhile, 422 refused."""
    user, plan = _plan(request, uid)
    try:
        operation = json.loads(request.body)
    except (ValueError, RecursionError, RawPostDataException):  # bad JSON, brackets without end, a form
        return JsonResponse({"message": _("The request is no JSON.")}, status=400)
    return _done(request, user, plan, lambda: edit(user, plan, operation))


@require_POST
def undo_edit(request: HttpRequest, uid: str) -> JsonResponse:
    """Take back the person's last edit of the plan."""
    user, plan = _plan(request, uid)
    return _done(request, user, plan, lambda: undo(user, plan))


@require_POST
def redo_edit(request: HttpRequest, uid: str) -> JsonResponse:
    """Do again what the person undid last."""
    user, plan = _plan(request, uid)
    return _done(request, user, plan, lambda: redo(user, plan))


def _done(request: HttpRequest, user: User, plan: Plan, act: Callable[[], EditResult]) -> JsonResponse:
    """What an action did, as the page needs it: changed rows as HTML, the check-up, what can be undone."""
    try:
        result = act()
    except StaleError as stale:
        return JsonResponse(_stale(stale), status=409)
    except EditError as refused:
        return JsonResponse({"message": str(refused), "code": refused.code, "field": refused.field}, status=422)
    plan.refresh_from_db()
    answer = _state(request, user, plan)
    answer["rows"] = _row_parts(request, reads.plan_rows(plan, [row["uid"] for row in result.rows]))
    return JsonResponse(answer | {"removed": result.removed, "order": result.order})


def _stale(stale: StaleError) -> dict[str, Any]:
    return {
        "message": str(stale),
        "current": stale.current,
        "current_revision": stale.revision,
        "who": str(stale.by) if stale.by else "",
        "at": f"{localtime(stale.at):%Y-%m-%d %H:%M}" if stale.at else "",
    }


def _state(request: HttpRequest, user: User, plan: Plan) -> dict[str, Any]:
    """What stands around the rows, after an edit or when others changed something."""
    can_undo, can_redo = reads.may_go_back(user, plan)
    return {
        "revision": plan.revision,
        "title": plan.title,
        "panels": render_to_string("plans/workbench/_panels.html", reads.panels(plan), request),
        "head": render_to_string("plans/workbench/_head.html", {"plan": plan}, request),
        "inherited": reads.has_inherited(plan),
        "can_undo": can_undo,
        "can_redo": can_redo,
    }


def _row_parts(request: HttpRequest, rows: list[Any]) -> list[dict[str, Any]]:
    return [
        {
            "uid": str(row.measure.uid),
            "n": row.measure.n,
            "revision": row.measure.revision,
            "html": render_to_string("plans/workbench/_row.html", {"row": row}, request),
        }
        for row in rows
    ]


@require_safe
def revision(request: HttpRequest, uid: str) -> JsonResponse:
    """The plan's revision; where it differs from ``since``, also every row with its revision, and who changed it."""
    user, plan = _plan(request, uid)
    if request.GET.get("since") == str(plan.revision):
        return JsonResponse({"revision": plan.revision})
    who = reads.last_editor(user, plan)
    answer = _state(request, user, plan) | {"who": who, "others": bool(who), "open": plan.in_preparation}
    return JsonResponse(answer | {"rows": reads.revisions(plan)})


@require_safe
def rows(request: HttpRequest, uid: str) -> JsonResponse:
    """Some rows as HTML, named by ``uid`` (several times)."""
    _user, plan = _plan(request, uid)
    wanted = reads.plan_rows(plan, reads.uids_given(request.GET.getlist("uid")))
    return JsonResponse({"rows": _row_parts(request, wanted)})


@require_safe
def unit_names(request: HttpRequest, uid: str) -> JsonResponse:
    """Units of the directory whose name holds ``q``, for choosing while typing."""
    _user, plan = _plan(request, uid)
    return JsonResponse({"units": reads.names_like(plan, request.GET.get("q", ""))})


@require_safe
def printed(request: HttpRequest, uid: str) -> HttpResponse:
    """Where a row was printed, with its flags: the page with the cells marked, or the rows and lines around it.

    ``page`` asks for another page of the document, ``around`` for more rows and lines.
    """
    user = person(request)
    rows = Measure.objects.select_related("plan", "plan__file", "plan__area").prefetch_related("flags")
    row = policy.get_or_404(user, rows, uid=uid)
    policy.require(user, "plan.edit", row.plan)
    _before, after = queries.neighbours(row)
    around = min(_positive(request.GET.get("around")) or sources.AROUND, AROUND_MOST)
    page = _positive(request.GET.get("page"))
    source = sources.provenance(row, after.row if after else None, around)
    if page and prints.has_pages(row.plan.file):
        source = sources.Provenance(pages=[sources.MarkedPage(page, [])])
    context = {
        "measure": row,
        "plan": row.plan,
        "flags": flags_of(row.flags.all()),
        "source": source,
        "page": source.pages[0].page if source.pages else None,
        "other": bool(page),
        "wider": around * 4,
    }
    return render(request, "plans/workbench/_print.html", context)


def _positive(text: str | None) -> int:
    """A page or a count of an address; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 3 else 0
