"""The form of a row: enter, change, remove. What somebody typed is kept whatever happens."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lantian.apps.core.files import TooLargeError
from lantian.apps.core.holding import NotPossible, StaleError
from lantian.apps.core.models import User
from lantian.apps.registers import actions, forms, queries, rights, showing
from lantian.apps.registers.actions import RowRefused
from lantian.apps.registers.catalogue import register as declared
from lantian.apps.registers.views.common import areas, frame, reader
from lantian.apps.registers.views.rows import find
from lantian.registers import Register

_FORM = ("GET", "HEAD", "POST")


@require_http_methods(_FORM)
def new(request: HttpRequest, name: str) -> HttpResponse:
    """A new row; the address may bring values (``?site=…`` from the page of a site)."""
    user, register = reader(request), declared(name)
    if not rights.may_write(user, register):
        raise PermissionDenied
    return _form(request, user, register, None)


@require_http_methods(_FORM)
def edit(request: HttpRequest, name: str, ref: str) -> HttpResponse:
    """Change a row; the revision that the form was made from decides who comes too late."""
    user, register = reader(request), declared(name)
    found = find(user, register, ref)
    if not found.writable:
        raise PermissionDenied
    return _form(request, user, register, found)


@require_POST
def remove(request: HttpRequest, name: str, ref: str) -> HttpResponse:
    """Take a row out of what counts, with the reason; its history stays."""
    user, register = reader(request), declared(name)
    found = find(user, register, ref)
    if not found.writable:
        raise PermissionDenied
    back = showing.address(register, found.key, found.uid)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, _("Say why the row is removed. Nothing was changed."))
        return redirect(back)
    try:
        key = found.key if found.uid is None else None
        actions.remove_row(user, register, found.uid, key=key, revision=_revision(request), reason=reason)
    except (NotPossible, StaleError) as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    messages.success(
        request, _("“%(title)s” was removed.") % {"title": queries.title(register, found.values, found.key)}
    )
    return redirect("registers:list", name=register.name)


def _form(request: HttpRequest, user: User, register: Register, found: queries.Row | None) -> HttpResponse:
    units = forms.Units()
    given = dict(found.values) if found else _brought(request, register)
    made = forms.inputs(
        register,
        given,
        forms.area_options(rights.writable_areas(user, register).order_by("path")) or areas(user),
        units,
    )
    for item in made if found else ():
        item.fixed = item.field.name in register.key
    context: dict[str, Any] = {"revision": found.revision if found else "", "whole": [], "stale": None}
    status = 200
    if request.method == "POST":
        forms.retyped(made, request.POST)
        context["revision"] = request.POST.get("_revision", "")
        answer = _save(request, user, register, found, made, units, context)
        if answer is not None:
            return answer
        status = 400
    context |= frame(user, register) | {
        "row": found,
        "title": queries.title(register, found.values, found.key) if found else "",
        "inputs": made,
        "wrong": sum(bool(item.errors) for item in made),
        "unit_labels": units.labels if any(item.sort == "unit" for item in made) else [],
        "datums": forms.DATUMS,
        "effective": request.POST.get("_effective") or timezone.localdate().isoformat(),
        "today": timezone.localdate(),
        "back": showing.address(register, found.key, found.uid) if found else "",
    }
    return render(request, "registers/form.html", context, status=status)


def _save(
    request: HttpRequest, user: User, register: Register, found: queries.Row | None, made: list[forms.Input],
    units: forms.Units, context: dict[str, Any],
) -> HttpResponse | None:  # fmt: skip
    """Save what was typed and lead on; None: the form is shown again, with what is wrong in ``context``."""
    try:
        given = forms.texts(user, register, request.POST, request.FILES, units)
        effective = parse_date(request.POST.get("_effective", "") or timezone.localdate().isoformat())
    except TooLargeError as large:
        text = _("The file is larger than %(limit)s MB and was not taken.")
        context["whole"] = [text % {"limit": large.limit // 2**20}]
        return None
    except ValueError:
        effective = None
    if effective is None:
        context["whole"] = [_("“Counts from” is no day.")]
        return None
    try:
        saved = actions.save_row(
            user, register, given, effective=effective, revision=_revision(request) if found else None,
            uid=found.uid if found else None, key=found.key if found and found.uid is None else None,
        )  # fmt: skip
    except RowRefused as refused:
        context["whole"] = forms.blame(made, refused.problems)
        return None
    except StaleError as stale:
        assert found is not None
        _meanwhile(user, register, found, made, _revision(request) or 0)
        context |= {"stale": str(stale), "revision": found.revision}
        return None
    except NotPossible as refusal:
        context["whole"] = [str(refusal)]
        return None
    return _saved(request, register, saved)


def _saved(request: HttpRequest, register: Register, saved: actions.Saved) -> HttpResponse:
    for warning in saved.warnings:
        messages.warning(request, _("Saved, but look again: %(text)s") % {"text": showing.sentence(warning)})
    messages.success(request, _("Saved."))
    if saved.record is None:  # of the lake: the page of the row has it as soon as the lake does
        return redirect("registers:list", name=register.name)
    return redirect(showing.address(register, saved.key, saved.record.uid))


def _meanwhile(
    user: User, register: Register, found: queries.Row, made: list[forms.Input], revision: int
) -> None:  # fmt: skip
    """Say beside each input what somebody else wrote there since the page was opened."""
    changed = {
        field.name
        for entry in queries.history(user, register, found.key)
        if entry.revision > revision
        for field, _old, _new in entry.changes
    }
    names = queries.labels(register, [found])
    for item in made:
        if item.field.name in changed:
            item.now = showing.cell(item.field, found.values.get(item.field.name), names).text or _("(blank)")


def _revision(request: HttpRequest) -> int | None:
    text = request.POST.get("_revision", "")
    return int(text) if text.isascii() and text.isdigit() else None


def _brought(request: HttpRequest, register: Register) -> dict[str, Any]:
    """Plain values that the address brings for a new row; a date of an event is today."""
    plain = ("text", "choice", "area", "unit", "ref", "date", "plate", "vin", "integer", "decimal")
    found: dict[str, Any] = {
        field.name: request.GET[field.name][:200]
        for field in register.shown
        if field.type in plain and request.GET.get(field.name)
    }
    if register.date:
        field = register.field(register.date)
        now = timezone.now().isoformat() if field.type == "datetime" else timezone.localdate().isoformat()
        found.setdefault(register.date, now)
    return found
