"""Canonical values as people read them: names for codes, words for choices, figures grouped, links where they lead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lantian.apps.registers.queries import Labels
from lantian.registers import Field, Label, Register

MASKED = "***"
FIGURES = ("integer", "decimal")
SHAPES = ("point", "polygon")
# A key that can stand in an address as it is; any other row is addressed by its uid.
_ADDRESSABLE = re.compile(r"(?!\.{1,2}$)[^/\\?#%\x00-\x1f]+")
_MOST = 7  # columns where a register lists none


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a row on a page; ``sort`` is how it is set (num, dates, masked, or blank)."""

    field: Field
    text: str
    sort: str = ""
    url: str = ""


def chinese() -> bool:
    """Whether the page is Chinese."""
    return (get_language() or "").startswith("zh")


def said(label: Label) -> str:
    """A label in the language of the page."""
    return label.zh if chinese() else label.en


def sentence(item: Any) -> str:
    """``zh`` or ``en`` of a mapping or an object that has both."""
    side = "zh" if chinese() else "en"
    return str(item[side] if isinstance(item, Mapping) else getattr(item, side))


def address(register: Register, key: str, uid: UUID | None = None, page: str = "row") -> str:
    """Where a row stands: by its key, which people know; by its uid where the key cannot stand in an address."""
    ref = key if _ADDRESSABLE.fullmatch(key) or uid is None else str(uid)
    return reverse(f"registers:{page}", args=[register.name, ref])


def map_address(register: Register, key: str) -> str:
    """The map with one row in sight."""
    return f"{reverse('registers:map', args=[register.name])}?{urlencode({'q': key})}"


def columns(register: Register, chosen: Iterable[str] = ()) -> list[Field]:
    """The columns of a list: the chosen ones, else those that the register lists, else its first few."""
    wanted = set(chosen)
    found = [field for field in register.shown if field.name in wanted]
    listed = [field for field in register.shown if field.listed]
    return found or listed or list(register.shown[:_MOST])


def cells(fields: Sequence[Field], values: Mapping[str, Any], names: Labels) -> list[Cell]:
    """The values of a row in the order of the fields."""
    return [cell(field, values.get(field.name), names) for field in fields]


def cell(field: Field, value: Any, names: Labels) -> Cell:
    """One canonical value; what points at something has its name and where it leads."""
    if value is None or value == "":
        return Cell(field, "")
    if value == MASKED:
        return Cell(field, "", "masked")
    if field.type in FIGURES:
        return Cell(field, figure(value), "num")
    if field.type in ("date", "datetime"):
        return Cell(field, moment(value) if field.type == "datetime" else str(value), "dates")
    if field.type == "ref":
        return Cell(field, _titled(names.refs.get((field.of, str(value)), ""), str(value)), "", _leads(field, value))
    return Cell(field, _words(field, value, names))


def _titled(title: str, key: str) -> str:
    return f"{title}（{key}）" if title and title != key else key


def _leads(field: Field, value: Any) -> str:
    text = str(value)
    return reverse("registers:row", args=[field.of, text]) if _ADDRESSABLE.fullmatch(text) else ""


def _words(field: Field, value: Any, names: Labels) -> str:
    """Values that are words."""
    match field.type:
        case "bool":
            return _("yes") if value is True or value == "true" else _("no")
        case "choice":
            return choice(field, str(value))
        case "area":
            return names.areas.get(str(value), str(value))
        case "unit":
            return names.units.get(str(value), _("(a unit that is no longer known)"))
        case "point":
            return point(value)
        case "polygon":
            return f"{figure(value.get('ha', ''))} ha" if isinstance(value, Mapping) else str(value)
        case "file":
            return _("file")
    return str(value)


def choice(field: Field, value: str) -> str:
    """The word of a choice; a value that is no longer offered stays as it was kept."""
    return next((said(item.label) for item in field.choices if item.value == value), value)


def figure(value: Any) -> str:
    """A figure with its thousands grouped and as many places as it has."""
    try:
        return f"{Decimal(str(value)):,f}"
    except InvalidOperation:
        return str(value)


def moment(value: Any) -> str:
    """An instant (ISO, UTC) as the clock on the wall shows it."""
    found = value if isinstance(value, datetime) else parse_datetime(str(value))
    return timezone.localtime(found).strftime("%Y-%m-%d %H:%M") if found else str(value)


def point(value: Any) -> str:
    """``116.39012, 39.90411``, in WGS-84, and the datum it was given in where that was another."""
    if not isinstance(value, Mapping):
        return str(value)
    datum = str(value.get("datum") or "")
    text = f"{float(value['lon']):.5f}, {float(value['lat']):.5f}"
    given = _("given in %(datum)s") % {"datum": datum}
    return text if datum in ("", "WGS-84", "CGCS2000") else f"{text}（{given}）"


def summed(field: Field) -> bool:
    """Whether a total of the column says something: a figure in a unit that adds up."""
    return field.type in FIGURES and bool(field.measure) and not set("%‰/") & set(field.measure)


def file_address(register: Register, field: Field, key: str, uid: UUID | None) -> str:
    """Where the file of a field is downloaded."""
    ref = key if _ADDRESSABLE.fullmatch(key) or uid is None else str(uid)
    return reverse("registers:file", args=[register.name, field.name, ref])
