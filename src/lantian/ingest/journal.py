"""The journal: append-only segment files. What it has taken is durable, and stands at one position for ever.

A position is a byte count over all segments; a segment's file is named after the position of its first byte, so the
files need no index. One process writes (a lock says so), any may read. :class:`Journal` is what the gateway needs of
a store, so that a durable stream could take the place of the files.
"""

from __future__ import annotations

import fcntl
import os
import time
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import IO, Protocol

from lantian.ingest.records import Record, unpack

SEGMENT_BYTES = 64 << 20
SEGMENT_SECONDS = 24 * 3600
_SUFFIX = ".journal"
_CHUNK = 4 << 20


class JournalBusy(OSError):
    """Another gateway writes this journal."""


class Journal(Protocol):
    """A durable store of records in order of arrival."""

    @property
    def end(self) -> int:
        """The position behind the last durable record."""

    def append(self, records: list[bytes]) -> int:
        """Write records (:func:`records.pack`) and sync once; gives the new end. OSError: none of them is durable."""

    def prune(self, drained: int, keep_seconds: float) -> int:
        """Let go of what is in the lake (before ``drained``) and older than ``keep_seconds``; how much went."""

    def close(self) -> None:
        """Let the store go."""


class FileJournal:
    """Segment files in ``folder``. Opening cuts a torn tail (``cut`` says how many bytes) and takes the lock."""

    def __init__(self, folder: Path, *, segment_bytes: int = SEGMENT_BYTES) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.cut = 0
        self._limit = segment_bytes
        self._lock = locked(folder / "lock")
        self._file = -1
        self._base = self._end = 0
        self._opened = time.monotonic()
        found = segments(folder)
        if found:
            self._base, path = found[-1]
            self._end = _good_end(path, self._base)
            self.cut = path.stat().st_size - (self._end - self._base)
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND)
            if self.cut:
                os.ftruncate(self._file, self._end - self._base)
                os.fdatasync(self._file)

    @property
    def end(self) -> int:
        """The position behind the last durable record."""
        return self._end

    @property
    def size(self) -> int:
        """Bytes that all segments hold."""
        return sum(path.stat().st_size for _, path in segments(self.folder))

    def skip_to(self, position: int) -> None:
        """Begin at ``position`` where the journal ends before it: the lake has seen that far, the files are gone."""
        if position > self._end:
            self._end = position
            self._close_file()

    def append(self, records: list[bytes]) -> int:
        """Write and sync. On OSError nothing of this call is durable, and the next call begins a fresh segment: after
        a failed sync the kernel may have thrown away what it could not write."""
        data = b"".join(records)
        try:
            if self._file < 0 or self._full():
                self._begin()
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(self._file, rest) :]
            os.fdatasync(self._file)
        except OSError:
            self._give_up()
            raise
        self._end += len(data)
        return self._end

    def prune(self, drained: int, keep_seconds: float) -> int:
        """Remove segments wholly before ``drained`` that were last written ``keep_seconds`` ago; their number."""
        found, gone = segments(self.folder), 0
        for (_, path), (following, _) in pairwise(found):
            if following <= drained and time.time() - path.stat().st_mtime > keep_seconds:
                path.unlink()
                gone += 1
        return gone

    def close(self) -> None:
        """Close the files and let the lock go."""
        self._close_file()
        self._lock.close()

    def _full(self) -> bool:
        used = self._end - self._base
        return used >= self._limit or (used > 0 and time.monotonic() - self._opened > SEGMENT_SECONDS)

    def _begin(self) -> None:
        self._close_file()
        path = self.folder / f"{self._end:020d}{_SUFFIX}"
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_TRUNC, 0o640)
        self._base, self._opened = self._end, time.monotonic()
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)  # the file's name must be as durable as what stands in it
        finally:
            os.close(folder)

    def _give_up(self) -> None:
        """Cut what a failed write left behind; a reader would stop there in any case."""
        if self._file >= 0:
            with suppress(OSError):
                os.ftruncate(self._file, self._end - self._base)
        self._close_file()

    def _close_file(self) -> None:
        if self._file >= 0:
            with suppress(OSError):
                os.close(self._file)
            self._file = -1


def locked(path: Path, *, wait: float = 0.0) -> IO[bytes]:
    """An exclusive lock that ends with the process; raises JournalBusy where another holds it for ``wait`` seconds."""
    handle = path.open("ab")
    until = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                handle.close()
                raise JournalBusy(f"{path.parent}: another gateway is using this journal") from None
            time.sleep(0.05)
        else:
            return handle


def segments(folder: Path) -> list[tuple[int, Path]]:
    """The segments with the position of their first byte, in order."""
    return sorted((int(path.stem), path) for path in folder.glob(f"*{_SUFFIX}") if path.stem.isdigit())


def read(folder: Path, start: int, end: int) -> Iterator[Record]:
    """The records from position ``start`` (a record's beginning) to ``end`` (durable). Damage inside a segment ends
    that segment; the next is read from its beginning."""
    found = segments(folder)
    first = max(0, bisect_right([base for base, _ in found], start) - 1)
    for index in range(first, len(found)):
        base, path = found[index]
        stop = min(end, found[index + 1][0] if index + 1 < len(found) else end)
        if stop > max(base, start):
            yield from _segment(path, base, max(base, start), stop)


def tail(folder: Path, end: int, size: int) -> Iterator[Record]:
    """The records of the last segments, ``size`` bytes of them or a little more."""
    bases = [base for base, _ in segments(folder)]
    start = next((base for base in reversed(bases) if base <= end - size), bases[0] if bases else end)
    return (one for one in read(folder, start, end) if one.end > end - size)


def _segment(path: Path, base: int, start: int, stop: int) -> Iterator[Record]:
    with path.open("rb") as source:
        source.seek(start - base)
        data, at = b"", start
        while at + len(data) < stop:
            chunk = source.read(min(_CHUNK, stop - at - len(data)))
            if not chunk:
                return
            data += chunk
            reached = at
            for record in unpack(data, at):
                reached = record.end
                yield record
            data, at = data[reached - at :], reached
            if len(data) > 2 * _CHUNK:
                return  # damage: no record is that long


def _good_end(path: Path, base: int) -> int:
    end = base
    for record in _segment(path, base, base, base + path.stat().st_size):
        end = record.end
    return end
