"""Page images: PNG for showing where a measure was printed, grey arrays for text recognition."""

from __future__ import annotations

import ctypes
import struct
import zlib
from pathlib import Path
from typing import Any

from lantian.reading.errors import MissingExtra, ReadingError
from lantian.reading.sources.pdf.file import loaded, opened, raw
from lantian.reading.sources.pdf.limits import LIMITS

_RGB = 3


def render_page(path: Path, page: int, width: int = 1200) -> bytes:
    """Page ``page`` (from 1) as it is shown, as a PNG ``width`` pixels wide.

    Raises :class:`ReadingError` as :func:`pdf.read` does, and for a page that the document does not have.
    """
    with opened(path) as document:
        count = raw.FPDF_GetPageCount(document)
        if not 1 <= page <= count:
            raise ReadingError(
                f"{path.name} 共 {count} 页，没有第 {page} 页", f"{path.name} has {count} pages, no page {page}"
            )
        with loaded(document, page - 1, path.name) as handle:
            scale = min(width / raw.FPDF_GetPageWidthF(handle), _largest_scale(handle))
            data, columns, rows, stride = _pixels(handle, scale, _RGB)
    return _png(data, columns, rows, stride)


def grey_page(page: Any) -> Any:
    """A loaded page as a grey numpy array (rows × columns, uint8) at the resolution for recognition.

    Raises :class:`MissingExtra` without numpy (the ``ocr`` extra).
    """
    try:
        import numpy
    except ImportError as error:
        raise MissingExtra(
            "扫描页需要文字识别组件：请安装 lantian[ocr]", "scanned pages need text recognition: install lantian[ocr]"
        ) from error
    data, columns, rows, stride = _pixels(page, min(LIMITS["scan_dpi"] / 72, _largest_scale(page)), 1)
    return numpy.frombuffer(data, numpy.uint8).reshape(rows, stride)[:, :columns].copy()


def _largest_scale(page: Any) -> float:
    side = max(raw.FPDF_GetPageWidthF(page), raw.FPDF_GetPageHeightF(page), 1.0)
    return float(LIMITS["scan_side"] / side)


def _pixels(page: Any, scale: float, channels: int) -> tuple[bytes, int, int, int]:
    columns = max(1, round(raw.FPDF_GetPageWidthF(page) * scale))
    rows = max(1, round(raw.FPDF_GetPageHeightF(page) * scale))
    kind = raw.FPDFBitmap_BGR if channels == _RGB else raw.FPDFBitmap_Gray
    bitmap = raw.FPDFBitmap_CreateEx(columns, rows, kind, None, 0)
    try:
        raw.FPDFBitmap_FillRect(bitmap, 0, 0, columns, rows, 0xFFFFFFFF)
        flags = raw.FPDF_ANNOT | (raw.FPDF_REVERSE_BYTE_ORDER if channels == _RGB else raw.FPDF_GRAYSCALE)
        raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, columns, rows, 0, flags)
        stride = raw.FPDFBitmap_GetStride(bitmap)
        data = ctypes.string_at(raw.FPDFBitmap_GetBuffer(bitmap), stride * rows)
    finally:
        raw.FPDFBitmap_Destroy(bitmap)
    return data, columns, rows, stride


def _png(data: bytes, columns: int, rows: int, stride: int) -> bytes:
    """An RGB PNG (ISO/IEC 15948) of rows without filter."""
    width = columns * _RGB
    lines = b"".join(b"\0" + data[row * stride : row * stride + width] for row in range(rows))

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines, 6)) + chunk(b"IEND", b"")
