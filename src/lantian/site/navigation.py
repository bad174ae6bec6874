"""The rooms of the site as the navigation shows them: only those that the person may enter (ui.md, map of the site).

A room has doors: pages that stand at its top. The header shows the rooms and, below, the doors of the room one is in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lantian.apps.core import policy


@dataclass(frozen=True, slots=True)
class Door:
    """A page at the top of a room: label, address, and the addresses that lie behind it."""

    label: str
    url: str
    behind: tuple[str, ...]


Room = tuple[str, list[Door]]


def navigation(request: HttpRequest) -> dict[str, Any]:
    """``rooms`` of the person who is logged in and ``doors`` of the room the page stands in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"rooms": [], "doors": []}
    rooms = [room for room in _rooms(user) if room[1]]
    here = _here(rooms, request.path)
    doors = next((doors for _label, doors in rooms if here in doors), [])
    return {
        "rooms": [{"label": label, "url": found[0].url, "active": here in found} for label, found in rooms],
        "doors": [{"label": door.label, "url": door.url, "active": door is here} for door in doors],
    }


def _here(rooms: list[Room], path: str) -> Door | None:
    """The door whose addresses fit the page best: the longest wins."""
    fits = [
        (len(prefix), place, door)
        for place, door in enumerate(door for _label, doors in rooms for door in doors)
        for prefix in door.behind
        if path.startswith(prefix)
    ]
    return max(fits, key=lambda fit: fit[:2])[2] if fits else None


def _rooms(user: policy.Person) -> Iterator[Room]:
    yield _("My desk"), [*_desk(user)]
    yield _("Plans"), [*_plans(user)]
    yield _("Monitoring"), [*_monitoring(user)]
    yield _("Registers"), [*_registers(user)]
    yield _("Scorecards"), [_door(_("Scorecards"), "assessment:scorecards", "/scorecards/")]
    if policy.can(user, "duty.assign") or policy.can(user, "return.review"):
        yield _("Supervision"), [*_supervision(user)]
    yield _("Papers"), [_door(_("Papers"), "papers:list", "/papers/")]
    yield _("Bulletins"), [_door(_("Bulletins"), "bulletins:list", "/bulletins/")]
    yield _("Units and people"), [*_directory(user)]
    if policy.can(user, "history.search"):
        yield _("History"), [_door(_("History"), "core:history", "/history/")]


def _desk(user: policy.Person) -> Iterator[Door]:
    # Who reviews meets returns in the room of supervision, everybody else on the desk.
    own = () if policy.can(user, "return.review") else ("/returns/",)
    yield _door(_("My duties"), "supervision:desk", "/desk/", "/duties/", *own)
    yield _door(_("Matters handed out"), "supervision:errands", "/errands/")
    yield _door(_("Drafts for comment"), "consultation:invitations", "/consultation/")


def _plans(user: policy.Person) -> Iterator[Door]:
    # A round of 征求意见 is a page of its plan; what a unit is asked stands on its desk.
    yield _door(pgettext("navigation", "All plans"), "plans:list", "/plans/", "/measures/", "/consultation/rounds/")
    yield _door(_("Search"), "plans:search", "/search/")
    if policy.can(user, "plan.upload"):
        yield _door(_("Import"), "plans:imports", "/imports/")


def _registers(user: policy.Person) -> Iterator[Door]:
    yield _door(_("Packs and registers"), "registers:packs", "/registers/")
    yield _door(_("Indicators"), "indicators:list", "/indicators/")
    yield _door(_("Findings of rules"), "indicators:findings", "/findings/")
    if policy.can(user, "exemption.ask"):
        yield _door(_("Exemptions"), "indicators:exemptions", "/exemptions/")


def _monitoring(user: policy.Person) -> Iterator[Door]:
    yield _door(_("Air map"), "monitoring:map", "/monitoring/")
    yield _door(_("Stations"), "monitoring:stations", "/monitoring/stations/", "/monitoring/imports/")
    yield _door(_("Rankings"), "monitoring:rankings", "/monitoring/rankings/")
    yield _door(_("Under three standards"), "monitoring:years", "/monitoring/years/")
    yield _door(_("Received bulletins"), "received:list", "/received/")
    yield _door(_("Measurements by hand"), "monitoring:samples", "/monitoring/samples/")
    yield _door(_("Air quality forecast"), "monitoring:forecasts", "/monitoring/forecasts/", "/monitoring/meetings/")
    yield _door(_("Data quality"), "monitoring:quality", "/monitoring/quality/")
    yield _door(_("Live board"), "monitoring:live", "/monitoring/live/")
    if policy.can(user, "device.view"):
        yield _door(_("Devices"), "devices:list", "/devices/")
    yield _door(_("Data sources"), "monitoring:sources", "/monitoring/sources/")


def _supervision(user: policy.Person) -> Iterator[Door]:
    if policy.can(user, "duty.assign"):
        yield _door(_("Office desk"), "chasing:office", "/desk/office/")
    yield _door(_("Returns to review"), "supervision:returns", "/returns/")
    if policy.can(user, "duty.assign"):
        yield _door(_("One-time links"), "supervision:links", "/returns/links/")
        yield _door(_("Letters"), "chasing:letters", "/letters/")
        yield _door(_("Superior's forms"), "assessment:forms", "/forms/")
        yield _door(_("Exchange"), "supervision:exchange", "/exchange/")
    if policy.can(user, "people.manage"):
        yield _door(_("Channels"), "chasing:channels", "/channels/")


def _directory(user: policy.Person) -> Iterator[Door]:
    yield _door(_("Units"), "areas:units", "/units/")
    yield _door(_("Areas"), "areas:areas", "/areas/")
    yield _door(_("Liaisons"), "people:liaisons", "/liaisons/", "/handovers/")
    if policy.can(user, "people.manage"):
        yield _door(_("People and rights"), "people:people", "/people/")
    yield _door(_("Working days"), "supervision:calendar", "/calendar/")


def _door(label: str, name: str, *behind: str) -> Door:
    return Door(label, reverse(name), behind)
