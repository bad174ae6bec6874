"""YAML as plain values with the line of each, so that a mistake can be named where it stands.

Numbers become exact decimals. Anchors, tags and keys given twice are refused: a card is read by people, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import yaml

LARGEST = 60_000  # characters
_DEEPEST = 12
_NUMBER = re.compile(r"[-+]?\d{1,12}(\.\d{1,6})?")
_WORDS = {"true": True, "false": False, "yes": True, "no": False, "null": None, "~": None, "": None}

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """``value`` of dicts, lists, texts, decimals, truth values and None; ``lines``: where each path begins."""

    value: Any
    lines: dict[Path, int]


class TextError(Exception):
    """What cannot be read as YAML: line, ``code`` of problems.yaml, what it is about."""

    def __init__(self, line: int, code: str, part: str = "") -> None:
        super().__init__(line, code, part)
        self.line, self.code, self.part = line, code, part


def load(text: str) -> Document:
    """Read one document.

    :raises TextError: it is too long, too deep, no YAML, or uses what is refused.
    """
    if len(text) > LARGEST:
        raise TextError(1, "too_long", str(LARGEST))
    try:
        for event in yaml.parse(text, yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise TextError(_line(event), "anchor")
        node = yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise TextError(mark.line + 1 if mark else 1, "not_yaml", error.problem or "") from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise TextError(1, "not_yaml") from None
    if node is None:
        raise TextError(1, "empty")
    lines: dict[Path, int] = {}
    return Document(_value(node, (), lines), lines)


def _line(thing: Any) -> int:
    return int(thing.start_mark.line) + 1


def _value(node: yaml.Node, path: Path, lines: dict[Path, int]) -> Any:
    lines.setdefault(path, _line(node))
    if len(path) > _DEEPEST:
        raise TextError(_line(node), "too_deep")
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_value(part, (*path, n), lines) for n, part in enumerate(node.value)]
    text = str(node.value)
    if getattr(node, "style", None) in ("'", '"', "|", ">"):
        return text
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    return _WORDS.get(text.lower(), text)


def _mapping(node: yaml.MappingNode, path: Path, lines: dict[Path, int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, part in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise TextError(_line(key), "key_text")
        name = str(key.value)
        if name in found:
            raise TextError(_line(key), "key_twice", name)
        lines[(*path, name)] = _line(key)
        found[name] = _value(part, (*path, name), lines)
    return found
