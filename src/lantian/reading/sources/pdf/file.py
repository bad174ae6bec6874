"""Opening a PDF with PDFium: refusals that name their reason, one document at a time (PDFium is not thread-safe)."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from lantian.reading import guard
from lantian.reading.errors import ReadingError

# The bare bindings: the helper package around them doubles the start-up time and is not used.
raw: Any = import_module("pypdfium2_raw")

_lock = threading.RLock()
_TAIL = 4096  # the end mark must stand in the last bytes (ISO 32000-1, 7.5.5)


@cache
def prototype(name: str, result: Any, *arguments: Any) -> Any:
    """The PDFium function ``name`` with plain C types, which ctypes calls faster than typed pointers."""
    address = ctypes.cast(getattr(raw, name), ctypes.c_void_p).value
    return ctypes.PYFUNCTYPE(result, *arguments)(address or 0)


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The PDFium document of ``path``, closed at the end.

    Raises :class:`ReadingError` for files that are encrypted, cut short, broken, empty or longer than the limit.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ReadingError(
            f"无法打开文件：{path.name}（{error.strerror}）", f"cannot open {path.name}: {error.strerror}"
        ) from error
    if b"%PDF-" not in data[:1024]:
        raise ReadingError(
            f"{path.name} 不是 PDF 文件（缺少文件头 %PDF）", f"{path.name} is not a PDF (no %PDF header)"
        )
    with _lock:
        raw.FPDF_InitLibrary()
        document = raw.FPDF_LoadMemDocument64(data, len(data), None)
        if not document:
            raise _refusal(path.name, raw.FPDF_GetLastError(), data)
        try:
            if b"%%EOF" not in data[-_TAIL:]:
                raise _cut_short(path.name)
            _check(document, path.name)
            yield document
        finally:
            raw.FPDF_CloseDocument(document)


@contextmanager
def loaded(document: Any, index: int, name: str) -> Iterator[Any]:
    """Page ``index`` (from 0) of an open document; :class:`ReadingError` where the page itself is broken."""
    page = raw.FPDF_LoadPage(document, index)
    if not page:
        raise ReadingError(f"{name} 第 {index + 1} 页已损坏，无法读取", f"page {index + 1} of {name} is broken")
    try:
        yield page
    finally:
        raw.FPDF_ClosePage(page)


def _refusal(name: str, code: int, data: bytes) -> ReadingError:
    if code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
        return ReadingError(
            f"{name} 已加密，需要密码；请提供未加密的文件", f"{name} is encrypted with a password; give an open copy"
        )
    if b"%%EOF" not in data[-_TAIL:]:
        return _cut_short(name)
    return ReadingError(f"{name} 已损坏，不是可读取的 PDF", f"{name} is broken and cannot be read as a PDF")


def _cut_short(name: str) -> ReadingError:
    return ReadingError(
        f"{name} 不完整（缺少结束标记，可能未下载完）", f"{name} is cut short (no end mark; perhaps a broken download)"
    )


def _check(document: Any, name: str) -> None:
    if raw.FPDF_GetFormType(document) == raw.FORMTYPE_XFA_FULL:
        raise ReadingError(
            f"{name} 是 XFA 动态表单，没有可读取的页面；请另存为普通 PDF",
            f"{name} is a dynamic XFA form without readable pages; save it as a plain PDF",
        )
    pages, limit = raw.FPDF_GetPageCount(document), guard.LIMITS.pages
    if pages == 0:
        raise ReadingError(f"{name} 没有页面", f"{name} has no pages")
    if pages > limit:
        raise ReadingError(
            f"{name} 有 {pages} 页，超过 {limit} 页的上限", f"{name} has {pages} pages; the limit is {limit}"
        )
