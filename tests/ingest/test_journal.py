"""The journal keeps what it has taken, gives it back in order, and cuts what was torn."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.ingest.journal import FileJournal, JournalBusy, read, segments, tail
from lantian.ingest.records import pack, unpack
from tests.conftest import examples

FRAMES = [b"##0012QN=1;CP=&&&&%04d\r\n" % number for number in range(40)]


def packed(frames: list[bytes] = FRAMES) -> list[bytes]:
    return [pack(1_700_000_000_000_000 + at, at, 1, b"10.0.0.7:5000", raw) for at, raw in enumerate(frames)]


def raws(folder: Path, end: int, start: int = 0) -> list[bytes]:
    return [record.raw for record in read(folder, start, end)]


def test_what_was_taken_is_given_back_across_segments(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path, segment_bytes=300)
    ends = [journal.append(packed()[at : at + 4]) for at in range(0, 40, 4)]
    assert len(segments(tmp_path)) > 3
    assert raws(tmp_path, journal.end) == FRAMES
    assert raws(tmp_path, ends[5], ends[1]) == FRAMES[8:24]
    first = next(read(tmp_path, 0, journal.end))
    assert (first.arrival, first.peer, first.marks) == (1_700_000_000_000_000, "10.0.0.7:5000", 1)
    journal.close()


@given(cut=st.integers(0, 2000), noise=st.binary(max_size=40))
@settings(max_examples=examples(60))
def test_a_torn_tail_is_cut_at_the_first_bad_record(
    tmp_path_factory: pytest.TempPathFactory, cut: int, noise: bytes
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    journal = FileJournal(folder)
    journal.append(packed())
    journal.close()
    ((_, path),) = segments(folder)
    data = path.read_bytes()[: max(0, path.stat().st_size - cut)]
    path.write_bytes(data + noise)
    kept = [record.raw for record in unpack(data, 0)]
    again = FileJournal(folder)
    assert raws(folder, again.end)[: len(kept)] == kept
    assert path.stat().st_size == again.end
    again.append([pack(0, 1, 0, b"", b"after")])
    assert raws(folder, again.end)[-1] == b"after"
    again.close()


def test_a_flipped_byte_ends_its_segment_only(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path, segment_bytes=300)
    for one in packed():
        journal.append([one])
    middle = segments(tmp_path)[1][1]
    data = bytearray(middle.read_bytes())
    data[60] ^= 1
    middle.write_bytes(data)
    left = raws(tmp_path, journal.end)
    assert left[:5] == FRAMES[:5]
    assert left[-1] == FRAMES[-1]
    assert len(left) < len(FRAMES)
    journal.close()


def test_a_failed_write_leaves_nothing_and_the_next_succeeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = FileJournal(tmp_path)
    journal.append(packed()[:5])
    real = os.write

    def half(handle: int, data: memoryview) -> int:
        real(handle, data[:11])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(OSError, match="No space"):
        journal.append(packed()[5:7])
    monkeypatch.setattr(os, "write", real)
    journal.append(packed()[5:])
    assert raws(tmp_path, journal.end) == FRAMES
    journal.close()
    again = FileJournal(tmp_path)
    assert again.end == journal.end
    again.close()


def test_old_segments_go_only_when_the_lake_has_them(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path, segment_bytes=300)
    ends = [journal.append([one]) for one in packed()]
    for _, path in segments(tmp_path):
        os.utime(path, (time.time() - 31 * 86_400,) * 2)
    number = len(segments(tmp_path))
    assert journal.prune(0, 30 * 86_400) == 0
    assert journal.prune(journal.end, 60 * 86_400) == 0
    assert journal.prune(segments(tmp_path)[2][0], 30 * 86_400) == 2
    assert journal.prune(journal.end, 30 * 86_400) == number - 3  # the one that is written to stays
    assert raws(tmp_path, journal.end)[-1] == FRAMES[-1]
    assert ends[-1] == journal.end
    journal.close()


def test_the_end_is_remembered_and_positions_never_come_twice(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path)
    journal.append(packed())
    assert [record.raw for record in tail(tmp_path, journal.end, 200)] == FRAMES[-4:]
    journal.skip_to(10_000_000)
    assert journal.append([pack(0, 1, 0, b"", b"later")]) > 10_000_000
    assert raws(tmp_path, journal.end, 10_000_000) == [b"later"]
    journal.close()


def test_one_gateway_writes(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path)
    with pytest.raises(JournalBusy):
        FileJournal(tmp_path)
    journal.close()
