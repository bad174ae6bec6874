"""The indicators and rules of packs: headers read, SQL checked, every problem with file and line."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lantian.indicators.columns import View
from lantian.indicators.headers import NAME, Header, Indicator, Rule, header_of, indicator_of, reads_of, rule_of
from lantian.indicators.known import HISTORY, TAKEN, columns_of, views_of
from lantian.indicators.subset import FINDING, NOTHING, SUBJECT_VALUE, Query, checked
from lantian.registers import PackProblem, Packs, PacksRefused, Register
from lantian.registers.marked import Problems, text_of


@dataclass(frozen=True, slots=True)
class Indicators:
    """Every indicator and every rule by its name, with the packs that they came from."""

    packs: Packs
    indicators: Mapping[str, Indicator]
    rules: Mapping[str, Rule]


def load(packs: Packs) -> Indicators:
    """Read and check every indicator and rule. PacksRefused: with every problem of every file."""
    registers = packs.registers
    problems = list(_registers(registers))
    views = views_of(registers)
    indicators: dict[str, Indicator] = {}
    rules: dict[str, Rule] = {}
    for pack in packs.packs:
        for file in pack.indicators:
            problems += _taken(file, indicators)
            indicator, wrong = _indicator(file, pack.name, views, registers)
            problems += wrong
            indicators |= {} if indicator is None else {indicator.name: indicator}
        for file in pack.rules:
            problems += _taken(file, rules)
            rule, wrong = _rule(file, pack.name, views, registers)
            problems += wrong
            rules |= {} if rule is None else {rule.name: rule}
    if problems:
        raise PacksRefused(sorted(set(problems)))
    return Indicators(packs, indicators, rules)


def _registers(registers: Mapping[str, Register]) -> Iterator[PackProblem]:
    """What is wrong with registers as views."""
    for register in registers.values():
        base = register.name.removesuffix(HISTORY)
        if register.name in TAKEN or (base != register.name and base in registers):
            yield PackProblem(
                register.file, 1, f"台账不能叫“{register.name}”", f"a register cannot be called “{register.name}”"
            )
        seen: set[str] = set()
        for field in register.fields:
            for name, _kind in columns_of(field):
                if name in seen:
                    zh, en = f"数据湖中的列“{name}”重复", f"the lake's column “{name}” comes twice"
                    yield PackProblem(register.file, field.line, zh, en)
                seen.add(name)


def _taken(file: Path, known: Mapping[str, Indicator | Rule]) -> list[PackProblem]:
    if not re.fullmatch(NAME, file.stem):
        zh = f"文件名“{file.stem}”只能用小写字母、数字和下划线"
        return [PackProblem(file, 1, zh, f"the file's name “{file.stem}” is no plain name")]
    if file.stem in known:
        there = known[file.stem].file
        return [PackProblem(file, 1, f"“{file.stem}”已在 {there}", f"there is a “{file.stem}” in {there}")]
    return []


def _indicator(
    file: Path, pack: str, views: Mapping[str, View], registers: Mapping[str, Register]
) -> tuple[Indicator | None, Sequence[PackProblem]]:
    read = _read(file, False, SUBJECT_VALUE, views, registers)
    if not isinstance(read, _Read):
        return None, read
    found = indicator_of(read.header, file, pack, read.text, read.query, read.sha, registers)
    return found, read.problems.found


def _rule(
    file: Path, pack: str, views: Mapping[str, View], registers: Mapping[str, Register]
) -> tuple[Rule | None, Sequence[PackProblem]]:
    read = _read(file, True, FINDING, views, registers)
    if not isinstance(read, _Read):
        return None, read
    found = rule_of(read.header, file, pack, read.text, read.query, read.sha, registers)
    return found, read.problems.found


@dataclass(frozen=True, slots=True)
class _Read:
    """One file: its text, its header, its query."""

    text: str
    header: Header
    query: Query
    sha: str
    problems: Problems


def _read(
    file: Path, rule: bool, results: Sequence[str], views: Mapping[str, View], registers: Mapping[str, Register]
) -> _Read | list[PackProblem]:
    problems = Problems(file)
    text = text_of(file, problems)
    if text is None:
        return list(problems.found)
    header = header_of(text, rule, problems)
    query = checked(text, views, results, problems)
    return _Read(text, header, query, _sha(query, registers), problems)


def _sha(query: Query, registers: Mapping[str, Register]) -> str:
    """A digest of the query and of how the registers that it reads are declared."""
    if query is NOTHING:
        return ""
    found = hashlib.sha256(query.text.encode())
    for register in reads_of(query, registers):
        declared = [(field.name, field.type, field.was) for field in register.fields]
        found.update(repr((register.name, register.kind, register.version, declared)).encode())
    return found.hexdigest()
