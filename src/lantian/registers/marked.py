"""YAML that remembers its lines: what a person wrote wrong is answered with file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar

import yaml

from lantian.registers.declared import Label
from lantian.registers.errors import PackProblem


@dataclass
class Problems:
    """Everything wrong with one file, collected while it is read."""

    file: Path
    found: list[PackProblem] = field(default_factory=list)

    def add(self, line: int, zh: str, en: str) -> None:
        """One more problem."""
        self.found.append(PackProblem(self.file, line, zh, en))


class Mapped:
    """A mapping of the file: its entries are taken by name, and what nobody took is a problem (:meth:`close`)."""

    def __init__(self, node: yaml.Node | None, problems: Problems, line: int = 1) -> None:
        self.line = line if node is None else node.start_mark.line + 1
        self.problems = problems
        self._rest: dict[str, yaml.Node] = {}
        if node is None:
            return
        if not isinstance(node, yaml.MappingNode):
            self.wrong("此处应为“名称: 值”的一组条目", "a mapping of names to values belongs here")
            return
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
            if not name or name in self._rest:
                problems.add(
                    key.start_mark.line + 1, f"条目“{name}”重复或没有名称", f"“{name}” twice, or without a name"
                )
            self._rest[name] = value

    def wrong(self, zh: str, en: str, line: int | None = None) -> None:
        """Report a problem at this mapping, or at a line of it."""
        self.problems.add(line or self.line, zh, en)

    def __contains__(self, name: str) -> bool:
        return name in self._rest

    def node(self, name: str, required: bool = False) -> yaml.Node | None:
        """Take an entry as it is."""
        found = self._rest.pop(name, None)
        if found is None and required:
            self.wrong(f"缺少“{name}”", f"“{name}” is missing")
        return found

    def text(self, name: str, required: bool = False, default: str = "") -> str:
        """Take a single value as text."""
        node = self.node(name, required)
        if node is None:
            return default
        if not isinstance(node, yaml.ScalarNode):
            self.wrong(f"“{name}”应为单个值", f"“{name}” takes one value", node.start_mark.line + 1)
            return default
        return str(node.value).strip()

    def one_of(self, name: str, allowed: Sequence[str], default: str | None = None) -> str:
        """Take a word out of a list; required where there is no default."""
        line = self._rest[name].start_mark.line + 1 if name in self._rest else self.line
        found = self.text(name, required=default is None, default=default or "")
        if found and found not in allowed:
            choices = ", ".join(allowed)
            self.wrong(f"“{name}”不能是“{found}”，可用：{choices}", f"“{name}” cannot be “{found}”: {choices}", line)
            return default or allowed[0]
        return found or allowed[0]

    def flag(self, name: str) -> bool:
        """Take true or false; false where it is missing."""
        return self.one_of(name, ("true", "false"), "false") == "true"

    def whole(self, name: str, default: int) -> int:
        """Take a whole number above zero."""
        found = self.text(name)
        if not found:
            return default
        if not found.isascii() or not found.isdigit() or int(found) < 1:
            self.wrong(f"“{name}”应为正整数", f"“{name}” takes a whole number above zero")
            return default
        return int(found)

    def number(self, name: str) -> Decimal | None:
        """Take a figure, if there is one."""
        found = self.text(name)
        try:
            value = Decimal(found) if found else None
        except InvalidOperation:
            value = Decimal("NaN")
        if value is not None and not value.is_finite():
            self.wrong(f"“{name}”应为数字", f"“{name}” takes a number")
            return None
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Take one value or a list of them."""
        node = self.node(name)
        return tuple(_scalars(node, name, self)) if node is not None else ()

    def label(self, name: str, required: bool = True) -> Label | None:
        """Take a text in both languages: ``{zh: …, en: …}``."""
        node = self.node(name, required)
        return None if node is None else label_of(node, self.problems)

    def mapped(self, name: str) -> Iterator[tuple[str, yaml.Node]]:
        """Take a mapping as its entries, in the order of the file."""
        node = self.node(name)
        if node is None:
            return
        if not isinstance(node, yaml.MappingNode):
            self.wrong(f"“{name}”应为一组条目", f"“{name}” takes a mapping", node.start_mark.line + 1)
            return
        names: set[str] = set()
        for key, value in node.value:
            if key.value in names:
                self.wrong(f"“{key.value}”重复", f"“{key.value}” twice", key.start_mark.line + 1)
            names.add(key.value)
            yield str(key.value), value

    def listed(self, name: str) -> Sequence[yaml.Node]:
        """Take a list as its nodes."""
        node = self.node(name)
        if node is None:
            return ()
        if not isinstance(node, yaml.SequenceNode):
            self.wrong(f"“{name}”应为列表", f"“{name}” takes a list", node.start_mark.line + 1)
            return ()
        return list(node.value)

    def close(self) -> None:
        """Report every entry that nobody knows."""
        for name, node in self._rest.items():
            self.wrong(f"不认识的条目“{name}”", f"unknown entry “{name}”", node.start_mark.line + 1)


def label_of(node: yaml.Node, problems: Problems) -> Label:
    """``{zh: …, en: …}`` as a label."""
    found = Mapped(node, problems)
    label = Label(found.text("zh", required=True), found.text("en", required=True))
    found.close()
    return label


def _scalars(node: yaml.Node, name: str, owner: Mapped) -> Iterator[str]:
    for item in node.value if isinstance(node, yaml.SequenceNode) else [node]:
        if isinstance(item, yaml.ScalarNode):
            yield str(item.value).strip()
        else:
            line = item.start_mark.line + 1
            owner.wrong(f"“{name}”应为一个值或值的列表", f"“{name}” takes one value or a list of values", line)


T = TypeVar("T")
# libyaml reads ten times as fast; the wheels of PyYAML bring it, a build from source may not.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def text_of(file: Path, problems: Problems) -> str | None:
    """The text of a pack's file. None: it cannot be read, which is reported."""
    try:
        data = file.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        problems.add(1, f"无法读取（{reason}）", f"cannot be read ({reason})")
        return None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.add(
            line, "不是 UTF-8 编码（可能是 GBK），请另存为 UTF-8", "is not UTF-8 (GBK, perhaps): save it as UTF-8"
        )
        return None


def read(file: Path, made_of: Callable[[Mapped], T]) -> tuple[T | None, Sequence[PackProblem]]:
    """(what ``made_of`` makes of a file's mapping, everything wrong with it). None: the file cannot be read at all."""
    problems = Problems(file)
    text = text_of(file, problems)
    if text is None:
        return None, problems.found
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.add(line, f"不是有效的 YAML（{error.problem}）", f"not valid YAML ({error.problem})")
        return None, problems.found
    except (yaml.YAMLError, RecursionError) as error:  # characters that YAML forbids, thousands of brackets
        what = " ".join(str(error).split())[:100]
        problems.add(1, f"不是有效的 YAML（{what}）", f"not valid YAML ({what})")
        return None, problems.found
    mapped = Mapped(node, problems)
    found = made_of(mapped)
    mapped.close()
    return found, problems.found
