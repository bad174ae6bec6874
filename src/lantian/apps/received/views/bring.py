"""The list of what came and what is overdue; bringing documents, pasting text, typing figures of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantian.apps.areas.models import Area
from lantian.apps.core import policy
from lantian.apps.core.holding import NotPossible
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.monitoring.models import DataSource, SourceKind
from lantian.apps.monitoring.queries.sources import states
from lantian.apps.received import actions, queries
from lantian.apps.received.actions.typed import LinesError
from lantian.apps.received.forms import TypedForm
from lantian.apps.received.models import Bulletin, Indicator, Status
from lantian.apps.received.rights import RECEIVE, offices

PAGE = 50
FILES_AT_ONCE = 10


@require_safe
def bulletins(request: HttpRequest) -> HttpResponse:
    """What came, newest first; on top what is late."""
    user = person(request)
    filters = {name: request.GET.get(name, "").strip()[:60] for name in ("indicator", "status", "year", "q")}
    rows = queries.bulletin_list(
        user, indicator=filters["indicator"], status=filters["status"], year=filters["year"], text=filters["q"]
    )
    may = policy.can(user, RECEIVE)
    sources = policy.scope(user, DataSource.objects.filter(kind=SourceKind.BULLETIN).exclude(rhythm=""))
    late = [state for state in states(list(sources), timezone.now()) if state.overdue]
    context: dict[str, Any] = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "filters": filters,
        "filtered": any(filters.values()),
        "indicators": Indicator.choices,
        "statuses": [*Status.choices, ("superseded", _("superseded"))],
        "years": queries.years(user),
        "late": late,
        "may_receive": may,
        "offices": offices(user) if may else [],
        "limit": settings.LANTIAN_UPLOAD_BYTES // (1024 * 1024),
    }
    return render(request, "received/list.html", context)


@require_POST
def bring(request: HttpRequest) -> HttpResponse:
    """Take documents or pasted text; each is read by a job and waits to be checked."""
    user = person(request)
    policy.require(user, RECEIVE)
    area = _office(request)
    given = request.FILES.getlist("files")[:FILES_AT_ONCE]
    text = request.POST.get("text", "")
    if area is None or not (given or text.strip()):
        messages.error(request, _("Choose a file or paste the table."))
        return redirect("received:list")
    made: list[Bulletin] = []
    works: list[Callable[[], Bulletin]] = [
        lambda item=item: actions.bring_file(user, area, item.name or "file", item.chunks())  # type: ignore[misc]
        for item in given
        if item.size
    ]
    if text.strip():
        works.append(lambda: actions.bring_text(user, area, text))
    for work in works:
        attempt(request, lambda work=work: made.append(work()))  # type: ignore[misc]
    if any(not item.size for item in given):
        messages.error(request, _("An empty file was not taken."))
    return redirect("received:bulletin", uid=made[0].uid) if len(made) == 1 else redirect("received:list")


@require_http_methods(["GET", "HEAD", "POST"])
def typed(request: HttpRequest) -> HttpResponse:
    """Figures of one's own: dustfall jars, road dust runs, TSP samples."""
    user = person(request)
    policy.require(user, RECEIVE)
    form = TypedForm(offices(user), request.POST if request.method == "POST" else None)
    problems: list[tuple[int, str]] = []
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            row = actions.type_in(
                user, values["area"], title=values["title"], indicator=values["indicator"], period=values["period"],
                text=values["lines"], remark=values["remark"],
            )  # fmt: skip
        except LinesError as refusal:
            problems = refusal.problems
            form.add_error("lines", str(refusal))
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The figures were stored and count from now on."))
            return redirect("received:bulletin", uid=row.uid)
    status = 400 if request.method == "POST" else 200
    return render(request, "received/typed.html", {"form": form, "problems": problems}, status=status)


def _office(request: HttpRequest) -> Area | None:
    """The office for which something is brought: the one that was chosen, the only one else."""
    rows = offices(person(request))
    code = request.POST.get("area", "")
    return next((area for area in rows if area.code == code), rows[0] if rows else None)
