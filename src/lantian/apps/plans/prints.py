"""The print of a document, kept beside the file: its rows and lines as they stood, and pictures of its pages.

Both can be made again from the stored file at any time, so they live in ``derived/`` of the data folder, not in the
database, and are left out of backups.
"""

from __future__ import annotations

import json
import os
import secrets
import tempfile
import threading
from pathlib import Path

from django.conf import settings

from lantian.apps.core.models import StoredFile
from lantian.apps.plans import worker
from lantian.apps.plans.worker import WIDTH, Print

_rendering = threading.BoundedSemaphore(2)


def folder(stored: StoredFile) -> Path:
    """Where what was derived from a file lies."""
    return Path(settings.LANTIAN_DATA) / "derived" / stored.sha256[:2] / stored.sha256


def keep(stored: StoredFile, printed: Print) -> None:
    """Store the print of a file."""
    _write(folder(stored) / "print.json", json.dumps(printed, ensure_ascii=False).encode())


def load(stored: StoredFile) -> Print:
    """The print of a file; empty if it was never kept."""
    try:
        blocks: Print = json.loads((folder(stored) / "print.json").read_bytes())
    except FileNotFoundError:
        return []
    return blocks


def page_picture(stored: StoredFile, page: int) -> bytes:
    """The page as PNG, rendered once in a worker and then kept. Raises ReadingError."""
    from lantian.reading.guard import run_guarded

    place = folder(stored) / f"page-{page}-{WIDTH}.png"
    try:
        return place.read_bytes()
    except FileNotFoundError:
        pass
    render = worker.render_image if stored.media_type.startswith("image/") else worker.render_page
    with _rendering, tempfile.TemporaryDirectory(prefix="lantian-") as temporary:
        request = Path(temporary) / str(page)
        request.symlink_to(stored.path)
        picture = run_guarded(render, request)
    _write(place, picture)
    return picture


def _write(place: Path, content: bytes) -> None:
    """Write whole or not at all, also when two requests write the same file."""
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f"{place.name}.{secrets.token_hex(4)}")
    draft.write_bytes(content)
    os.replace(draft, place)


def has_pages(stored: StoredFile) -> bool:
    """Whether pictures of its pages can be shown."""
    return stored.media_type == "application/pdf" or stored.media_type.startswith("image/")
