"""The units of a row as people give them: a typed list, or names picked from the directory."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from lantian.apps.areas.models import Unit
from lantian.apps.core.models import User
from lantian.apps.plans.actions.edits.sheet import EditError, Sheet, check_revision, typed
from lantian.apps.plans.content import Content, named
from lantian.apps.plans.models import RoleKind
from lantian.reading.grammar.units import split_units
from lantian.reading.text import compare_form

_ITEM = {"name", "as_printed", "unit", "open", "group", "role"}
_LONGEST_NAME, _LONGEST_PRINT, _LONGEST_LIST = 200, 300, 4000
_MOST_NAMES = 300


def set_roles(sheet: Sheet, content: Content, role: str, value: Any) -> Content:
    """The row with the units of one role as a person gave them: a printed list, or items ``{"name", …}``.

    The print of names that stay is kept; remarks about names that are gone go with them.
    """
    before = [item for item in content["roles"] if item["role"] == role]
    items, flags = _typed_list(sheet, value) if isinstance(value, str) else (_items(sheet, role, value), [])
    known = {item["name"]: item for item in before}
    roles: dict[str, Content] = {}
    for item in items:
        old = known.get(item["name"], {"as_printed": item["name"], "open": False, "group": 0, "unit": None})
        full = {"role": role} | {name: old[name] for name in ("as_printed", "open", "group")} | item
        if isinstance(value, str) and item["name"] in known:  # typing a name again changes neither print nor unit
            full |= {"as_printed": old["as_printed"], "unit": full["unit"] or old["unit"]}
        roles.setdefault(item["name"], full)
    if list(roles.values()) == before:
        return content
    others = [item for item in content["roles"] if item["role"] != role]
    together = sorted([*others, *roles.values()], key=lambda item: RoleKind.values.index(item["role"]))
    unknown = [item["name"] for item in roles.values() if item["unit"] is None and item["name"] not in known]
    flags += [{"id": "R13", "detail": name, "accepted": False} for name in unknown]
    noted = {(flag["id"], flag["detail"]) for flag in content["flags"]}
    added = [flag for flag in flags if (flag["id"], flag["detail"]) not in noted]
    return renew_role_flags(content | {"roles": together, "flags": [*content["flags"], *added]})


def _typed_list(sheet: Sheet, text: str) -> tuple[list[Content], list[Content]]:
    """Names of a typed list with the remarks of the unit grammar."""
    if len(text) > _LONGEST_LIST:
        raise EditError("too_long", _("This is too long: at most %d characters.") % _LONGEST_LIST, "value")
    mentions = split_units(text)
    items = [
        {"as_printed": m.as_printed, "open": m.open, "group": m.group, **named(m.name, sheet.directory)}
        for m in mentions
        if len(m.name) <= _LONGEST_NAME
    ]
    flags = [
        {"id": flag.id, "detail": flag.detail, "accepted": False}
        for mention in mentions
        for flag in mention.flags
        if flag.id != "R13"  # whether a name is known, the directory says
    ]
    return items, flags


def _items(sheet: Sheet, role: str, value: Any) -> list[Content]:
    if not isinstance(value, list) or len(value) > _MOST_NAMES:
        raise EditError("wrong_value", _("Units are a list of names."), "value")
    return [_item(sheet, role, item) for item in value]


def _item(sheet: Sheet, role: str, item: Any) -> Content:
    if not isinstance(item, Mapping) or set(item) - _ITEM or item.get("role", role) != role:
        raise EditError("wrong_value", _("Units are a list of names."), "value")
    unit = unit_of(item["unit"]) if item.get("unit") else None
    name = "".join(typed(item.get("name", ""), "name", _LONGEST_NAME).split()) or (unit.name if unit else "")
    if not name:
        raise EditError("empty", _("A unit needs a name."), "value")
    found: Content = {"name": name, "unit": str(unit.uid)} if unit else named(name, sheet.directory)
    if item.get("as_printed") is not None:
        found["as_printed"] = typed(item["as_printed"], "as_printed", _LONGEST_PRINT) or name
    if item.get("open") is not None:
        found["open"] = bool(item["open"])
    if item.get("group") is not None:
        if type(item["group"]) is not int or not 0 <= item["group"] <= 99:
            raise EditError("wrong_value", _("Units are a list of names."), "value")
        found["group"] = item["group"]
    return found


def hand(_user: User, sheet: Sheet, wanted: Content) -> None:
    """``hand``: names of one role belong to another row: they leave this one and stand there, remarks with them.

    Names from above open the other row's list, names from below close it: so a list that ran over is whole again.
    """
    content = check_revision(sheet, wanted, wanted["measure"], wanted["revision"])
    other = check_revision(sheet, wanted, wanted["with"], wanted["with_revision"])
    role, names = wanted["role"], set(wanted["names"])
    moved = [item for item in content["roles"] if item["role"] == role and item["name"] in names]
    if not moved or len(moved) < len(names) or other["uid"] == content["uid"]:
        raise EditError("wrong_value", _("Choose names that stand in this cell, and another row."), "names")
    own = [item for item in other["roles"] if item["role"] == role]
    there = {item["name"] for item in own}
    new = [item | {"group": 0} for item in moved if item["name"] not in there]
    down = sheet.place(other["uid"]) > sheet.place(content["uid"])
    rest = [item for item in other["roles"] if item["role"] != role]
    roles = sorted(rest + (new + own if down else own + new), key=lambda item: RoleKind.values.index(item["role"]))
    left = renew_role_flags(content | {"roles": [item for item in content["roles"] if item not in moved]})
    gone = [flag for flag in content["flags"] if flag not in left["flags"] and flag not in other["flags"]]
    sheet.put(left)
    sheet.put(renew_role_flags(other | {"roles": roles, "flags": [*other["flags"], *gone]}))


def unit_of(uid: Any, field: str = "value") -> Unit:
    """A unit of the directory. Raises EditError where there is none."""
    try:
        return Unit.objects.get(uid=uuid.UUID(str(uid)))
    except (ValueError, Unit.DoesNotExist):
        raise EditError("no_unit", _("The directory has no such unit."), field) from None


def renew_role_flags(content: Content) -> Content:
    """The row without the remarks about names that no longer stand there, or that the directory knows by now."""
    return content | {"flags": [flag for flag in content["flags"] if _still(flag, content["roles"])]}


def _still(flag: Content, roles: list[Content]) -> bool:
    """Whether a remark of the unit grammar is still true of these roles; other remarks always are."""
    return flag["id"] not in _TRUE or _TRUE[flag["id"]](flag["detail"], roles)


def _stands(detail: str, roles: list[Content]) -> bool:
    return any(detail in (role["name"], role["as_printed"]) for role in roles)


def _changed_name(detail: str, roles: list[Content]) -> bool:
    printed, _arrow, name = detail.partition(" → ")
    return any((role["as_printed"], role["name"]) == (printed, name) for role in roles)


_TRUE: dict[str, Callable[[str, list[Content]], bool]] = {
    "R12": lambda _detail, roles: any(role["open"] for role in roles),
    "R13": lambda detail, roles: any(role["name"] == detail and role["unit"] is None for role in roles),
    "R14": _changed_name,
    "R18": _stands,
    "R19": lambda detail, roles: all(_stands(name, roles) for name in detail.split("/", 1)),
    "R29": _changed_name,
    "R31": _changed_name,
    "R36": lambda _detail, roles: len({role["group"] for role in roles}) > 1,
}


def replaced(content: Content, form: str, name: str | None, unit: str) -> Content:
    """The row with a name (told by its ``compare_form``) resolved to a unit, and shown as ``name`` if one is given."""
    if not any(compare_form(role["name"]) == form for role in content["roles"]):
        return content
    roles: dict[tuple[str, str], Content] = {}
    for role in content["roles"]:
        if compare_form(role["name"]) == form:
            role = role | {"name": name or role["name"], "unit": unit}
        roles.setdefault((role["role"], role["name"]), role)
    return renew_role_flags(content | {"roles": list(roles.values())})
