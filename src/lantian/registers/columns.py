"""The columns of a register's sheets: what their headings say, and which field a heading of somebody's sheet means."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lantian.registers.declared import Field, Register
from lantian.registers.words import bare, words

LON, LAT, DATUM = "lon", "lat", "datum"
_PARTS = {LON: "经度", LAT: "纬度", DATUM: "坐标系"}
_BRACKETS = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]")
_MARKS = re.compile(r"^(?:[※*]|\d+[.、．])+|[※*:：]+$")


@dataclass(frozen=True, slots=True)
class Heading:
    """One column as we write it. ``name`` is a field's name, or ``place.lon``: a part of one."""

    name: str
    text: str
    field: Field
    part: str = ""


@dataclass(frozen=True, slots=True)
class Matched:
    """What the headings of a sheet mean: place of the column → name (:class:`Heading`), and what is left over."""

    mapping: dict[int, str]
    unknown: tuple[int, ...]  # places of headings that mean nothing here
    twice: tuple[int, ...]  # places whose field an earlier column has already
    missing: tuple[str, ...]  # names of required fields without a column

    @property
    def sure(self) -> bool:
        """Whether nobody need look at it."""
        return not (self.unknown or self.twice or self.missing)


def headings(register: Register) -> list[Heading]:
    """The columns of a register's template and export, in order; attached files have none."""
    found: list[Heading] = []
    for field in register.shown:
        name = field.label.zh + (f"（{field.measure}）" if field.measure else "")
        if field.type == "file":
            continue
        if field.type == "point":
            found += [Heading(f"{field.name}.{part}", f"{name}{text}", field, part) for part, text in _PARTS.items()]
        else:
            found.append(Heading(field.name, name, field))
    return found


def bare_heading(text: str) -> str:
    """The form in which headings are compared: without brackets, marks, numbers in front, white space."""
    plain = _MARKS.sub("", bare(text))
    while (found := _BRACKETS.sub("", plain)) not in (plain, ""):  # t/(km²·30d) has brackets of its own
        plain = found
    return plain


def names_of(register: Register) -> dict[str, str]:
    """Every form of every heading → the name of the column it means. What two fields share means neither."""
    found: dict[str, str] = {}
    shared: set[str] = set()
    points = [item for item in register.shown if item.type == "point"]

    def add(text: str, name: str) -> None:
        form = bare_heading(text)
        if found.setdefault(form, name) != name:
            shared.add(form)

    for field in register.shown:
        if field.type == "file":
            continue
        own = (field.name, *field.was, field.label.zh, field.label.en, *field.also)
        for text in own:
            add(text, field.name)
        if field.type == "point":
            for part in (LON, LAT, DATUM):
                for word in words(part):
                    for text in own:
                        add(text + word, f"{field.name}.{part}")
                    if len(points) == 1:
                        add(word, f"{field.name}.{part}")
        elif field.type == "polygon" and not points:
            for word in words(DATUM):
                add(word, f"{field.name}.{DATUM}")
    # A field's own label is stronger than what another field lists as a further name of it.
    for field in register.shown:
        found[bare_heading(field.label.zh)] = field.name
        shared.discard(bare_heading(field.label.zh))
    return {form: name for form, name in found.items() if form not in shared}


def match(register: Register, texts: Sequence[str], known: Mapping[str, str] | None = None) -> Matched:
    """Which field each heading means; ``known`` is :func:`names_of`, where one has it already."""
    known = known if known is not None else names_of(register)
    mapping: dict[int, str] = {}
    unknown, twice = [], []
    for place, text in enumerate(texts):
        if not text.strip() or bare(text) in words("ours"):
            continue
        name = known.get(bare_heading(text))
        if name is None:
            unknown.append(place)
        elif name in mapping.values():
            twice.append(place)
        else:
            mapping[place] = name
    return Matched(mapping, tuple(unknown), tuple(twice), missing(register, mapping.values()))


def missing(register: Register, names: Iterable[str]) -> tuple[str, ...]:
    """The required fields that no column brings."""
    there = {name.partition(".")[0] for name in names}
    return tuple(item.name for item in register.shown if item.required and item.name not in there)


def shape(texts: Iterable[str]) -> str:
    """What a header is recognised by the next time: SHA-256 of its headings in the form in which they are compared."""
    return hashlib.sha256("\0".join(bare_heading(text) for text in texts).encode()).hexdigest()
