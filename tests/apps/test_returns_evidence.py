"""Evidence and scans: what is taken, what is refused with nothing stored, who may have it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import segno
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lantian.apps.core import files
from lantian.apps.core.models import StoredFile, User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision import kinds, snapshots
from lantian.apps.supervision.actions import evidence, returns, review
from lantian.apps.supervision.models import Evidence, Verdict
from lantian.apps.supervision.steps import StateError
from tests.apps.returning import APRIL, DOCX, PDF, PNG, Office, make_office, package

pytestmark = [pytest.mark.django_db, pytest.mark.db]

XLSX = package(("xl/workbook.xml", b"<x/>"))
TAKEN = {"a.pdf": PDF, "a.PNG": PNG, "a.jpeg": b"\xff\xd8\xff\xe0" + b"x" * 20, "a.docx": DOCX, "a.xlsx": XLSX}
REFUSED = {
    "renamed.docx": (PDF, "不是真正的DOCX文件"),
    "sheet.docx": (XLSX, "不是真正的DOCX文件"),
    "macro.xlsx": (package(("xl/workbook.xml", b"<x/>"), ("xl/vbaProject.bin", b"\x00")), "含有宏"),
    "typed.docx": (
        package(("word/document.xml", b""), types=b"document.macroEnabled"),
        "含有宏",
    ),
    "macro.xlsm": (package(("xl/workbook.xml", b"<x/>"), ("xl/vbaProject.bin", b"\x00")), "含有宏"),
    "plain.zip": (package(("a.txt", b"x")), "只收PDF"),
    "page.html": (b"<script>alert(1)</script>", "只收PDF"),
    "script.pdf": (b"<script>alert(1)</script>", "不是真正的PDF文件"),
    "none": (b"x", "只收PDF"),
    "empty.pdf": (b"", "空文件"),
    "broken.docx": (b"PK\x03\x04" + b"\x00" * 40, "已损坏"),
    "bomb.xlsx": (package(("xl/workbook.xml", b"\x00" * 230_000_000)), "过大"),
}


@pytest.fixture
def office(make_plan: Callable[..., Plan], people: dict[str, User]) -> Office:
    return make_office(make_plan, people)


def stored(office: Office, name: str, content: bytes) -> Evidence:
    return evidence.attach(office.writer, office.ret(), office.rows[0], name, [content])


@pytest.mark.parametrize("name", TAKEN)
def test_documents_tables_and_pictures_are_taken(office: Office, name: str) -> None:
    assert stored(office, name, TAKEN[name]).name == name


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_taken_is_refused_with_a_sentence_and_not_stored(office: Office, data: Path, name: str) -> None:
    content, said = REFUSED[name]
    before = set((data / "files").rglob("*"))
    with pytest.raises(StateError, match=said):
        stored(office, name, content)
    assert not Evidence.objects.exists()
    assert not StoredFile.objects.filter(name=name).exists()
    assert set((data / "files").rglob("*")) == before


def test_a_file_over_the_limit_is_not_stored(office: Office, settings: Any) -> None:
    settings.LANTIAN_UPLOAD_BYTES = 1000
    before = StoredFile.objects.count()
    endless = (PDF for _n in range(10**9))
    with pytest.raises(files.TooLargeError):
        evidence.attach(office.writer, office.ret(), office.rows[0], "a.pdf", endless)
    assert StoredFile.objects.count() == before


def test_a_row_takes_only_so_many_files(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    limited = kinds.table() | {"per_entry": 2}
    monkeypatch.setattr(kinds, "table", lambda: limited)
    for name in ("1.pdf", "2.pdf"):
        stored(office, name, PDF)
    with pytest.raises(StateError):
        stored(office, "3.pdf", PDF)


def test_numbers_run_through_the_commitment_and_are_not_used_again(office: Office) -> None:
    first, second = stored(office, "1.pdf", PDF), stored(office, "2.pdf", PDF)
    evidence.remove(office.writer, second)
    third = evidence.attach(office.writer, office.ret(APRIL), office.rows[0], "3.pdf", [PDF])
    assert [first.n, second.n, third.n] == [1, 2, 3]
    assert Evidence.objects.count() == 3  # removed, never deleted


def test_a_download_has_the_official_name_and_is_never_shown(office: Office, login: Callable[[str], Client]) -> None:
    row = stored(office, "我的照片.png", PNG)
    ret = row.entry.report
    answer = login("coordinator").get(f"/returns/{ret.uid}/files/{row.uid}/")
    seq = office.rows[0].measure.seq
    assert unquote(answer.headers["Content-Disposition"]).endswith(f"{seq}-市交通局-2025-03-1.png")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert login("viewer").get(f"/returns/{ret.uid}/files/{row.uid}/").status_code == 404
    other = office.ret(APRIL)
    assert login("coordinator").get(f"/returns/{other.uid}/files/{row.uid}/").status_code == 404


def test_evidence_of_an_accepted_row_or_a_submitted_return_stays(office: Office) -> None:
    row = stored(office, "1.pdf", PDF)
    ret = office.ret()
    office.fill(ret)
    returns.submit(office.writer, ret)
    with pytest.raises(StateError):
        evidence.remove(office.writer, row)
    review.judge(office.reviewer, ret.entries.get(commitment=office.rows[2]), Verdict.SENT_BACK, "补充")
    review.send_back(office.reviewer, ret)
    with pytest.raises(StateError):
        evidence.remove(office.writer, row)
    with pytest.raises(StateError):
        evidence.attach(office.writer, ret, office.rows[0], "2.pdf", [PDF])
    evidence.attach(office.writer, ret, office.rows[2], "2.pdf", [PDF])


def test_others_attach_and_remove_nothing(office: Office, people: dict[str, User]) -> None:
    row = stored(office, "1.pdf", PDF)
    for user in (people["reporter"], people["administrator"], None):
        with pytest.raises(PermissionDenied):
            evidence.attach(user, office.ret(), office.rows[0], "2.pdf", [PDF])
        with pytest.raises(PermissionDenied):
            evidence.remove(user, row)


def test_a_done_row_with_evidence_is_not_marked(office: Office) -> None:
    from lantian.apps.supervision.queries.returns import rows_of

    office.fill(office.ret(), [office.rows[2]], done=True)
    evidence.attach(office.writer, office.ret(), office.rows[2], "1.pdf", [PDF])
    assert rows_of(office.ret())[2].problems == []


def picture(code: str) -> bytes:
    stream = BytesIO()
    segno.make(f"http://testserver/returns/scan/?code={code}", error="m", micro=False).save(
        stream, kind="png", scale=6, border=4
    )
    return stream.getvalue()


def test_a_typed_code_leads_the_scan_to_its_version(office: Office) -> None:
    ret = office.submitted()
    first = ret.versions.get()
    returns.withdraw(office.writer, ret)
    returns.submit(office.writer, ret)
    typed = f" {snapshots.shown_code(first.code).lower()} "
    assert evidence.keep_scan(office.writer, typed, "盖章.pdf", [PDF]) == first
    first.refresh_from_db()
    assert first.scan_name == "盖章.pdf"
    assert ret.versions.get(number=2).scan is None


@pytest.mark.ocr
def test_the_code_is_read_from_the_picture(office: Office) -> None:
    pytest.importorskip("cv2")
    version = office.submitted().versions.get()
    assert evidence.keep_scan(office.writer, "", "盖章.png", [picture(version.code)]) == version


def test_a_scan_without_a_known_code_is_not_stored(office: Office, people: dict[str, User]) -> None:
    version = office.submitted().versions.get()
    before = StoredFile.objects.count()
    cases: list[tuple[User, str, str, bytes]] = [
        (office.writer, "", "盖章.pdf", PDF),
        (office.writer, "ABCDE-FGHJK", "盖章.pdf", PDF),
        (people["reporter"], version.code, "盖章.pdf", PDF),  # of another unit: the code does not exist
        (office.writer, version.code, "盖章.docx", DOCX),
    ]
    for user, code, name, content in cases:
        with pytest.raises(StateError):
            evidence.keep_scan(user, code, name, [content])
    assert StoredFile.objects.count() == before


def test_the_scan_page_says_what_is_wrong_and_keeps_the_code(office: Office, login: Callable[[str], Client]) -> None:
    client = login("coordinator")
    version = office.submitted().versions.get()
    answer = client.post("/returns/scan/", {"code": "22222-33333", "file": SimpleUploadedFile("a.pdf", PDF)})
    assert answer.status_code == 422
    assert "22222-33333" in answer.content.decode()
    answer = client.post("/returns/scan/", {"code": version.code, "file": SimpleUploadedFile("a.pdf", PDF)})
    assert answer.headers["Location"] == f"/returns/{version.report.uid}/"
    answer = client.get(f"/returns/{version.report.uid}/scans/1/")
    assert answer.content == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("7K2M9-QXR4T", "7K2M9QXR4T"),
        ("7k2m9 qxr4t", "7K2M9QXR4T"),
        ("http://x/returns/scan/?code=7K2M9QXR4T", "7K2M9QXR4T"),
        ("7K2M9", ""),
        ("7K2M9-QXR4O", ""),
        ("", ""),
    ],
)
def test_codes_are_read_as_people_type_them(text: str, code: str) -> None:
    assert snapshots.read_code(text) == code
