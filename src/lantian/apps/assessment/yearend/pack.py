"""The evidence pack as a ZIP written piece by piece to a file: however large, it never stands in memory."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

_CHUNK = 1024 * 1024


class SpoiltError(Exception):
    """A stored file is gone or is not what was frozen; ``name`` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def write(
    target: Path, papers: Iterable[tuple[str, bytes]], files: Sequence[tuple[str, Path, str]],
    told: Callable[[int], None] = lambda _percent: None,
) -> tuple[str, int]:  # fmt: skip
    """Write the pack; returns its SHA-256 and size. It stands at ``target`` only once it is whole and synced.

    ``papers``: (name, content); ``files``: (name, place, SHA-256). Every file is checked while it is copied.

    :raises SpoiltError: a file is missing or changed; nothing is left behind.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".part")
    whole = sum(place.stat().st_size for _name, place, _digest in files if place.exists()) or 1
    done = 0
    try:
        with zipfile.ZipFile(draft, "w", allowZip64=True) as archive:
            for name, content in papers:
                archive.writestr(name, content, zipfile.ZIP_DEFLATED)
            for name, place, digest in files:
                done += _copy(archive, name, place, digest)
                told(min(99, 100 * done // whole))
        with draft.open("rb") as stream:
            os.fsync(stream.fileno())
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        length = draft.stat().st_size
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    return found, length


def _copy(archive: zipfile.ZipFile, name: str, place: Path, digest: str) -> int:
    """Copy one file into the pack, checked; returns its size."""
    count, found = 0, hashlib.sha256()
    try:
        source: Any = place.open("rb")
    except OSError:
        raise SpoiltError(name) from None
    with source, archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as sink:
        while chunk := source.read(_CHUNK):
            found.update(chunk)
            sink.write(chunk)
            count += len(chunk)
    if found.hexdigest() != digest:
        raise SpoiltError(name)
    return count
