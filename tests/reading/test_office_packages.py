"""What is refused before a word of an Office file is read, and that the refusal says why."""

from __future__ import annotations

import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantian.reading.errors import ReadingError
from lantian.reading.layout import Document
from lantian.reading.sources import docx, package, xlsx
from tests.conftest import examples

from .writers import NAMESPACES, OFFICE, RELATIONSHIPS, p, tbl, tc, tr, write_docx, write_zip

DOCUMENT = f"<w:document {NAMESPACES}><w:body>{p('目标')}</w:body></w:document>"
Reader = Callable[[Path], Document]


def refusal(read: Reader, path: Path) -> str:
    with pytest.raises(ReadingError) as refused:
        read(path)
    assert path.name in refused.value.zh
    assert path.name in refused.value.en
    return refused.value.en


def outcome(path: Path) -> str:
    """How reading ended: read, damaged, or refused otherwise; anything else is an error of the test."""
    try:
        docx.read(path)
    except ReadingError as refused:
        return "damaged" if "damaged" in refused.en else "refused"
    return "read"


@pytest.mark.parametrize("read", [docx.read, xlsx.read])
@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not an Office file"),
        (b"%PDF-1.7", "not an Office file"),
        (b"PK\x03\x04 and no more", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Office format"),
    ],
)
def test_files_that_are_no_package(tmp_path: Path, read: Reader, data: bytes, why: str) -> None:
    path = tmp_path / "计划.docx"
    path.write_bytes(data)
    assert why in refusal(read, path)


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (DOCUMENT.replace("<w:document", '<!DOCTYPE x [<!ENTITY a "b">]><w:document', 1), "document type"),
        (DOCUMENT.replace("<w:document", "<!-- --><!DOCTYPE x><w:document", 1).encode("utf-16"), "document type"),
        (DOCUMENT.replace("<w:document", "<!DOCTYPE x><w:document", 1).encode("utf-16-le"), "damaged"),
        ('<?xml version="1.0" encoding="UTF-7"?>' + DOCUMENT, "damaged"),
        (DOCUMENT[:-20], "damaged"),
        (f"<w:document {NAMESPACES}/>", "word/document.xml"),
        ("<html/>", "word/document.xml"),
    ],
)
def test_documents_that_are_refused(tmp_path: Path, document: str | bytes, why: str) -> None:
    assert why in refusal(docx.read, write_zip(tmp_path / "a.docx", {"word/document.xml": document}))


def test_utf_16_parts_are_read(tmp_path: Path) -> None:
    data = ('<?xml version="1.0" encoding="UTF-16"?>' + DOCUMENT).encode("utf-16")
    document = docx.read(write_zip(tmp_path / "a.docx", {"word/document.xml": data}))
    assert [paragraph.text for paragraph in document.paragraphs()] == ["目标"]


def test_the_document_may_stand_under_another_name(tmp_path: Path) -> None:
    relations = (
        f'<Relationships xmlns="{RELATIONSHIPS}"><Relationship Id="1" Type="{OFFICE}/officeDocument" '
        'Target="/word/document2.xml"/></Relationships>'
    )
    path = write_zip(tmp_path / "a.docx", {"_rels/.rels": relations, "word/document2.xml": DOCUMENT})
    assert [paragraph.text for paragraph in docx.read(path).paragraphs()] == ["目标"]


def test_a_workbook_is_no_document_and_the_other_way_round(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.docx", {"word/document.xml": DOCUMENT})
    assert "xl/workbook.xml" in refusal(xlsx.read, path)
    path = write_zip(tmp_path / "b.docx", {"xl/workbook.xml": "<x/>"})
    assert "word/document.xml" in refusal(docx.read, path)


def test_zip_bombs_are_refused_unread(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.docx", {"word/document.xml": b"<a>" + b" " * 9_000_000 + b"</a>"})
    assert "unpacks to too much" in refusal(docx.read, path)


def test_the_limit_counts_what_is_really_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_docx(tmp_path / "a.docx", p("目标" * 3000), {"styles": ""})
    small = {"unpacked_bytes": 4000}
    monkeypatch.setattr(package, "limit", lambda name: small.get(name, 10**9))
    assert "unpacks to too much" in refusal(docx.read, path)
    monkeypatch.setattr(package.Package, "_check_sizes", lambda _: None)
    assert "unpacks to too much" in refusal(docx.read, path)


def test_parts_under_a_password_are_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.docx", {"word/document.xml": DOCUMENT})
    data = bytearray(path.read_bytes())
    central = data.rindex(b"PK\x01\x02")
    struct.pack_into("<H", data, central + 8, 1)
    path.write_bytes(data)
    assert "encrypted" in refusal(docx.read, path)


def test_deep_nesting_is_read_or_refused(tmp_path: Path) -> None:
    body = p("底")
    for _ in range(80):
        body = tbl(tr(tc(body + p()), tc(p())))
    path = write_docx(tmp_path / "a.docx", body)
    assert outcome(path) in ("read", "damaged")
    bomb = write_docx(tmp_path / "b.docx", "<w:smartTag>" * 3000 + "</w:smartTag>" * 3000)
    assert "damaged" in refusal(docx.read, bomb)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), cut=st.booleans())
def test_damaged_packages_are_read_or_refused(tmp_path: Path, seed: int, cut: bool) -> None:
    path = write_docx(tmp_path / "a.docx", p("一、目标") + tbl(tr(tc(p("a")), tc(p("b")))), {"numbering": ""})
    chance = random.Random(seed)  # noqa: S311
    data = bytearray(path.read_bytes())
    if cut:
        del data[chance.randrange(len(data)) :]
    else:
        for _ in range(3):
            data[chance.randrange(len(data))] = chance.randrange(256)
    path.write_bytes(data)
    assert outcome(path) in ("read", "damaged", "refused")


def test_the_package_is_closed_after_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str | None] = []
    close = zipfile.ZipFile.close

    def note(self: zipfile.ZipFile) -> None:
        closed.append(self.filename)
        close(self)

    path = write_docx(tmp_path / "a.docx", p("目标"))
    monkeypatch.setattr(zipfile.ZipFile, "close", note)
    docx.read(path)
    assert str(path) in closed
