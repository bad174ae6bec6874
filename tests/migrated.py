"""A SQLite database in which every migration has run, kept beside pytest's cache until one of them changes.

Running them takes ten seconds of the processor, for every process that starts with an empty database. The tests of
``lantian serve`` and ``tick`` still start from nothing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".pytest_cache"


@cache
def file() -> Path:
    """Where the database of these migrations is kept, if it is; its name says of which."""
    state = hashlib.sha256(f"{django.__version__} {sqlite3.sqlite_version}".encode())
    for path in sorted((ROOT / "src" / "lantian" / "apps").glob("*/migrations/*.py")):
        state.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return KEPT / f"migrated-{state.hexdigest()[:16]}.sqlite3"


@contextmanager
def filled(name: str) -> Iterator[None]:
    """The shared database ``name`` in memory holds the kept tables, where there are any, as long as this lasts."""
    with closing(sqlite3.connect(name, uri=True)) as memory:
        if file().exists():
            with closing(sqlite3.connect(file())) as kept:
                kept.backup(memory)
        yield


def keep(migrated: sqlite3.Connection) -> None:
    """Keep a database that was migrated just now, instead of those of other states."""
    if file().exists():
        return
    KEPT.mkdir(exist_ok=True)
    mine = file().with_suffix(f".{os.getpid()}")
    with closing(sqlite3.connect(mine)) as copy:
        migrated.backup(copy)
    for other in KEPT.glob("migrated-*.sqlite3"):
        other.unlink(missing_ok=True)
    mine.replace(file())


def place(data: Path) -> None:
    """Give the data folder of a site that is about to start the kept tables; without them it makes its own."""
    if file().exists():
        shutil.copyfile(file(), data / "lantian.sqlite3")
