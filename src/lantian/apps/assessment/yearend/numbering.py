"""Numbers and names of evidence in the pack: 1-1-01_名称.ext, safe on every system. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

# What Windows, ZIP readers or shells take for something else, and marks that turn the reading direction.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f\\/:*?"<>|`$;&\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+')
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)$")
_LONGEST, _ENDING = 60, 10


@dataclass(frozen=True, slots=True)
class Piece:
    """One file before it is numbered: the row it belongs to (``n``, ``seq``), in the order in which it is packed."""

    key: str
    n: int
    seq: int | None
    name: str


def safe(name: str, longest: int = _LONGEST) -> str:
    """A name without anything that is no letter, number or plain mark; never empty, never a device of Windows."""
    clean = _UNSAFE.sub("", unicodedata.normalize("NFC", name)).strip(" .")[:longest].strip(" .")
    return f"_{clean}" if _RESERVED.match(clean) else clean or "材料"


def file_name(number: str, name: str) -> str:
    """``1-1-01_名称.ext``: number, the unit's own name for the file, its ending in lower case."""
    path = PurePosixPath(name.replace("\\", "/").replace("\x00", "")).name
    stem, dot, ending = path.rpartition(".")
    tail = re.sub(r"[^a-z0-9]", "", ending.lower())[:_ENDING] if dot and stem else ""
    return f"{number}_{safe(stem if tail else path)}" + (f".{tail}" if tail else "")


def numbered(pieces: Iterable[Piece], rows: Iterable[tuple[int, int | None]]) -> Iterator[tuple[Piece, str]]:
    """Each piece with its number: 序号, place of the row within the 序号, place of the file within the row.

    ``rows`` are all rows of the plan (n, seq) in print order. A row without 序号 counts by its own number; one whose
    序号 comes again in another section goes on counting there, so no number stands twice.
    """
    within: Counter[int] = Counter()
    places: dict[int, tuple[int, int]] = {}
    for n, seq in rows:
        item = n if seq is None else seq
        within[item] += 1
        places[n] = (item, within[item])
    files: Counter[int] = Counter()
    for piece in pieces:
        files[piece.n] += 1
        item, place = places[piece.n]
        yield piece, f"{item}-{place}-{files[piece.n]:02d}"
