"""The list of papers, and where the numbers and texts of papers are kept."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.core import policy
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.papers import actions, queries, rights
from lantian.apps.papers.kinds import kinds, shipped_templates
from lantian.apps.papers.models import Letterhead, NumberSeries, OwnTemplate, Paper, PaperKind, PaperState
from lantian.apps.papers.views.common import PAGE, revision_of


@require_safe
def papers(request: HttpRequest) -> HttpResponse:
    """Papers that the person may see; box, kind, state and words in the address."""
    user = person(request)
    policy.require(user, "paper.view")
    filters = {name: request.GET.get(name, "").strip()[:80] for name in queries.FILTERS}
    rows = queries.listed(user, policy.scope(user, Paper.objects.all()), filters)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "filters": filters,
        "filtered": any(filters.values()),
        "boxes": _boxes(),
        "kinds": PaperKind.choices,
        "states": PaperState.choices,
        "may_draft": policy.can(user, "paper.draft"),
    }
    return render(request, "papers/list.html", context)


def _boxes() -> list[tuple[str, str]]:
    return [
        ("", _("All")), ("sign", _("Awaiting me")), ("work", _("In preparation")), ("issued", _("Issued")),
        ("received", _("Received")),
    ]  # fmt: skip


@require_safe
def letterheads(request: HttpRequest) -> HttpResponse:
    """机关代字, and how far the numbers of each issuer are."""
    user = person(request)
    policy.require(user, "paper.draft")
    heads = list(policy.scope(user, Letterhead.objects.select_related("unit")))
    known = {head.unit_id for head in heads}
    year = timezone.localdate().year
    series = NumberSeries.objects.filter(issuer__in=known, year__gte=year - 1).order_by("issuer", "-year", "kind")
    context = {
        "heads": heads,
        "bare": [unit for unit in rights.issuers(user) if unit.pk not in known],
        "series": list(series.select_related("issuer")),
        "kinds": PaperKind.choices,
        "year": year,
    }
    return render(request, "papers/letterheads.html", context)


@require_POST
def save_letterhead(request: HttpRequest) -> HttpResponse:
    """Set the word and the mark of an issuer."""
    user = person(request)
    policy.require(user, "paper.draft")
    unit = next((item for item in rights.issuers(user) if str(item.uid) == request.POST.get("unit", "")), None)

    def act() -> None:
        if unit is None:
            raise actions.PaperError(_("Choose one of your units."))
        words = {name: request.POST.get(name, "") for name in ("word", "mark", "contact")}
        actions.save_letterhead(user, unit, **words)

    attempt(request, act, _("The letterhead is saved."))
    return redirect("papers:letterheads")


@require_POST
def raise_number(request: HttpRequest, uid: str) -> HttpResponse:
    """Tell how far the numbers were given outside this system."""
    user = person(request)
    head = policy.get_or_404(user, Letterhead.objects.select_related("unit"), uid=uid)
    year, last = (_whole(request.POST.get(name, "")) for name in ("year", "last"))
    attempt(
        request, lambda: actions.raise_number(user, head, request.POST.get("kind", ""), year, last),
        _("The next number follows the one you gave."),
    )  # fmt: skip
    return redirect("papers:letterheads")


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    """The texts that drafts begin with; administrators write their own."""
    user = person(request)
    policy.require(user, "people.manage")
    own = {row.name: row for row in policy.scope(user, OwnTemplate.objects.all())}
    labels = {name: kind.zh for name, kind in kinds().items()} | {"escalation": _("bulletin after a letter")}
    rows = [
        {"name": name, "label": labels.get(name, name), "shipped": text, "own": own.get(name)}
        for name, text in shipped_templates().items()
    ]
    return render(request, "papers/templates.html", {"rows": rows})


@require_POST
def save_template(request: HttpRequest, name: str) -> HttpResponse:
    """Write the installation's own text, or go back to the shipped one."""
    user = person(request)
    title, text = (request.POST.get(field, "") for field in ("title", "body"))
    if request.POST.get("shipped"):
        title = text = ""
    attempt(
        request, lambda: actions.save_template(user, name, title, text, revision=revision_of(request)),
        _("The template is saved."),
    )  # fmt: skip
    return redirect("papers:templates")
