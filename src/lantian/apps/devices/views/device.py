"""One device: facts, how it does, what it sent, its profile, its units — and the proposal that a person confirms."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.devices import actions, health, lakedays, profilesfile, proposal, queries, sent, words
from lantian.apps.devices.forms import (
    CHECKSUM_WORDS,
    LABEL_WORDS,
    DeviceForm,
    PasteForm,
    ProfileForm,
    alias_lines,
    device_initial,
    profile_initial,
)
from lantian.apps.devices.models import Device, FactorUnit, Profile
from lantian.apps.devices.rights import EDIT
from lantian.apps.devices.views.common import device_of, keeper, reader
from lantian.apps.monitoring.errors import RegistryError
from lantian.protocols.hj212.profile import DEFAULT

_PACKETS = 5
_PROPOSED_FROM = 300
_HISTORY = 50


@require_safe
def device(request: HttpRequest, uid: str) -> HttpResponse:
    """One device."""
    user = reader(request)
    return _page(request, user, device_of(user, uid))


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter a device by hand."""
    user = keeper(request)
    form = DeviceForm(request.POST or None, user=user, initial={"state": "proposed"})
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.save_device(user, form.cleaned_data)
        except RegistryError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The device is entered. Confirm how it speaks before its data are taken."))
            return redirect("devices:propose", uid=row.uid)
    status = 400 if form.errors else 200
    return render(request, "devices/edit.html", {"form": form, "row": None}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Correct a device, send it to maintenance, retire it."""
    user = reader(request)
    row = device_of(user, uid)
    policy.require(user, EDIT, row)
    form = DeviceForm(request.POST or None, user=user, initial=device_initial(row))
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_device(user, form.cleaned_data, device=row, revision=form.cleaned_data["revision"])
        except RegistryError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The device is saved."))
            return redirect("devices:device", uid=row.uid)
    status = 400 if form.errors else 200
    return render(request, "devices/edit.html", {"form": form, "row": row}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, uid: str) -> HttpResponse:
    """What the device's packets propose, field by field with the votes; a person accepts or changes it."""
    user = reader(request)
    row = device_of(user, uid)
    policy.require(user, EDIT, row)
    old = row.profiles.order_by("-number").first()
    confirming = request.method == "POST" and request.POST.get("do") == "confirm"
    paste = PasteForm(request.POST) if request.POST.get("packets") else PasteForm()
    found = _suggestion(row, paste)
    if confirming:
        form = ProfileForm(request.POST)
        if form.is_valid() and _saved(request, user, row, form, found):
            return redirect("devices:device", uid=row.uid)
    else:
        form = ProfileForm(initial=_initial(row, old, found, taken=bool(request.GET.get("take") or request.POST)))
    context = {
        "row": row,
        "form": form,
        "paste": paste,
        "old": old,
        "found": found,
        "evidence": _evidence(found),
        "quirks": [(words.code_word(code), number) for code, number in found.quirks.items()],
        "secrets": {"password": bool(old and old.password), "sm4_key": bool(old and old.sm4_key)},
        "shown": proposal.units(),
    }
    return render(request, "devices/propose.html", context, status=400 if form.errors else 200)


@require_POST
def look(request: HttpRequest, uid: str) -> HttpResponse:
    """Note the factors that the device sends now, with the range of their values."""
    user = reader(request)
    row = device_of(user, uid)
    policy.require(user, EDIT, row)
    count = actions.propose_units(user, row, _observed(row))
    if count:
        messages.success(request, _("%(count)s factors looked at. Confirm their units.") % {"count": count})
    else:
        messages.info(request, _("Nothing new: it sent nothing lately, or every unit is confirmed."))
    return redirect("devices:device", uid=row.uid)


@require_POST
def units(request: HttpRequest, uid: str) -> HttpResponse:
    """Confirm the unit of one factor (``one`` names it), or of all that have one chosen."""
    user = reader(request)
    row = device_of(user, uid)
    policy.require(user, EDIT, row)
    one = request.POST.get("one")
    try:
        given = _given_units(request, row, one)
        count = actions.confirm_units(user, row, given, revision=_number(request.POST.get("revision")))
    except RegistryError as error:
        return _page(request, user, row, status=400, refused=error)
    if count:
        messages.success(request, _("Units of %(count)s factors are confirmed.") % {"count": count})
    else:
        messages.info(request, _("Nothing changed: choose a unit first."))
    return redirect("devices:device", uid=row.uid)


def _page(
    request: HttpRequest, user: User, row: Any, *, status: int = 200, refused: RegistryError | None = None
) -> HttpResponse:
    now, report = timezone.now(), health.report()
    line = queries.lines([row], report, now)[0]
    profiles = list(row.profiles.select_related("by").order_by("-number")[:_HISTORY])
    station = row.lake_code
    profile = profilesfile.spoken(row)
    standing = list(row.units.filter(ended=None).select_related("by"))
    context = {
        "row": row,
        "line": line,
        "report": report,
        "marks": words.MARKS,
        "codes": [(words.code_word(code), number) for code, number in line.health.codes.items()] if line.health else [],
        "days": lakedays.days(station, profiles[0] if profiles else None, now),
        "day_words": words.KINDS_OF_DATA,
        "stuck": [(code, words.factor_name(code)) for code in lakedays.stuck([station], now).get(station, ())],
        "packets": [words.shown(packet, profile) for packet in sent.of_device(row.mn, _PACKETS)],
        "profiles": [(one, _facts(one)) for one in profiles],
        "units": [_unit_line(one, request) for one in standing],
        "past_units": row.units.exclude(ended=None).select_related("by").order_by("-ended")[:_HISTORY],
        "choices": proposal.units(),
        "open": sum(one.confirmed is None for one in standing),
        "may_edit": policy.can(user, EDIT, row),
        "refused": refused,
    }
    return render(request, "devices/device.html", context, status=status)


def _unit_line(one: FactorUnit, request: HttpRequest) -> dict[str, Any]:
    """A factor with what is chosen for it: what was typed where the page is shown again after a refusal."""
    unit = request.POST.get(f"unit-{one.factor}", one.unit)
    scale = request.POST.get(f"scale-{one.factor}", f"{one.scale.normalize():f}")
    return {"row": one, "name": words.factor_name(one.factor), "unit": unit, "scale": scale}


def _given_units(request: HttpRequest, row: Device, one: str | None) -> dict[str, tuple[str, Decimal]]:
    given = {}
    for factor in row.units.filter(ended=None).values_list("factor", flat=True):
        unit = request.POST.get(f"unit-{factor}", "")
        if (one and factor != one) or not (unit or one):
            continue
        try:
            scale = Decimal(request.POST.get(f"scale-{factor}", "1").strip() or "1")
        except InvalidOperation:
            raise RegistryError(_("%(factor)s: the scale is no number.") % {"factor": factor}, factor) from None
        given[factor] = unit, scale
    return given


def _suggestion(row: Device, paste: PasteForm) -> proposal.Suggestion:
    """From what was pasted, else from the end of the journal; read with the device's key and nothing else of it."""
    if paste.is_bound:
        packets = sent.pasted(paste.cleaned_data["packets"]) if paste.is_valid() else []
        if paste.is_valid() and not packets:
            paste.add_error("packets", _("No packet was found in the text: one begins with ## and names an MN."))
    else:
        packets = sent.of_device(row.mn, _PROPOSED_FROM)
    key = replace(DEFAULT, sm4_key=profilesfile.spoken(row).sm4_key)
    return proposal.suggestion([packet.frame(key) for packet in packets])


def _observed(row: Device) -> tuple[proposal.Observed, ...]:
    """Factors as the device's own profile reads them, with candidates for their units."""
    profile = profilesfile.spoken(row)
    frames = [packet.frame(profile) for packet in sent.of_device(row.mn, _PROPOSED_FROM)]
    return proposal.suggestion(frames).factors


def _initial(row: Device, old: Profile | None, found: proposal.Suggestion, *, taken: bool) -> dict[str, Any]:
    values: dict[str, Any] = profile_initial(old) if old else {"crc": "hj212", "period_label": "start"}
    if old is None or taken:
        values |= {name: hint.value for name, hint in found.settings.items()}
        if found.interval:
            values["interval"] = int(found.interval.value)
        values["aliases"] = alias_lines((old.aliases if old else {}) | dict(found.aliases))
    return values | {"revision": row.revision}


def _evidence(found: proposal.Suggestion) -> dict[str, tuple[Any, int, int]]:
    """Proposed value in words, packets that speak for it, packets that could tell — by field."""
    shown = {"crc": CHECKSUM_WORDS, "period_label": LABEL_WORDS}
    made = {
        name: (shown.get(name, {}).get(hint.value, hint.value), hint.votes, hint.of)
        for name, hint in found.settings.items()
    }
    if found.interval:
        made["interval"] = found.interval.value, found.interval.votes, found.interval.of
    if found.aliases:
        made["aliases"] = (
            "；".join(f"{wire}={code}" for wire, code in found.aliases.items()),
            found.frames,
            found.frames,
        )
    return made


def _saved(request: HttpRequest, user: User, row: Device, form: ProfileForm, found: proposal.Suggestion) -> bool:
    try:
        actions.save_profile(user, row, form.values(), revision=form.cleaned_data["revision"])
    except RegistryError as error:
        form.refuse(error)
        return False
    actions.propose_units(user, row, proposal.renamed(found.factors, form.cleaned_data["aliases"]))
    messages.success(
        request, _("The profile is confirmed. Now confirm the units: until then values stay out of statistics.")
    )
    return True


def _facts(row: Profile) -> dict[str, Any]:
    return {"crc": CHECKSUM_WORDS[row.crc], "period_label": LABEL_WORDS[row.period_label]}


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
