"""What an operation must look like: its fields and their types, told before anything is read from the database."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from lantian.apps.plans.actions.edits.sheet import EditError
from lantian.apps.plans.content import Content
from lantian.apps.plans.models import RoleKind

ROLE_FIELDS = tuple(RoleKind.values)
ROW_FIELDS = ("section", "seq", "task", "text", "deadline", *ROLE_FIELDS)
HEAD_FIELDS = ("title", "year", "area", "level", "medium", "number", "issued")
CONFLICT_FIELDS = ("section", "seq", "task", "text", "deadline", "roles", *ROLE_FIELDS, "targets", "row")


@dataclass(frozen=True, slots=True)
class _Field:
    """One field of an operation; ``read`` raises ValueError for a value that is not of its type."""

    read: Callable[[Any], Any]
    required: bool = True
    default: Any = None


def _uid(value: Any) -> str:
    if not isinstance(value, str | uuid.UUID):
        raise ValueError
    return str(uuid.UUID(str(value)))


def _integer(value: Any) -> int:
    if type(value) is not int:
        raise ValueError
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError
    return value


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise ValueError
    return [_text(item) for item in value]


def _truth(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError
    return value


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise ValueError
    return dict(value)


def _or_null(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


def _one_of(*names: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in names or not isinstance(value, str):
            raise ValueError
        return value

    return read


_ROW = {"measure": _Field(_uid), "revision": _Field(_integer)}
_SHAPES: dict[str, dict[str, _Field]] = {
    "set": _ROW
    | {
        "field": _Field(_one_of(*ROW_FIELDS)),
        "value": _Field(lambda value: value),
        "group": _Field(_truth, required=False, default=False),
    },
    "target": _ROW | {"index": _Field(_or_null(_integer)), "value": _Field(_or_null(_mapping))},
    "join": _ROW,
    "split": _ROW | {"at": _Field(_integer)},
    "merge": _ROW | {"with": _Field(_uid), "with_revision": _Field(_integer)},
    "hand": _ROW
    | {
        "role": _Field(_one_of(*ROLE_FIELDS)),
        "names": _Field(_texts),
        "with": _Field(_uid),
        "with_revision": _Field(_integer),
    },
    "insert": {"after": _Field(_or_null(_uid)), "value": _Field(_mapping)},
    "delete": _ROW,
    "move": _ROW | {"to": _Field(_integer)},
    "restore_reading": _ROW,
    "accept": {
        "rule": _Field(_or_null(_text), required=False),
        "measure": _Field(_or_null(_uid), required=False),
        "accepted": _Field(_truth, required=False, default=True),
    },
    "learn": {
        "name": _Field(_text),
        "unit": _Field(_uid),
        "always": _Field(_truth, required=False, default=False),
        "misreading": _Field(_truth, required=False, default=True),
    },
    "conflict": _ROW | {"field": _Field(_one_of(*CONFLICT_FIELDS)), "take": _Field(_one_of("new", "mine", "old"))},
    "head": {"field": _Field(_one_of(*HEAD_FIELDS)), "value": _Field(lambda value: value)},
}


def _storable(value: Any) -> bool:
    """Whether a database takes every text in it: NUL and half a character (a lone surrogate) are none."""
    if isinstance(value, str):
        return not any(letter == "\x00" or "\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, Mapping):
        return all(_storable(key) and _storable(item) for key, item in value.items())
    return all(map(_storable, value)) if isinstance(value, list | tuple) else True


def _unusable(operation: Mapping[str, Any]) -> str | None:
    """The field whose text cannot be stored, or whose brackets stand in brackets further than anybody writes them."""
    for name, value in operation.items():
        try:
            if not (_storable(name) and _storable(value)):
                return str(name)[:40]
        except RecursionError:
            return str(name)[:40]
    return None


def checked(operation: Any) -> Content:
    """The operation with every field read and defaults filled in. Raises EditError for anything unknown or missing."""
    op = operation.get("op") if isinstance(operation, Mapping) else None
    if not isinstance(op, str) or op not in _SHAPES:
        raise EditError("unknown_operation", _("There is no such operation."), "op")
    unusable = _unusable(operation)
    if unusable is not None:
        raise EditError("wrong_value", _("The words hold characters that cannot be stored."), unusable)
    shape = _SHAPES[op]
    for name in operation:
        if name != "op" and name not in shape:
            raise EditError("unknown_field", _("There is no such field: %s") % str(name)[:40], str(name)[:40])
    wanted: Content = {"op": op}
    for name, item in shape.items():
        if name not in operation:
            if item.required:
                raise EditError("missing_field", _("This field is missing: %s") % name, name)
            wanted[name] = item.default
            continue
        try:
            wanted[name] = item.read(operation[name])
        except (ValueError, TypeError):
            raise EditError("wrong_value", _("This value cannot be used for %s.") % name, name) from None
    return wanted
