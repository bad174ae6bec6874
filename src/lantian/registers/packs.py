"""Packs as they lie on disk: folders of YAML and SQL, ours and the users' own."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lantian.registers.declared import Label, Pack, Register
from lantian.registers.errors import PackProblem, PacksRefused
from lantian.registers.marked import Mapped, Problems, read
from lantian.registers.reading import NAME, register_of

SHIPPED = Path(__file__).resolve().parents[1] / "packs"
# What a pack holds: folder → the ending of the files that are read.
_PARTS = {"registers": ".yaml", "indicators": ".sql", "rules": ".sql"}
_ENDINGS = (".yaml", ".yml", ".sql")


@dataclass(frozen=True, slots=True)
class Packs:
    """Every pack that was found, by its name; registers have names of their own across all packs."""

    packs: tuple[Pack, ...]

    @property
    def registers(self) -> dict[str, Register]:
        """Every register by its name."""
        return {item.name: item for pack in self.packs for item in pack.registers}

    def pack(self, name: str) -> Pack:
        """The pack of a name. KeyError: there is none."""
        for item in self.packs:
            if item.name == name:
                return item
        raise KeyError(name)


def load(*folders: str | Path, without: Collection[Path] = ()) -> Packs:
    """Read the packs of the folders (default: those that are shipped). PacksRefused: with every problem of every file.

    A pack is a folder with a ``pack.yaml``; its registers are ``registers/*.yaml``, its indicators and rules the
    ``*.sql`` of ``indicators/`` and ``rules/``, which `lantian.indicators` reads. Declarations that nobody
    would read where they stand are problems. Packs ``without`` are left out.
    """
    packs: list[Pack] = []
    problems: list[PackProblem] = []
    out = frozenset(without)
    for folder in [Path(item) for item in folders] or [SHIPPED]:
        if not folder.is_dir():
            problems.append(PackProblem(folder, 1, "没有这个文件夹", "there is no such folder"))
            continue
        problems.extend(item for item in _unread(folder) if out.isdisjoint([item.file, *item.file.parents]))
        for file in sorted(folder.glob("*/pack.yaml")):
            if file.parent in out:
                continue
            pack, wrong = read(file, partial(_pack, file.parent))
            problems.extend(wrong)
            if pack is not None:
                own, wrong = _registers(pack)
                problems.extend(wrong)
                packs.append(own)
    problems.extend(_across(packs))
    if problems:
        raise PacksRefused(sorted(problems))
    return Packs(tuple(packs))


def _unread(folder: Path) -> Iterator[PackProblem]:
    """Declarations that stand where nobody reads them: left out in silence they would look as if they were checked."""
    own = folder / "pack.yaml"
    if own.is_file():
        zh, en = "这是业务包本身，请给出它所在的文件夹", "this is a pack itself: name the folder that holds it"
        yield PackProblem(own, 1, zh, en)
        return
    for pack in sorted(item for item in folder.iterdir() if item.is_dir()):
        if not (pack / "pack.yaml").is_file():
            if any((pack / part).is_dir() for part in _PARTS):
                yield PackProblem(pack / "pack.yaml", 1, "业务包缺少这个文件", "the pack lacks this file")
            continue
        for file in sorted(item for item in pack.rglob("*") if item.suffix.lower() in _ENDINGS and item.is_file()):
            place = file.relative_to(pack).parts
            if place == ("pack.yaml",) or (len(place) == 2 and file.suffix == _PARTS.get(place[0])):
                continue
            yield PackProblem(
                file,
                1,
                "此处的文件不会被读取：应为 registers/*.yaml、indicators/*.sql、rules/*.sql",
                "nobody reads a file here: there are registers/*.yaml, indicators/*.sql and rules/*.sql",
            )


def _pack(folder: Path, found: Mapped) -> Pack:
    if not re.fullmatch(NAME, folder.name):
        found.wrong(
            f"文件夹名“{folder.name}”只能用小写字母、数字和下划线", f"the folder “{folder.name}” is no plain name"
        )
    nothing = Label("", "")
    return Pack(
        folder.name,
        found.label("label") or nothing,
        found.label("describes") or nothing,
        found.texts("serves"),
        folder,
        indicators=tuple(sorted((folder / "indicators").glob("*.sql"))),
        rules=tuple(sorted((folder / "rules").glob("*.sql"))),
    )


def _registers(pack: Pack) -> tuple[Pack, list[PackProblem]]:
    problems: list[PackProblem] = []
    found = []
    for file in sorted((pack.folder / "registers").glob("*.yaml")):
        register, wrong = read(file, partial(register_of, file, pack.name))
        problems.extend(wrong)
        if register is not None:
            found.append(register)
    return Pack(**{**_fields(pack), "registers": tuple(found)}), problems  # type: ignore[arg-type]


def _fields(pack: Pack) -> dict[str, object]:
    return {name: getattr(pack, name) for name in Pack.__slots__}


def _across(packs: Sequence[Pack]) -> Iterator[PackProblem]:
    """What can only be wrong between files: names taken twice, references into nowhere."""
    taken: dict[str, Path] = {}
    for kind, file in ((pack.name, pack.folder / "pack.yaml") for pack in packs):
        if kind in taken:
            yield PackProblem(
                file, 1, f"业务包“{kind}”已在 {taken[kind]}", f"there is a pack “{kind}” in {taken[kind]}"
            )
        taken.setdefault(kind, file)
    registers = [item for pack in packs for item in pack.registers]
    homes: dict[str, Path] = {}
    for item in registers:
        if item.name in homes:
            zh, en = f"台账“{item.name}”已在 {homes[item.name]}", f"the register “{item.name}” is in {homes[item.name]}"
            yield PackProblem(item.file, 1, zh, en)
        homes.setdefault(item.name, item.file)
    for item in registers:
        for field in item.fields:
            if field.type == "ref" and field.of not in homes:
                problems = Problems(item.file)
                problems.add(field.line, f"没有台账“{field.of}”", f"there is no register “{field.of}”")
                yield from problems.found
