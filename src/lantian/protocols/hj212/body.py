"""The data segment taken apart: head fields, parameters, factors, and the quirks of what a device wrote.

Structure: ``head;head;…;CP=&&item;item;…&&``. An item holds pairs divided by ``,``; a key is a parameter (``DataTime``)
or ``factor-attribute``. Text between ``=//`` and ``//`` is opaque: nothing in it divides anything.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import TypeAlias

Value: TypeAlias = float | str | None
Pair: TypeAlias = tuple[str, str]

HEAD_NAMES = ("QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO", "RF")
_CANONICAL = {name.lower(): name for name in HEAD_NAMES}
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_CP = re.compile(r"CP\s{0,8}=\s{0,8}&&", re.IGNORECASE)
_HEAD_SPLIT = re.compile(r";|,(?=\s*[A-Za-z]+\s*=)")
_SPACE = re.compile(r"\s")
_DIVIDER = re.compile(r"([;,])")
_OPAQUE_END = re.compile(r"//(?=\s*(?:[;,]|\Z))")

# HJ 212-2005 numbered its factors (01, 011, S03, B02); 2017 and later use a letter of the medium and digits, in the
# sewage and flue tables with places left to the device (e101xx).
_OLD = re.compile(r"[0-9]{2,3}|[BS][0-9]{2}")
_NEW = re.compile(r"[adegipw][0-9]{4,5}|[eg][0-9]{3}[0-9a-z]{2}|SB[0-9]+")
_NOISE = frozenset(("LA", "L5", "L10", "L50", "L90", "L95", "Leq", "Ldn", "Ld", "Ln", "LMx", "LMn"))


@dataclass
class Body:
    """What a data segment says; texts as sent, factor values as numbers where they are finite numbers."""

    head: dict[str, str] = field(default_factory=dict)
    head_other: dict[str, str] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    factors: dict[str, dict[str, Value]] = field(default_factory=dict)
    items: list[list[Pair]] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    wire: dict[str, str] = field(default_factory=dict)

    def data_time(self) -> str | None:
        """DataTime as sent; vendors that write every key in capitals are understood."""
        if "DataTime" in self.params:
            return self.params["DataTime"]
        return next((text for name, text in self.params.items() if name.lower() in ("datatime", "datetime")), None)


@lru_cache(maxsize=8192)
def factor_code(code: str) -> str | None:
    """The quirk of a factor's code: ``factor-2005``, ``factor-unlisted``, or None for a form of the standard."""
    if _OLD.fullmatch(code):
        return "factor-2005"
    return None if code in _NOISE or _NEW.fullmatch(code) else "factor-unlisted"


def number(text: str) -> float | None:
    """A finite number, or None (``NaN``, ``--``, nothing, ``1_0``, ``1e999``): a non-number never becomes 0."""
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def is_text(attribute: str) -> bool:
    """Flag and EFlag are letters, and ``0`` as a flag is no number either."""
    return attribute[-4:].lower() == "flag"


def parse(text: str, aliases: Mapping[str, str] | None = None) -> Body:
    """Take a data segment apart; nothing in it can make this fail."""
    body = Body()
    start = _CP.search(text)
    head, area = (text.removesuffix("&&"), None) if start is None else (text[: start.start()], text[start.end() :])
    _head(body, head)
    if area is None:
        body.codes.append("cp-missing")
        return body
    area = area[:-2] if area.endswith("&&") else area
    groups, loose = _items(area)
    body.items = groups
    _collect(body, aliases or {})
    if area.rstrip()[-1:] in (";", ","):
        body.codes.append("trailing-separator")
    if _SPACE.search(loose) or _SPACE.search(head):
        body.codes.append("inner-whitespace")
    return body


def _head(body: Body, text: str) -> None:
    for item in _HEAD_SPLIT.split(text):
        name, equals, value = item.partition("=")
        if not equals:
            if name.strip():
                body.head_other[name.strip()] = ""
            continue
        canonical = _CANONICAL.get(name.strip().lower())
        if canonical is None:
            body.head_other[name.strip()] = value.strip()
        elif canonical not in body.head:
            body.head[canonical] = value.strip()
        elif "repeated-keys" not in body.codes:  # the first counts: a second MN must not hand data to another device
            body.codes.append("repeated-keys")


def _items(area: str) -> tuple[list[list[Pair]], str]:
    """Groups of pairs as ``;`` divides them, and the area without its opaque texts (to look for blanks in)."""
    groups: list[list[Pair]] = [[]]
    if "=//" not in area:
        for item in area.split(";"):
            group: list[Pair] = []
            for text in item.split(","):
                _pair(text, group)
            groups.append(group)
        return [group for group in groups if group], area
    loose: list[str] = []
    current: list[str] = []
    position = 0
    while True:
        opening = area.find("=//", position)
        closing = _OPAQUE_END.search(area, opening + 3) if opening >= 0 else None
        plain = area[position:] if closing is None else area[position : opening + 1]
        loose.append(plain)
        _divide(plain, current, groups)
        if closing is None:
            break
        current.append(area[opening + 1 : closing.end()])
        position = closing.end()
    _close("".join(current), "", groups)
    return [group for group in groups if group], "".join(loose)


def _divide(plain: str, current: list[str], groups: list[list[Pair]]) -> None:
    pieces = _DIVIDER.split(plain)
    current.append(pieces[0])
    for divider, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        _close("".join(current), divider, groups)
        current[:] = [piece]


def _close(text: str, divider: str, groups: list[list[Pair]]) -> None:
    _pair(text, groups[-1])
    if divider == ";":
        groups.append([])


def _pair(text: str, group: list[Pair]) -> None:
    name, equals, value = text.partition("=")
    if equals:
        group.append((name.strip(), value.strip()))
    elif name and not name.isspace():
        if group:  # a comma inside a text: it belongs to the value before it
            before, said = group[-1]
            group[-1] = (before, f"{said},{name}".strip())
        else:
            group.append((name.strip(), ""))


def _collect(body: Body, aliases: Mapping[str, str]) -> None:
    quirks: dict[str, None] = {}
    seen: set[str] = set()
    repeated = False
    for key, text in chain.from_iterable(body.items):
        if key in seen:
            repeated = True
        seen.add(key)
        code, dash, attribute = key.partition("-")
        if not dash or not code or not attribute:
            body.params[key] = text
            continue
        quirk = factor_code(code)
        if quirk:
            quirks[quirk] = None
        name = aliases.get(code, code)
        if name != code:
            body.wire[name] = code
        put(body.factors.setdefault(name, {}), attribute, text)
    body.codes += [one for one in ("factor-2005", "factor-unlisted") if one in quirks]
    if repeated and "repeated-keys" not in body.codes:
        body.codes.append("repeated-keys")


def put(values: dict[str, Value], attribute: str, text: str) -> None:
    """One attribute of a factor: a number, a flag, or null with its text beside it. Said twice, the later counts."""
    if is_text(attribute):
        values[attribute] = text
        return
    value = number(text)
    if values and f"{attribute}_text" in values:
        del values[f"{attribute}_text"]
    values[attribute] = value
    if value is None:
        values[f"{attribute}_text"] = text
