"""One writer per lake: an advisory lock of the operating system, which a killed process cannot leave behind."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lantian.lake.errors import LakeError

_PAUSE = 0.02


@contextmanager
def writing(root: Path, wait: float) -> Iterator[None]:
    """Hold the lake's lock, waiting at most ``wait`` seconds for another writer.

    LakeError: the folder cannot be written, or another process keeps on writing.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        handle = os.open(root / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise cannot_write(root, error) from error
    try:
        _take(handle, root, wait)
        yield
    finally:
        os.close(handle)


def cannot_write(root: Path, error: Exception) -> LakeError:
    """The sentence for a folder or a disk that does not take what is written."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error).split("\n")[0]
    return LakeError(f"{root}：数据湖无法写入（{reason}）", f"{root}: the lake cannot be written ({reason})")


def failures() -> tuple[type[Exception], ...]:
    """What writing raises when the folder or the disk gives up."""
    from deltalake.exceptions import DeltaError

    return (OSError, DeltaError)


def _take(handle: int, root: Path, wait: float) -> None:
    import fcntl

    until = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= until:
                raise LakeError(
                    f"{root}：另一个进程正在写入该数据湖", f"{root}: another process is writing to this lake"
                ) from None
            time.sleep(_PAUSE)
