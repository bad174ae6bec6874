"""One row: what it says, what it said, what belongs to it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from lantian.apps.core import downloads
from lantian.apps.core.models import User
from lantian.apps.registers import catalogue, queries, rights, showing
from lantian.apps.registers.catalogue import register as declared
from lantian.apps.registers.views.common import frame, reader
from lantian.apps.registers.views.lists import lines
from lantian.registers import Register


@require_safe
def row(request: HttpRequest, name: str, ref: str) -> HttpResponse:
    """Facts left, history right, below the rows of other registers that refer to it. ``on`` asks for a past day."""
    user, register = reader(request), declared(name)
    found = find(user, register, ref)
    entries = queries.history(user, register, found.key)
    names = queries.labels(register, [found.values, *(values for entry in entries for values in _sides(entry))])
    on = _day(request)
    linked = [_linked(user, register, found, item) for item in _referring(user, register, found.key)]
    context = frame(user, register) | {
        "row": found,
        "title": queries.title(register, found.values, found.key),
        "cells": cells(register, found, names),
        "entries": [_entry(entry, names) for entry in entries],
        "on": on,
        "past": _past(register, found, on) if on else None,
        "linked": [item for item in linked if item["linked"].count],
        "unlinked": [item for item in linked if not item["linked"].count and item["may_write"]],
        "edit_url": showing.address(register, found.key, found.uid, "edit"),
        "remove_url": showing.address(register, found.key, found.uid, "remove"),
        "here": showing.address(register, found.key, found.uid),
        "placed": any(found.values.get(field.name) for field in register.shown if field.type in showing.SHAPES),
        "map_url": showing.map_address(register, found.key),
    }
    return render(request, "registers/row.html", context)


@require_safe
def attachment(request: HttpRequest, name: str, field: str, ref: str) -> HttpResponse:
    """The file of a field, as an attachment."""
    user, register = reader(request), declared(name)
    found = find(user, register, ref)
    if found.uid is None:
        raise Http404
    return downloads.stored(queries.attachment(user, register, found.uid, field))


def find(user: User, register: Register, ref: str) -> queries.Row:
    """The row of an address: by its uid where the address has one, else by its key. Raises Http404."""
    try:
        return queries.row(user, register, UUID(ref))
    except ValueError:
        return queries.row(user, register, ref)


def cells(register: Register, found: queries.Row, names: queries.Labels) -> list[showing.Cell]:
    """Every value of a row; a file leads to its download."""
    made = []
    for cell in showing.cells(register.shown, found.values, names):
        if cell.field.type == "file" and cell.text:
            url = showing.file_address(register, cell.field, found.key, found.uid)
            cell = showing.Cell(cell.field, cell.text, cell.sort, url)
        made.append(cell)
    return made


def _sides(entry: queries.Entry) -> list[dict[str, Any]]:
    return [{change[0].name: change[side] for change in entry.changes} for side in (1, 2)]


def _entry(entry: queries.Entry, names: queries.Labels) -> dict[str, Any]:
    changes = [
        (field, showing.cell(field, old, names), showing.cell(field, new, names)) for field, old, new in entry.changes
    ]
    return {"entry": entry, "changes": changes, "first": entry.revision == 1}


def _day(request: HttpRequest) -> Any:
    try:
        day = parse_date(request.GET.get("on", ""))
    except ValueError:
        return None
    return day if day and day <= timezone.localdate() else None


def _past(register: Register, found: queries.Row, on: Any) -> dict[str, Any]:
    """What the row said on a day, personal values masked as they are now."""
    values = queries.said_on(register, found.key, on)
    if values is None:
        return {"cells": []}
    if not found.writable:
        values = rights.masked(register, values)
    names = queries.labels(register, [values])
    now = {field.name: found.values.get(field.name) for field in register.shown}
    return {
        "cells": [
            (cell, values.get(cell.field.name) != now[cell.field.name])
            for cell in showing.cells(register.shown, values, names)
        ]
    }


def _referring(user: User, register: Register, key: str) -> list[queries.Linked]:
    """Rows of other registers that refer to the row, and the registers that may but do not yet."""
    found = queries.linked(user, register, key)
    known = {(item.register.name, item.field.name) for item in found}
    empty = [
        queries.Linked(other, field, 0, [])
        for other in catalogue.registers().values()
        for field in other.shown
        if field.type == "ref" and field.of == register.name and other.store == "table"
        if (other.name, field.name) not in known
    ]
    return found + empty


def _linked(user: User, register: Register, found: queries.Row, item: queries.Linked) -> dict[str, Any]:
    """Rows that refer to this one, and what a new one begins with: this row, and its area where both have one."""
    columns = [field for field in showing.columns(item.register) if field.name != item.field.name]
    prefill = {item.field.name: found.key}
    if register.area and item.register.area and found.area:
        prefill[item.register.area] = found.area
    return {
        "linked": item,
        "columns": columns,
        "lines": lines(item.register, columns, item.rows),
        "may_write": rights.may_write(user, item.register),
        "prefill": urlencode(prefill),
    }
