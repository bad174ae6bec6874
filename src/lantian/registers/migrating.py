"""From one version of a register's declaration to the next: what changes, and what a row of before says in it.

A field is added empty, renamed with ``was``, replaced by one of another type with ``converts``, given up with
``hidden``. Everything else that would leave rows behind is a problem.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lantian.registers.declared import Field, Label, Register
from lantian.registers.places import read_point, read_polygon
from lantian.registers.rows import Problem
from lantian.registers.values import Doubt, Names, Wrong, reader_of

What = Literal["add", "rename", "convert", "hide"]
Shape = dict[str, Any]  # {"version": 2, "key": [name…], "fields": {name: type}}, as the database keeps it


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a declaration: what is done to ``field``, and the name of before (blank: there was none)."""

    what: What
    field: Field
    before: str = ""


def shape_of(register: Register) -> Shape:
    """What a later declaration is compared with."""
    fields = {item.name: item.type for item in register.fields}
    return {"version": register.version, "key": list(register.key), "fields": fields}


def unknown(register: Register) -> Shape:
    """What rows may have been written under where nobody noted it: every renamed or replaced field may be of before."""
    fields = {item.name: item.type for item in register.fields if not item.was and not item.converts}
    fields |= {name: item.type for item in register.fields for name in item.was}
    renamed = {item.name: item.was[0] for item in register.fields if item.was}
    return {"version": 0, "key": [renamed.get(name, name) for name in register.key], "fields": fields}


def steps(register: Register, before: Shape) -> list[Step]:
    """What the declaration of today changes in that of before."""
    old = before.get("fields", {})
    found: list[Step] = []
    for item in register.fields:
        was = next((name for name in item.was if name in old), "")
        if item.converts and item.name not in old:
            found.append(Step("convert", item, item.converts))
        elif was and item.name not in old:
            found.append(Step("rename", item, was))
        elif item.name not in old:
            found.append(Step("add", item))
        if item.hidden and any(one.converts == item.name and one.name not in old for one in register.fields):
            found.append(Step("hide", item))
    return found


def refusals(register: Register, before: Shape) -> Iterator[Label]:
    """Why rows of before cannot become rows of today, whatever they say."""
    old: Mapping[str, str] = before.get("fields", {})
    names = {item.name for item in register.fields}
    known = names | {name for item in register.fields for name in item.was}
    changed = steps(register, before)
    version = before.get("version", 0)
    if register.version < version:
        zh = f"版本 {register.version} 早于现用的版本 {version}"
        yield Label(zh, f"version {register.version} is older than the one in use, {version}")
    elif register.version == version and (changed or shape_of(register) != before):
        yield Label(f"字段变了，version 应大于 {version}", f"the fields changed: version must be above {version}")
    for name in sorted(set(old) - known):
        yield Label(
            f"字段“{name}”不见了；不再使用的字段应写 hidden: true",
            f"the field “{name}” is missing: give it up with hidden",
        )
    for item in register.fields:
        if old.get(item.name, item.type) != item.type:
            yield Label(
                f"字段“{item.name}”由 {old[item.name]} 改成了 {item.type}；应另设字段并写 converts: {item.name}",
                f"“{item.name}” was {old[item.name]} and is {item.type}: declare another field with converts",
            )
    for step in changed:
        if step.what == "add" and step.field.required:
            yield Label(
                f"新增字段“{step.field.name}”不能必填：已有条目没有它",
                f"the new field “{step.field.name}” cannot be required: rows of before have none",
            )
        if step.what == "rename" and old[step.before] != step.field.type:
            yield Label(
                f"字段“{step.before}”改名为“{step.field.name}”时类型由 {old[step.before]} 改成了 {step.field.type}；"
                "应另设字段并写 converts",
                f"“{step.before}” was {old[step.before]} and “{step.field.name}” is {step.field.type}: "
                "declare another field with converts",
            )
    renamed = {step.before: step.field.name for step in changed if step.what == "rename"}
    if [renamed.get(name, name) for name in before.get("key", register.key)] != list(register.key):
        yield Label("主键字段不能改变", "the fields of the key cannot change")


Mover = Callable[[Mapping[str, Any]], tuple[dict[str, Any], list[Problem]]]


def mover(register: Register, names: Names) -> Mover:
    """What brings the values of a row of any age under today's declaration; once more changes nothing.

    The problems are those of values that cannot be converted; their field stays empty then.
    """
    renamed = [(item.name, item.was) for item in register.fields if item.was]
    converted = [(item, _converter(item, names)) for item in register.fields if item.converts]

    def move(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
        found = dict(values)
        for name, before in renamed:
            for old in before:
                value = found.pop(old, None)
                if found.get(name) is None and value is not None:
                    found[name] = value
        problems = []
        for item, convert in converted:
            given = found.get(item.converts)
            if found.get(item.name) is None and given is not None:
                try:
                    value = convert(given)
                except Wrong as wrong:
                    problems.append(Problem(item.name, wrong.zh, wrong.en))
                    continue
                found[item.name] = value.value if isinstance(value, Doubt) else value
        return found, problems

    return move


def _converter(item: Field, names: Names) -> Callable[[Any], Any]:
    """How a kept value of another type is read as one of the field's: as if somebody had written it into a sheet."""
    if item.type == "point":
        return lambda given: read_point({"": given}, names, "")
    if item.type == "polygon":
        return lambda given: read_polygon({"": given}, names, "")
    read = reader_of(item, names)
    return lambda given: read(given, "")
