"""Pages of lists: at most 500 rows, each page saying where the next begins (keyset paging: a row that is added or
removed meanwhile moves nothing, and the thousandth page costs what the first does)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import F, Model, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Schema
from pydantic import BaseModel, Field

from lantian.apps.core.api.errors import invalid

M = TypeVar("M", bound=Model)
T = TypeVar("T")
LIMIT = 500


class Listing(Schema):
    """What every list takes, beside its filters."""

    limit: int = Field(50, ge=1, le=LIMIT, description="Rows in a page.")
    cursor: str | None = Field(
        None, max_length=600, description="Where the page begins: from `next` of the page before, never made up."
    )


class Page(BaseModel, Generic[T]):
    """A page of a list: ``count`` rows fit the filters, ``next`` is the address of the next page (null: the last)."""

    count: int
    next: str | None
    items: list[T]


@dataclass(frozen=True, slots=True)
class Key:
    """One column of an order: its name, its reader from a cursor, its direction, what stands for null."""

    name: str
    read: Callable[[Any], Any]
    falling: bool = False
    empty: Any = None


def whole(value: Any) -> int:
    """A number of a cursor that a database takes; raises ValueError."""
    if type(value) is not int or abs(value) >= 2**63:
        raise ValueError(value)
    return value


def words(value: Any) -> str:
    """A text of a cursor that a database takes; raises ValueError."""
    if not isinstance(value, str) or "\0" in value or not value.encode():
        raise ValueError(value)
    return value


def uid(value: Any) -> UUID:
    """A uid of a cursor; raises ValueError. The row's key stays in the house: cursors can be read."""
    return UUID(words(value))


def day(value: Any) -> date:
    """A date of a cursor; raises ValueError."""
    return date.fromisoformat(words(value))


def page(
    request: HttpRequest,
    rows: QuerySet[M],
    keys: Sequence[Key],
    listing: Listing,
    show: Callable[[list[M]], list[dict[str, Any]]],
) -> dict[str, Any]:
    """One page of ``rows`` in the order of ``keys`` (the last of which tells any two rows apart), as :class:`Page`.

    Raises 422 for a cursor that is none or belongs to another order.
    """
    count = rows.count()
    names = [f"_key{place}" for place in range(len(keys))]
    rows = rows.annotate(**{name: _column(key) for name, key in zip(names, keys, strict=True)})
    rows = rows.order_by(*(f"-{name}" if key.falling else name for name, key in zip(names, keys, strict=True)))
    if listing.cursor:
        rows = rows.filter(_after(names, keys, _decode(keys, listing.cursor)))
    found = list(rows[: listing.limit + 1])
    following = None
    if len(found) > listing.limit:
        found.pop()
        following = _address(request, _encode(keys, [getattr(found[-1], name) for name in names]))
    return {"count": count, "next": following, "items": show(found)}


def _column(key: Key) -> Any:
    return F(key.name) if key.empty is None else Coalesce(F(key.name), Value(key.empty))


def _after(names: Sequence[str], keys: Sequence[Key], values: Sequence[Any]) -> Q:
    """Rows behind ``values``: further in the first column, or equal there and further in the next, and so on."""
    behind, equal = Q(), Q()
    for name, key, value in zip(names, keys, values, strict=True):
        behind |= equal & Q(**{f"{name}__{'lt' if key.falling else 'gt'}": value})
        equal &= Q(**{name: value})
    return behind


def _order(keys: Sequence[Key]) -> str:
    return ",".join(f"-{key.name}" if key.falling else key.name for key in keys)


def _encode(keys: Sequence[Key], values: Sequence[Any]) -> str:
    plain = [str(value) if isinstance(value, date | UUID) else value for value in values]
    text = json.dumps([_order(keys), *plain], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(keys: Sequence[Key], cursor: str) -> list[Any]:
    try:
        given = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(given, list) or len(given) != len(keys) + 1 or given[0] != _order(keys):
            raise ValueError(cursor)
        return [key.read(value) for key, value in zip(keys, given[1:], strict=True)]
    except ValueError:
        raise invalid("query.cursor", _("is no cursor of this list; start again without it")) from None


def _address(request: HttpRequest, cursor: str) -> str:
    query = request.GET.copy()
    query["cursor"] = cursor
    return f"{request.path}?{query.urlencode()}"
