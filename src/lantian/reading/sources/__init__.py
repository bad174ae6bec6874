"""Source readers: each turns one kind of file into a :class:`~lantian.reading.layout.Document`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lantian.reading.layout import Document

_READERS = {
    "docx": "docx",
    "pdf": "pdf",
    "html": "html",
    "xlsx": "xlsx",
    "text": "text",
    "image": "scan",
    "legacy": "legacy",
}


def read(path: Path) -> Document:
    """Read any file by its content. The reader's libraries are imported here and not before."""
    from lantian.reading.sources.detect import sniff

    module = import_module(f"{__name__}.{_READERS.get(sniff(path), 'legacy')}")
    document: Document = module.read(path)
    return document
