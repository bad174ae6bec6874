"""Received bulletins (收到的通报): ranking tables and monthly figures that others publish, read into series and ranks.

Pure. ``read_received`` takes a DOCX, PDF, XLSX, HTML, CSV or text file (pasted text is a text file); what it finds is a
:class:`~lantian.reading.received.model.Received`. Nothing is guessed silently: docs/received.md lists every rule.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lantian.reading.layout import Document
    from lantian.reading.received.model import Received

__all__ = ["open_received", "read_received", "received_of"]


def read_received(path: str | PathLike[str]) -> Received:
    """Read a bulletin with figures or ranks of districts, streets or towns.

    :raises lantian.reading.errors.ReadingError: the file is refused, or holds no table of figures or ranks.
    """
    path = Path(path)
    return received_of(open_received(path), file=path.name)


def open_received(path: Path) -> Document:
    """The document as paragraphs and tables; a text file is split by its own delimiter, never by plan columns."""
    from lantian.reading.received.delimited import read_delimited
    from lantian.reading.sources import read
    from lantian.reading.sources.detect import sniff

    return read_delimited(path) if sniff(path) == "text" else read(path)


def received_of(document: Document, *, file: str = "") -> Received:
    """What a document publishes; raises ReadingError where no table holds figures or ranks."""
    from lantian.reading.received.bulletin import bulletin_of

    return bulletin_of(document, file=file)
