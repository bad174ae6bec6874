"""Templates of papers: slots filled in a sandbox (contracts §8). Pure.

What comes out is plain text, which the preview escapes and Word takes as typed characters; so nothing is escaped here.
A value may not smuggle in lines of its own: every slot is written on one line, without the sign that parts the cells of
a table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from unicodedata import category

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

LONGEST = 20_000  # characters of a template, and ten times that of its outcome
FILTERS = frozenset({"join", "length", "default"})
# No calls, no arithmetic, no attribute walk through underscores: names, their parts, conditions and loops.
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.If, nodes.For,
    nodes.Compare, nodes.Operand, nodes.Not, nodes.And, nodes.Or, nodes.Filter,
)  # fmt: skip
_DROPPED = {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}
_SPACES = re.compile(r"\s+")


class SlotError(ValueError):
    """A template that cannot be filled: what is wrong, in the words of the template."""


def one_line(value: Any) -> Any:
    """A slot's value as words of one paragraph; ``|``, which parts the cells of a table, becomes full-width."""
    if isinstance(value, str):
        line = _SPACES.sub(" ", value)
        return "".join(c for c in line if category(c) not in _DROPPED).replace("|", "｜")
    return value


def _environment() -> ImmutableSandboxedEnvironment:
    # Plain text comes out, no markup: see the module's words on escaping.
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, finalize=one_line, trim_blocks=True, lstrip_blocks=True
    )
    made.filters = {name: made.filters[name] for name in FILTERS}
    made.globals.clear()
    return made


def check(source: str) -> None:
    """Refuse a template that does more than fill slots. Raises :class:`SlotError`."""
    if len(source) > LONGEST:
        raise SlotError(f"> {LONGEST}")
    try:
        tree = _environment().parse(source)
    except TemplateError as error:
        raise SlotError(str(error)) from None
    for node in _walk(tree):
        if not isinstance(node, _ALLOWED):
            raise SlotError(type(node).__name__)
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            raise SlotError(node.name)
        if isinstance(node, nodes.For) and (node.recursive or node.else_ or list(node.iter.find_all(nodes.For))):
            raise SlotError("for")
        if isinstance(node, (nodes.Getattr, nodes.Name)):
            name = node.attr if isinstance(node, nodes.Getattr) else node.name
            if name.startswith("_") or name == "self":  # Jinja's own reference to the template
                raise SlotError(name)
    if _depth(tree) > 1:
        raise SlotError("for … for")


def _walk(node: nodes.Node) -> list[nodes.Node]:
    found = [node]
    for child in node.iter_child_nodes():
        found.extend(_walk(child))
    return found


def _depth(node: nodes.Node) -> int:
    """How deep loops stand in loops: one is enough for rows, more would multiply the outcome."""
    inner = max((_depth(child) for child in node.iter_child_nodes()), default=0)
    return inner + isinstance(node, nodes.For)


def fill(source: str, values: Mapping[str, Any]) -> str:
    """The template with its slots filled. Raises :class:`SlotError` for a slot without a value or a forbidden part."""
    check(source)
    try:
        text = _environment().from_string(source).render(**values)
    except TemplateError as error:
        raise SlotError(str(error)) from None
    if len(text) > 10 * LONGEST:
        raise SlotError(f"> {10 * LONGEST}")
    return text
