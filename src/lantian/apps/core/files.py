"""Files by their SHA-256 in the data folder."""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import transaction

from lantian.apps.core import audit
from lantian.apps.core.models import StoredFile, User

# First bytes of the kinds of file that plans come in; what is none of these is told by its name.
_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
_BY_NAME = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".htm": "text/html",
    ".html": "text/html",
    ".txt": "text/plain",
}


class TooLargeError(Exception):
    """More bytes than an installation takes (LANTIAN_UPLOAD_MB); ``limit`` is in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


def store(user: User | None, name: str, chunks: Iterable[bytes]) -> StoredFile:
    """Keep the bytes under their SHA-256 and return the row, the older one if we had them already.

    The content is on disk, whole and synced, before the row says so. Raises :class:`TooLargeError`.
    """
    folder = Path(settings.LANTIAN_DATA) / "files"
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"incoming-{secrets.token_hex(8)}"
    digest, size, head = hashlib.sha256(), 0, b""
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            for chunk in chunks:
                size += len(chunk)
                if size > settings.LANTIAN_UPLOAD_BYTES:
                    raise TooLargeError(settings.LANTIAN_UPLOAD_BYTES)
                head = head or bytes(chunk[:16])
                digest.update(chunk)
                stream.write(chunk)
            stream.flush()
            os.fsync(stream.fileno())
        sha256 = digest.hexdigest()
        place = folder / sha256[:2] / sha256
        place.parent.mkdir(exist_ok=True)
        os.replace(draft, place)
    finally:
        draft.unlink(missing_ok=True)
    short = short_name(name)
    with transaction.atomic():
        row, new = StoredFile.objects.get_or_create(
            sha256=sha256,
            defaults={"name": short, "size": size, "media_type": media_type(short, head), "created_by": user},
        )
        if new:
            audit.record(user, "file.store", row, after={"name": row.name, "sha256": sha256, "size": size})
    return row


def store_path(user: User | None, name: str, path: Path) -> StoredFile:
    """:func:`store` of a file on disk."""
    with path.open("rb") as stream:
        return store(user, name, iter(lambda: stream.read(2**20), b""))


@contextmanager
def unpacked(name: str, chunks: Iterable[bytes]) -> Iterator[Path]:
    """What somebody uploads as a temporary file, to be looked at in a guarded worker before anything is stored.

    The path keeps only the ending of ``name``. Leaves nothing behind. Raises :class:`TooLargeError`.
    """
    with tempfile.TemporaryDirectory(prefix="lantian-") as folder:
        path = Path(folder) / f"file{Path(short_name(name)).suffix.lower()[:10]}"
        size = 0
        with path.open("wb") as stream:
            for chunk in chunks:
                size += len(chunk)
                if size > settings.LANTIAN_UPLOAD_BYTES:
                    raise TooLargeError(settings.LANTIAN_UPLOAD_BYTES)
                stream.write(chunk)
        yield path


def short_name(name: str) -> str:
    """A file's name as somebody gave it, without folders and NUL characters; ``file`` where nothing is left."""
    short = Path(name.replace("\\", "/").replace("\0", "")).name[-255:]
    return short if short.strip(". ") else "file"


def media_type(name: str, head: bytes) -> str:
    """The kind of file by its first bytes, else by the end of its name."""
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    return _BY_NAME.get(Path(name).suffix.lower(), "application/octet-stream")
