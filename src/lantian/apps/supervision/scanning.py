"""Finding the QR code in a scan, in the guarded worker, where OpenCV is installed (extra ``ocr``). No Django here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lantian.reading.errors import ReadingError
from lantian.reading.guard import run_guarded

_PAGES = 3  # of a PDF: the signed sheet is on top
_MEMORY, _SECONDS = 2 * 2**30, 30


def code_in(path: Path) -> str:
    """The text of the QR code on the first pages; empty if there is none, or OpenCV is not installed."""
    try:
        return run_guarded(decode, path, memory=_MEMORY, cpu=_SECONDS, wall=_SECONDS)
    except ReadingError:
        return ""


def decode(path: Path) -> str:
    """What :func:`code_in` runs in the worker."""
    try:
        import cv2
    except ImportError:
        return ""
    detector = cv2.QRCodeDetector()
    pages = _pages(path) if path.suffix == ".pdf" else [cv2.imread(str(path))]
    for page in pages:
        if page is not None:
            text, _corners, _straight = detector.detectAndDecode(page)
            if text:
                return str(text)
    return ""


def _pages(path: Path) -> list[Any]:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    return [document[index].render(scale=2).to_numpy() for index in range(min(_PAGES, len(document)))]
