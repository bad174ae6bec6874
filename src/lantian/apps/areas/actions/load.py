"""Loading a directory from a folder of CSV files: the one that ships with us, or a city's own."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.db import transaction

from lantian.apps.areas.incoming import DirectoryError, Incoming, read_folder, sheets
from lantian.apps.core import audit
from lantian.apps.core.models import AuditEvent, User

DATA = Path(__file__).parent.parent / "data"
LOAD = "areas.load"


def shipped(name: str) -> Path:
    """The folder of a directory that ships with us (``beijing``), else the folder of that path."""
    return DATA / name if (DATA / name).is_dir() else Path(name)


def load_if_changed(folder: Path) -> bool:
    """Load a folder unless these very files were the last that were loaded under its name; says whether it did."""
    digest = _digest(folder)
    last = AuditEvent.objects.filter(action=LOAD, after__folder=folder.name).order_by("-id").first()
    if last is not None and last.after and last.after.get("sha256") == digest:
        return False
    load_areas(None, folder)
    return True


@transaction.atomic
def load_areas(user: User | None, folder: Path) -> dict[str, int]:
    """Load ``areas.csv``, ``units.csv``, ``aliases.csv`` and, if there is one, ``collectives.csv`` of a folder.

    ``area`` of a unit, alias or rule is an area code, or ``each:KIND`` for one in every open area of that kind, with
    ``{area}`` and ``{parent}`` in the names standing for the names of the area and of the one above. What is there
    already is brought up to date, except where people edited it. Nothing is deleted: an area or unit that is gone
    gets its ``closed`` date. Returns how many rows of each there are; raises DirectoryError, and then nothing was
    loaded.
    """
    incoming = Incoming(read_folder(folder), reach=None, keep_edits=True)
    if incoming.problems:
        raise incoming.problems[0].as_error()
    incoming.save(user)
    counts = incoming.counts()
    audit.record(user, LOAD, after={"folder": folder.name, "sha256": _digest(folder), **counts})
    return counts


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for name, sheet in sheets().items():
        path = folder / f"{name}.csv"
        if sheet.optional and not path.is_file():
            continue
        try:
            digest.update(path.read_bytes())
        except OSError as error:
            raise DirectoryError(f"{path}：无法读取", f"{error.filename}: {error.strerror}") from None
    return digest.hexdigest()
