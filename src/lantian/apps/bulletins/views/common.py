"""What the pages share: the bulletin in scope, the page's revision, who may read which version."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from lantian.apps.bulletins import rights
from lantian.apps.bulletins.models import Bulletin
from lantian.apps.core import policy
from lantian.apps.core.policy import person

PAGE = 50


def in_scope(request: HttpRequest, uid: str) -> Bulletin:
    """The bulletin, or 404."""
    rows = Bulletin.objects.select_related("issuer__area", "leader", "created_by", "snapshot", "replaces")
    return policy.get_or_404(person(request), rows, uid=uid)


def revision_of(request: HttpRequest) -> int:
    """The revision from which the page was made; one that never was where it is missing."""
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


def whole_number(text: str) -> int:
    """A small number as a form sends it; -1 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else -1


def variant_of(request: HttpRequest, row: Bulletin) -> str:
    """The version that the address asks for, else the fullest that the person may read.

    Raises PermissionDenied for one that the person may not.
    """
    may = rights.variants(person(request), row)
    wanted = request.GET.get("variant", "") or (may[0] if may else "")
    if wanted not in may:
        raise PermissionDenied
    return wanted


def back_to(row: Bulletin) -> HttpResponse:
    """Back to the bulletin's page."""
    return redirect("bulletins:bulletin", uid=row.uid)
