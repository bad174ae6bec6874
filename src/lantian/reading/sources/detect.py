"""What a file is, told by its content and never by its name, and text bytes as text.

Refusals say what the file is instead and what to do about it.
"""

from __future__ import annotations

import re
import zipfile
from functools import cache
from pathlib import Path

from lantian.reading.errors import ReadingError
from lantian.reading.guard import LIMITS
from lantian.reading.lexicon import table

_HEAD = 1 << 16
_MAGIC_TABLE = "file_magic"
_HTML = re.compile(
    rb"(?:\s|<\?xml[^>]*\?>|<!--.*?-->)*<(?:!doctype\s+html|(?:html|head|body|meta|title|table|div|article|center|style|"
    rb"script|section|main|h[1-6]|p|span|font|ul|ol)[\s/>])",
    re.I | re.S,
)
_HTML_ROOT = re.compile(rb"<html[\s>]", re.I)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_EVERYDAY = re.compile(r"[\t\n\r -~、-】一-鿿！-～“”‘’—…·]")
_MIN_EVERYDAY = 0.95
_MAX_CONTROL, _MAX_BROKEN = 0.01, 0.002  # share of characters: control ones in text, unreadable ones in an encoding
_SAMPLE = 20_000  # characters that are judged


@cache
def _magic() -> tuple[tuple[bytes, int, str, str, str], ...]:
    return tuple(
        (bytes.fromhex(row["bytes"]), int(row["offset"]), row["kind"], row["zh"], row["en"])
        for row in table(_MAGIC_TABLE)
    )


def sniff(path: Path) -> str:
    """The kind of a file: docx, xlsx, pdf, html, text, image, doc, xls, wps, rtf, odt or ods.

    Raises :class:`ReadingError` for what is missing, empty, a folder, too large, encrypted, damaged or of no kind
    that is read; the sentence names it.
    """
    if not path.exists():
        raise ReadingError(f"{path}：找不到文件", f"{path}: no such file")
    if not path.is_file():
        raise ReadingError(f"{path}：不是文件（是文件夹或设备）", f"{path}: not a file but a folder or device")
    size = path.stat().st_size
    if size == 0:
        raise ReadingError(f"{path.name}：文件是空的（0 字节）", f"{path.name}: the file is empty (0 bytes)")
    if size > LIMITS.file_bytes:
        limit = LIMITS.file_bytes >> 20
        raise ReadingError(
            f"{path.name}：文件为 {size >> 20} MB，超过 {limit} MB 的上限",
            f"{path.name}: {size >> 20} MB, more than the limit of {limit} MB",
        )
    try:
        with path.open("rb") as handle:
            head = handle.read(_HEAD)
    except OSError as error:
        raise _refused(path, f"无法打开（{error.strerror}）", f"cannot be opened ({error.strerror})") from error
    return _kind(path, head)


def _kind(path: Path, head: bytes) -> str:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(path)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole_kind(path)
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head[:2] == b"BM" and head[6:10] == bytes(4):
        return "image"
    for magic, offset, kind, zh, en in _magic():
        if head[offset : offset + len(magic)] == magic:
            if kind:
                return kind
            raise _refused(path, zh, en)
    if head.lstrip()[:1] == b"<" and b"mso-application" in head[:1024]:
        raise _refused(
            path, "Office 2003 XML 文件，请另存为 DOCX 或 XLSX 后再读取", "Office 2003 XML; save it as DOCX or XLSX"
        )
    if head[:64].lower().startswith(b"mime-version:") or b"multipart/related" in head[:2048].lower():
        raise _refused(
            path, "网页归档文件（MHT），请另存为 HTML 或 DOCX 后再读取", "a web archive (MHT); save it as HTML or DOCX"
        )
    return _text_kind(path, head)


def _text_kind(path: Path, head: bytes) -> str:
    """html or text; a file whose bytes are in no text encoding is refused as unknown."""
    data = path.read_bytes() if len(head) == _HEAD else head
    text = decode(data, path.name)
    if not text.strip():
        raise ReadingError(f"{path.name}：文件中没有文字", f"{path.name}: no text in the file")
    start = text[:_HEAD].lstrip("\ufeff").encode()
    return "html" if _HTML.match(start) or (_HTML_ROOT.search(start[:4096]) and "</html" in text.lower()) else "text"


def _zip_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            encrypted = any(info.flag_bits & 1 for info in archive.infolist())
            mimetype = archive.read("mimetype")[:80] if "mimetype" in names and not encrypted else b""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise _refused(path, "文件已损坏或不完整（压缩包打不开）", "damaged or incomplete (a broken zip)") from error
    if encrypted:
        raise _refused(path, "文件已加密，请去除密码后再读取", "encrypted; remove the password first")
    parts = {name.split("/")[0].lower() for name in names if "/" in name}
    if "[Content_Types].xml" in names:
        for part, kind in (("word", "docx"), ("xl", "xlsx")):
            if part in parts:
                return kind
        if "ppt" in parts:
            raise _refused(
                path, "PowerPoint 演示文稿，不含可读取的计划表格，请导出为 PDF", "a PowerPoint file; export it as PDF"
            )
    for word, kind in ((b"opendocument.text", "odt"), (b"opendocument.spreadsheet", "ods")):
        if word in mimetype:
            return kind
    if "OFD.xml" in names:
        raise _refused(path, "OFD 版式文件暂不支持，请转换为 PDF 后再读取", "an OFD file; convert it to PDF first")
    raise _refused(path, "压缩包，请解压后逐个文件读取", "a zip archive; unpack it and read the files in it")


def _ole_kind(path: Path) -> str:
    """Kind of an OLE container by the names of its streams (UTF-16 in its directory)."""
    data = path.read_bytes()

    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        raise _refused(
            path,
            "Office 文件已加密（需要密码），请去除密码后再读取",
            "an encrypted Office file; remove its password first",
        )
    if holds("WordDocument"):
        return "doc"
    if holds("Workbook") or holds("Book"):
        return "xls"
    if holds("PowerPoint Document"):
        raise _refused(path, "PowerPoint 演示文稿，请导出为 PDF", "a PowerPoint file; export it as PDF")
    if holds("MatOST") or holds("CONTENTS"):
        return "wps"
    raise _refused(
        path, "不认识的 OLE 复合文档（不是 DOC、XLS 或 WPS）", "an unknown OLE file (neither DOC nor XLS nor WPS)"
    )


def _refused(path: Path, zh: str, en: str) -> ReadingError:
    return ReadingError(f"{path.name}：{zh}", f"{path.name}: {en}")


def decode(data: bytes, name: str = "") -> str:
    """Bytes of a text file as text: UTF-8, UTF-16, GB 18030 (GBK), at last Big5; byte order marks dropped.

    A few broken bytes become U+FFFD. Raises :class:`ReadingError` for bytes that are no text.
    """
    text = _decoded(data)
    if text is not None:
        sample = text[:_SAMPLE]
        if "\0" not in text and len(_CONTROL.findall(sample)) <= _MAX_CONTROL * len(sample) + 2:
            return text
    prefix_zh, prefix_en = (f"{name}：", f"{name}: ") if name else ("", "")
    raise ReadingError(
        f"{prefix_zh}不认识的文件内容（不是文本、DOCX、PDF、HTML、XLSX 或图像）",
        f"{prefix_en}unknown content (neither text nor DOCX, PDF, HTML, XLSX or an image)",
    )


def _decoded(data: bytes) -> str | None:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"),
                           (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):  # fmt: skip
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if b"\0" in data:
        wide = [data.decode(encoding, "replace") for encoding in ("utf-16-le", "utf-16-be")]
        likely = max(wide, key=_everyday)
        return likely if _everyday(likely) >= _MIN_EVERYDAY else None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    utf8 = _nearly(data, "utf-8")
    if utf8 is not None:
        return utf8
    found = [
        (text, _commonness(text, encoding)) for encoding in ("gb18030", "big5") if (text := _nearly(data, encoding))
    ]
    return max(found, key=lambda item: item[1])[0] if found else None


def _everyday(text: str) -> float:
    """Share of characters that a Chinese text is made of."""
    sample = text[:_SAMPLE]
    return len(_EVERYDAY.findall(sample)) / max(1, len(sample))


def _nearly(data: bytes, encoding: str) -> str | None:
    """Text in an encoding if all but a few characters are sound."""
    text = data.decode(encoding, "replace")
    foreign = sum(1 for char in text if char > "\x7f") or 1
    broken = text.count("\ufffd")
    if broken > 2 + _MAX_BROKEN * len(text) or broken * 5 > foreign:
        return None
    return text


def _commonness(text: str, encoding: str) -> float:
    """Share of the Chinese characters that stand in the encoding's first level, its common ones."""
    first, last = (0xB0, 0xD7) if encoding == "gb18030" else (0xA4, 0xC6)
    chinese = [char for char in text[:_SAMPLE] if char > "\u2fff" and not char.isspace()]
    common = 0
    for char in chinese:
        coded = char.encode(encoding, "ignore")
        common += len(coded) == 2 and first <= coded[0] <= last
    return common / len(chinese) if chinese else 0.0
