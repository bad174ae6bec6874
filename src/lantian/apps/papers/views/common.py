"""What the pages share: the paper in scope."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from lantian.apps.core import policy
from lantian.apps.core.policy import person
from lantian.apps.papers.models import Paper

PAGE = 50


def paper_in_scope(request: HttpRequest, uid: str) -> Paper:
    """The paper, or 404."""
    rows = Paper.objects.select_related("issuer__area", "approver", "created_by", "scan")
    return policy.get_or_404(person(request), rows, uid=uid)


def revision_of(request: HttpRequest) -> int:
    """The revision from which the page was made; one that never was where it is missing."""
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


def day_of(text: str) -> date | None:
    """A day as a date field sends it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def to_paper(paper: Paper) -> HttpResponse:
    """Back to the paper's page."""
    return redirect("papers:paper", uid=paper.uid)
