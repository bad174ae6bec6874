"""The rooms of the site as the navigation shows them: only those that exist (ui.md, map of the site)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from lantian.apps.core import policy


def navigation(request: HttpRequest) -> dict[str, Any]:
    """``rooms`` of the person who is logged in: label, address, whether the page stands in it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"rooms": []}
    rooms: list[tuple[str, str, tuple[str, ...]]] = [(_("Plans"), reverse("plans:list"), ("/plans/", "/measures/"))]
    rooms.append((_("Search"), reverse("plans:search"), ("/search/",)))
    if policy.can(user, "plan.upload"):
        rooms.append((_("Import"), reverse("plans:imports"), ("/imports/",)))
    rooms.append((_("Drafts for comment"), reverse("consultation:invitations"), ("/consultation/",)))
    rooms.append((_("Units and areas"), reverse("areas:units"), ("/units/", "/areas/")))
    return {
        "rooms": [
            {"label": label, "url": url, "active": request.path.startswith(prefixes)} for label, url, prefixes in rooms
        ]
    }
