"""One bulletin: its reading while it runs, the check (problems first), and the page once it counts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantian.apps.areas.models import Area
from lantian.apps.core import downloads, history, policy
from lantian.apps.core.holding import NotPossible
from lantian.apps.core.models import AuditEvent
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.received import actions, queries, showing
from lantian.apps.received.actions.check import NO_AREA
from lantian.apps.received.beside import beside
from lantian.apps.received.forms import FigureForm, HeadForm
from lantian.apps.received.models import Bulletin, Figure, Method, Status
from lantian.apps.received.rights import RECEIVE


def _bulletin(request: HttpRequest, uid: str) -> Bulletin:
    joined = ("area", "file", "job", "superseded_by", "received_by", "checked_by", "source")
    return policy.get_or_404(person(request), Bulletin.objects.select_related(*joined), uid=uid)


@require_safe
def bulletin(request: HttpRequest, uid: str) -> HttpResponse:
    """The bulletin in the state it is in; asked by htmx while it is being read, only how far that is."""
    row = _bulletin(request, uid)
    if row.status == Status.READING:
        partial = request.headers.get("HX-Request") == "true"
        return render(request, "received/_reading.html" if partial else "received/reading.html", {"row": row})
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Refresh": "true"})
    return _page(request, row)


def _page(request: HttpRequest, row: Bulletin, form: HeadForm | None = None, status: int = 200) -> HttpResponse:
    may = policy.can(request.user, RECEIVE, row)
    figures = list(row.figures.select_related("area__parent"))
    checking = row.status == Status.READ and may
    context: dict[str, Any] = {
        "row": row,
        "may": may,
        "checking": checking,
        "figures": figures,
        "lists": showing.lists(figures),
        "problems": showing.problems(row, chinese=get_language() != "en"),
        "printed": showing.printed(row.printed, {(f.table_no, f.row) for f in figures}) if row.printed else [],
        "can_correct": may and row.method == Method.TYPED and row.status == Status.CHECKED,
    }
    if row.status == Status.CHECKED:
        context["ours"] = beside(person(request), row, figures)
    if checking:
        context |= {
            "form": form or HeadForm.of(row),
            "names": queries.open_names(row, figures),
            "missing": queries.open_questions(row),
            "earlier": queries.earlier(row),
            "overlap": queries.OVERLAP,
            "areas": showing.choices(row.area),
        }
    if row.method == Method.TYPED:
        context["history"] = _history(figures)
    return render(request, "received/check.html" if checking else "received/bulletin.html", context, status=status)


def _history(figures: list[Figure]) -> list[history.Entry]:
    """What was corrected of typed figures, the latest first."""
    events = AuditEvent.objects.select_related("user").filter(
        action="received.correct", object_uid__in=[figure.uid for figure in figures]
    )
    return history.entries(list(events[:100]))


@require_POST
def head(request: HttpRequest, uid: str) -> HttpResponse:
    """Indicator, period, unit, direction; what is wrong is said beside the field."""
    row = _bulletin(request, uid)
    policy.require(request.user, RECEIVE, row)
    form = HeadForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=400)
    values = form.cleaned_data
    attempt(request, lambda: actions.set_head(person(request), row, **values), _("Saved."))
    return redirect("received:bulletin", uid=uid)


@require_POST
def names(request: HttpRequest, uid: str) -> HttpResponse:
    """Which area each open name means: fields ``area-<n>`` beside ``subject-<n>`` and ``district-<n>``."""
    row = _bulletin(request, uid)
    policy.require(request.user, RECEIVE, row)
    chosen: dict[tuple[str, str], Area | str] = {}
    top = row.area.path.split("/")[1]
    areas = {area.code: area for area in Area.objects.filter(path__startswith=f"/{top}/")}
    for n in range(int(request.POST.get("count", "0")) if request.POST.get("count", "0").isdecimal() else 0):
        wanted = request.POST.get(f"area-{n}", "")
        key = (request.POST.get(f"subject-{n}", ""), request.POST.get(f"district-{n}", ""))
        if wanted == NO_AREA:
            chosen[key] = NO_AREA
        elif wanted in areas:
            chosen[key] = areas[wanted]
    if not chosen:
        messages.error(request, _("No name was decided."))
        return redirect("received:bulletin", uid=uid)
    revision = _revision(request)
    attempt(request, lambda: actions.match_subjects(person(request), row, chosen, revision=revision), _("Saved."))
    return redirect("received:bulletin", uid=uid)


@require_POST
def confirm(request: HttpRequest, uid: str) -> HttpResponse:
    """The bulletin is checked and counts."""
    row = _bulletin(request, uid)
    policy.require(request.user, RECEIVE, row)
    wanted = set(request.POST.getlist("replaces"))
    replaces = [other for other, _share in queries.earlier(row) if str(other.uid) in wanted]
    revision = _revision(request)
    attempt(
        request, lambda: actions.confirm(person(request), row, replaces, revision=revision),
        _("Checked. Its figures count from now on."),
    )  # fmt: skip
    return redirect("received:bulletin", uid=uid)


@require_POST
def take_back(request: HttpRequest, uid: str) -> HttpResponse:
    """It no longer counts; the file stays."""
    row = _bulletin(request, uid)
    policy.require(request.user, RECEIVE, row)
    reason, revision = request.POST.get("reason", ""), _revision(request)
    done = attempt(
        request, lambda: actions.take_back(person(request), row, reason, revision=revision),
        _("Taken back. The file is kept."),
    )  # fmt: skip
    return redirect("received:list") if done else redirect("received:bulletin", uid=uid)


@require_POST
def again(request: HttpRequest, uid: str) -> HttpResponse:
    """Read a document again whose reading failed."""
    row = _bulletin(request, uid)
    actions.read_again(person(request), row)
    return redirect("received:bulletin", uid=uid)


@require_safe
def file(request: HttpRequest, uid: str) -> HttpResponse:
    """The document as it came."""
    row = _bulletin(request, uid)
    if row.file is None:
        raise Http404
    return downloads.stored(row.file, row.file_name)


@require_http_methods(["GET", "HEAD", "POST"])
def figure(request: HttpRequest, uid: str) -> HttpResponse:
    """One figure with where it is printed, and the form that puts it right."""
    row = policy.get_or_404(person(request), Figure.objects.select_related("bulletin__area", "area"), uid=uid)
    policy.require(request.user, RECEIVE, row)
    form = FigureForm(
        request.POST if request.method == "POST" else None,
        initial={"value": row.value_text, "rank": row.rank, "revision": row.revision},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_figure(person(request), row, **form.cleaned_data)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("received:bulletin", uid=row.bulletin.uid)
    status = 400 if request.method == "POST" else 200
    return render(request, "received/figure.html", {"figure": row, "row": row.bulletin, "form": form}, status=status)


@require_POST
def remove(request: HttpRequest, uid: str) -> HttpResponse:
    """Leave out what is no figure."""
    row = policy.get_or_404(person(request), Figure.objects.select_related("bulletin__area"), uid=uid)
    policy.require(request.user, RECEIVE, row)
    revision = _revision(request)
    attempt(request, lambda: actions.remove_figure(person(request), row, revision=revision), _("Left out."))
    return redirect("received:bulletin", uid=row.bulletin.uid)


def _revision(request: HttpRequest) -> int:
    """The revision from which the page was made; one that never was where none came: the action says it is stale."""
    given = request.POST.get("revision", "")
    return int(given) if given.isdecimal() and len(given) < 10 else -1
