"""Next year's draft: the plan above it is chosen, rows are ticked and reworded, out comes Word or a plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.alignment import actions, drafting, queries
from lantian.apps.alignment.papers import KINDS
from lantian.apps.alignment.views.common import office_plan
from lantian.apps.core import downloads, policy
from lantian.apps.plans import exports
from lantian.apps.plans.models import Plan


def _choice(values: QueryDict, plan: Plan, above: Sequence[Plan]) -> tuple[Plan | None, Plan | None]:
    """The new plan above and this year's: as chosen, else the plan of a later year, and the one of the plan's year."""
    by_uid = {str(row.uid): row for row in above}
    new = by_uid.get(values.get("city", ""))
    if new is None and "city" not in values:
        new = next((row for row in reversed(above) if row.year and plan.year and row.year > plan.year), None)
    old = by_uid.get(values.get("old", ""))
    if old is None and "old" not in values:
        old = next((row for row in above if row.year == plan.year and row != new), None)
    return new, old


def _above(request: HttpRequest, uid: UUID) -> tuple[Plan, list[Plan]]:
    """The plan and the plans above it of its medium."""
    user, plan = office_plan(request, uid)
    return plan, list(queries.plans_above(user, plan).filter(medium=plan.medium)[: queries.CHOICES])


@require_safe
def next_draft(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The rows of the draft with where they come from (``?city=``: the new plan above, ``old=``: this year's)."""
    plan, above = _above(request, uid)
    new, old = _choice(request.GET, plan, above)
    context = {"plan": plan, "above": above, "new": new, "old": old}
    if new is not None:
        draft = drafting.draft_of(plan, new, [old] if old else [])
        rows = drafting.proposed(draft)
        number = Counter(row.row.origin for row in rows)
        context |= {
            "rows": rows,
            "left_out": len(draft.left_out),
            "title": draft.plan.title,
            "origins": [
                (drafting.MARKS[name], label, number[name])  # type: ignore[index]  # the engine's origins
                for name, label in drafting.ORIGINS.items()
            ],
            "may_make": policy.can(request.user, "plan.upload") and policy.can(request.user, "plan.edit", plan),
        }
    return render(request, "alignment/next_draft.html", context)


@require_POST
def make(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The ticked rows as a Word document (``as=docx``) or as a plan in preparation."""
    plan, above = _above(request, uid)
    values = request.POST
    new, old = _choice(values, plan, above)
    if new is None:
        raise Http404
    texts = {
        name.removeprefix("text-"): str(text)[:20_000] for name, text in values.items() if name.startswith("text-")
    }
    whole = drafting.draft_of(plan, new, [old] if old else [])
    draft = drafting.edited(whole, set(values.getlist("row")), texts)
    back = redirect("alignment:next-draft", uid=uid)
    back["Location"] += f"?city={new.uid}" + (f"&old={old.uid}" if old else "&old=")
    if not draft.rows:
        messages.error(request, _("Tick at least one row."))
        return back
    if values.get("as") == "docx":
        return downloads.download(drafting.as_word(draft), exports.file_name(draft.plan, "docx"), KINDS["docx"])
    try:
        made = actions.make_draft(policy.person(request), plan, new, draft)
    except actions.NotPossible as refusal:
        messages.error(request, str(refusal))
        return back
    messages.success(request, _("The draft is a plan in preparation now. Its rows are laid beside the new plan above."))
    return redirect("plans:review", uid=made.uid)
