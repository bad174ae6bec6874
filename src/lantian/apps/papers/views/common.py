"""What the pages share: the paper in scope, trying a step and saying how it went."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from lantian.apps.core import policy
from lantian.apps.core.files import TooLargeError
from lantian.apps.core.models import StoredFile
from lantian.apps.core.policy import person
from lantian.apps.papers.actions import PaperError
from lantian.apps.papers.models import Paper

PAGE = 50


def paper_in_scope(request: HttpRequest, uid: str) -> Paper:
    """The paper, or 404."""
    rows = Paper.objects.select_related("issuer__area", "approver", "created_by", "scan")
    return policy.get_or_404(person(request), rows, uid=uid)


def attempt(request: HttpRequest, act: Callable[[], Any], said: str) -> bool:
    """Do it and say ``said``, or say why it is not possible."""
    try:
        act()
    except PaperError as refusal:
        messages.error(request, str(refusal))
        return False
    except TooLargeError as refusal:
        text = _("The file is larger than %(mb)s MB; nothing was kept.")
        messages.error(request, text % {"mb": refusal.limit // 2**20})
        return False
    messages.success(request, said)
    return True


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


def download(stored: StoredFile | None, name: str) -> FileResponse:
    """A kept file as an attachment, or 404."""
    if stored is None or not stored.path.is_file():
        raise Http404
    response = FileResponse(stored.path.open("rb"), as_attachment=True, filename=name)
    response["Content-Type"] = "application/octet-stream"
    response["X-Content-Type-Options"] = "nosniff"
    return response
