"""What a file is, by its content, and the encodings of text."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.reading.errors import ReadingError
from lantian.reading.guard import LIMITS
from lantian.reading.sources import detect
from lantian.reading.sources.detect import decode, sniff

CHINESE = "序号\t重点任务\t工作措施\n1\t扬尘管控\t各街道每月开展一次裸地排查，年底前完成整改。\n"
TRADITIONAL = "序號\t重點任務\t工作措施\n1\t揚塵管控\t各街道每月開展一次裸地排查，年底前完成整改。\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def zipped(*names: str, **contents: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, contents.get(name, "x"))
    return buffer.getvalue()


def ole(*streams: str) -> bytes:
    return OLE + b"".join(stream.encode("utf-16-le") + bytes(20) for stream in streams)


KINDS = {
    "docx": zipped("[Content_Types].xml", "word/document2.xml"),
    "xlsx": zipped("[Content_Types].xml", "xl/workbook.xml"),
    "odt": zipped("mimetype", "content.xml", mimetype="application/vnd.oasis.opendocument.text"),
    "ods": zipped("mimetype", "content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet"),
    "pdf": b"\n%PDF-1.7\n",
    "doc": ole("Root Entry", "WordDocument"),
    "xls": ole("Root Entry", "Workbook"),
    "wps": ole("Root Entry", "MatOST"),
    "rtf": b"{\\rtf1\\ansi plan}",
    "html": b"\xef\xbb\xbf<!-- saved -->\n<!DOCTYPE html><html><body>x</body></html>",
    "text": CHINESE.encode(),
    "image": b"\x89PNG\r\n\x1a\n" + bytes(40),
}


def named(value: object) -> str:
    """A test's name must not hold bytes: a zip carries the time, and two workers would collect different tests."""
    return value if isinstance(value, str) else "content"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("suffix", [".bin", ".docx", ".txt"])
def test_the_content_tells_the_kind_and_the_name_does_not(kind: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"plan{suffix}"
    path.write_bytes(KINDS[kind])
    assert sniff(path) == kind


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xd8\xff\xe0" + bytes(20), "image"),
        (b"MM\0*" + bytes(20), "image"),
        (b"BM\x46\0\0\0\0\0\0\0" + bytes(20), "image"),
        (b"<table><tr><td>1</td></tr></table>", "html"),
        ("<?xml version='1.0' encoding='gb2312'?><html><p>计划</p></html>".encode("gb18030"), "html"),
        ("保存的网页\n<html><body>计划</body></html>".encode(), "html"),
        ("1\t完成 <b>一、目标</b> PM<sub>2.5</sub>\n".encode(), "text"),
        ("BM 城区计划".encode(), "text"),
        (CHINESE.encode("gb18030"), "text"),
        (CHINESE.encode("utf-16"), "text"),
        ("a < b，落实措施".encode(), "text"),
    ],
    ids=named,
)
def test_kinds_that_look_like_others(content: bytes, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "plan"
    path.write_bytes(content)
    assert sniff(path) == kind


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的|empty"),
        (b" \n\t\n", "没有文字|no text"),
        (b"MZ\x90\0" + bytes(100), "Windows"),
        (b"\x7fELF" + bytes(100), "Linux"),
        (b"Rar!\x1a\x07\0", "RAR"),
        (bytes(range(256)) * 4, "不认识|unknown"),
        (ole("EncryptedPackage"), "密码|password"),
        (ole("PowerPoint Document"), "PowerPoint"),
        (ole("Nothing"), "OLE"),
        (zipped("OFD.xml", "Doc_0/Document.xml"), "OFD"),
        (zipped("a.docx", "b.docx"), "压缩包|archive"),
        (zipped("[Content_Types].xml", "ppt/presentation.xml"), "PowerPoint"),
        (KINDS["docx"][:60], "损坏|damaged"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related;\n", "MHT"),
        (b"<?xml version='1.0'?><?mso-application progid='Word.Document'?><w/>", "2003"),
    ],
    ids=named,
)
def test_what_is_not_read_is_refused_by_name(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.docx"
    path.write_bytes(content)
    with pytest.raises(ReadingError, match=words) as refusal:
        sniff(path)
    assert "plan.docx" in refusal.value.zh
    assert "plan.docx" in refusal.value.en


def test_missing_files_folders_and_large_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match=r"找不到|no such"):
        sniff(tmp_path / "none.pdf")
    with pytest.raises(ReadingError, match=r"文件夹|folder"):
        sniff(tmp_path)
    path = tmp_path / "large.pdf"
    with path.open("wb") as handle:
        handle.truncate(LIMITS.file_bytes + 1)
    with pytest.raises(ReadingError, match="64 MB"):
        sniff(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030"])
def test_chinese_text_in_its_encodings(encoding: str) -> None:
    assert decode(CHINESE.encode(encoding)) == CHINESE


def test_big5_is_told_from_gbk() -> None:
    assert decode(TRADITIONAL.encode("big5")) == TRADITIONAL
    assert decode(TRADITIONAL.encode("gb18030")) == TRADITIONAL


def test_a_broken_byte_does_not_make_the_rest_unreadable() -> None:
    data = bytearray((CHINESE * 20).encode())
    data[50] = 0xFF
    text = decode(bytes(data))
    assert "\ufffd" in text
    assert text.endswith(CHINESE)


@given(st.binary(max_size=400))
def test_bytes_are_text_or_refused(data: bytes) -> None:
    with suppress(ReadingError):
        assert "\0" not in decode(data)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_utf8_comes_back(text: str) -> None:
    assert decode(text.encode()) == text.removeprefix("\ufeff")


def test_the_table_of_magic_numbers_names_every_kind() -> None:
    for magic, offset, kind, zh, en in detect._magic():
        assert magic
        assert offset >= 0
        assert kind in ("", "image", "rtf")
        assert zh
        assert en
