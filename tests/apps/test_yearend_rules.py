"""Official wordings from states, numbers and names of evidence, the pack as a file."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.apps.assessment.models import Wording
from lantian.apps.assessment.yearend import pack
from lantian.apps.assessment.yearend.numbering import Piece, file_name, numbered, safe
from lantian.apps.assessment.yearend.papers import checksums, covers, size
from lantian.apps.assessment.yearend.wording import PRINTED, SOFT_MISSED, propose, table
from lantian.status import STATES
from tests.conftest import examples


@pytest.mark.parametrize(
    ("states", "kind", "wording"),
    [
        (["met"], "by", "done"),
        (["met", "closed"], "window", "done"),
        (["met"], "long_term", "lasting"),
        (["on_track", "met"], "recurring", "lasting"),
        (["on_track"], "long_term", "lasting"),
        (["met", "on_track"], "by", "mostly"),
        (["met", "not_measurable"], "by", "mostly"),
        (["met", SOFT_MISSED], "by", "done"),
        (["met", "missed"], "by", "not_done"),
        (["overdue"], "long_term", "not_done"),
        (["behind", "no_data"], "by", "not_done"),
        (["no_data"], "by", ""),
        (["met", "no_data"], "by", ""),
        (["not_measurable"], "by", ""),
        (["on_track"], "by", ""),
        ([SOFT_MISSED], "by", ""),
        ([], "by", ""),
    ],
)
def test_the_table_words_each_row(states: list[str], kind: str, wording: str) -> None:
    assert propose(states, [kind]) == wording


@given(st.sets(st.sampled_from([*STATES, SOFT_MISSED])), st.sampled_from(["by", "long_term"]))
def test_a_breach_is_never_worded_as_completed(states: set[str], kind: str) -> None:
    wording = propose(states, [kind])
    assert wording in {*Wording.values, ""}
    if states & {"missed", "overdue"}:
        assert wording == "not_done"


def test_the_table_names_only_what_there_is() -> None:
    for line in table():
        assert line["wording"] in Wording.values
        assert {*line.get("only", []), *line.get("some", [])} <= {*STATES, SOFT_MISSED}
    assert set(PRINTED) == {*Wording.values, ""}


def test_files_are_numbered_by_item_row_and_place() -> None:
    rows = [(1, 1), (2, 1), (3, 2), (4, None)]
    pieces = [Piece("a", 1, 1, "x"), Piece("b", 2, 1, "x"), Piece("c", 2, 1, "x"), Piece("d", 4, None, "x")]
    assert [number for _piece, number in numbered(pieces, rows)] == ["1-1-01", "1-2-01", "1-2-02", "4-1-01"]


def test_an_item_number_that_comes_again_goes_on_counting() -> None:
    rows = [(1, 1), (2, 2), (3, 1)]
    pieces = [Piece("a", 1, 1, "x"), Piece("b", 3, 1, "x")]
    assert [number for _piece, number in numbered(pieces, rows)] == ["1-1-01", "1-2-01"]


@pytest.mark.parametrize(
    ("given_name", "made"),
    [
        ("验收 报告.PDF", "1-1-01_验收 报告.pdf"),
        ("../../etc/passwd", "1-1-01_passwd"),
        ("a\\b\\照片.jpg", "1-1-01_照片.jpg"),
        ("CON.txt", "1-1-01__CON.txt"),
        ("", "1-1-01_材料"),
        ("..", "1-1-01_材料"),
        (".hidden", "1-1-01_hidden"),
        ("x\u202efdp.exe", "1-1-01_xfdp.exe"),
    ],
)
def test_names_are_made_safe(given_name: str, made: str) -> None:
    assert file_name("1-1-01", given_name) == made


@settings(max_examples=examples(100))
@given(st.text(max_size=300))
def test_no_name_leaves_its_folder(name: str) -> None:
    made = file_name("1-1-01", name)
    assert made.startswith("1-1-01_")
    assert not set(made) & set('/\\:*?"<>|\x00\n')
    assert len(made.encode()) < 255
    assert safe(name)
    made.encode("utf-8")


def stored(folder: Path, name: str, content: bytes) -> tuple[str, Path, str]:
    place = folder / name
    place.write_bytes(content)
    return f"001_任务/{name}", place, hashlib.sha256(content).hexdigest()


def test_a_pack_holds_papers_and_files_and_tells_how_far_it_is(tmp_path: Path) -> None:
    told: list[int] = []
    files = [stored(tmp_path, "1-1-01_甲.pdf", b"a" * 3_000_000), stored(tmp_path, "1-1-02_乙.pdf", b"b")]
    digest, length = pack.write(tmp_path / "packs" / "p.zip", [("目录.txt", b"list")], files, told.append)
    target = tmp_path / "packs" / "p.zip"
    assert (hashlib.sha256(target.read_bytes()).hexdigest(), target.stat().st_size) == (digest, length)
    with zipfile.ZipFile(target) as archive:
        assert archive.namelist() == ["目录.txt", "001_任务/1-1-01_甲.pdf", "001_任务/1-1-02_乙.pdf"]
        assert archive.read("001_任务/1-1-02_乙.pdf") == b"b"
        assert archive.testzip() is None
    assert told == sorted(told)
    assert told[-1] == 99


@pytest.mark.parametrize("spoil", ["gone", "changed"])
def test_a_file_that_is_not_what_was_frozen_stops_the_pack(tmp_path: Path, spoil: str) -> None:
    name, place, digest = stored(tmp_path, "1-1-01_甲.pdf", b"a")
    if spoil == "gone":
        place.unlink()
    else:
        place.write_bytes(b"other")
    with pytest.raises(pack.SpoiltError, match="甲"):
        pack.write(tmp_path / "p.zip", [], [(name, place, digest)])
    assert not [path for path in tmp_path.iterdir() if path.suffix in (".zip", ".part")]


def test_covers_are_one_for_each_folder_and_checksums_one_line_each() -> None:
    def item(folder: str, number: str) -> dict[str, str]:
        told = {"name": "甲", "unit": "乙", "period": "2025-03", "sha256": "0" * 64}
        return told | {"folder": folder, "number": number, "file": f"{number}.pdf"}

    files = [item("001_任务", "1-1-01"), item("001_任务", "1-1-02"), item("002_事", "2-1-01")]
    assert [(folder, len(shape.lines)) for folder, shape in covers("计划", files)] == [("001_任务", 2), ("002_事", 1)]
    assert checksums(files).splitlines()[0] == "0" * 64 + "  001_任务/1-1-01.pdf"
    assert (size(10), size(3 * 1024 * 1024)) == ("1 KB", "3.0 MB")
