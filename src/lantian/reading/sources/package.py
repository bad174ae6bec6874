"""The zip container of DOCX and XLSX, opened with limits (Open Packaging Conventions, ECMA-376 part 2)."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from lantian.reading.errors import ReadingError
from lantian.reading.sources.limits import limit

if TYPE_CHECKING:
    from lxml.etree import _Element

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships",
     b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
)  # fmt: skip
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


class Package:
    """An open container. Parts are named as in the zip, without a leading slash; every refusal is a ReadingError."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._zip = self._open(path)
        self._names = {info.filename.lower(): info for info in self._zip.infolist()}
        self._unpacked = 0
        try:
            self._check_sizes()
        except ReadingError:
            self._zip.close()
            raise

    def __enter__(self) -> Package:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def part(self, name: str) -> bytes | None:
        """The bytes of an XML part in UTF-8 and the transitional namespaces, or None where there is no such part.

        Raises ReadingError for a damaged part, a part with a document type declaration (forbidden in a package), and
        when all parts read so far unpack to more than the limit.
        """
        info = self._names.get(name.lower())
        if info is None:
            return None
        return self._plain(self._unpack(info))

    def xml(self, name: str) -> _Element | None:
        """The root element of an XML part, parsed without entities, network or huge trees; None if it is missing."""
        from lxml import etree

        data = self.part(name)
        if data is None:
            return None
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
        )
        try:
            return etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            raise self.damaged() from error

    def rows(self, name: str, tags: tuple[str, ...]) -> Iterator[_Element]:
        """The elements ``tags`` of a large part one after another, each cleared when the next is asked for."""
        from lxml import etree

        data = self.part(name)
        if data is None:
            return
        try:
            for _, element in etree.iterparse(
                BytesIO(data), tag=tags, resolve_entities=False, no_network=True, huge_tree=False
            ):
                yield element
                element.clear()
                while (before := element.getprevious()) is not None and before.tag == element.tag:
                    element.getparent().remove(before)
        except etree.XMLSyntaxError as error:
            raise self.damaged() from error

    def related(self, source: str = "") -> list[tuple[str, str, str]]:
        """The relationships of a part (of the whole package: ""): id, kind (last word of the type), part name."""
        folder, name = posixpath.split(source)
        root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        if root is None:
            return []
        found: list[tuple[str, str, str]] = []
        for item in root.iter(_RELATIONSHIP):
            if item.get("TargetMode", "Internal") != "Internal":
                continue
            target = item.get("Target", "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found.append((item.get("Id", ""), item.get("Type", "").rsplit("/", 1)[-1], part))
        return found

    def main_part(self, usual: str) -> str:
        """The part that the package names as its document, else the usual name."""
        for _, kind, part in self.related():
            if kind == "officeDocument" and part.lower() in self._names:
                return part
        return usual

    def damaged(self) -> ReadingError:
        """The refusal of a container that cannot be unpacked or parsed."""
        return ReadingError(
            f"“{self._name}”已损坏或不完整，无法读取；请重新保存或重新上传。",
            f"{self._name} is damaged or incomplete; save or upload it again.",
        )

    def _open(self, path: Path) -> zipfile.ZipFile:
        with path.open("rb") as handle:
            start = handle.read(8)
            if start == _OLE:
                raise self._old_office(_ENCRYPTED in handle.read())
        try:
            return zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
            if start.startswith(b"PK"):
                raise self.damaged() from error
            raise ReadingError(
                f"“{self._name}”不是 Office 文件（DOCX、XLSX 应为 ZIP 格式）。",
                f"{self._name} is not an Office file (DOCX and XLSX are zip containers).",
            ) from error

    def _old_office(self, encrypted: bool) -> ReadingError:
        if encrypted:
            return ReadingError(
                f"“{self._name}”已加密；请去掉打开密码后再读取。",
                f"{self._name} is encrypted; remove its password and read it again.",
            )
        return ReadingError(
            f"“{self._name}”是旧版 Office 格式；请另存为 DOCX 或 XLSX，或改用 .doc、.xls 扩展名。",
            f"{self._name} is in the old Office format; save it as DOCX or XLSX, or name it .doc or .xls.",
        )

    def _check_sizes(self) -> None:
        infos = self._zip.infolist()
        if len(infos) > limit("parts") or sum(info.file_size for info in infos) > limit("unpacked_bytes"):
            raise self._too_large()
        for info in infos:
            if info.flag_bits & 0x1:
                raise self._old_office(encrypted=True)
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise self.damaged()
            packed = max(info.compress_size, 1)
            if info.file_size > limit("ratio_floor_bytes") and info.file_size > packed * limit("unpack_ratio"):
                raise self._too_large()

    def _too_large(self) -> ReadingError:
        megabytes = limit("unpacked_bytes") // 1024**2
        return ReadingError(
            f"“{self._name}”解压后过大（上限 {megabytes} MB）或压缩比异常，拒绝读取。",
            f"{self._name} unpacks to too much (limit {megabytes} MB) or is packed abnormally tight; refused.",
        )

    def _unpack(self, info: zipfile.ZipInfo) -> bytes:
        allowed = limit("unpacked_bytes") - self._unpacked
        try:
            with self._zip.open(info) as handle:
                data = handle.read(allowed + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
            raise self.damaged() from error
        self._unpacked += len(data)
        if len(data) > allowed:
            raise self._too_large()
        return data

    def _plain(self, data: bytes) -> bytes:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            try:
                data = _DECLARATION.sub("", data.decode("utf-16")).encode()
            except UnicodeError as error:
                raise self.damaged() from error
        if b"\0" in data[:8]:
            raise self.damaged()
        declared = _ENCODING.match(data.removeprefix(b"\xef\xbb\xbf"))
        # A package allows only UTF-8 and UTF-16; any other encoding could hide a DOCTYPE from the next test.
        if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
            raise self.damaged()
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            raise ReadingError(
                f"“{self._name}”内含文档类型声明（DTD），Office 文件不允许，拒绝读取。",
                f"{self._name} holds a document type declaration, which an Office file must not have; refused.",
            )
        if b"http://purl.oclc.org/ooxml/" in data[:8192]:
            for strict, transitional in _STRICT:
                data = data.replace(strict, transitional)
        return data
