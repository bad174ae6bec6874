"""The packs that this installation has: those that are shipped, and those of its own folder (LANTIAN_PACKS).

The folder is looked at again every few seconds. What is right there counts at once; what somebody broke there takes no
page down: the last packs that were right stay in force, and :func:`problems` says what is wrong. A process that begins
with broken packs leaves those out (`lantian serve` does not begin with them at all).
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from time import monotonic

from django.conf import settings
from django.http import Http404

from lantian.indicators.packs import Indicators
from lantian.indicators.packs import load as load_queries
from lantian.registers import SHIPPED, PackProblem, Packs, PacksRefused, Register, load

log = logging.getLogger(__name__)

_LOOK = 5.0  # seconds between two looks at the folder
_Signature = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What is in force, what is wrong in the folder, the state of the folder that this is about, the next look."""

    known: Indicators
    problems: tuple[PackProblem, ...]
    signature: _Signature
    until: float


_shelves: dict[str, _Shelf] = {}
_lock = Lock()


def packs() -> Packs:
    """The packs in force. Raises PacksRefused only where what is shipped is broken."""
    return _shelf().known.packs


def indicators() -> Indicators:
    """The indicators and rules of the packs in force."""
    return _shelf().known


def problems() -> tuple[PackProblem, ...]:
    """What is wrong in the folder of own packs; empty: nothing."""
    return _shelf().problems


def registers() -> dict[str, Register]:
    """Every register by its name."""
    return packs().registers


def register(name: str) -> Register:
    """The register of a name. Raises Http404."""
    found = registers().get(name)
    if found is None:
        raise Http404
    return found


def forget() -> None:
    """Read everything again at the next call."""
    _shelves.clear()


def _shelf() -> _Shelf:
    own = str(settings.LANTIAN_PACKS)
    shelf = _shelves.get(own)
    if shelf is not None and monotonic() < shelf.until:
        return shelf
    with _lock:
        shelf = _shelves.get(own)
        if shelf is None or monotonic() >= shelf.until:
            shelf = _shelves[own] = _looked(Path(own), shelf)
    return shelf


def _looked(folder: Path, before: _Shelf | None) -> _Shelf:
    signature = _signature(folder)
    if before is not None and before.signature == signature:
        return replace(before, until=monotonic() + _LOOK)
    wrong: tuple[PackProblem, ...] = ()
    try:
        known = _load(folder)
    except PacksRefused as refused:
        wrong = refused.problems
        for problem in wrong:
            log.error("pack refused: %s", problem.says(chinese=False))
        known = before.known if before is not None else _rest(folder, wrong)
    return _Shelf(known, wrong, signature, monotonic() + _LOOK)


def _signature(folder: Path) -> _Signature:
    """Name, size and time of every file, by which a change is noticed."""
    found = []
    for file in sorted(folder.rglob("*")):
        try:
            facts = file.stat()
        except OSError:  # gone meanwhile, or a link into nowhere
            continue
        found.append((str(file), facts.st_size, facts.st_mtime_ns))
    return tuple(found)


def _load(folder: Path, without: Collection[Path] = ()) -> Indicators:
    own = (folder,) if folder.is_dir() else ()
    return load_queries(load(SHIPPED, *own, without=without))


def _rest(folder: Path, wrong: Collection[PackProblem]) -> Indicators:
    """What is right: own packs with a problem are left out, and those that refer to them."""
    out: set[Path] = set()
    while more := {folder / item.file.relative_to(folder).parts[0] for item in wrong if _below(folder, item)} - out:
        out |= more
        try:
            return _load(folder, out)
        except PacksRefused as refused:
            wrong = refused.problems
    return load_queries(load(SHIPPED))


def _below(folder: Path, problem: PackProblem) -> bool:
    return problem.file != folder and problem.file.is_relative_to(folder)
