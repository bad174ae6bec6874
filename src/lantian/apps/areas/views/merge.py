"""Merging a unit that stands twice into another one, and taking it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from lantian.apps.areas import actions, queries
from lantian.apps.areas.actions import ChangeError
from lantian.apps.areas.actions.merging import moving
from lantian.apps.areas.models import Unit, UnitMerge
from lantian.apps.core import policy
from lantian.apps.core.policy import person

EDIT = "directory.edit"
_SHOWN = 20


@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, uid: str) -> HttpResponse:
    """Look for the unit that stays (``q``), see what would move, and merge this one into it (``into``)."""
    user = person(request)
    row = policy.get_or_404(user, Unit.objects.select_related("area", "merged_into"), uid=uid)
    policy.require(user, EDIT, row)
    if request.method == "POST":
        into = policy.get_or_404(user, Unit.objects.select_related("area"), uid=request.POST.get("into") or row.uid)
        try:
            actions.merge_units(user, row, into)
        except ChangeError as error:
            messages.error(request, error.message)
            return redirect("areas:merge", uid=row.uid)
        words = {"name": row.name, "into": into.name}
        messages.success(request, _("%(name)s was merged into %(into)s. This can be taken back here.") % words)
        return redirect("areas:unit", uid=into.uid)
    text = request.GET.get("q", "").strip()[:80]
    top = row.area.path.split("/")[1]
    same = Unit.objects.filter(area__path__startswith=f"/{top}/", merged_into=None, collective=row.collective)
    if text:
        found = list(queries.directory_page(same.exclude(pk=row.pk), text=text)[:_SHOWN])
    else:
        alike = queries.Directory(row.area, timezone.localdate()).suggest(row.name, _SHOWN)
        found = [unit for unit in alike if unit.pk != row.pk and unit.collective == row.collective]
        found.sort(key=lambda unit: unit.area_id != row.area_id)
    return render(request, "areas/merge.html", {"unit": row, "q": text, "found": found, "moving": moving(row)})


@require_POST
def undo(request: HttpRequest, uid: str) -> HttpResponse:
    """Take a merge back."""
    user = person(request)
    row = policy.get_or_404(user, UnitMerge.objects.select_related("kept__area", "duplicate__area"), uid=uid)
    policy.require(user, EDIT, row.kept)
    try:
        stayed = actions.undo_merge(user, row)
    except ChangeError as error:
        messages.error(request, error.message)
        return redirect("areas:unit", uid=row.kept.uid)
    messages.success(request, _("%(name)s stands by itself again.") % {"name": row.duplicate.name})
    if stayed:
        text = ngettext(
            "%(count)d row stays where somebody has put it since.",
            "%(count)d rows stay where somebody has put them since.",
            stayed,
        )
        messages.info(request, text % {"count": stayed})
    return redirect("areas:unit", uid=row.duplicate.uid)
