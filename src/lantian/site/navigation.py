"""The rooms of the site as the navigation shows them: only those that exist (ui.md, map of the site)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from lantian.apps.core import policy

# A round of 征求意见 is a page of its plan; what a unit is asked stands in the room of that name.
ROUNDS = "/consultation/rounds/"


def navigation(request: HttpRequest) -> dict[str, Any]:
    """``rooms`` of the person who is logged in: label, address, whether the page stands in it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"rooms": []}
    rooms: list[tuple[str, str, tuple[str, ...]]] = [
        (_("Plans"), reverse("plans:list"), ("/plans/", "/measures/", ROUNDS))
    ]
    rooms.append((_("Search"), reverse("plans:search"), ("/search/",)))
    if policy.can(user, "plan.upload"):
        rooms.append((_("Import"), reverse("plans:imports"), ("/imports/",)))
    rooms.append((_("Drafts for comment"), reverse("consultation:invitations"), ("/consultation/",)))
    rooms.append((_("Units and areas"), reverse("areas:units"), ("/units/", "/areas/")))
    return {
        "rooms": [
            {"label": label, "url": url, "active": _inside(request.path, prefixes)} for label, url, prefixes in rooms
        ]
    }


def _inside(path: str, prefixes: tuple[str, ...]) -> bool:
    """Whether a page lies under one of the prefixes of a room; a round lies only in the room of plans."""
    return path.startswith(prefixes) and (ROUNDS in prefixes or not path.startswith(ROUNDS))
