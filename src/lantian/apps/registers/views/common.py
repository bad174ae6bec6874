"""What every page of registers begins with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from lantian.apps.areas.models import Area
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.registers import catalogue, rights, showing
from lantian.apps.registers.forms import area_options
from lantian.registers import Field, Register

VIEW = "register.view"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def reader(request: HttpRequest) -> User:
    """Who asks, if registers are for them."""
    user = policy.person(request)
    policy.require(user, VIEW)
    return user


def frame(user: User, register: Register) -> dict[str, Any]:
    """What the head of every page of one register needs."""
    return {
        "register": register,
        "pack": catalogue.packs().pack(register.pack),
        "may_write": rights.may_write(user, register),
        "has_map": any(field.type in showing.SHAPES for field in register.shown),
    }


def areas(user: User) -> list[tuple[str, str]]:
    """Areas in sight as a choice."""
    return area_options(policy.scope(user, Area.objects.filter(closed=None)).order_by("path"))


@dataclass(frozen=True, slots=True)
class Filter:
    """One field of the line of filters: ``sort`` is choice, flag or text."""

    field: Field
    sort: str
    value: str
    options: Sequence[tuple[str, str]]


def filters(register: Register, chosen: Mapping[str, str]) -> list[Filter]:
    """The filters that a register offers beside area, words and days, which every list has where they make sense."""
    own = (register.area, register.date)
    offered = [field for field in register.shown if field.name not in own]
    return [_filter(field, chosen.get(field.name, "")) for field in offered if field.filtered or field.name in chosen]


def _filter(field: Field, value: str) -> Filter:
    if field.type == "choice":
        return Filter(field, "choice", value, [(item.value, showing.said(item.label)) for item in field.choices])
    return Filter(field, "flag" if field.type == "bool" else "text", value, ())
