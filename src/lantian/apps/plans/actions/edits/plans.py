"""Operations on the plan as a whole: remarks accepted, names learned, conflicts settled, the plan's own fields."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from lantian.apps.areas.learning import learn_alias
from lantian.apps.areas.models import Area, Level, UnitAlias
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.plans.actions.edits.roles import renew_role_flags, replaced, unit_of
from lantian.apps.plans.actions.edits.rows import with_field
from lantian.apps.plans.actions.edits.shape import ROLE_FIELDS
from lantian.apps.plans.actions.edits.sheet import EditError, Sheet, check_revision, longest, typed
from lantian.apps.plans.content import Content, named
from lantian.apps.plans.models import Medium, Plan, RoleKind
from lantian.apps.plans.rereading import Rereader
from lantian.reading.text import compare_form

_YEARS = range(1980, 2101)
_LONGEST_ALIAS = longest(UnitAlias, "name")


def accept(_user: User, sheet: Sheet, wanted: Content) -> None:
    """``accept``: a person looked at the remarks of a rule (in the whole plan), or of one row, and agrees."""
    rule, uid, accepted = wanted["rule"], wanted["measure"], wanted["accepted"]
    if rule is None and uid is None:
        raise EditError("missing_field", _("Say which rule or which row."), "rule")

    def marked(flags: list[Content]) -> list[Content]:
        return [flag | {"accepted": accepted} if rule in (None, flag["id"]) else flag for flag in flags]

    for content in [sheet.row(uid)] if uid else list(sheet.rows.values()):
        sheet.put(content | {"flags": marked(content["flags"])})
    if uid is None and any(flag["id"] == rule for flag in sheet.head["flags"]):
        sheet.head = sheet.head | {"flags": marked(sheet.head["flags"])}


def learn(user: User, sheet: Sheet, wanted: Content) -> None:
    """``learn``: a name means a unit in all rows of the plan; with ``always``, in plans to come as well.

    A misreading is shown as the unit's name (the print is kept); any other name stays as it is and is resolved.
    """
    form, unit = compare_form(wanted["name"]), unit_of(wanted["unit"], "unit")
    if not any(compare_form(role["name"]) == form for content in sheet.rows.values() for role in content["roles"]):
        raise EditError("no_name", _("No row of the plan names this unit."), "name")
    if wanted["always"]:
        if len(wanted["name"]) > _LONGEST_ALIAS:
            raise EditError("too_long", _("This is too long: at most %d characters.") % _LONGEST_ALIAS, "name")
        learn_alias(user, unit, wanted["name"], misreading=wanted["misreading"])
        sheet.forget_words()
    name = unit.name if wanted["misreading"] else None
    for content in list(sheet.rows.values()):
        sheet.put(replaced(content, form, name, str(unit.uid)))


def resolve_conflict(_user: User, sheet: Sheet, wanted: Content) -> None:
    """``conflict``: of one thing that a new document and a person changed differently, take one side's word.

    A conflict of field ``row`` is about whether there is such a row: a side that says null has none.
    """
    content = check_revision(sheet, wanted, wanted["measure"], wanted["revision"])
    field, side = wanted["field"], wanted["take"]
    found = [item for item in content["conflicts"] if item["field"] == field]
    if not found:
        raise EditError("no_conflict", _("This row has no such conflict (any more)."), "field")
    value = found[0][side]
    if field == "row" and value is None:
        sheet.remove(content["uid"])
        return
    if value is None and field != "seq":
        raise EditError("wrong_value", _("This side has nothing to take."), "take")
    settled = content | {"conflicts": [item for item in content["conflicts"] if item["field"] != field]}
    if side != "mine":
        settled = _TAKEN.get(field, _take_field)(sheet, settled, field, value)
    sheet.put(settled)


def _take_field(sheet: Sheet, content: Content, field: str, value: Any) -> Content:
    return with_field(sheet, content, field, value)


def _take_text(sheet: Sheet, content: Content, _field: str, value: Any) -> Content:
    return with_field(sheet, content, "text", "\n".join(value) if isinstance(value, list) else value)


def _take_deadline(sheet: Sheet, content: Content, _field: str, value: Any) -> Content:
    return with_field(sheet, content, "deadline", value["text"] if isinstance(value, dict) else value)


def _take_roles(_sheet: Sheet, content: Content, field: str, value: Any) -> Content:
    """Roles as the reader gave them: their print, groups and units stay as they are."""
    names = ROLE_FIELDS if field == "roles" else (field,)
    roles = [*(role for role in content["roles"] if role["role"] not in names), *value]
    roles.sort(key=lambda role: RoleKind.values.index(role["role"]))
    return renew_role_flags(content | {"roles": roles})


def _take_whole(_sheet: Sheet, content: Content, field: str, value: Any) -> Content:
    return content | (value if field == "row" else {field: value})


_TAKEN: dict[str, Callable[[Sheet, Content, str, Any], Content]] = {
    "text": _take_text,
    "deadline": _take_deadline,
    "targets": _take_whole,
    "row": _take_whole,
    **dict.fromkeys(("roles", *ROLE_FIELDS), _take_roles),
}


def change_head(user: User, sheet: Sheet, wanted: Content) -> None:
    """``head``: one field of the plan itself. Another year or area resolves the units and reads the dates anew."""
    field = wanted["field"]
    value = _HEAD[field](field, wanted["value"])
    if value == sheet.head[field]:
        return
    before = sheet.rereader
    sheet.head = sheet.head | {field: value}
    if field == "area":
        area = Area.objects.filter(code=value).first() if value else None
        sheet.head = sheet.head | {"region": area.name if area else ""}
        if not policy.can(user, "plan.edit", sheet.plan_now()):
            raise PermissionDenied
    if field in ("year", "area"):
        _read_anew(sheet, before)


def _read_anew(sheet: Sheet, before: Rereader) -> None:
    sheet.forget_words()
    rereader = sheet.rereader
    for content in list(sheet.rows.values()):
        roles = [_resolved(sheet, role) for role in content["roles"]]
        sheet.put(renew_role_flags(rereader.again(content | {"roles": roles}, before)))


def _resolved(sheet: Sheet, role: Content) -> Content:
    """The role with the unit that its name means now; a name that means nobody keeps the unit that people gave it."""
    found = named(role["name"], sheet.directory)
    return role | (found if found["unit"] else {})


def _title(_field: str, value: Any) -> str:
    text = typed(value, "title", longest(Plan, "title"))
    if not text:
        raise EditError("empty", _("A plan needs a title."), "value")
    return text


def _number(_field: str, value: Any) -> str:
    return typed("" if value is None else value, "number", longest(Plan, "number"))


def _year(_field: str, value: Any) -> int | None:
    if value is not None and (type(value) is not int or value not in _YEARS):
        raise EditError("wrong_value", _("A year has four digits, such as 2025."), "value")
    return value


def _area(_field: str, value: Any) -> str | None:
    if value in (None, ""):
        return None
    if not isinstance(value, str) or not Area.objects.filter(code=value).exists():
        raise EditError("wrong_value", _("There is no such area."), "value")
    return value


def _choice(field: str, value: Any) -> str:
    choices = Level.values if field == "level" else Medium.values
    if value not in choices:
        raise EditError("wrong_value", _("This value cannot be used for %s.") % field, "value")
    return str(value)


def _issued(_field: str, value: Any) -> str | None:
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except (ValueError, TypeError):
        raise EditError("wrong_value", _("A date is written as 2025-03-31."), "value") from None


_HEAD: dict[str, Callable[[str, Any], Any]] = {
    "title": _title,
    "number": _number,
    "year": _year,
    "area": _area,
    "level": _choice,
    "medium": _choice,
    "issued": _issued,
}
