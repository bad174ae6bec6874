"""会商记录: the list, one record beside what came of it, entering and correcting."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantian.apps.core import downloads, policy
from lantian.apps.core.files import TooLargeError
from lantian.apps.core.models import User
from lantian.apps.monitoring import actions
from lantian.apps.monitoring.errors import RegistryError
from lantian.apps.monitoring.forms_forecasts import MeetingForm
from lantian.apps.monitoring.models import Alert, Meeting
from lantian.apps.monitoring.queries import forecasts as reads
from lantian.apps.monitoring.rights import FORECAST
from lantian.apps.monitoring.views.forecasts import area_of, measured, reader, shown

PAGE = 50
_FIELDS = (
    "area",
    "title",
    "held",
    "units",
    "others",
    "forecast",
    "conclusions",
    "episode_start",
    "episode_end",
    "alert",
)


@require_safe
def meetings(request: HttpRequest) -> HttpResponse:
    """Every record, filtered."""
    user = reader(request)
    chosen = {name: request.GET.get(name, "").strip()[:60] for name in ("q", "area", "alert")}
    rows = reads.meetings(user, area=chosen["area"], alert=chosen["alert"], text=chosen["q"])
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "places": reads.places(user),
        "alerts": [("any", _("any alert")), *((key, word) for key, word in Alert.choices if key)],
        "may_edit": policy.can(user, FORECAST),
    }
    return render(request, "monitoring/meetings.html", context)


@require_safe
def meeting(request: HttpRequest, uid: str) -> HttpResponse:
    """One record, the forecast that was looked at, and what came of the expected episode."""
    user = reader(request)
    rows = Meeting.objects.select_related("area", "forecast__area", "file", "created_by").prefetch_related(
        "units__area"
    )
    row = policy.get_or_404(user, rows, uid=uid)
    came = {}
    if row.episode_start and row.episode_end:
        came = reads.came(user, row.area, row.episode_start, row.episode_end)
    context = {
        "row": row,
        "days": [shown(day) for day in row.forecast.days.all()] if row.forecast else [],
        "came": [{"day": day, "what": measured(came[day])} for day in sorted(came)],
        "heaviest": reads.heaviest(came, row),
        "may_edit": policy.can(user, FORECAST, row),
    }
    return render(request, "monitoring/meeting.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter a record."""
    user = policy.person(request)
    policy.require(user, FORECAST)
    held = timezone.localtime().replace(second=0, microsecond=0)
    initial: dict[str, Any] = {"area": area_of(request, list(reads.places(user))), "held": held}
    form = MeetingForm(request.POST or None, request.FILES or None, user=user, initial=initial)
    return _form(request, user, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Correct a record; the history has what it said before."""
    user = policy.person(request)
    row = policy.get_or_404(user, Meeting.objects.select_related("area"), uid=uid)
    policy.require(user, FORECAST, row)
    initial = {name: getattr(row, name) for name in (*_FIELDS, "revision") if name != "units"}
    initial["units"] = row.units.all()
    return _form(
        request, user, MeetingForm(request.POST or None, request.FILES or None, user=user, initial=initial), row
    )


@require_safe
def file(request: HttpRequest, uid: str) -> HttpResponse:
    """The attachment as it came."""
    row = policy.get_or_404(reader(request), Meeting.objects.select_related("file"), uid=uid)
    return downloads.stored(row.file, row.file_name)


def _form(request: HttpRequest, user: User, form: MeetingForm, row: Meeting | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in _FIELDS}
        given = form.cleaned_data.get("file")
        try:
            saved = actions.save_meeting(
                user, values, uid=row.uid if row else None, revision=form.cleaned_data.get("revision"),
                name=given.name if given else "", chunks=given.chunks() if given else None,
            )  # fmt: skip
        except RegistryError as error:
            form.refuse(error)
        except TooLargeError as large:
            words = {"limit": large.limit // 2**20}
            form.add_error("file", _("The file is larger than %(limit)s MB and was not taken.") % words)
        else:
            messages.success(request, _("The record was saved."))
            return redirect("monitoring:meeting", uid=saved.uid)
    status = 400 if form.errors else 200
    return render(request, "monitoring/meeting_form.html", {"form": form, "row": row}, status=status)
