"""The page of one area, and what an administrator changes on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantian.apps.areas import actions, queries, states
from lantian.apps.areas.actions.areas import forget_past
from lantian.apps.areas.forms import AreaChangeForm, AreaForm, area_choices, closing_day, day_of
from lantian.apps.areas.history import history
from lantian.apps.areas.models import Area, AreaPast
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt

EDIT = "directory.edit"


@require_safe
def area(request: HttpRequest, uid: str) -> HttpResponse:
    """One area: what it is, what it was, what lies in it, its history; forms for those who may change it."""
    user = person(request)
    policy.require(user, "directory.view")
    return _page(request, _row(user, uid))


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter an area, below the one that ``under`` names."""
    user = person(request)
    policy.require(user, EDIT)
    above = Area.objects.filter(code=request.GET.get("under", "")).first()
    parents = _parents(user, above)
    form = AreaForm(request.POST or None, parents=parents, initial={"parent": above.code if above else ""})
    if request.method == "POST":
        row = form.saved(lambda values: actions.save_area(user, None, values))
        if row is not None:
            messages.success(request, _("%(name)s was entered.") % {"name": row.name})
            return redirect("areas:area", uid=row.uid)
    return render(request, "areas/new.html", {"form": form, "what": "area"})


@require_POST
def save(request: HttpRequest, uid: str) -> HttpResponse:
    """Correct an area."""
    user = person(request)
    row = _editable(user, uid)
    form = AreaForm(request.POST, parents=_parents(user, row.parent))
    saved = form.saved(lambda values: actions.save_area(user, row, values, seen=form.cleaned_data["seen"]))
    if saved is not None:
        messages.success(request, _("Saved."))
        return redirect("areas:area", uid=row.uid)
    return _page(request, _row(user, uid), form=form)


@require_POST
def change(request: HttpRequest, uid: str) -> HttpResponse:
    """Rename or move an area from a day on."""
    user = person(request)
    row = _editable(user, uid)
    form = AreaChangeForm(request.POST, parents=_parents(user, row.parent))
    saved = form.saved(
        lambda values: actions.change_area(user, row, values.pop("on"), values, seen=form.cleaned_data["seen"])
    )
    if saved is not None:
        messages.success(request, _("Saved; before that day the old name and place hold."))
        return redirect("areas:area", uid=row.uid)
    return _page(request, _row(user, uid), change=form)


@require_POST
def close(request: HttpRequest, uid: str) -> HttpResponse:
    """Close an area on a day, or open it again."""
    user = person(request)
    row = _editable(user, uid)
    attempt(request, lambda: actions.close_area(user, row, closing_day(request.POST.get("closed", ""))), _("Saved."))
    return redirect("areas:area", uid=row.uid)


@require_POST
def forget(request: HttpRequest, uid: str) -> HttpResponse:
    """Take back an earlier name or place of an area."""
    user = person(request)
    row = _editable(user, uid)
    past = AreaPast.objects.filter(area=row, until=day_of(request.POST.get("until", ""))).first()
    if past is None:
        raise Http404
    forget_past(user, past)
    messages.success(request, _("Taken back."))
    return redirect("areas:area", uid=row.uid)


def _row(user: User, uid: str) -> Area:
    return policy.get_or_404(user, Area.objects.select_related("parent"), uid=uid)


def _editable(user: User, uid: str) -> Area:
    row = _row(user, uid)
    policy.require(user, EDIT, row)
    return row


def _parents(user: User, keep: Area | None) -> list[tuple[str, str]]:
    paths = queries.reach(user, policy.ACTIONS[EDIT])
    # A root stays one only for those whose role holds everywhere; others choose among their areas.
    return area_choices(paths, empty=paths is None or keep is None, keep=keep)


def _page(request: HttpRequest, row: Area, **bound: Any) -> HttpResponse:
    user = person(request)
    may_edit = policy.can(user, EDIT, row)
    context: dict[str, Any] = {
        "area": row,
        "may_edit": may_edit,
        "pasts": row.pasts.select_related("parent").order_by("until"),
        "children": row.children.order_by("code"),
        "unit_count": row.units.filter(merged_into=None).count(),
        "history": history(row),
    }
    if may_edit:
        state = states.area_state(row)
        parents = _parents(user, row.parent)
        first = {**state, "seen": states.stamp(state)}
        context["form"] = bound.get("form") or AreaForm(parents=parents, initial=first)
        context["change"] = bound.get("change") or AreaChangeForm(
            parents=parents, initial=first, auto_id="id_change_%s"
        )
        for form in bound.values():
            form.look_again(first["seen"])
    return render(request, "areas/area.html", context)
