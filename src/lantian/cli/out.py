"""Where a command's result goes. A file is whole or as it was before: whatever fails leaves nothing half-written."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_text(text: str, output: str | None) -> None:
    """Into the file ``output``, else to stdout; UTF-8 wherever it goes. Raises OSError."""
    if output:
        write_bytes(text.encode(), output)
    else:
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        sys.stdout.write(text)


@contextmanager
def whole(output: str | Path) -> Iterator[io.BytesIO]:
    """A stream whose bytes become the file ``output`` where the block ends well. Raises OSError."""
    stream = io.BytesIO()
    yield stream
    write_bytes(stream.getvalue(), output)


def write_bytes(data: bytes, output: str | Path) -> None:
    """Into a file beside ``output`` that then takes its place; a device or a pipe is written to. Raises OSError, which
    names ``output``."""
    path = Path(output)
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
            return
        _replaced(data, path.resolve())
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(output)) from error


def _replaced(data: bytes, path: Path) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        draft.write_bytes(data)
        if path.exists():
            shutil.copymode(path, draft)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
